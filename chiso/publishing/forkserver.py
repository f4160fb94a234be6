"""The prepared process that kernels are forked from: `python -m`, started by kernel.py alone.

It has one thread, imports and loads what every notebook needs, and then answers requests, one JSON
line each, on the socket that it got from its owner. When the owner closes the socket, or dies in
whatever way, the kernels are killed and this process ends.
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
from pathlib import Path
from typing import Any

from chiso.base.processes import end_with, give_back_memory

# Exit code of a kernel that could not be started.
NOT_STARTED = 70
# New objects from which on the collector looks for rings among them.
_MANY = 100_000
# What an IPython kernel would otherwise import when it starts, shows a cell or reports an error.
_KERNEL_MODULES = (
    "faulthandler", "pdb", "sqlite3",
    "IPython.core.completerlib", "IPython.core.debugger", "IPython.core.oinspect",
    "IPython.extensions.storemagic",
    "ipykernel.debugger", "ipykernel.ipkernel", "ipykernel.kernelapp",
)  # fmt: skip


def main() -> None:
    """Prepare, say so, then fork until the owner is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    descriptor, preparation = sys.argv[1:]
    channel = socket.socket(fileno=int(descriptor))
    _prepare(json.loads(preparation))
    # What is there now is shared by all kernels; the collector would only copy it.
    give_back_memory()
    gc.freeze()
    # A kernel lives for half a second: what it leaves in rings is looked for less often.
    gc.set_threshold(_MANY, 10, 10)
    server = _Server(channel)
    server.answer({"ready": True})
    server.serve()
    # What is frozen is never collected: a regular end would have libraries complain of leaks.
    os._exit(0)


def _prepare(calls: list[list[Any]]) -> None:
    """Import what a kernel is made of, then call every [“module:function”, argument ...]."""
    # Nobody debugs a page, and a kernel with a debugger opens a port for it.
    sys.modules.setdefault("debugpy", None)  # type: ignore[arg-type]
    # Nobody chooses anything on a page: seaborn would load it for what no page uses.
    sys.modules["ipywidgets"] = None  # type: ignore[assignment]
    for name in _KERNEL_MODULES:
        importlib.import_module(name)
    for target, *arguments in calls:
        module, _colon, function = target.partition(":")
        getattr(importlib.import_module(module), function)(*arguments)
    # A notebook that wants it all the same gets it.
    del sys.modules["ipywidgets"]


class _Server:
    """Forks kernels, and is the only one who waits for them, so a pid can't be mistaken."""

    def __init__(self, channel: socket.socket) -> None:
        self.channel = channel
        self.running: set[int] = set()

    def answer(self, content: dict[str, Any]) -> None:
        self.channel.sendall(json.dumps(content).encode() + b"\n")

    def serve(self) -> None:
        try:
            with self.channel.makefile("rb") as requests:
                for line in requests:
                    request = json.loads(line)
                    self.answer(getattr(self, f"do_{request.pop('do')}")(**request))
        except (BrokenPipeError, ConnectionResetError):
            pass  # the owner is gone: the same as the end of its requests
        finally:
            for pid in list(self.running):
                self.do_kill(pid)

    def do_launch(self, **request: Any) -> dict[str, Any]:
        """Fork a kernel; the answer is its process id."""
        owner = os.getpid()
        pid = os.fork()
        if pid == 0:
            code = NOT_STARTED
            try:
                self.channel.close()
                _die_with(owner)
                code = _be_kernel(**request)
            except BaseException:
                sys.excepthook(*sys.exc_info())
            finally:
                os._exit(code)
        _own_group(pid)
        self.running.add(pid)
        return {"pid": pid}

    def do_poll(self, pid: int, block: bool = False) -> dict[str, Any]:
        """The exit code of a kernel, null while it runs; minus the signal that ended it."""
        if pid not in self.running:
            return {"code": 0}
        ended, status = os.waitpid(pid, 0 if block else os.WNOHANG)
        if not ended:
            return {"code": None}
        self.running.discard(pid)
        return {"code": os.waitstatus_to_exitcode(status)}

    def do_signal(self, pid: int, number: int) -> dict[str, Any]:
        """Signal a kernel and the processes that it started."""
        if pid in self.running:
            os.killpg(pid, number)
        return {}

    def do_kill(self, pid: int) -> dict[str, Any]:
        """Kill a kernel with the processes that it started, and wait until it is gone."""
        self.do_signal(pid, signal.SIGKILL)
        return self.do_poll(pid, block=True)


def _own_group(pid: int) -> None:
    """Ctrl-C in the terminal goes to the owner, not to a kernel; done by both sides, first wins."""
    with contextlib.suppress(PermissionError, ProcessLookupError):
        os.setpgid(pid, pid)


def _die_with(parent: int) -> None:
    """From now on the kernel is killed when `parent` ends, even if it has ended already."""
    _own_group(os.getpid())
    end_with(parent, NOT_STARTED)


def _be_kernel(arguments: list[str], environment: dict[str, str], folder: str, memory: int) -> int:
    """Run an IPython kernel in this process until it is told to stop."""
    from ipykernel import kernelapp

    kernelapp.IOPubThread = _without_port()  # type: ignore[misc, assignment]
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    _limit_memory(memory)
    sys.argv = ["ipykernel_launcher", *arguments]
    app = kernelapp.IPKernelApp.instance()
    app.initialize(arguments)
    app.start()
    return 0


def _without_port() -> type:
    """ipykernel's sender of output, which would open a port of its own, over TCP whatever the
    transport, to hear what processes print that a notebook forked."""
    from ipykernel.iostream import IOPubThread

    class WithoutPort(IOPubThread):
        def __init__(self, socket: Any, pipe: bool, session: Any) -> None:
            super().__init__(socket, pipe=False, session=session)

    return WithoutPort


def _limit_memory(megabytes: int) -> None:
    """Let this process allocate that much more than it has; beyond it, a cell gets MemoryError."""
    fields = Path("/proc/self/status").read_text("ascii").splitlines()
    held = next(int(line.split()[1]) for line in fields if line.startswith("VmData:"))
    limit = held * 1024 + megabytes * 1024 * 1024
    resource.setrlimit(resource.RLIMIT_DATA, (limit, limit))


if __name__ == "__main__":
    main()
