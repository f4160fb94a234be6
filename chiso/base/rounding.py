"""Rounding: half up, exactly, for every figure that is scored, shown or handed out.

Source of the rule: the points that the national portal publishes, which half even does not
reproduce (tests/test_scoring.py). Numbers on pages follow it, so that 15,625% is 15,63% to all.
"""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction


def half_up(value: Decimal | Fraction | float, digits: int) -> Decimal:
    """`value` to `digits` decimals by whole numbers alone; a half goes away from zero."""
    numerator, denominator = value.as_integer_ratio()
    steps = (2 * abs(numerator) * 10**digits + denominator) // (2 * denominator)
    return Decimal(steps if numerator > 0 else -steps).scaleb(-digits)


def shown(value: Decimal | Fraction) -> Decimal:
    """Points as they are shown, with two decimals; differences of points are taken of these."""
    return half_up(value, 2)


def percentage(rate: Decimal | Fraction, digits: int) -> Decimal:
    """A rate (0 to 1) as a percentage (0 to 100) with `digits` decimals."""
    return half_up(rate, digits + 2).scaleb(2)
