"""Working days of Viet Nam, and limits counted in them.

Source: Bộ luật Lao động (public holidays), the yearly decisions on substituted days off and worked
Saturdays as the package `holidays` knows them, and params/calendar.yml for what it does not.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Annotated, Any, Literal

import numpy as np
from pydantic import BeforeValidator, Field

from chiso.base.locations import params_dir
from chiso.base.params import Day, parameters, remembered_parameters

# Dates outside these years are set aside before anything is measured.
FIRST_DAY, LAST_DAY = date(1989, 1, 1), date(2101, 12, 31)
SECONDS_A_DAY = 86_400
_EPOCH = date(1970, 1, 1).toordinal()


def _as_kind(value: Any) -> Any:
    """`off` without quotes, which YAML reads as “no”."""
    return "off" if value is False else value


@parameters
class ExtraDay:
    """A day that the package does not know as it was: off, or worked."""

    day: Day
    """The day."""
    kind: Annotated[Literal["off", "work"], BeforeValidator(_as_kind)]
    """Whether the day was off or worked: off, work."""
    source: Annotated[str, Field(min_length=1)]


@parameters
class CalendarFile:
    """params/calendar.yml."""

    extra_days: tuple[ExtraDay, ...] = ()
    """Days that the calendar package does not know as they were."""


@dataclass(frozen=True, eq=False)
class Calendar:
    """Working days, by days since 1/1/1970.

    `up_to[i]`: how many working days there are up to and including day `first + i`;
    `days[n - 1]`: the n-th working day. Both int64.
    """

    first: int
    up_to: np.ndarray
    days: np.ndarray

    def later(self, day: np.ndarray, number: int) -> np.ndarray:
        """The number-th working day after each day."""
        return self.days[self.up_to[day - self.first] + number - 1]

    def earlier(self, day: np.ndarray, number: int) -> np.ndarray:
        """The number-th working day before each day."""
        return self.days[self.up_to[day - self.first - 1] - number]

    def day_after(self, day: date, number: int) -> date:
        """The number-th working day after one day."""
        return day_of(self.later(np.array([days_since_1970(day)]), number)[0])

    def day_before(self, day: date, number: int) -> date:
        """The number-th working day before one day."""
        return day_of(self.earlier(np.array([days_since_1970(day)]), number)[0])


def calendar_file() -> CalendarFile:
    """What params/calendar.yml says; ParameterError if it is wrong."""
    return remembered_parameters(params_dir() / "calendar.yml", CalendarFile)


def load_calendar() -> Calendar:
    """The calendar with the project's extra days; ParameterError if that file is wrong."""
    extra = calendar_file().extra_days
    return make_calendar(
        frozenset(item.day for item in extra if item.kind == "off"),
        frozenset(item.day for item in extra if item.kind == "work"),
    )


@cache
def make_calendar(
    off: frozenset[date] = frozenset(), work: frozenset[date] = frozenset()
) -> Calendar:
    """Monday to Friday without public holidays, substituted days both ways, and the extra days."""
    import holidays

    # All years at once: a worked Saturday is known only once its year has been built.
    vietnam = holidays.country_holidays("VN", years=range(FIRST_DAY.year, LAST_DAY.year + 1))
    free = {*vietnam, *off} - work
    worked = {*vietnam.weekend_workdays, *work} - off
    first = days_since_1970(FIRST_DAY)
    every = np.arange(first, days_since_1970(LAST_DAY) + 1)
    # 1/1/1970 was a Thursday: 0 to 4 are Monday to Friday.
    working = (every + 3) % 7 < 5
    for days, value in ((free, False), (worked, True)):
        numbers = np.array([days_since_1970(day) for day in days if FIRST_DAY <= day <= LAST_DAY])
        working[numbers.astype(np.int64) - first] = value
    return Calendar(first, np.cumsum(working), every[working])


def days_since_1970(day: date) -> int:
    """The number of a day; 1/1/1970 is 0."""
    return day.toordinal() - _EPOCH


def day_of(number: int) -> date:
    """The day with a number, as `days_since_1970` gives it."""
    return date.fromordinal(int(number) + _EPOCH)


def seconds_since_1970(moment: datetime) -> int:
    """The number of a moment's second (local time, no offset); 1/1/1970 0:00 is 0."""
    day = days_since_1970(moment.date())
    return day * SECONDS_A_DAY + moment.hour * 3600 + moment.minute * 60 + moment.second
