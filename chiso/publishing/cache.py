"""Finished documents beside the site: reports/.cache/<period>/<page>/<hash of all inputs>/.

An entry holds all files of one page: its document (<page>.qmd with its figures <page>_N_M.svg) and
what is published, files called by the page's whole name and one of ENDINGS. It is renamed into place
when it is complete, so a killed run loses the pages it was at and no other; where Quarto writes, it
is put there with the document and is finished when it has the HTML. A page has one entry, the newest;
one whose files are no more as they were written is as good as none.
"""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from chiso.base.files import are_intact, hashes, write_files
from chiso.base.locations import project_root
from chiso.reconcile.causes import CAUSES
from chiso.rules.units import RECONCILE

HTML, PDF, WORD = ".html", ".pdf", ".docx"
TABLES, CASES, DATA = ".xlsx", "-cases.xlsx", "-data.js"
# What a page's name may be followed by in the names of its published files.
ENDINGS = (HTML, PDF, WORD, TABLES, CASES, DATA)
_UNFINISHED = ".making-"
_HASHES = "hashes.json"


@dataclass(frozen=True)
class Cache:
    """The finished documents of one period; `folder` may be on another machine's disk, shared."""

    folder: Path

    def entry(self, page: str, key: str) -> Path:
        """Where a page with these inputs is, or would be."""
        return self.folder / page / key

    def has(self, page: str, key: str) -> bool:
        """Whether the document of a page with these inputs is there."""
        entry = self.entry(page, key)
        try:
            known = json.loads((entry / _HASHES).read_text(encoding="utf-8"))
            return are_intact({entry / name: known[name] for name in known})
        except (OSError, ValueError, AttributeError, TypeError):
            return False

    def is_finished(self, page: str, key: str) -> bool:
        """Whether a page with these inputs is written too."""
        return (self.entry(page, key) / f"{page}{HTML}").is_file() and self.has(page, key)

    @contextmanager
    def work_folder(self) -> Iterator[Path]:
        """A new folder to make one page in; gone at the end if the page was not kept."""
        self.folder.mkdir(parents=True, exist_ok=True)
        work = Path(tempfile.mkdtemp(prefix=_UNFINISHED, dir=self.folder))
        try:
            yield work
        finally:
            shutil.rmtree(work, ignore_errors=True)

    def keep(self, work: Path, page: str, key: str) -> None:
        """Put a finished page in its place; its older versions go."""
        _note_hashes(work)
        place = self.entry(page, key)
        place.parent.mkdir(parents=True, exist_ok=True)
        if place.exists():
            # Made again on demand, or twice at a time: the newer one stays.
            shutil.rmtree(place)
        os.rename(work, place)
        for other in place.parent.iterdir():
            if other != place:
                shutil.rmtree(other, ignore_errors=True)

    def finish(self, written: Path, page: str, key: str) -> None:
        """Add what was written elsewhere of a page, in folder `written`, to its entry; HTML last."""
        entry = self.entry(page, key)
        names = published_files(written, page)
        for name in sorted(names, key=lambda name: name.endswith(HTML)):
            staged = entry / f".{name}"
            shutil.copyfile(written / name, staged)
            os.replace(staged, entry / name)
        _note_hashes(entry)

    def tidy(self, pages: Collection[str]) -> None:
        """Remove what killed runs left unfinished, and pages that the period no longer has."""
        if not self.folder.is_dir():
            return
        for path in self.folder.iterdir():
            if path.name not in pages:
                shutil.rmtree(path, ignore_errors=True)


def _note_hashes(entry: Path) -> None:
    found = hashes(path for path in entry.iterdir() if path.name != _HASHES)
    write_files(entry, {_HASHES: json.dumps(found, indent=1) + "\n"})


def period_cache(period: str) -> Cache:
    """The cache beside a period's site."""
    return Cache(project_root() / "reports" / ".cache" / period)


def file_names(page: str) -> list[str]:
    """The names that files of a page of the site may have."""
    by_cause = [f"-{cause}{CASES}" for cause in CAUSES] if page == RECONCILE else []
    return sorted(f"{page}{ending}" for ending in (*ENDINGS, *by_cause))


def published_files(folder: Path, page: str) -> list[str]:
    """The names of the files in `folder` that belong to a page of the site."""
    return [name for name in file_names(page) if (folder / name).is_file()]
