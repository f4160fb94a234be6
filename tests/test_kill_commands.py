"""`measure`, `score` and `letters` killed at any moment: what was there is whole, the next run ends with the same bytes."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from datetime import datetime
from functools import partial
from pathlib import Path

import pytest
from conftest import make_project, run_chiso
from daily_world import World, small_province
from kills import Scene, State, kill_at_random
from processes import MARK, gone, marked

from chiso.base.files import write_files
from chiso.store import letters as register

MOMENTS = pytest.mark.parametrize("moments", [2, pytest.param(50, marks=pytest.mark.long)])
MONTH = "2022-09"


@pytest.fixture(scope="module")
def project(tmp_path_factory) -> Path:
    """A project with the records of a month of four units."""
    folder = make_project(tmp_path_factory.mktemp("kills") / "project")
    small_province(folder)
    World(folder).export(MONTH, datetime(2022, 10, 5))
    return folder


def put(folder: Path, content: Path | None) -> None:
    """Let a folder hold what another one does, or nothing."""
    shutil.rmtree(folder, ignore_errors=True)
    if content:
        shutil.copytree(content, folder)


def test_a_reader_of_a_file_ends_with_the_process_that_wants_it(tmp_path):
    """A file that takes long to read is read in a process of its own."""
    mark = str(tmp_path)
    work = (
        "import sys, reading_slowly; from pathlib import Path; from chiso.sources.apart import read_apart\n"
        "print(*read_apart(reading_slowly.read, Path(sys.argv[1])))"
    )
    reading = subprocess.Popen(
        [sys.executable, "-c", work, str(tmp_path / "begun")],
        env={**os.environ, MARK: mark, "PYTHONPATH": str(Path(__file__).parent)},
    )
    while not (tmp_path / "begun").exists():
        assert reading.poll() is None
        time.sleep(0.05)
    reading.kill()
    reading.wait()
    assert gone(mark), marked(mark)


@MOMENTS
def test_measure(project, tmp_path, moments):
    """Over files that were there, and over nothing."""
    out, before = tmp_path / "out", tmp_path / "before"
    write_files(before, {"counts.csv": "before", "also.csv": "before"})
    records = ("measure", "--period", MONTH, "--records", str(project / "data" / MONTH))
    files = ("--out", str(out / "counts.csv"), "--also", str(out / "also.csv"))
    scenes = [Scene(partial(put, out, one), (*records, *files)) for one in (before, None)]
    kill_at_random(project, [out], scenes[: moments // 2], moments)


@MOMENTS
def test_score(project, tmp_path, moments):
    """Over files that were there, and over nothing."""
    out, before = tmp_path / "out", tmp_path / "before"
    write_files(before, dict.fromkeys(("indicators.csv", "groups.csv", "totals.csv"), "before"))
    sample = project / "data/samples/dak-lak-2026-10-10"
    files = ("--counts", str(sample / "counts.csv"), "--official", str(sample / "official.csv"))
    score = ("score", "--set", "766-portal-2026", *files, "--out", str(out))
    scenes = [Scene(partial(put, out, one), score) for one in (before, None)]
    kill_at_random(project, [out], scenes[: moments // 2], moments)


@MOMENTS
def test_letters(project, tmp_path, moments):
    """The first letters of a month, and one more: a letter is in the register only with its files."""
    kept, files = project / "data/letters", project / "reports/_letters"
    letters = ("letters", "--period", MONTH, "--reason", "thử", "--add", "so-a")
    assert run_chiso(*letters, project=project).returncode == 0
    shutil.copytree(kept, tmp_path / "kept")
    shutil.copytree(files, tmp_path / "files")

    def prepare(is_first: bool) -> None:
        put(kept, None if is_first else tmp_path / "kept")
        put(files, None if is_first else tmp_path / "files")

    def whole(now: State, _after: State) -> None:
        for letter in register.letters(kept):
            for ending in ("docx", "pdf", "xlsx"):
                assert str(files / MONTH / f"cong-van-{letter.addressee}.{ending}") in now

    scenes = [
        Scene(partial(prepare, True), letters),
        Scene(partial(prepare, False), (*letters, "--add", "so-b")),
    ]
    kill_at_random(
        project, [kept, files, project / "data/store"], scenes[: moments // 2], moments, whole
    )
