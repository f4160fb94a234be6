"""The figures of all agencies beside compare.html, as a script that a page may load from a folder."""

from __future__ import annotations

from pathlib import Path

from chiso.pages.compare import compare_script
from chiso.publishing.pages import Page
from chiso.store.figures import keep_figures


def write_comparison(page: Page, target: Path) -> None:
    """Write the figures of the period that the page is about."""
    period, revision = str(page.parameters["period"]), int(page.parameters["revision"])
    figures = keep_figures(period, revision, str(page.parameters["history"]))
    target.write_text(compare_script(figures), encoding="utf-8")
