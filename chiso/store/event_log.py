"""Registers that only grow: a numbered file an entry, written whole or not at all, never touched again."""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from chiso.base.errors import InputError
from chiso.base.files import only_one, write_files
from chiso.base.i18n import _

Event = dict[str, Any]
T = TypeVar("T")
_ENTRY = re.compile(r"\d{6,}\.json")


def append(folder: Path, decide: Callable[[list[Event]], tuple[list[Event], T]]) -> T:
    """Add an entry to the register in `folder`: what `decide` makes of its events up to now, with
    its second result. No events, no entry.

    Others wait meanwhile. An entry's events are all there or none, also of a process that is killed.
    Raises InputError for a register that was damaged.
    """
    with only_one(folder):
        files = _files(folder)
        new, result = decide([event for path in files for event in _read(path)])
        if new:
            text = "".join(json.dumps(event, ensure_ascii=False) + "\n" for event in new)
            write_files(folder, {_name(len(files) + 1): text})
    return result


def read(folder: Path, entries: int | None = None) -> list[Event]:
    """The events of a register, oldest first, or those of its first `entries`; InputError if it was
    damaged."""
    return [event for path in _files(folder)[:entries] for event in _read(path)]


def size(folder: Path) -> int:
    """How many entries a register has."""
    return len(_files(folder))


def _files(folder: Path) -> list[Path]:
    found = (
        sorted(
            (path for path in folder.iterdir() if _ENTRY.fullmatch(path.name)),
            key=lambda path: int(path.stem),
        )
        if folder.is_dir()
        else []
    )
    for i, path in enumerate(found, start=1):
        if path.name != _name(i):
            raise _damaged(folder / _name(i), _("This entry of the register is gone."))
    return found


def _name(number: int) -> str:
    return f"{number:06d}.json"


def _read(path: Path) -> list[Event]:
    stamp = path.stat()
    return _parsed(path, stamp.st_mtime_ns, stamp.st_size)


@functools.cache
def _parsed(path: Path, _changed: int, _size: int) -> list[Event]:
    try:
        text = path.read_text(encoding="utf-8")
        events = [json.loads(line) for line in text.splitlines()]
    except ValueError:
        events = []
    if not events or not all(isinstance(event, dict) for event in events):
        raise _damaged(path, _("This entry of the register can't be read."))
    return events


def _damaged(path: Path, message: str) -> InputError:
    return InputError(message, file=path, hint=_("Restore the file from a backup."))
