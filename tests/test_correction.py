"""A later revision of a period that is over: every agency and indicator that moved, and what of the records did it."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pandas as pd
import pytest
from conftest import run_chiso
from daily_world import Clock, World, publish, small_province
from few_pages import text_of

from chiso.contract.evidence import PRINTS, RECORD_PRINTS, read_prints
from chiso.explain.record_changes import RecordChanges, record_changes
from chiso.explain.revised import corrected
from chiso.pages import tables
from chiso.pages.commentary import correction_lead
from chiso.publishing.daily import DailyRequest, run_daily
from chiso.publishing.pages import common_pages
from chiso.store.figures import Figures, load_figures


@pytest.fixture
def corrected_month(project, monkeypatch) -> tuple[Path, list[Figures]]:
    """A month that is over, and what was handed in later: of so-a two dossiers more and one late now, of so-b one
    gone, and one that so-c has now."""
    small_province(project)
    hands, world = Clock(monkeypatch), World(project)
    hands.set("2022-10-05T08:00")
    world.export("2022-09", datetime(2022, 10, 5))
    found = [_scored()]
    path = project / "data/2022-09/dossiers.csv"
    rows = pd.read_csv(path, dtype=str, keep_default_na=False)
    own = {unit: rows.index[rows["unit"] == unit] for unit in ("so-a", "so-b", "so-c")}
    new = rows.loc[own["so-a"][:2]].assign(dossier_id=["new-1", "new-2"])
    rows.loc[own["so-a"][5], "done_at"] = "2022-09-29T10:00:00"
    rows.loc[own["so-b"][3], "unit"] = "so-c"
    rows = pd.concat([rows.drop(own["so-b"][7]), new])
    rows.to_csv(path, index=False)
    hands.set("2022-10-09T08:00")
    found.append(_scored())
    return project, found


def _scored() -> Figures:
    (run,) = run_daily(DailyRequest(), publish, lambda _said: None)
    assert run.now is not None, run.error
    return run.now


def test_records_that_came_went_and_changed_are_counted_by_agency(corrected_month):
    _project, (before, after) = corrected_month
    assert record_changes(before, after) == {
        "H99": RecordChanges(dossiers_added=2, dossiers_removed=1, dossiers_changed=2),
        "so-a": RecordChanges(dossiers_added=2, dossiers_changed=1),
        "so-b": RecordChanges(dossiers_removed=2),
        "so-c": RecordChanges(dossiers_added=1),
    }
    assert record_changes(after, after) == {}


def test_every_agency_and_indicator_that_moved_is_listed_with_why(corrected_month):
    _project, (_before, after) = corrected_month
    moves = corrected(after)
    assert {move.unit.code for move in moves.agencies} == {"so-a", "so-b", "so-c"}
    agencies = tables.corrected_agencies(after)
    assert [row[4:7] for row in agencies.rows if row[0].value == "Sở Biển"] == [[0, 2, 0]]
    assert agencies.rows[0][0].value == "UBND tỉnh Nhỏ"
    indicators = tables.corrected_indicators(after)
    told = {(row[0], row[1]): row for row in indicators.rows}
    late = told["Sở Ánh sáng", 5]
    then, now = (one.unit("so-a").counts[5] for one in (_before, after))
    assert late[3:7] == [then.numerator, then.denominator, now.numerator, now.denominator]
    assert late[8] == "hồ sơ: thêm 2, sửa 1"
    expected = {
        (move.unit.name.vi, change.number)
        for move in (moves.province, *moves.agencies)
        for change in move.changes
    }
    assert set(told) == expected


def test_the_page_is_there_of_the_second_revision_of_a_period_that_is_over(corrected_month):
    project, (before, after) = corrected_month
    assert "correction" not in {page.name for page in common_pages(before)}
    page = next(page for page in common_pages(after) if page.name == "correction")
    assert page.front["title"].startswith("Thay đổi so với số liệu lần 1")
    done = run_chiso("report", "--period", "2022-09", project=project)
    assert done.returncode == 0, done.stderr
    site = project / "reports/_site/2022-09"
    text = " ".join(text_of(site / "correction.html").split())
    assert "hồ sơ: thêm 2, bớt 1, sửa 2" in text and "Sở Biển" in text
    for name in ("index", "H99"):
        assert 'href="correction.html"' in (site / f"{name}.html").read_text("utf-8")


def test_while_a_period_is_open_there_is_no_such_page(project, monkeypatch):
    small_province(project)
    hands, world = Clock(monkeypatch), World(project)
    for on in ("2022-09-06T18:00", "2022-09-07T18:00"):
        hands.set(on)
        world.export("2022-09", datetime.fromisoformat(on))
        now = _scored()
    assert now.provenance.revision == 2 and corrected(now) is None


def test_without_prints_it_says_that_records_are_not_known_one_by_one(corrected_month):
    _project, (before, after) = corrected_month
    (before.folder / PRINTS).unlink()
    after = load_figures("2022-09", after.provenance.revision)
    assert record_changes(before, after) is None
    assert "chưa lưu để so sánh" in correction_lead(after).data
    assert {row[8] for row in tables.corrected_indicators(after).rows} == {"không rõ từng bản ghi"}
    (before.folder / PRINTS).write_bytes(b"PAR1 damaged")
    assert read_prints(before.folder) is None


def test_a_print_has_no_word_of_a_record(corrected_month):
    _project, (before, _after) = corrected_month
    prints = read_prints(before.folder)
    assert list(prints.columns) == RECORD_PRINTS
    assert b"2022-09-1" not in (before.folder / PRINTS).read_bytes()
