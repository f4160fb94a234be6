"""Procedures of an agency by points: every number reckoned again from the records."""

from fractions import Fraction

import pandas as pd
import pytest
from by_hand import TREE, figures

from chiso.base.period import parse_period
from chiso.contract.evidence import CASES
from chiso.explain.by_procedure import costs_by_procedure
from chiso.explain.ownership import ownership
from chiso.measures.findings import find
from chiso.pages import tables
from chiso.rules.indicators import load_rules
from chiso.sources.records import load_records
from chiso.store.figures import Figures

PERIOD = parse_period("2022-09")
UNIT, OTHER = "so-tu-phap", "so-thong-tin"
PROCEDURES = [
    ("1.000001", "Đăng ký khai sinh", UNIT, "tinh", 2, "working_day", 0),
    ("1.000002", "Lý lịch tư pháp", UNIT, "tinh", 10, "day", 1),
    ("1.000003", "Công chứng", UNIT, "tinh", 8, "hour", 0),
    ("1.000004", "Bưu chính", OTHER, "tinh", 5, "day", 0),
]
ON_TIME, LATE = "2022-09-09 17:00:00", "2022-09-06 08:00:00"
DOSSIERS = [
    # procedure, unit, channel, received, due, ended, disliked
    ("1.000001", UNIT, 2, "2022-09-05 08:00:00", ON_TIME, "2022-09-07 08:00:00", 0),
    ("1.000001", UNIT, 1, "2022-09-05 08:00:00", LATE, "2022-09-12 08:00:00", 0),
    ("1.000001", UNIT, 1, "2022-09-08 08:00:00", "2022-09-13 17:00:00", "2022-09-13 08:00:00", 1),
    ("1.000002", UNIT, 1, "2022-09-05 08:00:00", LATE, "2022-09-15 20:00:00", 0),
    # Still open and past its limit; and carried over from August, on time: no dossier of September.
    ("1.000002", UNIT, 1, "2022-09-06 08:00:00", LATE, "", 0),
    ("1.000002", UNIT, 1, "2022-08-25 08:00:00", ON_TIME, "2022-09-05 08:00:00", 0),
    ("1.000003", UNIT, 1, "2022-09-05 08:00:00", ON_TIME, "2022-09-05 11:00:00", 0),
    ("1.000004", OTHER, 2, "2022-09-05 08:00:00", LATE, "2022-09-15 08:00:00", 0),
]
NAMES = ["procedure_id", "unit", "channel", "received_at", "due_at", "ended_at", "disliked"]


@pytest.fixture(scope="module")
def kept(tmp_path_factory):
    """Where the evidence of the records above is kept, and their counts."""
    records = tmp_path_factory.mktemp("records")
    columns = ["procedure_id", "name", "agency", "levels", "max_term", "term_unit", "has_fee"]
    pd.DataFrame(PROCEDURES, columns=columns).to_csv(records / "procedures.csv", index=False)
    rows = pd.DataFrame(DOSSIERS, columns=NAMES).rename(columns={"ended_at": "done_at"})
    rows = rows.assign(
        dossier_id=[f"D-{n}" for n in range(len(rows))],
        status=[9 if done else 4 for done in rows["done_at"]],
        petitioned=0, result_file=1, components_file=1, reused=1, from_store=1, population_data=1,
        paid_online=0, synced_at="2022-09-06 08:00:00", fee_total=0, fee_lines_zero=0,
    )  # fmt: skip
    rows.to_csv(records / "dossiers.csv", index=False)
    options = load_rules("766-2022").set.measures
    counts, evidence = find(load_records(records, TREE), TREE, PERIOD, options, PERIOD.end)
    store = tmp_path_factory.mktemp("store")
    for name, text in evidence.texts.items():
        (store / name).write_text(text, "utf-8")
    (store / CASES).write_bytes(evidence.parquet)
    return store, {
        unit: {row.indicator: (row.numerator, row.denominator) for row in own.itertuples()}
        for unit, own in counts.groupby("unit")
    }


@pytest.fixture
def measured(kept, monkeypatch):
    """The figures of the records above."""
    store, counts = kept
    monkeypatch.setattr(Figures, "folder", property(lambda _self: store))
    return figures("2022-09", counts)


def test_dossiers_late_and_times_are_those_of_the_records(measured):
    found = {one.code: one for one in costs_by_procedure(measured.unit(UNIT))}
    facts = {
        code: (one.dossiers, one.late, one.mean, one.max_term, one.term_unit)
        for code, one in found.items()
    }
    assert facts == {
        # 2, 5 and 3 working days (8 September is a Thursday).
        "1.000001": (3, 1, Fraction(10, 3), 2, "working_day"),
        # One of September has ended, after 10.5 days; that of August is none of September.
        "1.000002": (3, 2, Fraction(21, 2), 10, "day"),
        "1.000003": (1, 0, Fraction(3), 8, "hour"),
    }
    assert found["1.000001"].name == "Đăng ký khai sinh"


def test_points_are_the_own_lost_points_divided_by_failing_cases(measured):
    unit = measured.unit(UNIT)
    lost = {one.numbers[0]: Fraction(one.own) for one in ownership(unit) if len(one.numbers) == 1}
    # 5: three of seven late. 8: of six received five were not online. 11: of the two of the procedure
    # with a fee received none was paid online. 21: three late and one disliked, 4 cases.
    failing = {
        5: {"1.000001": 1, "1.000002": 2},
        8: {"1.000001": 2, "1.000002": 2, "1.000003": 1},
        11: {"1.000002": 2},
        21: {"1.000001": 2, "1.000002": 2},
    }
    counts = {number: unit.counts[number] for number in failing}
    assert (counts[5].numerator, counts[5].denominator) == (4, 7)
    assert (counts[8].numerator, counts[8].denominator) == (1, 6)
    assert (counts[11].numerator, counts[11].denominator) == (0, 2)
    assert (counts[21].numerator, counts[21].denominator) == (3, 7)
    expected = dict.fromkeys(["1.000001", "1.000002", "1.000003"], Fraction(0))
    for number, cases in failing.items():
        for code, many in cases.items():
            expected[code] += lost[number] * Fraction(many, sum(cases.values()))
    found = {one.code: one for one in costs_by_procedure(unit)}
    others = {
        code: sum(lost[number] for number in one.numbers if number not in failing)
        for code, one in found.items()
    }
    assert {5, 8, 11, 21} <= set(found["1.000002"].numbers)
    assert all(lost[number] > 0 for number in failing)
    # What is lost on indicators of procedures (9, 10: no dossier paid, no fee known) is told too.
    assert {n for one in found.values() for n in one.numbers} - set(failing) <= {9, 10, 17}
    assert {code: found[code].points - others[code] for code in expected} == expected


def test_all_points_of_an_indicator_that_has_cases_of_procedures_are_told_once(measured):
    for code in (UNIT, OTHER):
        unit = measured.unit(code)
        found = costs_by_procedure(unit)
        numbers = {number for one in found for number in one.numbers}
        own = sum(Fraction(one.own) for one in ownership(unit) if set(one.numbers) <= numbers)
        assert sum(one.points for one in found) == own > 0
        assert [one.points for one in found] == sorted((one.points for one in found), reverse=True)


def test_cases_that_only_the_national_count_knows_keep_their_part(measured):
    unit = measured.unit(UNIT)
    lost = next(Fraction(one.own) for one in ownership(unit) if one.numbers == (5,))
    before = {one.code: one.points for one in costs_by_procedure(unit)}
    unit.counts[5] = type(unit.counts[5])(4, 10)  # six fail, of which the records hold three
    after = {one.code: one.points for one in costs_by_procedure(unit)}
    assert before["1.000002"] - after["1.000002"] == lost * Fraction(2, 3) - lost * Fraction(2, 6)


def test_an_agency_without_dossiers_or_of_counts_alone_has_no_table(
    measured, tmp_path, monkeypatch
):
    assert costs_by_procedure(measured.unit("vp-ubnd")) == ()
    assert not tables.procedure_cost_table(measured.unit("vp-ubnd"))
    monkeypatch.setattr(Figures, "folder", property(lambda _self: tmp_path / "nothing"))
    assert not tables.procedure_cost_table(figures("2022-09", {UNIT: {5: (1, 9)}}).unit(UNIT))


def test_the_table_shows_what_was_found(measured):
    table = tables.procedure_cost_table(measured.unit(UNIT))
    rows = {row[0]: row for row in table.rows}
    _name, points, numbers, dossiers, late, share, mean, term, unit = rows["Lý lịch tư pháp"]
    assert (dossiers, late, share, mean, term) == (3, 2, Fraction(2, 3), Fraction(21, 2), 10)
    assert unit == "ngày" and points > 0 and numbers.value.count(",") == 2
    shown = table.markdown.replace("\\", "")
    assert "66,67%" in shown and "10,5" in shown
