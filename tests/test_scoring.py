"""Points, groups, totals, classes and ranks: worked cases, published figures, laws."""

from decimal import Decimal
from pathlib import Path

import pandas as pd
import pytest
import yaml
from conftest import ROOT, SAMPLE
from hypothesis import given
from hypothesis import strategies as st

from chiso.contract.counts import COUNT_COLUMNS, OFFICIAL_COLUMNS
from chiso.rules.indicators import GROUPS, NUMBERS, load_rules
from chiso.rules.units import load_tree
from chiso.scoring.score import (
    COMPUTED,
    MIXED,
    NO_DATA,
    OFFICIAL,
    Count,
    competition_ranks,
    indicator_part,
    score,
    score_unit,
)
from chiso.sources.given import read_figures, read_official

CASES = yaml.safe_load((Path(__file__).parent / "cases" / "scoring.yml").read_text("utf-8"))
SETS = {name: load_rules(name) for name in ("766-2022", "766-portal-2026")}
PORTAL = SETS["766-portal-2026"]


def count_of(text: str) -> Count:
    return NO_DATA if text == "no data" else Count(*map(int, text.split("/")))


def counts_table(rows) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=COUNT_COLUMNS, dtype=object)


def official_table(rows=()) -> pd.DataFrame:
    return pd.DataFrame(list(rows), columns=OFFICIAL_COLUMNS, dtype=object)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_worked_case(case):
    counts = {number: count_of(text) for number, text in case["counts"].items()}
    result = score_unit(counts, {}, SETS[case["set"]])
    found = {**result.indicators, **result.groups, "total": result.total}
    for item, expected in case["expected"].items():
        points = found[item].points
        assert ("none" if points is None else f"{points:.2f}") == expected, item


def test_every_case_has_a_source_and_every_indicator_a_case():
    assert all(case["source"] and case["arithmetic"] for case in CASES)
    assert {item for case in CASES for item in case["expected"] if item in NUMBERS} == set(NUMBERS)


@pytest.fixture(scope="module")
def published():
    tree = load_tree("dak-lak-2026-sample")
    counts, official = read_figures(SAMPLE / "counts.csv", SAMPLE / "official.csv", tree, PORTAL)
    return score(counts, official, PORTAL, tree), counts, official


def test_every_published_figure_of_dak_lak_is_reproduced(published):
    scores, counts, official = published
    assert scores.differences.empty
    assert len(scores.totals) == 21
    held = {(row.unit, str(row.indicator)): row for row in scores.indicators.itertuples()}
    held |= {(row.unit, row.group): row for row in scores.groups.itertuples()}
    totals = {row.unit: row.total for row in scores.totals.itertuples()}
    for row in official.itertuples():
        if row.item == "total":
            assert totals[row.unit] == Decimal(row.value)
        elif (row.unit, row.item) in held:
            assert held[row.unit, row.item].points == Decimal(row.value)
    with_counts = counts[[value is not None for value in counts["numerator"]]]
    for row in with_counts.itertuples():
        assert held[row.unit, str(row.indicator)].basis == COMPUTED


def test_what_was_published_without_counts_is_carried_over_and_marked(published):
    scores, _counts, _official = published
    bases = {(row.unit, row.group): row.basis for row in scores.groups.itertuples()}
    assert bases["H15.15", "III.a"] == OFFICIAL
    assert bases["H15.15", "IV"] == MIXED  # indicator 15 without counts
    assert bases["H15", "IV"] == COMPUTED  # 0/0: full marks
    assert set(scores.totals["basis"]) == {MIXED}


def test_a_sample_of_a_cohort_shows_published_ranks_only(published):
    scores, counts, _official = published
    ranks = {row.unit: (row.rank, row.cohort_size) for row in scores.totals.itertuples()}
    assert ranks["H15"] == (7, 34)
    assert ranks["H15.15"] == (1, 11)
    assert ranks["H15.120"] == (102, 102)
    alone = score(counts, official_table(), PORTAL, load_tree("dak-lak-2026-sample"))
    assert set(alone.totals["rank"]) == {None}


def test_all_34_provinces_from_their_groups():
    official = read_official(ROOT / "data/samples/provinces-2026-10-10/official.csv")
    scores = score(counts_table([]), official, PORTAL)
    assert scores.differences.empty
    ranks = {row.unit: row.rank for row in scores.totals.itertuples()}
    assert sorted(ranks.values()) == list(range(1, 35))
    assert ranks["H31"] == 28
    totals = {row.unit: row.total for row in scores.totals.itertuples()}
    assert totals["H31"] == Decimal("59.63")


def test_a_difference_names_item_and_both_figures():
    counts = counts_table([("A", 5, 1, 2)])
    scores = score(counts, official_table([("A", "5", "9.99"), ("A", "II", "10.00")]), PORTAL)
    assert scores.differences.values.tolist() == [["A", "5", "10.00", "9.99"]]


def test_units_carry_the_provinces_figures_for_1_to_3_and_0_for_6():
    tree = load_tree("hung-yen-2022")
    rows = [("H31", n, 1, 2) for n in NUMBERS] + [("so-tu-phap", n, 2, 2) for n in NUMBERS]
    scores = score(counts_table(rows), official_table(), SETS["766-2022"], tree)
    unit = scores.indicators[scores.indicators["unit"] == "so-tu-phap"].set_index("indicator")
    assert list(unit.loc[[1, 2, 3, 4], "points"]) == [3, 2, 1, 6]
    assert unit.loc[6, "points"] == 0
    province = scores.indicators[scores.indicators["unit"] == "H31"].set_index("indicator")
    assert province.loc[6, "points"] == Decimal("1.25")


def test_a_unit_keeps_its_own_figures_where_the_province_has_none():
    tree = load_tree("hung-yen-2022")
    rows = [("H31", 4, 1, 2), ("H31", 1, None, None)] + [("so-y-te", n, 1, 2) for n in NUMBERS]
    scores = score(counts_table(rows), official_table(), SETS["766-2022"], tree)
    unit = scores.indicators[scores.indicators["unit"] == "so-y-te"].set_index("indicator")
    assert unit.loc[1, "points"] == 3
    assert scores.totals.set_index("unit").loc["so-y-te", "complete"]


def test_ranks_are_within_cohorts_and_tied_units_share_one():
    tree = load_tree("hung-yen-2022")
    late = {"so-tu-phap": 0, "so-y-te": 1, "so-noi-vu": 1, "so-xay-dung": 2, "323": 0, "325": 3}
    rows = [(code, n, 10 - late[code] if n == 5 else 10, 10) for code in late for n in NUMBERS]
    scores = score(counts_table(rows), official_table(), SETS["766-2022"], tree)
    found = {row.unit: (row.rank, row.cohort_size) for row in scores.totals.itertuples()}
    assert found["so-tu-phap"] == (1, 4)
    assert found["so-y-te"] == found["so-noi-vu"] == (2, 4)
    assert found["so-xay-dung"] == (4, 4)
    assert found["323"] == (1, 2)


def test_no_total_no_class_and_no_rank_when_something_is_missing():
    rows = [("A", n, 1, 1) for n in NUMBERS] + [("B", n, 1, 1) for n in NUMBERS if n != 7]
    scores = score(counts_table(rows), official_table(), PORTAL)
    lacking = scores.totals.set_index("unit").loc["B"]
    assert (lacking["total"], lacking["class"], lacking["rank"]) == (None, None, None)
    assert not lacking["complete"]
    assert scores.totals.set_index("unit").loc["A", "cohort_size"] == 1


@pytest.mark.parametrize(
    ("total", "band"),
    [("100", "Xuất sắc"), ("90", "Xuất sắc"), ("89.99", "Tốt"), ("80", "Tốt"), ("79.99", "Khá"),
     ("70", "Khá"), ("69.99", "Trung bình"), ("50", "Trung bình"), ("49.99", "Yếu"), ("0", "Yếu")],
)  # fmt: skip
def test_classes_at_their_edges(total, band):
    assert str(PORTAL.band(Decimal(total)).name) == band


@pytest.mark.parametrize(
    ("choice", "total"), [("zero", "0.00"), ("full", "80.00"), ("exclude", "0.00")]
)
def test_not_applicable_is_the_sets_choice(choice, total, tmp_path):
    text = (ROOT / "params/indicators/766-portal-2026.yml").read_text("utf-8")
    path = tmp_path / "variant.yml"
    path.write_text(
        text.replace("total: 100\n", f"total: 100\nnot_applicable: {choice}\n"), "utf-8"
    )
    counts = {n: Count(0, 0) for n in NUMBERS} | {5: Count(0, 9)}
    result = score_unit(counts, {}, load_rules(str(path)))
    assert f"{result.total.points:.2f}" == total
    if choice == "exclude":
        assert result.groups["I"].max_points == 0
        half = score_unit(counts | {5: Count(1, 2)}, {}, load_rules(str(path)))
        assert half.total.points == 50  # 10 of the 20 points that are left


some_counts = st.integers(0, 10**7).flatmap(
    lambda of: st.integers(0, of).map(lambda cases: Count(cases, of))
)
numbers = st.sampled_from(list(NUMBERS))
sets = st.sampled_from(list(SETS.values()))
levels = st.sampled_from([None, "tinh", "so", "huyen", "xa"])


@given(sets, numbers, some_counts, levels)
def test_points_are_bounded_and_have_two_decimals(book, number, count, level):
    part = indicator_part(book.rule(number), count, level, book)
    assert part.present
    if part.points is not None:
        assert 0 <= part.points <= part.max_points
        assert part.points == part.points.quantize(Decimal("0.01"))


@given(sets, numbers, some_counts)
def test_one_more_case_never_costs_points(book, number, count):
    more = Count(min(count.numerator + 1, count.denominator), count.denominator)
    rule = book.rule(number)
    before, after = (indicator_part(rule, c, None, book).points for c in (count, more))
    assert before is None or before <= after


@given(sets, numbers, some_counts, st.integers(1, 1000))
def test_only_the_rate_matters(book, number, count, times):
    rule = book.rule(number)
    scaled = Count(count.numerator * times, count.denominator * times)
    assert indicator_part(rule, count, None, book) == indicator_part(rule, scaled, None, book)


@given(sets, st.dictionaries(numbers, some_counts))
def test_groups_and_total_are_sums_of_what_they_hold(book, counts):
    result = score_unit(counts, {}, book)
    for code in GROUPS:
        parts = [result.indicators[rule.indicator.number] for rule in book.of_group(code)]
        whole = all(part.present for part in parts)
        assert (result.groups[code].points is not None) == whole
        if whole:
            assert result.groups[code].points == sum(part.points or 0 for part in parts)
    if result.total.points is not None:
        assert result.total.points == sum(part.points for part in result.groups.values())


@given(st.lists(st.tuples(numbers, some_counts), unique_by=lambda item: item[0]), st.randoms())
def test_the_order_of_the_rows_does_not_matter(items, random):
    rows = [("A", number, count.numerator, count.denominator) for number, count in items]
    shuffled = random.sample(rows, len(rows))
    one, other = (score(counts_table(r), official_table(), PORTAL) for r in (rows, shuffled))
    assert one.indicators.equals(other.indicators)


@given(st.dictionaries(st.text(min_size=1), st.decimals(0, 100, places=2), min_size=1))
def test_ranks_follow_competition_rules(totals):
    ranks = competition_ranks(totals, dict.fromkeys(totals, "x"))
    ordered = sorted(totals.values(), reverse=True)
    for code, total in totals.items():
        assert ranks[code] == (ordered.index(total) + 1, len(totals))
