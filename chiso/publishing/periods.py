"""Which periods the site holds: reports/_site/periods.js, by which pages find their sisters.

A page can't know the periods that are made after it, and from a file share a script may not read a
folder or fetch JSON; a script of the parent folder it may load. So one small file lies beside the
periods' folders, is rewritten at every run, and no old page has to be touched.
"""

from __future__ import annotations

import json
from pathlib import Path

from chiso.base.errors import UserError
from chiso.base.files import only_one, write_files
from chiso.base.period import Period, parse_period

NAME = "periods.js"


def write_periods(root: Path) -> None:
    """Write `root`/periods.js: name, label, kind and pages of every period in `root`, oldest first."""
    target = root / NAME
    with only_one(target):
        found = [(period, folder) for folder in root.iterdir() if (period := _period(folder))]
        found.sort(key=lambda item: (item[0].last_day, item[0].name))
        entries = [
            {
                "name": period.name,
                "label": period.label,
                "kind": period.kind,
                "pages": sorted(page.stem for page in folder.glob("*.html")),
            }
            for period, folder in found
        ]
        text = "window.chisoPeriods = " + json.dumps(entries, ensure_ascii=False) + ";\n"
        write_files(root, {NAME: text})


def _period(folder: Path) -> Period | None:
    """The period whose site the folder holds, if it does."""
    if not (folder / "index.html").is_file():
        return None
    try:
        return parse_period(folder.name)
    except UserError:
        return None
