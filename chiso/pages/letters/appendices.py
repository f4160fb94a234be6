"""What is attached to a reminder: its results by indicator, and the cases that it asks for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pandas as pd

from chiso.base.excel import Sheet
from chiso.base.i18n import _, count, percent, points
from chiso.base.markdown import Column, division, escape, table
from chiso.contract.letters import OVERDUE
from chiso.explain.letters import Draft, Task
from chiso.explain.obligations import assignments_in_force
from chiso.pages.tables.case_rows import case_frame
from chiso.rules.assignments import duties, names
from chiso.rules.letter_rules import letter_rules
from chiso.store.figures import Figures, UnitFigures

_NUMERALS = ("I", "II")


def results_place(draft: Draft) -> str:
    """Where a letter says that its results are."""
    return _numbered(0) if _has_lists(draft) else _("Appendix")


def list_place(task: Task) -> str:
    """Where a letter says that the cases of a task are listed; empty where they are not known one by
    one."""
    if not task.asked.dossiers:
        return ""
    is_cut = len(task.asked.dossiers) > letter_rules().appendix_rows.value
    text = _("list in {appendix} and in the file beside") if is_cut else _("list in {appendix}")
    return text.format(appendix=_numbered(1))


def appendices(figures: Figures, draft: Draft, cases: pd.DataFrame, workbook: str) -> str:
    """The appendices in the Markdown of a letter; `cases`: those of its addressee."""
    unit = figures.unit(draft.unit.code)
    found = [(_("Results by indicator, {unit}"), [_results(figures, unit, draft)])]
    if _has_lists(draft):
        found.append((_("Cases to mend, {unit}"), list(_lists(unit, draft, cases, workbook))))
    parts = []
    for place, (title, bodies) in enumerate(found):
        name = _numbered(place) if len(found) > 1 else _("Appendix")
        head = [
            division(escape(name), "appendix-name"),
            division(escape(title.format(unit=unit.unit.name).upper()), "appendix-title"),
            division(escape(_attached()), "appendix-of"),
        ]
        parts.append(division("\n\n".join([*head, *bodies]), "appendix"))
    return "\n\n".join(parts)


def case_sheets(unit: UnitFigures, draft: Draft, cases: pd.DataFrame) -> list[Sheet]:
    """All cases that a letter asks for, a sheet a task; `cases`: those of its addressee."""
    found = []
    for task in draft.tasks:
        if task.asked.dossiers:
            rows = _rows(cases, task)
            note = f"{unit.unit.name}: {_task_name(unit, task)}"
            number = _("Indicator {number}").format(number=task.asked.indicator)
            name = _("Overdue") if task.asked.what == OVERDUE else number
            found.append(Sheet(name, case_frame(rows, unit.figures.tree), note))
    return found


def _attached() -> str:
    """That it belongs to the letter, whose number and day the clerk writes in."""
    return _("(With letter no. {blank}/{symbol} of {blank})").format(
        blank="\u2026\u2026", symbol=letter_rules().symbol
    )


def _numbered(place: int) -> str:
    return _("Appendix {number}").format(number=_NUMERALS[place])


def _results(figures: Figures, unit: UnitFigures, draft: Draft) -> str:
    annex = assignments_in_force(figures)
    roles = {one.number: one.role for one in duties(annex, unit.unit)[::-1]} if annex else {}
    lost = {row.indicator: row.points_lost for row in unit.indicator_rows}
    numbers = sorted({task.asked.indicator for task in draft.tasks if task.asked.indicator})
    words, rows = {"lead": _("Lead"), "coordinating": _("Coordinating")}, []
    for number in numbers:
        counted = unit.counts[number]
        role = words.get(roles.get(number, ""), "–")
        found = names(annex, number, "coordinating") if annex else ()
        others = ", ".join(one for one in found if one != str(unit.unit.name))
        rows.append(
            [
                str(number),
                escape(figures.book.rule(number).indicator.name),
                role,
                escape(others),
                escape(f"{count(counted.numerator)}/{count(counted.denominator)}"),
                escape(percent(counted.rate)),
                escape(points(lost.get(number))),
            ]
        )
    columns = [
        Column(_("No."), "right"),
        Column(_("Indicator")),
        Column(_("Role")),
        Column(_("Coordinating")),
        Column(_("Done / all"), "right"),
        Column(_("Rate"), "right"),
        Column(_("Points lost"), "right"),
    ]
    return table(columns, rows, anchor="results", caption=_caption(figures, numbers))


def _caption(figures: Figures, numbers: Sequence[int]) -> str:
    """The period, and which of the indicators are the province's for every agency."""
    scopes = {rule.indicator.number: rule.indicator.scope for rule in figures.book.rules}
    shared = [str(number) for number in numbers if scopes[number] == "province"]
    text = _("Results of {period}.").format(period=figures.settings.period.label)
    if not shared:
        return text
    note = _("Indicator {numbers}: figures of the whole province.")
    return f"{text} {note.format(numbers=', '.join(shared))}"


def _has_lists(draft: Draft) -> bool:
    return any(task.asked.dossiers for task in draft.tasks)


def _lists(unit: UnitFigures, draft: Draft, cases: pd.DataFrame, workbook: str) -> Iterator[str]:
    most = letter_rules().appendix_rows.value
    for place, task in enumerate(draft.tasks):
        if not task.asked.dossiers:
            continue
        rows, total = _rows(cases, task), len(task.asked.dossiers)
        caption = (
            _("{task}: {cases} cases")
            if total <= most
            else _("{task}: {cases} cases, the first {shown}; all of them in {file}")
        )
        caption = caption.format(
            task=_task_name(unit, task), cases=count(total), shown=count(most), file=workbook
        )
        frame = case_frame(rows.head(most), unit.figures.tree)
        yield _case_table(frame, task, f"cases-{place}", f"{caption}.")


def _case_table(frame: pd.DataFrame, task: Task, anchor: str, caption: str) -> str:
    shown = [_("Record"), _("Unit"), _("Procedure"), _("Received")]
    shown += [_("Due"), _("Days late")] if task.asked.what == OVERDUE else [_("Reason")]
    # What is the same in every row is said by the title of the appendix or of the task.
    alike = [name for name in (_("Unit"), _("Reason")) if frame[name].nunique() < 2]
    shown = [name for name in shown if name not in alike]
    numbers = (_("Days late"),)
    columns = [Column(name, "right" if name in numbers else "left") for name in shown]
    columns.insert(0, Column(_("#"), "right"))
    rows = [
        [str(number), *(escape(_cell(value)) for value in row)]
        for number, row in enumerate(frame[shown].itertuples(index=False), start=1)
    ]
    return table(columns, rows, anchor=anchor, caption=caption)


def _cell(value: object) -> str:
    if value is None or pd.isna(value):
        return "–"
    return f"{value:%d/%m/%Y}" if hasattr(value, "strftime") else str(value)


def _rows(cases: pd.DataFrame, task: Task) -> pd.DataFrame:
    """The cases of a task, the latest first, each once."""
    own: Sequence[bool] = cases["id"].isin(list(task.asked.dossiers))
    rows = cases[(cases["indicator"] == task.asked.indicator) & own]
    rows = rows.sort_values(["days_late", "id"], ascending=[False, True], na_position="last")
    return rows.drop_duplicates("id")


def _task_name(unit: UnitFigures, task: Task) -> str:
    number = task.asked.indicator or 0
    if task.asked.what == OVERDUE:
        return _("Overdue and open")
    name = unit.figures.book.rule(number).indicator.name
    return _("Indicator {number} ({name})").format(number=number, name=name)
