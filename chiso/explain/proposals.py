"""Which agencies fell short again after reminders, or left them unanswered: what is proposed for them.

Source of the rules: params/letters.yml (proposals). A claim needs both: the figures of each period,
beyond chance and the agency's own, and the letters that the register has as issued.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from chiso.base.period import Period, parse_period
from chiso.contract.letters import MEND, OVERDUE, PRACTICE
from chiso.explain.letters import shortfalls
from chiso.explain.outcomes import UNANSWERED, Outcome, all_outcomes
from chiso.rules.letter_rules import Step, letter_rules
from chiso.rules.units import Unit
from chiso.store.figures import Figures

# Of what an agency is asked, that which is its own shortfall.
_OWN = (OVERDUE, MEND, PRACTICE)


@dataclass(frozen=True)
class Reminded:
    """A letter of an earlier period about an indicator, and how the agency stood there in that period
    by its newest figures: `cases` failed of `of`. Of the cases that the letter asked for (0: a
    practice alone) `still_open` and `untold`, see outcomes.Ask."""

    outcome: Outcome
    period: Period
    cases: int
    of: int
    asked: int
    still_open: int
    untold: int


@dataclass(frozen=True)
class Repeated:
    """An indicator in which an agency falls short now (`cases` of `of`) and fell short before, with
    the letters of then, oldest first; `times`: the periods counted, this one included."""

    indicator: int
    cases: int
    of: int
    before: tuple[Reminded, ...]

    @property
    def times(self) -> int:
        """See the class."""
        return 1 + len({one.period for one in self.before})


@dataclass(frozen=True)
class Proposal:
    """What is proposed for an agency: for the indicators in which it fell short repeatedly, for the
    letters that it left unanswered, or for both; a step is None where there is nothing to propose."""

    unit: Unit
    repeated: tuple[Repeated, ...]
    for_repeated: Step | None
    unanswered: tuple[Outcome, ...]
    for_unanswered: Step | None

    @property
    def is_any(self) -> bool:
        """Whether anything is proposed."""
        return bool(self.for_repeated or self.for_unanswered)


def proposals(figures: Figures) -> tuple[Proposal, ...]:
    """For whom something is proposed by the figures of a closed period, in the order of the tree;
    nobody in an open period, whose figures may still change."""
    if figures.settings.is_provisional:
        return ()
    letters: dict[str, list[Outcome]] = {}
    for one in _counted(figures):
        letters.setdefault(one.letter.addressee, []).append(one)
    if not letters:
        return ()
    found = [
        _proposal(figures, unit, letters[unit.code])
        for unit in figures.agencies
        if unit.code in letters
    ]
    return tuple(one for one in found if one.is_any)


def _counted(figures: Figures) -> tuple[Outcome, ...]:
    """The letters that count: issued, dated late enough, of the closed periods before this one that
    it is compared with, the newest of them."""
    rules = letter_rules().proposals
    known = {one.settings.period.name for one in figures.earlier[-rules.periods_before :]}
    return tuple(
        one
        for one in all_outcomes(figures)
        if one.letter.period in known
        and one.letter.is_issued
        and one.letter.dated is not None
        and one.letter.dated >= rules.since
    )


def _proposal(figures: Figures, unit: Unit, letters: list[Outcome]) -> Proposal:
    rules = letter_rules().proposals
    unanswered = tuple(one for one in letters if one.answered == UNANSWERED)
    repeated = tuple(_repeated(figures, unit, letters))
    most = max((one.times for one in repeated), default=0)
    for_repeated = _step(rules.fell_short, most)
    least = rules.fell_short[0].times
    return Proposal(
        unit=unit,
        repeated=tuple(one for one in repeated if one.times >= least),
        for_repeated=for_repeated,
        unanswered=unanswered,
        for_unanswered=_step(rules.unanswered, len(unanswered)),
    )


def _repeated(figures: Figures, unit: Unit, letters: list[Outcome]) -> Iterable[Repeated]:
    for number in sorted(shortfalls(figures).get(unit.code, ())):
        before = [one for letter in letters if (one := _reminded(figures, unit, number, letter))]
        cases, of = _failing(figures, unit, number)
        yield Repeated(number, cases, of, tuple(before))


def _reminded(figures: Figures, unit: Unit, number: int, outcome: Outcome) -> Reminded | None:
    """The letter, if it asked for the indicator, the newest figures of its period say the same, not
    everything that it asked for there was mended, and the agency has made no progress since."""
    asks = [ask for ask in outcome.asks if ask.asked.indicator == number and ask.asked.what in _OWN]
    period = parse_period(outcome.letter.period)
    then = next(one for one in figures.earlier if one.settings.period == period)
    if not asks or number not in shortfalls(then).get(unit.code, ()):
        return None
    followed = [ask for ask in asks if ask.asked.what != PRACTICE]
    still_open = sum(ask.still_open for ask in followed)
    untold = sum(ask.untold for ask in followed)
    if len(followed) == len(asks) and not still_open and not untold:
        return None
    cases, of = _failing(then, unit, number)
    if _has_progress((cases, of), _failing(figures, unit, number)):
        return None
    asked = sum(ask.asked.count for ask in followed)
    return Reminded(outcome, period, cases, of, asked, still_open, untold)


def _has_progress(then: tuple[int, int], now: tuple[int, int]) -> bool:
    """Whether the part that fails is smaller by as much as params/letters.yml says."""
    least = 1 - letter_rules().proposals.progress.value
    return now[0] * then[1] <= least * then[0] * now[1]


def _failing(figures: Figures, unit: Unit, number: int) -> tuple[int, int]:
    count = figures.unit(unit.code).counts[number]
    numerator, denominator = count.numerator or 0, count.denominator or 0
    return max(denominator - numerator, 0), denominator


def _step(steps: Iterable[Step], times: int) -> Step | None:
    """The furthest step that so many times have reached."""
    return next((step for step in reversed(list(steps)) if step.times <= times), None)
