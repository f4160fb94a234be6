"""Finished documents beside the site: reports/.cache/<period>/<page>/<hash of all inputs>/.

An entry holds all files of one page: <page>.qmd with its figures <page>_N.svg, and what is
published: <page>.html and downloads, every file named <page>.* or <page>-*. It is renamed into
place when it is complete, so a killed run loses the pages it was at and no other. A page has one
entry, the newest.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from chiso.base.locations import project_root

# Sources of a page, which are not published.
_SOURCES = {".qmd", ".ipynb"}
_UNFINISHED = ".making-"


@dataclass(frozen=True)
class Cache:
    """The finished documents of one period; `folder` may be on another machine's disk, shared."""

    folder: Path

    def entry(self, page: str, key: str) -> Path:
        """Where a page with these inputs is, or would be."""
        return self.folder / page / key

    def has(self, page: str, key: str) -> bool:
        """Whether a page with these inputs is finished."""
        return self.entry(page, key).is_dir()

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
        place = self.entry(page, key)
        place.parent.mkdir(parents=True, exist_ok=True)
        if place.exists():
            # Made again on demand, or twice at a time: the newer one stays.
            shutil.rmtree(place)
        os.rename(work, place)
        for other in place.parent.iterdir():
            if other != place:
                shutil.rmtree(other, ignore_errors=True)

    def tidy(self, pages: Collection[str]) -> None:
        """Remove what killed runs left unfinished, and pages that the period no longer has."""
        if not self.folder.is_dir():
            return
        for path in self.folder.iterdir():
            if path.name not in pages:
                shutil.rmtree(path, ignore_errors=True)


def period_cache(period: str) -> Cache:
    """The cache beside a period's site."""
    return Cache(project_root() / "reports" / ".cache" / period)


def published_files(folder: Path, page: str) -> list[str]:
    """The names of the files of a page that belong on the site."""
    return sorted(
        path.name
        for path in folder.iterdir()
        if path.name.startswith((f"{page}.", f"{page}-")) and path.suffix not in _SOURCES
    )


def source_files(folder: Path, page: str) -> list[str]:
    """The names of a page's document and its figures, for a writer of whole sites."""
    return sorted(
        path.name
        for path in folder.iterdir()
        if path.name == f"{page}.qmd" or path.name.startswith(f"{page}_")
    )
