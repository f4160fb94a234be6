"""League tables: the agencies of a cohort, best total first."""

from __future__ import annotations

from chiso.base.i18n import _
from chiso.explain import changes_by_agency
from chiso.pages.tables.table import Cell, Field, Table, Value, linked
from chiso.store.figures import Figures, UnitFigures

COHORT_LEVELS = ("so", "huyen", "xa")


def ranking_tables(figures: Figures) -> tuple[Table, ...]:
    """A league table per cohort; units without a total at the end, unranked."""
    found = []
    for code in figures.tree.cohorts:
        units = [unit for unit in figures.units if unit.cohort == code and unit.level != "tinh"]
        if units:
            found.append(_ranking(figures, [unit.code for unit in units], code))
    return tuple(found)


def _ranking(figures: Figures, codes: list[str], cohort: str) -> Table:
    moved = {item.unit.code: item.difference for item in changes_by_agency(figures)}
    entries = sorted((figures.unit(code) for code in codes), key=_order)
    name = figures.tree.cohorts[cohort].name
    caption = _("{cohort}, by total points.").format(cohort=name)
    if figures.tree.cohorts[cohort].partial:
        caption += " " + _("Ranks as published: these are only some of the cohort's agencies.")
    return Table(
        anchor=f"table-ranking-{cohort}",
        sheet=str(name),
        caption=caption,
        fields=(
            Field(_("Rank"), "count"),
            Field(_("Agency")),
            Field(_("Total"), "points"),
            *((Field(_("Change"), "difference"),) if moved else ()),
            Field(_("Class")),
            *(Field(group.code, "points") for group in figures.book.set.groups),
        ),
        rows=[_row(unit, moved) for unit in entries],
    )


def _order(unit: UnitFigures) -> tuple:
    total = unit.standing.total
    return total is None, -(total or 0), unit.unit.code


def _row(unit: UnitFigures, moved: dict) -> list[Value | Cell]:
    standing = unit.standing
    return [
        standing.rank,
        linked(str(unit.unit.name), f"{unit.unit.code}.html"),
        standing.total,
        *([moved.get(unit.unit.code)] if moved else []),
        None if standing.band is None else str(standing.band),
        *unit.groups["points"],
    ]
