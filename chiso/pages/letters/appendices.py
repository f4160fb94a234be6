"""What is attached to a reminder: its results by indicator, and the cases that it asks for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pandas as pd

from chiso.base.excel import Sheet
from chiso.base.i18n import _, count, percent, points
from chiso.base.markdown import Column, division, escape, table
from chiso.contract.letters import MEND, OVERDUE
from chiso.explain.letters import Draft, Task
from chiso.explain.obligations import assignments_in_force
from chiso.pages.tables.cases import case_frame
from chiso.rules.assignments import duties, names
from chiso.rules.letter_rules import letter_rules
from chiso.store.figures import Figures, UnitFigures

_NUMERALS = ("I", "II")


def has_lists(draft: Draft) -> bool:
    """Whether cases are known one by one."""
    return any(task.asked.dossiers for task in draft.tasks)


def places(draft: Draft, workbook: str) -> dict[str, str]:
    """Where the letter says that its results and the lists of its tasks are; `workbook`: the name of
    the file with all cases."""
    if not has_lists(draft):
        return {"results": _("Appendix"), OVERDUE: "", MEND: ""}
    printed = letter_rules().appendix_rows.value
    found = {"results": _numbered(0), MEND: "", OVERDUE: ""}
    for task in draft.tasks:
        if task.asked.dossiers:
            words = {"appendix": _numbered(1), "file": workbook}
            is_cut = len(task.asked.dossiers) > printed
            text = _("list in {appendix} and in {file}") if is_cut else _("list in {appendix}")
            found[task.asked.what] = text.format(**words)
    return found


def appendices(figures: Figures, draft: Draft, workbook: str) -> str:
    """The appendices in the Markdown of a letter."""
    unit = figures.unit(draft.unit.code)
    found = [(_("Results by indicator, {unit}"), [_results(figures, unit, draft)])]
    if has_lists(draft):
        found.append((_("Cases to mend, {unit}"), list(_lists(unit, draft, workbook))))
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


def case_sheets(unit: UnitFigures, draft: Draft) -> list[Sheet]:
    """All cases that a letter asks for, a sheet a task."""
    found = []
    for task in draft.tasks:
        if task.asked.dossiers:
            rows = _rows(unit, task)
            note = f"{unit.unit.name}: {_task_name(unit, task)}"
            number = _("Indicator {number}").format(number=task.asked.indicator)
            name = _("Overdue") if task.asked.what == OVERDUE else number
            found.append(Sheet(name, case_frame(rows, unit.figures.tree), note))
    return found


def _attached() -> str:
    """That it belongs to the letter, whose number and day the clerk writes in."""
    return _("(With letter no. {blank}/{symbol} of {blank}/{blank}/{blank})").format(
        blank="\u2026\u2026", symbol=letter_rules().symbol
    )


def _numbered(place: int) -> str:
    return _("Appendix {number}").format(number=_NUMERALS[place])


def _results(figures: Figures, unit: UnitFigures, draft: Draft) -> str:
    annex = assignments_in_force(figures)
    roles = {one.number: one.role for one in duties(annex, unit.unit)[::-1]} if annex else {}
    lost = {row.indicator: row.points_lost for row in unit.indicators.itertuples()}
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
    return str(table(columns, rows, anchor="results", caption=_caption(figures)).data)


def _caption(figures: Figures) -> str:
    shared = [
        str(rule.indicator.number)
        for rule in figures.book.rules
        if rule.indicator.scope == "province"
    ]
    text = _("Results of {period}; {numbers}: figures of the whole province.")
    return text.format(period=figures.settings.period.label, numbers=", ".join(shared))


def _lists(unit: UnitFigures, draft: Draft, workbook: str) -> Iterator[str]:
    most = letter_rules().appendix_rows.value
    for place, task in enumerate(draft.tasks):
        if not task.asked.dossiers:
            continue
        rows, total = _rows(unit, task), len(task.asked.dossiers)
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
    columns = [Column(_("#"), "right"), *(Column(name) for name in shown)]
    rows = [
        [str(number), *(escape(_cell(value)) for value in row)]
        for number, row in enumerate(frame[shown].itertuples(index=False), start=1)
    ]
    return str(table(columns, rows, anchor=anchor, caption=caption).data)


def _cell(value: object) -> str:
    if value is None or pd.isna(value):
        return "–"
    return f"{value:%d/%m/%Y}" if hasattr(value, "strftime") else str(value)


def _rows(unit: UnitFigures, task: Task) -> pd.DataFrame:
    """The cases of a task, the latest first, each once."""
    cases = unit.cases
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
