"""Captures: what the portal answered at one time, kept byte for byte in data/portal/<period>/.

data/portal/<period>/<time of the capture>/ holds the answers as they came and capture.json: whose
they are, when each was fetched, what was asked, and its hash. Only a whole capture stands there; one
that is being fetched is in data/portal/<period>/.unfinished-<province>/ and is renamed in one step.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import date, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

from chiso.base.errors import InputError, ParameterError
from chiso.base.files import sha256, write_files
from chiso.base.i18n import _
from chiso.base.locations import project_root
from chiso.base.period import Period, parse_period

MANIFEST = "capture.json"
OLD_TABLES = "groups.csv"
# Viet Nam has one time and no summer time.
VIET_NAM = timezone(timedelta(hours=7))
_FORMAT = 1
_NOTE = ".note.json"


@dataclass(frozen=True)
class Kept:
    """An answer that is kept: its file, the group (OLD_TABLES: a table of 2025), the page, what was
    asked, the status of the answer (0: handed in), when it came (ISO, Viet Nam's time), its SHA-256."""

    file: str
    group: str
    page: int
    request: Mapping[str, Any]
    status: int
    fetched: str
    sha256: str


@dataclass(frozen=True)
class Capture:
    """A whole capture. `captured`: when its last answer came (Viet Nam's time, naive).
    `reference_day`: the day that the figures are of. `source`: where they were asked for, or the
    file that was handed in. `label`: which of several in one table of 2025."""

    folder: Path
    period: str
    province: str
    captured: datetime
    reference_day: date
    source: str
    answers: tuple[Kept, ...]
    label: str = ""

    def raw(self, kept: Kept) -> bytes:
        """The bytes of an answer; InputError where they are no longer what was kept."""
        path = self.folder / kept.file
        content = path.read_bytes() if path.is_file() else b""
        if hashlib.sha256(content).hexdigest() != kept.sha256:
            raise InputError(
                _("This answer is not as it was kept."),
                file=path,
                hint=_("Remove the folder {folder} and fetch the period again.").format(
                    folder=self.folder
                ),
            )
        return content


def portal_dir() -> Path:
    """data/portal/ of the project."""
    return project_root() / "data" / "portal"


def now() -> datetime:
    """The moment, in Viet Nam's time, naive."""
    return datetime.now(VIET_NAM).replace(tzinfo=None)


def require_province(code: str) -> None:
    """ParameterError for what is no code of a province: it becomes part of a folder's name."""
    if not re.fullmatch(r"H\d{2}", code, re.ASCII):
        raise ParameterError(
            _("“{text}” is no code of a province on the portal.").format(text=code),
            hint=_("Write it as H31 (Hưng Yên)."),
        )


def moment(text: str) -> datetime:
    """A moment with its zone as Viet Nam's time, naive; one without a zone is Viet Nam's."""
    told = datetime.fromisoformat(text)
    return told.astimezone(VIET_NAM).replace(tzinfo=None) if told.tzinfo else told


def captures(period: Period | None = None, province: str | None = None) -> tuple[Capture, ...]:
    """The whole captures of a period (of all), of one province or all, oldest first.

    Raises InputError for a capture.json that can't be read.
    """
    pattern = f"{period.name if period else '*'}/[!.]*/{MANIFEST}"
    found = (_read(path) for path in portal_dir().glob(pattern))
    wanted = (one for one in found if province in (None, one.province))
    return tuple(sorted(wanted, key=lambda one: (one.captured, one.folder.name)))


def newest(period: Period, province: str) -> Capture | None:
    """The newest whole capture of a province's period."""
    return next(reversed(captures(period, province)), None)


def reference_day(period: Period, captured: datetime, told: Iterable[date]) -> date:
    """The day that figures are of: as they say, else the day of the capture, of a closed period its
    last day."""
    days = set(told)
    return min(days) if days else min(captured.date(), period.last_day)


@dataclass(frozen=True)
class Unfinished:
    """A capture that is being put together; killed at any moment it can be taken up again.

    `is_fetched`: from the portal; what was handed in is put together beside it."""

    period: Period
    province: str
    is_fetched: bool = True
    answers: list[Kept] = field(default_factory=list)

    @property
    def folder(self) -> Path:
        """Where its answers are meanwhile."""
        way = "unfinished" if self.is_fetched else "handed-in"
        return portal_dir() / self.period.name / f".{way}-{self.province}"

    def take_up(self, not_before: datetime) -> None:
        """Find the answers of an interrupted run that came at or after a moment; remove all else."""
        self.folder.mkdir(parents=True, exist_ok=True)
        self.answers.clear()
        for path in sorted(self.folder.iterdir()):
            if path.name.endswith(_NOTE):
                kept = _kept(json.loads(path.read_text(encoding="utf-8")))
                answer = self.folder / kept.file
                is_there = answer.is_file() and sha256(answer) == kept.sha256
                if is_there and moment(kept.fetched) >= not_before:
                    self.answers.append(kept)
        ours = {name for kept in self.answers for name in (kept.file, kept.file + _NOTE)}
        for path in self.folder.iterdir():
            if path.name not in ours:
                path.unlink()

    def find(self, group: str, page: int) -> Kept | None:
        """The answer that is there already."""
        return next((one for one in self.answers if (one.group, one.page) == (group, page)), None)

    def raw(self, kept: Kept) -> bytes:
        """The bytes of an answer."""
        return (self.folder / kept.file).read_bytes()

    def add(
        self,
        group: str,
        page: int,
        request: Mapping[str, Any],
        raw: bytes,
        *,
        status: int,
        fetched: datetime,
    ) -> Kept:
        """Keep an answer as it came."""
        kept = Kept(
            file=f"{group}-{page}.json" if group != OLD_TABLES else OLD_TABLES,
            group=group,
            page=page,
            request=request,
            status=status,
            fetched=_text(fetched),
            sha256=hashlib.sha256(raw).hexdigest(),
        )
        # The note last: an answer without one is not there.
        write_files(self.folder, {kept.file: raw})
        write_files(self.folder, {kept.file + _NOTE: json.dumps(asdict(kept), ensure_ascii=False)})
        self.answers.append(kept)
        return kept

    def drop(self, group: str) -> None:
        """Remove the answers of a group: they are to be asked for again."""
        for kept in [one for one in self.answers if one.group == group]:
            (self.folder / (kept.file + _NOTE)).unlink()
            (self.folder / kept.file).unlink()
            self.answers.remove(kept)

    def discard(self) -> None:
        """Remove everything."""
        shutil.rmtree(self.folder, ignore_errors=True)

    def finish(self, captured: datetime, day: date, source: str, label: str = "") -> Capture:
        """Put the capture, which is whole, in its place in one step; the same one is kept once."""
        target = portal_dir() / self.period.name / (label or f"{captured:%Y-%m-%dT%H-%M-%S}")
        there = _read(target / MANIFEST) if (target / MANIFEST).is_file() else None
        if there and there.province != self.province:
            target = target.with_name(f"{target.name}-{self.province}")
            there = _read(target / MANIFEST) if (target / MANIFEST).is_file() else None
        if there:
            if {one.sha256 for one in there.answers} != {one.sha256 for one in self.answers}:
                raise InputError(
                    _("Another capture of the same time is kept already."),
                    file=target,
                    hint=_("Remove that folder if these answers are to take its place."),
                )
            self.discard()
            return there
        capture = Capture(
            target, self.period.name, self.province, captured, day, source,
            tuple(self.answers), label,
        )  # fmt: skip
        write_files(self.folder, {MANIFEST: _manifest(capture)})
        for path in self.folder.glob(f"*{_NOTE}"):
            path.unlink()
        os.rename(self.folder, target)
        return capture


def _manifest(capture: Capture) -> str:
    content = {
        "format": _FORMAT,
        "period": capture.period,
        "province": capture.province,
        "captured": _text(capture.captured),
        "reference_day": capture.reference_day.isoformat(),
        "source": capture.source,
        "label": capture.label,
        "answers": [asdict(one) for one in capture.answers],
    }
    return json.dumps(content, ensure_ascii=False, indent=1) + "\n"


def _read(path: Path) -> Capture:
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        if content["format"] != _FORMAT:
            raise ValueError(content["format"])
        return Capture(
            folder=path.parent,
            period=parse_period(content["period"]).name,
            province=str(content["province"]),
            captured=moment(content["captured"]),
            reference_day=date.fromisoformat(content["reference_day"]),
            source=str(content["source"]),
            answers=tuple(_kept(one) for one in content["answers"]),
            label=str(content["label"]),
        )
    except (OSError, ValueError, KeyError, TypeError):
        raise InputError(
            _("This description of a capture can't be read."),
            file=path,
            hint=_("Remove the folder {folder} and fetch the period again.").format(
                folder=path.parent
            ),
        ) from None


def _kept(content: Mapping[str, Any]) -> Kept:
    kept = Kept(**content)
    if kept.file != Path(kept.file).name:
        raise ValueError(kept.file)
    return kept


def _text(when: datetime) -> str:
    return when.replace(tzinfo=VIET_NAM).isoformat(timespec="seconds")
