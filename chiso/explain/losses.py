"""Where a unit loses points, and how many."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from chiso.scoring.score import OFFICIAL
from chiso.store.figures import UnitFigures


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
    lost = {row.indicator: row.points_lost for row in unit.indicator_rows}
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
