"""Whose every lost point is: the unit's own, shared, structural, or the chance of a few cases.

The one place that says so; rankings, advice and orders stand on `own`, the others are told once.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from chiso.explain.losses import losses
from chiso.rules.explain_rules import explain_rules
from chiso.rules.indicators import Indicator
from chiso.store.figures import Figures, UnitFigures

OWN, SHARED, STRUCTURAL, CHANCE = KINDS = ("own", "shared", "structural", "chance")
# Denominators that count dossiers: 4, 8, 16 and 18 those received, 5 those carried over besides.
_DOSSIERS = (4, 5, 8, 16, 18)


@dataclass(frozen=True)
class Lost:
    """Points lost (0 or more) by whose they are; `numbers`: the indicators that they belong to.

    Several numbers: the rest of a group that was published without these indicators.
    """

    numbers: tuple[int, ...]
    own: Decimal = Decimal(0)
    shared: Decimal = Decimal(0)
    structural: Decimal = Decimal(0)
    chance: Decimal = Decimal(0)

    @property
    def points(self) -> Decimal:
        """All that is lost: the sum of the four."""
        return self.own + self.shared + self.structural + self.chance


@dataclass(frozen=True)
class KindLoss:
    """What agencies with dossiers lose together on one indicator for one reason (`kind`)."""

    number: int
    kind: str
    points: Decimal
    agencies: int


@dataclass(frozen=True)
class IndicatorLoss:
    """What one indicator costs the agencies with dossiers, of their own.

    `agencies`: how many lose points on it; `total`: of all together, `mean`: of each agency that is
    compared; `worst`: codes of those that lose most, `most`: what each loses.
    """

    number: int
    agencies: int
    total: Decimal
    mean: Decimal
    worst: tuple[str, ...]
    most: Decimal


def ownership(unit: UnitFigures) -> tuple[Lost, ...]:
    """The lost points of all 21 indicators in their order, then rests of published groups.

    Together they are what a complete total lacks (with not_applicable: exclude before it is rescaled).
    What has no data is unknown, not lost: 0.
    """
    return unit.figures.once(("ownership", unit.unit.code), lambda: _ownership(unit))


def _ownership(unit: UnitFigures) -> tuple[Lost, ...]:
    rests = {loss.numbers: loss.points for loss in losses(unit) if loss.is_rest}
    found = [_lost(unit, row) for row in unit.indicator_rows]
    found = [item for item in found if item.numbers not in rests]
    return (*found, *(Lost(numbers, own=points) for numbers, points in rests.items()))


def all_lost(unit: UnitFigures) -> Lost:
    """All lost points of a unit by whose they are; `numbers` are the indicators that lose any."""
    return _sum(item for item in ownership(unit) if item.points)


def has_dossiers(unit: UnitFigures) -> bool:
    """False where the unit is known to have had no dossier in the period ("không phát sinh hồ sơ")."""
    rows = unit.indicators[unit.indicators["indicator"].isin(_DOSSIERS)]
    known = [value for value in rows["denominator"] if value is not None]
    return not known or any(known)


def without_dossiers(figures: Figures) -> frozenset[str]:
    """The codes of all units for which `has_dossiers` is False."""
    return figures.once("without dossiers", lambda: _without_dossiers(figures))


def _without_dossiers(figures: Figures) -> frozenset[str]:
    table = figures.scores.indicators
    rows = table[table["indicator"].isin(_DOSSIERS) & table["denominator"].notna()]
    most = rows.groupby("unit")["denominator"].max()
    return frozenset(most[most == 0].index)


def with_dossiers(figures: Figures) -> tuple[UnitFigures, ...]:
    """The agencies below the province that had dossiers: those that are compared and advised."""
    left_out = without_dossiers(figures)
    return tuple(figures.unit(one.code) for one in figures.agencies if one.code not in left_out)


def losses_by_kind(figures: Figures) -> tuple[KindLoss, ...]:
    """What all agencies with dossiers lose, by indicator and kind, most points first.

    Rankings take the own ones (`losses_by_indicator`); each of the others is told once.
    """
    found = [
        KindLoss(number, kind, sum(lost.values(), Decimal(0)), len(lost))
        for (number, kind), lost in _by_kind(figures).items()
    ]
    return tuple(sorted(found, key=lambda one: (-one.points, one.number, one.kind)))


def losses_by_indicator(figures: Figures) -> tuple[IndicatorLoss, ...]:
    """What agencies with dossiers lose of their own by indicator, most points first."""
    scored = len(with_dossiers(figures))
    found = [
        _indicator_loss(number, lost, scored)
        for (number, kind), lost in _by_kind(figures).items()
        if kind == OWN
    ]
    return tuple(sorted(found, key=lambda loss: (-loss.total, loss.number)))


def _indicator_loss(number: int, lost: dict[str, Decimal], scored: int) -> IndicatorLoss:
    total, most = sum(lost.values(), Decimal(0)), max(lost.values())
    return IndicatorLoss(
        number=number,
        agencies=len(lost),
        total=total,
        mean=total / scored,
        worst=tuple(code for code, value in lost.items() if value == most),
        most=most,
    )


def _by_kind(figures: Figures) -> dict[tuple[int, str], dict[str, Decimal]]:
    """(indicator, kind) -> points lost by code, without the rests of published groups."""
    return figures.once("losses", lambda: _lost_by_kind(figures))


def _lost_by_kind(figures: Figures) -> dict[tuple[int, str], dict[str, Decimal]]:
    lost: dict[tuple[int, str], dict[str, Decimal]] = {}
    for unit in with_dossiers(figures):
        for item in ownership(unit):
            for kind in KINDS:
                if getattr(item, kind) and len(item.numbers) == 1:
                    by_unit = lost.setdefault((item.numbers[0], kind), {})
                    by_unit[unit.unit.code] = getattr(item, kind)
    return lost


def kind_of(unit: UnitFigures, indicator: Indicator, denominator: int | None) -> str:
    """Whose a point lost on `indicator` is, for a unit with so many cases (None: only published)."""
    is_below = unit.unit.level != "tinh"
    if unit.unit.level in indicator.zero_levels or denominator == 0:
        return STRUCTURAL
    if is_below and indicator.scope == "province":
        return SHARED
    chance = explain_rules().chance
    if indicator.number in chance.indicators and denominator is not None:
        return CHANCE if denominator < chance.fewer_than else OWN
    return OWN


def _lost(unit: UnitFigures, row: Any) -> Lost:
    points = row.points_lost
    if points is None and row.basis:
        # Without a score by rule it adds nothing and keeps its maximum in the scale.
        return Lost((row.indicator,), structural=row.max_points)
    if not points:
        return Lost((row.indicator,))
    indicator = unit.figures.book.rule(row.indicator).indicator
    kind = kind_of(unit, indicator, row.denominator)
    return Lost((row.indicator,), **{kind: points})


def _sum(items: Iterable[Lost]) -> Lost:
    found = list(items)
    return Lost(
        tuple(number for item in found for number in item.numbers),
        **{kind: sum((getattr(item, kind) for item in found), Decimal(0)) for kind in KINDS},
    )
