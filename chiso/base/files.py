"""Writing that is all or nothing: a killed run leaves the old file or folder whole."""

from __future__ import annotations

import atexit
import ctypes
import errno
import fcntl
import hashlib
import json
import os
import re
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from chiso.base.errors import ParameterError
from chiso.base.i18n import _
from chiso.base.terminal import tell_aside

_SCRATCH, _SEAL = "chiso-", "seal"
# What is written beside its place: .<name>.building-<process>-<letters>.
_BUILDING = ".building-"
_STAGED = re.compile(rf"\..+{_BUILDING}(\d+)(-\w+)?")
_AT_FDCWD, _RENAME_EXCHANGE = -100, 2
_READ_AT_ONCE = 1 << 18


def sha256(path: Path) -> str:
    """The SHA-256 of a file's bytes, in hexadecimal."""
    with path.open("rb", buffering=0) as file:
        if os.fstat(file.fileno()).st_size > _READ_AT_ONCE:
            return hashlib.file_digest(file, "sha256").hexdigest()
        # Most files are small, and `file_digest` makes room for a large one each time.
        return hashlib.sha256(file.readall()).hexdigest()


def hashes(paths: Iterable[Path]) -> dict[str, str]:
    """The hashes of files by their names, in the order of the names."""
    return {path.name: sha256(path) for path in sorted(paths, key=lambda path: path.name)}


def are_intact(known: Mapping[Path, str]) -> bool:
    """Whether files still have the hashes that are known of them."""
    return all(path.is_file() and sha256(path) == known[path] for path in known)


def sealed(fields: Mapping[str, Any]) -> str:
    """Fields as JSON that holds a hash of itself."""
    return json.dumps({**fields, _SEAL: _seal_of(fields)}, ensure_ascii=False, indent=1) + "\n"


def unsealed(text: str) -> dict[str, Any]:
    """The fields of such JSON, or of one that has no hash yet; ValueError where it was altered."""
    fields = json.loads(text)
    if not isinstance(fields, dict):
        raise ValueError
    seal = fields.pop(_SEAL, None)
    if seal not in (None, _seal_of(fields)):
        raise ValueError
    return fields


def _seal_of(fields: Mapping[str, Any]) -> str:
    text = json.dumps(fields, ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def fault_of(error: OSError) -> str:
    """What the system refused, in words; of a full disk what to do, and no file is named."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
        return _("the disk is full: make room and run it again; what was there before is unchanged")
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return _(
            "{place}: this user may not read or write here, or the disk is read-only: give the right to"
            " do so, or name another folder, and run it again; what was there before is unchanged"
        ).format(place=error.filename or "")
    return f"{error.filename or ''}: {error.strerror or error}".lstrip(": ")


def write_files(folder: Path, contents: Mapping[str, str | bytes]) -> None:
    """Write UTF-8 texts, or bytes, by file name into `folder`; each file is complete or as it was
    before.

    ParameterError where something that is no regular file has such a name: nothing is written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    require_targets([folder / name for name in contents])
    tidy_staged(folder)
    staged: list[tuple[Path, Path]] = []
    try:
        for name, content in contents.items():
            handle, temporary = tempfile.mkstemp(prefix=staged_prefix(name), dir=folder)
            staged.append((Path(temporary), folder / name))
            with os.fdopen(handle, "wb") as file:
                file.write(content.encode() if isinstance(content, str) else content)
            Path(temporary).chmod(0o644)
        for temporary_path, target in staged:
            os.replace(temporary_path, target)
    finally:
        for temporary_path, _target in staged:
            temporary_path.unlink(missing_ok=True)


@contextmanager
def staged_file(target: Path) -> Iterator[Path]:
    """An empty file beside `target` to write in; it takes its place at the end, if nothing went wrong."""
    target.parent.mkdir(parents=True, exist_ok=True)
    tidy_staged(target.parent)
    handle, name = tempfile.mkstemp(prefix=staged_prefix(target.name), dir=target.parent)
    os.close(handle)
    staged = Path(name)
    try:
        yield staged
        staged.chmod(0o644)
        os.replace(staged, target)
    finally:
        staged.unlink(missing_ok=True)


def staged_prefix(name: str) -> str:
    """How the name begins of what is to become `name`; by it the next run knows what a killed one left."""
    return f".{name}{_BUILDING}{os.getpid()}-"


def tidy_staged(folder: Path) -> None:
    """Remove what killed runs left half-written in `folder`."""
    for left in folder.iterdir() if folder.is_dir() else ():
        found = _STAGED.fullmatch(left.name)
        if found and not _is_running(int(found[1])):
            if left.is_dir() and not left.is_symlink():
                shutil.rmtree(left, ignore_errors=True)
            else:
                left.unlink(missing_ok=True)


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
def only_one(target: Path, tell: Callable[[str], None] = tell_aside) -> Iterator[None]:
    """Lets one process at a time work on `target`; the others wait for their turn, and `tell` gets
    what they wait for."""
    target.parent.mkdir(parents=True, exist_ok=True)
    with (target.parent / f".{target.name}.lock").open("a+", encoding="utf-8") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            words = _("Another run (process {number}) works on {folder}: waiting until it ends.")
            tell(words.format(number=lock.readline().strip() or "?", folder=target))
            fcntl.flock(lock, fcntl.LOCK_EX)
        with suppress(OSError):  # a full disk: those who wait are not told the number, no more
            os.ftruncate(lock.fileno(), 0)
            os.write(lock.fileno(), f"{os.getpid()}\n".encode())
        yield


@contextmanager
def staging_folder(target: Path) -> Iterator[Path]:
    """An empty folder beside `target` to build in; removed at the end, whatever happened."""
    target.parent.mkdir(parents=True, exist_ok=True)
    tidy_staged(target.parent)
    folder = Path(tempfile.mkdtemp(prefix=staged_prefix(target.name), dir=target.parent))
    try:
        folder.chmod(0o755)
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def scratch_folder() -> Iterator[Path]:
    """A new folder with a short path where this machine keeps what is temporary; removed at the end,
    and by the next run where this one is killed."""
    # In the folder of a run a name need not say whose it is: sockets are in here, and a path's length counts.
    is_ours = Path(tempfile.gettempdir()).name.startswith(_SCRATCH)
    with tempfile.TemporaryDirectory(prefix="" if is_ours else _scratch_prefix()) as name:
        yield Path(name)


def keep_temporary_things_together() -> None:
    """From now on all that is temporary, of libraries and of processes that are started too, is in
    one folder of this process; removed when it ends, and by the next run where it is killed."""
    tidy_scratch()
    folder = tempfile.mkdtemp(prefix=_scratch_prefix())
    # Before a library asks to be told of the end: who asks last is told first.
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    tempfile.tempdir = os.environ["TMPDIR"] = os.environ["JOBLIB_TEMP_FOLDER"] = folder


def _scratch_prefix() -> str:
    return f"{_SCRATCH}{os.getpid()}-"


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
