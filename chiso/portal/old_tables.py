"""Groups and totals as the portal of 2025 showed them: a table without counts (groups.csv)."""

from __future__ import annotations

import re
from datetime import datetime
from decimal import Decimal
from pathlib import Path

import pandas as pd

from chiso.base.errors import InputError
from chiso.base.i18n import _
from chiso.portal.answers import GROUP_KEYS, plain_code

ITEMS = (*GROUP_KEYS.values(), "total")
PROVINCE_KIND = "1"
# A sheet of the portal's export and the sort of period it is for.
_YEARLY = {"Điểm năm": True, "Xã Phường": True, "Điểm tháng": False, "Sở Ban": False}
_COLUMNS = ["capture", "sheet", "code", "name", "kind", *GROUP_KEYS, "total"]
_CAPTURE = re.compile(r"(\d{4}-\d{2}-\d{2})[a-z]?")
_CODE = re.compile(r"H\d{2}(?:\.\d+)*")
_POINTS = re.compile(r"\d{1,3}(?:\.\d{1,2})?")


def read_old_tables(path: Path) -> pd.DataFrame:
    """The table in `path`, a row a unit, item and capture: capture (its label), captured (datetime
    of Viet Nam), period (text), unit, name, kind (1 province, 2 department, 3 commune), item, value
    (Decimal).

    A sheet by month is taken for the month of its capture. InputError names a cell that is wrong.
    """
    try:
        table = pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError, pd.errors.ParserError, pd.errors.EmptyDataError):
        raise InputError(
            _("This file can't be read as a table of the portal of 2025."),
            file=path,
            hint=_columns_hint(),
        ) from None
    absent = [column for column in _COLUMNS if column not in table.columns]
    if absent:
        raise InputError(
            _("These columns are missing: {columns}.").format(columns=", ".join(absent)),
            file=path,
            line=1,
            hint=_columns_hint(),
        )
    rows = []
    for line, row in enumerate(table.to_dict("records"), start=2):
        captured = _captured(row["capture"])
        code = plain_code(row["code"])
        if captured is None or row["sheet"] not in _YEARLY or not _CODE.fullmatch(code):
            raise _wrong(path, line, "capture/sheet/code")
        period = f"{captured:%Y}" if _YEARLY[row["sheet"]] else f"{captured:%Y-%m}"
        for column, item in {**GROUP_KEYS, "total": "total"}.items():
            if row[column] == "":
                continue
            if not _POINTS.fullmatch(row[column]):
                raise _wrong(path, line, column)
            value = Decimal(row[column])
            rows.append(
                (row["capture"], captured, period, code, row["name"], row["kind"], item, value)
            )
    columns = ["capture", "captured", "period", "unit", "name", "kind", "item", "value"]
    return pd.DataFrame(rows, columns=columns)


def _captured(label: str) -> datetime | None:
    match = _CAPTURE.fullmatch(label)
    try:
        return datetime.fromisoformat(match.group(1)) if match else None
    except ValueError:
        return None


def _wrong(path: Path, line: int, column: str) -> InputError:
    return InputError(
        _("Column {column} can't be read.").format(column=column),
        file=path,
        line=line,
        hint=_("Correct the cell, or leave the table as the portal gave it."),
    )


def _columns_hint() -> str:
    return _("The first row must have the columns {columns}.").format(columns=", ".join(_COLUMNS))
