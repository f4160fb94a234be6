"""What a row of a contract table must fulfil: the contract's rules as expressions, table by table.

One query answers all of them (why, and not by a library: docs/en/validation.md).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date

import ibis
import ibis.expr.types as ir

from chiso.contract.faults import reason_of
from chiso.contract.tables import Column, ContractTable
from chiso.rules.units import Tree
from chiso.sources.personal import ID, LONGEST_ID, OF_A_PERSON, WITHIN_TEXT

TYPES = {
    "string": "string",
    "int64": "int64",
    "float64": "float64",
    "boolean": "boolean",
    "timestamp": "timestamp(6)",
    "date": "date",
}
# What people's data would reach pages and workbooks as, if a row is shifted.
_IDS = ("dossier_id", "petition_id", "service_id", "procedure_id", "national_id")
_UNITS = ("unit", "agency")
# Moments that can't lie before a dossier was received.
_AFTER_RECEIPT = ("due_at", "done_at", "returned_at", "ended_at")


@dataclass(frozen=True)
class Raw:
    """All rows of a table before the checks.

    `rows`: _file, _sheet, _row, _part, _step (the place of its message in a log, else 0), and of each column its text (t_name) and its value (name,
    empty where the text can't be read); fix_file, fix_sheet, fix_row where rows are corrections.
    A correction has the part of its original. `lacks`: part -> the columns that it does not have,
    though the table does. `days`: file and sheet -> the day on which the export says it was made.
    `ids`: part -> what ids look like there, where its source says so. `keeps_places`: a row stands at
    the same place whenever it is asked for, and is found there without asking the rules again.
    """

    table: ContractTable
    rows: ir.Table
    held: frozenset[str]
    lacks: dict[int, frozenset[str]]
    days: dict[tuple[str, str], date] = field(default_factory=dict)
    ids: dict[int, str] = field(default_factory=dict)
    keeps_places: bool = False


@dataclass(frozen=True)
class Known:
    """What other tables' codes are checked against: units, and procedures if there are any.

    `ambiguous`: names of agencies that fit more than one unit.
    """

    tree: Tree
    ambiguous: frozenset[str]
    procedures: ir.Table | None


@dataclass(frozen=True)
class RowRule:
    """A column, what is wrong with a row that breaks the rule (faults.FAULTS) and in words, and
    whether a row keeps it."""

    column: str
    fault: str
    reason: str
    keeps: ir.BooleanValue


def row_rules(raw: Raw, known: Known) -> list[RowRule]:
    """All rules about the columns that `raw` holds; nothing is run."""
    found: list[RowRule] = []
    for column in raw.table.columns:
        if column.name in raw.held:
            found += [*_of_value(raw.rows, column), *_of_code(raw.rows, known, column)]
    return [*found, *_of_texts(raw), *_of_order(raw)]


def _rule(keeps: ir.BooleanValue, fault: str, column: Column) -> RowRule:
    """A rule about a column; a row about which it can't be told keeps it."""
    return RowRule(column.name, fault, reason_of(fault, column), keeps.fill_null(True))


def _of_value(rows: ir.Table, column: Column) -> Iterator[RowRule]:
    """Within its range."""
    if column.kind in ("timestamp", "date"):
        yield _rule(rows[column.name].year().between(1990, 2100), "years", column)
    if column.allowed:
        yield _rule(rows[column.name].isin(column.allowed), "values", column)


def _of_texts(raw: Raw) -> Iterator[RowRule]:
    """Filled and readable: rules about a cell's text beside its value."""
    for column in raw.table.columns:
        if column.name not in raw.held:
            continue
        text = raw.rows[f"t_{column.name}"]
        if column.filled or column.name in raw.table.key:
            yield _rule(_is_filled(raw, column, text), "empty", column)
        if column.filled and column.kind == "string":
            yield _rule(_has_its_digits(text), "rounded", column)
        if column.name in _IDS:
            yield _rule(_is_id(raw, column, text), "id", column)
        elif column.kind == "string" and column.name not in _UNITS and not column.allowed:
            yield from _of_words(raw, column, text)
        if column.kind != "string":
            fault = "word" if column.allowed else "unreadable"
            yield _rule(text.isnull() | raw.rows[column.name].notnull(), fault, column)


def _of_words(raw: Raw, column: Column, text: ir.StringValue) -> Iterator[RowRule]:
    """Words that pages show or keys are made of: nobody's number or address is among them, and a key
    (of a decision, a period) has a number."""
    yield _rule(~text.re_search(WITHIN_TEXT), "person", column)
    if column.name in raw.table.key:
        yield _rule(text.re_search("[0-9]"), "id", column)


def _is_filled(raw: Raw, column: Column, text: ir.StringValue) -> ir.BooleanValue:
    """Filled, or in a part that does not have the column at all."""
    without = [part for part, lacking in raw.lacks.items() if column.name in lacking]
    return text.notnull() | raw.rows["_part"].isin(without) if without else text.notnull()


def _has_its_digits(text: ir.StringValue) -> ir.BooleanValue:
    """Not 2,20905E+13: as Excel shows a long id that it took for a number."""
    return ~(text.contains("E+") | text.contains("e+"))


def _is_id(raw: Raw, column: Column, text: ir.StringValue) -> ir.BooleanValue:
    """By its form an id, and nobody's number; in parts whose source describes its ids, one of
    those."""
    begins = text.left(1).isin(["0", "8"])
    usual = (text.length() <= LONGEST_ID) & text.re_search(ID)
    usual = usual & ~(begins & text.re_search(OF_A_PERSON))
    # Told as a number that was rounded, where it is one.
    usual = usual | ~_has_its_digits(text)
    if column.name not in raw.table.key:
        return usual
    others = {
        part: text.re_search(f"^({pattern})$") for part, pattern in raw.ids.items() if pattern
    }
    for part, keeps in others.items():
        usual = (raw.rows["_part"] == part).ifelse(keeps, usual)
    return usual


def _of_code(rows: ir.Table, known: Known, column: Column) -> Iterator[RowRule]:
    """Codes that must stand in the tree of units or in the table of procedures."""
    code = rows[column.name]
    if column.name in _UNITS:
        twofold = sorted(known.ambiguous)
        yield _rule(code.isin([*known.tree.by_code, *twofold]), "unit", column)
        if twofold:
            yield _rule(code.notin(twofold), "ambiguous", column)
    if column.name == "procedure_id" and known.procedures is not None:
        yield _rule(code.isin(known.procedures.procedure_id), "procedure", column)


def _of_order(raw: Raw) -> Iterator[RowRule]:
    """Moments of a dossier that can't follow each other."""
    rows = raw.rows
    if raw.table.name != "dossiers" or "received_at" not in raw.held:
        return
    if "submitted_at" in raw.held:
        keeps = rows.received_at >= rows.submitted_at - ibis.interval(days=1)
        yield _rule(keeps, "before_submission", raw.table.column("received_at"))
    for name in _AFTER_RECEIPT:
        if name in raw.held:
            keeps = rows[name] >= rows.received_at
            yield _rule(keeps, "before_receipt", raw.table.column(name))
