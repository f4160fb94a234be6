"""How a cell is read: SQL of DuckDB for its text and its value, as Vietnamese offices write them."""

from __future__ import annotations

from chiso.contract.tables import Column
from chiso.sources import moments

_TYPES = {
    "string": "VARCHAR",
    "int64": "BIGINT",
    "float64": "DOUBLE",
    "boolean": "BOOLEAN",
    "timestamp": "TIMESTAMP",
    "date": "DATE",
}
_NUMBERS = (
    "DECIMAL",
    "DOUBLE",
    "FLOAT",
    "TINYINT",
    "SMALLINT",
    "INTEGER",
    "BIGINT",
    "HUGEINT",
    "U",
)
_YES, _NO = ("true", "t", "1", "yes", "có", "x"), ("false", "f", "0", "no", "không")


def read_cell(
    column: Column, typed: str | None, dates: list[str], month_first: bool = False
) -> tuple[str, str]:
    """SQL for a cell's text and for its value (NULL where it can't be read).

    `typed`: the type of its column in DuckDB, None where there is no such column. `month_first`:
    the order of its dates.
    """
    kind = column.kind
    if typed is None:
        return "NULL::VARCHAR", f"NULL::{_TYPES[kind]}"
    name = f'"{column.name}"'
    if typed.endswith(("[]", "]", ")")) and not typed.startswith("DECIMAL"):
        # A list or a structure is no cell; its text can hold whatever lies in it.
        return f"CASE WHEN {name} IS NOT NULL THEN '{{}}' END", f"NULL::{_TYPES[kind]}"
    if typed in ("DOUBLE", "FLOAT"):
        name = f"(CASE WHEN NOT isnan({name}) THEN {name} END)"
    if typed == "TIMESTAMP WITH TIME ZONE":
        name, typed = f"({name}::TIMESTAMP + INTERVAL 7 HOUR)", "TIMESTAMP"
    if typed.startswith("TIMESTAMP") and kind in ("timestamp", "date"):
        name = f"(CASE WHEN NOT {moments.is_none(name)} THEN {name} END)"
        return f"{name}::VARCHAR", f"{name}::{_TYPES[kind]}"
    if typed == _TYPES[kind] and kind not in ("string", "float64"):
        return f"{name}::VARCHAR", name
    if typed.startswith(_NUMBERS) and kind != "string":
        return f"{name}::VARCHAR", _of_number(kind, name)
    text = text_of(column.name)
    if kind in ("timestamp", "date"):
        moment = moments.read(text, dates, month_first)
        none = moments.is_none(moment)
        return f"CASE WHEN NOT {none} THEN {text} END", (
            f"CASE WHEN NOT {none} THEN ({moment})::{_TYPES[kind]} END"
        )
    return text, _parsed(kind, text)


def text_of(name: str) -> str:
    """SQL for the text of a column's cell; NULL where it is empty."""
    return f"nullif(trim(nfc_normalize(\"{name}\"::VARCHAR)), '')"


def _of_number(kind: str, name: str) -> str:
    """SQL that reads a column of numbers; NULL where one does not fit."""
    if kind == "float64":
        return f"CASE WHEN isfinite({name}::DOUBLE) THEN {name}::DOUBLE END"
    if kind == "int64":
        return f"CASE WHEN {name} = floor({name}) THEN try_cast({name} AS BIGINT) END"
    if kind == "boolean":
        return f"CASE WHEN {name} = 1 THEN true WHEN {name} = 0 THEN false END"
    return f"NULL::{_TYPES[kind]}"


def _parsed(kind: str, text: str) -> str:
    """SQL that reads a text as Vietnamese offices write it; NULL if it can't be read."""
    if kind == "string":
        return text
    if kind == "boolean":
        yes, no = (f"lower({text}) IN {words}" for words in (_YES, _NO))
        return f"CASE WHEN {yes} THEN true WHEN {no} THEN false END"
    grouped = f"regexp_full_match({text}, '-?\\d{{1,3}}(\\.\\d{{3}})+')"
    plain = f"CASE WHEN {grouped} THEN replace({text}, '.', '') ELSE replace({text}, ',', '.') END"
    number = f"try_cast({plain} AS DOUBLE)"
    if kind == "float64":
        return f"CASE WHEN isfinite({number}) THEN {number} END"
    return f"CASE WHEN {number} = floor({number}) THEN try_cast({number} AS BIGINT) END"
