"""What a row of a contract table must fulfil: the contract as a pandera schema, table by table.

The schema is pandera's, so its own executor can hold any table against it; `rules` hands out the
same checks as expressions, so that one query can answer all of them (why: docs/validation.md).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

import ibis
import ibis.expr.types as ir

from chiso.contract.faults import reason_of
from chiso.contract.tables import Column, Table
from chiso.rules.units import Tree

if TYPE_CHECKING:
    from pandera.ibis import Check, DataFrameSchema

TYPES = {
    "string": "string",
    "int64": "int64",
    "float64": "float64",
    "boolean": "boolean",
    "timestamp": "timestamp(6)",
    "date": "date",
}
# Moments that can't lie before a dossier was received.
_AFTER_RECEIPT = ("due_at", "done_at", "returned_at", "ended_at")
Cells = Callable[[ir.Table, str], ir.BooleanValue]


@dataclass(frozen=True)
class Raw:
    """All rows of a table before the checks.

    `rows`: _file, _sheet, _row, _part, _step (the place of its message in a log, else 0), and of each column its text (t_name) and its value (name,
    empty where the text can't be read); fix_file, fix_sheet, fix_row where rows are corrections.
    A correction has the part of its original. `lacks`: part -> the columns that it does not have,
    though the table does. `days`: file and sheet -> the day on which the export says it was made.
    """

    table: Table
    rows: ir.Table
    held: frozenset[str]
    lacks: dict[int, frozenset[str]]
    days: dict[tuple[str, str], date] = field(default_factory=dict)


@dataclass(frozen=True)
class Known:
    """What other tables' codes are checked against: units, and procedures if there are any.

    `ambiguous`: names of agencies that fit more than one unit.
    """

    tree: Tree
    ambiguous: frozenset[str]
    procedures: ir.Table | None


@dataclass(frozen=True)
class Rule:
    """A column, what is wrong with a row that breaks the rule (faults.FAULTS) and in words, and
    whether a row keeps it."""

    column: str
    fault: str
    reason: str
    keeps: ir.BooleanValue


def schema_of(raw: Raw, known: Known) -> DataFrameSchema:
    """The contract of the columns that `raw` holds, as a pandera schema for Ibis tables."""
    import pandera.ibis as pa  # deferred: takes a second

    columns = {
        column.name: pa.Column(
            ibis.dtype(TYPES[column.kind]),
            checks=[*_of_value(column), *_of_code(known, column)],
            nullable=True,
        )
        for column in raw.table.columns
        if column.name in raw.held
    }
    checks = [*_of_texts(raw), *_of_order(raw)]
    return pa.DataFrameSchema(columns, checks=checks, name=raw.table.name)


def rules(schema: DataFrameSchema, rows: ir.Table) -> list[Rule]:
    """Every check of the schema as an expression over `rows`; nothing is run."""
    found = [
        (name, check, check(rows, name))
        for name, column in schema.columns.items()
        for check in column.checks
    ]
    found += [(check.name, check, check(rows)) for check in schema.checks]
    return [
        Rule(name, check.title, check.error, result.check_output) for name, check, result in found
    ]


def _check(keeps: Cells, fault: str, column: Column, of_row: bool = False) -> Check:
    """A rule about the cells of `column`, or, `of_row`, about them and others of the row. Cells
    about which it can't be told keep it.

    pandera's ready checks are not used: their outcome is a table that its executor puts back
    beside the rows by position, once for each check.
    """
    import pandera.ibis as pa

    def outcome(data: Any) -> ir.BooleanValue:
        return keeps(data.table, column.name).fill_null(True)

    reason = reason_of(fault, column)
    return pa.Check(outcome, title=fault, error=reason, name=column.name if of_row else None)


def _of_value(column: Column) -> Iterator[Check]:
    """Within its range."""
    if column.kind in ("timestamp", "date"):
        yield _check(lambda rows, name: rows[name].year().between(1990, 2100), "years", column)
    if column.allowed:
        yield _check(lambda rows, name: rows[name].isin(column.allowed), "values", column)


def _of_texts(raw: Raw) -> Iterator[Check]:
    """Filled and readable: rules about a cell's text beside its value."""
    for column in raw.table.columns:
        name = column.name
        if name not in raw.held:
            continue
        if column.filled or name in raw.table.key:
            absent = [part for part, lacking in raw.lacks.items() if name in lacking]
            yield _check(_is_filled(absent), "empty", column, of_row=True)
        if column.filled and column.kind == "string":
            yield _check(_has_its_digits, "rounded", column, of_row=True)
        if column.kind != "string":
            yield _check(_is_readable, "unreadable", column, of_row=True)


def _is_filled(parts_without: list[int]) -> Cells:
    """Filled, or in a part that does not have the column at all."""

    def keeps(rows: ir.Table, name: str) -> ir.BooleanValue:
        filled = rows[f"t_{name}"].notnull()
        return filled | rows["_part"].isin(parts_without) if parts_without else filled

    return keeps


def _has_its_digits(rows: ir.Table, name: str) -> ir.BooleanValue:
    """Not 2,20905E+13: as Excel shows a long id that it took for a number."""
    text = rows[f"t_{name}"]
    return ~(text.contains("E+") | text.contains("e+"))


def _is_readable(rows: ir.Table, name: str) -> ir.BooleanValue:
    return rows[f"t_{name}"].isnull() | rows[name].notnull()


def _of_code(known: Known, column: Column) -> Iterator[Check]:
    """Codes that must stand in the tree of units or in the table of procedures."""
    if column.name in ("unit", "agency"):
        codes, twofold = list(known.tree.by_code), sorted(known.ambiguous)
        yield _check(lambda rows, key: rows[key].isin([*codes, *twofold]), "unit", column)
        if twofold:
            yield _check(lambda rows, key: rows[key].notin(twofold), "ambiguous", column)
    if column.name == "procedure_id" and known.procedures is not None:
        listed = known.procedures.procedure_id
        yield _check(lambda rows, key: rows[key].isin(listed), "procedure", column)


def _of_order(raw: Raw) -> Iterator[Check]:
    """Moments of a dossier that can't follow each other."""
    if raw.table.name != "dossiers" or "received_at" not in raw.held:
        return
    if "submitted_at" in raw.held:
        yield _check(
            lambda rows, name: rows[name] >= rows.submitted_at - ibis.interval(days=1),
            "before_submission",
            raw.table.column("received_at"),
            of_row=True,
        )
    for name in _AFTER_RECEIPT:
        if name in raw.held:
            yield _check(
                lambda rows, name: rows[name] >= rows.received_at,
                "before_receipt",
                raw.table.column(name),
                of_row=True,
            )
