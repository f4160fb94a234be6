"""Reading in a process of its own: what a broken or hostile file does to its reader stays there."""

from __future__ import annotations

import fcntl
import multiprocessing
import os
import resource
import select
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from chiso.base.errors import InputError
from chiso.base.i18n import _, current_language, use_language

# What a reader may take: a full sheet of a million rows and twenty columns needs about half of both.
_MEMORY, _SECONDS = 4 << 30, 300


def read_apart(read: Callable[[Path], Iterable[Any]], path: Path) -> Iterator[Any]:
    """What `read` yields of a file, read in a process of its own with bounds of memory and time.

    Raises what `read` raises as an InputError, and one where the reader dies: readers of Excel files
    are known to panic or abort on files that were cut off, or that claim millions of empty cells.
    """
    # Forked from a small process that has the readers' modules and no threads: a fork of this one,
    # with its database, does not survive.
    context = multiprocessing.get_context("forkserver")
    # The program too: else every reader imports it anew.
    context.set_forkserver_preload(["__main__", read.__module__])
    ours, theirs = context.Pipe(duplex=False)
    call = (read, path, theirs, current_language())
    reader = context.Process(target=_read, args=call, daemon=True)
    reader.start()
    theirs.close()
    try:
        yield from _received(ours, path)
    finally:
        ours.close()
        reader.kill()
        reader.join()


def _received(ours: Connection, path: Path) -> Iterator[Any]:
    while True:
        try:
            found, refusal = ours.recv()
        except EOFError:
            raise _unreadable(path) from None
        if refusal:
            raise InputError(**refusal)
        if found is None:
            return
        yield found


def _read(
    read: Callable[[Path], Iterable[Any]], path: Path, theirs: Connection, language: str
) -> None:
    _end_with_owner()
    use_language(language)
    # A reader that panics says so on the terminal in words that nobody can use.
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
    for limit, most in (
        (resource.RLIMIT_AS, _used() + _MEMORY),
        (resource.RLIMIT_CPU, _SECONDS),
        (resource.RLIMIT_CORE, 0),
    ):
        with suppress(ValueError, OSError):  # a lower limit is set already
            resource.setrlimit(limit, (most, most))
    try:
        for found in read(path):
            theirs.send((found, None))
        theirs.send((None, None))
    except InputError as error:
        theirs.send((None, _as_told(error)))
    except BaseException:  # a panic of a reader in Rust is no Exception
        theirs.send((None, _as_told(_unreadable(path))))


def _end_with_owner() -> None:
    """Let the system end this process with the one that wants what it reads, however that is killed and
    whatever native code is at work here; its parent is another one, of which it would not hear."""
    owner = multiprocessing.parent_process()
    if owner is None:
        return
    # Readable once the owner's end of the pipe is closed; a signal without a handler then ends the process.
    pipe = int(owner.sentinel)
    fcntl.fcntl(pipe, fcntl.F_SETOWN, os.getpid())
    fcntl.fcntl(pipe, fcntl.F_SETFL, fcntl.fcntl(pipe, fcntl.F_GETFL) | os.O_ASYNC)
    if select.select([pipe], [], [], 0)[0]:
        os._exit(1)


def _used() -> int:
    """The address space that this process has already, in bytes; a fork begins with all of it."""
    pages = Path("/proc/self/statm").read_text(encoding="ascii").split()[0]
    return int(pages) * resource.getpagesize()


def _as_told(error: InputError) -> dict[str, Any]:
    """What an error says and where, as it is made again."""
    return {
        "message": error.message,
        "file": error.file,
        "line": error.line,
        "hint": error.hint,
    }


def _unreadable(path: Path) -> InputError:
    return InputError(
        _("This file is broken, or has cells far outside its table, and can't be read."),
        file=path,
        hint=_(
            "Export it again; or open it in Excel, delete the empty rows and columns around the"
            " table, and save it as .xlsx."
        ),
    )
