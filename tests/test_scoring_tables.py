"""The tables of scores cell by cell, and the edges of their rules: what mutants of the code showed that no
other test noticed."""

from dataclasses import replace
from decimal import Decimal

import pandas as pd
import pytest
from test_scoring import PORTAL, SETS, counts_table, official_table

from chiso.base.errors import ParameterError
from chiso.rules.indicators import GROUPS, NUMBERS
from chiso.rules.units import load_tree
from chiso.rules.working_days import (
    FIRST_DAY,
    LAST_DAY,
    days_since_1970,
    load_calendar,
    seconds_since_1970,
)
from chiso.scoring.score import (
    COMPUTED,
    MIXED,
    OFFICIAL,
    Count,
    compared_items,
    indicator_part,
    score,
    score_unit,
)
from chiso.scoring.score_files import published_texts, score_texts

TREE = load_tree("dak-lak-2026-sample")
FULL = [(number, 1, 3) for number in NUMBERS]


def scored(official=(), rows=FULL, tree=None, unit="H15"):
    return score(
        counts_table([(unit, *row) for row in rows]), official_table(official), PORTAL, tree
    )


def test_a_row_of_indicators_has_counts_rate_points_and_what_is_lost():
    table = scored().indicators.set_index("indicator")
    assert table.loc[5].tolist() == [
        "H15", 1, 3, Decimal("0.3333333333"), Decimal("6.67"), 20, Decimal("13.33"), COMPUTED,
    ]  # fmt: skip
    nothing = scored(rows=[(5, None, None)]).indicators.set_index("indicator").loc[5]
    assert nothing.tolist() == ["H15", None, None, None, None, 20, None, ""]


@pytest.mark.parametrize("table", ["indicators", "groups", "totals", "differences"])
def test_cells_are_what_was_put_in_never_floats(table):
    """A column of whole numbers with a gap would turn into floats, and its gap into nan."""
    found = getattr(scored(official=[("H15", "5", "1.00")]), table)
    assert len(found) and {str(kind) for kind in found.dtypes} == {"object"}
    empty = getattr(score(counts_table([]), official_table(), PORTAL), table)
    assert not len(empty) and {str(kind) for kind in empty.dtypes} == {"object"}


def test_a_row_of_groups_is_the_sum_of_its_indicators():
    scores = scored()
    points = scores.indicators.set_index("indicator")["points"]
    groups = scores.groups
    assert groups["unit"].tolist() == ["H15"] * len(GROUPS) and groups["group"].tolist() == list(
        GROUPS
    )
    group = groups.set_index("group").loc["II"]
    assert group.tolist() == ["H15", points[5], 20, COMPUTED]


def test_a_row_of_totals_has_level_class_rank_and_basis():
    with_tree = scored(tree=TREE).totals.iloc[0]
    assert (with_tree["level"], with_tree["basis"], with_tree["complete"]) == (
        "tinh",
        COMPUTED,
        True,
    )
    assert with_tree["class"] == PORTAL.band(with_tree["total"]).code
    alone = scored().totals.iloc[0]
    assert (alone["level"], alone["rank"], alone["cohort_size"]) == (None, 1, 1)
    lacking = scored(rows=FULL[:-1]).totals.iloc[0]
    assert [lacking[name] for name in ("total", "class", "rank", "basis")] == [None, None, None, ""]


def test_without_a_tree_all_are_one_cohort():
    rows = [(unit, *row) for unit in ("A", "B", "C") for row in FULL]
    assert score(counts_table(rows), official_table(), PORTAL).totals["cohort_size"].tolist() == [
        3,
        3,
        3,
    ]


def test_a_published_total_stands_in_only_where_there_is_none_of_ours():
    counts = {number: Count(1, 3) for number in NUMBERS if number != 5}
    found = score_unit(counts, {"total": "77.70"}, PORTAL)
    assert (found.total.points, found.total.basis) == (Decimal("77.70"), OFFICIAL)
    ours = score_unit(counts | {5: Count(1, 3)}, {"total": "77.70"}, PORTAL)
    assert ours.total.basis == COMPUTED and ours.total.points != Decimal("77.70")


def test_a_sum_of_ours_and_theirs_is_mixed_and_of_theirs_alone_is_theirs():
    counts = {number: Count(1, 3) for number in NUMBERS if number not in (5, 7)}
    found = score_unit(counts, {"5": "10.00", "7": "1.00"}, PORTAL)
    bases = {code: part.basis for code, part in found.groups.items()}
    assert (bases["II"], bases["III.a"], bases["I"]) == (OFFICIAL, MIXED, COMPUTED)
    assert found.total.basis == MIXED


@pytest.mark.parametrize("count", [Count(1, None), Count(None, 1)])
def test_half_a_count_is_no_count(count):
    part = indicator_part(PORTAL.rule(5), count, None, PORTAL)
    assert (part.points, part.present, part.basis) == (None, False, "")
    assert count.rate is None


def test_what_left_its_group_is_present_and_ours():
    rule = replace(PORTAL.rule(5), max_points=Decimal(0))
    part = indicator_part(rule, Count(1, 3), None, PORTAL)
    assert (part.points, part.max_points, part.present, part.basis) == (None, 0, True, COMPUTED)


def test_where_nothing_applies_there_is_no_total():
    book = replace(PORTAL, set=replace(PORTAL.set, not_applicable="exclude"))
    found = score_unit({number: Count(0, 0) for number in NUMBERS}, {}, book)
    for number in NUMBERS:
        part = found.indicators[number]
        assert (part.points, part.max_points, part.present, part.basis) == (None, 0, True, COMPUTED)
    assert (found.total.points, found.total.max_points) == (None, 100)
    assert (found.total.present, found.total.basis) == (False, "")


def test_a_factor_counts_only_for_an_indicator_that_has_one():
    book = SETS["766-portal-2025"]
    with_factor = score_unit({4: Count(1, 2), 8: Count(1, 2), 5: Count(1, 2)}, {}, book)
    assert with_factor.indicators[8].points == Decimal("3.00")  # 6 x min(1, 0.5 x 0.5 / 0.5)
    assert with_factor.indicators[5].points == Decimal("10.00")


def test_differences_name_class_and_rank_too_and_nothing_that_is_alike():
    ours = scored().totals.iloc[0]
    own_class = ours["class"]
    other = next(band.code for band in PORTAL.set.classes if band.code != own_class)
    official = [
        ("H15", "class", other),
        ("H15", "rank", "7"),
        ("H15", "cohort_size", "1"),
        ("H15", "5", "6.67"),
    ]
    found = scored(official=official).differences
    assert found.values.tolist() == [["H15", "class", own_class, other], ["H15", "rank", "1", "7"]]
    # A total that does not exist differs from nothing.
    lacking = scored(official=[("H15", "class", other)], rows=FULL[:-1]).differences
    assert lacking.values.tolist() == []


def test_items_are_compared_where_both_have_a_figure():
    rows = [row for row in FULL if row[0] != 15]
    official = [("H15", item, value) for item, value in
                [("5", "6.67"), ("15", "1.00"), ("II", "6.67"), ("total", "50"), ("class", "Yếu"), ("rank", "3")]]  # fmt: skip
    found = scored(official, rows, TREE)
    # 15 is carried over, and with it the rank of a sample is theirs; total and class are of both.
    assert compared_items(found, official_table(official), TREE) == {"H15": 4}
    without = scored(official, [(5, 1, 3)], TREE)
    assert compared_items(without, official_table(official), TREE) == {"H15": 2}
    assert compared_items(found, official_table([("H15", "7", "1.33")]), TREE) == {"H15": 1}


def test_a_rank_is_compared_only_in_a_whole_cohort():
    tree = load_tree("hung-yen-2022")
    unit = "so-y-te"
    assert not tree.cohorts[tree.unit(unit).cohort].partial
    official = [(unit, "rank", "1"), (unit, "cohort_size", "1")]
    found = scored(official, FULL, tree, unit)
    assert compared_items(found, official_table(official), tree) == {unit: 2}
    # Beside a rank, what else the unit has stands against a figure of ours as well.
    more = [(unit, "5", "6.67"), (unit, "total", "50"), *official]
    assert compared_items(scored(more, FULL, tree, unit), official_table(more), tree) == {unit: 4}


# ------------------------------------------------------------------------------------ working days

DAYS = load_calendar()


def later(day: str, number: int) -> str:
    found = DAYS.later(pd.array([days_since_1970(pd.Timestamp(day))]).to_numpy("int64"), number)
    return str(pd.Timestamp("1970-01-01") + pd.Timedelta(days=int(found[0])))[:10]


def earlier(day: str, number: int) -> str:
    found = DAYS.earlier(pd.array([days_since_1970(pd.Timestamp(day))]).to_numpy("int64"), number)
    return str(pd.Timestamp("1970-01-01") + pd.Timedelta(days=int(found[0])))[:10]


@pytest.mark.parametrize(
    ("day", "number", "after", "before"),
    [
        ("2022-09-07", 1, "2022-09-08", "2022-09-06"),  # Wednesday
        ("2022-09-09", 1, "2022-09-12", "2022-09-08"),  # over a weekend
        ("2022-09-10", 1, "2022-09-12", "2022-09-09"),  # from a Saturday
        ("2022-08-31", 1, "2022-09-05", "2022-08-30"),  # the National Day, two days and a weekend
        ("2022-09-05", 5, "2022-09-12", "2022-08-25"),
        ("2022-01-28", 1, "2022-02-07", "2022-01-27"),  # Tết
        ("2022-09-12", 20, "2022-10-10", "2022-08-11"),
        ("2026-01-06", 4, "2026-01-10", "2025-12-29"),  # 2/1 for a Saturday (12729/VPCP-KGVX)
    ],
)
def test_the_nth_working_day_after_and_before(day, number, after, before):
    assert (later(day, number), earlier(day, number)) == (after, before)


def test_days_and_seconds_are_counted_from_1970():
    assert days_since_1970(pd.Timestamp("1970-01-02").date()) == 1
    moment = pd.Timestamp("1970-01-02 01:02:03").to_pydatetime()
    assert seconds_since_1970(moment) == 86_400 + 3_600 + 2 * 60 + 3
    assert len(DAYS.up_to) == (LAST_DAY - FIRST_DAY).days + 1


def test_days_of_the_project_are_off_or_worked_whatever_the_package_says(project):
    path = project / "params/calendar.yml"
    path.write_text(
        "extra_days:\n"
        "  - {day: 08/09/2022, kind: off, source: lệnh}\n"
        "  - {day: 10/09/2022, kind: work, source: lệnh}\n",
        "utf-8",
    )
    changed = load_calendar()

    def works(day: str) -> bool:
        place = days_since_1970(pd.Timestamp(day)) - changed.first
        return bool(changed.up_to[place] - changed.up_to[place - 1])

    assert [works(f"2022-09-{n:02}") for n in (7, 8, 9, 10, 11)] == [True, False, True, True, False]
    path.write_text("extra_days:\n  - {day: 08/09/2022, kind: half, source: lệnh}\n", "utf-8")
    with pytest.raises(ParameterError):
        load_calendar()


def test_what_is_published_names_classes_as_readers_know_them_and_keeps_all_else():
    made = scored(official=[("H15", "class", "tot"), ("H15", "rank", "7")])
    texts, own = published_texts(made, PORTAL), score_texts(made)
    names = {band.code: band.name.vi for band in PORTAL.set.classes}
    code = made.totals["class"].iloc[0]
    assert code in own["totals.csv"] and code not in texts["totals.csv"]
    assert f",{names[code]}," in texts["totals.csv"]
    assert f"H15,class,{names[code]},Tốt" in texts["differences.csv"]
    assert {name for name in texts if texts[name] != own[name]} == {"totals.csv", "differences.csv"}
    # Without a total there is no class to name.
    nothing = scored(rows=[(5, None, None)])
    assert published_texts(nothing, PORTAL)["totals.csv"] == score_texts(nothing)["totals.csv"]


def test_without_its_factor_an_indicator_has_no_points():
    book = SETS["766-portal-2025"]
    part = indicator_part(book.rule(8), Count(1, 2), None, book)
    assert (part.points, part.present, part.basis) == (None, False, "")
