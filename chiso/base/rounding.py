"""Rounding: half up, exactly, for every figure that is scored, shown or handed out.

Source of the rule: the points that the national portal publishes, which half even does not
reproduce (tests/test_scoring.py). Numbers on pages follow it, so that 15,625% is 15,63% to all.
"""

from __future__ import annotations

from decimal import Context, Decimal
from fractions import Fraction
from math import floor

# Enough digits that one correctly rounded division can't move a figure that is rounded afterwards.
EXACT = Context(prec=60)


def half_up(value: Decimal | Fraction, digits: int) -> Decimal:
    """`value` to `digits` decimals; a half goes away from zero, and there is no minus zero."""
    exact = Fraction(value)
    steps = floor(abs(exact) * 10**digits + Fraction(1, 2))
    return Decimal(steps if exact > 0 else -steps).scaleb(-digits, EXACT)


def shown(value: Decimal) -> Decimal:
    """Points as they are shown, with two decimals; differences of points are taken of these."""
    return half_up(value, 2)


def percentage(rate: Decimal | Fraction, digits: int) -> Decimal:
    """A rate (0 to 1) as a percentage (0 to 100) with `digits` decimals."""
    return half_up(Fraction(rate) * 100, digits)


def ratio(numerator: Decimal | int, denominator: Decimal | int) -> Decimal:
    """The quotient with so many digits that rounding it gives the same as rounding the exact one."""
    return EXACT.divide(Decimal(numerator), Decimal(denominator))
