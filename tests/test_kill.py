"""Any process of a run may be killed at any moment: the site stays whole, the next run ends it."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import time
from contextlib import suppress
from pathlib import Path

import pytest
from conftest import make_project
from few_pages import FEW, keep_few, keep_short
from processes import gone, marked, start_marked


def start(project: Path, language: str, jobs: int, mark: str) -> subprocess.Popen:
    report = ("report", "--period", "2026", "--jobs", str(jobs))
    return start_marked(project, mark, "--lang", language, *report)


def contents(project: Path) -> dict[str, bytes]:
    site = project / "reports/_site/2026"
    return {path.name: path.read_bytes() for path in site.iterdir()}


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory) -> tuple[Path, dict[str, dict[str, bytes]], float]:
    """A project, its site in both languages as undisturbed runs make it, and how long one takes."""
    project = make_project(tmp_path_factory.mktemp("kill") / "project")
    keep_few(project, FEW[:2])
    keep_short(project)
    sites = {}
    for language in ("vi", "en"):
        began = time.monotonic()
        assert start(project, language, 1, "undisturbed").wait() == 0
        sites[language] = contents(project)
    return project, sites, time.monotonic() - began


@pytest.mark.parametrize("moments", [6, pytest.param(50, marks=pytest.mark.long)])
def test_killed_at_random_moments_the_site_is_whole_and_the_next_run_completes_it(
    undisturbed, moments
):
    """Every page changes in every run, as the language does. What is killed is the process that the
    user started, or first any other of the run, which is then killed too or ends by itself."""
    project, sites, seconds = undisturbed
    chance = random.Random(766)
    for moment in range(moments):
        mark = f"{project}-{moments}-{moment}"
        running = start(project, ("vi", "en")[moment % 2], 2 if moment % 5 == 0 else 1, mark)
        time.sleep(chance.uniform(0.1, seconds))
        others = sorted(marked(mark).keys() - {running.pid})
        if moment % 3 and others:
            kill(chance.choice(others))
            assert contents(project) in sites.values()
        if moment % 7 == 1:
            assert running.wait(60) == 0, "the run makes up for what it lost"
        else:
            time.sleep(chance.uniform(0, 0.3))
            kill(running.pid)
            running.wait()
        assert gone(mark), marked(mark)
        assert contents(project) in sites.values()
    for language, site in sites.items():
        assert start(project, language, 1, "last").wait() == 0
        assert contents(project) == site
    assert not list((project / "reports/_site").glob(".*building*"))


def kill(number: int) -> None:
    with suppress(ProcessLookupError):
        os.kill(number, signal.SIGKILL)
