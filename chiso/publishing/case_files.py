"""Workbooks of single cases beside a page: a unit's, a sheet a kind of record; the dossiers by cause."""

from __future__ import annotations

from pathlib import Path

from chiso.base.excel import write_workbook
from chiso.base.i18n import _
from chiso.base.processes import give_back_memory
from chiso.pages.cause_words import cause_words
from chiso.pages.tables.cases import case_sheets
from chiso.pages.tables.reconcile import cause_sheets
from chiso.publishing.cache import CASES
from chiso.publishing.covers import cover
from chiso.publishing.pages import Page, page_figures

# Bytes of a workbook that took hundreds of MB to write, in cells that refer to each other.
_LARGE = 1 << 20


def write_cases(page: Page, target: Path) -> None:
    """Write the cases of the unit that the page is about; no file where it has none."""
    sheets = case_sheets(page_figures(page).unit(page.unit))
    if sheets:
        write_workbook(target, sheets, cover(page, _("Cases that fail")))
        del sheets
        if target.stat().st_size > _LARGE:
            give_back_memory()


def write_causes(page: Page, folder: Path) -> None:
    """Write a workbook for each cause of differences from the portal, for whoever mends them."""
    figures = page_figures(page)
    for cause, words in cause_words().items():
        sheets = cause_sheets(figures, cause)
        if sheets:
            target = folder / f"{page.name}-{cause}{CASES}"
            write_workbook(target, sheets, cover(page, words.name))
