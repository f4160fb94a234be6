"""kill -9 at random moments of any command that writes: what was there stays whole, the next run ends with the
same bytes, no process and no temporary folder is left. A further command is a line in COMMANDS."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import make_project
from few_pages import FEW, keep_few, keep_short
from processes import MARK, gone, marked

from chiso.store import revisions

SAMPLE = "data/samples/dak-lak-2026-10-10"
# What is called, and where it writes, in a project of two agencies and a folder of records.
COMMANDS = {
    "measure": ("measure --period 2022-09 --records records --out out/counts.csv", "out"),
    "score": (
        f"score --counts {SAMPLE}/counts.csv --official {SAMPLE}/official.csv --set 766-portal-2026"
        " --units dak-lak-2026-sample --out out",
        "out",
    ),
    "report": ("report --period 2026 --jobs 1 --force", "reports/_site/2026"),
}


@pytest.fixture(scope="module")
def project(tmp_path_factory) -> Path:
    folder = make_project(tmp_path_factory.mktemp("kill") / "project")
    keep_few(folder, FEW[:2])
    keep_short(folder)
    (folder / "tmp").mkdir()
    (folder / "records").mkdir()
    rows = [f"A-{i},1.000001,323,4,2022-09-{1 + i % 28:02} 08:00" for i in range(500)]
    text = "\n".join(["dossier_id,procedure_id,unit,status,received_at", *rows, ""])
    (folder / "records/dossiers.csv").write_text(text, "utf-8")
    return folder


def start(project: Path, words: str, mark: str) -> subprocess.Popen:
    return subprocess.Popen(
        [str(Path(sys.executable).with_name("chiso")), *words.split()],
        cwd=project,
        env={
            **os.environ,
            "CHISO_PROJECT": str(project),
            "TMPDIR": str(project / "tmp"),
            "PYTHONDONTWRITEBYTECODE": "",
            MARK: mark,
        },
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )


def contents(folder: Path) -> dict[str, bytes]:
    """What stands in a folder for its readers; what is staged is called with a dot."""
    if not folder.is_dir():
        return {}
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.name[0] != "."}


def staged(project: Path) -> Iterator[str]:
    """What runs that were killed left behind."""
    for place in ("out", "reports/_site", "reports/.cache", "data/store"):
        found = (project / place).rglob(".*")
        yield from (str(path) for path in found if path.suffix != ".lock")
    yield from (str(path) for path in (project / "tmp").glob("chiso-*"))


def end(process: subprocess.Popen) -> None:
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def kill_at(project: Path, command: str, moments: int) -> None:
    words, place = COMMANDS[command]
    out = project / place
    began = time.monotonic()
    assert start(project, words, "undisturbed").wait() == 0
    seconds, whole = time.monotonic() - began, contents(out)
    assert whole
    chance = random.Random(f"{command} 766")
    for moment in range(moments):
        mark = f"{project}-{command}-{moment}"
        running = start(project, words, mark)
        time.sleep(chance.uniform(0, seconds))
        if running.poll() is None:
            if moment % 2:
                os.kill(running.pid, signal.SIGKILL)  # the one the user started, alone
                running.wait()
            else:
                end(running)
        assert gone(mark), marked(mark)
        assert contents(out) == whole
        for one in revisions.history(project / "data/store"):
            assert revisions.load(project / "data/store", one.province, one.period, one.revision)
    assert start(project, words, "last").wait() == 0
    assert contents(out) == whole
    left = list(staged(project))
    assert left == []


@pytest.mark.parametrize("command", COMMANDS)
def test_killed_at_a_few_moments_nothing_is_lost_or_left(project, command):
    kill_at(project, command, 3)


@pytest.mark.long
@pytest.mark.parametrize("command", COMMANDS)
def test_killed_at_50_moments_nothing_is_lost_or_left(project, command):
    kill_at(project, command, 50)
