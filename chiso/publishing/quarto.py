"""Pages written by Quarto: their documents as one project of their own, the results into the cache.

Quarto writes all formats of a whole project at a time, at a fixed cost a call, and one document that
it can't write spoils the call: the project is then divided until the guilty page is alone.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path

from chiso.base.errors import UserError
from chiso.base.i18n import _
from chiso.publishing.cache import HTML, PDF, WORD, Cache, published_files
from chiso.publishing.finish import finish_page
from chiso.publishing.pages import Page
from chiso.publishing.render import RenderError, last_words, prepare, run
from chiso.publishing.typesetting import font_folders
from chiso.publishing.word import complete_word_file

# A document and its figures; all else in an entry of the cache is made.
_DOCUMENT = {".qmd", ".svg"}
# So many refused pages and none written: the trouble is Quarto itself.
_ENOUGH = 3


class NothingMadeError(UserError):
    """Quarto ended well without a page; what it said is in the message."""


def write_pages(
    pages: Sequence[Page], keys: Mapping[str, str], cache: Cache, work: Path
) -> dict[str, str]:
    """Write `pages`, whose documents the cache has, and finish their entries; those that Quarto
    refused by name, with why. A folder below `work` is used for it and removed.

    UserError where Quarto makes no page at all.
    """
    failed: dict[str, str] = {}
    written = 0
    # Pages without papers first: where typst refuses all others, they show that Quarto works.
    groups = [sorted(pages, key=lambda page: page.has_papers)] if pages else []
    while groups:
        group = groups.pop()
        try:
            absent = _write_together(group, keys, cache, work / "quarto")
        except RenderError as error:
            if len(group) > 1:
                middle = len(group) // 2
                groups += [group[middle:], group[:middle]]
                continue
            if not written and len(failed) + 1 >= _ENOUGH:
                raise
            absent = {group[0].name: str(error)}
        failed |= absent
        written += len(group) - len(absent)
    return failed


def _write_together(
    pages: Sequence[Page], keys: Mapping[str, str], cache: Cache, folder: Path
) -> dict[str, str]:
    """Write `pages` in one call; those of which a file is missing, with what Quarto said."""
    folder.mkdir()
    try:
        output = prepare(folder)
        for page in pages:
            for path in cache.entry(page.name, keys[page.name]).iterdir():
                if path.suffix in _DOCUMENT:
                    shutil.copyfile(path, folder / path.name)
        fonts = {
            "TYPST_FONT_PATHS": os.pathsep.join(font_folders()),
            # A machine may have another version of the same face.
            "TYPST_IGNORE_SYSTEM_FONTS": "true",
        }
        done = run(["quarto", "render", str(folder)], folder, fonts)
        absent = {page.name for page in pages if not _is_whole(output, page)}
        words = _("Quarto made no page: {said}").format(said=last_words(done))
        if len(absent) == len(pages):
            raise NothingMadeError(
                words,
                hint=_(
                    "Try the other writer with --writer, or send this message to the developers."
                ),
            )
        for page in pages:
            if page.name not in absent:
                finish_page(output / f"{page.name}{HTML}")
                if page.has_papers:
                    complete_word_file(output / f"{page.name}{WORD}")
                cache.finish(output, page.name, keys[page.name])
    finally:
        shutil.rmtree(folder)
    return dict.fromkeys(sorted(absent), words)


def _is_whole(output: Path, page: Page) -> bool:
    kinds = (HTML, PDF, WORD) if page.has_papers else (HTML,)
    return {f"{page.name}{kind}" for kind in kinds} <= set(published_files(output, page.name))
