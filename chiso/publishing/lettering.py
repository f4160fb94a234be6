"""The letters of a period from the decision to the files and the register."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from chiso.base.errors import InputError
from chiso.base.i18n import _, speaking
from chiso.contract.letters import REMINDER, REPORT, Choice, Letter, id_of
from chiso.explain.letters import Addressed, Draft, addressed, letter_deadline
from chiso.pages.letters.listing import why_addressed
from chiso.publishing.letters import letters_dir, reminder, report, write_documents
from chiso.rules.letter_rules import letter_rules
from chiso.store import letters as register
from chiso.store.figures import Figures


@dataclass(frozen=True)
class Wanted:
    """What the analyst asks for: letters of `units` alone (none: of all), agencies to leave out and
    to add with the reason, on the day of drafting."""

    units: tuple[str, ...]
    leave_out: tuple[str, ...]
    add: tuple[str, ...]
    reason: str
    drafted_on: date


@dataclass(frozen=True)
class Decided:
    """Who gets a letter and who gets none, the letters as the register is to have them, in the order
    of the drafts, the choices to be kept, the letters of the period that were issued before, and the
    report that goes with them (None where only single letters are wanted, or nobody writes it)."""

    addressed: Addressed
    letters: tuple[Letter, ...]
    choices: tuple[Choice, ...]
    issued: tuple[Letter, ...]
    report: Letter | None


def decide(figures: Figures, wanted: Wanted, tell: Callable[[str], None]) -> Decided:
    """Who gets a letter, by the rules and the analyst's choices, those kept before and those made
    now; nothing is kept. ParameterError for an agency that the tree does not have, InputError for a
    choice that can't be carried out; `tell` gets kept choices that the tree no longer knows."""
    period = figures.settings.period.name
    for code in (*wanted.units, *wanted.leave_out, *wanted.add):
        _require_agency(figures, code)
    _require_one_side(wanted)
    made = tuple(
        Choice(period, code, leave_out, wanted.reason, wanted.drafted_on)
        for codes, leave_out in ((wanted.leave_out, True), (wanted.add, False))
        for code in codes
    )
    kept = register.choices(register.register_dir(), period)
    for code in sorted(kept.keys() - figures.tree.by_code.keys()):
        tell(
            _("{folder}: the choice on “{code}” is not used: “{tree}” has no such agency.").format(
                folder=register.register_dir(), code=code, tree=figures.tree.name
            )
        )
    choices = {**kept, **{one.addressee: one for one in made}}
    newest = _newest(period)
    issued = {code for code, one in newest.items() if one.is_issued} - set(wanted.units)
    found = addressed(figures, choices, issued)
    if wanted.units:
        kept_drafts = tuple(one for one in found.drafts if one.unit.code in wanted.units)
        without = tuple(one for one in found.without if one.unit.code in wanted.units)
        found = Addressed(kept_drafts, without)
    _require_drafts(found, wanted)
    letters = tuple(
        _letter(figures, draft, newest.get(draft.unit.code), wanted.drafted_on)
        for draft in found.drafts
    )
    known = figures.tree.by_code
    before = tuple(one for code, one in newest.items() if code in issued and code in known)
    report = None if wanted.units else _report(figures, wanted.drafted_on)
    return Decided(found, letters, made, before, report)


def draft_letters(
    figures: Figures, decided: Decided, tell: Callable[[str], None]
) -> tuple[Path, ...]:
    """Write the drafts and keep letters and choices in the register; returns the files that were
    written now. A letter is in the register only when its files are there."""
    folder = letters_dir(figures.settings.period.name)
    documents = [
        reminder(figures, draft, letter.deadline or letter.drafted_on)
        for draft, letter in zip(decided.addressed.drafts, decided.letters, strict=True)
    ]
    letters = decided.letters
    if decided.report:
        documents.append(report(figures, _in_order(figures, (*letters, *decided.issued))))
        letters = (*letters, decided.report)
    kept = write_documents(folder, documents, tell)
    for one in decided.choices:
        register.choice(
            register.register_dir(),
            one.period,
            one.addressee,
            one.leave_out,
            one.reason,
            one.by_day,
        )
    register.drafted(register.register_dir(), letters)
    if kept and not any(one.is_new for one in kept):
        tell(_("The drafts in {folder} are up to date.").format(folder=folder))
    return tuple(path for one in kept if one.is_new for path in one.files)


def _letter(figures: Figures, draft: Draft, newest: Letter | None, drafted_on: date) -> Letter:
    """The letter of a draft; one that asks the same as before keeps its day and its deadline."""
    settings = figures.settings
    with speaking("vi"):
        reason = why_addressed(draft)
    made = Letter(
        id=id_of(settings.period.name, REMINDER, draft.unit.code),
        kind=REMINDER,
        period=settings.period.name,
        revision=figures.provenance.revision,
        addressee=draft.unit.code,
        asked=tuple(task.asked for task in draft.tasks),
        deadline=letter_deadline(settings, drafted_on),
        drafted_on=drafted_on,
        reason=reason,
    )
    if newest and (newest.asked, newest.reason) == (made.asked, made.reason):
        return replace(made, deadline=newest.deadline, drafted_on=newest.drafted_on)
    return made


def _report(figures: Figures, drafted_on: date) -> Letter | None:
    """The office's report as the register is to have it; None where the tree has no such office."""
    settings, province = figures.settings, figures.tree.province
    if letter_rules().office_of(figures.tree) is None:
        return None
    revision = figures.provenance.revision
    return Letter(
        id=id_of(settings.period.name, REPORT, province),
        kind=REPORT,
        period=settings.period.name,
        revision=revision,
        addressee=province,
        asked=(),
        deadline=None,
        drafted_on=drafted_on,
        # Newer figures make another report.
        reason=f"Báo cáo {settings.period.name}, số liệu lần {revision}",
    )


def _in_order(figures: Figures, letters: Iterable[Letter]) -> list[Letter]:
    places = {code: place for place, code in enumerate(figures.tree.by_code)}
    return sorted(letters, key=lambda one: places[one.addressee])


def _newest(period: str) -> dict[str, Letter]:
    """The last reminder of a period to each agency."""
    found = register.letters(register.register_dir())
    return {one.addressee: one for one in found if one.period == period and one.kind == REMINDER}


def _require_agency(figures: Figures, code: str) -> None:
    unit = figures.tree.unit(code)
    if unit not in figures.agencies:
        raise InputError(
            _("There are no figures of {unit} for {period}.").format(
                unit=code, period=figures.settings.period.name
            ),
            file=figures.settings.folder,
            hint=_("Name an agency below the province that has figures."),
        )


def _require_one_side(wanted: Wanted) -> None:
    both = sorted(set(wanted.leave_out) & set(wanted.add))
    if both:
        raise InputError(
            _("{units} can't be left out and added at once.").format(units=", ".join(both)),
            hint=_("Give each agency to one of the two options."),
        )


def _require_drafts(found: Addressed, wanted: Wanted) -> None:
    """InputError for an agency that is to be added and of which nothing can be asked."""
    for one in found.without:
        if one.unit.code in wanted.add:
            raise InputError(
                _(
                    "Nothing can be asked of {unit}: it loses nothing of its own that it leads."
                ).format(unit=one.unit.name),
                hint=_("Leave --add {code} out.").format(code=one.unit.code),
            )
