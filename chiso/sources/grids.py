"""Files as exported: whatever their ending says, their cells as rows of text."""

from __future__ import annotations

import codecs
import csv
import io
import json
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from lxml import html
from python_calamine import CalamineError, CalamineWorkbook, SheetVisibleEnum

from chiso.base.errors import InputError
from chiso.base.i18n import _

Cell = Any
_OLE, _ZIP, _PARQUET = b"\xd0\xcf\x11\xe0", b"PK\x03\x04", b"PAR1"
# How a formula or an error begins in the XML of a sheet.
_ODD = (b"<f>", b"<f ", b't="e"')
DELIMITERS = ",;\t|"
# From here on Excel has not kept every digit of a number: an id is told to be one that was rounded.
_DIGITS_LOST = 1e15


@dataclass(frozen=True)
class Grid:
    """Cells of one sheet, as they stand; the first row is row `first_row` of the file.

    `merged`: first row, last row and first column (from 0) of cells that span rows. `hidden`: a
    sheet that Excel does not show.
    """

    file: str
    sheet: str
    rows: list[list[Cell]]
    first_row: int = 1
    merged: tuple[tuple[int, int, int], ...] = ()
    hidden: bool = False


def kind_of(path: Path) -> str:
    """workbook, html, parquet, json or text, by how the file begins; InputError if it is empty."""
    with path.open("rb") as file:
        head = file.read(2048)
    if not head.strip():
        raise InputError(
            _("This file is empty."), file=path, hint=_("Export it again, or take it away.")
        )
    if head.startswith((_OLE, _ZIP)):
        return "workbook"
    if head.startswith(_PARQUET) or path.suffix.lower() == ".parquet":
        return "parquet"
    begin = head.removeprefix(codecs.BOM_UTF8).replace(b"\0", b"").lstrip(b"\xff\xfe \t\r\n")
    if begin[:1] == b"<":
        return "html"
    return "json" if begin[:1] in (b"{", b"[") else "text"


def read_workbook(path: Path) -> Iterator[Grid]:
    """The sheets of an Excel file; a formula without a stored value, or whose value is an error,
    stands as its formula, an error as itself: they are no empty cells."""
    try:
        with path.open("rb") as file:
            workbook = CalamineWorkbook.from_filelike(file)
            odd = _odd_cells(path)
            for about in workbook.sheets_metadata:
                name = about.name
                hidden = about.visible != SheetVisibleEnum.Visible
                sheet = workbook.get_sheet_by_name(name)
                rows = sheet.to_python(skip_empty_area=False)
                for row, column, text in odd.get(name, []):
                    if row < len(rows) and column < len(rows[row]) and rows[row][column] == "":
                        rows[row][column] = text
                spans = sheet.merged_cell_ranges or []
                merged = tuple((top, low, x) for (top, x), (low, _x) in spans if low > top)
                yield Grid(path.name, name, rows, 1, merged, hidden)
    except (CalamineError, OSError, zipfile.BadZipFile) as error:
        raise InputError(
            _("This workbook can't be opened ({problem}).").format(problem=error),
            file=path,
            hint=_("Remove its password, or save it again as .xlsx."),
        ) from None


def _odd_cells(path: Path) -> dict[str, list[tuple[int, int, str]]]:
    """sheet -> row and column (from 0) and text of its formulas and errors; only .xlsx tells them."""
    if not zipfile.is_zipfile(path):
        return {}
    with zipfile.ZipFile(path) as archive:
        sheets = [name for name in archive.namelist() if name.startswith("xl/worksheets/sheet")]
        if not any(_has_odd_cell(archive, name) for name in sheets):
            return {}
    import openpyxl

    workbook = openpyxl.load_workbook(path, read_only=True)
    found = {
        sheet.title: [
            (y, x, str(cell.value))
            for y, row in enumerate(sheet.iter_rows())
            for x, cell in enumerate(row)
            if cell.data_type in ("f", "e")
        ]
        for sheet in workbook.worksheets
    }
    workbook.close()
    return found


def _has_odd_cell(archive: zipfile.ZipFile, name: str) -> bool:
    """Whether a sheet holds a formula or an error, read in pieces that overlap by a tag's length."""
    with archive.open(name) as sheet:
        tail = b""
        while piece := sheet.read(1 << 20):
            piece = tail + piece
            if any(mark in piece for mark in _ODD):
                return True
            tail = piece[-4:]
    return False


def read_html(path: Path) -> Iterator[Grid]:
    """The tables of a page, cells that span rows or columns with their text in the first place."""
    text = _decoded(path)
    try:
        page = html.fromstring(text.encode(), parser=html.HTMLParser(encoding="utf-8"))
    except (ValueError, html.etree.ParserError) as error:
        raise InputError(
            _("This page can't be read ({problem}).").format(problem=error),
            file=path,
            hint=_("Export the table again, as .xlsx if that is offered."),
        ) from None
    for number, table in enumerate(page.iter("table"), start=1):
        if next(table.iterdescendants("table"), None) is None:
            rows, merged = _spread(table)
            sheet = _("table {number}").format(number=number)
            yield Grid(path.name, sheet, rows, merged=tuple(merged))


def _spread(
    table: html.HtmlElement,
) -> tuple[list[list[Cell]], list[tuple[int, int, int]]]:
    """The rows of a table, and which cells span rows (Grid.merged)."""
    rows: list[list[Cell]] = []
    merged: list[tuple[int, int, int]] = []
    taken: dict[tuple[int, int], str] = {}
    for y, row in enumerate(table.iter("tr")):
        cells: list[Cell] = []
        for cell in row.iterchildren("td", "th"):
            while (y, len(cells)) in taken:
                cells.append("")
            wide, high = _span(cell, "colspan"), _span(cell, "rowspan")
            x = len(cells)
            if high > 1:
                merged.append((y, y + high - 1, x))
            for dy in range(1, high):
                taken.update({(y + dy, x + dx): "" for dx in range(wide)})
            cells += [" ".join(cell.text_content().split())] + [""] * (wide - 1)
        rows.append(cells)
    return rows, merged


def _span(cell: html.HtmlElement, name: str) -> int:
    """A span as written, within what a table can sensibly have."""
    text = (cell.get(name) or "1").strip()
    return min(max(int(text), 1), 1000) if text.isdecimal() else 1


def read_text(path: Path) -> Iterator[Grid]:
    """A CSV file: comma, semicolon, tab or bar, whichever its first lines have most."""
    text = _decoded(path)
    delimiter = delimiter_of(text[:20_000])
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
    except csv.Error as error:
        raise InputError(
            _("This file can't be read as a table ({problem}).").format(problem=error),
            file=path,
            hint=_("Save it again as CSV UTF-8, or as .xlsx."),
        ) from None
    yield Grid(path.name, "", rows)


def delimiter_of(text: str) -> str:
    """The delimiter that the text has most of."""
    return max(DELIMITERS, key=text.count)


def read_json(path: Path) -> Iterator[list[dict[str, Any]]]:
    """The records of a JSON file: a list of them, one in each line, or one somewhere inside."""
    text = _decoded(path)
    try:
        content = json.loads(text)
    except (ValueError, RecursionError):
        try:
            content = [json.loads(line) for line in text.splitlines() if line.strip()]
        except (ValueError, RecursionError) as error:
            raise InputError(
                _("This file can't be read as JSON ({problem}).").format(problem=error),
                file=path,
                hint=_("The file may be cut off: export it again."),
            ) from None
    if "\\ud" in text.lower():
        # Half a character, as a cut text leaves it, is none: no store takes it.
        content = json.loads(json.dumps(content, ensure_ascii=False).encode("utf-8", "replace"))
    yield _records_in(content)


def _records_in(content: Any) -> list[dict[str, Any]]:
    """The longest list of objects that is not itself inside such a list; of a log of messages the
    records of all, with `_step`, the place of their message."""
    if isinstance(content, list):
        items = [item for item in content if isinstance(item, dict)]
        if not any(isinstance(item.get("data"), list) for item in items):
            return items
        steps = [_records_in(item.get("data")) for item in items]
        return [record | {"_step": i} for i, records in enumerate(steps) for record in records]
    if not isinstance(content, dict):
        return []
    if "MaHoSo" in content:
        return [content]
    inside = [_records_in(value) for value in content.values()]
    return max(inside, key=len, default=[])


def _decoded(path: Path) -> str:
    """The text of a file in UTF-8, or in UTF-16 with its mark; InputError with the line else."""
    content = path.read_bytes()
    wide = content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    try:
        return content.decode("utf-16" if wide else "utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(
            _("This file is not in Unicode (UTF-8): TCVN3, VNI, or another old encoding."),
            file=path,
            line=content.count(b"\n", 0, error.start) + 1,
            hint=_("Save it again as CSV UTF-8, or as .xlsx."),
        ) from None


def require_unicode(path: Path) -> None:
    """InputError with the line if a text file is not in UTF-8; reads it in pieces."""
    decoder = codecs.getincrementaldecoder("utf-8-sig")()
    with path.open("rb") as file:
        try:
            while piece := file.read(1 << 24):
                decoder.decode(piece)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            _decoded(path)


def as_text(cell: Cell) -> str | None:
    """A cell as the text that an office would write; None if it is empty."""
    if isinstance(cell, str):
        return cell or None
    if cell is None:
        return None
    if isinstance(cell, bool):
        return "1" if cell else "0"
    if isinstance(cell, datetime | date):
        return cell.isoformat(" ") if isinstance(cell, datetime) else cell.isoformat()
    if isinstance(cell, float) and abs(cell) >= _DIGITS_LOST:
        return f"{cell:.5E}".replace(".", ",")
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, float):
        # A comma, because a dot would be read as a mark of thousands; nor may three digits follow.
        text = str(cell).replace(".", ",")
        return f"{text}0" if re.search(r",\d{3}$", text) else text
    return str(cell)
