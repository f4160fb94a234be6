"""Faults of the machine: a full disk, a clock that is set back. The last good page stays, the store is
whole, and the next run finishes."""

import errno
import os
import re
import resource
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import pandas as pd
import pytest
import test_store
import xlsxwriter
from conftest import run_chiso
from few_pages import keep_short

from chiso.base import clock
from chiso.base.excel import Sheet, write_workbook
from chiso.base.period import parse_period
from chiso.publishing import execute
from chiso.publishing.report import ReportRequest, build_report
from chiso.store import revisions

REPORT = ("report", "--period", "2026")


@pytest.fixture
def small(small):
    """The project of three units, with short pages."""
    keep_short(small)
    return small


def with_room(size, *arguments, project):
    """`chiso` where no file may be larger than `size` bytes: as on a full disk, what is written of it
    ends there."""
    return subprocess.run(
        [str(Path(sys.executable).with_name("chiso")), *map(str, arguments)],
        env={**os.environ, "CHISO_PROJECT": str(project), "LANGUAGE": "vi"},
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (size, size)),
        capture_output=True,
        text=True,
        check=False,
    )


def contents(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}


def left_over(project):
    """What a run that failed left: all that is staged somewhere."""
    places = (project / "reports/_site", project / "data/store", project / "reports/.cache")
    names = [path for place in places for path in place.rglob(".*") if path.suffix != ".lock"]
    return [path.name for path in names]


def test_on_a_full_disk_the_site_stays_and_the_next_run_finishes_it(small):
    """At three fillings: nothing can be written, some pages, all but the largest."""
    assert run_chiso(*REPORT, project=small).returncode == 0
    site = small / "reports/_site/2026"
    before = contents(site)
    for size in (1_000, 12_000, 24_000):
        done = with_room(size, "--lang", "en", *REPORT, project=small)
        assert done.returncode in (1, 2), (size, done.stderr)
        assert "disk is full" in done.stderr or "pages failed" in done.stderr, done.stderr
        assert "Traceback" not in done.stderr and "Exception ignored" not in done.stderr
        assert contents(site) == before
        assert left_over(small) == []
    assert run_chiso("--lang", "en", *REPORT, project=small).returncode == 0
    assert 'lang="en"' in (site / "H15.html").read_text("utf-8")
    assert run_chiso(*REPORT, project=small).returncode == 0
    assert contents(site) == before


def full(*_arguments):
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), "/a/folder/of/this/machine")


def report():
    return build_report(
        ReportRequest(parse_period("2026"), jobs=1, force=True), lambda *_: None, lambda _: None
    )


def test_a_page_that_found_no_room_is_the_last_good_one_and_says_so(small, monkeypatch):
    assert report().failed == {}
    site = small / "reports/_site/2026"
    before, write = contents(site), execute.write_tables
    with monkeypatch.context() as patch:
        patch.setattr(
            execute,
            "write_tables",
            lambda executed, *more: (
                full() if "H15.120" in executed.name else write(executed, *more)
            ),
        )
        done = report()
    assert list(done.failed) == ["H15.120"] and done.is_published
    page = (site / "H15.120.html").read_text("utf-8")
    assert re.sub(r'<p class="failed">[^<]*</p>', "", page) == before["H15.120.html"].decode()
    assert "ổ đĩa đầy" in page and "/a/folder" not in page
    assert report().failed == {}
    assert contents(site) == before


@pytest.mark.parametrize("command", ["report", "measure"])
def test_a_first_run_on_a_full_disk_is_one_clear_message(small, tmp_path, command):
    more = ["--records", tmp_path / "r", "--out", tmp_path / "out" / "counts.csv"]
    (tmp_path / "r").mkdir()
    (tmp_path / "r" / "dossiers.csv").write_text(
        "dossier_id,procedure_id,unit,status\nA-1,1.000001,323,4\n", "utf-8"
    )
    calls = {"report": REPORT, "measure": ["measure", "--period", "2022-09", *more]}
    done = with_room(100, *calls[command], project=small)
    assert done.returncode == 2
    assert "ổ đĩa đầy" in done.stderr and "Traceback" not in done.stderr
    assert left_over(small) == []
    assert not (small / "reports/_site/2026").exists()
    assert not list((tmp_path / "out").iterdir()) if command == "measure" else True
    assert run_chiso(*calls[command], project=small).returncode == 0


def test_a_revision_that_found_no_room_is_none(tmp_path, monkeypatch):
    revisions.record(tmp_path, test_store.scores_of(5), test_store.ORIGIN)
    before = sorted(path.name for path in tmp_path.rglob("*"))
    with monkeypatch.context() as patch:
        patch.setattr(revisions, "write_files", full)
        with pytest.raises(OSError, match="No space"):
            revisions.record(tmp_path, test_store.scores_of(6), test_store.ORIGIN)
    assert sorted(path.name for path in tmp_path.rglob("*")) == before
    assert revisions.load(tmp_path, "H31", "2022-09", 1)
    recorded = revisions.record(tmp_path, test_store.scores_of(6), test_store.ORIGIN)
    assert recorded.provenance.revision == 2


def test_a_workbook_that_found_no_room_is_a_fault_of_the_machine(tmp_path, monkeypatch):
    monkeypatch.setattr(xlsxwriter.Workbook, "_store_workbook", full)
    with pytest.raises(OSError, match="No space"):
        write_workbook(tmp_path / "x.xlsx", [Sheet("S", pd.DataFrame({"a": [1]}))])
    assert list(tmp_path.iterdir()) == []


def test_a_clock_that_was_set_back_changes_no_page_and_no_order_of_revisions(small, monkeypatch):
    """All files are of tomorrow, the first revision was recorded tomorrow: order is by number, what
    changed is told by content."""
    assert run_chiso(*REPORT, project=small).returncode == 0
    tomorrow = time.time() + 86_400
    for path in [*small.rglob("*"), small]:
        os.utime(path, (tomorrow, tomorrow), follow_symlinks=False)
    again = run_chiso(*REPORT, project=small)
    assert again.returncode == 0 and "Không có gì thay đổi" in again.stdout
    store = small / "data/store"

    monkeypatch.setattr(clock, "now", lambda: datetime(2020, 1, 1, tzinfo=UTC))
    counts = small / "data/samples/dak-lak-2026-10-10/counts.csv"
    lines = counts.read_text("utf-8").splitlines()
    changed = next(i for i, line in enumerate(lines) if line.startswith("H15.120,5,"))
    unit, number, done, whole = lines[changed].split(",")
    lines[changed] = f"{unit},{number},{int(done) - 1},{whole}"
    counts.write_text("\n".join([*lines, ""]), "utf-8")
    assert report().revision == 2
    newest = revisions.latest(store, "H15", "2026").provenance
    assert (newest.revision, newest.recorded_at[:4]) == (2, "2020")
    assert [one.revision for one in revisions.history(store)] == [1, 2]
    page = (small / "reports/_site/2026/H15.120.html").read_text("utf-8")
    os.utime(counts, (0, 0))
    assert "Không có gì thay đổi" in run_chiso(*REPORT, project=small).stdout
    assert (small / "reports/_site/2026/H15.120.html").read_text("utf-8") == page
