"""Does a page have to be made again? It has, where anything that it is made from is another.

What a page is made from: the figures that it shows (content.py says which), its notebook, its own
text, and what all pages of a period have in common: code, versions, templates, parameters. One hash of
all that is the page's key; a page is there if the site or the cache has it under its key.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from chiso.base.files import sha256
from chiso.base.locations import params_dir, project_root
from chiso.base.versions import code_hash, package_versions
from chiso.publishing.cache import Cache
from chiso.publishing.pages import Page
from chiso.publishing.site import Site
from chiso.rules.settings import Settings

# Page -> the hash of all that it is made from.
Keys = Mapping[str, str]


@dataclass(frozen=True)
class Remake:
    """What has to be made again of one period's site by one writer; `force`: everything."""

    settings: Settings
    writer: str
    site: Site
    cache: Cache
    force: bool

    def keys(self, pages: Iterable[Page]) -> dict[str, str]:
        """The key of every page, by name."""
        return {page.name: self._key(page) for page in pages}

    def is_kept(self, name: str, keys: Keys) -> bool:
        """Whether the site has the page as it would be made now."""
        return self.site.holds(name, keys[name])

    def is_ready(self, name: str, keys: Keys) -> bool:
        """Whether the page need not be made."""
        if self.force:
            return False
        return self.is_kept(name, keys) or self.cache.is_finished(name, keys[name])

    def has_document(self, name: str, keys: Keys) -> bool:
        """Whether only the writing of the page is left to do."""
        return not self.force and self.cache.has(name, keys[name])

    def is_complete(self, names: Iterable[str], keys: Keys) -> bool:
        """Whether the site shows the revision of now and has all these pages as they would be made."""
        return self.site.is_current and all(self.is_kept(name, keys) for name in names)

    def _key(self, page: Page) -> str:
        own = params_dir() / "commentary" / self.settings.period.name / f"{page.name}.md"
        # Which revisions of earlier periods it compares with is left out: no page names them, and
        # the figures themselves are in `shows`.
        parameters = {k: v for k, v in page.parameters.items() if k != "history"}
        made_from = [
            *(page.name, parameters, page.front, page.shows, self._shared),
            *(page.notebook.name, self._notebooks[page.notebook]),
            sha256(own) if own.is_file() else "",
        ]
        return _digest(json.dumps(made_from, ensure_ascii=False, sort_keys=True))

    @cached_property
    def _notebooks(self) -> dict[Path, str]:
        folder = project_root() / "notebooks"
        return {path: sha256(path) for path in folder.glob("*.ipynb")}

    @cached_property
    def _shared(self) -> str:
        """The hash of what all pages of a period have in common, the figures aside."""
        files = {
            path.relative_to(project_root()).as_posix(): sha256(path)
            for path in sorted([*templates(), *_parameters(self.settings)])
        }
        return _digest(repr((self.writer, code_hash(), package_versions(), files)))


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def templates() -> Iterator[Path]:
    """Everything in reports/ that was not built: no folder that begins with _ or a dot."""
    reports = project_root() / "reports"
    for path in reports.iterdir():
        if path.name[0] not in "._":
            yield from (found for found in (path, *path.rglob("*")) if found.is_file())
    yield reports / "_quarto.yml"


def _parameters(settings: Settings) -> Iterator[Path]:
    """Everything in params/, but the settings of other periods, what analysts wrote about a page
    (it belongs to that page alone) and mappings of exports (they act through the figures)."""
    params = params_dir()
    own = params / "periods" / f"{settings.period.name}.yml"
    for path in params.rglob("*"):
        folder, *below = path.relative_to(params).parts
        if not path.is_file() or folder == "sources":
            continue
        if folder == "periods" and path != own:
            continue
        if folder == "commentary" and len(below) > 1:
            continue
        yield path
