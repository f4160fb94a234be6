"""Files as exported: whatever their ending says, their cells as rows of text."""

from __future__ import annotations

import codecs
import csv
import functools
import io
import json
import re
import zipfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import IO, Any

from lxml import etree
from python_calamine import CalamineError, CalamineWorkbook, SheetVisibleEnum

from chiso.base.errors import InputError
from chiso.base.i18n import _

Cell = Any
_OLE, _ZIP, _PARQUET = b"\xd0\xcf\x11\xe0", b"PK\x03\x04", b"PAR1"
# How a formula or an error begins in the XML of a sheet: each is one more pass over all of it.
_ODD = (re.compile(b"<f"), re.compile(b't="e"'))
_CELL = re.compile(r"([A-Z]{1,3})(\d{1,7})")
DELIMITERS = ",;\t|"
_SEP = re.compile(r"sep=([,;\t|])[\r\n]", re.IGNORECASE)
# A sheet of Excel has no more columns; a longer line is no row of a table.
_MOST_COLUMNS = 16_384
# From here on Excel has not kept every digit of a number: an id is told to be one that was rounded.
_DIGITS_LOST = 1e15


@dataclass(frozen=True)
class Grid:
    """Cells of one sheet, as they stand; the first row is row `first_row` of the file.

    `merged`: first row, last row and first column (from 0) of cells that span rows. `hidden`: a
    sheet that Excel does not show. `above`: texts that stand over the table outside of it.
    """

    file: str
    sheet: str
    rows: list[list[Cell]]
    first_row: int = 1
    merged: tuple[tuple[int, int, int], ...] = ()
    hidden: bool = False
    above: tuple[str, ...] = ()


def kind_of(path: Path) -> str:
    """workbook, html, mhtml, xml2003, parquet, json or text, by how the file begins; InputError if it
    is empty."""
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
        return "xml2003" if b"office:spreadsheet" in begin else "html"
    if begin[:13].lower() == b"mime-version:" or b"multipart/related" in begin.lower():
        return "mhtml"
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
    except (CalamineError, OSError, zipfile.BadZipFile):
        raise InputError(
            _("This workbook can't be opened: it has a password, was cut off, or is no workbook."),
            file=path,
            hint=_("Remove its password, export it again, or save it again as .xlsx."),
        ) from None


def _odd_cells(path: Path) -> dict[str, list[tuple[int, int, str]]]:
    """sheet -> row and column (from 0) and text of its formulas and errors; only .xlsx tells them."""
    if not zipfile.is_zipfile(path):
        return {}
    with zipfile.ZipFile(path) as archive:
        return {
            name: list(_odd_in(archive.open(place)))
            for name, place in _sheets_in(archive).items()
            if _has_odd_cell(archive, place)
        }


def _sheets_in(archive: zipfile.ZipFile) -> dict[str, str]:
    """The name of each sheet -> where it stands in the archive."""
    if "xl/workbook.xml" not in archive.namelist():
        return {}
    kept = etree.fromstring(archive.read("xl/_rels/workbook.xml.rels"))
    targets = {one.get("Id"): one.get("Target", "") for one in kept}
    places = {}
    for sheet in etree.fromstring(archive.read("xl/workbook.xml")).iter("{*}sheet"):
        link = next((v for k, v in sheet.attrib.items() if str(k).endswith("}id")), "")
        target = targets.get(str(link), "")
        place = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
        if place in archive.namelist():
            places[sheet.get("name", "")] = place
    return places


def _odd_in(sheet: IO[bytes]) -> Iterator[tuple[int, int, str]]:
    """Row and column (from 0) and text of a sheet's formulas and errors. Read as XML: styles, which
    some programs write as no other reads them, say nothing here."""
    with sheet:
        for _event, cell in etree.iterparse(sheet, tag="{*}c"):
            place = _CELL.fullmatch(cell.get("r", ""))
            formula, value = cell.find("{*}f"), cell.findtext("{*}v")
            if place and (formula is not None or cell.get("t") == "e"):
                column = functools.reduce(lambda x, c: x * 26 + ord(c) - 64, place[1], 0) - 1
                text = value if cell.get("t") == "e" else f"={formula.text or ''}"
                yield int(place[2]) - 1, column, text or ""
            cell.clear()


def _has_odd_cell(archive: zipfile.ZipFile, name: str) -> bool:
    """Whether a sheet holds a formula or an error, read in pieces that overlap by a tag's length."""
    with archive.open(name) as sheet:
        tail = b""
        while piece := sheet.read(1 << 20):
            piece = tail + piece
            if any(mark.search(piece) for mark in _ODD):
                return True
            tail = piece[-4:]
    return False


def read_text(path: Path) -> Iterator[Grid]:
    """A CSV file: comma, semicolon, tab or bar, whichever divides most of its lines alike."""
    text = _decoded(path)
    delimiter = _delimiter_in(text)
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
    except csv.Error as error:
        raise InputError(
            _("This file can't be read as a table ({problem}).").format(problem=error),
            file=path,
            hint=_("Save it again as CSV UTF-8, or as .xlsx."),
        ) from None
    if max(map(len, rows), default=0) > _MOST_COLUMNS:
        raise ValueError("more columns than a sheet has")  # told by read_apart
    yield Grid(path.name, "", rows)


def delimiter_of(text: str) -> str:
    """The delimiter that the text has most of."""
    return max(DELIMITERS, key=text.count)


def _delimiter_in(text: str) -> str:
    """The delimiter that the first line names (sep=;), else the one that divides most lines alike into
    most cells. A comma within a text is followed by a space, one between cells is not."""
    told = _SEP.match(text)
    if told:
        return told[1]
    lines = text[:100_000].splitlines()[:200]

    def alike(delimiter: str) -> int:
        rows = csv.reader(lines, delimiter=delimiter)
        try:
            dividing = Counter(sum(not cell.startswith(" ") for cell in row[1:]) for row in rows)
        except csv.Error:
            return 0
        return max((number * lines for number, lines in dividing.items()), default=0)

    return max(DELIMITERS, key=alike)


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
    """The longest list of objects that is not itself inside such a list; of messages the records of
    all, with `_step`, the place of their message in a log, and `_service`, what it says it is."""
    if isinstance(content, list):
        items = [item for item in content if isinstance(item, dict)]
        if not any(isinstance(_value(item, "data"), list) for item in items):
            return items
        steps = [_records_in(item) for item in items]
        return [record | {"_step": i} for i, records in enumerate(steps) for record in records]
    if not isinstance(content, dict):
        return []
    if _value(content, "MaHoSo") is not None:
        return [content]
    service = _value(content, "service")
    told = {"_service": service} if isinstance(service, str) else {}
    inside = [_records_in(value) for value in content.values()]
    return [record | told for record in max(inside, key=len, default=[])]


def _value(content: dict[str, Any], name: str) -> Any:
    """The value of a field, whatever the case of its letters."""
    return next((content[key] for key in content if key.casefold() == name.casefold()), None)


def _decoded(path: Path) -> str:
    return decoded(path, path.read_bytes())


def decoded(path: Path, content: bytes) -> str:
    """What a file holds, in UTF-8, or in UTF-16 with its mark; InputError with the line else."""
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
