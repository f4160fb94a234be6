"""What a template of params/letters/ may say of one reminder: its figures as words, in Vietnamese."""

from __future__ import annotations

from datetime import date
from math import floor
from typing import Any

from chiso.base.i18n import count, day, percent, points, whole_percent
from chiso.base.letters import capitalised
from chiso.base.period import parse_period
from chiso.contract.letters import LEAD, MEND, OVERDUE, PRACTICE
from chiso.explain.carrying import BY_PROCEDURE
from chiso.explain.letters import Draft, Task
from chiso.explain.obligations import assignments_in_force
from chiso.explain.orders import STAYS, Order, is_from_counts
from chiso.explain.outcomes import UNANSWERED, Outcome, all_outcomes
from chiso.pages.letters.appendices import list_place, results_place
from chiso.pages.wording import about_cases, sentence
from chiso.rules.assignments import names
from chiso.rules.explain_rules import explain_rules
from chiso.rules.indicators import ON_TIME
from chiso.rules.letter_rules import letter_rules
from chiso.rules.paper_rules import paper_rules
from chiso.rules.units import Unit
from chiso.store.figures import Figures, UnitFigures


def reminder_words(figures: Figures, draft: Draft, deadline: date) -> dict[str, Any]:
    """All that params/letters/reminder.md may use, as docs/vi/letters.md lists it."""
    unit = figures.unit(draft.unit.code)
    settings, standing, rules = figures.settings, unit.standing, letter_rules()
    office = rules.office_of(figures.tree)
    is_office = draft.unit == office
    annex = assignments_in_force(figures)
    has_total = standing.total is not None and standing.band is not None
    return {
        "agency": str(draft.unit.name),
        "agency_with_below": _with_below(figures, draft.unit),
        "head": head_of(draft.unit),
        "period": settings.period.label,
        "as_of": day(settings.as_of),
        "is_provisional": settings.is_provisional,
        "law": list(rules.law_on(settings.period.last_day)),
        "annex": annex.source if annex else "",
        "earlier": _earlier(figures, draft.unit.code),
        "dossiers": _dossiers(unit),
        "total": points(standing.total) if has_total else "",
        "max": count(int(standing.max_total)),
        "band": str(standing.band.name) if standing.band else "",
        "results": results_place(draft),
        "overdue": _overdue(draft),
        "findings": [_finding(figures, unit, task.order) for task in draft.tasks if task.order],
        "lead": [_lead(figures, unit, task) for task in draft.tasks if task.asked.what == LEAD],
        "mend": [_mend(figures, task) for task in _of(draft, MEND)],
        "practice": [_practice(figures, task.order) for task in _of(draft, PRACTICE) if task.order],
        "owed": [str(task.owed.obligation.name) for task in draft.tasks if task.owed],
        "deadline": day(deadline),
        "is_office": is_office,
        "follower": rules.centre if is_office or not office else f"{office.name} ({rules.centre})",
    }


def head_of(unit: Unit) -> str:
    """The head of an agency as a letter calls him: Giám đốc Sở Y tế, Chánh Thanh tra tỉnh."""
    signer, name = paper_rules().signer(unit), str(unit.name)
    title, begins = str(signer.title), signer.begins
    if begins and title.casefold().endswith(begins.casefold()):
        return f"{title[: -len(begins)]}{name}"
    return f"{title} {name}"


def _of(draft: Draft, what: str) -> list[Task]:
    return [task for task in draft.tasks if task.asked.what == what]


def _with_below(figures: Figures, unit: Unit) -> str:
    name = str(unit.name)
    return sentence("with_below", unit=name) if figures.tree.children(unit.code) else name


def _dossiers(unit: UnitFigures) -> dict[str, str] | None:
    """The population of indicator 5: the total of the period, which is said before any shortfall."""
    found = unit.counts.get(ON_TIME)
    if found is None or not found.denominator or found.numerator is None:
        return None
    return {
        "all": count(found.denominator),
        "on_time": count(found.numerator),
        "rate": percent(found.rate),
    }


def _overdue(draft: Draft) -> dict[str, str] | None:
    for task in _of(draft, OVERDUE):
        return {
            "cases": count(task.asked.count),
            "long": count(task.long) if task.long else "",
            "days": count(explain_rules().orders.long_overdue_days),
            "list": list_place(task),
        }
    return None


def _finding(figures: Figures, unit: UnitFigures, order: Order) -> dict[str, str]:
    number, rate = order.indicator, percent(order.rate)
    cases, of = count(order.failures), count(unit.counts[number].denominator)
    low = explain_rules().orders.lowest_part
    standing = sentence("rate_reached", rate=rate)
    if order.place == 1:
        standing = sentence("place_lowest", rate=rate, of=order.of)
    elif order.place and order.of and order.place <= floor(low * order.of):
        standing = sentence("place_low", rate=rate, place=order.place, of=order.of)
    key = "whole_cohort" if number in BY_PROCEDURE else "whole_province"
    # Who is lowest of its cohort may still be above the province: that is no reproach.
    is_below = order.rate < order.whole_rate
    return {
        "number": str(number),
        "gap": about_cases("gap", number, figures.book, cases=cases, of=of),
        "standing": standing,
        "whole": sentence(key, rate=percent(order.whole_rate)) if is_below else "",
    }


def _mend(figures: Figures, task: Task) -> dict[str, str]:
    number, cases = task.asked.indicator or 0, count(task.asked.count)
    if is_from_counts(figures) and number in STAYS:
        action = sentence("card_review", cases=cases).rstrip(".")
    else:
        action = capitalised(about_cases("action", number, figures.book, cases=cases))
    return {"number": str(number), "action": action, "list": list_place(task)}


def _practice(figures: Figures, order: Order) -> dict[str, str]:
    reach = whole_percent(order.rate_to_reach)
    return {
        "number": str(order.indicator),
        "name": str(figures.book.rule(order.indicator).indicator.name),
        "reach": reach if order.rate_to_reach == 1 else sentence("rate_from", rate=reach),
        "rate": percent(order.rate),
    }


def _lead(figures: Figures, unit: UnitFigures, task: Task) -> dict[str, Any]:
    """What is weak in the whole province; `own`: of it the agency's own procedures."""
    number = task.asked.indicator or 0
    whole = figures.province.counts[number]
    failing = (whole.denominator or 0) - (whole.numerator or 0)
    cases, of = count(failing), count(whole.denominator)
    annex = assignments_in_force(figures)
    others = names(annex, number, "coordinating") if annex else ()
    return {
        "number": str(number),
        "gap": about_cases("gap", number, figures.book, cases=cases, of=of),
        "own": count(task.asked.count) if task.asked.count != failing else "",
        "cases": count(task.asked.count),
        "coordinating": [one for one in others if one != str(unit.unit.name)],
    }


def _earlier(figures: Figures, code: str) -> dict[str, Any] | None:
    """The last letter to the agency that has a number, and what became of it; None without one."""
    found = [
        one
        for one in all_outcomes(figures)
        if one.letter.is_issued and one.letter.addressee == code
    ]
    return _cited(found[-1]) if found else None


def _cited(outcome: Outcome) -> dict[str, Any]:
    letter, asks = outcome.letter, outcome.followed
    still_open = sum(ask.still_open for ask in asks)
    mended, untold = sum(ask.mended for ask in asks), sum(ask.untold for ask in asks)
    return {
        "number": letter.number,
        "dated": day(letter.dated) if letter.dated else "",
        "about": letter_rules().about_of(parse_period(letter.period)),
        "deadline": day(letter.deadline) if letter.deadline else "",
        "asked": count(still_open + mended + untold),
        "open": count(still_open) if still_open else "",
        "mended": count(mended) if mended else "",
        "untold": count(untold) if untold else "",
        "is_unanswered": outcome.answered == UNANSWERED,
    }
