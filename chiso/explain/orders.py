"""Which agencies are named for which indicator, and what they can still mend in the period."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from functools import cached_property
from math import floor
from statistics import median

from chiso.explain.carrying import BY_PROCEDURE
from chiso.explain.ownership import OWN, kind_of, with_dossiers
from chiso.rules.explain_rules import OrderRules, explain_rules
from chiso.rules.indicators import Rule
from chiso.rules.settings import Settings
from chiso.rules.units import Unit
from chiso.rules.working_days import load_calendar
from chiso.scoring.score import Count
from chiso.store.figures import Figures

# What has happened stays as it is: late, handed in on paper, disliked (measures/cases.py). Of bare
# counts it can't be told whether any such case is still open.
STAYS = frozenset({5, 8, 19, 20, 21})


@dataclass(frozen=True)
class Order:
    """One agency named for one indicator, by the figures of its own page.

    `failures` = denominator - numerator; `mendable`: those of them that can still be mended, of bare
    counts all. `share_of_failures`, `share_of_cases`: of the province's (0 to 1); of its cohort's
    where procedures are counted, which do not add up. `includes_below`: with the units below it.
    `place`: from the lowest rate (1, 2, 2, 4) among the `of` members of its cohort with cases and
    dossiers; both None where the tree holds only a part of the cohort. `deadline`: see
    `deadline_of`, None where nothing can be mended any more ("từ kỳ sau") or counts have no period.
    `rate_to_reach`: from this rate on the indicator costs nothing.
    """

    unit: Unit
    indicator: int
    failures: int
    mendable: int
    share_of_failures: Decimal
    share_of_cases: Decimal
    includes_below: bool
    rate: Decimal
    whole_rate: Decimal
    place: int | None
    of: int | None
    deadline: date | None
    rate_to_reach: Decimal


@dataclass(frozen=True)
class Held:
    """What an agency has of one indicator; `is_own`: what it loses there is its own."""

    unit: Unit
    numerator: int
    denominator: int
    is_own: bool

    @property
    def failures(self) -> int:
        """What is in the denominator but not in the numerator."""
        return max(self.denominator - self.numerator, 0)

    @property
    def rate(self) -> Decimal:
        """From 0 to 1."""
        return Decimal(self.numerator) / self.denominator


@dataclass(frozen=True)
class InCohort:
    """What the agencies of one cohort have of one indicator: their rates, lowest first, and all their
    cases together. Asked for each of thousands of agencies, so nothing of it is worked out twice."""

    rates: tuple[Decimal, ...]
    numerator: int
    denominator: int

    @cached_property
    def median(self) -> Decimal:
        """Their median rate."""
        return median(self.rates)

    def place(self, rate: Decimal) -> int:
        """The place of a rate from the lowest one (1, 2, 2, 4)."""
        return 1 + bisect_left(self.rates, rate)


@dataclass(frozen=True)
class Compared:
    """An indicator with what all agencies that are compared have of it, also by cohort."""

    rule: Rule
    held: tuple[Held, ...]
    cohorts: dict[str, InCohort]


def orders(figures: Figures, has_period: bool = True) -> tuple[Order, ...]:
    """Who is named for what: what can still be mended first, then by the points that this costs the
    province, most first. `has_period`: the figures are of a period, not bare counts.

    Named is whose share of the failures clearly exceeds its share of the cases, or whose rate is in
    the lowest part of its cohort (params/explain.yml), if its failures cost points of its own; never
    an agency without dossiers or one that is better than the median of its cohort. Worked out once and
    kept with the figures.
    """
    return figures.once(("orders", has_period), lambda: _orders(figures, has_period))


def _orders(figures: Figures, has_period: bool) -> tuple[Order, ...]:
    rules, counted = explain_rules().orders, _mendable(figures)
    day = deadline_of(figures.settings) if has_period else None
    whole, found = figures.province.counts, []
    for one in compared(figures):
        rule, cohorts = one.rule, one.cohorts
        made = [
            _order(held, one, figures, whole.get(rule.indicator.number), counted)
            for held in one.held
            if held.is_own
        ]
        named = [
            order for order in made if order and _is_named(order, cohorts[order.unit.cohort], rules)
        ]
        named.sort(key=lambda order: -order.failures)
        for order in named[: rules.per_indicator]:
            cost = rule.indicator.max_points / order.rate_to_reach * (1 - order.whole_rate)
            part = Decimal(order.mendable or order.failures) / order.failures
            deadline = day if order.mendable else None
            found.append((cost * order.share_of_failures * part, replace(order, deadline=deadline)))
    found.sort(key=lambda item: (not item[1].mendable, -item[0], item[1].indicator))
    return tuple(order for _cost, order in found)


def own_orders(figures: Figures, code: str) -> tuple[Order, ...]:
    """What an agency would be ordered on every indicator that costs points of its own, whether it is
    named for it or not, by indicator; `deadline` is left open."""
    counted = _mendable(figures)
    whole, found = figures.province.counts, []
    for one in compared(figures):
        number = one.rule.indicator.number
        for held in one.held:
            if held.unit.code == code and held.is_own and held.failures:
                found.append(_order(held, one, figures, whole.get(number), counted))
    return tuple(order for order in found if order)


def _mendable(figures: Figures) -> dict[tuple[str, int], int]:
    """(unit, indicator) -> how many cases can still be mended; empty of bare counts."""
    table = figures.evidence("case_counts").set_index(["unit", "indicator"])
    return table["mendable"].to_dict()


def is_from_counts(figures: Figures) -> bool:
    """Whether the figures are counts without the records behind them: nobody knows what is open."""
    return figures.evidence("case_counts").empty


def deadline_of(settings: Settings) -> date:
    """Until when what an order asks for has to be done: the last day of a period that runs; once it
    is over, so many working days later (params/explain.yml)."""
    last_day = settings.period.last_day
    return last_day if settings.is_provisional else working_days_after(last_day)


def working_days_after(day: date) -> date:
    """The last of the working days that an order gives from a day on (params/explain.yml)."""
    return load_calendar().day_after(day, explain_rules().orders.working_days_after)


def compared(figures: Figures) -> tuple[Compared, ...]:
    """The indicators that are not the province's, with what agencies with dossiers have of each."""
    return figures.once("compared", lambda: _compared(figures))


def _compared(figures: Figures) -> tuple[Compared, ...]:
    found: dict[int, list[Held]] = {
        rule.indicator.number: []
        for rule in figures.book.rules
        if rule.indicator.scope != "province"
    }
    for unit in with_dossiers(figures):
        for row in unit.indicator_rows:
            if row.indicator not in found or not row.denominator or row.numerator is None:
                continue
            indicator = figures.book.rule(row.indicator).indicator
            kind = kind_of(unit, indicator, row.denominator)
            is_own = kind == OWN and bool(row.points_lost)
            found[row.indicator].append(Held(unit.unit, row.numerator, row.denominator, is_own))
    return tuple(
        Compared(figures.book.rule(number), tuple(held), _by_cohort(held))
        for number, held in found.items()
    )


def _by_cohort(held: list[Held]) -> dict[str, InCohort]:
    found = defaultdict[str, list[Held]](list)
    for one in held:
        found[one.unit.cohort].append(one)
    return {
        cohort: InCohort(
            rates=tuple(sorted(one.rate for one in members)),
            numerator=sum(one.numerator for one in members),
            denominator=sum(one.denominator for one in members),
        )
        for cohort, members in found.items()
    }


def _order(
    one: Held,
    among: Compared,
    figures: Figures,
    whole_count: Count | None,
    counted: dict[tuple[str, int], int],
) -> Order | None:
    number, cohort = among.rule.indicator.number, among.cohorts[one.unit.cohort]
    is_partial = figures.tree.cohorts[one.unit.cohort].partial
    whole = _whole(one, among, whole_count, is_partial)
    if whole is None:
        return None
    key = (one.unit.code, number)
    return Order(
        unit=one.unit,
        indicator=number,
        failures=one.failures,
        mendable=min(int(counted.get(key, 0)), one.failures) if counted else one.failures,
        share_of_failures=share_of(one.failures, whole.failures),
        share_of_cases=share_of(one.denominator, whole.denominator),
        includes_below=number not in BY_PROCEDURE and bool(figures.tree.children(one.unit.code)),
        rate=one.rate,
        whole_rate=whole.rate,
        place=None if is_partial else cohort.place(one.rate),
        of=None if is_partial else len(cohort.rates),
        deadline=None,
        rate_to_reach=among.rule.target or Decimal(1),
    )


def _whole(one: Held, among: Compared, count: Count | None, is_partial: bool) -> Held | None:
    """What shares are of: the province's figures, else those of the agency's whole cohort; None
    where the tree holds only a part of it."""
    adds_up = among.rule.indicator.number not in BY_PROCEDURE
    if adds_up and count and count.denominator and count.numerator is not None:
        province = Held(one.unit, count.numerator, count.denominator, is_own=False)
        if province.failures >= one.failures and province.denominator >= one.denominator:
            return province
    if is_partial:
        return None
    cohort = among.cohorts[one.unit.cohort]
    return Held(one.unit, cohort.numerator, cohort.denominator, is_own=False)


def _is_named(order: Order, cohort: InCohort, rules: OrderRules) -> bool:
    if not order.failures or order.rate > cohort.median:
        return False
    exceeds = order.share_of_failures >= rules.ratio * order.share_of_cases
    lowest = floor(rules.lowest_part * len(cohort.rates))
    return exceeds or (order.place is not None and order.place <= lowest)


def share_of(part: int, whole: int) -> Decimal:
    """`part` of `whole`, 0 to 1; 0 of nothing."""
    return Decimal(part) / whole if whole else Decimal(0)
