"""Who gets a letter and who gets none, as text for a terminal."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from chiso.base.i18n import _, count, day, percent, some_units
from chiso.contract.letters import PRACTICE, Letter
from chiso.explain.letters import (
    ADDED,
    ASKED_ABOVE,
    CHANCE,
    ISSUED,
    LEADS,
    LEFT_OUT,
    NOT_LEAD,
    NOT_NAMED,
    NOT_OWN,
    NOTHING_LOST,
    OWN,
    SILENT,
    STAY,
    WITHOUT_DOSSIERS,
    Addressed,
    Draft,
    Task,
    Unaddressed,
)
from chiso.explain.proposals import Proposal
from chiso.pages.letters.asked import asked_words
from chiso.rules.owed_rules import load_obligations
from chiso.store.figures import Figures

# Of agencies without a letter so many are named for one reason; the others are counted.
_NAMED = 12


def listing(figures: Figures, found: Addressed, letters: Iterable[Letter]) -> str:
    """Each addressee with the reason, the figures and what is asked until when (`letters`: as they
    would be kept), then all that get none, by reason."""
    obligations = load_obligations(figures.settings.units, figures.tree)
    deadlines = {one.addressee: one.deadline for one in letters}
    lines = [_("Letters: {number}").format(number=count(len(found.drafts)))]
    for draft in found.drafts:
        lines += ["", f"{draft.unit.name} ({draft.unit.code}): {why_addressed(draft)}"]
        for task in draft.tasks:
            words = asked_words(task.asked, figures.book, obligations)
            lines.append(f"  - {words}{_figures(task)}")
        deadline = deadlines[draft.unit.code]
        lines += ["  " + _("until {day}").format(day=day(deadline))] if deadline else []
    lines += ["", _("No letter: {number}").format(number=count(len(found.without)))]
    order = Counter(one.why for one in found.without)
    for why, number in sorted(order.items(), key=lambda item: -item[1]):
        these = [one for one in found.without if one.why == why]
        lines.append(f"  {_why_none()[why]} ({count(number)}): {_names(these)}")
    return "\n".join(lines)


def proposed(found: Sequence[Proposal]) -> str:
    """For whom the report proposes something, and what it stands on."""
    lines = [_("Proposed in the report: {number}").format(number=count(len(found)))]
    for one in found:
        steps = [step.propose for step in (one.for_repeated, one.for_unanswered) if step]
        lines.append(f"{one.unit.name} ({one.unit.code}): {'; '.join(steps)}")
        for item in one.repeated:
            letters = ", ".join(str(each.outcome.letter.number) for each in item.before)
            lines.append(
                "  - "
                + _("indicator {indicator}: {times} periods, after {letters}").format(
                    indicator=item.indicator, times=count(item.times), letters=letters
                )
            )
        if one.for_unanswered:
            letters = ", ".join(str(each.letter.number) for each in one.unanswered)
            lines.append("  - " + _("no answer in the register: {letters}").format(letters=letters))
    return "\n".join(lines)


def why_addressed(draft: Draft) -> str:
    """Why an agency gets a letter, in words that the register keeps."""
    if draft.why == ADDED and draft.choice:
        return _("added by the analyst: {reason}").format(reason=draft.choice.reason)
    words = {
        OWN: _("own results fall short: indicators {numbers}"),
        LEADS: _("leads what is weak in the province: indicators {numbers}"),
    }
    numbers = sorted({task.asked.indicator for task in draft.tasks if task.asked.indicator})
    if not numbers:
        return _("tasks not done in time")
    return words[draft.why].format(numbers=", ".join(map(str, numbers)))


def _figures(task: Task) -> str:
    """What the figures say of a task; nothing where it stands on none."""
    order = task.order
    if order is None:
        return ""
    words = _("{rate} now, {whole} as a whole")
    if task.asked.what == PRACTICE:
        words = _("{rate} now, {whole} as a whole, {reach} to be reached")
    return ": " + words.format(
        rate=percent(order.rate),
        whole=percent(order.whole_rate),
        reach=percent(order.rate_to_reach),
    )


def _names(found: list[Unaddressed]) -> str:
    named = [
        f"{one.unit.name} ({one.choice.reason})" if one.choice else str(one.unit.name)
        for one in found
    ]
    return some_units(named, _NAMED)


def _why_none() -> dict[str, str]:
    return {
        LEFT_OUT: _("left out by the analyst"),
        ISSUED: _("the letter of this period has its number already"),
        SILENT: _("no figures handed in"),
        WITHOUT_DOSSIERS: _("no dossiers in the period"),
        NOTHING_LOST: _("no points lost"),
        NOT_OWN: _("no points lost of its own (shared, structural or the chance of few cases)"),
        NOT_LEAD: _("named only for what it does not lead"),
        ASKED_ABOVE: _("asked through the agency above it"),
        CHANCE: _("no more failures than chance may bring"),
        STAY: _("loses points by what has happened; counts alone do not say what is still open"),
        NOT_NAMED: _("loses points, not clearly more than the others of its cohort"),
    }
