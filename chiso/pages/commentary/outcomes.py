"""What pages say of earlier letters: asked, mended, still open, answered; never more than is known."""

from __future__ import annotations

from IPython.display import Markdown

from chiso.base.i18n import count, day
from chiso.base.markdown import bullets, escape
from chiso.base.period import parse_period
from chiso.explain.outcomes import (
    ANSWERED,
    LATE,
    NOT_DUE,
    NOT_ISSUED,
    UNANSWERED,
    Outcome,
    Summary,
    last_outcomes,
    outcomes_of,
    summary,
)
from chiso.pages.wording import sentence
from chiso.store.figures import Figures, UnitFigures


def outcome_lines(figures: Figures) -> Markdown:
    """In three lines what became of the letters of the period before; empty where there were none."""
    became = last_outcomes(figures)
    if not became:
        return Markdown("")
    found = summary(became)
    period = parse_period(found.period).label
    if not found.issued:
        drafts = count(found.answers[NOT_ISSUED])
        return Markdown(bullets([sentence("outcome_none_issued", period=period, letters=drafts)]))
    letters = count(found.issued)
    if not found.asked:
        asked = sentence("outcome_asked_practice", period=period, letters=letters)
        return Markdown(bullets([asked, _answers(found)]))
    asked = sentence(
        "outcome_asked",
        period=period,
        letters=letters,
        agencies=count(found.agencies),
        cases=count(found.asked),
    )
    return Markdown(bullets([asked, _cases(found), _answers(found)]))


def unit_outcome(page: UnitFigures) -> Markdown:
    """A line or two on the newest letter that the agency got; empty where it got none."""
    found = outcomes_of(page.figures, page.unit.code)
    return Markdown(escape(_of_letter(found[-1]))) if found else Markdown("")


def answer_words(outcome: Outcome) -> str:
    """Whether and when a letter was answered; empty where nothing is known or owed."""
    letter = outcome.letter
    deadline = day(letter.deadline) if letter.deadline else ""
    answered = day(letter.answered_on) if letter.answered_on else ""
    if outcome.answered == ANSWERED:
        return sentence("outcome_answered", day=answered)
    if outcome.answered == LATE:
        return sentence("outcome_late", day=answered, deadline=deadline)
    if not deadline:
        return ""
    key = {UNANSWERED: "outcome_unanswered", NOT_DUE: "outcome_awaited"}.get(outcome.answered)
    return sentence(key, deadline=deadline) if key else ""


def _of_letter(outcome: Outcome) -> str:
    letter, found = outcome.letter, summary([outcome])
    about = {
        "number": letter.number,
        "day": day(letter.dated) if letter.dated else "",
        "deadline": day(letter.deadline) if letter.deadline else "–",
    }
    if not found.asked:
        words = [sentence("outcome_unit_practice", **about)]
    else:
        words = [sentence("outcome_unit", **about, cases=count(found.asked)), _cases(found)]
    return " ".join([*words, answer_words(outcome)]).strip()


def _cases(found: Summary) -> str:
    key = "outcome_cases" if found.untold else "outcome_cases_all_told"
    numbers = {"mended": count(found.mended), "still_open": count(found.still_open)}
    untold = {"untold": count(found.untold)} if found.untold else {}
    words = sentence(key, **numbers, **untold)
    if found.open_on_deadline is not None:
        words += " " + sentence("outcome_on_deadline", cases=count(found.open_on_deadline))
    return words


def _answers(found: Summary) -> str:
    def of(word: str) -> str:
        return count(found.answers.get(word, 0))

    words = sentence(
        "outcome_answers", answered=of(ANSWERED), late=of(LATE), unanswered=of(UNANSWERED)
    )
    for word, key in ((NOT_DUE, "outcome_not_due"), (NOT_ISSUED, "outcome_not_issued")):
        if found.answers.get(word):
            words += " " + sentence(key, letters=of(word))
    return words
