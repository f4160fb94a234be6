"""The prepared process that pages are forked from: `python -m`, started by kernel.py alone.

It has one thread, imports and loads what every notebook needs, and then answers requests, one JSON
text each, on the socket that it got from its owner. When the owner closes the socket, or dies in
whatever way, the processes that it forked are killed and this one ends.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import json
import os
import resource
import signal
import socket
import sys
import threading
from pathlib import Path
from typing import Any

from chiso.base.processes import collect_seldom, end_with, give_back_memory
from chiso.pages.cell_errors import EXTENSION
from chiso.publishing.cells import CellShell, new_shell

# Bytes of the longest request: the environment of a page is in it.
_LONGEST = 1 << 17
# What IPython would otherwise import when it runs a cell or reports an error.
_IPYTHON_MODULES = ("faulthandler", "pdb", "IPython.core.debugger", "IPython.core.oinspect")


def main() -> None:
    """Prepare, say so, then fork until the owner is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    descriptor, preparation = sys.argv[1:]
    channel = socket.socket(fileno=int(descriptor))
    shell = _prepare(json.loads(preparation))
    # What is there now is shared by all pages; the collector would only copy it.
    give_back_memory()
    gc.freeze()
    collect_seldom()
    server = _Server(channel, shell)
    server.answer({"ready": True})
    server.serve()
    # What is frozen is never collected: a regular end would have libraries complain of leaks.
    os._exit(0)


def _prepare(calls: list[list[Any]]) -> CellShell:
    """Import what runs cells, then call every [“module:function”, argument ...]; the shell for them."""
    # Nobody chooses anything on a page: seaborn would load it for what no page uses.
    sys.modules["ipywidgets"] = None  # type: ignore[assignment]
    for name in _IPYTHON_MODULES:
        importlib.import_module(name)
    shell = new_shell(EXTENSION)
    for target, *arguments in calls:
        module, _colon, function = target.partition(":")
        getattr(importlib.import_module(module), function)(*arguments)
    # A notebook that wants it all the same gets it.
    del sys.modules["ipywidgets"]
    shell.outputs.clear()
    if threading.active_count() > 1:
        raise RuntimeError("a prepared process must not have threads: they don't survive a fork")
    return shell


class _Server:
    """Forks the processes of pages, and is the only one who waits for them, so a pid can't be mistaken."""

    def __init__(self, channel: socket.socket, shell: CellShell) -> None:
        self.channel, self.shell = channel, shell
        self.running: set[int] = set()

    def answer(self, content: dict[str, Any]) -> None:
        self.channel.sendall(json.dumps(content).encode())

    def serve(self) -> None:
        try:
            while True:
                text, descriptors, *_more = socket.recv_fds(
                    self.channel, _LONGEST, 1, socket.MSG_CMSG_CLOEXEC
                )
                if not text:
                    break
                request = json.loads(text)
                self.answer(getattr(self, f"do_{request.pop('do')}")(*descriptors, **request))
        except (BrokenPipeError, ConnectionResetError):
            pass  # the owner is gone: the same as the end of its requests
        finally:
            for pid in list(self.running):
                self.do_end(pid)

    def do_begin(self, descriptor: int, **request: Any) -> dict[str, Any]:
        """Fork a process that is told cells on the socket `descriptor`; the answer is its process id."""
        owner = os.getpid()
        pid = os.fork()
        if pid == 0:
            try:
                self.channel.close()
                _die_with(owner)
                _run_cells(self.shell, socket.socket(fileno=descriptor), **request)
            except (BrokenPipeError, ConnectionResetError):
                pass  # nobody waits for its answers any more
            except BaseException:
                sys.stderr = sys.__stderr__
                sys.excepthook(*sys.exc_info())
            finally:
                os._exit(0)
        os.close(descriptor)
        _own_group(pid)
        self.running.add(pid)
        return {"pid": pid}

    def do_end(self, pid: int) -> dict[str, Any]:
        """Kill a process with those that it started, and wait until it is gone."""
        if pid in self.running:
            self.running.discard(pid)
            with contextlib.suppress(ProcessLookupError):
                os.killpg(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
        return {}


def _own_group(pid: int) -> None:
    """Ctrl-C in the terminal goes to the owner, not to a page; done by both sides, first wins."""
    with contextlib.suppress(PermissionError, ProcessLookupError):
        os.setpgid(pid, pid)


def _die_with(parent: int) -> None:
    """From now on this process is killed when `parent` ends, even if it has ended already."""
    _own_group(os.getpid())
    end_with(parent)


def _run_cells(
    shell: CellShell,
    channel: socket.socket,
    environment: dict[str, str],
    folder: str,
    memory: int,
) -> None:
    """Run cells in this process, one JSON line each, until nobody has another; each is answered by what
    it put out."""
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    _limit_memory(memory)
    with channel.makefile("rwb") as lines:
        shell.listen()
        for line in lines:
            done = shell.run(json.loads(line))
            lines.write(json.dumps(done).encode() + b"\n")
            lines.flush()


def _limit_memory(megabytes: int) -> None:
    """Let this process allocate that much more than it has; beyond it, a cell gets MemoryError."""
    fields = Path("/proc/self/status").read_text("ascii").splitlines()
    held = next(int(line.split()[1]) for line in fields if line.startswith("VmData:"))
    limit = held * 1024 + megabytes * 1024 * 1024
    resource.setrlimit(resource.RLIMIT_DATA, (limit, limit))


if __name__ == "__main__":
    main()
