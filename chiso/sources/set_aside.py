"""The workbook of rows that were set aside: what was read, why not accepted, where it stands.

Handed in with the records it is read like any export; its rows stand for those that they name.
"""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from chiso.base.excel import Sheet, write_workbook
from chiso.base.i18n import _
from chiso.contract.records import Records
from chiso.sources.corrections import HEADERS

FOLDER = "set-aside"
# Rows that one sheet of Excel can hold, less those above the table.
MOST_ROWS = 1_000_000
_AT = ["at_file", "at_sheet", "at_row"]


def workbook_place(records: Path | str, period: str) -> Path:
    """Where the workbook is looked for: a folder of the records' own that is not read as records;
    the working folder for a database."""
    if "://" in str(records):
        return Path(f"{FOLDER}-{period}.xlsx")
    return Path(records) / FOLDER / f"{period}.xlsx"


def write_set_aside(records: Records, path: Path, keep: bool = True) -> Path:
    """Write the rows that wait for a correction and return the file, one sheet a table.

    `keep`: a workbook of that name with other content (it may be half corrected) stays as it is,
    and the new one gets a number.
    """
    sheets = [
        sheet
        for name, cells in records.cells.items()
        for sheet in _sheets(name, _with_reasons(cells, records.set_aside, name))
    ]
    path.parent.mkdir(parents=True, exist_ok=True)
    staged = path.with_name(f".{path.name}.new")
    try:
        write_workbook(staged, sheets)
        target, number = path, 2
        while keep and target.exists() and target.read_bytes() != staged.read_bytes():
            target = path.with_name(f"{path.stem}-{number}{path.suffix}")
            number += 1
        staged.replace(target)
    finally:
        staged.unlink(missing_ok=True)
    return target


def _with_reasons(cells: pd.DataFrame, set_aside: pd.DataFrame, table: str) -> pd.DataFrame:
    """The rows under the headers that a reader of corrections knows, all reasons in one cell."""
    lines = set_aside[set_aside["table"] == table]
    told = lines["column"] + ": " + lines["reason"]
    told = told.groupby([lines["file"], lines["sheet"], lines["row"]]).agg("; ".join)
    reasons = told.reindex(pd.MultiIndex.from_frame(cells[_AT])).to_numpy()
    place = cells[["file", "sheet", "row"]].set_axis([HEADERS[name] for name in HEADERS], axis=1)
    rest = cells.drop(columns=[*_AT, "file", "sheet", "row"])
    return pd.concat([place, rest], axis=1).assign(**{_("reason"): reasons})


def _sheets(name: str, table: pd.DataFrame) -> list[Sheet]:
    note = _(
        "Correct the cells, leave the first three columns as they are; empty all other cells of a"
        " row to leave it out. Then put this file into the folder of the records."
    )
    starts = range(0, max(len(table), 1), MOST_ROWS)
    return [
        Sheet(name if start == 0 else f"{name} {i}", table[start : start + MOST_ROWS], note)
        for i, start in enumerate(starts, start=1)
    ]
