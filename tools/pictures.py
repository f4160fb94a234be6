"""The pictures of pages in docs/vi/pictures, which README.vi.md shows: made of invented figures.

    python tools/pictures.py [folder]

A report of the demo is made in a temporary project, and the top of an agency's page photographed at the width of a
desk and of a phone. Few colours keep a file small; the page is the same each time, its bytes need not be.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from io import BytesIO
from pathlib import Path

from chromium import launch
from PIL import Image
from playwright.sync_api import sync_playwright

from chiso.base.files import scratch_folder, write_files
from chiso.base.project_files import project_files

ROOT = Path(__file__).parent.parent
PICTURES = ROOT / "docs" / "vi" / "pictures"
# Name of the picture -> width and height of the window.
WINDOWS = {"trang-don-vi.png": (1280, 800), "trang-don-vi-dien-thoai.png": (390, 844)}
# A picture stays in the project's history: none is larger, in bytes (tests/test_docs.py).
LARGEST = 120 * 1024
_PERIOD, _UNIT = "2022-09", "so-tu-phap"
_COLOURS = 64


def make_pictures(folder: Path) -> None:
    """Write the pictures into `folder`."""
    with scratch_folder() as project:
        page = _report(project)
        write_files(folder, _photographed(page))


def _report(project: Path) -> Path:
    """The page of an agency, in a project as `chiso init` makes it."""
    for path in project_files(ROOT):
        (project / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(ROOT / path, project / path)
    for arguments in (
        ("demo", "--dossiers-per-month", "6000"),
        ("report", "--period", _PERIOD, "--unit", _UNIT, "--writer", "pandoc"),
    ):
        subprocess.run(
            [str(Path(sys.executable).with_name("chiso")), *arguments],
            cwd=project,
            env={**os.environ, "CHISO_PROJECT": str(project), "LANGUAGE": "vi"},
            check=True,
        )
    return project / "reports" / "_site" / _PERIOD / f"{_UNIT}.html"


def _photographed(page: Path) -> dict[str, bytes]:
    """By name, what each window shows of the page, as a PNG."""
    with sync_playwright() as playwright:
        browser = launch(playwright)
        pictures = {}
        for name, (width, height) in WINDOWS.items():
            window = browser.new_page(viewport={"width": width, "height": height})
            window.goto(page.as_uri())
            pictures[name] = _small(window.screenshot())
        browser.close()
    return pictures


def _small(picture: bytes) -> bytes:
    """The picture in few colours: text and lines need no more."""
    kept = BytesIO()
    few = Image.open(BytesIO(picture)).convert("RGB").quantize(_COLOURS, dither=Image.Dither.NONE)
    few.save(kept, format="PNG", optimize=True)
    return kept.getvalue()


if __name__ == "__main__":
    make_pictures(Path(sys.argv[1]) if sys.argv[1:] else PICTURES)
