"""Cases: as many as an indicator lacks, with what an agency needs to mend them."""

import re
import sys
from datetime import datetime, timedelta
from pathlib import Path

import ibis
import openpyxl
import pytest

sys.path.insert(0, str(Path(__file__).parent / "reference"))

from engines import cases_that_differ, engine_held
from random_records import PERIODS, random_records

from chiso.base.period import parse_period
from chiso.demo.write import TREE, DemoRequest, write_demo
from chiso.measures.cases import find_cases
from chiso.measures.counts import hold
from chiso.pages.tables.case_rows import reasons, record_frame
from chiso.rules.units import load_tree
from chiso.sources.records import load_records

COMMUNE = {"code": "A", "level": "xa", "parent": None}


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    folder = tmp_path_factory.mktemp("demo") / "records"
    write_demo(DemoRequest(folder, dossiers_per_month=2_000))
    return load_records(folder, load_tree(TREE))


@pytest.mark.parametrize("period", ["2022-09", "2022-Q4"])
def test_every_count_of_the_demo_opens_down_to_its_cases(demo, period):
    held = hold(demo.tables, load_tree(TREE), parse_period(period), gaps=demo.gaps)
    assert cases_that_differ(held) == []


@pytest.fixture(scope="module")
def duckdb():
    return ibis.duckdb.connect()


@pytest.mark.parametrize("seed", range(6))
def test_random_records_have_as_many_cases_as_their_counts_lack(seed, duckdb):
    records, tree = random_records(seed, 500)
    period = PERIODS[seed % len(PERIODS)]
    as_of = parse_period(period).end - timedelta(days=seed % 2 * 4, seconds=1)
    options = {
        "comparison": ("instant", "date")[seed % 2],
        "dossier_population": ("received", "processed")[seed % 2],
        "result_scope": ("paper", "all")[seed // 2 % 2],
        "population_data": ("any", "vneid")[seed // 2 % 2],
        "strict_online": seed % 3 == 0,
    }
    assert cases_that_differ(engine_held(duckdb, records, tree, period, as_of, options)) == []


def test_a_late_dossier_says_since_when_and_how_late(duckdb):
    moment = datetime.fromisoformat
    dossier = {
        "dossier_id": "D1", "procedure_id": "P1", "unit": "A", "status": 9, "channel": 1,
        "received_at": moment("2022-09-01T08:00"), "due_at": moment("2022-09-05T08:00"),
        "done_at": moment("2022-09-07T09:00"),
    }  # fmt: skip
    open_one = {**dossier, "dossier_id": "D2", "status": 4, "done_at": None}
    records = {
        "dossiers": [dossier, open_one],
        "procedures": [{"procedure_id": "P1", "name": "Khai sinh"}],
    }
    held = engine_held(duckdb, records, [COMMUNE], "2022-09", moment("2022-09-30T23:59:59"))
    cases = find_cases(held)
    late = cases[cases["indicator"] == 5].set_index("id")
    assert late["days_late"].to_dict() == {"D1": 3, "D2": 26}
    assert late["reason"].to_dict() == {"D1": "ended", "D2": "in_process"}
    assert late["procedure"].tolist() == ["Khai sinh"] * 2
    assert (late["due_s"] - late["received_s"]).tolist() == [4 * 86_400] * 2
    assert late["ended_s"].isna().to_dict() == {"D1": False, "D2": True}


SUPPLEMENTS = {
    # status 5 waits for a supplement; due on the 5th, looked at on the 30th
    "asked after it was due": ({"supplement_asked_at": "2022-09-08T08:00"}, "supplement", 3),
    "no date of the request": ({}, "waiting", 26),
    "asked after the period": ({"supplement_asked_at": "2022-10-02T08:00"}, "waiting", 26),
    "asked twice": (
        {"supplement_asked_at": "2022-09-02T08:00", "supplement_count": 2}, "asked_again", -3,
    ),
}  # fmt: skip


@pytest.mark.parametrize(("cells", "reason", "days"), SUPPLEMENTS.values(), ids=SUPPLEMENTS)
def test_a_dossier_that_waits_says_what_is_known_of_the_request(duckdb, cells, reason, days):
    moment = datetime.fromisoformat
    dossier = {
        "dossier_id": "D1", "procedure_id": "P1", "unit": "A", "status": 5, "channel": 1,
        "received_at": moment("2022-09-01T08:00"), "due_at": moment("2022-09-05T08:00"),
        "done_at": None, "supplement_asked_at": None, "supplement_count": None,
    }  # fmt: skip
    dossier |= {
        name: moment(cell) if isinstance(cell, str) else cell for name, cell in cells.items()
    }
    held = engine_held(
        duckdb, {"dossiers": [dossier]}, [COMMUNE], "2022-09", moment("2022-09-30T23:59:59")
    )
    cases = find_cases(held).query("indicator == 5")
    assert cases[["reason", "days_late"]].values.tolist() == [[reason, days]]
    assert ("dossier", reason) in reasons()


def test_where_the_term_decides_the_limit_stands_in_the_list(duckdb):
    moment = datetime.fromisoformat
    dossier = {
        "dossier_id": "D1", "procedure_id": "P1", "unit": "A", "status": 9,
        "received_at": moment("2022-09-01T08:00"), "due_at": None,
        "done_at": moment("2022-09-07T09:00"),
    }  # fmt: skip
    records = {
        "dossiers": [dossier],
        "procedures": [{"procedure_id": "P1", "max_term": 3, "term_unit": "day"}],
    }
    held = engine_held(duckdb, records, [COMMUNE], "2022-09", moment("2022-09-30T23:59:59"))
    case = find_cases(held).query("indicator == 5").iloc[0]
    assert case["due_s"] - case["received_s"] == 3 * 86_400
    assert case["days_late"] == 4  # three days and an hour, begun days


def test_a_case_of_the_strict_8_says_what_is_missing(duckdb):
    moment = datetime.fromisoformat
    common = {"procedure_id": "P1", "unit": "A", "status": 4, "due_at": None}
    common["received_at"] = moment("2022-09-05T08:00")
    dossiers = [
        {**common, "dossier_id": "at the counter", "channel": 1, "result_file": True},
        {**common, "dossier_id": "without a result", "channel": 2, "result_file": None},
        {**common, "dossier_id": "with one", "channel": 2, "result_file": True},
        {**common, "dossier_id": "no paper due", "channel": 2, "result_file": False}
        | {"procedure_id": "P2"},
        {**common, "dossier_id": "neither", "channel": 1, "result_file": None}
        | {"procedure_id": "P2"},
    ]
    records = {
        "dossiers": dossiers,
        "procedures": [
            {"procedure_id": "P1", "returns_paper": True},
            {"procedure_id": "P2", "returns_paper": False},
        ],
    }
    held = engine_held(
        duckdb, records, [COMMUNE], "2022-09", moment("2022-09-30T23:59:59"),
        {"strict_online": True},
    )  # fmt: skip
    cases = find_cases(held).query("indicator == 8").set_index("id")
    assert cases["reason"].to_dict() == {
        "at the counter": "online",
        "without a result": "result",
        "neither": "online",
    }
    assert cases["mendable"].to_dict() == {
        "at the counter": False,
        "without a result": True,
        "neither": False,
    }
    assert {("dossier", reason) for reason in cases["reason"]} <= set(reasons())


def test_a_record_stands_once_in_the_workbook_with_all_that_it_lacks(duckdb):
    moment = datetime.fromisoformat
    common = {"procedure_id": "P1", "unit": "A", "status": 4, "channel": 1, "synced_at": None}
    common["received_at"] = moment("2022-09-01T08:00")
    dossiers = [
        {**common, "dossier_id": "ended late", "due_at": moment("2022-09-05T08:00")}
        | {"done_at": moment("2022-09-07T09:00"), "petitioned": True},
        {**common, "dossier_id": "open and late", "due_at": moment("2022-09-20T08:00")},
        {**common, "dossier_id": "in time", "due_at": moment("2022-10-20T08:00")}
        | {"channel": 2, "synced_at": moment("2022-09-02T08:00")},
    ]
    for dossier in dossiers:
        dossier.setdefault("done_at", None)
        dossier.setdefault("petitioned", False)
        dossier.setdefault("disliked", False)
    records = {"dossiers": dossiers, "procedures": [{"procedure_id": "P1", "name": "Khai sinh"}]}
    held = engine_held(duckdb, records, [COMMUNE], "2022-09", moment("2022-09-30T23:59:59"))
    cases = find_cases(held)
    found = record_frame(cases[cases["kind"] == "dossier"], {"A": "UBND xã A"})
    rows = {row["Mã hồ sơ, mã khác"]: row for row in found.to_dict("records")}
    assert next(iter(rows)) == "open and late"
    assert len(rows) == len(found) == 2
    late = rows["ended late"]
    assert list(late)[-1] == "Mã đơn vị" and late["Mã đơn vị"] == "A"
    assert (late["Đơn vị"], late["Số ngày quá hạn"]) == ("UBND xã A", 3)
    assert late["Còn khắc phục được ở chỉ số"] == "4"
    assert late["Nội dung còn thiếu"] == "chưa đồng bộ"
    assert late["Không còn khắc phục được ở chỉ số"] == "5, 8, 21"
    assert late["Lý do"].split("; ") == [
        reasons()["dossier", reason] for reason in ("ended", "online", "complained")
    ]


def test_chiso_cases_lists_them_and_writes_them_all(chiso, project):
    folder = project / "data" / "demo"
    write_demo(DemoRequest(folder, dossiers_per_month=1_500))
    call = ("cases", "--period", "2022-09", "--indicator", "5", "--unit", "so-tu-phap")
    done = chiso(*call, project=project)
    assert done.returncode == 0, done.stderr
    number = int(re.match(r"(\d+) trường hợp của Sở Tư pháp", done.stdout)[1])
    out = project / "cases.xlsx"
    assert chiso(*call, "--out", out, project=project).returncode == 0
    rows = list(openpyxl.load_workbook(out).active.iter_rows(values_only=True))
    assert [str(cell) for cell in rows[2][:3]] == ["Đơn vị", "Mã hồ sơ, mã khác", "Mã TTHC"]
    assert len(rows) - 3 == number > 0
    stored = next((project / "data" / "store").glob("*/2022-09/r001"))
    evidence = {"cases.parquet", "case_counts.csv", "rows.csv", "set_aside.csv", "gaps.csv"}
    assert evidence <= {path.name for path in stored.iterdir()}


def test_counts_that_were_handed_in_have_no_cases(chiso, project):
    done = chiso("cases", "--period", "2026", "--indicator", "5", "--unit", "H15", project=project)
    assert done.returncode == 2
    assert "không có hồ sơ đi kèm" in done.stderr and "Traceback" not in done.stderr
