"""The figures of all agencies beside compare.html, as a script that a page may load from a folder."""

from __future__ import annotations

from pathlib import Path

from chiso.pages.compare import compare_script
from chiso.publishing.pages import Page, page_figures


def write_comparison(page: Page, target: Path) -> None:
    """Write the figures of the period that the page is about."""
    target.write_text(compare_script(page_figures(page)), encoding="utf-8")
