"""A report of three pages, and what tests do with such reports and their pages."""

import re
from html import unescape
from pathlib import Path

import nbformat

from chiso.rules.units import COMPARE, INDEX, METHOD, NATIONAL, QUALITY

FEW = ("H15", "H15.15", "H15.120")
# The pages of its site that are no agency's: nothing to reconcile, no lists of procedures, one revision.
PAGES = (INDEX, METHOD, QUALITY, COMPARE, NATIONAL)


def keep_few(project: Path, units: tuple[str, ...] = FEW) -> None:
    """Leave only some units in the project's sample, so that a report takes seconds."""
    for name in ("counts.csv", "official.csv"):
        path = project / "data/samples/dak-lak-2026-10-10" / name
        header, *lines = path.read_text("utf-8").splitlines()
        kept = [line for line in lines if line.split(",")[0] in units]
        path.write_text("\n".join([header, *kept]) + "\n", encoding="utf-8")


def keep_short(project: Path) -> None:
    """Leave of every notebook its beginning and its end: a page with every kind of file, soon made."""
    for path in (project / "notebooks").glob("*.ipynb"):
        notebook = nbformat.read(path, as_version=4)
        notebook.cells = [*notebook.cells[:4], notebook.cells[-1]]
        nbformat.write(notebook, path)


def text_of(page: Path) -> str:
    return unescape(re.sub(r"<[^>]+>", " ", page.read_text("utf-8")))


def break_unit(project: Path, unit: str) -> None:
    """Make the unit notebook fail for one unit."""
    path = project / "notebooks/unit.ipynb"
    notebook = nbformat.read(path, as_version=4)
    notebook.cells[2].source += f"\nassert unit != {unit!r}, '<b>hỏng</b> {{{{< include x >}}}}'"
    nbformat.write(notebook, path)
