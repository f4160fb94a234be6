"""Tables of pages and of other texts with tags that Excel opens: HTML, MHTML, its XML of 2003."""

from __future__ import annotations

import codecs
import email
import email.policy
import re
from collections import deque
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from lxml import etree, html

from chiso.base.errors import InputError
from chiso.base.i18n import _
from chiso.sources.grids import Cell, Grid, decoded

# What a browser shows on lines of their own.
_BLOCKS = ("br", "p", "div", "li", "tr", "td", "th", "h1", "h2", "h3", "h4")
# A table from this many columns on holds records; a narrower one above it may be its heading.
_WIDE = 4
# So many texts above a table may name its agency.
_HEADINGS = 40
# So many cells may be claimed that are not written: by spans, and by places far to the right or below.
_MOST_CLAIMED = 2_000_000
_CHARSET = re.compile(rb"charset\s*=\s*[\"']?([A-Za-z0-9_-]+)", re.IGNORECASE)
_SHEETS = "{urn:schemas-microsoft-com:office:spreadsheet}"


def read_html(path: Path) -> Iterator[Grid]:
    """The tables of a page, cells that span rows or columns with their text in the first place."""
    yield from _tables(path, _page_text(path, path.read_bytes()))


def read_mhtml(path: Path) -> Iterator[Grid]:
    """The tables of a page that was saved with all its parts in one file, as Excel does."""
    message = email.message_from_bytes(path.read_bytes(), policy=email.policy.compat32)
    grids: list[Grid] = []
    for part in message.walk():
        if part.get_content_type() == "text/html":
            content = part.get_payload(decode=True)
            head = f"<meta charset={part.get_content_charset('utf-8')}>".encode("ascii", "replace")
            grids += _tables(
                path, _page_text(path, content if isinstance(content, bytes) else b"", head)
            )
    for number, grid in enumerate(grids, start=1):
        yield replace(grid, sheet=_("table {number}").format(number=number))


def read_xml_2003(path: Path) -> Iterator[Grid]:
    """The sheets of a workbook that Excel 2003 keeps as one XML file."""
    try:
        root = etree.fromstring(
            path.read_bytes(), etree.XMLParser(resolve_entities=False, no_network=True)
        )
    except etree.XMLSyntaxError as error:
        raise InputError(
            _("This workbook can't be opened: it has a password, was cut off, or is no workbook."),
            file=path,
            line=error.lineno,
            hint=_("The file may be cut off: export it again."),
        ) from None
    for sheet in root.iter(f"{_SHEETS}Worksheet"):
        rows, merged = _xml_rows(sheet)
        options = " ".join(
            one.text or "" for one in sheet.iterfind("{*}WorksheetOptions/{*}Visible")
        )
        name = sheet.get(f"{_SHEETS}Name", "")
        yield Grid(path.name, name, rows, 1, tuple(merged), "SheetHidden" in options)


class _Claimed:
    """Counts cells that take room although they are not written; a few bytes can claim billions."""

    def __init__(self) -> None:
        self.cells = 0

    def take(self, cells: int) -> int:
        """The number as it is; ValueError, which `read_apart` tells as a broken file, where it is too
        much."""
        self.cells += cells
        if self.cells > _MOST_CLAIMED:
            raise ValueError("more empty cells than a table has")
        return cells


def _xml_rows(sheet: etree._Element) -> tuple[list[list[Cell]], list[tuple[int, int, int]]]:
    """The rows of a sheet, and which cells span rows (Grid.merged)."""
    rows: list[list[Cell]] = []
    merged: list[tuple[int, int, int]] = []
    claimed = _Claimed()
    for row in sheet.iterfind(f"{_SHEETS}Table/{_SHEETS}Row"):
        y = _place(row, len(rows))
        rows += [[] for _y in range(claimed.take(y + 1 - len(rows)))]
        cells = rows[y]
        for cell in row.iterfind(f"{_SHEETS}Cell"):
            x = _place(cell, len(cells))
            cells += [""] * claimed.take(x - len(cells))
            data = cell.find(f"{_SHEETS}Data")
            cells.append("" if data is None else _xml_value(data))
            down = _number(cell.get(f"{_SHEETS}MergeDown"))
            if down:
                merged.append((y, y + down, x))
            cells += [""] * claimed.take(_number(cell.get(f"{_SHEETS}MergeAcross")))
    return rows, merged


def _xml_value(data: etree._Element) -> Cell:
    text = "".join(map(str, data.itertext()))
    if data.get(f"{_SHEETS}Type") == "Number":
        with suppress(ValueError):
            return float(text)
    return text


def _place(element: etree._Element, follows: int) -> int:
    """From 0: where a row or cell stands; those that are empty are left out."""
    return max(_number(element.get(f"{_SHEETS}Index")) - 1, follows)


def _number(text: str | None) -> int:
    """A number of rows or columns as written, within what a sheet can sensibly have."""
    return min(int(text), 1_000_000) if text and text.isdecimal() else 0


def _page_text(path: Path, content: bytes, told: bytes = b"") -> str:
    """The text of a page in UTF-8 or UTF-16, else in the encoding that it says it has."""
    found = _CHARSET.search(told + content[:4096])
    name = found.group(1).decode("ascii") if found else ""
    try:
        known = codecs.lookup(name).name
    except LookupError:
        known = ""
    if known.startswith(("cp", "iso8859", "latin")):
        try:
            return content.decode("utf-8-sig")
        except UnicodeDecodeError:
            return content.decode(known, errors="replace")
    return decoded(path, content)


def _tables(path: Path, text: str) -> Iterator[Grid]:
    try:
        page = html.fromstring(text.encode(), parser=html.HTMLParser(encoding="utf-8"))
    except (ValueError, etree.ParserError) as error:
        raise InputError(
            _("This page can't be read ({problem}).").format(problem=error),
            file=path,
            hint=_("Export the table again, as .xlsx if that is offered."),
        ) from None
    for block in page.iter(*_BLOCKS):
        block.text, block.tail = f" {block.text or ''}", f" {block.tail or ''}"
    headings: deque[str] = deque(maxlen=_HEADINGS)
    number = 0
    for event, element in etree.iterwalk(page, events=("start", "end")):
        if event == "end" and element.tag == "table" and _width(element) >= _WIDE:
            headings.clear()
        if event == "end" and element.tail and element.getparent() is not None:
            headings.append(element.tail)
        if event == "start" and element.tag == "table":
            number += 1
            rows, merged = _spread(element)
            sheet = _("table {number}").format(number=number)
            above = tuple(filter(None, (" ".join(line.split()) for line in headings)))
            yield Grid(path.name, sheet, rows, merged=tuple(merged), above=above)
        elif event == "start" and isinstance(element.tag, str) and element.text:
            headings.append(element.text)


def _own_rows(table: html.HtmlElement) -> list[html.HtmlElement]:
    """The rows of a table, without those of tables in its cells."""
    return table.xpath("./tr|./thead/tr|./tbody/tr|./tfoot/tr")


def _width(table: html.HtmlElement) -> int:
    return max((len(row.xpath("./td|./th")) for row in _own_rows(table)), default=0)


def _own_text(cell: html.HtmlElement) -> str:
    """What stands in a cell, without the tables in it."""
    texts = cell.xpath(".//text()[count(ancestor::table) = $depth]", depth=_depth(cell))
    return " ".join("".join(texts).split())


def _depth(cell: html.HtmlElement) -> int:
    return sum(1 for _table in cell.iterancestors("table"))


def _spread(
    table: html.HtmlElement,
) -> tuple[list[list[Cell]], list[tuple[int, int, int]]]:
    """The rows of a table, and which cells span rows (Grid.merged)."""
    rows: list[list[Cell]] = []
    merged: list[tuple[int, int, int]] = []
    taken: set[tuple[int, int]] = set()
    claimed = _Claimed()
    nests = next(table.iterdescendants("table"), None) is not None
    for y, row in enumerate(_own_rows(table)):
        cells: list[Cell] = []
        for cell in row.iterchildren("td", "th"):
            while (y, len(cells)) in taken:
                cells.append("")
            wide, high = _span(cell, "colspan"), _span(cell, "rowspan")
            x = len(cells)
            claimed.take(wide * high - 1)
            if high > 1:
                merged.append((y, y + high - 1, x))
            for dy in range(1, high):
                taken.update((y + dy, x + dx) for dx in range(wide))
            text = _own_text(cell) if nests else " ".join(cell.text_content().split())
            cells += [text] + [""] * (wide - 1)
        rows.append(cells)
    return rows, merged


def _span(cell: html.HtmlElement, name: str) -> int:
    """A span as written, within what a table can sensibly have."""
    text = (cell.get(name) or "1").strip()
    return min(max(int(text), 1), 1000) if text.isdecimal() else 1
