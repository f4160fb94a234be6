"""Who loses points, where, and how many."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from chiso.scoring.score import OFFICIAL
from chiso.store.figures import Figures, UnitFigures


@dataclass(frozen=True)
class Loss:
    """Points that one unit loses on an indicator, or on the rest of a group that was published
    without its indicators (`is_rest`); `label` and `name` are the reader's words, `numbers`
    the indicators."""

    numbers: tuple[int, ...]
    label: str
    name: str
    points: Decimal
    is_rest: bool = False


def losses(unit: UnitFigures) -> tuple[Loss, ...]:
    """Where a unit loses points, most first; they add up to what its total lacks."""
    book = unit.figures.book
    lost = {row.indicator: row.points_lost for row in unit.indicators.itertuples()}
    found = [
        Loss((number,), str(number), str(book.rule(number).indicator.name), points)
        for number, points in lost.items()
        if points
    ]
    for group in unit.groups[unit.groups["basis"] == OFFICIAL].itertuples():
        numbers = [rule.indicator.number for rule in book.of_group(group.group)]
        known = sum((lost[number] for number in numbers if lost[number] is not None), Decimal(0))
        unknown = tuple(number for number in numbers if lost[number] is None)
        rest = group.max_points - group.points - known
        if unknown and rest > 0:
            label = ", ".join(map(str, unknown))
            name = next(str(item.name) for item in book.set.groups if item.code == group.group)
            found.append(Loss(unknown, label, name, rest, True))
    return tuple(sorted(found, key=lambda loss: (-loss.points, loss.numbers)))


@dataclass(frozen=True)
class IndicatorLoss:
    """What one indicator costs the agencies below the province.

    `agencies`: how many lose points on it; `total` and `mean`: points lost by all of those scored
    and by each on average; `worst`: codes of those that lose most, `most`: what each loses.
    """

    number: int
    agencies: int
    total: Decimal
    mean: Decimal
    worst: tuple[str, ...]
    most: Decimal


def losses_by_indicator(figures: Figures) -> tuple[IndicatorLoss, ...]:
    """The indicators that cost points, the costliest on average first."""
    below = {unit.code for unit in figures.agencies}
    lost: dict[int, dict[str, Decimal]] = {}
    for row in figures.scores.indicators.itertuples():
        if row.unit in below and row.points_lost is not None:
            lost.setdefault(row.indicator, {})[row.unit] = row.points_lost
    found = [_loss(number, by_unit) for number, by_unit in lost.items() if any(by_unit.values())]
    return tuple(sorted(found, key=lambda loss: (-loss.mean, loss.number)))


def _loss(number: int, by_unit: dict[str, Decimal]) -> IndicatorLoss:
    total, most = sum(by_unit.values(), Decimal(0)), max(by_unit.values())
    return IndicatorLoss(
        number=number,
        agencies=sum(value > 0 for value in by_unit.values()),
        total=total,
        mean=total / len(by_unit),
        worst=tuple(code for code, value in by_unit.items() if value == most),
        most=most,
    )
