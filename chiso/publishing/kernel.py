"""The prepared process of this one (forkserver.py), and the processes that it forks, one a page, to run cells.

Each page has a process of its own that nothing outlives; forked, because to start Python and to import
what a page needs takes four times as long as the page.
"""

from __future__ import annotations

import atexit
import contextlib
import json
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

# Pages are made side by side: each keeps to one thread. A forked process could not use others anyway.
ONE_THREAD = dict.fromkeys(
    ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMEXPR_NUM_THREADS"), "1"
)
# Bytes of the longest answer of a prepared process.
_LONGEST = 1 << 10


@dataclass(frozen=True)
class Limits:
    """What a page may use: seconds a cell, megabytes more than the prepared process holds."""

    cell_seconds: int = 600
    memory_mb: int = 2048


@dataclass(frozen=True)
class Preparation:
    """What happens once before pages are forked: calls of “module:function” with arguments."""

    calls: tuple[tuple[str | int, ...], ...] = ()


class KernelError(Exception):
    """The prepared process could not be started or has died, or the one that ran cells has."""


def can_fork() -> bool:
    """Whether processes are forked here: Linux only; macOS frameworks don't survive a fork."""
    return sys.platform == "linux"


class CellProcess:
    """A process that runs the cells of one page, one after the other."""

    def __init__(self, channel: socket.socket) -> None:
        self._channel, self._lines = channel, channel.makefile("rwb")

    def run(self, source: str, seconds: float) -> dict[str, Any]:
        """Run a cell: what CellShell.run gives. TimeoutError where it takes longer than so many seconds,
        KernelError where the process dies; either is its end."""
        self._channel.settimeout(seconds)
        try:
            self._lines.write(json.dumps(source).encode() + b"\n")
            self._lines.flush()
            answer = self._lines.readline()
        except (BrokenPipeError, ConnectionResetError):
            answer = b""
        if not answer:
            raise KernelError("the process that runs the cells has died")
        return json.loads(answer)

    def close(self) -> None:
        """Have no more cells for it."""
        with contextlib.suppress(OSError):  # it may be gone
            self._channel.shutdown(socket.SHUT_RDWR)
        with contextlib.suppress(OSError):  # what could not be sent is for nobody
            self._lines.close()
        self._channel.close()


class ForkServer:
    """The prepared process of this one, and the way to ask it for others."""

    def __init__(self, preparation: Preparation) -> None:
        self._channel, theirs = socket.socketpair(type=socket.SOCK_SEQPACKET)
        self._lock = threading.Lock()
        with theirs:
            self._process = subprocess.Popen(
                [
                    sys.executable, "-m", "chiso.publishing.forkserver",
                    str(theirs.fileno()), json.dumps(preparation.calls),
                ],
                pass_fds=[theirs.fileno()],
                env={**os.environ, **ONE_THREAD, "PYTHONHASHSEED": "0"},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                start_new_session=True,
            )  # fmt: skip
        self.pid = self._process.pid
        self._answer()

    @contextmanager
    def cell_process(self, folder: str, memory: int) -> Iterator[CellProcess]:
        """A new process in `folder` that may take `memory` MB; at the end it is gone, with all that it
        started. KernelError if the prepared process is gone."""
        ours, theirs = socket.socketpair()
        with theirs:
            environment = {**os.environ, **ONE_THREAD}
            asked = {"environment": environment, "folder": folder, "memory": memory}
            pid = self._ask("begin", theirs, **asked)["pid"]
        process = CellProcess(ours)
        try:
            yield process
        finally:
            process.close()
            self._ask("end", pid=pid)

    def is_alive(self) -> bool:
        """Whether it can still fork."""
        return self._process.poll() is None

    def close(self) -> None:
        """End it and all that it forked."""
        self._channel.close()
        self._process.wait()

    def _ask(self, do: str, handed: socket.socket | None = None, **request: Any) -> dict[str, Any]:
        """One request and its answer; KernelError if the prepared process is gone."""
        text = json.dumps({"do": do, **request}).encode()
        with self._lock:
            try:
                socket.send_fds(self._channel, [text], [handed.fileno()] if handed else [])
            except (BrokenPipeError, ConnectionResetError):
                raise KernelError("the prepared process has died") from None
            return self._answer()

    def _answer(self) -> dict[str, Any]:
        try:
            text = self._channel.recv(_LONGEST)
        except ConnectionResetError:
            text = b""
        if not text:
            raise KernelError("the prepared process has died")
        return json.loads(text)


_servers: dict[Preparation, ForkServer] = {}
_starting = threading.Lock()


def fork_server(preparation: Preparation) -> ForkServer:
    """This process's prepared process; one at a time, started when it is first needed or gone."""
    with _starting:
        found = _servers.get(preparation)
        if found is None or not found.is_alive():
            close_servers()
            _servers[preparation] = found = ForkServer(preparation)
        return found


@atexit.register
def close_servers() -> None:
    """End this process's prepared process, if it has one."""
    while _servers:
        _servers.popitem()[1].close()
