"""Dossiers that must be set aside, of every kind; changes if the rules for setting aside do.

Each bad row breaks one rule only, so that the number of rows a reason claims is known.
"""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Any

import pyarrow as pa

from chiso.demo.columns import DOSSIERS
from chiso.demo.dossier_fields import dossier_table
from chiso.demo.dossiers import World, make_dossiers
from chiso.demo.draws import Draws
from chiso.demo.span import MONTHS

Row = dict[str, Any]
STREAM = 8
# Of each kind in a month of the table, in the text file, and identical copies a month.
EACH, EACH_AS_TEXT, COPIES = 5, 12, 5
FIRST_NUMBER, FIRST_TEXT_NUMBER = 9_000_000, 9_500_000
IDENTICAL, UNREADABLE = "key-twice-identical", "date"
NOT_DATES = ("chưa rõ", "32/13/2022 08:00", "30/02/2022", "########", "30/08/0222 14:05")
DATE_COLUMNS = ("received_at", "due_at", "submitted_at", "done_at")


def bad_dossiers(world: World, month: int, seed: int) -> tuple[pa.Table, Counter[str]]:
    """Bad rows of a month as a table, and how many of each kind."""
    draws = Draws(seed, STREAM, month)
    rows, kinds = _spoil(_good_rows(world, month, EACH, FIRST_NUMBER, draws), EACH)
    return pa.Table.from_pylist(rows, schema=DOSSIERS), kinds


def bad_text(world: World, seed: int) -> tuple[str, Counter[str]]:
    """A CSV file of bad rows only, with text where dates and numbers belong."""
    draws = Draws(seed, STREAM, MONTHS)
    good = _good_rows(world, 1, EACH_AS_TEXT, FIRST_TEXT_NUMBER, draws)
    rows, kinds = _spoil(good, EACH_AS_TEXT)
    texts = [{name: _as_text(value) for name, value in row.items()} for row in rows]
    more = _good_rows(world, 2, EACH_AS_TEXT, FIRST_TEXT_NUMBER + 5_000, draws)
    for i, row in enumerate(more[:EACH_AS_TEXT]):
        text = {name: _as_text(value) for name, value in row.items()}
        texts.append(text | {DATE_COLUMNS[i % 3]: NOT_DATES[i % len(NOT_DATES)]})
        kinds[UNREADABLE] += 1
    for i, row in enumerate(more[EACH_AS_TEXT : 2 * EACH_AS_TEXT]):
        text = {name: _as_text(value) for name, value in row.items()}
        column = ("status", "channel")[i % 2]
        texts.append(text | {column: ("x", "?", "mười")[i % 3]})
        kinds[column] += 1
    return _csv(texts), kinds


def copies(table: pa.Table) -> pa.Table:
    """A few rows of the table, to be written a second time."""
    step = max(1, table.num_rows // COPIES)
    return table.take(pa.array(range(0, table.num_rows, step))).slice(0, COPIES)


def _good_rows(world: World, month: int, each: int, first_number: int, draws: Draws) -> list[Row]:
    """Sound rows to spoil; those not received are left out."""
    wanted = each * len(SPOILERS)
    dossiers = make_dossiers(world, month, wanted * 2, draws)
    rows = dossier_table(dossiers, world, draws, first_number).to_pylist()
    return [row for row in rows if row["received_at"]][:wanted]


def _spoil(rows: list[Row], each: int) -> tuple[list[Row], Counter[str]]:
    spoiled: list[Row] = []
    kinds: Counter[str] = Counter()
    for place, (kind, spoil) in enumerate(SPOILERS.items()):
        for i, row in enumerate(rows[place * each : (place + 1) * each]):
            bad = spoil(row, i)
            kinds[kind] += len(bad)
            spoiled += bad
    return spoiled, kinds


def _no_key(row: Row, i: int) -> list[Row]:
    return [row | {"dossier_id": None if i % 2 else ""}]


def _twice(row: Row, i: int) -> list[Row]:
    return [row, row | {"channel": 1 if row["channel"] == 2 else 2}]


def _unknown_unit(row: Row, i: int) -> list[Row]:
    return [row | {"unit": ("99999", "so-khong-co", None)[i % 3]}]


def _unknown_procedure(row: Row, i: int) -> list[Row]:
    return [row | {"procedure_id": ("9.999999", "0.000000")[i % 2]}]


def _status(row: Row, i: int) -> list[Row]:
    return [row | {"status": (0, 11, 99, -1)[i % 4]}]


def _channel(row: Row, i: int) -> list[Row]:
    return [row | {"channel": (0, 4, 9)[i % 3]}]


def _absurd_date(row: Row, i: int) -> list[Row]:
    """A year before 1990 where dates begin, one after 2100 where they end: no other rule breaks."""
    column = DATE_COLUMNS[i % len(DATE_COLUMNS)]
    early = column in ("submitted_at", "received_at")
    absurd = datetime(222 if early else 2222, 8, 30, 14, 5)
    # Without the moment of submission a far too early receipt is not also before it.
    changed: Row = {"submitted_at": None} if column == "received_at" else {}
    return [row | changed | {column: absurd}]


def _received_before_submitted(row: Row, i: int) -> list[Row]:
    return [row | {"submitted_at": row["received_at"] + timedelta(days=2 + i)}]


def _end_before_received(row: Row, i: int) -> list[Row]:
    before = row["received_at"] - timedelta(days=1 + i)
    ends = {"done_at": before, "returned_at": None, "ended_at": None, "status": 9}
    return [row | ends]


def _due_before_received(row: Row, i: int) -> list[Row]:
    return [row | {"due_at": row["received_at"] - timedelta(days=1 + i)}]


SPOILERS: dict[str, Callable[[Row, int], list[Row]]] = {
    "key-empty": _no_key,
    "key-twice-different": _twice,
    "unknown-unit": _unknown_unit,
    "unknown-procedure": _unknown_procedure,
    "status": _status,
    "channel": _channel,
    UNREADABLE: _absurd_date,
    "received-before-submitted": _received_before_submitted,
    "end-before-received": _end_before_received,
    "due-before-received": _due_before_received,
}


def _as_text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, datetime):
        return value.isoformat(" ")
    return str(value)


def _csv(rows: Iterable[dict[str, str]]) -> str:
    text = io.StringIO()
    writer = csv.DictWriter(text, DOSSIERS.names, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()
