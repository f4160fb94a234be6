"""All agencies, for the index: what its script searches, filters and sorts."""

from __future__ import annotations

from collections.abc import Collection

from chiso.base.i18n import _
from chiso.base.markdown import escape
from chiso.pages.tables.table import Cell, Field, Table, linked, worded
from chiso.store.figures import Figures


def agency_table(
    figures: Figures, failed: Collection[str] = (), absent: Collection[str] = ()
) -> Table:
    """Link, cohort, total, class and rank of every agency; what failed or was not made."""
    rows = []
    for unit in figures.units:
        standing = figures.standing(unit.code)
        rank = f"{standing.rank}/{standing.cohort_size or '–'}" if standing.rank else "–"
        name = str(unit.name)
        rows.append(
            [
                name if unit.code in absent else linked(name, f"{unit.code}.html"),
                str(figures.tree.cohorts[unit.cohort].name),
                standing.total,
                "–" if standing.band is None else str(standing.band),
                worded(standing.rank, rank),
                _state(unit.code, failed, absent),
            ]
        )
    return Table(
        anchor="table-agencies",
        sheet=_("All agencies"),
        caption=_("{number} agencies, {period}.").format(
            number=len(rows), period=figures.settings.period.label
        ),
        fields=(
            Field(_("Agency")),
            Field(_("Cohort")),
            Field(_("Total"), "points"),
            Field(_("Class")),
            Field(_("Rank"), "count"),
            Field(_("Report")),
        ),
        rows=rows,
        wrapper="searchable",
        words={
            "search": _("Search by name"),
            "cohort": _("Cohort"),
            "band": _("Class"),
            "all": _("all"),
            "shown": _("{number} agencies shown").format(number="#"),
        },
    )


def _state(code: str, failed: Collection[str], absent: Collection[str]) -> Cell:
    if code in failed:
        word = _("failed")
        return Cell(word, f"[{escape(word)}]{{.failed}}")
    word = _("not made") if code in absent else _("ready")
    return Cell(word, escape(word))
