"""Excel workbooks from tables: texts stay texts, the same content gives the same bytes."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from itertools import count
from pathlib import Path
from typing import Any

import pandas as pd

from chiso.base.files import staged_file
from chiso.base.i18n import _

_FORMULA_BEGINS = ("=", "+", "-", "@")
_NOT_IN_NAMES = re.compile(r"[\[\]:*?/\\']")
_NARROWEST, _WIDEST, _WIDEST_NUMBER, _COVER = 8, 60, 14, 90
_LINE = 15  # points
# Above a table: its title, then the way back to the cover or how to read the sheet.
_TOP = 2
# Letters that a portrait sheet of A4 holds in a readable size; a wider table lies on its side.
_PORTRAIT = 95
# How Excel shows the numbers of a kind of column; by its type where a column has none.
NUMBER_FORMATS = {
    "count": "#,##0",
    "points": "#,##0.00",
    "maximum": "#,##0.00",
    "difference": "+#,##0.00;-#,##0.00;0.00",
    "percent": "0.00%",
    "share": "0%",
    "time": "#,##0.0",
}


@dataclass(frozen=True)
class Sheet:
    """One sheet: a table with the headers that the reader sees, and its title above it.

    Cells: text, whole numbers, Decimal or float, date, datetime, bool, or None for an empty cell.
    `choices`: header -> a sheet of the same workbook and the header there under which the words
    stand that Excel offers in the column. `kinds`: a kind of NUMBER_FORMATS for every column, or
    anything else; none: by the cells' types.
    """

    name: str
    table: pd.DataFrame
    note: str = ""
    choices: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    kinds: tuple[str, ...] = ()


@dataclass(frozen=True)
class Cover:
    """The first sheet: what the workbook is about (`facts`: a word and its value), then the list of
    its sheets, then how they are read."""

    title: str
    facts: tuple[tuple[str, str], ...] = ()
    notes: tuple[str, ...] = ()


def write_workbook(path: Path, sheets: Sequence[Sheet], cover: Cover | None = None) -> None:
    """Write `sheets` to `path`, behind a cover if there is one; the file is complete or as it was.

    Every text is a text to Excel, whatever it begins with. No cells are merged, one table stands on
    a sheet, its header stays in sight, filters, and is printed on every page.
    """
    # Deferred: who only says what stands in a sheet writes none.
    import xlsxwriter
    from xlsxwriter.exceptions import FileCreateError

    try:
        with (
            staged_file(path) as staged,
            xlsxwriter.Workbook(str(staged), {"constant_memory": False}) as workbook,
        ):
            title = cover.title if cover else ""
            workbook.set_properties({"title": title, "created": datetime(2000, 1, 1)})
            styles = _Styles(workbook)
            if cover:
                worksheet = workbook.add_worksheet(cover_name())
                _write_cover(worksheet, cover, sheets, styles)
            for sheet in sheets:
                worksheet = workbook.add_worksheet(sheet_name(sheet.name))
                _write(worksheet, sheet, styles, has_cover=cover is not None)
                _offer(worksheet, sheet, {one.name: one for one in sheets})
    except FileCreateError as error:
        # A full disk, told as every other part of the program tells it.
        raise error.args[0] from None


def sheet_name(text: str) -> str:
    """`text` as the name of a sheet: at most 31 characters, none that Excel refuses."""
    return _NOT_IN_NAMES.sub(" ", text)[:31].strip() or "1"


def cover_name() -> str:
    """The name of the first sheet."""
    return sheet_name(_("Cover"))


def _offer(worksheet: Any, sheet: Sheet, sheets: Mapping[str, Sheet]) -> None:
    """Drop-down lists for the columns that have choices; other texts may be typed all the same."""
    from xlsxwriter.utility import xl_range_abs

    for header, (name, column) in sheet.choices.items():
        x, lists = list(sheet.table.columns).index(header), sheets[name]
        there = list(lists.table.columns).index(column)
        words = int(lists.table[column].notna().sum())
        cells = xl_range_abs(_TOP + 1, there, _TOP + max(words, 1), there)
        source = f"='{sheet_name(name)}'!{cells}"
        rule = {"validate": "list", "source": source, "error_type": "information"}
        worksheet.data_validation(_TOP + 1, x, _TOP + max(len(sheet.table), 1), x, rule)


class _Styles:
    """The few formats of a workbook."""

    def __init__(self, workbook: Any) -> None:
        self.title = workbook.add_format({"bold": True, "font_size": 14})
        self.head = workbook.add_format(
            {"bold": True, "bg_color": "#F3F6F8", "text_wrap": True, "valign": "top"}
        )
        self.strong = workbook.add_format({"bold": True, "valign": "top"})
        self.wrapped = workbook.add_format({"text_wrap": True, "valign": "top"})
        self.top = workbook.add_format({"valign": "top"})
        self.guarded = workbook.add_format({"quote_prefix": True, "valign": "top"})
        self.day = workbook.add_format({"num_format": "dd/mm/yyyy", "valign": "top"})
        self.moment = workbook.add_format({"num_format": "dd/mm/yyyy hh:mm", "valign": "top"})
        self.numbers = {
            kind: workbook.add_format({"num_format": code, "valign": "top"})
            for kind, code in NUMBER_FORMATS.items()
        }


def _write_cover(worksheet: Any, cover: Cover, sheets: Sequence[Sheet], styles: _Styles) -> None:
    worksheet.set_column(0, 0, 34)
    worksheet.set_column(1, 1, _COVER)
    worksheet.write_string(0, 0, cover.title, styles.title)
    rows = count(1)
    for word, value in cover.facts:
        y = next(rows)
        worksheet.write_string(y, 0, word, styles.strong)
        worksheet.write_string(y, 1, value, styles.wrapped)
    y = next(rows)
    worksheet.write_string(y, 0, _("Sheets"), styles.head)
    worksheet.write_string(y, 1, _("What they hold"), styles.head)
    for sheet in sheets:
        y, name = next(rows), sheet_name(sheet.name)
        worksheet.write_url(y, 0, f"internal:'{name}'!A1", string=name)
        worksheet.write_string(y, 1, sheet.note, styles.wrapped)
    y = next(rows)
    worksheet.write_string(y, 0, _("How to read"), styles.head)
    worksheet.write_blank(y, 1, None, styles.head)
    for note in cover.notes:
        y = next(rows)
        worksheet.write_string(y, 1, note, styles.wrapped)
        _heighten(worksheet, y, len(note), _COVER)
    _set_print(worksheet, wide=False)


def _write(worksheet: Any, sheet: Sheet, styles: _Styles, has_cover: bool) -> None:
    worksheet.write_string(0, 0, sheet.note or sheet.name, styles.strong)
    if has_cover:
        worksheet.write_url(1, 0, f"internal:'{cover_name()}'!A1", string=_("Back to the cover"))
    else:
        worksheet.write_string(1, 0, _("One table, from cell A3 on."))
    columns = list(sheet.table.columns)
    for x, header in enumerate(columns):
        worksheet.write_string(_TOP, x, str(header), styles.head)
    whole, tall = 0, dict[int, int]()
    for x, header in enumerate(columns):
        number = styles.numbers.get(sheet.kinds[x]) if sheet.kinds else None
        longest, values = _NARROWEST, sheet.table.iloc[:, x].tolist()
        for y, value in enumerate(values, start=_TOP + 1):
            letters = _cell(worksheet, y, x, value, styles, number)
            longest = max(longest, letters)
            if letters > _WIDEST:
                tall[y] = max(letters, tall.get(y, 0))
        width = _width(str(header), longest, any(isinstance(value, str) for value in values))
        worksheet.set_column(x, x, width, styles.top)
        whole += width
    for y, letters in tall.items():
        _heighten(worksheet, y, letters)
    worksheet.freeze_panes(_TOP + 1, 0)
    if columns:
        worksheet.autofilter(_TOP, 0, _TOP + max(len(sheet.table), 1), len(columns) - 1)
    worksheet.repeat_rows(_TOP)
    _set_print(worksheet, wide=whole > _PORTRAIT)


def _heighten(worksheet: Any, y: int, letters: int, width: int = _WIDEST) -> None:
    """Room for a text that wraps: Excel finds it by itself, LibreOffice does not."""
    if letters > width:
        worksheet.set_row(y, _LINE * -(-letters // width))


def _width(header: str, longest: int, is_text: bool) -> int:
    """Headers wrap, but no word of one and no number is cut; the button of the filter needs room."""
    words = max((len(word) for word in header.split()), default=0)
    wanted = max(longest, words + 2, min(len(header), _WIDEST if is_text else _WIDEST_NUMBER))
    return min(wanted + 2, _WIDEST)


def _set_print(worksheet: Any, wide: bool) -> None:
    """A4, as wide as one page, its number below."""
    worksheet.set_paper(9)
    if wide:
        worksheet.set_landscape()
    worksheet.fit_to_pages(1, 0)
    worksheet.set_footer("&L&A&R&P/&N")


def _cell(worksheet: Any, y: int, x: int, value: Any, styles: _Styles, number: Any) -> int:
    """Write one cell; returns about how many characters it shows. `number`: the format of its
    column, none: that of its type."""
    if isinstance(value, str):  # most cells
        guard = styles.guarded if value.startswith(_FORMULA_BEGINS) else None
        worksheet.write_string(
            y, x, value, guard or (styles.wrapped if len(value) > _WIDEST else None)
        )
        return len(value)
    if value is None or value is pd.NaT or value is pd.NA or value != value:
        return 0
    if isinstance(value, bool):
        worksheet.write_boolean(y, x, value)
    elif isinstance(value, datetime):
        worksheet.write_datetime(y, x, value, styles.moment)
        return 16
    elif isinstance(value, date):
        worksheet.write_datetime(y, x, value, styles.day)
    elif isinstance(value, Decimal):
        worksheet.write_number(y, x, float(value), number or styles.numbers["points"])
    else:
        kind = "count" if isinstance(value, int) else "points"
        worksheet.write_number(y, x, value, number or styles.numbers[kind])
    return 10
