"""What the tables of moves between revisions have in common: an agency's totals, an indicator's counts."""

from __future__ import annotations

from chiso.base.i18n import _
from chiso.explain.comparison import Change
from chiso.explain.revised import UnitMove
from chiso.pages.tables.table import Cell, Field, Value, linked
from chiso.rules.units import Unit


def agency_fields() -> tuple[Field, ...]:
    """The columns that `agency_cells` fills."""
    return (
        Field(_("Agency")),
        Field(_("Total before"), "points"),
        Field(_("Total now"), "points"),
        Field(_("Change"), "difference"),
    )


def agency_cells(unit: Unit, move: UnitMove | None) -> list[Value | Cell]:
    """An agency, linked to its page, and its totals; nulls where none of its figures moved."""
    totals = (move.before, move.after, move.difference) if move else (None, None, None)
    return [linked(str(unit.name), f"{unit.code}.html"), *totals]


def count_fields() -> tuple[Field, ...]:
    """The columns that `count_cells` fills."""
    return (
        Field(_("No."), "count"),
        Field(_("Indicator")),
        Field(_("Numerator before"), "count"),
        Field(_("Denominator before"), "count"),
        Field(_("Numerator now"), "count"),
        Field(_("Denominator now"), "count"),
    )


def count_cells(one: Change) -> list[Value]:
    """An indicator and its counts before and now."""
    return [
        one.number,
        one.label,
        one.numerator_before,
        one.denominator_before,
        one.numerator_after,
        one.denominator_after,
    ]
