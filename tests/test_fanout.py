"""Pages made side by side: on a dask cluster that loses a worker, resumed after a kill, or not at
all."""

from __future__ import annotations

import os
import signal
import threading
import time
from pathlib import Path
from types import SimpleNamespace

import pytest
from conftest import run_chiso
from few_pages import FEW, PAGES, keep_few
from test_kill import contents, start

from chiso.publishing import fanout
from chiso.publishing.execute import Outcome
from chiso.publishing.pages import Page

PAGES_OF_FEW = len(FEW) + len(PAGES)


def finished(project: Path) -> list[Path]:
    found = (project / "reports/.cache/2026").glob("*/*")
    return [entry for entry in found if not entry.parent.name.startswith(".")]


@pytest.fixture
def cluster():
    """A scheduler and two workers, processes of their own, on this machine alone."""
    from distributed import LocalCluster

    with LocalCluster(
        n_workers=2,
        threads_per_worker=1,
        host="127.0.0.1",
        dashboard_address=None,
        worker_dashboard_address=None,
    ) as started:
        yield started


def test_a_cluster_that_loses_a_worker_makes_the_same_site(cluster, project, small_project):
    keep_few(project)
    done = {}
    run = threading.Thread(
        target=lambda: done.update(
            said=run_chiso(
                "report", "--period", "2026", "--engine", cluster.scheduler_address, project=project
            )
        )
    )
    run.start()
    deadline = time.monotonic() + 90
    making = project / "reports/.cache/2026"
    while not list(making.glob(".making-*")) and time.monotonic() < deadline:
        time.sleep(0.02)
    os.kill(next(iter(cluster.workers.values())).pid, signal.SIGKILL)
    run.join()
    assert done["said"].returncode == 0, done["said"].stderr
    assert contents(project) == contents(small_project)


def test_a_killed_run_is_resumed_where_it_was(project):
    keep_few(project)
    running = start(project, "vi", 1, "resumed")
    deadline = time.monotonic() + 60
    while not finished(project) and time.monotonic() < deadline:
        time.sleep(0.02)
    running.kill()
    running.wait()
    ready = len(finished(project))
    assert 1 <= ready < PAGES_OF_FEW
    done = run_chiso("report", "--period", "2026", project=project)
    assert f"lần này lập {PAGES_OF_FEW - ready} trang" in done.stdout


def test_a_scheduler_that_is_not_there_is_a_mistake_of_the_user_s(project):
    keep_few(project)
    done = run_chiso("report", "--period", "2026", "--engine", "tcp://127.0.0.1:9", project=project)
    assert done.returncode == 2
    assert "127.0.0.1:9" in done.stderr and "Traceback" not in done.stderr
    assert not (project / "reports/_site/2026").exists()


def test_pages_whose_workers_die_again_and_again_are_given_up_and_the_rest_is_told(
    project, monkeypatch
):
    from concurrent.futures.process import BrokenProcessPool

    tries = []

    def together(pages, *_rest):
        tries.append([page.name for page in pages])
        raise BrokenProcessPool

    job = SimpleNamespace(cache=SimpleNamespace(has=lambda name, _key: name == "good"))
    monkeypatch.setattr(fanout, "_together", together)
    pages = [Page(name, Path("x.ipynb"), {}, {}) for name in ("good", "bad")]
    found = fanout.make_pages(pages, {"good": "1", "bad": "2"}, job, 1, "", lambda _done: None)
    assert tries == [["good", "bad"], ["bad"], ["bad"]]
    assert found[0] == Outcome("good")
    assert "dừng đột ngột" in (found[1].error or "")
