"""A later revision of a period that is over, beside the one before it: every agency and indicator that moved, and why."""

from __future__ import annotations

from chiso.base.i18n import _, count, day
from chiso.explain.record_changes import RecordChanges
from chiso.explain.revised import Moves, UnitMove, corrected
from chiso.measures.definitions import needs_of
from chiso.pages.revision_words import (
    KINDS,
    changes_of_records,
    correction_words,
    kind_words,
)
from chiso.pages.tables.moves import agency_cells, agency_fields, count_cells, count_fields
from chiso.pages.tables.table import Cell, Field, Table, Value
from chiso.rules.units import Unit
from chiso.store.figures import Figures


def corrected_agencies(figures: Figures) -> Table:
    """The province and every agency of which any figure or record of its own is another."""
    moves, records = corrected(figures), changes_of_records(figures)
    moved = {one.unit.code: one for one in _all(moves)}
    units = [unit for unit in figures.units if unit.code in moved or unit.code in (records or {})]
    units.sort(key=lambda unit: (unit.level != "tinh", -abs(_size(moved.get(unit.code)))))
    return Table(
        anchor="table-corrected-agencies",
        sheet=_("Agencies"),
        caption=_(
            "The province and all agencies whose figures or records are others than in revision {revision}."
        ).format(revision=moves.since.revision if moves else ""),
        fields=(
            *agency_fields(),
            Field(_("Dossiers added"), "count"),
            Field(_("Dossiers removed"), "count"),
            Field(_("Dossiers changed"), "count"),
            Field(_("Petitions added, removed, changed")),
        ),
        rows=[_agency(unit, moved.get(unit.code), records) for unit in units],
    )


def _agency(
    unit: Unit, move: UnitMove | None, records: dict[str, RecordChanges] | None
) -> list[Value | Cell]:
    own = (records or {}).get(unit.code, RecordChanges())
    dossiers = (own.dossiers_added, own.dossiers_removed, own.dossiers_changed)
    return [
        *agency_cells(unit, move),
        *(dossiers if records is not None else (None, None, None)),
        kind_words(own, "petitions") or None,
    ]


def corrected_indicators(figures: Figures) -> Table:
    """Every indicator that moved, of the province and of every agency, with what became of the records that it
    counts."""
    moves, records = corrected(figures), changes_of_records(figures)
    needs = needs_of(figures.book.set.measures)
    rows: list[list[Value]] = []
    for move in _all(moves):
        own = (records or {}).get(move.unit.code)
        for one in move.changes:
            kinds = tuple(kind for kind in KINDS if kind in needs[one.number])
            rows.append(
                [
                    str(move.unit.name),
                    *count_cells(one),
                    one.difference,
                    _why(own, kinds, records is not None),
                ]
            )
    return Table(
        anchor="table-corrected-indicators",
        sheet=_("Indicators"),
        caption=_("All indicators that moved: {number} rows.").format(number=count(len(rows))),
        fields=(
            Field(_("Agency")),
            *count_fields(),
            Field(_("Change"), "difference"),
            Field(_("Records of the agency")),
        ),
        rows=rows,
    )


def correction_title(moves: Moves) -> str:
    """The page's name: against which revision."""
    return _("Changes since revision {revision} of {day}").format(
        revision=moves.since.revision, day=day(moves.since.stored_on)
    )


def _all(moves: Moves | None) -> tuple[UnitMove, ...]:
    if moves is None:
        return ()
    return (*([moves.province] if moves.province else []), *moves.agencies)


def _size(move: UnitMove | None) -> float:
    return float(move.difference or 0) if move else 0.0


def _why(own: RecordChanges | None, kinds: tuple[str, ...], is_known: bool) -> str:
    if not is_known:
        return _("not known record by record")
    words = correction_words(own, kinds) if own and kinds else ""
    return words or _("no dossier or petition: other lists, parameters or the program")
