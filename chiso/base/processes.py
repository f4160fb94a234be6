"""Processes that belong to another one and end with it, work that is done in one, and memory given back."""

from __future__ import annotations

import ctypes
import gc
import os
import signal
import sys
import traceback
from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING

from chiso.base.errors import UserError
from chiso.base.i18n import _

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

Tell = Callable[[str], None]

_PR_SET_PDEATHSIG = 1
# New objects from which on the collector looks for rings among them.
_MANY = 100_000
# Seconds that work has which is no longer wanted.
_TO_TIDY_UP = 10


@cache
def die_with(owner: int) -> None:
    """This process is killed when the one that started it (its number: `owner`) ends, in whatever
    way; Ctrl-C is for that process, which then ends those that it started."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if sys.platform == "linux":
        end_with(owner)


def end_with(owner: int) -> None:
    """The same where Ctrl-C is heard (Linux only), also where the owner has ended already."""
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != owner:
        os._exit(1)


def collect_seldom() -> None:
    """From now on rings of objects are looked for less often in this process: of its work they are next
    to none, and to look for them was up to a tenth of it."""
    gc.set_threshold(_MANY, 10, 10)


def do_apart(work: Callable[[Tell], object], tell: Tell) -> None:
    """Do `work` in a process of its own, with which all the memory goes that it took: libraries keep most
    of theirs. What it tells, `tell` gets; what it raises is raised here. UserError where it was killed.

    A fork, so that nothing is imported again; where the system has no safe one it is done here. At
    Ctrl-C it has some seconds to tidy up.
    """
    if sys.platform != "linux":
        work(tell)
        return
    import multiprocessing  # deferred: every command begins with this module

    context = multiprocessing.get_context("fork")
    ours, theirs = context.Pipe(duplex=False)
    process = context.Process(target=_apart, args=(work, theirs, os.getpid()))
    process.start()
    theirs.close()
    try:
        while isinstance(told := ours.recv(), str):
            tell(told)
    except EOFError:
        raise UserError(
            _("The process that read and counted was ended from outside."),
            hint=_(
                "Mostly the machine is short of memory: close other programs, then run it again."
                " Nothing that was stored before is lost."
            ),
        ) from None
    except BaseException:  # Ctrl-C: what is half-written there has to go
        try:
            process.terminate()
            process.join(_TO_TIDY_UP)
        finally:
            process.kill()
        raise
    finally:
        process.join()
        ours.close()
    if told is not None:
        raise told


def _apart(work: Callable[[Tell], object], channel: Connection, owner: int) -> None:
    """In the process of its own: texts as they are told, at the end what was raised or None."""
    die_with(owner)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        work(channel.send)
    except KeyboardInterrupt:
        pass  # nobody listens any more
    except UserError as error:
        channel.send(error)
    except Exception as error:
        error.add_note(traceback.format_exc())  # which is not sent along
        channel.send(error)
    else:
        channel.send(None)


def give_back_memory() -> None:
    """Give what this process no longer needs back to the system, as far as allocators can."""
    import pyarrow as pa

    gc.collect()
    pa.default_memory_pool().release_unused()
    if trim := getattr(ctypes.CDLL(None), "malloc_trim", None):  # not everywhere
        trim(0)
