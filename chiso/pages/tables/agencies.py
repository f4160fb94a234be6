"""All agencies, for the index: what its script searches, filters and sorts."""

from __future__ import annotations

from collections.abc import Collection

from chiso.base.i18n import _, points
from chiso.base.markdown import escape
from chiso.explain.ownership import has_dossiers
from chiso.pages.tables.standings import costliest, order, shown_rank, total_cell
from chiso.pages.tables.table import Cell, Field, Table, Value, linked, worded
from chiso.store.figures import Figures, UnitFigures


def agency_table(
    figures: Figures, failed: Collection[str] = (), absent: Collection[str] = ()
) -> Table:
    """Every agency by cohort and rank: link, total and class, and the indicator that costs most of
    its own points; what failed or was not made."""
    cohorts = list(figures.tree.cohorts)
    units = [figures.unit(unit.code) for unit in figures.units]
    units.sort(key=lambda unit: (cohorts.index(unit.unit.cohort), order(unit)))
    return Table(
        anchor="table-agencies",
        sheet=_("All agencies"),
        caption=_("{number} agencies, {period}.").format(
            number=len(units), period=figures.settings.period.label
        ),
        fields=(
            Field(_("Rank"), "count"),
            Field(_("Agency")),
            Field(_("Cohort")),
            Field(_("Total"), "points"),
            Field(_("Class")),
            Field(_("Costliest indicator of its own")),
        ),
        rows=[_row(unit, failed, absent) for unit in units],
        wrapper="searchable",
        words={
            "search": _("Search by name"),
            "cohort": _("Cohort"),
            "band": _("Class"),
            "all": _("all"),
            "reset": _("Show all"),
            "shown": _("{number} agencies shown").format(number="#"),
        },
    )


def _row(unit: UnitFigures, failed: Collection[str], absent: Collection[str]) -> list[Value | Cell]:
    standing, code, name = unit.standing, unit.unit.code, str(unit.unit.name)
    rank = shown_rank(unit)
    return [
        worded(rank, f"{rank}/{standing.cohort_size or '–'}" if rank else "–"),
        name if code in absent else linked(name, f"{code}.html"),
        str(unit.figures.tree.cohorts[unit.unit.cohort].name),
        total_cell(unit),
        "–" if standing.band is None else str(standing.band),
        _remark(unit, failed, absent),
    ]


def _remark(unit: UnitFigures, failed: Collection[str], absent: Collection[str]) -> Cell:
    """Where the unit loses most points of its own, and what became of its page if it is not there."""
    worst = _worst(unit)
    if unit.unit.code in failed:
        word = _("report failed")
        return Cell(word, f"[{escape(word)}]{{.failed}}")
    if unit.unit.code in absent:
        word = _("no report made")
        worst = f"{worst} ({word})"
    return worded(worst, worst)


def _worst(unit: UnitFigures) -> str:
    if not has_dossiers(unit):
        return _("no dossiers")
    lost = costliest(unit)
    if lost is None:
        return "–"
    book = unit.figures.book
    indicator = book.rule(lost.numbers[0]).indicator
    name = indicator.name
    if len(lost.numbers) > 1:
        name = next(one.name for one in book.set.groups if one.code == indicator.group)
    return _("{name}: {points} points lost").format(name=name, points=points(lost.own))
