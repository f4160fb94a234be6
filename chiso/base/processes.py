"""Processes that belong to another one and end with it, and memory that one gives back."""

from __future__ import annotations

import ctypes
import gc
import os
import signal
import sys
from functools import cache

_PR_SET_PDEATHSIG = 1


@cache
def die_with(owner: int) -> None:
    """This process is killed when the one that started it (its number: `owner`) ends, in whatever
    way; Ctrl-C is for that process, which then ends those that it started."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if sys.platform == "linux":
        end_with(owner)


def end_with(owner: int, code: int = 1) -> None:
    """The same where Ctrl-C is heard (Linux only); an owner that has ended already: end with `code`."""
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != owner:
        os._exit(code)


def give_back_memory() -> None:
    """Give what this process no longer needs back to the system, as far as allocators can."""
    import pyarrow as pa

    gc.collect()
    pa.default_memory_pool().release_unused()
    if trim := getattr(ctypes.CDLL(None), "malloc_trim", None):  # not everywhere
        trim(0)
