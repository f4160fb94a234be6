"""How dossiers are handled beside the points: office hours, receipt, months, letters of apology."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, time
from fractions import Fraction
from pathlib import Path
from typing import Annotated

from pydantic import Field

from chiso.base.errors import ParameterError
from chiso.base.i18n import _, day
from chiso.base.locations import params_dir
from chiso.base.params import Day, Problem, parameters, remembered_parameters

# From and to, in seconds of a day.
Spans = tuple[tuple[int, int], ...]
Source = Annotated[str, Field(min_length=1)]


@parameters
class Span:
    """Office hours without a break."""

    from_: Annotated[time, Field(alias="from")]
    """When these office hours begin: "07:30"."""
    to: time
    """When these office hours end: "11:30"."""


@parameters
class OfficeHours:
    """The hours of a working day, in their order."""

    source: Source
    spans: Annotated[tuple[Span, ...], Field(min_length=1)]
    """The office hours of a working day in their order."""


@parameters
class MonthLength:
    """A month of a term as so many days."""

    value: Annotated[int, Field(ge=28, le=31)]
    """How many days a month of a term counts for."""
    source: Source


@parameters
class ReceiptLimit:
    """Office hours within which a dossier submitted online has to be received."""

    from_: Annotated[Day, Field(alias="from")]
    """For periods that end on or after this day."""
    hours: Annotated[int, Field(ge=1)]
    """Within how many office hours a dossier submitted online has to be received."""
    source: Source


@parameters
class ApologyLetter:
    """How many working days before a dossier is due its letter of apology goes out, and its form."""

    from_: Annotated[Day, Field(alias="from")]
    """For dossiers that are looked at on or after this day."""
    working_days_before: Annotated[int, Field(ge=1, le=30)]
    """So many working days before a dossier is due the letter goes out at the latest."""
    form: Annotated[str, Field(min_length=1)]
    """The form that the letter is written on."""
    source: Source


@parameters
class HandlingRules:
    """params/handling.yml."""

    last_confirmed: Day
    office_hours: OfficeHours
    """The office hours of a working day."""
    days_a_month: MonthLength
    """The length of a month of a term."""
    receipt_limits: Annotated[tuple[ReceiptLimit, ...], Field(min_length=1)]
    """The limit for receiving dossiers submitted online, by the day it holds from."""
    apology_letters: Annotated[tuple[ApologyLetter, ...], Field(min_length=1)]
    """When a letter of apology goes out, by the day it holds from."""

    @property
    def spans(self) -> Spans:
        """Office hours as seconds of a day."""
        return tuple((_second(item.from_), _second(item.to)) for item in self.office_hours.spans)

    def in_term_unit(self, seconds: Fraction, term_unit: str) -> Fraction:
        """Seconds of a unit of term (hour, day, working_day, month) in that unit."""
        days = self.days_a_month.value if term_unit == "month" else 1
        return seconds / Fraction(3600 if term_unit == "hour" else days * 86_400)

    def receipt_limit(self, on: date) -> ReceiptLimit:
        """The limit in force on a day; ParameterError where there is none."""
        begun = [entry for entry in self.receipt_limits if entry.from_ <= on]
        if not begun:
            raise ParameterError(
                _("No limit for receiving online dossiers is in force on {day}.").format(
                    day=day(on)
                ),
                file=_path(),
                hint=_("Add an entry with its date and source to “receipt_limits”."),
            )
        return max(begun, key=lambda entry: entry.from_)

    def apology_letter(self, on: date) -> ApologyLetter:
        """The rule of letters of apology in force on a day; ParameterError where there is none."""
        begun = [entry for entry in self.apology_letters if entry.from_ <= on]
        if not begun:
            raise ParameterError(
                _("No rule for letters of apology is in force on {day}.").format(day=day(on)),
                file=_path(),
                hint=_("Add an entry with its date and source to “apology_letters”."),
            )
        return max(begun, key=lambda entry: entry.from_)


def handling_rules() -> HandlingRules:
    """The rules of params/handling.yml; ParameterError if the file is wrong."""
    return remembered_parameters(_path(), HandlingRules, _problems)


def _path() -> Path:
    return params_dir() / "handling.yml"


def _second(moment: time) -> int:
    return moment.hour * 3600 + moment.minute * 60 + moment.second


def _problems(content: HandlingRules) -> Iterator[Problem]:
    last = 0
    for i, (start, end) in enumerate(content.spans):
        if not last <= start < end:
            yield (
                ("office_hours", "spans", i),
                _("office hours must follow each other, each from before its to."),
            )
        last = end
    for key in ("receipt_limits", "apology_letters"):
        days = [entry.from_ for entry in getattr(content, key)]
        for i, one in enumerate(days):
            if one in days[:i]:
                yield ((key, i, "from"), _("two entries begin on {day}.").format(day=day(one)))
