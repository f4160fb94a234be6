"""Any process of a run may be killed at any moment: the site stays whole, the next run ends it."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import pytest
from conftest import make_project
from processes import MARK, gone, marked
from test_report import keep_few

MOMENTS = 20


def start(project: Path, language: str, jobs: int, mark: str) -> subprocess.Popen:
    return subprocess.Popen(
        [
            str(Path(sys.executable).with_name("chiso")),
            "--lang", language, "report", "--period", "2026", "--jobs", str(jobs),
        ],
        env={**os.environ, "CHISO_PROJECT": str(project), MARK: mark},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )  # fmt: skip


def contents(project: Path) -> dict[str, bytes]:
    site = project / "reports/_site/2026"
    return {path.name: path.read_bytes() for path in site.iterdir()}


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory) -> tuple[Path, dict[str, dict[str, bytes]], float]:
    """A project, its site in both languages as undisturbed runs make it, and how long one takes."""
    project = make_project(tmp_path_factory.mktemp("kill") / "project")
    keep_few(project)
    sites = {}
    for language in ("vi", "en"):
        began = time.monotonic()
        assert start(project, language, 2, "undisturbed").wait() == 0
        sites[language] = contents(project)
    return project, sites, time.monotonic() - began


@pytest.mark.parametrize("whole_run", [True, False], ids=["all", "one"])
def test_killed_at_random_moments_the_site_is_whole_and_the_next_run_completes_it(
    undisturbed, whole_run
):
    """Every page changes in every run, as the language does. Half of the moments end the process
    that the user started, half any one of all that belong to the run."""
    project, sites, seconds = undisturbed
    chance = random.Random(766 + whole_run)
    for moment in range(MOMENTS // 2):
        language = ("vi", "en")[moment % 2]
        mark = f"{project}-{whole_run}-{moment}"
        running = start(project, language, 1 + moment % 2, mark)
        time.sleep(chance.uniform(0.1, seconds))
        others = sorted(marked(mark).keys() - {running.pid})
        victim = running.pid if whole_run or not others else chance.choice(others)
        with suppress(ProcessLookupError):
            os.kill(victim, signal.SIGKILL)
        running.wait(60)
        assert gone(mark), marked(mark)
        assert contents(project) in sites.values() or running.returncode == 1
    for language, site in sites.items():
        assert start(project, language, 2, "last").wait() == 0
        assert contents(project) == site
    assert [
        path.name for path in (project / "reports/_site").iterdir() if "building" in path.name
    ] == []
