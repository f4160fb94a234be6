"""What a unit's total would be if indicators reached given rates, by `scoring`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from math import ceil

from chiso.base.errors import UserError
from chiso.base.i18n import _
from chiso.scoring.score import Count
from chiso.store.figures import UnitFigures


@dataclass(frozen=True)
class Reached:
    """One indicator that reached a rate: `more` cases count than now, `before` and `after` are points."""

    number: int
    rate: Fraction
    more: int
    before: Decimal | None
    after: Decimal | None


@dataclass(frozen=True)
class WhatIf:
    """The indicators in the order that was asked for, and the total before and after."""

    reached: tuple[Reached, ...]
    before: Decimal | None
    after: Decimal | None


def what_if(unit: UnitFigures, rates: Mapping[int, Fraction]) -> WhatIf:
    """The unit's points if indicators (by number) reached at least these rates (0 to 1); one that is
    there already stays as it is.

    UserError for a rate that is none, and for an indicator without counts: of it nothing follows.
    """
    counts = {**unit.counts, **{number: _reaching(unit, number, rates[number]) for number in rates}}
    now, then = unit.scored(unit.counts), unit.scored(counts)
    return WhatIf(
        tuple(
            Reached(
                number,
                rates[number],
                (counts[number].numerator or 0) - (unit.counts[number].numerator or 0),
                now.indicators[number].points,
                then.indicators[number].points,
            )
            for number in rates
        ),
        now.total.points,
        then.total.points,
    )


def _reaching(unit: UnitFigures, number: int, rate: Fraction) -> Count:
    """The count with as few cases more as the rate takes."""
    if not 0 <= rate <= 1:
        raise UserError(
            _("“{rate}” is no rate between 0% and 100%.").format(rate=rate),
            hint=_("Write it like this: 95%"),
        )
    count = unit.counts.get(number, Count(None, None))
    if count.numerator is None or not count.denominator:
        raise UserError(
            _("Indicator {number} of {unit} has no numerator and denominator.").format(
                number=number, unit=unit.unit.name
            ),
            hint=_("Leave it out, or choose another agency."),
        )
    return Count(max(count.numerator, ceil(rate * count.denominator)), count.denominator)
