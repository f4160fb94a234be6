"""How long a command takes, how much CPU and memory, told the same way by every benchmark."""

from __future__ import annotations

import contextlib
import ctypes
import os
import resource
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tqdm import tqdm

_PR_SET_CHILD_SUBREAPER = 36


@dataclass(frozen=True)
class Usage:
    """What one run took: wall seconds, CPU seconds of it and its children, peak memory in MB of all its
    processes together (0 where the system does not tell)."""

    wall: float
    cpu: float
    peak: float


def run(command: Sequence[str], folder: Path | None = None) -> Usage:
    """Run the command to its end; its output goes nowhere unless it fails.

    The CPU is that of all its processes, of those too that it leaves behind for the system to end.
    """
    _adopt_orphans()
    before = _used_by_children()
    begin = time.perf_counter()
    process = subprocess.Popen(
        command,
        cwd=folder,
        # As installed: with compiled modules.
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": ""},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    with Together() as memory:
        told = process.stderr.read() if process.stderr else ""
        _, status = os.waitpid(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    wall = time.perf_counter() - begin
    with contextlib.suppress(ChildProcessError):
        while True:
            os.waitpid(-1, 0)
    if process.returncode:
        sys.exit(f"{' '.join(map(str, command))}: {process.returncode}\n{told[-2000:]}")
    return Usage(wall, _used_by_children() - before, memory.most)


class Together:
    """The most memory that the processes below this one held together, in MB, looked at once a second:
    what several of them share counts once (the kernel's PSS). `with_own`: and this one."""

    def __init__(self, with_own: bool = False) -> None:
        self._own = [os.getpid()] if with_own else []

    def __enter__(self) -> Together:
        self.most = 0.0
        self._ended = threading.Event()
        self._watcher = threading.Thread(target=self._watch, daemon=True)
        self._watcher.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._ended.set()
        self._watcher.join()

    def _watch(self) -> None:
        while not self._ended.wait(1):
            self.most = max(self.most, sum(map(_held, [*self._own, *_below(os.getpid())])))


def _below(process: int) -> list[int]:
    """The processes that a process started, and those that these did."""
    found = []
    for path in Path("/proc").glob(f"{process}/task/*/children"):
        with contextlib.suppress(OSError):
            for child in map(int, path.read_text("ascii").split()):
                found += [child, *_below(child)]
    return found


def _held(process: int) -> float:
    """MB that a process holds; 0 once it has ended."""
    with contextlib.suppress(OSError):
        for line in Path(f"/proc/{process}/smaps_rollup").read_text("ascii").splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) / 1024
    return 0.0


def _adopt_orphans() -> None:
    """Let what a command leaves behind become a child of this process, whose CPU is counted."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1)


def _used_by_children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def side_by_side(ways: Mapping[str, Sequence[str]], times: int) -> dict[str, list[Usage]]:
    """Every way `times` times, in turns, so that a busy moment falls on all of them."""
    found: dict[str, list[Usage]] = {name: [] for name in ways}
    for name in tqdm([name for _ in range(times) for name in ways], file=sys.stderr):
        found[name].append(run(ways[name]))
    return found


def spread(values: Sequence[float], digits: int = 2) -> str:
    """Median, and the least and the most in brackets."""
    low, middle, high = min(values), statistics.median(values), max(values)
    return f"{middle:.{digits}f} ({low:.{digits}f} to {high:.{digits}f})"


def table(headings: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """A Markdown table; the first column is text, the others are figures."""
    marks = ["---"] + ["---:"] * (len(headings) - 1)
    return "\n".join("| " + " | ".join(map(str, row)) + " |" for row in (headings, marks, *rows))
