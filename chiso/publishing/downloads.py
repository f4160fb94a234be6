"""The tables of an executed notebook as one workbook: what “Tải bảng” gives."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pandas as pd

from chiso.base.excel import Cover, Sheet, cover_name, write_workbook
from chiso.base.rounding import half_up, percentage, shown
from chiso.pages.tables.table import MIME

# What stands in a cell of a kind of column: the figure of the page, to its last digit.
_AS_SHOWN: dict[str, Callable[[Fraction], Decimal | int]] = {
    "points": shown,
    "maximum": shown,
    "difference": shown,
    "percent": lambda rate: percentage(rate, 2) / 100,
    "share": lambda share: percentage(share, 0) / 100,
    "time": lambda time: half_up(time, 1),
}


def write_tables(executed: Path, target: Path, cover: Callable[[], Cover]) -> bool:
    """Write a sheet for every table that the notebook `executed` shows, behind a cover; False where
    it shows none, and no cover is asked for.

    Every figure is rounded as on the page and shown by a format of as many digits: a program that
    rounds a cell by its format does so on a binary number (LibreOffice shows 0,19315 as 19,31%), and
    a difference of cells would not be that of the figures on the page.
    """
    sheets = list(_sheets(json.loads(executed.read_text(encoding="utf-8"))))
    if sheets:
        write_workbook(target, sheets, cover())
    return bool(sheets)


def _sheets(notebook: dict) -> Iterator[Sheet]:
    taken = {cover_name().casefold()}
    for cell in notebook["cells"]:
        for output in cell.get("outputs", ()):
            table = output.get("data", {}).get(MIME)
            if table:
                yield _sheet(table, taken)


def _sheet(table: dict, taken: set[str]) -> Sheet:
    name, number = table["sheet"][:28], 1
    # Excel tells names apart without regard to capitals.
    while name.casefold() in taken:
        number += 1
        name = f"{table['sheet'][:25]} {number}"
    taken.add(name.casefold())
    columns = {}
    for i, (heading, kind) in enumerate(table["fields"]):
        title = heading
        while title in columns:
            title += " "
        columns[title] = [_value(row[i], kind) for row in table["rows"]]
    kinds = tuple(kind for _heading, kind in table["fields"])
    return Sheet(name, pd.DataFrame(columns, dtype=object), table["caption"], kinds=kinds)


def _value(raw: str | int | None, kind: str) -> object:
    if raw is None or kind not in _AS_SHOWN:
        return raw
    return _AS_SHOWN[kind](Fraction(str(raw)))
