"""When is a change a change: XmR charts of one unit and one measure over periods of one kind.

Rules: NHS England's "Making Data Count" as in NHSRplotthedots 0.2.2; parameters: params/trends.yml.
Sums and comparisons are made with exact fractions, so that no verdict hangs on a rounding.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

import pandas as pd

from chiso.base.i18n import _
from chiso.base.period import parse_period
from chiso.rules.trend_rules import TrendRules, trend_rules
from chiso.store.figures import Figures, UnitFigures

COMMON, IMPROVEMENT, CONCERN, TOO_FEW = "common", "improvement", "concern", "too_few"


@dataclass(frozen=True)
class TrendPoint:
    """One period of a trend; `value` None: the period has no figure, the line has a gap.

    `mark`: why the point is no common variation: "", beyond_limit, rising, falling, two_of_three
    or run; `is_better`: whether the mark speaks of an improvement, None without a mark.
    """

    period: str
    label: str
    value: Decimal | None
    mark: str
    is_better: bool | None


@dataclass(frozen=True)
class Baseline:
    """Limits that hold for the points `first` to `last` (indices, both included).

    `lower` and `upper` are uncut: they may lie beyond 0 or the maximum, and are drawn at that edge.
    `is_trial`: fewer points so far than fix the limits, so they move with every new one.
    """

    first: int
    last: int
    mean: Decimal
    lower: Decimal
    upper: Decimal
    is_trial: bool


@dataclass(frozen=True)
class Trend:
    """A measure over time; `verdict` on its last point: common, improvement, concern, too_few."""

    points: tuple[TrendPoint, ...]
    baselines: tuple[Baseline, ...]
    maximum: Decimal
    verdict: str


@dataclass(frozen=True)
class _Limits:
    mean: Fraction
    distance: Fraction
    near: Fraction


def trend(
    values: Sequence[tuple[str, Decimal | None]],
    maximum: Decimal,
    breaks: Sequence[date] = (),
    better: str = "more",
    rules: TrendRules | None = None,
) -> Trend:
    """The XmR chart of `values` (name of a period, value), oldest first; better: more or fewer.

    A gap (None) has no moving range on either side and ends a run. `breaks`: days on which a new
    baseline starts. `rules`: those of params/trends.yml unless others are given.
    """
    rules = rules or trend_rules()
    marks: list[tuple[str, int]] = [("", 0)] * len(values)
    baselines = []
    for first, last in _segments([name for name, _value in values], breaks):
        held = [
            None if value is None else Fraction(value) for _name, value in values[first : last + 1]
        ]
        limits = _limits(held, rules)
        if limits:
            marks[first : last + 1] = _marks(held, limits, rules)
            known = sum(value is not None for value in held)
            baselines.append(_baseline(first, last, limits, known < rules.fixed_from))
    sign = 1 if better == "more" else -1
    points = tuple(
        TrendPoint(
            name, parse_period(name).label, value, mark, None if not mark else side * sign > 0
        )
        for (name, value), (mark, side) in zip(values, marks, strict=True)
    )
    return Trend(points, tuple(baselines), maximum, _verdict(points, baselines))


def against(found: Trend, target: Decimal, better: str = "more") -> str:
    """How the last limits lie to a target (points): hard_to_reach, holds or hit_or_miss.

    Empty where the last point has no limits.
    """
    if not found.baselines or found.baselines[-1].last != len(found.points) - 1:
        return ""
    limits = found.baselines[-1]
    if limits.lower <= target <= limits.upper:
        return "hit_or_miss"
    return "hard_to_reach" if (target > limits.upper) == (better == "more") else "holds"


def _segments(names: Sequence[str], breaks: Sequence[date]) -> list[tuple[int, int]]:
    """First and last index of each baseline: a new one where a break lies between two ends."""
    ends = [parse_period(name).last_day for name in names]
    starts = [
        i for i in range(len(ends)) if i == 0 or any(ends[i - 1] < day <= ends[i] for day in breaks)
    ]
    return [(start, following - 1) for start, following in itertools.pairwise([*starts, len(ends)])]


def _limits(values: Sequence[Fraction | None], rules: TrendRules) -> _Limits | None:
    """Mean and distances from the first points of a baseline; None where there are too few."""
    places = [i for i, value in enumerate(values) if value is not None][: rules.fixed_from]
    if len(places) < rules.trial_from:
        return None
    used = values[: places[-1] + 1]
    known = [value for value in used if value is not None]
    ranges = [
        abs(one - other)
        for one, other in itertools.pairwise(used)
        if one is not None and other is not None
    ]
    distance = Fraction(rules.limit) * _screened_mean(ranges, Fraction(rules.screening))
    return _Limits(_mean(known), distance, distance * rules.near_thirds / 3)


def _screened_mean(ranges: list[Fraction], screening: Fraction) -> Fraction:
    """The mean of the moving ranges without those that are far above it; 0 if nothing moves."""
    mean = _mean(ranges)
    return _mean([value for value in ranges if value < screening * mean])


def _mean(values: list[Fraction]) -> Fraction:
    return sum(values, Fraction(0)) / len(values) if values else Fraction(0)


def _marks(
    values: Sequence[Fraction | None], limits: _Limits, rules: TrendRules
) -> list[tuple[str, int]]:
    """The mark of each point and its side (1 up, -1 down, 0 none); the first rule that fits."""
    offsets = [None if value is None else value - limits.mean for value in values]
    found = (
        _beyond(offsets, limits),
        _one_way(values, rules.trend),
        _two_of_three(offsets, limits),
        _one_side(offsets, rules.run),
    )
    return [next((mark for mark in at if mark[0]), ("", 0)) for at in zip(*found, strict=True)]


def _beyond(offsets: Sequence[Fraction | None], limits: _Limits) -> list[tuple[str, int]]:
    return [
        ("beyond_limit", _sign(offset))
        if offset is not None and abs(offset) > limits.distance
        else ("", 0)
        for offset in offsets
    ]


def _one_way(values: Sequence[Fraction | None], length: int) -> list[tuple[str, int]]:
    """All points of runs that rise or fall strictly; where two runs meet, the later one counts."""
    steps = [
        _sign(after - before) if before is not None and after is not None else 0
        for before, after in itertools.pairwise(values)
    ]
    found: list[tuple[str, int]] = [("", 0)] * len(values)
    for start in range(len(values) - length + 1):
        sides = set(steps[start : start + length - 1])
        if sides in ({1}, {-1}):
            side = sides.pop()
            mark = ("rising" if side > 0 else "falling", side)
            found[start : start + length] = [mark] * length
    return found


def _two_of_three(offsets: Sequence[Fraction | None], limits: _Limits) -> list[tuple[str, int]]:
    """Points between near limit and limit, two of three in a row, all three on one side."""
    found: list[tuple[str, int]] = [("", 0)] * len(offsets)
    for start in range(len(offsets) - 2):
        window = offsets[start : start + 3]
        sides = {_sign(offset) for offset in window}
        close = [
            start + i
            for i, offset in enumerate(window)
            if offset is not None and limits.near < abs(offset) <= limits.distance
        ]
        if sides in ({1}, {-1}) and len(close) >= 2:
            side = sides.pop()
            for place in close:
                found[place] = ("two_of_three", side)
    return found


def _one_side(offsets: Sequence[Fraction | None], length: int) -> list[tuple[str, int]]:
    """All points of runs on one side of the mean."""
    sides = [_sign(offset) for offset in offsets]
    found: list[tuple[str, int]] = [("", 0)] * len(offsets)
    for start in range(len(offsets) - length + 1):
        if set(sides[start : start + length]) in ({1}, {-1}):
            found[start : start + length] = [("run", sides[start])] * length
    return found


def _sign(value: Fraction | None) -> int:
    """1, 0 or -1; 0 for a gap."""
    return 0 if value is None else (value > 0) - (value < 0)


def _baseline(first: int, last: int, limits: _Limits, is_trial: bool) -> Baseline:
    lower, upper = limits.mean - limits.distance, limits.mean + limits.distance
    return Baseline(first, last, _decimal(limits.mean), _decimal(lower), _decimal(upper), is_trial)


def _decimal(value: Fraction) -> Decimal:
    return Decimal(value.numerator) / Decimal(value.denominator)


def _verdict(points: Sequence[TrendPoint], baselines: Sequence[Baseline]) -> str:
    """On the last point; too few where it has no value or no limits."""
    if not points or points[-1].value is None:
        return TOO_FEW
    if not baselines or baselines[-1].last != len(points) - 1:
        return TOO_FEW
    if not points[-1].mark:
        return COMMON
    return IMPROVEMENT if points[-1].is_better else CONCERN


def unit_trend(unit: UnitFigures) -> Trend:
    """The trend of a unit's total over the periods that may be compared."""
    code = unit.unit.code
    return unit.figures.once(
        ("trend", code),
        lambda: _over_time(unit.figures, code, lambda one: _total(one.scores.totals, code)),
    )


def total_trends(figures: Figures) -> dict[str, Trend]:
    """The trends of all units' totals by code, each table read once."""
    periods = (*figures.before, figures)
    totals = {id(one): one.scores.totals.set_index("unit")["total"].to_dict() for one in periods}

    def of(code: str) -> Trend:
        return _over_time(figures, code, lambda one: totals[id(one)].get(code))

    return {unit.code: of(unit.code) for unit in figures.units}


def _over_time(figures: Figures, code: str, value: Callable[[Figures], Decimal | None]) -> Trend:
    """The trend of a total; a period between two others that is not there is a gap."""
    periods = (*figures.before, figures)
    held = {one.settings.period: one for one in periods}
    period, first, series = figures.settings.period, min(held), []
    while period >= first:
        one = held.get(period)
        series.append((period.name, value(one) if one else None))
        period = period.previous
    held_set = figures.book.set
    return trend(series[::-1], held_set.total, trend_rules().days(code, "total", held_set))


def _total(table: pd.DataFrame, code: str) -> Decimal | None:
    """The total of a unit in the table of totals."""
    found = table.loc[table["unit"] == code, "total"]
    return found.iloc[0] if len(found) else None


def verdict_text(verdict: str) -> str:
    """`Trend.verdict` in the reader's words."""
    return {
        COMMON: _("within the usual variation"),
        IMPROVEMENT: _("a real improvement"),
        CONCERN: _("a real decline"),
        TOO_FEW: _("too few periods for a verdict"),
    }[verdict]
