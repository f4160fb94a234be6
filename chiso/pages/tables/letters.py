"""Letters and what became of them, and obligations that are no figures, as tables."""

from __future__ import annotations

from chiso.base.i18n import _, count, day
from chiso.contract.owed import DOING, DONE, NOT_DONE
from chiso.explain.outcomes import Outcome, last_outcomes, summary
from chiso.explain.owed import Owed, is_in_use, owed_in
from chiso.pages.commentary.outcomes import answer_words
from chiso.pages.tables.table import Cell, Field, Table, linked
from chiso.store.figures import Figures, UnitFigures


def outcome_table(figures: Figures) -> Table:
    """The letters of the period before that were issued, in the order of their register."""
    found = [one for one in last_outcomes(figures) if one.letter.is_issued]
    return Table(
        anchor="table-letters",
        sheet=_("Letters"),
        caption=_(
            "What was asked case by case. Mended: the records hold its end, or it no longer stands"
            " among the cases that fail. No figures: nothing was measured of it after the letter."
        ),
        fields=(
            Field(_("Agency")),
            Field(_("Letter")),
            Field(_("Deadline")),
            Field(_("Asked"), "count"),
            Field(_("Mended"), "count"),
            Field(_("Still open"), "count"),
            Field(_("No figures"), "count"),
            Field(_("Answer")),
        ),
        rows=[
            [
                _agency(figures, one.letter.addressee),
                f"{one.letter.number}, {day(one.letter.dated)}" if one.letter.dated else None,
                day(one.letter.deadline) if one.letter.deadline else None,
                *_numbers(one),
                answer_words(one),
            ]
            for one in found
        ],
    )


def _numbers(one: Outcome) -> list[int | None]:
    """Cases asked, mended, still open and untold; none of a letter that asks for no cases."""
    found = summary([one])
    if not found.asked:
        return [None] * 4
    return [found.asked, found.mended, found.still_open, found.untold]


def unit_owed_table(page: UnitFigures) -> Table:
    """What the agency owes besides the indicators; empty while nobody reports on anything."""
    figures = page.figures
    owed = [one for one in _owed(figures) if one.agency == page.unit.code]
    return Table(
        anchor="table-owed",
        sheet=_("Obligations besides"),
        caption=_("As reported by {day}; not reported does not mean not done.").format(
            day=day(figures.settings.as_of)
        ),
        fields=(
            Field(_("Obligation")),
            Field(_("By when")),
            Field(_("State")),
            Field(_("Since")),
            Field(_("Evidence")),
        ),
        rows=[
            [
                str(one.obligation.name),
                _by_when(one),
                _state(one),
                day(one.since) if one.since else None,
                one.evidence or None,
            ]
            for one in owed
        ],
    )


def open_owed_table(figures: Figures) -> Table:
    """What was reported as open, what is longest open first; how many are not reported."""
    owed = _owed(figures)
    found = sorted((one for one in owed if one.is_open), key=lambda one: str(one.since))
    untold = sum(one.state is None for one in owed)
    done = sum(one.state == DONE for one in owed)
    return Table(
        anchor="table-open-owed",
        sheet=_("Obligations besides"),
        caption=_(
            "Reported as open by {day}: {open}; as done: {done}; not reported, so not known: {untold}."
        ).format(
            day=day(figures.settings.as_of),
            open=count(len(found)),
            done=count(done),
            untold=count(untold),
        ),
        fields=(
            Field(_("Agency")),
            Field(_("Obligation")),
            Field(_("By when")),
            Field(_("State")),
            Field(_("Since")),
        ),
        rows=[
            [
                _agency(figures, one.agency, one.name),
                str(one.obligation.name),
                _by_when(one),
                _state(one),
                day(one.since) if one.since else None,
            ]
            for one in found
        ],
    )


def _owed(figures: Figures) -> tuple[Owed, ...]:
    """What is owed on the last day of the figures; nothing while the register is not in use."""
    owed = owed_in(figures, figures.settings.as_of)
    return owed if is_in_use(owed) else ()


def _agency(figures: Figures, code: str, name: str = "") -> Cell | str:
    """Its name, which leads to its page where it has one."""
    unit = figures.tree.by_code.get(code)
    if unit is None:
        return name or code
    return linked(str(unit.name), f"{code}.html") if unit in figures.units else str(unit.name)


def _by_when(one: Owed) -> str:
    due = one.obligation.due
    if due is None:
        return str(one.obligation.deadline)
    return _("{day}, passed").format(day=day(due)) if one.is_past else day(due)


def _state(one: Owed) -> str:
    if one.state is None:
        return _("not reported")
    return {DONE: _("done"), DOING: _("under way"), NOT_DONE: _("not done")}[one.state]
