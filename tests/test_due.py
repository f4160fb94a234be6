"""What falls due soon: as indicator 5 reads terms, letters of apology first, nothing personal."""

from __future__ import annotations

import sys
from datetime import date, datetime, timedelta
from pathlib import Path

import ibis
import pandas as pd
import pytest
from conftest import run_chiso
from daily_world import Clock, World, publish, small_province
from openpyxl import load_workbook

sys.path.insert(0, str(Path(__file__).parent / "reference"))

from engines import engine_held, tree_of
from random_records import PERIODS, random_records
from reference import classify_dossier, supplement_time, term_limit
from reference_world import World as Plain

from chiso.base.period import parse_period
from chiso.explain.falling_due import due_soon, due_soon_of
from chiso.measures.falling_due import by_day, falling_due
from chiso.pages.commentary.falling_due import due_words
from chiso.pages.digest import digest_of, digest_text
from chiso.publishing.daily import DailyRequest, run_daily
from chiso.rules.working_days import days_since_1970

TREE = [
    {"code": "H31", "level": "tinh", "parent": None},
    {"code": "so-a", "level": "so", "parent": "H31"},
    {"code": "so-b", "level": "so", "parent": "H31"},
]
# A Wednesday.
T = datetime(2022, 9, 14, 10)


@pytest.fixture(scope="module")
def duckdb():
    return ibis.duckdb.connect()


def dossier(name: str, due: str | None, unit: str = "so-a", **more: object) -> dict[str, object]:
    return {
        "dossier_id": name,
        "procedure_id": "P1",
        "unit": unit,
        "status": 4,
        "received_at": datetime(2022, 9, 5, 8),
        "due_at": datetime.fromisoformat(due) if due else None,
        "done_at": None,
        "supplement_count": None,
        "supplement_asked_at": None,
        "supplement_done_at": None,
        "supplement_hours": None,
    } | more


def found_of(engine, rows, days=3, options=None, procedures=({"procedure_id": "P1"},), as_of=T):
    records = {"procedures": [{"name": "Cấp phép", **one} for one in procedures], "dossiers": rows}
    return falling_due(engine_held(engine, records, TREE, "2022-09", as_of, options), days)


def listed(found):
    return list(found.dossiers["dossier_id"])


def test_due_is_what_is_in_process_and_in_time_from_today_to_the_nth_working_day(duckdb):
    found = found_of(
        duckdb,
        [
            dossier("today", "2022-09-14T17:00"),
            dossier("over", "2022-09-14T09:00"),
            dossier("tomorrow", "2022-09-15T17:00"),
            dossier("saturday", "2022-09-17T17:00"),
            dossier("last", "2022-09-19T23:59:59"),
            dossier("later", "2022-09-20T00:00"),
            dossier("done", "2022-09-15T17:00", done_at=datetime(2022, 9, 14, 9)),
            dossier("done-later", "2022-09-15T17:00", done_at=datetime(2022, 9, 14, 11)),
            dossier("to-come", "2022-09-16T17:00", received_at=datetime(2022, 9, 14, 11)),
            dossier("carried", "2022-09-16T17:00", received_at=datetime(2022, 8, 1, 8)),
        ],
    )
    assert found.last_day == date(2022, 9, 19), "14 September and three working days"
    wanted = ["today", "done-later", "tomorrow", "carried", "saturday", "last"]
    assert listed(found) == wanted
    assert (found.later, found.overdue, found.waiting, found.no_limit) == (1, 1, 0, 0)


def test_the_time_that_was_waited_for_makes_it_due_later_and_while_waiting_it_has_no_day(duckdb):
    asked, done = datetime(2022, 9, 6, 10), datetime(2022, 9, 8, 10)
    found = found_of(
        duckdb,
        [
            dossier(
                "moved", "2022-09-13T17:00", supplement_asked_at=asked, supplement_done_at=done
            ),
            dossier("hours", "2022-09-14T09:00", supplement_hours=24.0),
            dossier("waiting", "2022-09-15T17:00", status=5, supplement_asked_at=asked),
            dossier("again", "2022-09-15T17:00", status=5, supplement_count=2),
        ],
    )
    assert dict(zip(listed(found), found.dossiers["due_day"], strict=True)) == {
        "moved": days_since_1970(date(2022, 9, 15)),
        "hours": days_since_1970(date(2022, 9, 15)),
    }
    assert (found.overdue, found.waiting) == (0, 2)


def test_without_a_due_date_the_term_decides_and_without_both_nobody_can_tell(duckdb):
    with_term = {"procedure_id": "P2", "max_term": 8, "term_unit": "working_day"}
    without = {"procedure_id": "P1", "max_term": None, "term_unit": None}
    rows = [dossier("term", None, procedure_id="P2"), dossier("none", None)]
    found = found_of(duckdb, rows, procedures=(with_term, without))
    assert listed(found) == ["term"], "8 working days after Monday the 5th: Thursday the 15th"
    assert found.no_limit == 1
    assert found.dossiers["procedure"].tolist() == ["Cấp phép"]


def test_by_days_a_dossier_is_in_time_until_its_day_is_over(duckdb):
    row = [dossier("morning", "2022-09-14T09:00")]
    assert listed(found_of(duckdb, row)) == []
    assert listed(found_of(duckdb, row, options={"comparison": "date"})) == ["morning"]


def test_records_without_the_columns_give_no_list(duckdb):
    rows = [dossier("d", "2022-09-15T17:00")]
    for lacking in ("due_at", "done_at"):
        cut = [{name: row[name] for name in row if name != lacking} for row in rows]
        assert found_of(duckdb, cut) is None


@pytest.mark.parametrize("seed", range(8))
def test_random_records_fall_due_as_the_reference_reads_them(seed, duckdb):
    records, tree = random_records(seed, 150)
    options = {
        "comparison": ("instant", "date")[seed % 2],
        "suspended": ("portal", "on_time")[seed // 2 % 2],
    }
    name = PERIODS[seed % len(PERIODS)]
    period = parse_period(name)
    as_of = period.end - timedelta(days=1 + seed % 9, hours=seed % 20)
    found = falling_due(engine_held(duckdb, records, tree, name, as_of, options), 5)
    world = Plain(records, tree, period.start, period.end, as_of, options, name)
    if found is None:
        assert any(
            not any(row.get(one) is not None for row in records["dossiers"] for one in ways)
            for ways in (("received_at",), ("due_at",), ("done_at", "returned_at", "ended_at"))
        )
        return
    open_now = sizes = 0
    wanted = {}
    for row in records["dossiers"]:
        verdict = classify_dossier(world, row)
        if not verdict.counted or verdict.reason == "ended" or row["received_at"] > world.now:
            continue
        ends = [row.get(one) for one in ("done_at", "returned_at", "ended_at")]
        end = next((one for one in ends if one is not None), None)
        if world.seen(end):
            continue
        open_now += 1
        is_waiting = row["status"] == 5
        if verdict.on_time and not is_waiting:
            limit = row["due_at"] or term_limit(world, row)
            if limit is None:
                continue
            limit += supplement_time(row, world.now)
            if world.now.date() <= limit.date() <= found.last_day:
                wanted[row["dossier_id"]] = limit
    sizes = found.later + found.overdue + found.waiting + found.no_limit
    assert open_now == len(found.dossiers) + sizes
    seconds = dict(zip(found.dossiers["dossier_id"], found.dossiers["due_s"], strict=True))
    assert seconds == {
        key: int((limit - datetime(1970, 1, 1)).total_seconds()) for key, limit in wanted.items()
    }


def soon_of(engine, dues, as_of=T, units=("so-a", "so-b")):
    rows = [dossier(f"{unit}{i}", due, unit) for unit in units for i, due in enumerate(dues[unit])]
    found = found_of(engine, rows, as_of=as_of)
    rows = by_day(found.dossiers)
    return due_soon(rows, tree_of(TREE), found.now.date(), found.last_day)


def test_letters_of_apology_come_first(duckdb):
    dues = {
        "so-a": ["2022-09-16T17:00"] * 5,
        "so-b": ["2022-09-15T17:00", "2022-09-15T09:00", "2022-09-14T17:00"],
    }
    soon = soon_of(duckdb, dues)
    assert [(one.unit.code, one.letters, one.cases) for one in soon.agencies] == [
        ("so-b", 2, 3),
        ("so-a", 0, 5),
    ]
    assert (soon.letters, soon.cases_today, soon.cases) == (2, 1, 8)
    assert soon.letter_day == date(2022, 9, 14)
    assert list(due_words(soon)) == [
        "Đến hạn đến hết ngày 19/09/2022: 8 hồ sơ đang giải quyết.",
        "Trong đó 2 hồ sơ đến hạn đến hết ngày 15/09/2022: hồ sơ nào không kịp thì gửi phiếu xin lỗi và"
        " hẹn lại ngày trả kết quả (mẫu số 04, Thông tư 01/2018/TT-VPCP) chậm nhất ngày 14/09/2022."
        " Nhiều nhất: so-b (2).",
        "1 hồ sơ đến hạn ngay trong ngày 14/09/2022.",
    ]


def test_before_a_weekend_the_letter_of_a_mondays_dossier_goes_out_on_friday(duckdb):
    dues = {"so-a": ["2022-09-19T17:00", "2022-09-17T17:00", "2022-09-20T17:00"], "so-b": []}
    friday = datetime(2022, 9, 16, 18)
    soon = soon_of(duckdb, dues, friday)
    assert (soon.letters, soon.letters_until, soon.letter_day) == (
        2,
        date(2022, 9, 19),
        date(2022, 9, 16),
    )
    assert [soon.letter_of(one) for one in (date(2022, 9, 17), date(2022, 9, 20))] == [
        date(2022, 9, 16),
        date(2022, 9, 19),
    ]
    sunday = soon_of(duckdb, dues, datetime(2022, 9, 18, 18))
    assert sunday.letter_day == date(2022, 9, 16), "it should have gone out on Friday"


@pytest.fixture
def world(project):
    small_province(project)
    return World(project)


def sheets_of(path):
    book = load_workbook(path)
    return {sheet.title: [list(row) for row in sheet.values] for sheet in book}


def test_the_command_lists_them_and_writes_a_workbook(world, project):
    world.export("2022-09", datetime(2022, 9, 14, 18))
    export = project / "data/2022-09/dossiers.csv"
    rows = pd.read_csv(export, dtype=str)
    rows["ChuHoSo"] = "Nguyễn Văn A"
    rows.to_csv(export, index=False)
    done = run_chiso("due", "--period", "2022-09", project=project)
    assert done.returncode == 0, done.stderr
    # Received on the 14th (15) and due three days later: the 17th, a Saturday; late ones of the 13th.
    assert "Đến hạn đến hết ngày 19/09/2022:" in done.stdout
    path = project / "reports/_due/2022-09/2022-09-14.xlsx"
    assert str(path) in done.stdout
    sheets = sheets_of(path)
    assert list(sheets) == ["Bìa", "Theo đơn vị", "Hồ sơ"]
    head, *listed_rows = sheets["Hồ sơ"][2:]
    ids = [row[head.index("Mã hồ sơ, mã khác")] for row in listed_rows]
    open_now = rows[rows["done_at"].isna() & (rows["due_at"] >= "2022-09-14")]
    assert sorted(ids) == sorted(open_now["dossier_id"])
    heads, *agencies = sheets["Theo đơn vị"][2:]
    assert sum(row[heads.index("Hồ sơ đến hạn")] for row in agencies) == len(ids)
    assert "Nguyễn Văn A" not in str(sheets)
    again = run_chiso("due", "--period", "2022-09", "--days", "1", project=project)
    assert again.returncode == 0 and "15/09/2022" in again.stdout


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("--as-of", "2022-10-01"), "không nằm trong tháng 9/2022"),
        (("--days", "0"), "--days"),
        (("--records", "nothing"), "nothing"),
    ],
)
def test_a_mistake_is_told_and_nothing_is_written(world, project, arguments, says):
    world.export("2022-09", datetime(2022, 9, 14, 18))
    done = run_chiso("due", "--period", "2022-09", *arguments, project=project)
    assert done.returncode == 2 and says in done.stderr and "Traceback" not in done.stderr
    assert not (project / "reports/_due").exists()


def test_of_counts_and_of_records_without_due_dates_there_is_no_list(world, project):
    world.as_counts = True
    world.export("2022-09", datetime(2022, 9, 14, 18))
    done = run_chiso("due", "--period", "2022-09", project=project)
    assert done.returncode == 2 and "counts.csv" in done.stderr
    (project / "data/2022-09/counts.csv").unlink()
    world.as_counts = False
    world.export("2022-09", datetime(2022, 9, 14, 18))
    export = project / "data/2022-09/dossiers.csv"
    pd.read_csv(export, dtype=str).drop(columns="due_at").to_csv(export, index=False)
    done = run_chiso("due", "--period", "2022-09", project=project)
    assert done.returncode == 2 and "due_at" in done.stderr


def test_an_open_periods_digest_tells_what_falls_due_and_a_closed_ones_does_not(
    world, project, monkeypatch
):
    hands = Clock(monkeypatch)
    for day in (13, 14):
        hands.set(f"2022-09-{day}T18:00")
        world.export("2022-09", datetime(2022, 9, day, 18))
        (run,) = run_daily(DailyRequest(), publish, lambda _said: None)
    soon = due_soon_of(run.now)
    held = pd.read_csv(project / "data/2022-09/dossiers.csv", dtype=str)
    open_now = held[held["done_at"].isna() & (held["due_at"] >= "2022-09-14")]
    assert soon.cases == len(open_now) > 0
    digest = digest_of(run.now)
    assert digest.due == tuple(due_words(soon))
    assert digest.due[0] in digest_text(digest)
    hands.set("2022-10-05T06:00")
    world.export("2022-09", datetime(2022, 10, 4, 18))
    (run,) = run_daily(DailyRequest(), publish, lambda _said: None)
    assert due_soon_of(run.now) is None and digest_of(run.now).due == ()
