"""What a change of a total is made of: own and shared, rate and scope, petitions; moves of class."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from chiso.explain.ownership import Lost, ownership, with_dossiers
from chiso.rules.explain_rules import explain_rules
from chiso.rules.indicators import ClassBand
from chiso.rules.units import Unit
from chiso.scoring.score import Count, indicator_part
from chiso.store.figures import Figures, UnitFigures

# Denominators that are a stock (procedures, services, communes), not a flow that is new every period.
STOCKS = frozenset({3, 6, 7, 9, 10, 15, 17})
_PETITIONS = frozenset({19, 20})


@dataclass(frozen=True)
class Effect:
    """Points that one indicator, or the rest of a published group, adds to a change of the total.

    `scope`: what follows from the denominator alone: something to count appeared or is gone, or a
    stock (procedures, services, communes) grew or shrank with as many done as before. `rate`: the
    rest. Together they are the difference of the published points. `is_shared`: the province's.
    """

    numbers: tuple[int, ...]
    rate: Decimal
    scope: Decimal
    is_shared: bool

    @property
    def points(self) -> Decimal:
        """The whole difference of points."""
        return self.rate + self.scope


@dataclass(frozen=True)
class Decomposition:
    """A change of a total since the period before: total = own + shared + rounding, exactly.

    `own` and `shared` are sums of `effects` (those that are not 0). `rounding`: what the total was
    moved by besides, where the set rescales it. `petitions`: the part of `own` that 19 and 20 bring;
    `petitions_before`, `petitions_after`: how many were counted by 20, None without data.
    """

    total: Decimal
    own: Decimal
    shared: Decimal
    rounding: Decimal
    effects: tuple[Effect, ...]
    petitions: Decimal
    petitions_before: int | None
    petitions_after: int | None


@dataclass(frozen=True)
class Direction:
    """A unit's totals over all comparable periods, oldest first (label, points; None: no total).

    `difference`: the newest less the oldest known one, None with fewer than two.
    """

    totals: tuple[tuple[str, Decimal | None], ...]
    difference: Decimal | None


@dataclass(frozen=True)
class ClassMove:
    """An agency that is in another class than in the period before."""

    unit: Unit
    before: ClassBand
    after: ClassBand
    total: Decimal


@dataclass(frozen=True)
class NearClass:
    """An agency that lacks few points (`lacking`) to the class above its own."""

    unit: Unit
    band: ClassBand
    lacking: Decimal


def decomposition(unit: UnitFigures) -> Decomposition | None:
    """The change of a unit's total since the period before; None where either has no total.

    Worked out once: the province's page asks for every agency's, more than once.
    """
    return unit.figures.once(("decomposition", unit.unit.code), lambda: _decomposition(unit))


def _decomposition(unit: UnitFigures) -> Decomposition | None:
    previous = unit.previous
    return decomposed(previous, unit) if previous else None


def decomposed(before: UnitFigures, unit: UnitFigures) -> Decomposition | None:
    """The change of a unit's total from other figures of the same set and tree; None where either
    has no total."""
    if before.standing.total is None or unit.standing.total is None:
        return None
    total = unit.standing.total - before.standing.total
    effects = tuple(effect for effect in _effects(before, unit) if effect.rate or effect.scope)
    shared = _sum(effects, is_shared=True)
    own = _sum(effects, is_shared=False)
    petitions = [one.points for one in effects if _PETITIONS.issuperset(one.numbers)]
    return Decomposition(
        total=total,
        own=own,
        shared=shared,
        rounding=total - own - shared,
        effects=effects,
        petitions=sum(petitions, Decimal(0)),
        petitions_before=_denominator(before, 20),
        petitions_after=_denominator(unit, 20),
    )


def direction(unit: UnitFigures) -> Direction:
    """The totals of a unit in all periods that it may be compared with, and in this one."""
    totals = tuple(
        (one.settings.period.label, one.standing(unit.unit.code).total)
        for one in (*unit.figures.before, unit.figures)
    )
    known = [total for _label, total in totals if total is not None]
    return Direction(totals, known[-1] - known[0] if len(known) > 1 else None)


def class_moves(figures: Figures) -> tuple[tuple[ClassMove, ...], tuple[ClassMove, ...]]:
    """The agencies that rose into a higher class and those that fell, each in the tree's order."""
    previous = figures.previous
    rose: list[ClassMove] = []
    fell: list[ClassMove] = []
    if previous is None:
        return (), ()
    for unit in figures.agencies:
        before, after = previous.standing(unit.code), figures.standing(unit.code)
        if before.band and after.band and after.total is not None and before.band != after.band:
            move = ClassMove(unit, before.band, after.band, after.total)
            (rose if after.band.at_least > before.band.at_least else fell).append(move)
    return tuple(rose), tuple(fell)


def near_next_class(figures: Figures) -> tuple[NearClass, ...]:
    """The agencies with dossiers that lack few points to the next class (params/explain.yml)."""
    found = []
    for unit in with_dossiers(figures):
        total = unit.standing.total
        higher = [
            band for band in figures.book.set.classes if total is not None and band.at_least > total
        ]
        if total is not None and higher:
            band = min(higher, key=lambda band: band.at_least)
            lacking = band.at_least - total
            if lacking <= explain_rules().near_next_class:
                found.append(NearClass(unit.unit, band, lacking))
    return tuple(sorted(found, key=lambda one: one.lacking))


def _sum(effects: tuple[Effect, ...], is_shared: bool) -> Decimal:
    return sum((one.points for one in effects if one.is_shared == is_shared), Decimal(0))


def _effects(before: UnitFigures, after: UnitFigures) -> list[Effect]:
    then = {row.indicator: row for row in before.indicator_rows}
    found = [
        _effect(after, then[row.indicator], row)
        for row in after.indicator_rows
        if row.indicator in then
    ]
    lost_before, lost_after = _rests(before), _rests(after)
    for numbers in {**lost_before, **lost_after}:
        gained = lost_before.get(numbers, Decimal(0)) - lost_after.get(numbers, Decimal(0))
        found.append(Effect(numbers, gained, Decimal(0), is_shared=False))
    return found


def _rests(unit: UnitFigures) -> dict[tuple[int, ...], Decimal]:
    """Points lost in groups that were published without these indicators."""
    known = {row.indicator for row in unit.indicator_rows if row.basis}
    rests: list[Lost] = [one for one in ownership(unit) if not known.issuperset(one.numbers)]
    return {one.numbers: one.points for one in rests if one.points}


def _effect(unit: UnitFigures, before: Any, after: Any) -> Effect:
    difference = (after.points or Decimal(0)) - (before.points or Decimal(0))
    indicator = unit.figures.book.rule(after.indicator).indicator
    is_shared = unit.unit.level != "tinh" and indicator.scope == "province"
    if not difference or None in (before.denominator, after.denominator):
        return Effect((after.indicator,), difference, Decimal(0), is_shared)
    scope = _scope_effect(unit, before, after, difference)
    return Effect((after.indicator,), difference - scope, scope, is_shared)


def _scope_effect(unit: UnitFigures, before: Any, after: Any, difference: Decimal) -> Decimal:
    """What the denominator alone brings: all where it was or is 0; for a stock, the points of as
    many done as before among those of now, less the points of before."""
    if 0 in (before.denominator, after.denominator):
        return difference
    if after.indicator not in STOCKS:
        return Decimal(0)
    kept = Count(min(before.numerator, after.denominator), after.denominator)
    rule = unit.rules[after.indicator]
    part = indicator_part(rule, kept, unit.unit.level, unit.figures.book)
    return (part.points or Decimal(0)) - (before.points or Decimal(0))


def _denominator(unit: UnitFigures, number: int) -> int | None:
    rows = unit.indicators[unit.indicators["indicator"] == number]
    return rows["denominator"].iloc[0] if len(rows) else None
