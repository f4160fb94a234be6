"""What became of letters: what was asked is mended, still open, or not told by the records; answers."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import pandas as pd

from chiso.base.period import parse_period
from chiso.contract.evidence import read_by_id
from chiso.contract.letters import MEND, OBLIGATION, OVERDUE, REMINDER, Asked, Letter
from chiso.contract.owed import DONE
from chiso.explain.carrying import BY_PROCEDURE
from chiso.explain.decomposition import STOCKS
from chiso.explain.owed import owed_in
from chiso.rules.working_days import SECONDS_A_DAY
from chiso.store.figures import Figures
from chiso.store.letters import letters, register_dir

ANSWERED, LATE, UNANSWERED, NOT_DUE = "answered", "late", "unanswered", "not due"
# The register knows no number and date of it: it may never have been sent.
NOT_ISSUED = "not issued"
# What can be followed case by case; a practice or a lead's part is seen in the rates.
FOLLOWED = (OVERDUE, MEND, OBLIGATION)
# Cases that fail, by id, with the day on which they ended, if they have.
Ends = dict[str, date | None]


@dataclass(frozen=True)
class Ask:
    """What became of one thing asked; `still_open` + `mended` + `untold` = `asked.count`.

    `still_open`: fails as before by the newest figures. `mended`: the records hold its end, or it no
    longer stands among the cases that fail though the agency has data. `untold`: the figures say
    nothing of it after the letter. `open_on_deadline`: of dossiers that were overdue, how many had no
    end by the end of that day; None where the figures end before it.
    """

    asked: Asked
    still_open: int
    mended: int
    untold: int
    open_on_deadline: int | None = None


@dataclass(frozen=True)
class Outcome:
    """What became of a letter by the figures of a period. `answered`: answered, late, unanswered (the
    register has no answer after the deadline), not due, or not issued."""

    letter: Letter
    asks: tuple[Ask, ...]
    answered: str

    @property
    def followed(self) -> tuple[Ask, ...]:
        """What can be followed case by case."""
        return tuple(ask for ask in self.asks if ask.asked.what in FOLLOWED)


@dataclass(frozen=True)
class Summary:
    """The outcomes of the letters of a period. Cases (what can be followed): of letters that were
    issued, of several to one agency the last. `answers`: how many letters are answered, late ..."""

    period: str
    agencies: int
    asked: int
    mended: int
    still_open: int
    untold: int
    open_on_deadline: int | None
    answers: dict[str, int]

    @property
    def issued(self) -> int:
        """Letters with a number and a date."""
        return sum(self.answers.values()) - self.answers.get(NOT_ISSUED, 0)


def outcomes(figures: Figures, wanted: Callable[[Letter], bool]) -> tuple[Outcome, ...]:
    """What became of reminders of earlier periods, oldest first, by these figures and those before
    them. Figures that came after a letter are those of later periods, and of its own a newer
    revision than it was drafted from."""
    now = figures.settings.period
    found = [
        letter
        for letter in letters(register_dir())
        if letter.kind == REMINDER
        and parse_period(letter.period).last_day < now.last_day
        and wanted(letter)
    ]
    if not found:
        return ()
    ids = sorted({name for letter in found for ask in letter.asked for name in ask.dossiers})
    sources = [_source(one, ids) for one in (figures, *figures.earlier[::-1])]
    day = figures.settings.as_of
    return tuple(
        Outcome(
            letter,
            tuple(_became(ask, letter, _after(letter, sources), figures) for ask in letter.asked),
            _answered(letter, day),
        )
        for letter in found
    )


def all_outcomes(figures: Figures) -> tuple[Outcome, ...]:
    """Those of all reminders of earlier periods: the cases of each revision are read once for them."""
    return figures.once("outcomes", lambda: outcomes(figures, lambda _letter: True))


def last_outcomes(figures: Figures) -> tuple[Outcome, ...]:
    """Those of the period before, of all agencies."""
    before = figures.settings.period.previous.name
    return tuple(one for one in all_outcomes(figures) if one.letter.period == before)


def outcomes_of(figures: Figures, agency: str) -> tuple[Outcome, ...]:
    """Those of one agency's letters that were issued."""
    return outcomes(figures, lambda letter: letter.addressee == agency and letter.is_issued)


def summary(found: Sequence[Outcome]) -> Summary:
    """Outcomes of one period together, one at least."""
    issued = [one for one in found if one.letter.is_issued]
    newest = {one.letter.addressee: one for one in issued}
    asks = [ask for one in newest.values() for ask in one.followed]
    on_deadline = [ask.open_on_deadline for ask in asks if ask.open_on_deadline is not None]
    answers: dict[str, int] = {}
    for one in found:
        answers[one.answered] = answers.get(one.answered, 0) + 1
    return Summary(
        period=found[0].letter.period,
        agencies=len(newest),
        asked=sum(ask.asked.count for ask in asks),
        mended=sum(ask.mended for ask in asks),
        still_open=sum(ask.still_open for ask in asks),
        untold=sum(ask.untold for ask in asks),
        open_on_deadline=sum(on_deadline) if on_deadline else None,
        answers=answers,
    )


@dataclass(frozen=True)
class _Source:
    """Figures, with the cases in them that letters asked for by unit and indicator, and the units and
    indicators of which there is data."""

    figures: Figures
    cases: dict[tuple[str, int], Ends]
    known: frozenset[tuple[str, int]]

    def ends(self, asked: Asked, agency: str) -> Ends | None:
        """Of the cases that an agency was asked those that stand there; None where it has no data."""
        number = asked.indicator or 0
        if (agency, number) not in self.known:
            return None
        units = {agency} if number in BY_PROCEDURE else self.figures.tree.below(agency)
        found: Ends = {}
        for unit in units:
            found |= self.cases.get((unit, number), {})
        return found


def _source(figures: Figures, ids: list[str]) -> _Source:
    cases: dict[tuple[str, int], Ends] = {}
    for row in read_by_id(figures.folder, ids).itertuples():
        end = None if pd.isna(row.ended_s) else _day(int(row.ended_s))
        cases.setdefault((row.unit, row.indicator), {})[row.id] = end
    silent = {unit.code for unit in figures.silent}
    table = figures.scores.indicators
    rows = table[table["numerator"].notna() & ~table["unit"].isin(list(silent))]
    return _Source(figures, cases, frozenset(zip(rows["unit"], rows["indicator"], strict=True)))


def _after(letter: Letter, sources: Iterable[_Source]) -> list[_Source]:
    """The figures that came after a letter, the newest first."""
    own = parse_period(letter.period)
    return [
        one
        for one in sources
        if one.figures.settings.period.last_day > own.last_day
        or (
            one.figures.settings.period == own and one.figures.provenance.revision > letter.revision
        )
    ]


def _became(asked: Asked, letter: Letter, after: list[_Source], figures: Figures) -> Ask:
    if asked.what == OBLIGATION:
        return _obligation(asked, letter, figures)
    if asked.what not in FOLLOWED or not asked.dossiers:
        return Ask(asked, 0, 0, asked.count)
    found = [
        (source.figures, failing)
        for source in after
        if (failing := source.ends(asked, letter.addressee)) is not None
    ]
    still_open, ends = 0, []
    for name in asked.dossiers:
        word, end = _word(name, asked, letter, found)
        still_open += word == "open"
        ends += [end] if word == "mended" else []
    reached = letter.deadline is not None and any(
        one.settings.as_of >= letter.deadline for one, _failing in found
    )
    on_deadline = None
    if asked.what == OVERDUE and reached and letter.deadline:
        late = sum(end is not None and end > letter.deadline for end in ends)
        on_deadline = still_open + late
    untold = asked.count - still_open - len(ends)
    return Ask(asked, still_open, len(ends), untold, on_deadline)


def _word(
    name: str, asked: Asked, letter: Letter, found: list[tuple[Figures, Ends]]
) -> tuple[str, date | None]:
    """open, mended (with the day of its end, if it has one) or untold, by the newest figures that
    know of it."""
    is_newest = True
    for figures, failing in found:
        is_own = figures.provenance.period == letter.period
        if name in failing:
            if asked.what == OVERDUE and failing[name]:
                return "mended", failing[name]
            # Open there, but newer figures no longer have it: where it went nobody can say.
            return ("open" if is_newest or asked.what == MEND else "untold"), None
        # Stocks are counted anew in every period; dossiers and petitions are those of one.
        if is_own or asked.indicator in STOCKS:
            return "mended", None
        is_newest = False
    return "untold", None


def _obligation(asked: Asked, letter: Letter, figures: Figures) -> Ask:
    """By the register of obligations, on the last day of the figures."""
    known = next(
        (
            one.state
            for one in owed_in(figures, figures.settings.as_of)
            if (one.agency, one.obligation.id) == (letter.addressee, asked.obligation)
        ),
        None,
    )
    if known is None:
        return Ask(asked, 0, 0, asked.count)
    is_done = known == DONE
    return Ask(asked, 0 if is_done else asked.count, asked.count if is_done else 0, 0)


def _answered(letter: Letter, on: date) -> str:
    if not letter.is_issued:
        return NOT_ISSUED
    if letter.answered_on:
        is_late = letter.deadline is not None and letter.answered_on > letter.deadline
        return LATE if is_late else ANSWERED
    return UNANSWERED if letter.deadline and on > letter.deadline else NOT_DUE


def _day(seconds: int) -> date:
    return date(1970, 1, 1) + timedelta(days=seconds // SECONDS_A_DAY)
