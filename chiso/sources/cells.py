"""How a cell is read: SQL of DuckDB for its text and its value, as Vietnamese offices write them."""

from __future__ import annotations

from chiso.contract.tables import PROCEDURE_CODE, Column
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
# Numbers with a point that have no decimals all the same: đồng.
WHOLE = ("fee_total",)
_YES, _NO = ("true", "t", "1", "yes", "có", "x"), ("false", "f", "0", "no", "không")


def read_cell(column: Column, typed: str | None) -> tuple[str, str]:
    """SQL for a cell's text and for its value (NULL where it can't be read).

    `typed`: the type of its column in DuckDB, None where there is no such column. The moments of a
    column of text are those of `with_moments`.
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
    if kind in ("timestamp", "date") and typed != "VARCHAR":
        return text_of(column.name), f"NULL::{_TYPES[kind]}"  # neither a moment nor its text
    if kind in ("timestamp", "date"):
        none = moments.is_none(f"m_{column.name}")
        text, value = f"x_{column.name}", f"m_{column.name}::{_TYPES[kind]}"
        return f"CASE WHEN NOT {none} THEN {text} END", f"CASE WHEN NOT {none} THEN {value} END"
    text = text_of(column.name)
    return text, _code(column.name, text) if kind == "string" else _parsed(column, text)


def _code(name: str, text: str) -> str:
    """SQL for a code without what systems hang on it: 1.001193.000.00.00.H31, 11971.0."""
    if name in ("procedure_id", "national_id"):
        bare = f"regexp_replace({text}, '{PROCEDURE_CODE}', '\\1')"
        return f"CASE WHEN contains({text}, '.H') OR contains({text}, '.G') THEN {bare} ELSE {text} END"
    if name in ("unit", "agency"):
        bare = f"regexp_replace({text}, '^(\\d+)\\.0$', '\\1')"
        return f"CASE WHEN ends_with({text}, '.0') THEN {bare} ELSE {text} END"
    return text


def with_moments(relation: str, names: list[str], dates: list[str], first: frozenset[str]) -> str:
    """SQL of a relation with the moments that columns of text tell (m_name) and their text (x_name).

    `dates`: formats of the system; `first`: the columns whose dates begin with the month. Step by
    step, because an expression that stands in another is worked out each time.
    """
    if not names:
        return relation
    for told in (
        [f"{text_of(name)} AS x_{name}" for name in names],
        [f"{moments.written(f'x_{name}')} AS w_{name}" for name in names],
        [
            f"{moments.read(f'x_{name}', f'w_{name}', dates, name in first)} AS m_{name}"
            for name in names
        ],
    ):
        relation = f"(SELECT *, {', '.join(told)} FROM {relation})"  # noqa: S608
    return relation


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


def _parsed(column: Column, text: str) -> str:
    """SQL that reads a text as Vietnamese offices write it; NULL if it can't be read."""
    if column.kind == "boolean":
        bare = f"regexp_replace(lower({text}), '^([01])[.,]0$', '\\1')"
        yes, no = (f"{bare} IN {words}" for words in (_YES, _NO))
        return f"CASE WHEN {yes} THEN true WHEN {no} THEN false END"
    number = f"try_cast({_plain_number(column, text)} AS DOUBLE)"
    if column.kind == "float64":
        return f"CASE WHEN isfinite({number}) THEN {number} END"
    return f"CASE WHEN {number} = floor({number}) THEN try_cast({number} AS BIGINT) END"


def _plain_number(column: Column, text: str) -> str:
    """SQL for a number with a point and without marks of thousands: 12.000, 12 000 and 1.234,5 as
    here, 12,000 and 1,234.5 as programs set to America write it.

    A comma before three digits parts thousands where there are no decimals: of counts and of đồng;
    elsewhere it can mean both and is not read.
    """
    spaced = f"regexp_replace({text}, '[\\x{{00A0}}\\x{{202F}} ]', '', 'g')"
    here = f"regexp_full_match({spaced}, '-?\\d{{1,3}}(\\.\\d{{3}})+(,\\d+)?')"
    there = f"regexp_full_match({spaced}, '-?\\d{{1,3}}(,\\d{{3}})+(\\.\\d+)?')"
    both = f"regexp_full_match({spaced}, '-?\\d{{1,3}},\\d{{3}}')"
    whole = column.kind == "int64" or column.name in WHOLE
    return (
        f"CASE WHEN {here} THEN replace(replace({spaced}, '.', ''), ',', '.')"
        f" WHEN {both} AND {not whole} THEN NULL"
        f" WHEN {there} THEN replace({spaced}, ',', '') ELSE replace({spaced}, ',', '.') END"
    )
