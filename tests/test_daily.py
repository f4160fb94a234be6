"""Every day: open periods brought up to date, closed ones watched, nothing lost, what moved is told."""

from __future__ import annotations

import hashlib
import re
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from itertools import groupby
from pathlib import Path

import pytest
from conftest import run_chiso
from daily_world import Clock, World, late_entry, publish, small_province
from few_pages import text_of

from chiso.base import clock
from chiso.base.errors import InputError
from chiso.base.files import only_one
from chiso.base.markdown import escape
from chiso.explain.revised import (
    DAY,
    WEEK,
    in_force_before,
    moves_since,
    named_movers,
    steps,
)
from chiso.pages.commentary.daily import since_words
from chiso.publishing.content import daily_content
from chiso.publishing.daily import DailyRequest, run_daily, watched_periods
from chiso.publishing.pages import common_pages
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


@pytest.fixture
def two_days(world, hands):
    """Counts of two days of September, each brought up to date."""
    world.as_counts = True
    for day in ("2022-09-05T18:00", "2022-09-06T18:00"):
        hands.set(day)
        world.export("2022-09", hands.moment.replace(tzinfo=None))
        daily()
    return world


def test_run_again_it_writes_nothing_but_its_line(two_days, hands):
    before = content(two_days.project)
    hands.set("2022-09-06T18:30")
    daily()
    after = content(two_days.project)
    assert {name for name in after if after[name] != before.get(name)} == {"data/daily.log"}
    assert set(before) <= set(after)
    assert lines(two_days.project)[-1].startswith("2022-09-06 18:30:00 +07 2022-09: không thay đổi")


def test_the_line_says_what_moved_and_that_it_is_provisional(two_days):
    assert re.search(
        r"2022-09: số liệu lần 2, tổng điểm .*, tạm tính đến 06/09/2022",
        lines(two_days.project)[-1],
    )


def test_records_tell_themselves_up_to_when_they_go(world, hands):
    hands.set("2022-09-07T06:00")
    world.export("2022-09", datetime(2022, 9, 6, 18))
    (run,) = daily()
    # The newest moment: a dossier of the day before that was done on the 6th at 12.
    assert run.now.provenance.as_of == "2022-09-06"
    assert run.now.settings.is_provisional
    (again,) = daily()
    assert not again.is_new
    hands.set("2022-10-05T06:00")
    world.export("2022-09", datetime(2022, 10, 4, 18))
    (run,) = daily()
    assert run.now.provenance.as_of == "2022-09-30"
    assert not run.now.settings.is_provisional


def test_a_broken_period_is_named_and_does_not_stop_the_others(two_days, hands):
    broken = two_days.project / "data/2022-08"
    broken.mkdir()
    (broken / "counts.csv").write_text("unit,indicator\n", encoding="utf-8")
    hands.set("2022-09-07T18:00")
    two_days.export("2022-09", datetime(2022, 9, 7, 18))
    stored = content(store_dir())
    first, second = daily()
    assert first.failed and not second.failed and second.is_new
    line = lines(two_days.project)[-1]
    assert "2022-08: LỖI" in line and "counts.csv" in line and "2022-09: số liệu lần 3" in line
    assert "2022-08" not in {item.period for item in history(store_dir())}
    assert (
        content(store_dir()).items()
        >= {
            name: value for name, value in stored.items() if not name.endswith("inputs.json")
        }.items()
    )


def test_a_clock_set_back_is_refused_and_nothing_is_stored(two_days, hands):
    stored = content(store_dir())
    hands.set("2022-09-05T06:00")
    two_days.export("2022-09", datetime(2022, 9, 7, 18))
    with pytest.raises(InputError, match="Đồng hồ"):
        daily()
    assert content(store_dir()) == stored
    assert "Đồng hồ" in lines(two_days.project)[-1]


def test_a_second_run_waits_for_the_first(two_days):
    log, said = two_days.project / "data/daily.log", []
    with ThreadPoolExecutor(1) as pool:
        with only_one(log):
            waiting = pool.submit(run_daily, DailyRequest(), publish, said.append)
            while not said:
                time.sleep(0.01)
            assert not waiting.done()
            written = lines(two_days.project)
        assert len(waiting.result()) == 1
    assert len(lines(two_days.project)) == len(written) + 1


def test_which_periods_are_looked_at(project):
    for name in ("2022-07", "2022-08", "2022-09", "2022-10", "2022-Q3", "2022", "demo", "2022-9"):
        (project / "data" / name).mkdir()
    found = [period.name for period in watched_periods(date(2022, 9, 20))]
    assert found == ["2022-08", "2022-09", "2022-Q3", "2022"], "July ended more than 45 days before"
    assert watched_periods(date(2022, 9, 14))[0].name == "2022-07"


def test_a_later_change_of_a_closed_period_makes_the_open_one_compare_with_it_again(world, hands):
    world.as_counts = True
    hands.set("2022-09-06T18:00")
    for month in ("2022-08", "2022-09"):
        world.export(month, datetime(2022, 9, 6, 18))
    daily()
    world.corrections = [
        (date(2022, 9, 6), late_entry("2022-08", "x", "so-a", "2022-08-30T09:00:00"))
    ]
    world.export("2022-08", datetime(2022, 9, 6, 18))
    shown = []

    def show(one, _reading):
        return shown.append(one.settings.period.name) or 0

    run_daily(DailyRequest(), show, print)
    assert shown == ["2022-08", "2022-09"]


def test_days_are_viet_nams(two_days, hands):
    """20:00 in London on the 7th is the 8th in Ha Noi."""
    hands.moment = datetime(2022, 9, 7, 20, tzinfo=UTC)
    two_days.export("2022-09", datetime(2022, 9, 7, 18))
    (run,) = daily()
    assert run.now.provenance.stored_on == date(2022, 9, 8)
    assert lines(two_days.project)[-1].startswith("2022-09-08 03:00:00 +07 ")


def test_a_moment_after_today_in_the_records_is_told(world, hands):
    world.corrections = [
        (date(2022, 9, 5), late_entry("2022-09", "x9", "so-a", "2022-10-05T09:00:00"))
    ]
    hands.set("2022-09-07T06:00")
    world.export("2022-09", datetime(2022, 9, 6, 18))
    daily()
    assert "SAU HÔM NAY" in lines(world.project)[-1]


def test_figures_that_stop_are_called_old(two_days, hands):
    hands.set("2022-09-10T06:00")
    daily()
    assert "SỐ LIỆU CŨ" in lines(two_days.project)[-1]


def test_what_differs_between_revisions_is_told(two_days, hands):
    path = two_days.project / "params/indicators/766-2022.yml"
    text = path.read_text("utf-8")
    path.write_text(text.replace("2026-11-23", "2026-11-24", 1), encoding="utf-8")
    (run,) = daily()
    newest, second, first = steps(run.now, 30)
    assert [one.differs for one in (newest, second, first)] == [("set",), ("data",), ()]
    moves = moves_since(run.now, second.now)
    assert not moves.is_comparable and not moves.agencies
    assert "không so sánh" in since_words(moves).lower()


def test_who_moved_is_named_only_with_enough_dossiers(two_days, monkeypatch):
    now = load_figures("2022-09", 2)
    moves = moves_since(now, in_force_before(now, DAY))
    assert moves.agencies and not named_movers(now, moves), "ten dossiers an agency"


def test_the_page_is_made_from_the_second_revision_on(world, hands):
    world.as_counts = True
    hands.set("2022-09-05T18:00")
    world.export("2022-09", datetime(2022, 9, 5, 18))
    (first,) = daily()
    assert [page.name for page in common_pages(first.now)] == ["compare", "method", "data-quality"]
    hands.set("2022-09-06T18:00")
    world.export("2022-09", datetime(2022, 9, 6, 18))
    (run,) = daily()
    page = common_pages(run.now)[-1]
    assert (page.name, page.front["title"]) == ("daily", "Thay đổi theo ngày")
    assert page.front["chiso"]["mark"] == escape("Tạm tính đến 06/09/2022")
    assert daily_content(run.now) == daily_content(run.now)
    done = run_chiso("report", "--period", "2022-09", project=world.project)
    assert done.returncode == 0, done.stderr
    site = world.project / "reports/_site/2022-09"
    text = " ".join(text_of(site / "daily.html").split())
    assert "So với ngày 05/09/2022 (số liệu lần 1): 3 đơn vị có số thay đổi." in text
    assert "Tạm tính đến 06/09/2022" in text
    for name in ("index", "H99"):
        assert 'href="daily.html"' in (site / f"{name}.html").read_text("utf-8")


def test_the_command_ends_with_1_where_a_period_is_broken(project):
    today = clock.vietnam_day(clock.now())
    (project / f"data/{today:%Y-%m}").mkdir()
    done = run_chiso("daily", project=project)
    assert done.returncode == 1, done.stderr
    assert f"{today:%Y-%m}: LỖI" in done.stdout
    assert "Traceback" not in done.stderr
