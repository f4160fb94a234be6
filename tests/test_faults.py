"""Faults of the machine: a full disk, a folder that can't be written, a lock that is held, damaged files, a clock
that is set back. The last good page stays, the store is whole, and the next run finishes."""

import ctypes
import errno
import os
import re
import resource
import shutil
import subprocess
import sys
import time
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import reduce
from pathlib import Path

import duckdb
import pandas as pd
import pytest
import test_store
import xlsxwriter
from conftest import make_project, run_chiso
from daily_world import World, small_province
from damage import HARMS, damage
from few_pages import keep_short

from chiso.base import clock
from chiso.base.errors import InputError
from chiso.base.excel import Sheet, write_workbook
from chiso.base.files import only_one
from chiso.base.period import parse_period
from chiso.contract.evidence import read_prints
from chiso.publishing import execute
from chiso.publishing.cache import Cache
from chiso.publishing.report import ReportRequest, build_report
from chiso.rules.settings import load_settings
from chiso.store import revisions
from chiso.store.pipeline import score_period

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


def test_on_a_full_disk_the_site_stays_and_the_next_run_finishes_it(short):
    """At three fillings: nothing can be written, some pages, all but the largest."""
    site = short / "reports/_site/2026"
    before = contents(site)
    for size in (1_000, 12_000, 24_000):
        done = with_room(size, "--lang", "en", *REPORT, project=short)
        assert done.returncode in (1, 2), (size, done.stderr)
        assert "disk is full" in done.stderr or "pages failed" in done.stderr, done.stderr
        assert "Traceback" not in done.stderr and "Exception ignored" not in done.stderr
        assert contents(site) == before
        assert left_over(short) == []
    assert run_chiso("--lang", "en", *REPORT, project=short).returncode == 0
    assert 'lang="en"' in (site / "H15.html").read_text("utf-8")
    assert run_chiso(*REPORT, project=short).returncode == 0
    assert contents(site) == before


def full(*_arguments):
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), "/a/folder/of/this/machine")


def report():
    return build_report(
        ReportRequest(parse_period("2026"), jobs=1, force=True), lambda *_: None, lambda _: None
    )


def test_a_page_that_found_no_room_is_the_last_good_one_and_says_so(short, monkeypatch):
    site = short / "reports/_site/2026"
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


def test_a_clock_that_was_set_back_changes_no_page_and_no_order_of_revisions(short, monkeypatch):
    """All files are of tomorrow, the first revision was recorded tomorrow: order is by number, what
    changed is told by content."""
    tomorrow = time.time() + 86_400
    for path in [*short.rglob("*"), short]:
        os.utime(path, (tomorrow, tomorrow), follow_symlinks=False)
    again = run_chiso(*REPORT, project=short)
    assert again.returncode == 0 and "Không có gì thay đổi" in again.stdout
    store = short / "data/store"

    monkeypatch.setattr(clock, "now", lambda: datetime(2020, 1, 1, tzinfo=UTC))
    counts = short / "data/samples/dak-lak-2026-10-10/counts.csv"
    lines = counts.read_text("utf-8").splitlines()
    changed = next(i for i, line in enumerate(lines) if line.startswith("H15.120,5,"))
    unit, number, done, whole = lines[changed].split(",")
    lines[changed] = f"{unit},{number},{int(done) - 1},{whole}"
    counts.write_text("\n".join([*lines, ""]), "utf-8")
    assert report().revision == 2
    newest = revisions.latest(store, "H15", "2026").provenance
    assert (newest.revision, newest.recorded_at[:4]) == (2, "2020")
    assert [one.revision for one in revisions.history(store)] == [1, 2]
    page = (short / "reports/_site/2026/H15.120.html").read_text("utf-8")
    os.utime(counts, (0, 0))
    assert "Không có gì thay đổi" in run_chiso(*REPORT, project=short).stdout
    assert (short / "reports/_site/2026/H15.120.html").read_text("utf-8") == page


# A folder where this user may not write.


@pytest.fixture(scope="module")
def built(short_project, tmp_path_factory):
    """A project of three units with its site; whoever changes it puts it back."""
    folder = tmp_path_factory.mktemp("faults") / "project"
    return shutil.copytree(short_project, folder, symlinks=True)


def as_ordinary(*arguments, project):
    """`chiso` as a user for whom the rights of files hold: root has no more than others."""
    drop, override = (
        24,
        1,
    )  # PR_CAPBSET_DROP, CAP_DAC_OVERRIDE: as good as nothing where it is not there
    return subprocess.run(
        [str(Path(sys.executable).with_name("chiso")), *map(str, arguments)],
        env={**os.environ, "CHISO_PROJECT": str(project), "LANGUAGE": "vi"},
        preexec_fn=lambda: ctypes.CDLL(None).prctl(drop, override, 0, 0, 0),
        capture_output=True,
        text=True,
        check=False,
    )


@contextmanager
def not_writable(folder):
    """Nobody may write in `folder` or below it."""
    paths = [folder, *(path for path in folder.rglob("*") if not path.is_symlink())]
    modes = {path: path.stat().st_mode for path in paths}
    for path in paths:
        path.chmod(modes[path] & ~0o222)
    try:
        yield
    finally:
        for path in paths:
            path.chmod(modes[path])


SAMPLE = "data/samples/dak-lak-2026-10-10"


@pytest.mark.parametrize(
    ("place", "arguments"),
    [
        ("data", ["report", "--period", "2026"]),
        ("reports", ["--lang", "vi", "report", "--period", "2026", "--force"]),
        ("reports/.cache", ["report", "--period", "2026", "--force"]),
        ("reports", ["letters", "--period", "2026", "--add", "H15.15", "--reason", "thử"]),
        ("out", ["publish", "--period", "2026", "--to", "OUT"]),
        ("out", ["score", "--counts", f"{SAMPLE}/counts.csv", "--set", "766-portal-2026", "--out", "OUT"]),
        ("out", ["measure", "--period", "2022-09", "--records", "RECORDS", "--out", "OUT/counts.csv"]),
    ],
)  # fmt: skip
def test_where_it_may_not_write_it_says_so_and_leaves_everything_as_it_was(
    built, place, arguments, tmp_path
):
    named = {"RECORDS": tmp_path / "r", "OUT": built / "out"}
    for folder in named.values():
        folder.mkdir(exist_ok=True)
    (tmp_path / "r/dossiers.csv").write_text(
        "dossier_id,procedure_id,unit,status\nA-1,1.000001,323,4\n", "utf-8"
    )
    words = [
        reduce(lambda word, name: word.replace(name, str(named[name])), named, w) for w in arguments
    ]
    words = [str(built / word) if word.startswith(SAMPLE) else word for word in words]
    note = built / "data/store/H15/2026/inputs.json"
    told = note.read_bytes()
    if place == "data":  # else there is nothing to store
        note.unlink()
    before = everything(built)
    with not_writable(built / place):
        done = as_ordinary(*words, project=built)
    assert done.returncode in (1, 2), (done.stdout, done.stderr)
    assert "không có quyền" in done.stderr
    for foreign in ("Traceback", "Permission denied", "Exception ignored"):
        assert foreign not in done.stderr
    assert everything(built) == before
    note.write_bytes(told)


def everything(project):
    """All files but locks, notebooks of pages that failed, and what is kept of versions before they go out."""
    return {
        str(path): path.read_bytes()
        for path in project.rglob("*")
        if path.is_file() and path.suffix != ".lock" and not {"_failed", "kept"} & {*path.parts}
    }


@pytest.mark.parametrize("arguments", [REPORT, ("publish", "--period", "2026", "--to", "out")])
def test_who_finds_the_site_in_use_says_by_whom_and_waits(built, arguments):
    with only_one(built / "reports/_site/2026"):
        waiting = subprocess.Popen(
            [str(Path(sys.executable).with_name("chiso")), *arguments],
            env={**os.environ, "CHISO_PROJECT": str(built), "LANGUAGE": "vi"},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        assert waiting.stdout
        assert f"Một lượt chạy khác (tiến trình {os.getpid()})" in waiting.stdout.readline()
        assert waiting.poll() is None
    said = waiting.communicate()[0]
    assert waiting.returncode == 0, said


def test_a_database_that_another_program_holds_is_told_with_who_holds_it(built, tmp_path):
    file = tmp_path / "records.duckdb"
    with duckdb.connect(str(file)) as holder:
        holder.execute("create table dossiers as select 'A' as dossier_id")
        out = tmp_path / "out" / "counts.csv"
        records = ("--records", f"duckdb://{file}", "--out", out)
        done = run_chiso("measure", "--period", "2022-09", *records, project=built)
    assert done.returncode == 2 and "Traceback" not in done.stderr
    assert f"PID {os.getpid()}" in done.stderr and "chương trình khác" in done.stderr
    assert not out.parent.exists()


# Files that a bad disk damaged.


def test_a_damaged_page_of_the_cache_is_made_again_and_gives_the_same_bytes(built):
    """Every kind of file of an entry, in every way; the site is gone, so that its pages come from the cache."""
    site, cache = built / "reports/_site/2026", built / "reports/.cache/2026"
    before = contents(site)
    harmed = set()
    for page, (ending, harm) in zip(
        sorted(path.name for path in cache.iterdir()),
        [(".html", "flipped"), (".pdf", "cut"), (".docx", "emptied"), (".xlsx", "flipped"),
         (".qmd", "cut"), ("hashes.json", "flipped"), ("hashes.json", "cut"), (".html", "gone")],
        strict=False,
    ):  # fmt: skip
        (entry,) = (cache / page).iterdir()
        found = sorted(path for path in entry.iterdir() if path.name.endswith(ending))
        damage(found[0] if found else entry / f"{page}.html", harm)
        harmed.add(page)
    assert len(harmed) >= 7
    untouched = run_chiso(*REPORT, project=built)
    assert "Không có gì thay đổi" in untouched.stdout, "the site itself is whole"
    shutil.rmtree(site)
    done = run_chiso(*REPORT, project=built)
    assert done.returncode == 0, done.stderr
    assert contents(site) == before
    assert f"lần này lập {len(harmed)} trang" in done.stdout
    for entry in cache.glob("*/*"):
        assert Cache(cache).has(entry.parent.name, entry.name)


def test_damaged_files_of_the_site_and_its_record_are_replaced_by_the_next_run(built):
    site = built / "reports/_site/2026"
    before = contents(site)
    for name, harm in zip(
        ("states.json", "H15.15.pdf", "index.html", "H15.html"), HARMS, strict=True
    ):
        damage(site / name, harm)
    done = run_chiso(*REPORT, project=built)
    assert done.returncode == 0, done.stderr
    assert contents(site) == before


def test_damage_to_any_file_of_the_store_is_refused_with_what_to_do_or_mended(
    tmp_path_factory, monkeypatch
):
    """A revision of records, with its cases and prints, its note and its copies of set and tree."""
    project = make_project(tmp_path_factory.mktemp("damaged") / "project")
    monkeypatch.setenv("CHISO_PROJECT", str(project))
    small_province(project)
    World(project).export("2022-09", datetime(2022, 10, 5))
    settings, store = load_settings(parse_period("2022-09")), project / "data/store"

    def score():
        return score_period(settings, lambda _said: None)

    figures = score()
    whole = {path: path.read_bytes() for path in store.rglob("*") if path.is_file()}
    assert {"cases.parquet", "prints.parquet", "inputs.json", "handling.csv"} <= {
        path.name for path in whole
    }
    for number, path in enumerate(whole):
        damage(path, HARMS[number % len(HARMS)])
        if path.name == "inputs.json" or path.suffix == ".yml":
            assert score().provenance == figures.provenance
            assert {one: one.read_bytes() for one in whole} == whole, path
        elif path.name == "prints.parquet":  # beside the figures: without it a page says so
            assert read_prints(figures.folder, score().provenance.prints_hash) is None
        else:
            with pytest.raises(InputError, match=r"bị sửa.*\n  → Khôi phục"):
                score()
        path.write_bytes(whole[path])
    damage(figures.folder / "totals.csv", "cut")
    said = run_chiso("report", "--period", "2022-09", project=project)
    assert said.returncode == 2 and said.stderr.count("Lỗi:") == 1
    assert "bị sửa" in said.stderr and "Traceback" not in said.stderr
