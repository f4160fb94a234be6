"""The slow reference against the worked cases, and the cases against the rules of their form."""

from datetime import datetime, timedelta
from itertools import product

import pytest
from case_files import CaseError, load_cases, period_bounds, read_table
from random_records import random_records
from reference import World, classify_dossier, counts, needs
from reference_world import OPTIONS, newest_moment

CASES = load_cases()
ADD_UP = (5, 7, 8, 11, 12, 13, 14, 16, 18, 19, 20)  # children and own rows add up along the tree
SEEDS = range(12)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_reference_agrees_with_the_case(case):
    found = counts(**case.arguments)
    assert {key: found[key] for key in case.expected} == case.expected


@pytest.mark.parametrize("indicator", range(1, 22))
def test_every_indicator_has_cases(indicator):
    values = [
        pair for case in CASES for (_, number), pair in case.expected.items() if number == indicator
    ]
    assert None in values or indicator == 6, "no case without data"
    assert any(pair and pair[0] > 0 for pair in values), "no case with a numerator"
    assert any(pair and pair[0] < pair[1] for pair in values), "no case below 100%"


def test_names_of_cases_are_unique_in_their_file():
    names = [str(case) for case in CASES]
    assert len(set(names)) == len(names)


def test_every_unit_and_indicator_has_an_entry():
    case = CASES[0]
    codes = [unit["code"] for unit in case.arguments["tree"]]
    assert list(counts(**case.arguments)) == [(code, n) for code in codes for n in range(1, 22)]
    for options in product(*OPTIONS.values()):
        assert list(needs(dict(zip(OPTIONS, options, strict=True)))) == list(range(1, 22))


def test_a_period_without_moment_is_closed():
    closed = [case for case in CASES if case.arguments["as_of"] == _last_moment(case)]
    assert closed
    for case in closed:
        assert counts(**case.arguments | {"as_of": None}) == counts(**case.arguments)


def _last_moment(case):
    return case.arguments["end"] - timedelta(seconds=1)


@pytest.mark.parametrize(
    ("status", "moments", "verdict"),
    [
        (9, {"done_at": datetime(2022, 9, 8)}, (True, True, "ended")),
        (4, {}, (True, False, "in_process")),
        (5, {}, (True, False, "supplement")),
        (5, {"supplement_count": 2}, (True, False, "asked_again")),
        (4, {"due_at": None}, (True, False, "no_limit")),
        (4, {"received_at": None}, (False, False, "not_received")),
        (
            9,
            {"received_at": datetime(2022, 8, 1), "done_at": datetime(2022, 8, 2)},
            (False, False, "ended_before"),
        ),
    ],
)
def test_the_reason_of_a_dossier(status, moments, verdict):
    dossier = {
        "procedure_id": "P1",
        "status": status,
        "received_at": datetime(2022, 9, 5),
        "due_at": datetime(2022, 9, 9),
        **moments,
    }
    records = {"procedures": [{"procedure_id": "P1"}], "dossiers": [dossier]}
    world = World(records, [], datetime(2022, 9, 1), datetime(2022, 10, 1))
    assert classify_dossier(world, dossier) == verdict


def test_an_unknown_option_is_refused():
    bounds = period_bounds("2022-09")
    with pytest.raises(ValueError, match="comparision"):
        counts({}, [], *bounds, options={"comparision": "date"})
    with pytest.raises(ValueError, match="hour"):
        counts({}, [], *bounds, options={"comparison": "hour"})


def test_the_newest_moment_is_not_a_limit():
    dossier = {"received_at": datetime(2022, 9, 5, 8), "due_at": datetime(2022, 12, 1)}
    assert newest_moment({"dossiers": [dossier], "services": None}) == datetime(2022, 9, 5, 8)
    assert newest_moment({"dossiers": []}) is None


@pytest.mark.parametrize(
    ("name", "first", "after"),
    [
        ("2022-09", datetime(2022, 9, 1), datetime(2022, 10, 1)),
        ("2022-12", datetime(2022, 12, 1), datetime(2023, 1, 1)),
        ("2022-Q3", datetime(2022, 7, 1), datetime(2022, 10, 1)),
        ("2022-Q4", datetime(2022, 10, 1), datetime(2023, 1, 1)),
        ("2022-6T", datetime(2022, 1, 1), datetime(2022, 7, 1)),
        ("2022-9T", datetime(2022, 1, 1), datetime(2022, 10, 1)),
        ("2022", datetime(2022, 1, 1), datetime(2023, 1, 1)),
    ],
)
def test_bounds_of_periods(name, first, after):
    assert period_bounds(name) == (first, after)


def test_a_table_says_what_it_does_not_understand():
    with pytest.raises(CaseError, match="recieved_at"):
        read_table("dossiers", "dossier_id | recieved_at\nd1 | 2022-09-05 08:00")
    with pytest.raises(CaseError, match=r"dossiers\.received_at: '5/9/2022'"):
        read_table("dossiers", "dossier_id | received_at\nd1 | 5/9/2022")
    with pytest.raises(CaseError, match="1 cells for 2 columns"):
        read_table("dossiers", "dossier_id | unit\nd1")


@pytest.mark.parametrize("seed", SEEDS)
def test_random_records_are_accepted_rows(seed):
    records, tree = random_records(seed, 200)
    units = {unit["code"] for unit in tree}
    procedures = {row["procedure_id"] for row in records["procedures"]}
    for table, key in (
        ("dossiers", "dossier_id"),
        ("procedures", "procedure_id"),
        ("decisions", "decision_id"),
        ("services", "service_id"),
        ("petitions", "petition_id"),
        ("certified_copies", "unit"),
    ):
        rows = records[table] or []
        assert len({row[key] for row in rows}) == len(rows)
        for row in rows:
            assert row.get("unit") in {*units, None}
            assert row.get("procedure_id") in {*procedures, None}
            assert row.keys() == rows[0].keys()
    for row in records["dossiers"]:
        received, submitted = row.get("received_at"), row.get("submitted_at")
        assert row["status"] in range(1, 11)
        assert row.get("channel") in (None, 1, 2, 3)
        for column in ("due_at", "done_at", "returned_at", "ended_at"):
            assert None in (received, row.get(column)) or row[column] >= received
        assert None in (received, submitted) or (submitted - received).total_seconds() <= 86400
    pairs = [(row["unit"], row["period"]) for row in records["national_counts"] or []]
    assert len(set(pairs)) == len(pairs)
    assert random_records(seed, 200) == (records, tree)


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("period", ["2022-09", "2022-02", "2022-Q3", "2024-05", "2022"])
def test_counts_of_random_records_hold_together(seed, period):
    records, tree = random_records(seed, 120)
    bounds = period_bounds(period)
    found = counts(records, tree, *bounds, period=period)
    for (unit, number), pair in found.items():
        if pair is None:
            continue
        numerator, denominator = pair
        assert 0 <= numerator <= denominator, (unit, number)
        if number in ADD_UP:
            below = [found[row["code"], number] for row in tree if row["parent"] == unit]
            assert sum(part[0] for part in below) <= numerator, (unit, number)
            assert sum(part[1] for part in below) <= denominator, (unit, number)
    for unit in (row["code"] for row in tree):
        if found[unit, 5] and found[unit, 21]:
            assert found[unit, 5][1] == found[unit, 21][1]
            assert found[unit, 5][0] >= found[unit, 21][0]
