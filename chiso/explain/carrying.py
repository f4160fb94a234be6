"""Who carries what is lost: cases by agency, each counted once, and indicators by points lost."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from chiso.explain.ownership import losses_by_indicator
from chiso.rules.units import Unit
from chiso.store.figures import Figures

# Indicators that count distinct procedures, which do not add up along the tree.
BY_PROCEDURE = frozenset({6, 9, 10, 17})


@dataclass(frozen=True)
class Carrier:
    """One agency's own part of what is lost on an indicator, without the units below it.

    `cases` = denominator - numerator; `share` of all cases and `cumulative` share, both 0 to 1;
    `rate` = numerator / denominator; `is_lowest`: no other agency has a lower rate. `is_rest`: what
    the province has beyond its agencies in the tree (`unit` is then the province).
    """

    unit: Unit
    cases: int
    denominator: int
    rate: Decimal
    share: Decimal
    cumulative: Decimal
    is_lowest: bool
    is_rest: bool


@dataclass(frozen=True)
class ParetoItem:
    """One indicator's part of the points that agencies lose of their own; shares are 0 to 1."""

    number: int
    label: str
    points: Decimal
    share: Decimal
    cumulative: Decimal
    agencies: int
    carriers: tuple[Carrier, ...]


def carriers(figures: Figures, indicator: int, within: str | None = None) -> tuple[Carrier, ...]:
    """Who carries the cases lost on `indicator`, most cases first; those without any are left out.

    `within`: the code of a unit; only it and the units below it are meant, and shares are of theirs.

    Nothing is counted twice. Dossiers, petitions and services add up along the tree: an agency's
    own part is its count less the counts of the units directly below it. Procedures don't: there
    every agency answers for those in its own scope, which do not overlap with the scope of another
    level. What all carry from the province (group I) is nobody's own: empty.
    """
    rule = figures.book.rule(indicator).indicator
    if rule.scope == "province":
        return ()
    held = _held(figures, indicator)
    adds_up = indicator not in BY_PROCEDURE
    own = {}
    for unit in figures.units:
        if within and not _is_within(figures, unit, within):
            continue
        if unit.code in held and (adds_up or unit.level != "tinh"):
            below = [
                held[child.code] for child in figures.tree.children(unit.code) if child.code in held
            ]
            own[unit] = _own(held[unit.code], below if adds_up else [])
    return _shared(figures, {unit: part for unit, part in own.items() if part.cases > 0})


def pareto(figures: Figures) -> tuple[ParetoItem, ...]:
    """The indicators by the points that agencies together lose on them of their own, most first."""
    found = losses_by_indicator(figures)
    lost = sum((loss.total for loss in found), Decimal(0))
    items, running = [], Decimal(0)
    for loss in found:
        running += loss.total
        items.append(
            ParetoItem(
                number=loss.number,
                label=str(figures.book.rule(loss.number).indicator.name),
                points=loss.total,
                share=loss.total / lost,
                cumulative=running / lost,
                agencies=loss.agencies,
                carriers=carriers(figures, loss.number),
            )
        )
    return tuple(items)


@dataclass(frozen=True)
class _Part:
    cases: int
    denominator: int


def _held(figures: Figures, indicator: int) -> dict[str, _Part]:
    table = figures.scores.indicators
    rows = table[table["indicator"] == indicator]
    return {
        row.unit: _Part(row.denominator - row.numerator, row.denominator)
        for row in rows.itertuples()
        if row.numerator is not None and row.denominator is not None
    }


def _is_within(figures: Figures, unit: Unit, code: str) -> bool:
    """Whether `unit` is the unit `code` or stands below it."""
    while unit.code != code and unit.parent is not None:
        unit = figures.tree.unit(unit.parent)
    return unit.code == code


def _own(whole: _Part, below: list[_Part]) -> _Part:
    """What is left of `whole`; never below 0 where counts handed in do not add up."""
    cases = whole.cases - sum(part.cases for part in below)
    denominator = whole.denominator - sum(part.denominator for part in below)
    return _Part(min(max(cases, 0), max(denominator, 0)), max(denominator, 0))


def _shared(figures: Figures, own: dict[Unit, _Part]) -> tuple[Carrier, ...]:
    """Shares of all cases, most first; equal ones in the order of the tree."""
    total = sum(part.cases for part in own.values())
    rates = {
        unit: Decimal(part.denominator - part.cases) / part.denominator
        for unit, part in own.items()
    }
    is_sample = any(figures.tree.cohorts[unit.cohort].partial for unit in figures.agencies)
    found, running = [], 0
    for unit, part in sorted(own.items(), key=lambda item: -item[1].cases):
        running += part.cases
        found.append(
            Carrier(
                unit=unit,
                cases=part.cases,
                denominator=part.denominator,
                rate=rates[unit],
                share=Decimal(part.cases) / total,
                cumulative=Decimal(running) / total,
                is_lowest=rates[unit] == min(rates.values()),
                is_rest=is_sample and unit.level == "tinh",
            )
        )
    return tuple(found)
