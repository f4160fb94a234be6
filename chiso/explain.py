"""Who loses points, where, and how many."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from chiso.figures import Figures


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
    below = {unit.code for unit in figures.units if unit.level != "tinh"}
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
