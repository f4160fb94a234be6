"""A site put together from finished pages: those of the cache, and those that stay as they were."""

from __future__ import annotations

import html
import re
import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from chiso.base.files import hashes
from chiso.base.i18n import _
from chiso.base.markdown import escape
from chiso.publishing.cache import HTML, published_files
from chiso.publishing.execute import write_document
from chiso.publishing.pages import Page
from chiso.publishing.render import prepare, render

# The beginning of a page's content, with the mark that a run before may have put there.
_TOP = re.compile(r'(?P<main><main\b[^>]*>)(<p class="failed">[^<]*</p>)?')


@dataclass(frozen=True)
class Source:
    """Where a page of the new site comes from.

    `folder`: where its published files are, perhaps among others. `failed`: why it could not be
    made; then `page` says what to write instead, or, with a folder, the page of an earlier run stays
    and is marked.
    """

    name: str
    folder: Path | None = None
    page: Page | None = None
    failed: str = ""


def assemble(sources: Iterable[Source], work: Path) -> tuple[Path, dict[str, dict[str, str]]]:
    """Put the site together below `work`: its folder, and each page's files with their hashes.

    For a page that failed there is one that says so, HTML alone; it is pandoc's, whoever writes the
    others.
    """
    output = prepare(work)
    files, notices = {}, []
    for source in sources:
        if source.page and source.failed and not source.folder:
            write_document(source.page, work, _failure_text(source.failed))
            notices.append(source.name)
        elif source.folder:
            files[source.name] = published_files(source.folder, source.name)
            for name in files[source.name]:
                shutil.copyfile(source.folder / name, output / name)
            if source.failed:
                _mark(output / f"{source.name}{HTML}", source.failed)
    render(work, notices)
    files |= {name: published_files(output, name) for name in notices}
    return output, {name: hashes(output, names) for name, names in files.items()}


def _mark(page: Path, reason: str) -> None:
    """Say on top of a page that it is one of an earlier run, once."""
    words = _("This page is from an earlier run; this time it could not be made: {reason}")
    told = words.format(reason=reason.partition("\n")[0])
    notice = f'<p class="failed">{html.escape(told)}</p>'
    text = page.read_text(encoding="utf-8")
    page.write_text(_TOP.sub(lambda top: top["main"] + notice, text, count=1), encoding="utf-8")


def _failure_text(reason: str) -> str:
    words = _("The report of this agency could not be made: {reason}").format(reason=reason)
    return f"::: {{.failed}}\n{escape(words)}\n:::\n"
