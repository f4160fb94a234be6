"""The cases of a unit as a workbook beside its page, a sheet an indicator."""

from __future__ import annotations

from pathlib import Path

from chiso.base.excel import write_workbook
from chiso.pages.tables.cases import case_sheets
from chiso.publishing.pages import Page
from chiso.store.figures import keep_figures


def write_cases(page: Page, target: Path) -> None:
    """Write the cases of the unit that the page is about; no file where it has none."""
    period, revision = str(page.parameters["period"]), int(page.parameters["revision"])
    figures = keep_figures(period, revision, str(page.parameters["history"]))
    sheets = case_sheets(figures.unit(page.unit))
    if sheets:
        write_workbook(target, sheets)
