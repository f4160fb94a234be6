"""A site put together from finished pages: those of the cache, and those that stay as they were."""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from chiso.base.i18n import _
from chiso.base.markdown import escape
from chiso.publishing.cache import published_files
from chiso.publishing.execute import write_document
from chiso.publishing.pages import Page
from chiso.publishing.render import prepare, render


@dataclass(frozen=True)
class Source:
    """Where a page of the new site comes from.

    `folder`: where its published files are, perhaps among others. `failed`: why it could not be
    made; then `page` says what to write instead.
    """

    name: str
    folder: Path | None = None
    page: Page | None = None
    failed: str = ""


def assemble(sources: Iterable[Source], work: Path) -> tuple[Path, dict[str, list[str]]]:
    """Put the site together below `work`: its folder, and the names of each page's files.

    For a page that failed there is one that says so, HTML alone; it is pandoc's, whoever writes the
    others.
    """
    output = prepare(work)
    files, notices = {}, []
    for source in sources:
        if source.page and source.failed:
            write_document(source.page, work, _failure_text(source.failed))
            notices.append(source.name)
        elif source.folder:
            files[source.name] = published_files(source.folder, source.name)
            for name in files[source.name]:
                shutil.copyfile(source.folder / name, output / name)
    render(work, notices)
    return output, files | {name: published_files(output, name) for name in notices}


def _failure_text(reason: str) -> str:
    words = _("The report of this agency could not be made: {reason}").format(reason=reason)
    return f"::: {{.failed}}\n{escape(words)}\n:::\n"
