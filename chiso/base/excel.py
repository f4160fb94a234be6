"""Excel workbooks from tables: texts stay texts, the same content gives the same bytes."""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pandas as pd
import xlsxwriter
from xlsxwriter.utility import xl_range_abs

_FORMULA_BEGINS = ("=", "+", "-", "@")
_NOT_IN_NAMES = re.compile(r"[\[\]:*?/\\']")
_WIDEST = 60


@dataclass(frozen=True)
class Sheet:
    """One sheet: a table with the headers that the reader sees, and a line above it.

    Cells: text, whole numbers, Decimal or float, date, datetime, bool, or None for an empty cell.
    `choices`: header -> a sheet of the same workbook and the header there under which the words
    stand that Excel offers in the column.
    """

    name: str
    table: pd.DataFrame
    note: str = ""
    choices: Mapping[str, tuple[str, str]] = field(default_factory=dict)


def write_workbook(path: Path, sheets: Sequence[Sheet]) -> None:
    """Write `sheets` to `path`; the file is complete or as it was before.

    Every text is a text to Excel, whatever it begins with. The header stays in sight and filters.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    os.close(handle)
    staged = Path(name)
    try:
        with xlsxwriter.Workbook(str(staged), {"constant_memory": False}) as workbook:
            workbook.set_properties({"created": datetime(2000, 1, 1)})
            styles = _Styles(workbook)
            for sheet in sheets:
                worksheet = workbook.add_worksheet(sheet_name(sheet.name))
                _write(worksheet, sheet, styles)
                _offer(worksheet, sheet, {one.name: one for one in sheets})
        staged.chmod(0o644)
        os.replace(staged, path)
    finally:
        staged.unlink(missing_ok=True)


def sheet_name(text: str) -> str:
    """`text` as the name of a sheet: at most 31 characters, none that Excel refuses."""
    return _NOT_IN_NAMES.sub(" ", text)[:31].strip() or "1"


def _offer(worksheet: Any, sheet: Sheet, sheets: Mapping[str, Sheet]) -> None:
    """Drop-down lists for the columns that have choices; other texts may be typed all the same."""
    top = _top(sheet)
    for header, (name, column) in sheet.choices.items():
        x, lists = list(sheet.table.columns).index(header), sheets[name]
        there = list(lists.table.columns).index(column)
        words = int(lists.table[column].notna().sum())
        begin = _top(lists) + 1
        cells = xl_range_abs(begin, there, begin + max(words, 1) - 1, there)
        source = f"='{sheet_name(name)}'!{cells}"
        rule = {"validate": "list", "source": source, "error_type": "information"}
        worksheet.data_validation(top + 1, x, top + max(len(sheet.table), 1), x, rule)


def _top(sheet: Sheet) -> int:
    """The row of the header, from 0."""
    return 2 if sheet.note else 0


class _Styles:
    """The few formats of a workbook."""

    def __init__(self, workbook: Any) -> None:
        self.head = workbook.add_format({"bold": True, "bg_color": "#F3F6F8", "text_wrap": True})
        self.note = workbook.add_format({"italic": True})
        self.guarded = workbook.add_format({"quote_prefix": True})
        self.points = workbook.add_format({"num_format": "0.00"})
        self.day = workbook.add_format({"num_format": "dd/mm/yyyy"})
        self.moment = workbook.add_format({"num_format": "dd/mm/yyyy hh:mm:ss"})


def _write(worksheet: Any, sheet: Sheet, styles: _Styles) -> None:
    top = _top(sheet)
    if sheet.note:
        worksheet.write_string(0, 0, sheet.note, styles.note)
    columns = list(sheet.table.columns)
    for x, header in enumerate(columns):
        worksheet.write_string(top, x, str(header), styles.head)
    cells = [sheet.table.iloc[:, x].tolist() for x in range(len(columns))]
    for x, values in enumerate(cells):
        longest = len(str(columns[x]))
        for y, value in enumerate(values, start=top + 1):
            longest = max(longest, _cell(worksheet, y, x, value, styles))
        worksheet.set_column(x, x, min(longest + 2, _WIDEST))
    worksheet.freeze_panes(top + 1, 0)
    if columns:
        worksheet.autofilter(top, 0, top + max(len(sheet.table), 1), len(columns) - 1)


def _cell(worksheet: Any, y: int, x: int, value: Any, styles: _Styles) -> int:
    """Write one cell; returns about how many characters it shows."""
    if value is None or value is pd.NaT or value is pd.NA or value != value:
        return 0
    if isinstance(value, str):
        guard = styles.guarded if value.startswith(_FORMULA_BEGINS) else None
        worksheet.write_string(y, x, value, guard)
        return len(value)
    if isinstance(value, bool):
        worksheet.write_boolean(y, x, value)
    elif isinstance(value, datetime):
        worksheet.write_datetime(y, x, value, styles.moment)
        return 19
    elif isinstance(value, date):
        worksheet.write_datetime(y, x, value, styles.day)
        return 10
    elif isinstance(value, Decimal):
        worksheet.write_number(y, x, float(value), styles.points)
    else:
        worksheet.write_number(y, x, value)
    return 10
