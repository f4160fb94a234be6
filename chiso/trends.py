"""When is a change a change: XmR charts of one unit and one measure over periods of one kind."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from chiso.figures import Figures, UnitFigures


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
    `is_trial`: fewer than 12 points so far, so the limits move with every new one.
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


def trend(
    values: Sequence[tuple[str, Decimal | None]],
    maximum: Decimal,
    breaks: Sequence[date] = (),
    better: str = "more",
) -> Trend:
    """The XmR chart of `values` (name of a period, value), oldest first; better: more or fewer."""
    raise NotImplementedError


def unit_trend(unit: UnitFigures) -> Trend:
    """The trend of a unit's total."""
    raise NotImplementedError


def group_trend(unit: UnitFigures, group: str) -> Trend:
    """The trend of a unit's points in one group (I, II, III.a, III.b, IV, V)."""
    raise NotImplementedError


def indicator_trend(unit: UnitFigures, number: int) -> Trend:
    """The trend of a unit's points on one indicator (1 to 21)."""
    raise NotImplementedError


def total_trends(figures: Figures) -> dict[str, Trend]:
    """The trends of all units' totals by code, in one pass."""
    raise NotImplementedError


def against(found: Trend, target: Decimal) -> str:
    """How the last limits lie to `target` points: hard_to_reach, holds, hit_or_miss; "" without."""
    raise NotImplementedError
