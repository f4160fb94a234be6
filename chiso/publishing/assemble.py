"""A site put together from finished pages: those of the cache, and those that stay as they were."""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from chiso.base.i18n import _
from chiso.base.markdown import escape
from chiso.publishing.cache import published_files, source_files
from chiso.publishing.execute import write_document
from chiso.publishing.pages import Page
from chiso.publishing.render import render


@dataclass(frozen=True)
class Source:
    """Where a page of the new site comes from.

    `folder`: where its `files` are, perhaps among others. `failed`: why it could not be made; then
    `page` says what to write instead.
    """

    name: str
    folder: Path | None = None
    files: tuple[str, ...] = ()
    page: Page | None = None
    failed: str = ""


def assemble(
    sources: Iterable[Source], work: Path, writer: Literal["quarto", "pandoc"]
) -> tuple[Path, dict[str, list[str]]]:
    """Put the site together below `work`: its folder, and the names of each page's files."""
    sources = list(sources)
    output = _rendered(sources, work, writer)
    files = {}
    for source in sources:
        for name in source.files:
            if source.folder and not (output / name).exists():
                shutil.copyfile(source.folder / name, output / name)
        files[source.name] = published_files(output, source.name)
    return output, files


def _rendered(sources: list[Source], work: Path, writer: Literal["quarto", "pandoc"]) -> Path:
    """The folder of the site, with the pages that the writer has to write only now: those that
    failed and, for Quarto, which writes whole sites, all that were made."""
    waiting = []
    for source in sources:
        if source.page and source.failed:
            write_document(source.page, work, _failure_text(source.failed))
            waiting.append(source.name)
        elif source.folder and f"{source.name}.html" not in source.files:
            for name in source_files(source.folder, source.name):
                shutil.copyfile(source.folder / name, work / name)
            waiting.append(source.name)
    return render(work, waiting, writer if waiting else "pandoc")


def cached(name: str, entry: Path) -> Source:
    """A page from its entry in the cache."""
    return Source(name, entry, tuple(published_files(entry, name)))


def _failure_text(reason: str) -> str:
    words = _("The report of this agency could not be made: {reason}").format(reason=reason)
    return f"::: {{.failed}}\n{escape(words)}\n:::\n"
