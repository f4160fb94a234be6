"""`measure`, `score` and `letters` killed at any moment: what was there is whole, the next run ends with the same bytes."""

from __future__ import annotations

import shutil
from datetime import datetime
from functools import partial
from pathlib import Path

import pytest
from conftest import make_project, run_chiso
from daily_world import World, small_province
from kills import Scene, State, kill_at_random

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
