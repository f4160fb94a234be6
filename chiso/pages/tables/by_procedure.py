"""The procedures of an agency by the points that they cost it."""

from __future__ import annotations

from fractions import Fraction

from chiso.base.i18n import _, count
from chiso.explain.by_procedure import costs_by_procedure
from chiso.pages.tables.handling import term_units
from chiso.pages.tables.table import Field, Table, unbroken
from chiso.store.figures import UnitFigures

# As many as a reader can act on; the workbook of cases has every record.
_SHOWN = 50
_INDICATORS = 3


def procedure_cost_table(unit: UnitFigures) -> Table:
    """Procedures with points at stake, most first; no rows from counts alone or without dossiers."""
    found = costs_by_procedure(unit)
    units = term_units() | {"": None}
    return Table(
        anchor="table-procedure-costs",
        sheet=_("Procedures by points"),
        caption=_(
            "Procedures by the points at stake, {shown} of {number}: the points that the agency loses"
            " of its own on an indicator are divided among its failing cases alike; the indicators"
            " named are those with most of them. Late: not on time by indicator 5. Average time:"
            " dossiers received in the period and returned, in the procedure's unit of term."
        ).format(shown=count(min(_SHOWN, len(found))), number=count(len(found))),
        fields=(
            Field(_("Procedure")),
            Field(_("Points at stake"), "points"),
            Field(_("Indicators")),
            Field(_("Dossiers"), "count"),
            Field(_("Late"), "count"),
            Field(_("Share late"), "percent"),
            Field(_("Average time"), "time"),
            Field(_("Longest term"), "count"),
            Field(_("Unit of term")),
        ),
        rows=[
            [
                one.name,
                one.points,
                unbroken(", ".join(map(str, one.numbers[:_INDICATORS]))) if one.numbers else None,
                one.dossiers,
                one.late,
                Fraction(one.late, one.dossiers) if one.dossiers and one.late is not None else None,
                one.mean,
                one.max_term,
                units[one.term_unit],
            ]
            for one in found[:_SHOWN]
        ],
        wrapper="short",
    )
