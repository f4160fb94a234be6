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
    """The document as letters cite it."""
    from_: Annotated[Day, Field(alias="from")]
    """The first day on which the document is in force."""
    source: Words
    to: Day | None = None
    """The last day on which the document is in force; left out: it still is."""


@parameters
class Step:
    """What is proposed from so many times on, and where that comes from."""

    times: Annotated[int, Field(ge=2, le=24)]
    """From so many times on this is proposed."""
    propose: Words
    """What is proposed, in the words of the report."""
    source: Words


@parameters
class ProposalRules:
    """What is proposed for whom."""

    since: Day
    """Letters signed on or after this day count."""
    periods_before: Annotated[int, Field(ge=1, le=24)]
    """How many periods before that of the report count."""
    source: Words
    progress: Part
    """A letter does not count if the failed part has fallen by so much since."""
    fell_short: Annotated[tuple[Step, ...], Field(min_length=1)]
    """What is proposed for units that fell short again and again."""
    unanswered: Annotated[tuple[Step, ...], Field(min_length=1)]
    """What is proposed for units that left letters unanswered."""


@parameters
class LetterRules:
    """params/letters.yml."""

    last_confirmed: Day
    chance: Part
    """A letter is drafted only if so many failures are less likely than this, parted among all
    units compared."""
    weak_from: Part
    """An indicator is weak if at least this part of its points is lost."""
    appendix_rows: Limit
    """The appendix prints so many cases of each matter."""
    about: About
    """What a reminder is about; {period} stands for the period."""
    report_about: About
    """What the office's report is about; {period} stands for the period."""
    symbol: Words
    """The symbol behind the number of a letter."""
    symbol_source: Words
    """Where the symbol comes from."""
    office: Words
    """Who follows letters up: the unit whose Vietnamese name begins so."""
    centre: Words
    """The centre within that office that letters name."""
    signer: Annotated[tuple[Words, ...], Field(min_length=1)]
    """Who signs letters, line by line."""
    signer_to_office: Annotated[tuple[Words, ...], Field(min_length=1)]
    """Who signs letters to the office itself, line by line."""
    recipients: tuple[Words, ...]
    """Who else gets each letter, a line each."""
    archive: Words
    """The line of the archive."""
    layout_source: Words
    """Where the layout comes from."""
    law: tuple[Law, ...]
    """What letters rest on, by the days on which it is in force."""
    proposals: ProposalRules
    """What the report proposes for units that failed again and again."""

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
