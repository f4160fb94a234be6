"""A PostgreSQL server of the tests' own: a new folder, a free port of this machine, stopped after."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def server() -> Iterator[str]:
    """The URL of a running server; it never runs as root, which PostgreSQL refuses."""
    folder = Path(tempfile.mkdtemp(prefix="chiso-pg-"))
    user = "postgres" if os.getuid() == 0 else None
    if user:
        shutil.chown(folder, user)
    port = _free_port()
    data = folder / "data"
    # To compile a long query takes it a second, to run it on a test's few rows none.
    options = f"-p {port} -k {folder} -c listen_addresses=127.0.0.1 -c fsync=off -c jit=off"
    try:
        _run(
            "initdb",
            "-D",
            data,
            "-U",
            "chiso",
            "-A",
            "trust",
            "-E",
            "UTF8",
            "--locale=C",
            user=user,
            folder=folder,
        )
        _run(
            "pg_ctl",
            "-D",
            data,
            "-l",
            folder / "log",
            "-w",
            "-o",
            options,
            "start",
            user=user,
            folder=folder,
        )
        try:
            yield f"postgres://chiso@127.0.0.1:{port}/postgres"
        finally:
            _run("pg_ctl", "-D", data, "-w", "-m", "immediate", "stop", user=user, folder=folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _run(program: str, *arguments: str | Path, user: str | None, folder: Path) -> None:
    done = subprocess.run(
        [_program(program), *map(str, arguments)],
        user=user, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr


def _program(name: str) -> str:
    found = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}")) or [shutil.which(name)]
    assert found[-1], "PostgreSQL is missing: apt-get install postgresql"
    return str(found[-1])


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
