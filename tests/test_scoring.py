"""Points, groups, totals, classes and ranks: worked cases, published figures, laws."""

import csv
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
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
    score,
    score_unit,
)
from chiso.sources.given import read_given, read_official

CASES = yaml.safe_load((Path(__file__).parent / "cases" / "scoring.yml").read_text("utf-8"))
SETS = {name: load_rules(name) for name in ("766-2022", "766-portal-2025", "766-portal-2026")}
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
    counts, official = read_given(SAMPLE / "counts.csv", SAMPLE / "official.csv", tree, PORTAL)
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


PORTAL_2025 = ROOT / "data/samples/portal-2025-10/groups.csv"
GROUP_COLUMNS = ["CKMB", "TDGQ", "CLGQ", "TTTT", "MDSH", "MDHL"]


@pytest.fixture(scope="module")
def rows_of_2025() -> list[dict[str, str | Decimal]]:
    """The published rows, each figure as a Decimal."""
    with PORTAL_2025.open(encoding="utf-8", newline="") as file:
        return [
            row | {item: Decimal(row[item]) for item in [*GROUP_COLUMNS, "total"]}
            for row in csv.DictReader(file)
        ]


def test_totals_of_2025_are_the_sums_of_their_groups(rows_of_2025):
    assert len(rows_of_2025) == 370
    for row in rows_of_2025:
        assert sum(row[group] for group in GROUP_COLUMNS) == row["total"], row["name"]


def test_published_groups_of_2025_make_the_published_totals(rows_of_2025):
    provinces = [row for row in rows_of_2025 if row["sheet"] == "Điểm năm"][:34]
    items = [
        (row["code"], item, str(row[column]))
        for row in provinces
        for item, column in [*zip(GROUPS, GROUP_COLUMNS, strict=True), ("total", "total")]
    ]
    scores = score(counts_table([]), official_table(items), SETS["766-portal-2025"])
    assert scores.differences.empty and len(scores.totals) == 34


def test_groups_of_2025_lie_within_the_maxima_of_the_set(rows_of_2025):
    maxima = {group.code: group.max_points for group in SETS["766-portal-2025"].set.groups}
    for code, column in zip(GROUPS, GROUP_COLUMNS, strict=True):
        assert all(0 <= row[column] <= maxima[code] for row in rows_of_2025)
    units = [row for row in rows_of_2025 if row["kind"] != "1"]
    # Not the province's figures for all: most at the top, some far below.
    assert sum(row["CKMB"] == 18 for row in units) == 212
    assert len(units) == 234
    assert min(row["CKMB"] for row in units) == Decimal("1.43")


def test_group_1_of_2025_is_not_made_of_rounded_points(rows_of_2025):
    """18 x the rate of 4 rounded once: three times the rounded points of 4 never end in 13.55."""
    steps = {row["CKMB"] % Decimal("0.03") for row in rows_of_2025 if row["kind"] == "3"}
    assert steps - {0}


def test_online_points_of_2025_bear_the_factor_of_synchronisation(rows_of_2025):
    """What is left for 8 of group III.a is at most 6 x min(1, s / 0.5): departments have 4 points
    of 6 and 7 (0 + 4), communes 2 at least (2 + 7's own)."""
    below = [row for row in rows_of_2025 if row["kind"] != "1" and row["CKMB"] < 18]
    assert len(below) == 22
    for row in below:
        synced = row["CKMB"] / 18
        left = row["CLGQ"] - (4 if row["kind"] == "2" else 2)
        rest = Decimal("0.24")  # the most that 7 gave a commune (8.24 less 6 and 2)
        most = 6 * min(Decimal(1), synced / Decimal("0.5"))
        assert left <= most + (rest if row["kind"] == "3" else 0) + Decimal("0.01"), row["name"]
    capped = [row for row in below if row["CKMB"] < 9]
    assert len(capped) == 10
    for row in capped:  # and less than the 6 points that no unit lacks whose rate is above a half
        assert row["CLGQ"] - (4 if row["kind"] == "2" else 2) < 6


def test_communes_of_2025_had_the_points_of_6_and_departments_stop_at_10(rows_of_2025):
    communes = [row["CLGQ"] for row in rows_of_2025 if row["kind"] == "3"]
    assert sum(Decimal("8.01") <= value <= Decimal("8.24") for value in communes) == 200
    assert len(communes) == 204
    departments = [row["CLGQ"] for row in rows_of_2025 if row["kind"] == "2"]
    assert (max(departments), departments.count(10), len(departments)) == (10, 24, 30)
    book = SETS["766-portal-2025"]
    full = {number: Count(1, 1) for number in NUMBERS}
    found = {level: score_unit(full, {}, book, level).groups["III.a"] for level in ("so", "xa")}
    assert (found["so"].points, found["xa"].points) == (10, 12)


def test_departments_and_communes_of_2025_were_ranked_in_one_list(rows_of_2025):
    units = [row for row in rows_of_2025 if row["kind"] != "1"][:117]
    ordered = sorted(units, key=lambda row: int(row["portal_row"]))
    assert [int(row["portal_row"]) for row in ordered] == list(range(1, 118))
    assert all(one["total"] >= other["total"] for one, other in pairwise(ordered))


def test_what_leaves_a_group_is_worth_nothing_and_the_rest_is_worth_all():
    counts = {n: Count(1, 2) for n in NUMBERS} | {1: NO_DATA, 2: Count(0, 0), 3: NO_DATA}
    result = score_unit(counts, {}, SETS["766-portal-2025"])
    worth = {number: str(result.indicators[number].max_points) for number in (1, 2, 3, 4, 5)}
    assert worth == {1: "0.00", 2: "0.00", 3: "0.00", 4: "18.00", 5: "20"}
    assert (result.groups["I"].points, result.groups["I"].max_points) == (9, 18)
    assert result.total.present


def test_published_points_are_carried_over_never_rescaled():
    published = {"4": "5.50"}
    result = score_unit({1: NO_DATA}, published, SETS["766-portal-2025"])
    assert result.indicators[4].points == Decimal("5.50")
    assert result.indicators[4].max_points == 6
    assert result.groups["I"].points is None
    # Points of 1 without its counts: nothing says how they would weigh on another scale.
    result = score_unit({4: Count(1, 2)}, {"1": "5.00"}, SETS["766-portal-2025"])
    assert (result.indicators[4].points, result.groups["I"].points) == (3, None)


def test_a_sets_own_choice_for_empty_denominators_stands_above_rescaling(tmp_path):
    text = (ROOT / "params/indicators/766-portal-2025.yml").read_text("utf-8")
    path = tmp_path / "variant.yml"
    path.write_text(text.replace("total: 100\n", "total: 100\nnot_applicable: full\n"), "utf-8")
    counts = {1: Count(0, 0), 2: Count(0, 0), 3: Count(0, 0), 4: Count(1, 2)}
    result = score_unit(counts, {}, load_rules(str(path)))
    assert result.groups["I"].points == 15  # 6 + 4 + 2 and 3 of 6


some_counts = st.integers(0, 10**7).flatmap(
    lambda of: st.integers(0, of).map(lambda cases: Count(cases, of))
)
numbers = st.sampled_from(list(NUMBERS))
sets = st.sampled_from(list(SETS.values()))
levels = st.sampled_from([None, "tinh", "so", "huyen", "xa"])


all_counts = st.fixed_dictionaries(dict.fromkeys(NUMBERS, some_counts))


@given(sets, all_counts, levels)
def test_points_are_bounded_and_have_two_decimals(book, counts, level):
    result = score_unit(counts, {}, book, level)
    for number, part in result.indicators.items():
        factor = book.rule(number).indicator.factor_of
        assert part.present or (factor and counts[factor].denominator == 0)
        if part.points is not None:
            assert 0 <= part.points <= part.max_points
            assert part.points == part.points.quantize(Decimal("0.01"))
    for code in GROUPS:
        maximum = next(item.max_points for item in book.set.groups if item.code == code)
        assert result.groups[code].max_points == maximum


@given(sets, numbers, all_counts)
def test_one_more_case_never_costs_points(book, number, counts):
    """Neither on its own indicator nor on one whose factor it is."""
    count = counts[number]
    more = Count(min(count.numerator + 1, count.denominator), count.denominator)
    before, after = (
        score_unit(counts | {number: one}, {}, book).indicators for one in (count, more)
    )
    for other in NUMBERS:
        assert (before[other].points or 0) <= (after[other].points or 0)


@given(all_counts)
def test_a_factor_takes_away_and_never_adds(counts):
    book = SETS["766-portal-2025"]
    whole = Count(1, 1)
    with_factor, without = (
        score_unit(counts | {4: four}, {}, book).indicators[8] for four in (counts[4], whole)
    )
    if with_factor.points is not None:
        assert with_factor.points <= without.points


@given(some_counts)
def test_group_1_of_2025_is_18_times_the_rate_of_4_without_the_others(count):
    result = score_unit({4: count}, {}, SETS["766-portal-2025"])
    share = Fraction(count.numerator, count.denominator or 1)
    assert abs(Fraction(result.groups["I"].points) - 18 * share) <= Fraction(1, 200)


@given(sets, numbers, all_counts, st.integers(1, 1000))
def test_only_the_rate_matters(book, number, counts, times):
    count = counts[number]
    scaled = Count(count.numerator * times, count.denominator * times)
    one, other = (score_unit(counts | {number: c}, {}, book) for c in (count, scaled))
    assert one.indicators == other.indicators


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
