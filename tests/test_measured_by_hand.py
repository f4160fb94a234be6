"""Records few enough to reckon by hand: every column of the cases, times, prints and evidence that they give."""

import sys
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import ibis
import pandas as pd
import pytest
import yaml

sys.path.insert(0, str(Path(__file__).parent / "reference"))

from case_files import read_records
from engines import engine_held, tables_of, tree_of

from chiso.base.period import parse_period
from chiso.contract.evidence import CASE_COUNTS, HANDED_IN, RECORD_PRINTS
from chiso.contract.records import AGENCY_COLUMNS, Records
from chiso.measures.also import also_table
from chiso.measures.cases import find_cases
from chiso.measures.counts import counted, hold
from chiso.measures.definitions import summed_flags
from chiso.measures.dossiers import dossier_sums
from chiso.measures.falling_due import due_days, falling_due
from chiso.measures.findings import find
from chiso.measures.handling import received
from chiso.measures.procedure_dossiers import procedure_dossiers
from chiso.measures.processing_times import most_handled, processing_times
from chiso.measures.record_prints import record_prints
from chiso.measures.scope import moment_of, newest_moment
from chiso.rules.indicators import MeasureOptions
from chiso.rules.working_days import days_since_1970

TREE = yaml.safe_load(
    (Path(__file__).parent / "reference/cases/tree.yml").read_text(encoding="utf-8")
)
SEPTEMBER = parse_period("2022-09")
T = datetime(2022, 9, 30, 23, 59, 59)


@pytest.fixture(scope="module")
def duckdb():
    return ibis.duckdb.connect()


def held_of(engine, records, absent=(), as_of=T, **options):
    return engine_held(engine, read_records(records, list(absent)), TREE, "2022-09", as_of, options)


def moment(seconds):
    """A moment of a table as it was written: 09-05 08:00; empty where there is none."""
    if pd.isna(seconds):
        return ""
    return (datetime(1970, 1, 1) + timedelta(seconds=int(seconds))).strftime("%m-%d %H:%M")


def lines(cases, indicator):
    """unit, kind, id, procedure, reason, received, due, ended, days late, mendable: a line a case."""
    found = []
    for row in cases[cases["indicator"] == indicator].itertuples():
        moments = (moment(one) for one in (row.received_s, row.due_s, row.ended_s))
        late = "" if pd.isna(row.days_late) else row.days_late
        about = "-" if pd.isna(row.procedure_id) else row.procedure_id
        mendable = "mendable" if row.mendable else "too late"
        told = (row.unit, row.kind, row.id, about, row.reason, *moments, late, mendable)
        found.append(" | ".join(map(str, told)))
    return found


PETITIONS = {
    "petitions": """
    petition_id | unit  | sent_at          | first_received_at | refused_at       | supplement_asked_at | answered_at      | published_at     | disliked | raised_again
    answered    | xa-11 | 2022-09-05 08:00 | 2022-09-05 09:00  |                  |                     | 2022-09-29 07:00 |                  |          |
    disliked    | xa-11 | 2022-09-12 08:00 | 2022-09-12 08:00  |                  |                     | 2022-09-13 08:00 | 2022-09-14 09:00 | yes      | yes
    again       | xa-11 | 2022-09-12 08:00 | 2022-09-12 08:00  |                  |                     | 2022-09-13 08:00 | 2022-09-14 09:00 |          | yes
    published   | xa-12 | 2022-09-12 08:00 | 2022-09-12 08:00  |                  |                     | 2022-09-13 08:00 | 2022-09-20 07:00 | yes      |
    to publish  | xa-12 | 2022-09-12 08:00 | 2022-09-12 08:00  |                  |                     | 2022-09-13 08:00 |                  |          |
    refused     | xa-12 | 2022-09-12 08:00 | 2022-09-12 08:00  | 2022-09-16 07:00 |                     |                  |                  |          |
    asked       | so-a  | 2022-09-12 08:00 | 2022-09-12 08:00  |                  | 2022-09-20 09:00    |                  |                  |          |
    open        | so-a  | 2022-09-05 08:00 | 2022-09-05 08:00  |                  |                     |                  |                  |          |
    good        | so-b  | 2022-09-12 08:00 | 2022-09-12 08:00  |                  |                     | 2022-09-13 08:00 | 2022-09-14 09:00 |          |
    """
}


def test_a_petition_that_is_late_or_complained_about_says_which_limit_it_broke_and_by_how_much(
    duckdb,
):
    cases = find_cases(held_of(duckdb, PETITIONS))
    late = {
        # 15 working days after Monday the 5th: Monday the 26th; begun days.
        "xa-11 | petition | answered | - | answered | 09-05 08:00 | 09-26 08:00 | 09-29 07:00 | 3",
        # 2 working days after the answer: the 15th; 4 days and 23 hours.
        "xa-12 | petition | published | - | published | 09-12 08:00 | 09-15 08:00 | 09-20 07:00 | 5",
        "xa-12 | petition | to publish | - | to_publish | 09-12 08:00 | 09-15 08:00 | 09-13 08:00 | 16",
        # 2 working days to refuse: the 14th; 5 to ask: the 19th.
        "xa-12 | petition | refused | - | refused | 09-12 08:00 | 09-14 08:00 | 09-16 07:00 | 2",
        "so-a | petition | asked | - | asked | 09-12 08:00 | 09-19 08:00 |  | 2",
        "so-a | petition | open | - | open | 09-05 08:00 | 09-26 08:00 |  | 5",
    }
    assert set(lines(cases, 19)) == {f"{line} | too late" for line in late}
    twenty = {line.split(" | ")[2]: line.split(" | ")[4] for line in lines(cases, 20)}
    assert twenty == {
        # In time and complained about: the complaint, a dislike before a second petition.
        "disliked": "disliked", "again": "raised_again",
        # Late: what made it late, whatever was said of the answer.
        "answered": "answered", "published": "published", "to publish": "to_publish",
        "refused": "refused", "asked": "asked", "open": "open",
    }  # fmt: skip
    (one,) = [line for line in lines(cases, 20) if "| disliked" in line]
    assert one == (
        "xa-11 | petition | disliked | - | disliked | 09-12 08:00 | 09-15 08:00 | 09-14 09:00 | 0"
        " | too late"
    )


SMALL = {
    "procedures": """
    procedure_id | name      | agency | levels | online  | has_fee | for_citizens | returns_paper | decision_date | basis_effective_date | made_public_at   | parts_complete
    P1           | Khai sinh | so-a   | xa     | none    | yes     | yes          | yes           | 2022-09-05    | 2022-09-09           | 2022-09-14 10:00 | no
    P2           | Đất đai   | so-b   | huyen  | partial | no      | no           | no            | 2022-09-05    | 2022-09-13           | 2022-09-12 23:00 | yes
    P3           | Giấy phép | so-b   | huyen  | full    | no      | no           | no            | 2022-09-05    | 2022-09-12           |                  | yes
    """,
    "services": """
    service_id | procedure_id | unit    | public
    unused     | P1           | xa-11   | yes
    used       | P1           | xa-12   | yes
    hidden     | P1           | xa-21   | no
    below      | P1           | huyen-1 | yes
    """,
    "certified_copies": """
    unit    | offered
    xa-11   | yes
    xa-12   | no
    xa-21   |
    huyen-1 | no
    """,
    "dossiers": """
    dossier_id | procedure_id | unit  | status | channel | received_at      | due_at           | done_at          | synced_at        | fee_total | paid_online | population_data | result_file | components_file | reused | from_store
    online     | P1           | xa-12 | 9      | 2       | 2022-09-05 08:00 | 2022-09-12 17:00 | 2022-09-12 17:00 | 2022-09-06 08:00 | 8000      | 1           | yes             | yes         | yes             | yes    | yes
    counter    | P1           | xa-11 | 4      | 1       | 2022-09-05 08:00 | 2022-09-12 17:00 |                  |                  |           |             |                 |             | yes             |        |
    """,
}


def test_services_communes_and_procedures_are_told_with_their_own_ids_and_moments(duckdb):
    cases = find_cases(held_of(duckdb, SMALL))
    assert lines(cases, 7) == ["xa-11 | service | unused | P1 | unused |  |  |  |  | mendable"]
    assert lines(cases, 15) == [
        "xa-12 | commune | xa-12 | - | no_copies |  |  |  |  | mendable",
        "xa-21 | commune | xa-21 | - | no_copies |  |  |  |  | mendable",
    ]
    # The 5th working day before the 9th is 31 August, before the 12th 5 September: the 1st and 2nd are holidays.
    units = ("H31", "so-a", "xa-11", "xa-12", "xa-21", "xa-22")
    assert lines(cases, 1) == [
        f"{unit} | procedure | P1 | P1 | published |  | 08-31 00:00 | 09-05 00:00 | 5 | too late"
        for unit in units
    ]
    # Five working days after the 5th: the 12th. What is not public yet has no day and no number.
    late = [
        f"{unit} | procedure | P1 | P1 | made_public |  | 09-12 00:00 | 09-14 00:00 | 2 | too late"
        for unit in units
    ]
    open_ones = [
        f"{unit} | procedure | P3 | P3 | made_public |  | 09-12 00:00 |  |  | too late"
        for unit in ("H31", "huyen-1", "huyen-2", "so-b")
    ]
    assert set(lines(cases, 2)) == {*late, *open_ones}
    for number, reason in ((3, "complete"), (6, "online")):
        assert lines(cases, number) == [
            f"{unit} | procedure | P1 | P1 | {reason} |  |  |  |  | mendable" for unit in units
        ]
    # A dossier of xa-12 that was paid online supports the procedure there and above, and nowhere else.
    for number, reason in ((9, "paid"), (10, "fee_filled"), (17, "connected")):
        assert lines(cases, number) == [
            f"{unit} | procedure | P1 | P1 | {reason} |  |  |  |  | mendable"
            for unit in ("so-a", "xa-11", "xa-21", "xa-22")
        ]
    names = cases.dropna(subset="procedure_id").set_index("procedure_id")["procedure"].to_dict()
    assert names == {"P1": "Khai sinh", "P3": "Giấy phép"}
    assert cases[["indicator", "unit", "id", "reason"]].equals(
        cases.sort_values(["indicator", "unit", "id", "reason"])[
            ["indicator", "unit", "id", "reason"]
        ]
    )


def test_a_dossier_says_what_it_lacks_and_whether_it_can_still_have_it(duckdb):
    cases = find_cases(held_of(duckdb, SMALL))
    begun = "xa-11 | dossier | counter | P1"
    # Open at 23:59 on the 30th: 18 days and 7 hours after its limit.
    by_term = f"{begun} | in_process | 09-05 08:00 | 09-12 17:00 |  | 19 | too late"
    assert lines(cases, 5) == lines(cases, 21) == [by_term]
    for number, reason, mendable in (
        (4, "synced", "mendable"), (8, "online", "too late"), (11, "to_pay_paid", "mendable"),
        (12, "result", "mendable"), (13, "components_and_result", "mendable"),
        (14, "reused", "mendable"), (16, "from_store", "mendable"),
        (18, "population_data", "mendable"),
    ):  # fmt: skip
        assert lines(cases, number) == [
            f"{begun} | {reason} | 09-05 08:00 | 09-12 17:00 |  |  | {mendable}"
        ], number


def test_a_dossier_that_ended_can_no_longer_be_paid_and_one_complained_about_stands_under_21(
    duckdb,
):
    dossiers = """
    dossier_id | procedure_id | unit  | status | channel | received_at      | due_at           | done_at          | petitioned | disliked
    ended      | P1           | xa-12 | 9      | 2       | 2022-09-05 08:00 | 2022-09-12 17:00 | 2022-09-12 17:00 | yes        |
    later      | P1           | xa-12 | 9      | 2       | 2022-09-28 08:00 | 2022-10-12 17:00 | 2022-10-05 10:00 |            | yes
    """
    cases = find_cases(held_of(duckdb, {**SMALL, "dossiers": dossiers}))
    common = "xa-12 | dossier |"
    assert lines(cases, 11) == [
        f"{common} ended | P1 | to_pay_paid | 09-05 08:00 | 09-12 17:00 | 09-12 17:00 |  | too late",
        # Its end comes after T: it is told as open.
        f"{common} later | P1 | to_pay_paid | 09-28 08:00 | 10-12 17:00 |  |  | mendable",
    ]
    assert [line.split(" | ")[2:5] for line in lines(cases, 21)] == [
        ["ended", "P1", "complained"],
        ["later", "P1", "complained"],
    ]
    assert all(line.endswith("too late") for line in lines(cases, 21))
    assert lines(cases, 5) == []


def test_cases_of_what_a_unit_has_no_data_for_are_left_out_there(duckdb):
    records = read_records(SMALL, [])
    tree = tree_of(TREE)
    tables = tables_of(records, duckdb)
    gaps = frozenset({("dossiers", "synced_at", "xa-11"), ("certified_copies", "", "xa-12")})
    held = hold(tables, tree, SEPTEMBER, as_of=T, gaps=gaps)
    cases = find_cases(held)
    assert lines(cases, 4) == []
    assert [line.split(" | ")[0] for line in lines(cases, 15)] == ["xa-21"]
    assert len(lines(cases, 5)) == 1
    known = counted(held).set_index(["unit", "indicator"])["denominator"]
    assert [known[unit, 4] for unit in ("xa-11", "huyen-1", "H31")] == [None] * 3
    assert (known["xa-12", 4], known["xa-12", 15], known["huyen-1", 15]) == (1, None, 2)
    assert find_cases(hold({}, tree, SEPTEMBER)).empty


TIMES = yaml.safe_load((Path(__file__).parent / "cases/also.yml").read_text("utf-8"))[5]["records"]
NAMED = {
    **TIMES,
    "procedures": """
    procedure_id | name       | agency | levels | max_term | term_unit
    W            | Lâu nhất   | so-a   | xa     | 5        | working_day
    H            | Nhanh nhất | so-a   | xa     | 8        | hour
    M            | Một tháng  | so-a   | xa     |          | month
    N            | Không hạn  | so-a   | xa     | 1        |
    """,
}
DAY = 86_400


def test_times_stand_in_order_with_names_terms_and_whole_seconds(duckdb):
    times = processing_times(held_of(duckdb, NAMED))
    own = times[times["unit"] == "xa-12"].drop(columns="unit")
    rows = own.astype(object).where(own.notna(), None).to_numpy().tolist()
    assert rows == [
        ["month", "", "", None, 2, 15 * DAY, 7.5 * DAY],
        ["hour", "", "", None, 1, 21_600, 21_600.0],
        ["working_day", "", "", None, 1, 21 * DAY, 21.0 * DAY],
        ["month", "M", "Một tháng", None, 2, 15 * DAY, 7.5 * DAY],
        ["hour", "H", "Nhanh nhất", 8, 1, 21_600, 21_600.0],
        ["working_day", "W", "Lâu nhất", 5, 1, 21 * DAY, 21.0 * DAY],
    ]
    assert times["unit"].unique().tolist() == ["H31", "huyen-1", "xa-11", "xa-12"]
    kept = most_handled(times, 2)
    assert kept[kept["unit"] == "xa-12"]["procedure_id"].tolist() == ["", "", "", "M", "H"]
    assert kept.index.tolist() == list(range(len(kept)))
    without = processing_times(held_of(duckdb, NAMED, absent=("procedures.term_unit",)))
    assert without.empty and list(without.columns) == list(times.columns)


def test_units_whose_records_lack_the_end_of_dossiers_have_no_times(duckdb):
    tables = tables_of(read_records(NAMED, []), duckdb)
    gaps = frozenset(("dossiers", name, "xa-11") for name in ("done_at", "returned_at", "ended_at"))
    times = processing_times(hold(tables, tree_of(TREE), SEPTEMBER, as_of=T, gaps=gaps))
    assert times["unit"].unique().tolist() == ["xa-12"]


def test_dossiers_of_procedures_are_counted_with_those_late_and_their_time(duckdb):
    held = held_of(duckdb, NAMED)
    found = procedure_dossiers(held, processing_times(held))
    own = found[found["unit"] == "xa-12"].drop(columns="unit")
    assert own.astype(object).where(own.notna(), None).to_numpy().tolist() == [
        # Without a due date the term decides: 8 hours kept; no term given, or no unit: late.
        ["H", 1, 0, "hour", 8, 1, 21_600],
        ["M", 2, 2, "month", None, 2, 15 * DAY],
        ["N", 1, 1, "", None, 0, 0],
        # c is open, h was done in two hours, i, come on 30 August, on Monday after two holidays.
        ["W", 3, 1, "working_day", 5, 1, 21 * DAY],
    ]
    gap = frozenset({("dossiers", "due_at", "xa-12")})
    tables = tables_of(read_records(NAMED, []), duckdb)
    lacking = hold(tables, tree_of(TREE), SEPTEMBER, as_of=T, gaps=gap)
    unknown = procedure_dossiers(lacking, processing_times(lacking))
    assert unknown[unknown["unit"] == "xa-12"][["dossiers", "late"]].isna().all(axis=None)
    assert unknown[unknown["unit"] == "xa-11"][["dossiers", "late"]].to_numpy().tolist() == [[2, 0]]


def test_rates_of_units_whose_records_lack_the_limit_are_unknown_and_of_others_stay(duckdb):
    """Both dossiers of xa-11 are kept: settled on time, and in process."""
    tables = tables_of(read_records(NAMED, []), duckdb)
    gap = frozenset({("dossiers", "due_at", "xa-12")})
    held = hold(tables, tree_of(TREE), SEPTEMBER, as_of=T, gaps=gap)
    table = also_table(held, counted(held))
    rates = table[table["measure"] == "on_time_rate"].set_index(["unit", "part"])["value"]
    assert [rates["xa-12", part] for part in ("circular_01", "indicator_5")] == [None, None]
    assert [rates["xa-11", part] for part in ("circular_01", "indicator_5")] == [1, 1]


TWO = """
dossier_id | procedure_id | unit  | status | channel | received_at      | due_at           | done_at
a          | W            | xa-11 | 9      | 2       | 2022-09-05 08:00 | 2022-09-09 17:00 | 2022-09-06 08:00
b          | W            | xa-12 | 9      | 1       | 2022-09-05 08:00 | 2022-09-09 17:00 | 2022-09-12 08:00
"""


def test_other_dossiers_are_counted_as_if_they_were_the_records_and_leave_the_first_ones(duckdb):
    mine = held_of(duckdb, {**NAMED, "dossiers": TWO})
    one = TWO.replace("xa-12", "xa-11").replace("09-12", "09-08")
    records = {**NAMED, "dossiers": one}
    theirs = held_of(duckdb, records)
    before = counted(mine)
    tables = tables_of(read_records(records, []), duckdb)
    sums = dossier_sums(tables, theirs.scope, summed_flags(theirs.shares)).to_pandas()
    found = counted(mine.with_dossiers(sums))
    pd.testing.assert_frame_equal(found, counted(theirs))
    pd.testing.assert_frame_equal(counted(mine), before)
    five = {
        name: table[table["indicator"] == 5].set_index("unit")[["numerator", "denominator"]]
        for name, table in (("before", before), ("found", found))
    }
    assert five["before"].loc[["xa-11", "xa-12", "H31"]].to_numpy().tolist() == [[1, 1], [0, 1], [1, 2]]  # fmt: skip
    assert five["found"].loc[["xa-11", "xa-12", "H31"]].to_numpy().tolist() == [[2, 2], [0, 0], [2, 2]]  # fmt: skip


def test_dossiers_received_in_the_period_are_counted_up_the_tree(duckdb):
    """Not c, which was received before it; none of a unit of which nothing is known."""
    rows = TWO + "c | W | so-a | 4 | 1 | 2022-08-31 08:00 | |\n"
    records = {**NAMED, "dossiers": rows}
    found = received(held_of(duckdb, records))
    own = {"xa-11": 1, "xa-12": 1, "huyen-1": 2, "H31": 2}
    assert found == {row["code"]: own.get(row["code"], 0) for row in TREE}
    assert list(found) == [row["code"] for row in TREE]
    gap = frozenset({("dossiers", "channel", "so-a")})
    tables = tables_of(read_records(records, []), duckdb)
    lacking = received(hold(tables, tree_of(TREE), SEPTEMBER, as_of=T, gaps=gap))
    assert set(found) - set(lacking) == {"so-a", "H31"}
    assert received(held_of(duckdb, NAMED, absent=["dossiers"])) == {}


def test_the_file_of_measures_without_points_has_times_in_the_unit_of_the_term(duckdb):
    held = held_of(duckdb, NAMED)
    table = also_table(held, counted(held))
    rows = table[(table["unit"] == "huyen-1") & (table["measure"] == "processing_time")]
    found = {
        key: part.set_index("part")["value"].to_dict()
        for key, part in rows.groupby(["term_unit", "procedure_id"])
    }
    w = {"dossiers": 3, "mean": Decimal("7.5"), "median": Decimal("1.0")}
    m = {"dossiers": 2, "mean": Decimal("0.25"), "median": Decimal("0.25")}
    h = {"dossiers": 1, "mean": Decimal(6), "median": Decimal(6)}
    assert found == {
        ("working_day", ""): w, ("working_day", "W"): w, ("month", ""): m, ("month", "M"): m,
        ("hour", ""): h, ("hour", "H"): h,
    }  # fmt: skip
    dossiers = """
    dossier_id | procedure_id | unit  | status | channel | received_at
    a          | W            | xa-11 | 4      | 1       | 2022-09-05 08:00
    b          | W            | xa-11 | 4      | 2       | 2022-09-05 08:00
    c          | W            | xa-11 | 4      | 3       | 2022-09-05 08:00
    """
    held = held_of(duckdb, {**NAMED, "dossiers": dossiers})
    table = also_table(held, counted(held))
    own = table[(table["unit"] == "xa-11") & (table["measure"] == "channels")]
    shares = own[own["part"].str.endswith("_share")].set_index("part")["value"]
    # Thirds, rounded so that they add up to 1: the second bears what the others lack.
    assert shares.to_dict() == {
        "online_share": Decimal("0.333333"),
        "post_share": Decimal("0.333334"),
        "direct_share": Decimal("0.333333"),
    }
    third = table[(table["unit"] == "so-a") & (table["measure"] == "channels")]
    assert third.set_index("part")["value"].to_dict() == {
        "online": 0, "post": 0, "direct": 0,
        "online_share": None, "post_share": None, "direct_share": None,
    }  # fmt: skip


def test_the_newest_moment_is_of_what_happened_in_any_table(duckdb):
    records = read_records(SMALL, [])
    tables = tables_of(records, duckdb)
    # Made public on the 14th, the last of all; due dates and decisions are no moments.
    assert newest_moment(tables) == datetime(2022, 9, 14, 10)
    assert moment_of(SEPTEMBER, None, tables) == datetime(2022, 9, 14, 10)
    assert moment_of(SEPTEMBER, datetime(2022, 9, 20, 8), tables) == datetime(2022, 9, 20, 8)
    assert moment_of(SEPTEMBER, datetime(2022, 10, 20), tables) == T
    assert moment_of(parse_period("2022-08"), None, tables) == datetime(2022, 8, 31, 23, 59, 59)
    assert newest_moment({}) is None and moment_of(SEPTEMBER, None, {}) == T
    empty = tables_of({"dossiers": []}, duckdb)
    assert newest_moment(empty) is None


def test_prints_tell_records_apart_and_leave_out_those_after_the_period(duckdb):
    dossiers = """
    dossier_id | procedure_id | unit | status | submitted_at     | received_at
    a          | P            | so-b | 4      |                  | 2022-09-05 08:00
    b          | P            | so-a | 4      | 2022-09-30 23:59 |
    c          | P            | so-a | 4      |                  |
    after      | P            | so-a | 4      | 2022-09-30 08:00 | 2022-10-01 00:00
    before     | P            | so-a | 4      |                  | 2022-01-01 00:00
    """
    petitions = """
    petition_id | unit | sent_at          | first_received_at
    p           | so-a | 2022-10-05 08:00 | 2022-09-05 08:00
    q           | so-a | 2022-10-01 00:00 |
    """
    records = read_records({"dossiers": dossiers, "petitions": petitions}, [])
    found = record_prints(tables_of(records, duckdb), SEPTEMBER)
    assert list(found.columns) == RECORD_PRINTS
    assert found["kind"].tolist() == ["dossiers"] * 4 + ["petitions"]
    assert found["unit"].tolist() == ["so-a"] * 3 + ["so-b", "so-a"]
    assert found["key"].nunique() == found["row"].nunique() == 5
    assert found["key"][:3].is_monotonic_increasing
    # One cell more, and the row is another; the key is the same.
    other = [dict(row) for row in records["dossiers"]]
    other[0]["due_at"] = datetime(2022, 9, 7)
    again = record_prints(tables_of({"dossiers": other}, duckdb), SEPTEMBER)
    merged = found[:4].merge(again, on=["kind", "unit", "key"], suffixes=("", "_now"))
    assert (merged["row"] != merged["row_now"]).tolist() == [False, False, False, True]
    # A value in another column is another row, though the texts in a row are the same.
    moved = [{**row, "due_at": row["received_at"], "received_at": None} for row in other[4:]]
    left = [{**row, "done_at": row["received_at"], "received_at": None} for row in other[4:]]
    rows = [record_prints(tables_of({"dossiers": one}, duckdb), SEPTEMBER) for one in (moved, left)]
    assert rows[0]["row"][0] != rows[1]["row"][0]
    assert record_prints({}, SEPTEMBER).columns.tolist() == RECORD_PRINTS
    bare = [{"dossier_id": "x", "unit": "so-a"}]
    assert len(record_prints(tables_of({"dossiers": bare}, duckdb), SEPTEMBER)) == 1


DUE = """
dossier_id | procedure_id | unit  | status | received_at      | due_at           | done_at
today      | P            | xa-11 | 4      | 2022-09-05 08:00 | 2022-09-14 17:00 |
third      | P            | xa-11 | 4      | 2022-09-05 08:00 | 2022-09-19 17:00 |
fourth     | P            | xa-11 | 4      | 2022-09-05 08:00 | 2022-09-20 17:00 |
other      | P            | xa-12 | 4      | 2022-09-05 08:00 | 2022-09-15 17:00 |
both       | P            | xa-12 | 4      | 2022-09-05 08:00 | 2022-09-15 08:00 |
"""


def test_what_falls_due_is_counted_by_unit_and_day_while_the_period_runs(duckdb):
    records = {"dossiers": DUE}
    found = due_days(held_of(duckdb, records, as_of=datetime(2022, 9, 14, 10)), 3)
    first = days_since_1970(date(2022, 9, 14))
    assert found.to_numpy().tolist() == [
        ["xa-11", first, 1],
        ["xa-11", first + 5, 1],
        ["xa-12", first + 1, 2],
    ]
    last_but_one = held_of(duckdb, records, as_of=datetime(2022, 9, 30, 23, 59, 58))
    assert due_days(last_but_one, 3) is not None
    assert due_days(held_of(duckdb, records), 3) is None


def test_units_that_can_not_tell_are_left_out_of_what_falls_due_and_named(duckdb):
    tables = tables_of(read_records({"dossiers": DUE}, []), duckdb)
    gaps = frozenset({("dossiers", "due_at", "xa-12"), ("petitions", "", "so-a")})
    now = datetime(2022, 9, 14, 10)
    found = falling_due(hold(tables, tree_of(TREE), SEPTEMBER, as_of=now, gaps=gaps), 3)
    assert found.unknown == {"xa-12"} and set(found.dossiers["unit"]) == {"xa-11"}
    assert (found.later, found.overdue, found.waiting, found.no_limit) == (1, 0, 0, 0)
    assert (found.now, found.last_day) == (now, date(2022, 9, 19))
    everybody = frozenset({("dossiers", "due_at", None)})
    assert falling_due(hold(tables, tree_of(TREE), SEPTEMBER, as_of=now, gaps=everybody), 3) is None
    assert due_days(hold({}, tree_of(TREE), SEPTEMBER, as_of=now), 3) is None


def records_with(tables, accepted, **more):
    """Records as a reader hands them over; `accepted`: rows of dossiers by unit."""
    counts = pd.DataFrame(
        [("dossiers", "b.csv", 3, 2, 1, 0), ("dossiers", "a.csv", 2, 2, 0, 0)],
        columns=["table", "file", "rows_in", "accepted", "set_aside", "others"],
    )
    columns = ["table", "file", "sheet", "row", "unit", "column", "fault"]
    aside = pd.DataFrame(
        [
            ("dossiers", "b.csv", "", 2, "xa-11", "status", "values"),
            ("dossiers", "b.csv", "", 2, "xa-11", "due_at", "unreadable"),
            ("dossiers", "b.csv", "", 3, "xa-12", "status", "values"),
            ("dossiers", "b.csv", "", 4, "Ở đâu", "unit", "unit"),
        ],
        columns=columns,
    )
    rows = [("dossiers", "a.csv", unit, *pair) for unit, pair in accepted.items()]
    rows.append(("petitions", "a.csv", "xa-11", 7, 7))
    agencies = pd.DataFrame(rows, columns=AGENCY_COLUMNS)
    return Records(tables, aside, {}, counts, more.get("gaps", frozenset()), (), agencies)


def test_the_evidence_of_a_measurement_adds_up_along_the_tree(duckdb):
    tables = tables_of(read_records(SMALL, []), duckdb)
    gaps = frozenset({("dossiers", "reused", "xa-11"), ("petitions", "", "xa-21")})
    records = records_with(tables, {"xa-11": (2, 1), "xa-12": (3, 0), "so-a": (1, 1)}, gaps=gaps)
    tree = tree_of(TREE)
    counts, found = find(records, tree, SEPTEMBER, MeasureOptions(), T)
    assert list(counts.columns) == ["unit", "indicator", "numerator", "denominator"]
    assert len(counts) == 9 * 21

    cases = found.case_counts.set_index(["unit", "indicator"])
    assert list(found.case_counts.columns) == CASE_COUNTS
    for unit in ("xa-11", "huyen-1", "H31"):
        assert cases.loc[(unit, 5), ["cases", "mendable", "days_late"]].tolist() == [1, 0, 19]
        assert cases.loc[(unit, 12), ["cases", "mendable"]].tolist() == [1, 1]
    assert cases.loc[("H31", 5), "digest"] == cases.loc[("xa-11", 5), "digest"]
    assert cases.loc[("H31", 5), "digest"] != cases.loc[("H31", 12), "digest"]
    # Procedures do not add up: each unit has those of its own scope, and the province none on top.
    assert cases.loc[("H31", 1), ["cases", "mendable", "days_late"]].tolist() == [1, 0, 5]
    assert ("huyen-1", 1) not in cases.index and ("xa-12", 5) not in cases.index

    assert found.rows["file"].tolist() == ["a.csv", "b.csv"]
    handed = found.handed_in.set_index("unit")
    assert list(found.handed_in.columns) == HANDED_IN
    assert handed.loc[["H31", "huyen-1", "xa-11", "so-a", "so-b"]].to_numpy().tolist() == [
        [6, 2], [5, 1], [2, 1], [1, 1], [0, 0],
    ]  # fmt: skip
    aside = {(row.unit, row.faults): row.rows for row in found.set_aside.itertuples()}
    assert aside == {
        ("xa-11", "due_at:unreadable status:values"): 1, ("xa-12", "status:values"): 1,
        ("huyen-1", "due_at:unreadable status:values"): 1, ("huyen-1", "status:values"): 1,
        ("H31", "due_at:unreadable status:values"): 1, ("H31", "status:values"): 1,
        ("H31", "unit:unit"): 1,
    }  # fmt: skip
    assert set(found.set_aside["table"]) == {"dossiers"}
    lacks = found.gaps[found.gaps["indicator"] == 14]
    assert lacks[["unit", "table", "column"]].to_numpy().tolist() == [
        ["H31", "dossiers", "reused"],
        ["huyen-1", "dossiers", "reused"],
        ["xa-11", "dossiers", "reused"],
    ]
    # A unit without a row of a table lacks it for itself alone.
    silent = found.gaps[(found.gaps["indicator"] == 19) & (found.gaps["column"] == "")]
    assert silent["unit"].tolist() == ["xa-21"]
    assert found.gaps.equals(found.gaps.sort_values(list(found.gaps.columns)))
    assert found.handling.set_index("unit").loc["H31", ["received", "online"]].tolist() == [2, 1]
    assert found.procedure_dossiers["procedure_id"].unique().tolist() == ["P1"]
    assert len(found.prints) == 2
    assert found.due is None and found.procedure_differences is None


@pytest.mark.parametrize(("own", "other"), [("instant", 1), ("date", 0)])
def test_what_is_on_time_is_counted_by_the_other_comparison_too(duckdb, own, other):
    """An hour late on its day: late by moments, on time by days."""
    dossiers = SMALL["dossiers"].replace(
        "2022-09-12 17:00 | 2022-09-06", "2022-09-12 18:00 | 2022-09-06"
    )
    assert "18:00" in dossiers
    tables = tables_of(read_records({**SMALL, "dossiers": dossiers}, []), duckdb)
    records = records_with(tables, {})
    counts, found = find(records, tree_of(TREE), SEPTEMBER, MeasureOptions(comparison=own), T)
    wanted = {"unit": "xa-12", "indicator": 5}
    for table, numerator in ((counts, 1 - other), (found.compared, other)):
        row = table[(table["unit"] == "xa-12") & (table["indicator"] == 5)].iloc[0]
        assert (row["numerator"], row["denominator"]) == (numerator, 1), wanted
    assert set(found.compared["indicator"]) == {5, 21}
    assert found.handed_in["accepted"].tolist() == [0] * 9


def test_of_an_open_month_the_evidence_says_what_falls_due(duckdb):
    records = records_with(tables_of(read_records({"dossiers": DUE}, []), duckdb), {})
    _counts, found = find(
        records, tree_of(TREE), SEPTEMBER, MeasureOptions(), datetime(2022, 9, 14, 10)
    )
    assert found.due["dossiers"].sum() >= 4
    lists = {
        "procedures": [{"procedure_id": "1.000001", "name": "Khai sinh"}],
        "national_procedures": [{"national_id": "1.000002", "name": "Đất đai"}],
    }
    two = records_with(tables_of(lists, duckdb), {})
    _counts, beside = find(two, tree_of(TREE), SEPTEMBER, MeasureOptions(), T)
    numbers = beside.procedure_lists.set_index("item")["number"]
    assert (numbers["ours"], numbers["national"], numbers["by_code"]) == (1, 1, 0)
    assert beside.procedure_differences["kind"].tolist() == ["extra", "missing"]
    nothing = Records(
        {}, records.set_aside[:0], {}, records.counts, frozenset(), (), records.agencies
    )
    _counts, empty = find(nothing, tree_of(TREE), SEPTEMBER, MeasureOptions(), T)
    assert empty.handed_in.empty and empty.cases.empty and empty.case_counts.empty
    assert list(empty.handed_in.columns) == HANDED_IN
