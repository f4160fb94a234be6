"""Where a unit stands in its cohort, on the whole and on single indicators, and by which points."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from math import floor

from chiso.base.params import Text
from chiso.base.rounding import percentage
from chiso.explain.carrying import BY_PROCEDURE
from chiso.explain.certainty import certainty
from chiso.explain.ownership import Lost, has_dossiers, ownership, without_dossiers
from chiso.explain.way_up import next_band
from chiso.rules.explain_rules import explain_rules
from chiso.scoring.score import Count, competition_ranks
from chiso.store.figures import Figures, UnitFigures

# Full marks where there was no petition (0/0): 6 points each.
PETITIONS = (19, 20)
# So many losses of a unit's own are told first.
SHOWN = 3


@dataclass(frozen=True)
class CohortStanding:
    """A unit's place among the totals of its cohort: how many there are, the lowest and the highest.

    `tied`: how many others share its rank. `to_next_rank` and `to_next_class`: points that it
    lacks to `next_rank` and `next_class`; None at the top or without a total.
    """

    members: int
    lowest: Decimal | None
    highest: Decimal | None
    own: Decimal | None
    rank: int | None
    size: int | None
    tied: int
    next_rank: int | None
    to_next_rank: Decimal | None
    next_class: Text | None
    to_next_class: Decimal | None


@dataclass(frozen=True)
class FreePoints:
    """Points that say nothing about the unit's own work, and whether they decide its rank.

    `inherited`: the province's own figures (`inherited_numbers`); `free`: full marks on petition
    indicators because there was none (`free_numbers`). `rank_without`: the rank if the petition
    indicators counted for nobody; None where that can't be computed.
    """

    inherited: Decimal
    inherited_numbers: tuple[int, ...]
    free: Decimal
    free_numbers: tuple[int, ...]
    rank: int | None
    rank_without: int | None

    @property
    def decides_rank(self) -> bool:
        """Whether the unit would have another rank without the petition indicators."""
        return None not in (self.rank, self.rank_without) and self.rank != self.rank_without


@dataclass(frozen=True)
class Place:
    """A unit's place by its rate on one indicator, from the lowest (1, 2, 2, 4), among the `of`
    members of its cohort with cases and dossiers. `whole_rate`: the province's; None without one,
    and where procedures are counted, which do not add up."""

    place: int
    of: int
    rate: Fraction
    whole_rate: Fraction | None


def cohort_standing(unit: UnitFigures) -> CohortStanding:
    """The unit among its cohort; `own` is None for a unit without a total."""
    figures, standing = unit.figures, unit.standing
    totals = cohort_totals(unit)
    own, others = standing.total, [t for code, t in totals.items() if code != unit.unit.code]
    above = [total for total in others if own is not None and total > own]
    nearest = min(above, default=None)
    band = next_band(unit)
    ranked = own is not None and not figures.tree.cohorts[unit.unit.cohort].partial
    return CohortStanding(
        members=len(totals),
        lowest=min(totals.values(), default=None),
        highest=max(totals.values(), default=None),
        own=own,
        rank=standing.rank,
        size=standing.cohort_size,
        tied=sum(total == own for total in others),
        next_rank=None
        if nearest is None or not ranked
        else 1 + sum(total > nearest for total in above),
        to_next_rank=None if nearest is None or own is None or not ranked else nearest - own,
        next_class=band.name if band else None,
        to_next_class=band.at_least - own if band and own is not None else None,
    )


def place_of(unit: UnitFigures, number: int) -> Place | None:
    """The unit's place by its rate on an indicator; None without a rate, and where the tree holds
    only a part of its cohort."""
    figures, count = unit.figures, unit.counts.get(number)
    if count is None or count.rate is None or figures.tree.cohorts[unit.unit.cohort].partial:
        return None
    rates = _rates(figures)[unit.unit.cohort, number]
    whole = _rates(figures).get((figures.tree.unit(figures.tree.province).cohort, number))
    return Place(
        place=1 + bisect_left(rates, Fraction(count.rate)),
        of=len(rates),
        rate=Fraction(count.rate),
        whole_rate=whole[0] if whole and number not in BY_PROCEDURE else None,
    )


def weakest(unit: UnitFigures) -> tuple[tuple[Lost, Place | None], ...]:
    """Where the unit's own cases lose most points, most first, with its place where that is in the
    lowest part of its cohort (params/explain.yml)."""
    part = explain_rules().orders.lowest_part
    lost = sorted((one for one in ownership(unit) if one.own), key=lambda one: -one.own)
    found = []
    for one in lost[:SHOWN]:
        place = place_of(unit, one.numbers[0]) if len(one.numbers) == 1 else None
        is_low = place is not None and place.place <= floor(part * place.of)
        found.append((one, place if is_low else None))
    return tuple(found)


def said_by_others(unit: UnitFigures) -> tuple[object, ...]:
    """All that is said of a unit by the figures of others, as a page shows it: when it changes, the
    unit's page does."""
    if not has_dossiers(unit):
        return (unit.standing.rank if unit.standing.rank_is_published else None,)
    sure = certainty(unit.figures, unit.unit.cohort).get(unit.unit.code)
    range_of_ranks = (sure.low, sure.high, sure.shown_probability) if sure else None
    places = [
        (one.numbers, place.place, place.of, _shown(place.whole_rate))
        for one, place in weakest(unit)
        if place
    ]
    return cohort_standing(unit), free_points(unit), range_of_ranks, places


def free_points(unit: UnitFigures) -> FreePoints:
    """The points that are inherited or free, and the rank without the free ones."""
    book, rows = unit.figures.book, unit.indicator_rows
    is_below = unit.unit.level != "tinh"
    inherited = [
        row for row in rows if is_below and book.rule(row.indicator).indicator.scope == "province"
    ]
    free = [
        row
        for row in rows
        if row.indicator in PETITIONS and row.denominator == 0 and row.points_lost == 0
    ]
    return FreePoints(
        inherited=_sum(row.points for row in inherited),
        inherited_numbers=tuple(row.indicator for row in inherited),
        free=_sum(row.points for row in free),
        free_numbers=tuple(row.indicator for row in free),
        rank=unit.standing.rank,
        rank_without=_rank_without(unit),
    )


def cohort_totals(unit: UnitFigures) -> Mapping[str, Decimal]:
    """The totals of the unit's cohort by code, of those that have one; kept with the figures, for each
    page asks several times."""
    cohort = unit.unit.cohort
    return unit.figures.once(("totals", cohort), lambda: _cohort_totals(unit.figures, cohort))


def _cohort_totals(figures: Figures, cohort: str) -> Mapping[str, Decimal]:
    members = {one.code for one in figures.units if one.cohort == cohort}
    table = figures.scores.totals
    pairs = zip(table["unit"], table["total"], strict=True)
    return {code: total for code, total in pairs if code in members and total is not None}


def _rank_without(unit: UnitFigures) -> int | None:
    """The rank without 19 and 20 for anybody; None where a total does not show what they add."""
    key = ("ranks_without", unit.unit.cohort)
    return unit.figures.once(key, lambda: _ranks_without(unit)).get(unit.unit.code)


def _ranks_without(unit: UnitFigures) -> dict[str, int]:
    """The same of the unit's whole cohort; nothing where it is None for all."""
    figures, totals = unit.figures, cohort_totals(unit)
    table = figures.scores.indicators
    rows = table[table["indicator"].isin(PETITIONS) & table["unit"].isin(list(totals))]
    is_sum = figures.book.set.not_applicable != "exclude"
    is_partial = figures.tree.cohorts[unit.unit.cohort].partial
    if is_partial or not is_sum or (rows["basis"] == "").any():
        return {}
    left = dict(totals)
    for row in rows.itertuples():
        left[row.unit] -= row.points or 0
    ranks = competition_ranks(left, dict.fromkeys(left, ""))
    return {code: rank for code, (rank, _size) in ranks.items()}


def _rates(figures: Figures) -> dict[tuple[str, int], list[Fraction]]:
    """The rates by cohort and indicator, the lowest first, of all with cases and dossiers."""
    return figures.once("rates", lambda: _sorted_rates(figures))


def _sorted_rates(figures: Figures) -> dict[tuple[str, int], list[Fraction]]:
    found: dict[tuple[str, int], list[Fraction]] = defaultdict(list)
    left_out = without_dossiers(figures)
    cohorts = {unit.code: unit.cohort for unit in figures.units if unit.code not in left_out}
    for row in figures.scores.indicators.itertuples():
        rate = Count(row.numerator, row.denominator).rate
        if row.unit in cohorts and rate is not None:
            found[cohorts[row.unit], row.indicator].append(Fraction(rate))
    for rates in found.values():
        rates.sort()
    return found


def _shown(rate: Fraction | None) -> Decimal | None:
    return None if rate is None else percentage(rate, 1)


def _sum(values: Iterable[Decimal | None]) -> Decimal:
    return sum((value for value in values if value is not None), Decimal(0))
