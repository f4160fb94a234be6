"""Whether an agency fails more often than chance would have it beside the others of its cohort."""

from __future__ import annotations

from math import exp, lgamma, log

from chiso.explain.orders import Order, compared
from chiso.explain.overdue import Overdue
from chiso.rules.indicators import ON_TIME
from chiso.rules.letter_rules import letter_rules
from chiso.store.figures import Figures

# Terms of a sum that are smaller than this part of it change no digit that counts.
_NEGLIGIBLE = 1e-12
# exp() of less is 0.
_LOWEST = -700.0


def is_beyond_chance(figures: Figures, order: Order) -> bool:
    """Whether as many failures are improbable at the rate of the others of its cohort
    (params/letters.yml); never for one that is alone in its cohort."""
    among = next(one for one in compared(figures) if one.rule.indicator.number == order.indicator)
    cohort = [one for one in among.held if one.unit.cohort == order.unit.cohort]
    own = next(one for one in cohort if one.unit.code == order.unit.code)
    cases = sum(one.denominator for one in cohort) - own.denominator
    failures = sum(one.failures for one in cohort) - own.failures
    rate = failures / cases if cases else 1.0
    return _is_improbable(own.failures, own.denominator, rate, len(cohort))


def is_late_beyond_chance(figures: Figures, late: Overdue) -> bool:
    """As `is_beyond_chance`, of the open overdue dossiers of an agency beside all others of the
    province."""
    own = figures.unit(late.unit.code).counts[ON_TIME].denominator
    whole = figures.province.counts[ON_TIME].denominator
    if not own or not whole or whole <= own:
        return False
    elsewhere = float(late.cases / late.share) - late.cases
    cohort = sum(unit.cohort == late.unit.cohort for unit in figures.agencies)
    return _is_improbable(late.cases, own, elsewhere / (whole - own), cohort)


def chance_of(failures: int, cases: int, rate: float) -> float:
    """How probable at least so many failures of so many cases are where each fails at `rate`; 1 where
    no more fail than are to be expected."""
    if failures <= cases * rate:
        return 1.0
    if rate <= 0:
        return 0.0
    ways = lgamma(cases + 1) - lgamma(failures + 1) - lgamma(cases - failures + 1)
    some = ways + failures * log(rate) + (cases - failures) * log(1 - rate)
    # Above the mean every further term is smaller than the one before.
    term, total, number = exp(max(some, _LOWEST)), 0.0, failures
    while term > total * _NEGLIGIBLE:  # after that of all cases there is none
        total += term
        term *= (cases - number) / (number + 1) * rate / (1 - rate)
        number += 1
    return total


def _is_improbable(failures: int, cases: int, rate: float, compared_with: int) -> bool:
    return chance_of(failures, cases, rate) < float(letter_rules().chance.value) / compared_with
