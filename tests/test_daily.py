"""Every day: open periods brought up to date, closed ones watched, nothing lost, what moved is told."""

from __future__ import annotations

import hashlib
from datetime import date, datetime, timedelta
from itertools import groupby
from pathlib import Path

import pytest
from daily_world import Clock, World, late_entry, publish, small_province

from chiso.explain.revised import DAY, WEEK, in_force_before, moves_since, steps
from chiso.publishing.daily import DailyRequest, run_daily
from chiso.store.figures import load_figures, store_dir
from chiso.store.revisions import history


@pytest.fixture
def world(project):
    small_province(project)
    return World(project)


@pytest.fixture
def hands(monkeypatch):
    return Clock(monkeypatch)


def daily():
    return run_daily(DailyRequest(), publish, lambda _said: None)


def lines(project: Path) -> list[str]:
    return (project / "data/daily.log").read_text("utf-8").splitlines()


def content(folder: Path) -> dict[str, str]:
    """Every file below a folder with its hash."""
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def live(world: World, hands: Clock, days: int) -> dict[str, list[int]]:
    """Twice a day from 1/8/2022 on, exports that grow by day; by month, how many dossiers each export
    held whose figures were others. No stored file is ever altered or gone."""
    world.corrections = [
        (date(2022, 9, 8), late_entry("2022-08", "x1", "so-b", "2022-08-30T09:00:00")),
        (date(2022, 9, 20), late_entry("2022-08", "x2", "so-c", "2022-08-31T09:00:00")),
        (date(2022, 9, 20), late_entry("2022-08", "x3", "so-c", "2022-08-31T10:00:00")),
    ]
    kept: dict[str, str] = {}
    seen: dict[str, list[int]] = {"2022-08": [], "2022-09": []}
    for ahead in range(days):
        for hour in (6, 18):
            now = datetime(2022, 8, 1, hour) + timedelta(days=ahead)
            hands.set(now.isoformat())
            for month, held in seen.items():
                number = world.export(month, now)
                if number and held[-1:] != [number]:
                    held.append(number)
            assert not any(run.failed for run in daily())
            stored = content(store_dir())
            altered = {name for name in kept if stored.get(name) != kept[name]}
            assert {name for name in altered if not name.endswith("inputs.json")} == set()
            kept = stored
    assert len(lines(world.project)) == 2 * days
    return seen


def received(world: World, month: str, on: date) -> int:
    return len(world.dossiers(month, datetime(on.year, on.month, on.day, 18)))


def check_what_is_told(world: World, seen: dict[str, list[int]]) -> None:
    newest = {}
    for month, held in seen.items():
        found = history(store_dir(), period=month)
        counted = [load_figures(month, item.revision).province.counts[4] for item in found]
        numbers = [one.denominator for one in counted]
        assert [n for n, _same in groupby(numbers)] == held, "every export is a revision"
        newest[month] = load_figures(month, found[-1].revision)
    # The closed month: three dossiers entered afterwards, of whom and when.
    closed = newest["2022-08"]
    last, before, *_older = steps(closed, 30)
    assert [unit.code for unit in last.units] == ["so-c"] and 4 in last.indicators
    assert [unit.code for unit in before.units] == ["so-b"]
    assert (last.now.stored_on, before.now.stored_on) == (date(2022, 9, 20), date(2022, 9, 8))
    # The open month: what came in since yesterday and within a week, by hand.
    now = newest["2022-09"]
    assert now.settings.is_provisional
    today = now.provenance.stored_on
    for ago in (DAY, WEEK):
        moved = moves_since(now, in_force_before(now, ago)).province
        change = next(one for one in moved.changes if one.number == 4)
        known = [received(world, "2022-09", on) for on in (today - ago, today)]
        assert [change.denominator_before, change.denominator_after] == known


def test_twice_a_day_for_sixty_days_keeps_every_revision_and_says_what_moved(world, hands):
    world.as_counts = True
    check_what_is_told(world, live(world, hands, 60))


@pytest.mark.long
def test_sixty_days_from_records(world, hands):
    seen = live(world, hands, 60)
    check_what_is_told(world, seen)
    closed = load_figures("2022-08", history(store_dir(), period="2022-08")[-1].revision)
    assert not closed.settings.is_provisional
    last, before, *_older = steps(closed, 30)
    assert (last.dossiers, before.dossiers) == (2, 1)
