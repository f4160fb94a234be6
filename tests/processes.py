"""Processes that a test started, found by a mark in their environment."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

MARK = "CHISO_TEST_MARK"
# Runs the command line at a moment of the test's own.
AT = """import sys
from datetime import datetime
from chiso.base import clock
moment = datetime.fromisoformat(sys.argv.pop(1)).replace(tzinfo=clock.VIETNAM)
clock.now = lambda: moment
from chiso.cli import main
main()
"""


def start_marked(
    project: Path, mark: str, *arguments: str, at: str = "", **more: str
) -> subprocess.Popen:
    """`chiso ARGUMENTS` as make runs it, with compiled modules, in a group of its own and silent; `at`: the
    moment in Viet Nam that it takes for this one (2022-10-05T08:00), `more`: its environment's."""
    own = [sys.executable, "-c", AT, at] if at else [str(Path(sys.executable).with_name("chiso"))]
    return subprocess.Popen(
        [*own, *arguments],
        env={
            **os.environ,
            "CHISO_PROJECT": str(project),
            MARK: mark,
            "PYTHONDONTWRITEBYTECODE": "",
            **more,
        },
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )


def marked(mark: str) -> dict[int, str]:
    """The command lines, by number, of all processes started with MARK=`mark`, forked ones too."""
    found = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if f"{MARK}={mark}\0".encode() in (folder / "environ").read_bytes():
                command = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode()
                if command:  # a zombie has none
                    found[int(folder.name)] = command
        except OSError:
            continue  # it ended meanwhile
    return found


def gone(mark: str, within: float = 20) -> bool:
    """Whether all of them end soon."""
    deadline = time.monotonic() + within
    while marked(mark):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True
