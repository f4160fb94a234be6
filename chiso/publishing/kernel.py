"""Warm kernels: Jupyter's kernel provisioner that forks from a prepared process (forkserver.py).

papermill and nbclient stay as they are: they get a kernel manager of ours, whose kernel is a
process of its own each time, forked instead of started. Nothing is installed into anyone's home.
Where the system has no safe fork, the same kernel is started.
"""

from __future__ import annotations

import atexit
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from queue import Empty
from typing import Any, cast

from jupyter_client.asynchronous import AsyncKernelClient
from jupyter_client.connect import KernelConnectionInfo
from jupyter_client.kernelspec import KernelSpec
from jupyter_client.manager import AsyncKernelManager
from jupyter_client.provisioning import LocalProvisioner
from traitlets import Dict, Int, Type, Unicode
from traitlets.config import Config

from chiso.pages.cell_errors import EXTENSION

# The entry point of pyproject.toml, group jupyter_client.kernel_provisioners.
PROVISIONER = "chiso-warm"
# Kernels run side by side: each keeps to one thread. A forked one could not use others anyway.
ONE_THREAD = dict.fromkeys(
    ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMEXPR_NUM_THREADS"), "1"
)

# How long the channel of outputs may take to reach a kernel that has answered, before it is asked anew.
_SECONDS_TO_SUBSCRIBE = 0.2
_MILLISECONDS_TO_RECONNECT = 5


@dataclass(frozen=True)
class Limits:
    """What a page may use: seconds a cell, megabytes more than the prepared process holds."""

    cell_seconds: int = 600
    memory_mb: int = 2048


@dataclass(frozen=True)
class Preparation:
    """What happens once before kernels are forked: calls of “module:function” with arguments."""

    calls: tuple[tuple[str | int, ...], ...] = ()

    def as_text(self) -> str:
        """The same as JSON, which travels through a kernel's specification."""
        return json.dumps(self.calls)


class KernelError(Exception):
    """The prepared process could not be started or has died."""


def can_fork() -> bool:
    """Whether kernels are forked here: Linux only; macOS frameworks don't survive a fork."""
    return sys.platform == "linux"


def kernel_options(folder: Path, preparation: Preparation, limits: Limits) -> dict[str, Any]:
    """Arguments of papermill.execute_notebook for one kernel, whose sockets are in `folder`.

    `folder` must be private and its path short: the system allows about 100 characters for the
    name of a socket. Nothing listens on a port, and no two kernels can take the same one.
    """
    mixin = {"transport": "ipc", "ip": f"{folder}/k", "connection_file": f"{folder}/kernel.json"}
    warm = {"prepare": preparation.as_text(), "memory": limits.memory_mb} if can_fork() else {}
    return {
        "kernel_manager_class": WarmKernelManager,
        "kernel_name": "python3",
        "execution_timeout": limits.cell_seconds,
        # A busy machine is no error; a cell that never ends meets the limit above.
        "iopub_timeout": limits.cell_seconds,
        # The last output has arrived when papermill ends a kernel: nothing is lost by killing it.
        "shutdown_kernel": "immediate",
        "config": Config(ConnectionFileMixin=mixin, WarmKernelManager={"warm": warm}),
    }


def import_papermill() -> Any:
    """papermill, without the grammar of international addresses that jsonschema would build first:
    it takes longer than a page, and notebooks have no such addresses."""
    sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]
    import papermill

    return papermill


class WarmKernelClient(AsyncKernelClient):
    """A client that is ready as soon as its kernel is.

    The stock one looks for a kernel's sockets every tenth of a second, and waits a fifth of a second
    for what another client may have left on the channel of outputs. This kernel had no other, and
    nbclient passes over what answers no question of its own.
    """

    def start_channels(self, *which: bool, **named: bool) -> None:
        """Connect to sockets that the kernel may not have made yet."""
        self.context.reconnect_ivl = _MILLISECONDS_TO_RECONNECT
        super().start_channels(*which, **named)

    async def wait_for_ready(self, timeout: float | None = None) -> None:
        """Until there was an answer, and something on the channel of outputs; RuntimeError where the
        kernel dies before, or after `timeout` seconds."""
        end = time.monotonic() + (timeout or float("inf"))
        while time.monotonic() < end:
            self.kernel_info()
            try:
                await self.shell_channel.get_msg(timeout=1)
                await self.iopub_channel.get_msg(timeout=_SECONDS_TO_SUBSCRIBE)
                return
            except Empty:
                if not await self.is_alive():
                    raise RuntimeError("the kernel died before it answered") from None
        raise RuntimeError(f"the kernel did not answer in {timeout} seconds")


class WarmKernelManager(AsyncKernelManager):
    """A kernel manager of one kernel specification, which names our provisioner."""

    client_factory = Type(WarmKernelClient)

    warm = Dict(help="Our provisioner's settings; without any, Jupyter's own is named.").tag(
        config=True
    )

    @property
    def kernel_spec(self) -> KernelSpec:
        """A Python kernel by our provisioner; found in no folder, so installed in none."""
        stanza = {"provisioner_name": PROVISIONER, "config": dict(self.warm)}
        return KernelSpec(
            argv=[
                sys.executable,
                "-m",
                "ipykernel_launcher",
                "-f",
                "{connection_file}",
                "--log-level=CRITICAL",
                # No database of what was typed, and no thread that writes it.
                "--HistoryManager.enabled=False",
                f"--ext={EXTENSION}",
            ],
            display_name="Python 3",
            language="python",
            metadata={"kernel_provisioner": stanza} if self.warm else {},
        )


class WarmProvisioner(LocalProvisioner):
    """Provides kernels forked from this process's prepared one."""

    prepare = Unicode("[]")
    memory = Int(Limits.memory_mb)

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> KernelConnectionInfo:
        """Fork a kernel; `cmd` is what would start one."""
        after = cmd.index("ipykernel_launcher") + 1
        self.cwd = kwargs.get("cwd") or str(Path.cwd())
        process = fork_server(self.prepare).launch(
            arguments=cmd[after:],
            environment={**kwargs.get("env", os.environ), **ONE_THREAD},
            folder=str(self.cwd),
            memory=self.memory,
        )
        self.process = cast("subprocess.Popen[bytes]", process)
        self.pid = self.pgid = process.pid
        return self.connection_info

    async def send_signal(self, signum: int) -> None:
        """Signal the kernel and what it started, by way of its parent, who knows if it lives."""
        if self.process:
            self.process.send_signal(signum)


@dataclass
class ForkedProcess:
    """A kernel as subprocess.Popen would show it."""

    server: ForkServer
    pid: int
    returncode: int | None = None
    stdin = stdout = stderr = None

    def poll(self) -> int | None:
        """The exit code, or None while it runs; minus the number of the signal that ended it."""
        return self._ask("poll")

    def wait(self) -> int | None:
        """The exit code, once the process is gone."""
        return self._ask("poll", block=True)

    def send_signal(self, signum: int) -> None:
        """Signal the kernel; a kill returns when it is gone."""
        if signum == signal.SIGKILL:
            self._ask("kill")
        else:
            self._ask("signal", number=signum)

    def _ask(self, do: str, **request: Any) -> int | None:
        if self.returncode is None:
            try:
                self.returncode = self.server.ask(do, pid=self.pid, **request).get("code")
            except KernelError:
                self.returncode = -signal.SIGKILL  # kernels die with their server
        return self.returncode


class ForkServer:
    """The prepared process of this one, and the way to ask it for kernels."""

    def __init__(self, prepare: str) -> None:
        ours, theirs = socket.socketpair()
        self._lock = threading.Lock()
        self._channel = ours
        self._answers = ours.makefile("rb")
        with theirs:
            self._process = subprocess.Popen(
                [
                    sys.executable, "-m", "chiso.publishing.forkserver",
                    str(theirs.fileno()), prepare,
                ],
                pass_fds=[theirs.fileno()],
                env={**os.environ, **ONE_THREAD, "PYTHONHASHSEED": "0"},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                start_new_session=True,
            )  # fmt: skip
        self.pid = self._process.pid
        self._answer()

    def launch(self, **request: Any) -> ForkedProcess:
        """Fork a kernel; KernelError if the prepared process is gone."""
        return ForkedProcess(self, self.ask("launch", **request)["pid"])

    def ask(self, do: str, **request: Any) -> dict[str, Any]:
        """One request and its answer; KernelError if the prepared process is gone."""
        with self._lock:
            try:
                self._channel.sendall(json.dumps({"do": do, **request}).encode() + b"\n")
            except OSError:
                raise KernelError("the prepared process has died") from None
            return self._answer()

    def is_alive(self) -> bool:
        """Whether it can still fork."""
        return self._process.poll() is None

    def close(self) -> None:
        """End it and all of its kernels."""
        self._answers.close()
        self._channel.close()
        self._process.wait()

    def _answer(self) -> dict[str, Any]:
        try:
            line = self._answers.readline()
        except OSError:
            line = b""
        if not line:
            raise KernelError("the prepared process has died")
        return json.loads(line)


_servers: dict[str, ForkServer] = {}
_starting = threading.Lock()


def fork_server(prepare: str) -> ForkServer:
    """This process's prepared process; one at a time, started when it is first needed or gone."""
    with _starting:
        found = _servers.get(prepare)
        if found is None or not found.is_alive():
            close_servers()
            _servers[prepare] = found = ForkServer(prepare)
        return found


@atexit.register
def close_servers() -> None:
    """End this process's prepared process, if it has one."""
    while _servers:
        _servers.popitem()[1].close()
