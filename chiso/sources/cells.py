"""How a cell is read: SQL of DuckDB for its text and its value, as Vietnamese offices write them."""

from __future__ import annotations

from chiso.contract.tables import Column

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
DATES = ["%d/%m/%Y %H:%M:%S", "%d/%m/%Y %H:%M", "%d/%m/%Y"]
_WITH_OFFSET = r"\d{2}:\d{2}.*(Z|[+-]\d{2}(:?\d{2})?)$"


def read_cell(column: Column, typed: str | None, dates: list[str]) -> tuple[str, str]:
    """SQL for a cell's text and for its value (NULL where it can't be read).

    `typed`: the type of its column in DuckDB, None where there is no such column.
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
        return f"{name}::VARCHAR", f"{name}::{_TYPES[kind]}"
    if typed == _TYPES[kind] and kind not in ("string", "float64"):
        return f"{name}::VARCHAR", name
    if typed.startswith(_NUMBERS) and kind != "string":
        return f"{name}::VARCHAR", _of_number(kind, name)
    text = f"nullif(trim(nfc_normalize({name}::VARCHAR)), '')"
    return text, _parsed(kind, text, dates)


def _of_number(kind: str, name: str) -> str:
    """SQL that reads a column of numbers; NULL where one does not fit."""
    if kind == "float64":
        return f"CASE WHEN isfinite({name}::DOUBLE) THEN {name}::DOUBLE END"
    if kind == "int64":
        return f"CASE WHEN {name} = floor({name}) THEN try_cast({name} AS BIGINT) END"
    if kind == "boolean":
        return f"CASE WHEN {name} = 1 THEN true WHEN {name} = 0 THEN false END"
    return f"NULL::{_TYPES[kind]}"


def _parsed(kind: str, text: str, dates: list[str]) -> str:
    """SQL that reads a text as Vietnamese offices write it; NULL if it can't be read."""
    if kind == "string":
        return text
    if kind in ("timestamp", "date"):
        # A text with an offset is read as UTC; Viet Nam has been 7 hours ahead since 1975.
        local = f"CASE WHEN regexp_matches({text}, '{_WITH_OFFSET}') THEN INTERVAL 7 HOUR ELSE INTERVAL 0 HOUR END"
        moment = f"coalesce(try_strptime({text}, {dates}), try_cast({text} AS TIMESTAMP) + {local})"
        return f"{moment}::{_TYPES[kind]}"
    if kind == "boolean":
        yes, no = (f"lower({text}) IN {words}" for words in (_YES, _NO))
        return f"CASE WHEN {yes} THEN true WHEN {no} THEN false END"
    grouped = f"regexp_full_match({text}, '-?\\d{{1,3}}(\\.\\d{{3}})+')"
    plain = f"CASE WHEN {grouped} THEN replace({text}, '.', '') ELSE replace({text}, ',', '.') END"
    number = f"try_cast({plain} AS DOUBLE)"
    if kind == "float64":
        return f"CASE WHEN isfinite({number}) THEN {number} END"
    return f"CASE WHEN {number} = floor({number}) THEN try_cast({number} AS BIGINT) END"
