"""Where a unit stands in its cohort, what decides its rank, and the way to the next class."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction

from chiso.base.params import Text
from chiso.rules.indicators import ClassBand, Rule
from chiso.scoring.score import Count, applied, competition_ranks, indicator_part
from chiso.store.figures import UnitFigures

# Full marks where there was no petition (0/0): 6 points each.
PETITIONS = (19, 20)


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
class Step:
    """Cases of one indicator that would have to be mended, and the points that they bring: on it
    and on those that its rate is a factor of (`lifted`: the numbers that gain)."""

    number: int
    cases: int
    points: Decimal
    lifted: tuple[int, ...] = ()


@dataclass(frozen=True)
class NextClass:
    """The fewest cases to the next class; `is_reachable`: whether cases alone bring it."""

    band: Text
    needed: Decimal
    steps: tuple[Step, ...]
    gained: Decimal
    is_reachable: bool


def cohort_standing(unit: UnitFigures) -> CohortStanding:
    """The unit among its cohort; `own` is None for a unit without a total."""
    figures, standing = unit.figures, unit.standing
    totals = cohort_totals(unit)
    own, others = standing.total, [t for code, t in totals.items() if code != unit.unit.code]
    above = [total for total in others if own is not None and total > own]
    band = _next_band(unit)
    ranked = own is not None and not figures.tree.cohorts[unit.unit.cohort].partial
    return CohortStanding(
        members=len(totals),
        lowest=min(totals.values(), default=None),
        highest=max(totals.values(), default=None),
        own=own,
        rank=standing.rank,
        size=standing.cohort_size,
        tied=sum(total == own for total in others),
        next_rank=1 + sum(total > min(above) for total in above) if above and ranked else None,
        to_next_rank=min(above) - own if above and ranked and own is not None else None,
        next_class=band.name if band else None,
        to_next_class=band.at_least - own if band and own is not None else None,
    )


def said_by_others(unit: UnitFigures) -> tuple[CohortStanding, FreePoints]:
    """All that is said of a unit by the figures of others: when it changes, its page does."""
    return cohort_standing(unit), free_points(unit)


def free_points(unit: UnitFigures) -> FreePoints:
    """The points that are inherited or free, and the rank without the free ones."""
    book, rows = unit.figures.book, list(unit.indicators.itertuples())
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


def next_class(unit: UnitFigures) -> NextClass | None:
    """The cheapest way to the next class; None at the top or without a total.

    Greedy: always the indicator of which one case brings most, of it only as many cases as are
    still needed or bring as much, each counted on what the steps before have brought. Only from
    counts: what is carried over as published, inherited from the province or worth nothing below it
    can't be mended by the unit's cases.
    """
    band, total = _next_band(unit), unit.standing.total
    if band is None or total is None:
        return None
    needed, gained = band.at_least - total, Decimal(0)
    mended, steps, left = _Mended(unit, dict(unit.counts)), dict[int, Step](), set(_mendable(unit))
    while left and gained < needed:
        number = min(left, key=mended.worth)
        step = mended.step(number, needed - gained, mended.until_full(number))
        if step is None:
            left.remove(number)
            continue
        steps[number] = _together(steps.get(number), step)
        gained += step.points
    return NextClass(band.name, needed, tuple(steps.values()), gained, gained >= needed)


def _together(before: Step | None, step: Step) -> Step:
    """Two steps on one indicator as one."""
    if before is None:
        return step
    return replace(
        step,
        cases=before.cases + step.cases,
        points=before.points + step.points,
        lifted=tuple(sorted({*before.lifted, *step.lifted})),
    )


def all_mended(unit: UnitFigures, number: int) -> Step | None:
    """What an indicator's cases bring the unit, as many of them mended as bring anything; None
    where they bring nothing."""
    return _Mended(unit, dict(unit.counts)).step(number, unit.figures.book.set.total, None)


def cohort_totals(unit: UnitFigures) -> dict[str, Decimal]:
    """The totals of the unit's cohort by code, of those that have one."""
    figures = unit.figures
    members = {one.code for one in figures.units if one.cohort == unit.unit.cohort}
    table = figures.scores.totals
    pairs = zip(table["unit"], table["total"], strict=True)
    return {code: total for code, total in pairs if code in members and total is not None}


def _next_band(unit: UnitFigures) -> ClassBand | None:
    """The class right above the unit's own."""
    total = unit.standing.total
    if total is None:
        return None
    higher = [band for band in unit.figures.book.set.classes if band.at_least > total]
    return min(higher, key=lambda band: band.at_least, default=None)


def _rank_without(unit: UnitFigures) -> int | None:
    """The rank without 19 and 20 for anybody; None where a total does not show what they add."""
    figures, code = unit.figures, unit.unit.code
    totals = cohort_totals(unit)
    table = figures.scores.indicators
    rows = table[table["indicator"].isin(PETITIONS) & table["unit"].isin(list(totals))]
    is_sum = figures.book.set.not_applicable != "exclude"
    is_partial = figures.tree.cohorts[unit.unit.cohort].partial
    if code not in totals or is_partial or not is_sum or (rows["basis"] == "").any():
        return None
    left = dict(totals)
    for row in rows.itertuples():
        left[row.unit] -= row.points or 0
    return competition_ranks(left, dict.fromkeys(left, ""))[code][0]


def _mendable(unit: UnitFigures) -> Iterator[int]:
    """The indicators on which the unit's own cases lose points."""
    level = unit.unit.level
    for row in unit.indicators.itertuples():
        rule = unit.rules[row.indicator].indicator
        own = level == "tinh" or rule.scope != "province"
        if own and row.denominator and row.points_lost and level not in rule.zero_levels:
            yield row.indicator


@dataclass
class _Mended:
    """A unit's counts with cases mended so far."""

    unit: UnitFigures
    counts: dict[int, Count]

    def rule(self, number: int) -> Rule:
        """As in `UnitFigures.rules`, with the factor that the mended counts make."""
        rule = self.unit.rules[number]
        return applied(rule, self.counts, rule.max_points)

    def lifted(self, number: int) -> tuple[int, ...]:
        """The indicators whose factor is the rate of this one."""
        rules = self.unit.figures.book.rules
        return tuple(r.indicator.number for r in rules if r.indicator.factor_of == number)

    def points(self, numbers: Iterable[int]) -> Decimal:
        """What indicators give by the counts as they are now."""
        book, level = self.unit.figures.book, self.unit.unit.level
        return _sum(
            indicator_part(self.rule(number), self.counts[number], level, book).points
            for number in numbers
        )

    def worth(self, number: int) -> tuple[Fraction, int]:
        """Sorts by the points of one case, most first: maximum x factor / (denominator x target)."""
        cases = Fraction(1, self.counts[number].denominator or 1)
        brings = _a_rate_of(self.rule(number)) * cases
        for other in self.lifted(number):
            rule, rate = self.rule(other), self.counts[other].rate
            if rate is not None and not self.is_full(other):
                brings += _a_rate_of(replace(rule, factor=rate)) * cases
        return -brings, number

    def until_full(self, number: int) -> int | None:
        """The cases of an indicator until the first of those that it lifts has its maximum: from
        then on a case brings less. None where it lifts none."""
        below = [n for n in self.lifted(number) if not self.is_full(n) and self.counts[n].rate]
        start = self.counts[number]
        numerator, denominator = start.numerator or 0, start.denominator or 0

        def reached(cases: int) -> bool:
            counts = self.counts | {number: Count(numerator + cases, denominator)}
            return any(_Mended(self.unit, counts).is_full(other) for other in below)

        cases = bisect_left(range(denominator - numerator), True, key=reached)
        return cases if below else None

    def is_full(self, number: int) -> bool:
        """Whether an indicator has its maximum."""
        return self.points([number]) == self.rule(number).max_points

    def step(self, number: int, wanted: Decimal, most: int | None) -> Step | None:
        """Mend the fewest cases that bring `wanted` points, else `most` of them (None: all)."""
        start, lifted = self.counts[number], self.lifted(number)
        numerator, denominator = start.numerator or 0, start.denominator or 0

        def points(cases: int) -> Decimal:
            self.counts[number] = Count(numerator + cases, denominator)
            return self.points([number, *lifted])

        now, all_cases = points(0), denominator - numerator if most is None else most
        before = {other: self.points([other]) for other in lifted}
        aim = min(now + wanted, points(all_cases))
        fewest = bisect_left(range(all_cases), aim, key=points)
        gained = points(fewest) - now
        moved = tuple(other for other in lifted if self.points([other]) > before[other])
        return Step(number, fewest, gained, moved) if gained > 0 else None


def _a_rate_of(rule: Rule) -> Fraction:
    """The points of a whole rate: maximum x factor / target."""
    factor = Fraction(1) if rule.factor is None else rule.factor
    return Fraction(rule.max_points) * factor / Fraction(rule.target or 1)


def _sum(values: Iterable[Decimal | None]) -> Decimal:
    return sum((value for value in values if value is not None), Decimal(0))
