"""The site of a period as its last run left it, by what that run wrote down in states.json, and where
its files are: pages for everybody, cases for those who work on them."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Literal

from pydantic import TypeAdapter

from chiso.base.files import are_intact
from chiso.base.locations import project_root
from chiso.publishing.cache import CASES, file_names
from chiso.rules.settings import Settings

State = Literal["ready", "failed", "absent"]
STATES_FILE = "states.json"


@dataclass(frozen=True)
class Folders:
    """Where a period's files are: `pages`, and `cases` with the ids of dossiers; one folder where
    cases are public."""

    pages: Path
    cases: Path

    def of(self, name: str) -> Path:
        """The folder of a file by its name."""
        return self.cases if name.endswith(CASES) else self.pages

    def files(self, page: str) -> list[Path]:
        """The files of a page."""
        found = (self.of(name) / name for name in file_names(page))
        return [path for path in found if path.is_file()]


@dataclass(frozen=True)
class Written:
    """What states.json holds: the revision shown, each unit's state, and by page (the index among
    them) the hash of its inputs and its files by name, with their hashes; the last day of the
    figures, whether they are invented, whose they are, in which language and by which writer the
    pages are."""

    revision: int | None = None
    pages: Mapping[str, State] = field(default_factory=dict)
    keys: Mapping[str, str] = field(default_factory=dict)
    files: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    as_of: str = ""
    is_illustrative: bool = False
    province: str = ""
    language: str = ""
    writer: str = ""

    def save(self, folder: Path) -> None:
        """Write it into the folder of a new site."""
        text = json.dumps(asdict(self), indent=1, sort_keys=True) + "\n"
        (folder / STATES_FILE).write_text(text, encoding="utf-8")


@dataclass(frozen=True)
class Site:
    """What is published and what was written down about it; `current`: the revision of now."""

    folders: Folders
    written: Written
    current: int

    @property
    def is_current(self) -> bool:
        """Whether it shows the revision of now."""
        return self.written.revision == self.current

    def holds(self, page: str, key: str | None = None) -> bool:
        """Whether a page is there as it was written, made from these inputs or from any."""
        return page in self._intact and key in (None, self.written.keys.get(page))

    @cached_property
    def _intact(self) -> frozenset[str]:
        """The pages all of whose files are as they were written."""
        held = {page: files for page, files in self.written.files.items() if files}
        # On all cores: a hash is worked out without Python.
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            are_whole = pool.map(self._are_whole, held.values())
            return frozenset(
                page for page, is_whole in zip(held, are_whole, strict=True) if is_whole
            )

    def _are_whole(self, files: Mapping[str, str]) -> bool:
        return are_intact({self.folders.of(name) / name: files[name] for name in files})

    def state(self, page: str) -> State:
        """A unit's state, if this site shows the revision of now and has its page."""
        known = self.is_current and self.holds(page)
        return self.written.pages.get(page, "absent") if known else "absent"


def read_site(folders: Folders, current: int) -> Site:
    """What is there; nothing where a run before left no record that can be read."""
    return Site(folders, read_written(folders.pages), current)


def read_written(folder: Path) -> Written:
    """What the run that made the site in `folder` wrote down, or nothing."""
    try:
        text = (folder / STATES_FILE).read_text(encoding="utf-8")
        return TypeAdapter(Written).validate_json(text)
    except (OSError, ValueError):
        return Written()


def folders_of(settings: Settings) -> Folders:
    """Where the site of a period is, and its files of cases."""
    reports, name = project_root() / "reports", settings.period.name
    pages = reports / "_site" / name
    return Folders(pages, pages if settings.cases == "public" else reports / "_internal" / name)
