"""Drafts that people may edit: what we wrote is replaced, what somebody changed is never touched."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from chiso.base.errors import InputError
from chiso.base.files import are_intact, only_one, sha256, write_files
from chiso.base.i18n import _

# The hashes of all that was ever written here, by file: what has another one was changed.
_WRITTEN = ".written.json"
Files = Mapping[str, bytes]


@dataclass(frozen=True)
class Kept:
    """What became of one draft: `files` that hold it; whether they were written now; `edited`: files
    that somebody changed, and that stay as they are beside it."""

    name: str
    files: tuple[Path, ...]
    is_new: bool
    edited: tuple[Path, ...]


def keep_drafts(
    folder: Path, drafts: Mapping[str, Files], tell: Callable[[str], None]
) -> tuple[Kept, ...]:
    """Put drafts (name -> ending -> bytes) into `folder`.

    The files of a draft go together. Those that nobody changed are replaced where the draft has
    changed; beside those that somebody did, "<name> (bản mới)" is written, unless the draft is the
    one that was changed. `tell` gets what was written beside.
    """
    with only_one(folder, tell):
        written = _read(folder)
        found = tuple(_keep(folder, name, files, written) for name, files in drafts.items())
    for one in found:
        if one.edited and one.is_new:
            tell(
                _("Changed by hand and kept: {edited}. The new draft is beside it: {file}").format(
                    edited=one.edited[0].name, file=one.files[0]
                )
            )
    return found


def _keep(folder: Path, name: str, files: Files, written: dict[str, list[str]]) -> Kept:
    edited: list[Path] = []
    for title in _titles(name):
        paths = {ending: folder / f"{title}.{ending}" for ending in files}
        changed = [path for path in paths.values() if _is_changed(path, written)]
        hashes = {path: _hash(files[ending]) for ending, path in paths.items()}
        if not changed:
            is_new = not are_intact(hashes)
            if is_new:
                _write(folder, {paths[e].name: files[e] for e in files}, written)
            return Kept(name, tuple(paths.values()), is_new, tuple(edited))
        edited += changed
        if all(written.get(path.name, [""])[-1] == value for path, value in hashes.items()):
            # What was changed is this very draft.
            return Kept(name, tuple(paths.values()), False, tuple(edited))
    raise AssertionError("there is always another title")


def _write(folder: Path, contents: Files, written: dict[str, list[str]]) -> None:
    """The hashes first: a run that is killed in between leaves files that are known as ours."""
    for name, content in contents.items():
        value = _hash(content)
        written[name] = [*(one for one in written.get(name, []) if one != value), value]
    text = json.dumps(written, ensure_ascii=False, indent=1, sort_keys=True)
    write_files(folder, {_WRITTEN: text})
    write_files(folder, contents)


def _titles(name: str) -> Iterator[str]:
    yield name
    yield f"{name} (bản mới)"
    number = 2
    while True:
        yield f"{name} (bản mới {number})"
        number += 1


def _is_changed(path: Path, written: Mapping[str, list[str]]) -> bool:
    """Whether there is a file that we did not write so."""
    return path.exists() and not (path.is_file() and sha256(path) in written.get(path.name, ()))


def _hash(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _read(folder: Path) -> dict[str, list[str]]:
    path = folder / _WRITTEN
    if not path.is_file():
        return {}
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        return {str(name): [str(one) for one in hashes] for name, hashes in found.items()}
    except (ValueError, AttributeError, TypeError):
        raise InputError(
            _("This file is damaged: it says which drafts were changed by hand."),
            file=path,
            hint=_("Move the drafts of this folder elsewhere, then run it again."),
        ) from None
