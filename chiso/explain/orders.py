"""Which agencies are named for which indicator, and what they can still mend in the period."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from math import floor
from statistics import median
from typing import Any

from chiso.explain.carrying import BY_PROCEDURE
from chiso.explain.ownership import OWN, kind_of, with_dossiers
from chiso.rules.explain_rules import explain_rules
from chiso.rules.indicators import Rule
from chiso.rules.units import Unit
from chiso.store.figures import Figures, UnitFigures


@dataclass(frozen=True)
class Order:
    """One agency named for one indicator, by the figures of its own page.

    `failures` = denominator - numerator; `mendable`: those of them that can still be mended, of bare
    counts all. `share_of_failures`, `share_of_cases`: of the province's (0 to 1); of its cohort's
    where procedures are counted, which do not add up. `includes_below`: with the units below it.
    `place`: from the lowest rate (1, 2, 2, 4) among the `of` members of its cohort with cases and
    dossiers; both None where the tree holds only a part of the cohort. `deadline`: the last day of
    the period, None where nothing can be mended any more ("từ kỳ sau") or counts have no period.
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
class _Held:
    """What an agency has of one indicator; `is_own`: what it loses there is its own."""

    unit: Unit
    numerator: int
    denominator: int
    is_own: bool

    @property
    def failures(self) -> int:
        return max(self.denominator - self.numerator, 0)

    @property
    def rate(self) -> Decimal:
        return Decimal(self.numerator) / self.denominator


def orders(figures: Figures, has_period: bool = True) -> tuple[Order, ...]:
    """Who is named for what: what can still be mended first, then by the points that the failures
    cost the province, most first. `has_period`: the figures are of a period, not bare counts.

    Named is whose share of the failures clearly exceeds its share of the cases, or whose rate is in
    the lowest part of its cohort (params/explain.yml), if its failures cost points of its own; never
    an agency without dossiers or one that is better than the median of its cohort.
    """
    counted = figures.evidence("case_counts").set_index(["unit", "indicator"])["mendable"].to_dict()
    last_day = figures.settings.period.last_day if has_period else None
    units, found = with_dossiers(figures), []
    for rule in figures.book.rules:
        held = _held(units, rule)
        made = [_order(one, held, figures, rule, counted, last_day) for one in held if one.is_own]
        named = sorted((one for one in made if _is_named(one, held)), key=lambda one: -one.failures)
        for one in named[: explain_rules().orders.per_indicator]:
            cost = rule.indicator.max_points / one.rate_to_reach * (1 - one.whole_rate)
            found.append((cost * one.share_of_failures, one))
    found.sort(key=lambda item: (not item[1].mendable, -item[0], item[1].indicator))
    return tuple(order for _cost, order in found)


def _held(units: Iterable[UnitFigures], rule: Rule) -> list[_Held]:
    """The units that have cases of an indicator; none where it is the province's."""
    if rule.indicator.scope == "province":
        return []
    found = []
    for unit in units:
        rows = unit.indicators[unit.indicators["indicator"] == rule.indicator.number]
        for row in rows.itertuples():
            if row.denominator and row.numerator is not None:
                kind = kind_of(unit, rule.indicator, row.denominator)
                is_own = kind == OWN and bool(row.points_lost)
                found.append(_Held(unit.unit, row.numerator, row.denominator, is_own))
    return found


def _order(
    one: _Held,
    held: list[_Held],
    figures: Figures,
    rule: Rule,
    counted: dict[tuple[str, int], int],
    last_day: date | None,
) -> Order:
    number, whole = rule.indicator.number, _whole(one, held, figures, rule.indicator.number)
    key = (one.unit.code, number)
    mendable = min(int(counted.get(key, 0)), one.failures) if counted else one.failures
    is_partial = figures.tree.cohorts[one.unit.cohort].partial
    rates = [other.rate for other in held if other.unit.cohort == one.unit.cohort]
    return Order(
        unit=one.unit,
        indicator=number,
        failures=one.failures,
        mendable=mendable,
        share_of_failures=_share(one.failures, whole.failures),
        share_of_cases=_share(one.denominator, whole.denominator),
        includes_below=number not in BY_PROCEDURE and bool(figures.tree.children(one.unit.code)),
        rate=one.rate,
        whole_rate=whole.rate,
        place=None if is_partial else 1 + sum(rate < one.rate for rate in rates),
        of=None if is_partial else len(rates),
        deadline=last_day if mendable else None,
        rate_to_reach=rule.target or Decimal(1),
    )


def _whole(one: _Held, held: list[_Held], figures: Figures, number: int) -> _Held:
    """What shares are of: the province's figures, else those of the agency's whole cohort."""
    table = figures.scores.indicators
    rows = table[(table["unit"] == figures.tree.province) & (table["indicator"] == number)]
    for row in rows.itertuples():
        if number not in BY_PROCEDURE and row.denominator and row.numerator is not None:
            province = _Held(one.unit, row.numerator, row.denominator, is_own=False)
            if province.failures >= one.failures and province.denominator >= one.denominator:
                return province
    cohort = [other for other in held if other.unit.cohort == one.unit.cohort]
    numerator = sum(other.numerator for other in cohort)
    return _Held(one.unit, numerator, sum(other.denominator for other in cohort), is_own=False)


def _is_named(order: Order, held: list[_Held]) -> bool:
    rules = explain_rules().orders
    rates: list[Any] = [one.rate for one in held if one.unit.cohort == order.unit.cohort]
    if not order.failures or order.rate > median(rates):
        return False
    exceeds = order.share_of_failures >= rules.ratio * order.share_of_cases
    is_low = order.place is not None and order.place <= floor(rules.lowest_part * len(rates))
    return exceeds or is_low


def _share(part: int, whole: int) -> Decimal:
    return Decimal(part) / whole if whole else Decimal(0)
