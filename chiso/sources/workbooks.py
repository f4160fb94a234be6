"""Excel workbooks as tables of text: the header is found, whatever stands above it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path

import pandas as pd
from python_calamine import CalamineError, CalamineWorkbook

from chiso.errors import InputError
from chiso.i18n import _


def read_workbook(path: Path, needed: tuple[str, ...]) -> Iterator[tuple[str, int, pd.DataFrame]]:
    """Name, row number of the first row of data, and cells as text of each sheet that has a header
    with the columns `needed`; InputError if the file can't be opened or no sheet has one."""
    try:
        workbook = CalamineWorkbook.from_path(str(path))
        sheets = [
            (name, workbook.get_sheet_by_name(name).to_python()) for name in workbook.sheet_names
        ]
    except (CalamineError, OSError) as error:
        raise InputError(
            _("This workbook can't be opened ({problem}).").format(problem=error),
            file=path,
            hint=_("Remove its password, or save it again as .xlsx."),
        ) from None
    found = False
    for name, rows in sheets:
        texts = [[_text(cell) for cell in row] for row in rows]
        at = next((i for i, row in enumerate(texts) if set(needed) <= set(row)), None)
        if at is None:
            continue
        found = True
        filled = [row for row in texts[at + 1 :] if any(row)]
        columns = [cell or f"_{i}" for i, cell in enumerate(texts[at])]
        yield name, at + 2, pd.DataFrame(filled, columns=columns, dtype=object)
    if not found:
        raise InputError(
            _("No sheet of this workbook has the columns {columns}.").format(
                columns=", ".join(needed)
            ),
            file=path,
            hint=_("Check the header, or export the table again."),
        )


def _text(cell: object) -> str:
    if isinstance(cell, datetime | date):
        return cell.isoformat(" ") if isinstance(cell, datetime) else cell.isoformat()
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell).strip()
