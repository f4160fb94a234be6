"""Where a table begins and ends in a sheet, and which columns of it are the contract's.

Above it stand headings, below it totals and signatures; its header may have up to three rows with
merged cells and a row of column numbers. Only columns that a mapping names are taken.
"""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from chiso.base.letters import plain
from chiso.contract.tables import TABLES
from chiso.sources.corrections import HEADERS
from chiso.sources.grids import Cell, Grid, as_text
from chiso.sources.mappings import NAMES, WORKBOOK, SourceTable, System
from chiso.sources.personal import personal_headings, readable

SEARCHED_ROWS, HEADER_ROWS = 60, 3
_NUMBER = re.compile(r"\(?\d{1,2}\)?")
_DIGITS = len("(99)")
# What \s means, written out: Arrow's \s is ASCII's alone, so pandas would ask Python row by row.
_SPACE = f"[{''.join(sign for sign in map(chr, range(0x3001)) if sign.isspace())}]"
_TOTALS = ("tổng", "cộng")


@dataclass(frozen=True)
class Header:
    """A header found in a sheet: which table by which system, and where each column is."""

    system: System
    table: str
    columns: dict[str, int]
    last_row: int  # index of its last row in the grid
    # Further columns that mean the same, the first to be asked first; and headings of no meaning
    # with the one that they are nearest to.
    again: dict[str, tuple[int, ...]] = field(default_factory=dict)
    unread: tuple[tuple[str, str], ...] = ()

    @property
    def mapping(self) -> SourceTable:
        """How the system calls the table's columns."""
        return self.system.tables[self.table]


@dataclass(frozen=True)
class Found:
    """Rows of a contract table as exported: text by canonical name, and `_number`, their row.

    `title`: the texts above the header; `others`: rows below it that are no records; `sections`: of
    each row, what stands alone in the last row before it that is no record, if anything.
    """

    header: Header
    frame: pd.DataFrame
    title: tuple[str, ...]
    others: int
    sections: tuple[str, ...] = ()


def find_table(grid: Grid, systems: tuple[System, ...]) -> Found | None:
    """The table in a sheet; None if no system knows its header."""
    header = _best_header(grid, systems)
    if header is None:
        return None
    begin = header.last_row + 1
    if begin < len(grid.rows) and _numbers_the_columns(grid.rows[begin]):
        begin += 1
    frame = _cells(grid, header, begin)
    top = max(header.last_row + 1 - HEADER_ROWS, 0)
    headings = {plain(as_text(cell) or "") for row in grid.rows[top:begin] for cell in row}
    records = _are_records(frame, header, grid.rows[begin:], headings)
    others = sum(_is_written(grid.rows[begin + i]) for i in np.flatnonzero(~records))
    title = [*grid.above, *(as_text(cell) for row in grid.rows[: header.last_row] for cell in row)]
    sections = _sections(grid.rows[begin:], records)
    return Found(
        header,
        frame[records].reset_index(drop=True),
        tuple(text for text in title if text),
        others,
        sections,
    )


def _sections(rows: list[list[Cell]], records: np.ndarray) -> tuple[str, ...]:
    """Of each record, the only text of the last row before it that has one and is no record."""
    found, last = [], ""
    for row, is_record in zip(rows, records, strict=True):
        if is_record:
            found.append(last)
            continue
        texts = {text.strip() for text in map(as_text, row) if text and text.strip()}
        if len(texts) == 1:
            last = texts.pop()
    return tuple(found)


def looks_like_statistics(grid: Grid, systems: tuple[System, ...]) -> bool:
    """Whether the sheet has headers of a table of sums."""
    words = {plain(header) for system in systems for header in system.statistics}
    texts = {plain(as_text(cell) or "") for row in grid.rows[:SEARCHED_ROWS] for cell in row}
    return len(words & texts) >= 2


def _best_header(grid: Grid, systems: tuple[System, ...]) -> Header | None:
    """The rows that name most columns of one table; the fewest and the first of them."""
    best: Header | None = None
    searched = [[plain(as_text(cell) or "") for cell in row] for row in grid.rows[:SEARCHED_ROWS]]
    names = [
        (system, table, _names(mapping), personal_headings(mapping), _others(mapping))
        for system in systems
        for table, mapping in system.tables.items()
    ]
    for depth in range(1, HEADER_ROWS + 1):
        for top in range(len(searched) - depth + 1):
            labels, above = labels_of(searched[top : top + depth])
            there = set(labels)
            for system, table, known, personal, others in names:
                # Most rows of a register are no header, and cost this much each.
                if len(known.keys() & there) <= (len(best.columns) if best else 0):
                    continue
                held = readable(labels, above, personal)
                if others & set(held.values()):
                    continue
                columns, again = _placed(held, known)
                if _is_enough(system, table, columns) and (
                    best is None or len(columns) > len(best.columns)
                ):
                    unread = _unread(held, known, columns)
                    best = Header(system, table, columns, top + depth - 1, again, unread)
    return best


def _placed(
    labels: dict[int, str], known: dict[str, str]
) -> tuple[dict[str, int], dict[str, tuple[int, ...]]]:
    """Where each column stands, and where further ones of the same meaning do: the name that the
    system's file has first comes first, whatever the order of the columns."""
    ranks = {label: rank for rank, label in enumerate(known)}
    places: dict[str, list[int]] = {}
    for position in sorted(labels, key=lambda x: (ranks.get(labels[x], 0), x)):
        if labels[position] in known:
            places.setdefault(known[labels[position]], []).append(position)
    first = {name: at[0] for name, at in places.items()}
    return first, {name: tuple(at[1:]) for name, at in places.items() if at[1:]}


def _unread(
    labels: dict[int, str], known: dict[str, str], columns: dict[str, int]
) -> tuple[tuple[str, str], ...]:
    """Headings that are not known, each with the nearest one of a column that was not found."""
    held = {"unit", "unit_name"} if {"unit", "unit_name"} & set(columns) else set()
    wanted = [label for label, name in known.items() if name not in {*columns, *held, *HEADERS}]
    near = {
        label: difflib.get_close_matches(label, wanted, 1, 0.7)
        for label in labels.values()
        if label and label not in known
    }
    return tuple((label, found[0]) for label, found in near.items() if found)


def _names(mapping: SourceTable) -> dict[str, str]:
    """Header as it is compared -> canonical column."""
    known = {plain(header): name for name, headers in mapping.columns.items() for header in headers}
    return known | {plain(header): name for name, header in HEADERS.items()}


def _others(mapping: SourceTable) -> frozenset[str]:
    """Headers that tables of this kind never have, as they are compared."""
    return frozenset(plain(header) for header in mapping.other_tables)


def labels_of(rows: list[list[str]]) -> tuple[list[str], list[set[str]]]:
    """The lowest text of each column (under a merged cell its own part's name), and all texts
    above it, a merged cell's over every part of it."""
    width = max(map(len, rows))
    labels, above = [""] * width, [set[str]() for _x in range(width)]
    for row in rows:
        merged = ""
        for x in range(width):
            text = row[x] if x < len(row) else ""
            merged = text or merged
            labels[x] = text or labels[x]
            above[x].add(merged)
    for x, label in enumerate(labels):
        if rows[-1][x : x + 1] != [label]:
            above[x] = {row[x] for row in rows if x < len(row)}
    return labels, above


def _is_enough(system: System, table: str, columns: dict[str, int]) -> bool:
    """The key, and something to know about it; a workbook of corrections says what it corrects."""
    if system.file == WORKBOOK and not set(HEADERS) <= set(columns):
        return False
    contract = TABLES[table]
    held = set(columns) - set(HEADERS)
    return set(contract.key) <= held and len(held) >= min(2, len(contract.columns))


def _numbers_the_columns(row: list[Cell]) -> bool:
    """A row of 1, 2, 3 ... under the header."""
    texts = [text.strip() for text in map(as_text, row) if text and text.strip()]
    if len(texts) < 3 or not all(_NUMBER.fullmatch(text) for text in texts):
        return False
    numbers = [int(text.strip("()")) for text in texts]
    return numbers == list(range(numbers[0], numbers[0] + len(numbers)))


def _cells(grid: Grid, header: Header, begin: int) -> pd.DataFrame:
    """The named columns of all rows from `begin` on, as text."""
    rows = grid.rows[begin:]
    columns = {name: _column(rows, at) for name, at in header.columns.items()}
    for name, further in header.again.items():
        # Of two due dates the one in force; a row that has only the other has that.
        if name.endswith("_at"):
            for at in further:
                more = _column(rows, at)
                columns[name] = np.where(columns[name] == None, more, columns[name])  # noqa: E711
    _fill_merged(columns, grid, header, begin)
    first = grid.first_row + begin
    return pd.DataFrame(columns).assign(_number=np.arange(first, first + len(rows)))


def _column(rows: list[list[Cell]], at: int) -> np.ndarray:
    """The cells of a column as text; most are text, for which calling `as_text` takes longest."""
    texts = [
        (cell or None) if type(cell := row[at] if at < len(row) else None) is str else as_text(cell)
        for row in rows
    ]
    return np.array(texts, dtype=object)


def _fill_merged(columns: dict[str, np.ndarray], grid: Grid, header: Header, begin: int) -> None:
    """What stands in a cell that spans rows stands in each of them; a key is of one row alone."""
    names = {
        at: name for name, at in header.columns.items() if name not in TABLES[header.table].key
    }
    for top, low, x in grid.merged:
        if x in names and top >= begin:
            cells = columns[names[x]]
            cells[top - begin : low - begin + 1] = cells[top - begin]


def _are_records(
    frame: pd.DataFrame, header: Header, rows: list[list[Cell]], headings: set[str]
) -> np.ndarray:
    """Rows of records: not empty, no total, no signature, no heading or header between them.

    A row whose key is empty or broken is a record as long as it fills two other columns, so that
    it is set aside with its reason and not lost.
    """
    key = TABLES[header.table].key[0]
    keys = frame[key].fillna("").str.strip()
    others = frame.drop(columns=["_number", key]).notna().sum(axis=1)
    corrects = frame["fix_file"].notna() if "fix_file" in frame else keys.isna()
    looks_like_key = keys.str.contains(r"\d", regex=True) & ~keys.str.contains(_SPACE, regex=True)
    if key in ("unit", *NAMES):
        looks_like_key = keys != ""
    records = (looks_like_key | (others >= 2) | corrects).to_numpy().copy()
    for i in np.flatnonzero(records & (keys.str.len() <= _DIGITS).to_numpy()):
        records[i] = not _numbers_the_columns(rows[i])
    doubtful = ~corrects & ~(looks_like_key & (others > 0))
    for i in np.flatnonzero(records & doubtful.to_numpy()):
        texts = [plain(text) for text in map(as_text, rows[i]) if text and text.strip()]
        # A printed register may repeat its header on every page.
        records[i] = not set(texts) <= headings and not texts[0].startswith(_TOTALS)
    return records


def _is_written(row: list[Cell]) -> bool:
    return any(cell not in ("", None) for cell in row)
