"""The workbook of what falls due soon: by agency and day, then dossier by dossier; no personal data."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pandas as pd

from chiso.base.excel import Cover, Sheet
from chiso.base.i18n import _, count, day
from chiso.explain.falling_due import DueSoon
from chiso.measures.falling_due import FallingDue
from chiso.pages.commentary.falling_due import due_words
from chiso.rules.settings import Settings
from chiso.rules.units import Tree
from chiso.rules.working_days import day_of


def due_by_agency(soon: DueSoon) -> pd.DataFrame:
    """A row an agency, by the dossiers that are its own (not of those below it): how many are due by
    day, and how many letters of apology can still go out in time, most first."""
    days = sorted({day for one in soon.agencies for day in one.by_day})
    columns: dict[str, list[object]] = {
        _("Agency"): [str(one.unit.name) for one in soon.agencies],
        _("Letters of apology by {day}").format(day=day(soon.letter_day)): [
            one.letters for one in soon.agencies
        ],
        _("Dossiers due"): [one.cases for one in soon.agencies],
    }
    for on in days:
        columns[_("Due {day}").format(day=day(on))] = [
            one.by_day.get(on, 0) for one in soon.agencies
        ]
    columns[_("Unit code")] = [one.unit.code for one in soon.agencies]
    return pd.DataFrame(columns, dtype=object)


def due_sheets(soon: DueSoon, found: FallingDue, tree: Tree) -> list[Sheet]:
    """By agency, then all dossiers, what is due first first."""
    rows = found.dossiers
    due = [day_of(number) for number in rows["due_day"]]
    columns = {
        _("Agency"): [str(tree.unit(code).name) for code in rows["unit"]],
        _("Record"): rows["dossier_id"],
        _("Procedure code"): rows["procedure_id"],
        _("Procedure"): rows["procedure"],
        _("Received"): _moments(rows["received_s"]),
        _("Due"): _moments(rows["due_s"]),
        _("Letter of apology by"): [soon.letter_of(on) for on in due],
        _("What to do"): [_to_do(soon, on) for on in due],
        _("Unit code"): rows["unit"],
    }
    frame = pd.DataFrame({name: list(values) for name, values in columns.items()}, dtype=object)
    by_agency = due_by_agency(soon)
    kinds = ("text", *["count"] * (len(by_agency.columns) - 2), "text")
    note = _("Dossiers in process due from {today} to {until}, by agency.").format(
        today=day(soon.today), until=day(soon.until)
    )
    listed = _("{number} dossiers in process, what is due first first.").format(
        number=count(len(rows))
    )
    return [
        Sheet(_("By agency"), by_agency, note, kinds=kinds),
        Sheet(_("Dossier records"), frame, listed),
    ]


def due_cover(settings: Settings, soon: DueSoon, found: FallingDue, tree: Tree) -> Cover:
    """What the workbook is about, what is not in it, and how a day is found."""
    facts = [
        (_("Province"), str(tree.unit(tree.province).name)),
        (_("Period"), settings.period.label),
        (_("Looked at"), f"{found.now:%H:%M} {day(found.now)}"),
        (_("Due soon"), " ".join(due_words(soon))),
        (_("Not in the list"), " ".join(left_out_words(found, tree))),
    ]
    if settings.is_illustrative:
        facts.append((_("Mind"), _("Illustrative data: invented, no agency's results.")))
    title = _("Dossiers due soon: {unit}, {day}").format(
        unit=tree.unit(tree.province).name, day=day(soon.today)
    )
    return Cover(title, tuple(facts), _notes(soon))


def left_out_words(found: FallingDue, tree: Tree) -> list[str]:
    """What else is open, so that all that is open is accounted for; whose records can't tell."""
    words = [
        _(
            "{later} dossiers due later, {overdue} overdue already, {waiting} that wait for a"
            " supplement (their time stands still), {no_limit} without a due date and without a term."
        ).format(
            later=count(found.later),
            overdue=count(found.overdue),
            waiting=count(found.waiting),
            no_limit=count(found.no_limit),
        )
    ]
    if found.unknown:
        names = ", ".join(str(tree.unit(code).name) for code in sorted(found.unknown))
        words.append(_("Not known, for the records lack a column: {names}.").format(names=names))
    return words


def _to_do(soon: DueSoon, due: date) -> str | None:
    if due == soon.today:
        return _("due that day: finish it, or send the letter at once if none has been sent")
    if due <= soon.letters_until:
        return _("send the letter by {day} if it can't be finished").format(
            day=day(soon.letter_of(due))
        )
    return None


def _moments(seconds: pd.Series) -> list[datetime]:
    return [datetime(1970, 1, 1) + timedelta(seconds=int(number)) for number in seconds]


def _notes(soon: DueSoon) -> tuple[str, ...]:
    return (
        _(
            "Due is the date of the record, without one the receipt and the procedure's term, later by"
            " the time that the applicant was waited for: as indicator 5 counts it."
        ),
        _(
            "The letter of apology with a new day of return ({form}) is sent before the dossier is due,"
            " at the latest {days} working day(s) before. The records do not say whether one was sent."
        ).format(form=soon.rule.form, days=soon.rule.working_days_before),
        _("An agency's row counts the dossiers that it handles itself, not those below it."),
    )
