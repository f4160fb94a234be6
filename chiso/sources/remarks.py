"""What is told of files, headings and words that were read otherwise than they stand, or not at all."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from chiso.base.i18n import _, count
from chiso.base.letters import plain
from chiso.contract.records import Remark
from chiso.contract.tables import TABLES
from chiso.rules.settings import ILLUSTRATION_MARK
from chiso.sources.codes import unknown_words
from chiso.sources.grids import Grid, as_text
from chiso.sources.headers import HEADER_ROWS, Found, Header
from chiso.sources.mappings import WORKBOOK
from chiso.sources.parts import Part


def left_out(folder: Path, known: set[str]) -> Iterator[Remark]:
    """What lies in the folder beside the files `known` and is not read, and what to do with it."""
    if (folder / ILLUSTRATION_MARK).exists():
        return
    for path in sorted(folder.iterdir()):
        if path.name[0] in "~." or path.name in known:
            continue
        words = (
            _("a folder is not read: put its files beside the others")
            if path.is_dir()
            else not_read(path)
        )
        yield Remark(path.name, "", words)


def not_read(path: Path) -> str:
    """Why a file is not read and what to do with it."""
    reasons = {
        **dict.fromkeys((".zip", ".rar", ".7z"), _("an archive is not read: unpack it")),
        **dict.fromkeys((".pdf", ".doc", ".docx"), _("not read: export it again as .xlsx")),
    }
    other = _("not read: this kind of file holds no records; export it as .xlsx or .csv")
    return reasons.get(path.suffix.lower(), other)


def of_header(part: Part, header: Header, grid: Grid) -> Iterator[Remark]:
    """What was made of headings that say the same twice, or nothing that is known."""
    names = {plain(h): c for c, headers in header.mapping.columns.items() for h in headers}
    for name, further in header.again.items():
        places = (header.columns[name], *further)
        one, *others = (_heading(grid, header, at) for at in places)
        words = _("of several columns of one meaning “{one}” counts, not {others}")
        told = words.format(one=one, others=", ".join(f"“{text}”" for text in others))
        yield Remark(part.file, part.sheet, told)
    for heading, near in header.unread:
        words = _("the heading “{heading}” is not known and was not read; nearest: “{near}”")
        column = f"{part.table}.{names[near].replace('_name', '')}"
        yield Remark(part.file, part.sheet, words.format(heading=heading, near=near), column)


def of_words(part: Part, found: Found) -> Iterator[Remark]:
    """Words that no file of params/sources/ knows, and where to add them."""
    system = found.header.system
    file = "params/sources" if system.file in ("", WORKBOOK) else system.file
    for name, word, number in unknown_words(found):
        column = TABLES[part.table].column(name).heading
        if word:
            told = _("{column}: “{word}” is not known; add it to {place} ({count} rows)")
        else:
            told = _(
                "{column}: what stands in {count} rows is no word that is known; they are set aside"
            )
        words = told.format(column=column, word=word, place=file, count=count(number))
        yield Remark(part.file, part.sheet, words)


def _heading(grid: Grid, header: Header, at: int) -> str:
    """The lowest text of a column's header."""
    rows = grid.rows[max(header.last_row + 1 - HEADER_ROWS, 0) : header.last_row + 1]
    texts = [as_text(row[at]) for row in rows if at < len(row)]
    return next((text for text in reversed(texts) if text), "")


def of_others(path: Path, others: list[dict[str, Any]]) -> Iterator[Remark]:
    """Records of other services in a file of messages, a line a service."""
    services = Counter(re.sub(r"[^A-Za-z0-9_.]", "", one["_service"])[:60] for one in others)
    for service, number in services.items():
        words = _("{count} records of {service} are no dossiers and are not read").format(
            count=count(number), service=service
        )
        yield Remark(path.name, "", words)
