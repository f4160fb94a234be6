"""The cases of a unit as a workbook beside its page, a sheet a kind of record."""

from __future__ import annotations

from pathlib import Path

from chiso.base.excel import write_workbook
from chiso.base.i18n import _
from chiso.pages.tables.cases import case_sheets
from chiso.publishing.covers import cover
from chiso.publishing.pages import Page, page_figures


def write_cases(page: Page, target: Path) -> None:
    """Write the cases of the unit that the page is about; no file where it has none."""
    sheets = case_sheets(page_figures(page).unit(page.unit))
    if sheets:
        write_workbook(target, sheets, cover(page, _("Cases that fail")))
