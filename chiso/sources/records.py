"""Contract tables from a folder of Parquet, CSV and Excel files, bad rows set aside with reasons.

Files are named after their table (dossiers.parquet, dossiers-2022-09.csv, petitions.xlsx); a table
may have several. Checks run in DuckDB on the files as they lie, so rows that are accepted are never
copied. Columns that no contract names, personal ones among them, are not read.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import ibis
import ibis.expr.types as ir
import pandas as pd

from chiso.contracts import TABLES, Column, Table
from chiso.errors import InputError
from chiso.i18n import _
from chiso.sources.workbooks import read_workbook
from chiso.units import Tree

ENDINGS = (".parquet", ".csv", ".xlsx", ".xls")
SET_ASIDE_COLUMNS = ["table", "file", "sheet", "row", "column", "value", "reason"]
COUNT_COLUMNS = ["table", "file", "rows_in", "accepted", "set_aside"]
_TYPES = {
    "string": "VARCHAR",
    "int64": "BIGINT",
    "float64": "DOUBLE",
    "boolean": "BOOLEAN",
    "timestamp": "TIMESTAMP",
    "date": "DATE",
}
_YES, _NO = ("true", "t", "1", "yes", "có", "x"), ("false", "f", "0", "no", "không")
_DAYS = ["%d/%m/%Y %H:%M:%S", "%d/%m/%Y %H:%M", "%d/%m/%Y"]


@dataclass(frozen=True)
class Records:
    """Accepted rows by table (Ibis, canonical names and types), and what was set aside.

    `set_aside`: a line for each reason of each bad row (SET_ASIDE_COLUMNS; row counts as in the
    file, the header included). `counts`: rows in = accepted + set aside, by file (COUNT_COLUMNS).
    """

    tables: dict[str, ir.Table]
    set_aside: pd.DataFrame
    counts: pd.DataFrame


@dataclass(frozen=True)
class Sheet:
    """Rows of one file or sheet as DuckDB reads them: `relation` is SQL after FROM; a column of
    `types` is as the file types it, else text; `first_row` is the row number of the first one."""

    file: str
    sheet: str
    relation: str
    types: dict[str, str]
    first_row: int


@dataclass(frozen=True)
class Check:
    """What can be wrong with a column: an SQL condition, and the reason in the reader's words."""

    column: str
    condition: str
    reason: str


def load_records(folder: Path, tree: Tree) -> Records:
    """The records in `folder`, checked against the contract and the units of `tree`.

    Raises InputError for what makes a file unreadable: no table, a missing key column, a broken or
    empty file, text that is not UTF-8.
    """
    connection = ibis.duckdb.connect()
    raw = connection.con
    tables: dict[str, ir.Table] = {}
    aside, counts = [], []
    for table in sorted(TABLES.values(), key=lambda item: item.name != "procedures"):
        sheets = list(_sheets(raw, folder, table))
        if not sheets:
            continue
        held = _columns_of(sheets)
        _create_raw(raw, table, sheets, held)
        checks = list(_checks(table, held, tree, "procedures" in tables))
        _create_accepted(raw, table, held, checks)
        aside.append(_set_aside(raw, table, checks))
        counts.append(_counts(raw, table))
        tables[table.name] = connection.table(table.name)
    if not tables:
        raise InputError(
            _("There is no table of records in this folder."),
            file=folder,
            hint=_("Put files like dossiers.parquet, dossiers.csv or dossiers.xlsx there."),
        )
    return Records(
        tables, pd.concat(aside, ignore_index=True), pd.concat(counts, ignore_index=True)
    )


def _sheets(raw: duckdb.DuckDBPyConnection, folder: Path, table: Table) -> Iterator[Sheet]:
    """Every sheet of the table's files, in the order of their names."""
    for path in sorted(folder.glob(f"{table.name}*")):
        named = path.stem == table.name or path.stem[len(table.name)] in "-_ ."
        if not named or path.suffix.lower() not in ENDINGS:
            continue
        if path.suffix.lower() in (".xlsx", ".xls"):
            found = _workbook_sheets(raw, path, table)
        else:
            found = [_file_sheet(raw, path)]
        for sheet in found:
            absent = [name for name in table.needed if name not in sheet.types]
            if absent:
                raise InputError(
                    _("These columns are missing: {columns}.").format(columns=", ".join(absent)),
                    file=path,
                    hint=_("The first row must have the columns {columns}.").format(
                        columns=", ".join(table.needed)
                    ),
                )
            yield sheet


def _file_sheet(raw: duckdb.DuckDBPyConnection, path: Path) -> Sheet:
    """A Parquet file with its types, or a CSV file as text."""
    place = "'" + str(path).replace("'", "''") + "'"
    parquet = path.suffix.lower() == ".parquet"
    relation = f"read_parquet({place})" if parquet else f"read_csv({place}, all_varchar=true)"
    try:
        described = raw.execute(f"DESCRIBE SELECT * FROM {relation}").fetchall()
        raw.execute(f"SELECT count(*) FROM {relation}")
    except duckdb.Error as error:
        raise InputError(
            _("This file can't be read as a table ({problem}).").format(
                problem=str(error).splitlines()[0]
            ),
            file=path,
            hint=_("Save it again as Parquet or as CSV UTF-8."),
        ) from None
    types = {str(name): str(kind) for name, kind, *_rest in described}
    numbered = f"(SELECT *, row_number() OVER () AS _number FROM {relation})"
    return Sheet(path.name, "", numbered, types, 1 if parquet else 2)


def _workbook_sheets(raw: duckdb.DuckDBPyConnection, path: Path, table: Table) -> list[Sheet]:
    """The sheets of a workbook that have the table's header; every cell is text."""
    sheets = []
    for number, (name, first_row, frame) in enumerate(read_workbook(path, table.needed)):
        view = f"{table.name}_{path.stem}_{number}"
        frame = frame.assign(_number=range(1, len(frame) + 1))
        raw.register(view, frame)
        types = dict.fromkeys(frame.columns[:-1], "VARCHAR")
        sheets.append(Sheet(path.name, name, f'"{view}"', types, first_row))
    return sheets


def _columns_of(sheets: list[Sheet]) -> set[str]:
    return {name for sheet in sheets for name in sheet.types}


def _create_raw(
    raw: duckdb.DuckDBPyConnection, table: Table, sheets: list[Sheet], held: set[str]
) -> None:
    """A view of all rows: each column as its text (t_...) and as its value, and where it stands."""
    selects = []
    for sheet in sheets:
        parts = [f"'{_quoted(sheet.file)}' AS _file", f"'{_quoted(sheet.sheet)}' AS _sheet"]
        parts.append(f"_number + {sheet.first_row - 1} AS _row")
        for column in table.columns:
            if column.name in held:
                text, value = _read(column, sheet.types.get(column.name))
                parts += [f"{text} AS t_{column.name}", f"{value} AS {column.name}"]
        selects.append(f"SELECT {', '.join(parts)} FROM {sheet.relation}")
    raw.execute(f"CREATE VIEW raw_{table.name} AS {' UNION ALL '.join(selects)}")


def _read(column: Column, typed: str | None) -> tuple[str, str]:
    """SQL for a cell's text and for its value (NULL where the text can't be read)."""
    if typed is None:
        return "NULL::VARCHAR", f"NULL::{_TYPES[column.kind]}"
    name = f'"{column.name}"'
    same = typed == _TYPES[column.kind] and column.kind != "string"
    if same or (typed.endswith("INTEGER") and column.kind == "int64"):
        return f"{name}::VARCHAR", f"{name}::{_TYPES[column.kind]}"
    text = f"nullif(trim(nfc_normalize({name}::VARCHAR)), '')"
    return text, _parsed(column.kind, text)


def _parsed(kind: str, text: str) -> str:
    """SQL that reads a text as Vietnamese offices write it; NULL if it can't be read."""
    if kind == "string":
        return text
    if kind in ("timestamp", "date"):
        moment = f"coalesce(try_strptime({text}, {_DAYS}), try_cast({text} AS TIMESTAMP))"
        return f"{moment}::{_TYPES[kind]}"
    if kind == "boolean":
        yes, no = (f"lower({text}) IN {words}" for words in (_YES, _NO))
        return f"CASE WHEN {yes} THEN true WHEN {no} THEN false END"
    grouped = f"regexp_full_match({text}, '-?\\d{{1,3}}(\\.\\d{{3}})+')"
    plain = f"CASE WHEN {grouped} THEN replace({text}, '.', '') ELSE replace({text}, ',', '.') END"
    number = f"try_cast({plain} AS DOUBLE)"
    if kind == "float64":
        return number
    return f"CASE WHEN {number} = floor({number}) THEN {number}::BIGINT END"


def _checks(table: Table, held: set[str], tree: Tree, procedures: bool) -> Iterator[Check]:
    """Everything that can be wrong with a row on its own."""
    for column in table.columns:
        name = column.name
        if name not in held:
            continue
        if column.filled or name in table.key:
            yield Check(name, f"t_{name} IS NULL", _("must not be empty"))
        if column.kind != "string":
            reason = _("can't be read as {kind}").format(kind=_kind_words()[column.kind])
            yield Check(name, f"t_{name} IS NOT NULL AND {name} IS NULL", reason)
        if column.kind in ("timestamp", "date"):
            outside = f"year({name}) NOT BETWEEN 1990 AND 2100"
            yield Check(name, outside, _("lies outside the years 1990 to 2100"))
        if column.allowed:
            values = ", ".join(map(repr, column.allowed))
            reason = _("must be one of {items}").format(items=", ".join(map(str, column.allowed)))
            yield Check(name, f"{name} NOT IN ({values})", reason)
    codes = ", ".join(f"'{unit.code}'" for unit in tree.units)
    for name in ("unit", "agency"):
        if name in held:
            yield Check(name, f"{name} NOT IN ({codes})", _("is not a unit of the tree"))
    if procedures and "procedure_id" in held and table.name != "procedures":
        known = "procedure_id NOT IN (SELECT procedure_id FROM procedures)"
        yield Check("procedure_id", known, _("is not in the table of procedures"))
    yield from _order_checks(held)


def _order_checks(held: set[str]) -> Iterator[Check]:
    """Moments of a dossier that can't follow each other."""
    if not {"received_at", "status"} <= held:
        return
    if "submitted_at" in held:
        early = "received_at < submitted_at - INTERVAL 1 DAY"
        yield Check("received_at", early, _("is more than a day before it was submitted"))
    for name in ("due_at", "done_at", "returned_at", "ended_at"):
        if name in held:
            yield Check(name, f"{name} < received_at", _("is before it was received"))


def _kind_words() -> dict[str, str]:
    return {
        "int64": _("a whole number"),
        "float64": _("a number"),
        "boolean": _("yes or no"),
        "timestamp": _("a date and time"),
        "date": _("a date"),
    }


def _create_accepted(
    raw: duckdb.DuckDBPyConnection, table: Table, held: set[str], checks: list[Check]
) -> None:
    """Views of the rows that are accepted (named after the table) and of those that are not."""
    name = table.name
    columns = [column.name for column in table.columns if column.name in held]
    key = f"concat_ws('\x1f', {', '.join(table.key)})"
    raw.execute(
        f"CREATE TABLE twice_{name} AS SELECT k, count(DISTINCT content) = 1 AS same,"
        f" min_by({{'f': _file, 's': _sheet, 'r': _row}}, (_file, _sheet, _row)) AS kept"
        f" FROM (SELECT {key} AS k, hash({', '.join(f't_{c}' for c in columns)}) AS content,"
        f" _file, _sheet, _row FROM raw_{name} WHERE {key} IN (SELECT {key} FROM raw_{name}"
        f" GROUP BY 1 HAVING count(*) > 1 AND {' AND '.join(f'any_value({c}) IS NOT NULL' for c in table.key)}))"
        " GROUP BY k"
    )
    bad = " OR ".join(f"coalesce({check.condition}, false)" for check in checks) or "false"
    place = "{'f': _file, 's': _sheet, 'r': _row}"
    raw.execute(
        f"CREATE VIEW judged_{name} AS SELECT raw_{name}.*, {bad} AS _bad,"
        f" CASE WHEN same IS NULL THEN '' WHEN NOT same THEN 'differs'"
        f" WHEN kept = {place} THEN '' ELSE 'same' END AS _twice"
        f" FROM raw_{name} LEFT JOIN twice_{name} ON k = {key}"
    )
    raw.execute(
        f"CREATE VIEW {name} AS SELECT {', '.join(columns)} FROM judged_{name}"
        " WHERE NOT _bad AND _twice = ''"
    )


def _set_aside(raw: duckdb.DuckDBPyConnection, table: Table, checks: list[Check]) -> pd.DataFrame:
    """Every reason of every row that was not accepted."""
    twice = [
        Check("+".join(table.key), "_twice = 'differs'", _("stands here again with other content")),
        Check("+".join(table.key), "_twice = 'same'", _("stands here again, the same")),
    ]
    selects = []
    for check in [*checks, *twice]:
        value = " || '+' || ".join(f"coalesce(t_{part}, '')" for part in check.column.split("+"))
        selects.append(
            f"SELECT '{table.name}' AS \"table\", _file AS file, _sheet AS sheet, _row AS row,"
            f" '{check.column}' AS \"column\", {value} AS value, '{_quoted(check.reason)}' AS reason"
            f" FROM aside WHERE {check.condition}"
        )
    found: Any = raw.execute(
        f"WITH aside AS MATERIALIZED (SELECT * FROM judged_{table.name} WHERE _bad OR _twice <> '')"
        f' {" UNION ALL ".join(selects)} ORDER BY file, sheet, row, "column", reason'
    )
    return found.df()[SET_ASIDE_COLUMNS]


def _counts(raw: duckdb.DuckDBPyConnection, table: Table) -> pd.DataFrame:
    """Rows in, accepted and set aside of each file."""
    found: Any = raw.execute(
        f"SELECT '{table.name}' AS \"table\", _file AS file, count(*) AS rows_in,"
        " count(*) FILTER (NOT _bad AND _twice = '') AS accepted,"
        " count(*) FILTER (_bad OR _twice <> '') AS set_aside"
        f" FROM judged_{table.name} GROUP BY _file ORDER BY _file"
    )
    return found.df()[COUNT_COLUMNS]


def _quoted(text: str) -> str:
    return text.replace("'", "''")
