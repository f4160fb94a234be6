"""Saved answers handed in as a folder, a zip or a table of 2025: checked like fetched ones, kept alike."""

from __future__ import annotations

import errno
import json
import lzma
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import Any

from chiso.base.errors import InputError
from chiso.base.files import only_one
from chiso.base.i18n import _, count, day
from chiso.base.period import Period
from chiso.portal.answers import NATIONAL, Answer, read_answer
from chiso.portal.captures import (
    MANIFEST,
    OLD_TABLES,
    VIET_NAM,
    Capture,
    Unfinished,
    moment,
    reference_day,
    require_province,
)
from chiso.portal.contents import Contents, require_own, require_whole, root_of
from chiso.rules.portal_rules import PAGED_GROUPS, portal_rules

_MOST_FILES = 500


@dataclass(frozen=True)
class _File:
    """A file that was handed in; `changed`: when it was saved, Viet Nam's time."""

    name: str
    raw: bytes
    changed: datetime


def take_in(source: Path, period: Period, province: str) -> tuple[Capture, ...]:
    """Keep the answers in `source` as captures of a period and a province: one, or of a table of 2025
    one for each capture that it tells.

    They were captured when their capture.json says, else when the newest file was saved. InputError
    where they are no answers, not all, or of another province or period: nothing is stored.
    """
    require_province(province)
    files = _files(source)
    tables = [file for file in files if PurePosixPath(file.name).name == OLD_TABLES]
    if tables:
        return _old_captures(source, tables[0], period, province)
    manifest = next((file for file in files if PurePosixPath(file.name).name == MANIFEST), None)
    answers = [file for file in files if file is not manifest]
    captured = max(file.changed for file in files)
    if manifest:
        captured = _told_by(manifest, source, period, province)
    if captured < period.start:
        raise InputError(
            _("These answers were saved on {day}, before {period} began.").format(
                day=day(captured.date()), period=period.label
            ),
            file=source,
            hint=_("Check the period."),
        )
    pages = _checked(source, answers, period, province)
    contents = Contents(
        {group: tuple(answer for _file, answer in held) for group, held in pages.items()}
    )
    require_whole(
        contents, str(source), _("Nothing is stored. Hand in the answers of all groups and pages.")
    )
    unfinished = Unfinished(period, province, is_fetched=False)
    with only_one(unfinished.folder):
        unfinished.take_up(datetime.max)
        try:
            for group, held in pages.items():
                for page, (file, _answer) in enumerate(held, start=1):
                    unfinished.add(group, page, {}, file.raw, status=0, fetched=captured)
            told = reference_day(period, captured, contents.told_days())
            return (unfinished.finish(captured, told, source.name),)
        finally:
            unfinished.discard()


def _old_captures(source: Path, table: _File, period: Period, province: str) -> tuple[Capture, ...]:
    """The captures of a period and a province that a table of 2025 tells."""
    from chiso.portal.old_tables import read_old_tables  # deferred: pandas takes its time

    path = source if source.name == OLD_TABLES else source / table.name
    if not path.is_file():
        raise InputError(
            _("Hand in {name} itself or the folder that it is in.").format(name=OLD_TABLES),
            file=source,
        )
    rows = read_old_tables(path)
    own = (rows["unit"] + ".").str.startswith(f"{province}.")
    rows = rows[own & (rows["period"] == period.name)]
    if rows.empty:
        raise InputError(
            _("This table has nothing of “{province}” for {period}.").format(
                province=province, period=period.label
            ),
            file=path,
            hint=_("Give another --period or --province."),
        )
    kept = []
    for label, its in rows.groupby("capture"):
        unfinished = Unfinished(period, province, is_fetched=False)
        captured = its["captured"].iloc[0].to_pydatetime()
        with only_one(unfinished.folder):
            unfinished.take_up(datetime.max)
            unfinished.add(OLD_TABLES, 1, {"capture": label}, table.raw, status=0, fetched=captured)
            told = reference_day(period, captured, ())
            kept.append(unfinished.finish(captured, told, source.name, str(label)))
    return tuple(kept)


def _checked(
    source: Path, files: list[_File], period: Period, province: str
) -> dict[str, list[tuple[_File, Answer]]]:
    """Group -> its pages in order, every answer of the province and the period."""
    pages: dict[str, list[tuple[_File, Answer]]] = {}
    for file in files:
        answer = read_answer(file.raw, None, f"{source}: {file.name}")
        pages.setdefault(answer.group, []).append((file, answer))
    national = pages.get(NATIONAL, [])
    if len(national) != 1:
        raise InputError(
            _("There has to be one answer of {group} here, not {number}.").format(
                group=NATIONAL, number=count(len(national))
            ),
            file=source,
            hint=_("Hand in the answers of all groups, each page once."),
        )
    root = root_of(national[0][1], province, f"{source}: {national[0][0].name}")
    for group in (NATIONAL, *PAGED_GROUPS):
        held = pages.get(group, [])
        held.sort(key=lambda one: (one[1].page or 0, one[0].name))
        for file, answer in held:
            require_own(answer, province, root, period, f"{source}: {file.name}")
    return pages


def _told_by(manifest: _File, source: Path, period: Period, province: str) -> datetime:
    """When the answers were captured, by a capture.json that fits the period and the province."""
    name = f"{source}: {manifest.name}"
    try:
        content: dict[str, Any] = json.loads(manifest.raw)
        captured = moment(content["captured"])
        told = str(content["period"]), str(content["province"])
    except (ValueError, KeyError, TypeError):
        raise InputError(
            _("This description of a capture can't be read."),
            file=name,
            hint=_("Leave it out, or hand in the folder as it was kept."),
        ) from None
    if told != (period.name, province):
        raise InputError(
            _("This is a capture of {province}, {other}; not of {wanted}, {period}.").format(
                province=told[1], other=told[0], wanted=province, period=period.name
            ),
            file=name,
            hint=_("Nothing is stored. Give the --period and --province of these answers."),
        )
    return captured


def _files(source: Path) -> list[_File]:
    """The JSON files and tables of 2025 in a folder or a zip, in the order of their names."""
    if not source.exists():
        raise InputError(_("This file does not exist."), file=source, hint=_("Check the path."))
    found = list(_of_folder(source) if source.is_dir() else _of_file(source))
    if not found:
        raise InputError(
            _("There are no saved answers (.json) here."),
            file=source,
            hint=_("Hand in a folder or a zip of the portal's answers."),
        )
    return sorted(found, key=lambda file: file.name)


def _is_wanted(name: str) -> bool:
    path = PurePosixPath(name)
    is_hidden = any(part.startswith((".", "__")) for part in path.parts)
    return (path.suffix.lower() == ".json" or path.name == OLD_TABLES) and not is_hidden


def _of_folder(folder: Path) -> Iterator[_File]:
    left = _Bounds(folder)
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        # A link may lead anywhere.
        if path.is_file() and not path.is_symlink() and _is_wanted(name):
            left.take(path.stat().st_size)
            saved = datetime.fromtimestamp(path.stat().st_mtime, VIET_NAM)
            yield _File(name, path.read_bytes(), saved.replace(tzinfo=None, microsecond=0))


def _of_file(path: Path) -> Iterator[_File]:
    if path.name == OLD_TABLES:
        yield from (file for file in _of_folder(path.parent) if file.name == OLD_TABLES)
        return
    left = _Bounds(path)
    try:
        with zipfile.ZipFile(path) as archive:
            for info in archive.infolist():
                _require_inside(info.filename, path)
                if info.is_dir() or not _is_wanted(info.filename):
                    continue
                # What the archive says of its sizes need not be true: no more than that is read.
                left.take(info.file_size)
                with archive.open(info) as member:
                    raw = member.read(info.file_size + 1)
                if len(raw) > info.file_size:
                    raise left.too_much()
                yield _File(info.filename, raw, datetime(*info.date_time))
    except OSError as error:
        # Told by zipfile and bz2 of what stands in the zip; with another number it is a fault of this machine.
        if error.errno not in (None, errno.EINVAL):
            raise
        raise _no_zip(path) from None
    except (
        *(zipfile.BadZipFile, zlib.error, lzma.LZMAError),
        *(RuntimeError, NotImplementedError, EOFError, ValueError),
    ):
        raise _no_zip(path) from None


def _no_zip(path: Path) -> InputError:
    return InputError(
        _("This is no folder and no zip that can be read."),
        file=path,
        hint=_("Hand in a folder or a zip of the portal's answers."),
    )


def _require_inside(name: str, path: Path) -> None:
    parts = PurePosixPath(name.replace("\\", "/"))
    if parts.is_absolute() or ".." in parts.parts:
        raise InputError(
            _("The zip has a file with a path outside it: {name}.").format(name=name[:100]),
            file=path,
            hint=_("Pack the answers again."),
        )


@dataclass
class _Bounds:
    """How much is read of what was handed in."""

    source: Path
    files: int = 0
    size: int = 0

    def take(self, size: int) -> None:
        """Count a file; InputError where it is too much."""
        self.files += 1
        self.size += size
        most = portal_rules().largest_megabytes * 1_000_000
        if self.files > _MOST_FILES or self.size > most * (1 + len(PAGED_GROUPS)):
            raise self.too_much()

    def too_much(self) -> InputError:
        """What to tell."""
        return InputError(
            _(
                "This is more than the answers of a capture: over {files} files or {number} MB."
            ).format(
                files=count(_MOST_FILES),
                number=count(portal_rules().largest_megabytes * (1 + len(PAGED_GROUPS))),
            ),
            file=self.source,
            hint=_("Hand in the answers of one capture alone."),
        )
