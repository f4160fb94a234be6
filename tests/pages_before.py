"""What the five files of two pages say, and where that is written down.

    python tests/pages_before.py

writes it anew, after a change that was meant: what moved is then seen line by line in the change of
tests/reference/pages.json, and belongs in CHANGELOG.md. Nothing here says what is right. It says that a
faster way to write a page has written the same one.
"""

from __future__ import annotations

import hashlib
import json
import re
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from conftest import make_project, run_chiso
from docx import Document
from docx.table import Table
from lxml import html
from openpyxl import load_workbook
from pypdf import PdfReader

from chiso import __version__

KEPT = Path(__file__).parent / "reference" / "pages.json"
UNIT, COMMUNE = "so-tu-phap", "12046"
CALL = ("report", "--period", "2022-09", "--unit", UNIT, "--unit", COMMUNE)
_OF_THE_PROGRAM = ("Chương trình |", "Các gói phần mềm |", "Mã kiểm tra")
_BLOCKS = "h1|h2|h3|h4|h5|h6|p|li|summary|caption|figcaption|tr|text"


def said(project: Path) -> dict[str, list[str]]:
    """File -> its lines, of both pages made from the demo's records by `CALL`."""
    site, internal = (project / "reports" / place / "2022-09" for place in ("_site", "_internal"))
    files = {
        f"{unit}{ending}": read
        for unit in (UNIT, COMMUNE)
        for ending, read in (
            (".html", _of_html), (".docx", _of_word), (".pdf", _of_pdf),
            (".xlsx", _of_workbook), ("-cases.xlsx", _of_cases),
        )
    }  # fmt: skip
    places = {name: internal if read is _of_cases else site for name, read in files.items()}
    return {name: list(_lines(read(places[name] / name))) for name, read in files.items()}


def _lines(texts: Iterable[str]) -> Iterator[str]:
    """One by one on a line, without those that tell the program and the bytes of its sources."""
    for text in texts:
        line = re.sub(r"\s+", " ", text).replace(__version__, "<version>").strip()
        if line and not line.startswith(_OF_THE_PROGRAM):
            yield line


def _of_html(path: Path) -> Iterator[str]:
    """Every block's own text: a row's cells, a chart's words one by one."""
    for block in html.parse(str(path)).getroot().iter(*_BLOCKS.split("|"), "{*}text"):
        if block.tag == "tr":
            yield " | ".join(cell.text_content() for cell in block)
        elif block.getparent().tag not in ("th", "td"):
            yield block.text_content()


def _of_word(path: Path) -> Iterator[str]:
    for block in Document(str(path)).iter_inner_content():
        if isinstance(block, Table):
            yield from (" | ".join(cell.text for cell in row.cells) for row in block.rows)
        else:
            yield block.text


def _of_pdf(path: Path) -> Iterator[str]:
    for page in PdfReader(path).pages:
        yield from page.extract_text().splitlines()


def _of_workbook(path: Path) -> Iterator[str]:
    for sheet in load_workbook(path).worksheets:
        yield sheet.title
        for row in sheet.iter_rows(values_only=True):
            yield " | ".join("" if cell is None else str(cell) for cell in row)


def _of_cases(path: Path) -> Iterator[str]:
    """The head of each sheet, and a mark of what stands below: dossiers are no reading matter."""
    _cover, *sheets = load_workbook(path).worksheets
    for sheet in sheets:
        rows: list[Any] = list(sheet.iter_rows(values_only=True))
        below = hashlib.sha256(repr(rows).encode()).hexdigest()
        yield f"{sheet.title}: {len(rows)} rows of {sheet.max_column} columns, {below}"


def main() -> None:
    """Write what the pages of a new project say."""
    with tempfile.TemporaryDirectory() as folder:
        project = make_project(Path(folder) / "project")
        done = run_chiso(*CALL, project=project)
        if done.returncode:
            raise SystemExit(done.stderr)
        found = said(project)
    KEPT.write_text(json.dumps(found, ensure_ascii=False, indent=0) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
