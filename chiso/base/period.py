"""The periods of Vietnamese reporting: month, quarter, six months, nine months, year."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, time

from chiso.base.errors import ParameterError
from chiso.base.i18n import _

# kind -> months it spans; six and nine months always begin in January.
SPANS = {"month": 1, "quarter": 3, "six_months": 6, "nine_months": 9, "year": 12}
EXAMPLES = "2022-09, 2022-Q3, 2022-6T, 2022-9T, 2022"
_PATTERN = re.compile(
    r"(?P<year>\d{4})(?:-(?:(?P<month>\d{2})|Q(?P<quarter>[1-4])|(?P<months>[69])T))?"
)


@dataclass(frozen=True, order=True)
class Period:
    """A reporting period; `number` is the month, the quarter, or 1 for the other kinds."""

    year: int
    kind: str
    number: int

    @property
    def name(self) -> str:
        """The name that a user types: 2022-09, 2022-Q3, 2022-6T, 2022-9T, 2022."""
        suffix = {
            "month": f"-{self.number:02d}",
            "quarter": f"-Q{self.number}",
            "six_months": "-6T",
            "nine_months": "-9T",
            "year": "",
        }
        return f"{self.year}{suffix[self.kind]}"

    @property
    def start(self) -> datetime:
        """S, the first moment of the period (local time)."""
        return datetime(self.year, self._first_month, 1)

    @property
    def end(self) -> datetime:
        """E, the first moment after the period (local time)."""
        after = self._first_month + SPANS[self.kind]
        return datetime(self.year + (after - 1) // 12, (after - 1) % 12 + 1, 1)

    @property
    def last_day(self) -> date:
        """The last day of the period."""
        return date.fromordinal(self.end.toordinal() - 1)

    @property
    def previous(self) -> Period:
        """The period of the same kind before this one; for six and nine months, last year's."""
        if self.number > 1:
            return Period(self.year, self.kind, self.number - 1)
        last = 12 // SPANS[self.kind] if self.kind in ("month", "quarter") else 1
        return Period(self.year - 1, self.kind, last)

    @property
    def months(self) -> tuple[Period, ...]:
        """The months of a longer period; none of a month."""
        if self.kind == "month":
            return ()
        first = self._first_month
        return tuple(Period(self.year, "month", first + i) for i in range(SPANS[self.kind]))

    @property
    def label(self) -> str:
        """The period as a reader says it: tháng 9/2022, quý III/2022, năm 2022."""
        roman = ("I", "II", "III", "IV")
        labels = {
            "month": _("month {month}/{year}"),
            "quarter": _("quarter {quarter}/{year}"),
            "six_months": _("the first six months of {year}"),
            "nine_months": _("the first nine months of {year}"),
            "year": _("the year {year}"),
        }
        quarter = roman[self.number - 1] if self.kind == "quarter" else ""
        return labels[self.kind].format(month=self.number, quarter=quarter, year=self.year)

    def is_closed(self, as_of: date) -> bool:
        """Whether figures as of the end of that day cover the whole period."""
        return datetime.combine(as_of, time.max) >= datetime.combine(self.last_day, time.max)

    @property
    def _first_month(self) -> int:
        return (self.number - 1) * SPANS[self.kind] + 1


def parse_period(text: str) -> Period:
    """The period named by `text`; anything else is refused with the five forms.

    Only these forms pass, so a period's name is always safe as the name of a folder.
    """
    match = _PATTERN.fullmatch(text) if isinstance(text, str) and text.isascii() else None
    if match and 1990 <= int(match["year"]) <= 2100:
        year = int(match["year"])
        if match["month"] and 1 <= int(match["month"]) <= 12:
            return Period(year, "month", int(match["month"]))
        if match["quarter"]:
            return Period(year, "quarter", int(match["quarter"]))
        if match["months"]:
            return Period(year, "six_months" if match["months"] == "6" else "nine_months", 1)
        if not match["month"]:
            return Period(year, "year", 1)
    raise ParameterError(
        _("“{text}” is not a period.").format(text=text),
        hint=_(
            "Write a month, a quarter, six months, nine months or a year like these: {examples}"
        ).format(examples=EXAMPLES),
    )
