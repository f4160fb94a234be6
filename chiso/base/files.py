"""Writing that is all or nothing: a killed run leaves the old file or folder whole."""

from __future__ import annotations

import ctypes
import errno
import fcntl
import hashlib
import os
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from chiso.base.errors import ParameterError
from chiso.base.i18n import _

_SCRATCH = "chiso-"
_AT_FDCWD, _RENAME_EXCHANGE = -100, 2


def sha256(path: Path) -> str:
    """The SHA-256 of a file's bytes, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def hashes(paths: Iterable[Path]) -> dict[str, str]:
    """The hashes of files by their names, in the order of the names."""
    return {path.name: sha256(path) for path in sorted(paths, key=lambda path: path.name)}


def are_intact(known: Mapping[Path, str]) -> bool:
    """Whether files still have the hashes that are known of them."""
    return all(path.is_file() and sha256(path) == known[path] for path in known)


def fault_of(error: OSError) -> str:
    """What the system refused, in words; of a full disk what to do, and no file is named."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
        return _("the disk is full: make room and run it again; what was there before is unchanged")
    return f"{error.filename or ''}: {error.strerror or error}".lstrip(": ")


def write_files(folder: Path, contents: Mapping[str, str | bytes]) -> None:
    """Write UTF-8 texts, or bytes, by file name into `folder`; each file is complete or as it was
    before.

    ParameterError where something that is no regular file has such a name: nothing is written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    require_targets([folder / name for name in contents])
    staged: list[tuple[Path, Path]] = []
    try:
        for name, content in contents.items():
            handle, temporary = tempfile.mkstemp(prefix=f".{name}.", dir=folder)
            staged.append((Path(temporary), folder / name))
            with os.fdopen(handle, "wb") as file:
                file.write(content.encode() if isinstance(content, str) else content)
            Path(temporary).chmod(0o644)
        for temporary_path, target in staged:
            os.replace(temporary_path, target)
    finally:
        for temporary_path, _target in staged:
            temporary_path.unlink(missing_ok=True)


def require_targets(targets: Iterable[Path], inputs: Iterable[Path] = ()) -> None:
    """ParameterError for a file to be written that is one of those that are read, or is a folder,
    a device, a pipe or a link to one of them."""
    read = {path.resolve() for path in inputs}
    for target in targets:
        if target.resolve() in read:
            raise ParameterError(
                _("This file is one of those that are read; it would be overwritten."),
                file=target,
                hint=_("Give --out another name."),
            )
        if target.exists() and not target.is_file():
            raise ParameterError(
                _("This is a folder or a device, no file that can be written."),
                file=target,
                hint=_("Give --out another name."),
            )


@contextmanager
def only_one(target: Path, tell: Callable[[str], None] | None = None) -> Iterator[None]:
    """Lets one process at a time work on `target`; the others wait for their turn, and `tell` gets
    what they wait for."""
    target.parent.mkdir(parents=True, exist_ok=True)
    with (target.parent / f".{target.name}.lock").open("w", encoding="utf-8") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if tell:
                tell(
                    _("Another run works on {folder}: waiting until it ends.").format(folder=target)
                )
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@contextmanager
def staging_folder(target: Path) -> Iterator[Path]:
    """An empty folder beside `target` to build in; removed at the end, whatever happened.

    Folders that a killed run left there are removed first, if their process is gone.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    for left in target.parent.glob(f".{target.name}.building-*"):
        number = left.name.rpartition("-")[2]
        if not number.isdecimal() or not _is_running(int(number)):
            shutil.rmtree(left, ignore_errors=True)
    folder = target.parent / f".{target.name}.building-{os.getpid()}"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def scratch_folder() -> Iterator[Path]:
    """A new folder with a short path where this machine keeps what is temporary; removed at the end,
    and by the next run where this one is killed."""
    with tempfile.TemporaryDirectory(prefix=f"{_SCRATCH}{os.getpid()}-") as name:
        yield Path(name)


def tidy_scratch() -> None:
    """Remove the scratch folders of this user's runs that were killed."""
    for left in Path(tempfile.gettempdir()).glob(f"{_SCRATCH}*-*"):
        number = left.name.removeprefix(_SCRATCH).partition("-")[0]
        if (
            number.isdecimal()
            and not _is_running(int(number))
            and left.lstat().st_uid == os.getuid()
        ):
            shutil.rmtree(left, ignore_errors=True)


def replace_folder(new: Path, target: Path) -> None:
    """Put `new` in the place of `target` in one step; what was there is gone afterwards."""
    if not target.exists():
        os.rename(new, target)
        return
    if not _exchange(new, target):
        # No exchange on this system: the old folder steps aside for an instant.
        aside = new.with_name(new.name + ".old")
        os.rename(target, aside)
        os.rename(new, target)
        new = aside
    shutil.rmtree(new)


def _exchange(one: Path, other: Path) -> bool:
    """Swap two folders atomically (Linux renameat2); False where that can't be done."""
    libc = ctypes.CDLL(None, use_errno=True)
    if not hasattr(libc, "renameat2"):
        return False
    code = libc.renameat2(
        _AT_FDCWD, os.fsencode(one), _AT_FDCWD, os.fsencode(other), _RENAME_EXCHANGE
    )
    if code == 0:
        return True
    if ctypes.get_errno() in (errno.ENOSYS, errno.EINVAL, errno.ENOTSUP):
        return False
    raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()), str(other))


def _is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    return True
