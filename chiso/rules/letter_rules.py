"""Who gets a letter, what it cites and what stands around it (params/letters.yml)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Annotated

from pydantic import Field

from chiso.base.i18n import _
from chiso.base.locations import params_dir
from chiso.base.params import Day, Problem, parameters, remembered_parameters
from chiso.base.period import Period
from chiso.rules.sourced import Limit, Part, Words
from chiso.rules.units import Tree, Unit

About = Annotated[str, Field(pattern=r"^[^{}]*\{period\}[^{}]*$")]


@parameters
class Law:
    """A document that letters rest on: as it is cited, and from which day to which (None: still)."""

    cite: Words
    from_: Annotated[Day, Field(alias="from")]
    source: Words
    to: Day | None = None


@parameters
class Step:
    """What is proposed from so many times on, and where that comes from."""

    times: Annotated[int, Field(ge=2, le=24)]
    propose: Words
    source: Words


@parameters
class ProposalRules:
    """What is proposed for whom; the comments of the file say what counts."""

    since: Day
    periods_before: Annotated[int, Field(ge=1, le=24)]
    source: Words
    progress: Part
    fell_short: Annotated[tuple[Step, ...], Field(min_length=1)]
    unanswered: Annotated[tuple[Step, ...], Field(min_length=1)]


@parameters
class LetterRules:
    """params/letters.yml; the comments of the file say what each key means."""

    last_confirmed: Day
    chance: Part
    weak_from: Part
    appendix_rows: Limit
    about: About
    report_about: About
    symbol: Words
    symbol_source: Words
    office: Words
    centre: Words
    signer: Annotated[tuple[Words, ...], Field(min_length=1)]
    signer_to_office: Annotated[tuple[Words, ...], Field(min_length=1)]
    recipients: tuple[Words, ...]
    archive: Words
    layout_source: Words
    law: tuple[Law, ...]
    proposals: ProposalRules

    def about_of(self, period: Period) -> str:
        """What a reminder of a period is about."""
        return self.about.format(period=period.label)

    def report_about_of(self, period: Period) -> str:
        """What the office's report of a period is about."""
        return self.report_about.format(period=period.label)

    def law_on(self, day: date) -> tuple[str, ...]:
        """What was in force on a day, as it is cited."""
        found = (one for one in self.law if one.from_ <= day <= (one.to or date.max))
        return tuple(one.cite for one in found)

    def office_of(self, tree: Tree) -> Unit | None:
        """The unit that follows letters up; None where the tree has none."""
        return next((one for one in tree.units if one.name.vi.startswith(self.office)), None)


def letter_rules() -> LetterRules:
    """The rules of params/letters.yml; ParameterError if the file is wrong."""
    return remembered_parameters(params_dir() / "letters.yml", LetterRules, _problems)


def _problems(content: LetterRules) -> Iterator[Problem]:
    for i, one in enumerate(content.law):
        if one.to and one.to < one.from_:
            yield ("law", i, "to"), _("this day lies before the first one.")
    for key in ("fell_short", "unanswered"):
        times = [step.times for step in getattr(content.proposals, key)]
        for i, number in enumerate(times[1:], start=1):
            if number <= times[i - 1]:
                yield (
                    ("proposals", key, i, "times"),
                    _("steps follow each other, fewest times first."),
                )
