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
S = TypeVar("S")
T = TypeVar("T")
_ENTRY = re.compile(r"\d{6,}\.json")


def append(
    folder: Path, parse: Callable[[Event], S], decide: Callable[[list[S]], tuple[list[Event], T]]
) -> T:
    """Add an entry to the register in `folder`: what `decide` makes of its events up to now, with
    its second result. No events, no entry.

    Others wait meanwhile. An entry's events are all there or none, also of a process that is killed.
    Raises InputError for a register that was damaged.
    """
    with only_one(folder):
        new, result = decide(read(folder, parse))
        if new:
            text = "".join(json.dumps(event, ensure_ascii=False) + "\n" for event in new)
            write_files(folder, {_name(size(folder) + 1): text})
    return result


def read(folder: Path, parse: Callable[[Event], S], entries: int | None = None) -> list[S]:
    """The events of a register as `parse` reads them, oldest first, or those of its first `entries`;
    InputError with the entry's file if it was damaged."""
    found: list[S] = []
    for path in _files(folder)[:entries]:
        stamp = path.stat()
        try:
            found += map(parse, _events(path, stamp.st_mtime_ns, stamp.st_size))
        except (ValueError, KeyError, TypeError, AttributeError):
            raise _damaged(path, _("This entry of the register can't be read.")) from None
    return found


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


@functools.cache
def _events(path: Path, _changed: int, _size: int) -> tuple[Event, ...]:
    """The events of an entry, one a line; ValueError where it has none."""
    text = path.read_text(encoding="utf-8")
    if not text.endswith("\n"):
        raise ValueError
    return tuple(json.loads(line) for line in text.splitlines())


def _damaged(path: Path, message: str) -> InputError:
    return InputError(message, file=path, hint=_("Restore the file from a backup."))
