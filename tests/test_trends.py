"""Trends: worked cases by hand, laws, breaks and rebases, and the file of parameters."""

from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

import pytest
import yaml
from conftest import ROOT
from hypothesis import given
from hypothesis import strategies as st

from chiso.base.errors import ParameterError
from chiso.explain.trends import against, trend
from chiso.rules.indicators import load_rules
from chiso.rules.trend_rules import trend_rules

CASES = yaml.safe_load((Path(__file__).parent / "cases" / "trends.yml").read_text("utf-8"))
USUAL = [80, 82, 81, 83, 80, 82, 81, 83, 80, 82, 81, 83]


def monthly(values, year=2022):
    """Pairs for `trend`: months from January of `year` on; "gap" has no value."""
    return [
        (f"{year + i // 12}-{i % 12 + 1:02d}", None if value == "gap" else Decimal(str(value)))
        for i, value in enumerate(values)
    ]


def of(values, **options):
    return trend(monthly(values), Decimal(100), **options)


def four(value):
    return str(value.quantize(Decimal("0.0001"), rounding=ROUND_HALF_UP))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_worked_case(case):
    assert case["source"] and case["arithmetic"]
    found = of(case["values"])
    assert {i: point.mark for i, point in enumerate(found.points) if point.mark} == case["marks"]
    assert found.verdict == case["verdict"]
    if case["limits"] == "none":
        assert found.baselines == ()
    else:
        (line,) = found.baselines
        assert [four(line.lower), four(line.mean), four(line.upper)] == case["limits"]
        assert line.is_trial == (len(case["values"]) < 12)


def test_every_mark_and_verdict_has_a_case():
    marks = {mark for case in CASES for mark in case["marks"].values()}
    assert marks == {"beyond_limit", "rising", "falling", "two_of_three", "run"}
    assert {case["verdict"] for case in CASES} == {"common", "improvement", "concern", "too_few"}


series = st.lists(st.integers(0, 400).map(lambda n: Decimal(n) / 4), min_size=0, max_size=30)
MIRRORED = {"rising": "falling", "falling": "rising"}


@given(series, st.integers(-50, 50), st.sampled_from([Decimal("0.5"), Decimal(1), Decimal(3)]))
def test_marks_do_not_depend_on_where_the_scale_begins_or_how_long_it_is(values, shift, scale):
    moved = [value * scale + shift for value in values]
    one, other = of(values), of(moved)
    assert [point.mark for point in one.points] == [point.mark for point in other.points]
    assert one.verdict == other.verdict
    for line, moved_line in zip(one.baselines, other.baselines, strict=True):
        assert abs(line.upper * scale + shift - moved_line.upper) < Decimal("1e-20")


@given(series)
def test_mirrored_values_are_marked_alike_and_judged_the_other_way(values):
    one, other = of(values), of([100 - value for value in values])
    expected = [MIRRORED.get(point.mark, point.mark) for point in one.points]
    assert [point.mark for point in other.points] == expected
    assert [point.is_better for point in other.points] == [
        None if point.is_better is None else not point.is_better for point in one.points
    ]
    fewer = of([100 - value for value in values], better="fewer")
    assert fewer.verdict == one.verdict


@given(series)
def test_a_trend_is_whole_and_its_limits_enclose_the_mean(values):
    found = of(values)
    assert [point.value for point in found.points] == values
    assert len(found.baselines) == (len(values) >= 5)
    for line in found.baselines:
        assert line.lower <= line.mean <= line.upper
        assert (line.first, line.last, line.is_trial) == (0, len(values) - 1, len(values) < 12)
    assert all((point.mark == "") == (point.is_better is None) for point in found.points)


@given(series.filter(lambda values: len(values) >= 12), st.lists(st.integers(0, 100), max_size=9))
def test_from_twelve_points_on_later_ones_do_not_move_the_limits(values, later):
    assert of(values[:12]).baselines[0].upper == of([*values[:12], *later]).baselines[0].upper


def test_a_point_where_a_rise_turns_into_a_fall_belongs_to_the_fall():
    found = of([70, 90, 70, 90, 70, 71, 72, 73, 74, 75, 76, 77, 76, 75, 74, 73, 72, 71])
    marks = [point.mark for point in found.points]
    assert marks[4:11] == ["rising"] * 7
    assert marks[11:] == ["falling"] * 7
    assert found.verdict == "concern"


def test_a_break_starts_a_new_baseline_and_ends_a_run():
    values = monthly([*USUAL, 50, 52, 51, 53, 52])
    found = trend(values, Decimal(100), breaks=[date(2023, 1, 1)])
    assert [(line.first, line.last, line.is_trial) for line in found.baselines] == [
        (0, 11, False),
        (12, 16, True),
    ]
    assert found.verdict == "common"
    assert not any(point.mark for point in found.points)
    assert trend(values[:14], Decimal(100), breaks=[date(2023, 1, 1)]).verdict == "too_few"


def test_the_period_that_holds_the_break_is_the_first_of_the_new_baseline():
    quarters = [(f"{year}-Q{n}", Decimal(80)) for year in (2024, 2025) for n in (1, 2, 3, 4)]
    found = trend([*quarters, ("2026-Q1", Decimal(60))], Decimal(100), breaks=[date(2025, 7, 1)])
    assert [(line.first, line.last) for line in found.baselines] == [(0, 5)]
    years = [(str(year), Decimal(80)) for year in range(2020, 2031)]
    found = trend(years, Decimal(100), breaks=[date(2025, 7, 1)])
    assert [(line.first, line.last) for line in found.baselines] == [(0, 4), (5, 10)]


@pytest.mark.parametrize(
    ("target", "more", "fewer"),
    [
        ("90", "hard_to_reach", "holds"),
        ("86.5", "hit_or_miss", "hit_or_miss"),
        ("80", "hit_or_miss", "hit_or_miss"),
        ("70", "holds", "hard_to_reach"),
    ],
)
def test_against_a_target(target, more, fewer):
    assert against(of(USUAL), Decimal(target)) == more
    assert against(of(USUAL), Decimal(target), better="fewer") == fewer


def test_a_target_on_a_limit_is_within_the_limits():
    limits = of(USUAL).baselines[-1]
    for target in (limits.lower, limits.upper):
        assert against(of(USUAL), target) == "hit_or_miss"


def test_without_limits_nothing_is_said_about_a_target():
    assert against(of([1, 2, 3]), Decimal(50)) == against(of([]), Decimal(50)) == ""
    assert against(of([*USUAL, "gap"]), Decimal(90)) == "hard_to_reach"


def test_a_last_period_without_a_figure_has_no_verdict():
    assert of([*USUAL, "gap"]).verdict == "too_few"
    assert of([]).verdict == "too_few"


def test_the_shipped_rules_name_their_source_and_the_three_breaks():
    rules = trend_rules()
    days = [date(2025, 7, 1), date(2026, 1, 1), date(2026, 7, 20)]
    assert [entry.from_ for entry in rules.breaks] == days
    assert rules.source and all(entry.source for entry in rules.breaks)


def test_a_rebase_holds_for_its_unit_and_item_alone(project):
    path = project / "params/trends.yml"
    entry = (
        '{from: 2023-04-01, unit: so-y-te, item: "5", reason: Hệ thống mới, decided_by: Trung tâm}'
    )
    text = path.read_text("utf-8")
    path.write_text(text.replace("rebases: []", f"rebases: [{entry}]"), encoding="utf-8")
    held = load_rules("766-2022").set
    assert date(2023, 4, 1) in trend_rules().days("so-y-te", "5", held)
    assert date(2023, 4, 1) not in trend_rules().days("so-y-te", "total", held)
    assert date(2023, 4, 1) not in trend_rules().days("so-tu-phap", "5", held)


def with_targets(folder, *entries):
    """The set of 2022 with more targets for indicator 8, in the order given."""
    path = folder / "own.yml"
    text = (ROOT / "params/indicators/766-2022.yml").read_text("utf-8")
    first = "      - from: 2022-06-23\n        value: 0.50\n"
    assert first in text
    added = [
        f"      - {{from: {day}, value: {value}, source: {{vi: a}}}}\n" for day, value in entries
    ]
    path.write_text(text.replace(first, "".join(added) + first, 1), encoding="utf-8")
    return load_rules(str(path)).set


def test_a_changed_target_starts_a_new_baseline_of_what_hangs_on_it(tmp_path):
    held = with_targets(tmp_path, ("01/01/2024", "60%"), ("01/01/2023", "50%"))
    shipped = load_rules("766-2022").set
    for item in ("8", "III.a", "total"):
        usual = trend_rules().days("so-y-te", item, shipped)
        days = trend_rules().days("so-y-te", item, held)
        assert sorted(set(days) - set(usual)) == [date(2024, 1, 1)], "50% again changes nothing"
    for item in ("7", "III.b", "V"):
        usual = trend_rules().days("so-y-te", item, shipped)
        assert trend_rules().days("so-y-te", item, held) == usual


def test_a_break_of_some_indicators_is_one_of_their_group_and_of_the_total():
    held = load_rules("766-portal-2026").set
    for item, is_broken in (
        ("17", True),
        ("IV", True),
        ("total", True),
        ("5", False),
        ("V", False),
    ):
        days = trend_rules().days("so-y-te", item, held)
        assert (date(2026, 7, 20) in days) is is_broken


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("limit: 2.66", "limit: 0", "limit"),
        ("near_thirds: 2", "near_thirds: 3", "near_thirds"),
        ("fixed_from: 12", "fixed_from: 4", "fixed_from"),
        ("run: 7", "rum: 7", "rum"),
        ("rebases: []", "rebases: [{from: 2023-01-01, item: VI, reason: a, decided_by: b}]", "VI"),
        ("rebases: []", "rebases: [{from: 2023-01-01, decided_by: b}]", "reason"),
    ],
)
def test_wrong_rules_are_refused_with_file_and_reason(project, old, new, says):
    path = project / "params/trends.yml"
    text = (ROOT / "params/trends.yml").read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")
    with pytest.raises(ParameterError) as caught:
        trend_rules()
    assert str(caught.value).startswith(f"{path}:") and says in str(caught.value)
