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
from chiso.publishing.cache import HTML
from chiso.publishing.execute import write_document
from chiso.publishing.pages import Page
from chiso.publishing.render import prepare, render
from chiso.publishing.site import Folders

# The beginning of a page's content, with the mark that a run before may have put there.
_TOP = re.compile(r'(?P<main><main\b[^>]*>)(<p class="failed">[^<]*</p>)?')


@dataclass(frozen=True)
class Source:
    """Where a page of the new site comes from.

    `folders`: where its files are, perhaps among others. `failed`: why it could not be
    made; then `page` says what to write instead, or, with folders, the page of an earlier run stays
    and is marked.
    """

    name: str
    folders: Folders | None = None
    page: Page | None = None
    failed: str = ""


def assemble(
    sources: Iterable[Source], work: Path, cases_are_public: bool
) -> tuple[Folders, dict[str, dict[str, str]]]:
    """Put the site together below `work`: its folders, and each page's files with their hashes.

    For a page that failed there is one that says so, HTML alone; it is pandoc's, whoever writes the
    others.
    """
    output = prepare(work)
    folders = Folders(output, output if cases_are_public else work / "cases")
    folders.cases.mkdir(exist_ok=True)
    names, notices = [], []
    for source in sources:
        if source.page and source.failed and not source.folders:
            write_document(source.page, work, _failure_text(source.failed))
            notices.append(source.name)
        elif source.folders:
            for path in source.folders.files(source.name):
                shutil.copyfile(path, folders.of(path.name) / path.name)
            if source.failed:
                _mark(folders.pages / f"{source.name}{HTML}", source.failed)
        names.append(source.name)
    render(work, notices)
    return folders, {name: hashes(folders.files(name)) for name in names}


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
