"""Sheets that an office fills in and hands back: rows by their headings, every mistake with its place."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any, TypeVar

from pydantic import TypeAdapter, ValidationError

from chiso.base.errors import InputError
from chiso.base.i18n import _, count
from chiso.base.letters import plain
from chiso.base.params import Day
from chiso.contract.faults import reason_of
from chiso.sources.grids import Cell, Grid, as_text, kind_of, read_workbook
from chiso.sources.personal import WITHIN_TEXT

# Cells that an office fills in, by heading: a text, a day, or None.
Filled = Mapping[str, Any]
K = TypeVar("K")
_SHOWN = 20
_DOTTED = re.compile(r"(\d{1,2})[.-](\d{1,2})[.-](\d{4})")
_DAY = TypeAdapter(Day)


@dataclass(frozen=True)
class OfficeRow:
    """One row of a sheet: its cells by heading, and its number as the office sees it."""

    sheet: str
    number: int
    cells: Mapping[str, Cell]


@dataclass(frozen=True)
class Mistakes:
    """What is wrong in a workbook; all of it is told at once, and then nothing of it is taken over."""

    file: Path
    found: list[str] = field(default_factory=list)

    def add(self, row: OfficeRow, heading: str, message: str, hidden: bool = False) -> None:
        """A cell that can't be taken over, and why; `hidden`: its value is nobody's business."""
        self.found.append(
            _("sheet “{sheet}”, row {row}, column “{column}”, value “{value}”: {message}").format(
                sheet=row.sheet,
                row=row.number,
                column=heading,
                value="…" if hidden else as_text(row.cells.get(heading)) or "",
                message=message,
            )
        )

    def require_none(self) -> None:
        """InputError with all mistakes, if there are any."""
        if not self.found:
            return
        lines = self.found[:_SHOWN]
        if len(self.found) > _SHOWN:
            more = count(len(self.found) - _SHOWN)
            lines.append(_("and {number} more").format(number=more))
        raise InputError(
            "\n  ".join(lines),
            file=self.file,
            hint=_("Correct these cells and read the file again; nothing of it was taken over."),
        )


def read_rows(path: Path, headings: Sequence[str]) -> list[OfficeRow]:
    """The rows below a line with all `headings`, of every sheet that has one; empty rows left out.

    InputError where the file can't be read, or no sheet has such a line.
    """
    if not has_columns(path, headings):
        raise InputError(
            _("No sheet has a line with the columns {columns}.").format(
                columns=", ".join(f"“{name}”" for name in headings)
            ),
            file=path,
            hint=_("Take a workbook that `chiso register` wrote, and leave its headings."),
        )
    return [row for rows in _tables(path, headings) for row in rows]


def changed_rows(
    rows: Sequence[OfficeRow],
    key_of: Callable[[OfficeRow], K | None],
    entries_of: Callable[[OfficeRow], int | None],
    filled_of: Callable[[OfficeRow], Filled],
    known: Callable[[K, int | None], Filled],
    mistakes: Mistakes,
) -> Iterator[tuple[K, OfficeRow, dict[str, Any]]]:
    """The rows by which something is to be kept, each with its key and what holds from now on.

    `key_of`: what a row is about, None where that is a mistake; `entries_of`: how many entries the register
    had when the row was written; `known`: what the register said after so many entries, or says now (None).
    """
    for row in rows:
        key = key_of(row)
        entries = None if key is None else entries_of(row)
        if key is None or entries is None:
            continue
        now = known(key, None)
        settled = settle(row, filled_of(row), known(key, entries), now, mistakes)
        if settled != now:
            yield key, row, settled


def has_columns(path: Path, headings: Sequence[str]) -> bool:
    """Whether a sheet of a workbook has a line with all `headings`; InputError where the file can't
    be read."""
    return bool(_tables(path, headings))


def _tables(path: Path, headings: Sequence[str]) -> list[list[OfficeRow]]:
    if not path.is_file():
        raise InputError(_("This file does not exist."), file=path, hint=_("Check the name."))
    if kind_of(path) != "workbook":
        raise InputError(
            _("This file is no workbook."), file=path, hint=_("Save it again as .xlsx.")
        )
    found = [_rows(grid, headings) for grid in read_workbook(path)]
    return [rows for rows in found if rows is not None]


def _rows(grid: Grid, headings: Sequence[str]) -> list[OfficeRow] | None:
    wanted = {plain(name): name for name in headings}
    found: list[OfficeRow] | None = None
    places: dict[str | None, int] = {}
    for number, line in enumerate(grid.rows, start=grid.first_row):
        if found is None:
            places = {wanted.get(plain(as_text(cell) or "")): x for x, cell in enumerate(line)}
            found = [] if set(headings) <= set(places) else None
        elif any(as_text(cell) for cell in line):
            cells = {name: line[places[name]] for name in headings}
            found.append(OfficeRow(grid.sheet, number, cells))
    return found


def text_of(row: OfficeRow, heading: str, mistakes: Mistakes) -> str | None:
    """A cell as text without spaces around it; None if it is empty, or is a mistake: a formula, or
    somebody's number or address, for what is kept here is shown."""
    text = (as_text(row.cells[heading]) or "").strip()
    if text.startswith("="):
        mistakes.add(row, heading, _("is a formula: write the value itself."))
        return None
    if re.search(WITHIN_TEXT, text):
        mistakes.add(row, heading, f"{reason_of('person')}.", hidden=True)
        return None
    return text or None


def day_of(row: OfficeRow, heading: str, mistakes: Mistakes) -> date | None:
    """A cell as a day; None if it is empty, or is a mistake."""
    cell = row.cells[heading]
    if isinstance(cell, datetime):
        return cell.date()
    if isinstance(cell, date):
        return cell
    text = text_of(row, heading, mistakes)
    if text is None:
        return None
    try:
        return _DAY.validate_strings(_DOTTED.sub(r"\1/\2/\3", text))
    except ValidationError:
        mistakes.add(row, heading, _("is no day; write 30/08/2022."))
        return None


def whole_of(row: OfficeRow, heading: str, mistakes: Mistakes, most: int) -> int | None:
    """A cell as a whole number from 0 to `most`; None if it is a mistake."""
    text = text_of(row, heading, mistakes) or ""
    if text.isdecimal() and int(text) <= most:
        return int(text)
    mistakes.add(
        row,
        heading,
        _(
            "is not as the register wrote it (0 to {most}): take the row from a new workbook."
        ).format(most=most),
    )
    return None


def settle(
    row: OfficeRow, filled: Filled, base: Filled, now: Filled, mistakes: Mistakes
) -> dict[str, Any]:
    """By heading, what holds from now on: what the office changed since the workbook was written
    (`base`), else what the register says `now`. Changed here and there is a mistake."""
    settled: dict[str, Any] = {}
    for heading, value in filled.items():
        is_changed = value != base[heading] and value != now[heading]
        if is_changed and now[heading] != base[heading]:
            mistakes.add(
                row,
                heading,
                _("the register has got “{now}” since this workbook was written.").format(
                    now=_shown(now[heading])
                ),
            )
        settled[heading] = value if is_changed else now[heading]
    return settled


def _shown(value: str | date | None) -> str:
    return f"{value:%d/%m/%Y}" if isinstance(value, date) else value or ""
