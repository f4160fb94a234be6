"""The time the demo data covers, in whole days and months; changes if it covers another time.

Day 0 is the first day, month 0 the first month. Dates after the data (due dates, say) have numbers
too, and so have the months they lie in.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

import numpy as np

from chiso.base.period import parse_period
from chiso.demo.draws import Numbers

YEAR, FIRST_MONTH, MONTHS = 2022, 7, 6
FIRST_DAY = date(YEAR, FIRST_MONTH, 1)
# A month, or a day, that never comes.
NEVER = 9_999
DAY_SECONDS = 86_400
COVERED = (
    *(f"{YEAR}-{FIRST_MONTH + i:02d}" for i in range(MONTHS)),
    f"{YEAR}-Q3",
    f"{YEAR}-Q4",
    f"{YEAR}-9T",
    f"{YEAR}",
)
_EPOCH_DAY = FIRST_DAY.toordinal() - date(1970, 1, 1).toordinal()


def _starts() -> Numbers:
    """The day on which each month begins, of the data and of the two years after it."""
    ordinals = [
        date(YEAR + (FIRST_MONTH - 1 + i) // 12, (FIRST_MONTH - 1 + i) % 12 + 1, 1).toordinal()
        for i in range(MONTHS + 24)
    ]
    return np.array(ordinals, dtype=np.int64) - FIRST_DAY.toordinal()


STARTS = _starts()
LENGTHS = np.diff(STARTS)
LAST_DAY = int(STARTS[MONTHS]) - 1
LAST_SECOND = (_EPOCH_DAY + LAST_DAY + 1) * DAY_SECONDS - 1


@dataclass(frozen=True)
class Months:
    """A period as the months of the data that lie in it, both ends included."""

    name: str
    first: int
    last: int


def covered_periods() -> tuple[Months, ...]:
    """Every period that the data covers or begins to cover."""
    found = []
    for name in COVERED:
        period = parse_period(name)
        first = max(0, (period.start.date() - FIRST_DAY).days)
        last = (period.last_day - FIRST_DAY).days
        found.append(Months(name, month_number(first), month_number(last)))
    return tuple(found)


def month_of(days: Numbers) -> Numbers:
    """The months in which the days lie; NEVER for a day that never comes."""
    months = np.searchsorted(STARTS, days, side="right") - 1
    return np.where(days >= NEVER, NEVER, months)


def month_number(day: int) -> int:
    """The month in which the day lies."""
    return int(np.searchsorted(STARTS, day, side="right")) - 1


def seconds(days: Numbers, second: int | Numbers) -> Numbers:
    """Moments as seconds since 1970 of the local clock."""
    return (days + _EPOCH_DAY) * DAY_SECONDS + second


def as_date(day: int) -> date:
    """The day as a date."""
    return FIRST_DAY + timedelta(days=day)


def as_moment(day: int, second: int) -> datetime:
    """The moment `second` seconds into the day."""
    return datetime.combine(as_date(day), datetime.min.time()) + timedelta(seconds=second)
