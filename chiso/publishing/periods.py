"""Which periods a site holds: periods.js, by which pages find their sisters, and the entry page over them.

A page can't know the periods that are made after it, and from a file share a script may not read a
folder or fetch JSON; a script of the parent folder it may load. So one small file lies beside the
periods' folders, is rewritten at every run, and no old page has to be touched.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import date
from pathlib import Path

from chiso.base.errors import UserError
from chiso.base.files import only_one, write_files
from chiso.base.period import Period, parse_period
from chiso.publishing.entry import ENTRY, Entry, entry_page, in_order
from chiso.publishing.site import read_written

NAME = "periods.js"


def write_periods(root: Path) -> None:
    """Write `root`/periods.js and the entry page of the periods in `root`, if either would be another."""
    target = root / NAME
    with only_one(target):
        entries = [entry for folder in sorted(root.iterdir()) if (entry := _entry(folder))]
        script, page = periods_script(entries, ".."), root / ENTRY
        # A folder that was put in its place after the page was written holds other pages than it knows.
        made = max(((root / one.path).stat().st_ctime_ns for one in entries), default=0)
        is_there = target.is_file() and target.read_text(encoding="utf-8") == script
        if is_there and page.is_file() and page.stat().st_mtime_ns >= made:
            return
        write_files(root, {NAME: script, ENTRY: entry_page(entries)})


def periods_script(entries: Iterable[Entry], up: str) -> str:
    """The periods, oldest first, as a page sees them from which `up` leads to where the paths begin."""
    found = [
        {
            "name": one.period.name,
            "label": one.period.label,
            "kind": one.period.kind,
            "illustrative": one.is_illustrative,
            "path": f"{up}/{one.path}",
            "pages": list(one.pages),
        }
        for one in in_order(entries)
    ]
    return "window.chisoPeriods = " + json.dumps(found, ensure_ascii=False) + ";\n"


def _entry(folder: Path) -> Entry | None:
    """The period whose site the folder holds, if it does."""
    period = _period(folder)
    if period is None:
        return None
    written = read_written(folder)
    return Entry(
        period=period,
        province=written.province,
        path=folder.name,
        revision=written.revision or 0,
        as_of=date.fromisoformat(written.as_of) if written.as_of else period.last_day,
        pages=tuple(sorted(page.stem for page in folder.glob("*.html"))),
        is_illustrative=written.is_illustrative,
    )


def _period(folder: Path) -> Period | None:
    if not (folder / ENTRY).is_file():
        return None
    try:
        return parse_period(folder.name)
    except UserError:
        return None
