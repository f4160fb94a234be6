"""Exports as offices hand them in: read as their writers mean them, or told; never wrong in silence."""

from datetime import datetime

import duckdb
import exports
import pandas as pd
import pytest

from chiso.sources import moments
from chiso.sources.records import load_records

TREE = exports.tree()
HEAD = [
    "STT",
    "Mã hồ sơ",
    "Tên thủ tục",
    "Ngày tiếp nhận",
    "Ngày hẹn trả",
    "Ngày trả",
    "Đơn vị xử lý",
]
AGENCY = "UBND TP. Hưng Yên"


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "procedures.csv").write_text(exports.PROCEDURES, encoding="utf-8")
    return tmp_path


def register(folder, rows, head=HEAD, name="so.csv"):
    """A register: its rows end with the agency and begin with number, id and procedure if they have
    only the moments."""
    full = [[str(i), f"A-{i}", "Đăng ký khai sinh", *row, AGENCY] for i, row in enumerate(rows, 1)]
    pd.DataFrame(full, columns=head).to_csv(folder / name, index=False, encoding="utf-8-sig")


def read(folder):
    records = load_records(folder, TREE)
    assert records.set_aside.empty, records.set_aside.to_string()
    return records, records.tables["dossiers"].to_pandas().sort_values("dossier_id")


MORNING = datetime(2022, 9, 5, 8, 10)


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("05/09/2022 8:10:00 SA", MORNING),
        ("05/09/2022 5:00:00 CH", datetime(2022, 9, 5, 17)),
        ("05/09/2022 12:00 SA", datetime(2022, 9, 5)),
        ("05/09/2022 12:00 CH", datetime(2022, 9, 5, 12)),
        ("5/9/2022 8:10", MORNING),
        ("05-09-2022 08h10", MORNING),
        ("8h10 ngày 05/09/2022", MORNING),
        ("8 giờ 10 phút, ngày 05/9/2022", MORNING),
        ("08:10 05/09/2022", MORNING),
        ("08:10:00 05/09/2022", MORNING),
        ("05.09.2022", datetime(2022, 9, 5)),
        ("05/09/22", datetime(2022, 9, 5)),
        ("04/09/2022 24:00", datetime(2022, 9, 5)),
        ("2022/09/05 08:10", MORNING),
        ("05-Sep-22", datetime(2022, 9, 5)),
        ("Thứ Hai, 05/09/2022", datetime(2022, 9, 5)),
        ("Chủ nhật, 04/09/2022", datetime(2022, 9, 4)),
        ("05/09/2022 - 08:10", MORNING),
        ("05/09/2022, 08:10", MORNING),
        ("20220905", datetime(2022, 9, 5)),
        ("20220905081000", MORNING),
        ("44809", datetime(2022, 9, 5)),
        ("44809,34027777778", MORNING),
        ("44809.34027777778", MORNING),
        ("1662340200000", MORNING),
        ("/Date(1662340200000)/", MORNING),
        ("/Date(1662340200000+0700)/", MORNING),
        ("2022-09-05T01:10:00Z", MORNING),
        ("2022-09-05T01:10:00.000Z", MORNING),
        ("2022-09-05T08:10:00.0000000+07:00", MORNING),
        ("2022-09-05T08:10:00", MORNING),
    ],
)
def test_moments_are_read_as_their_writers_mean_them(text, moment):
    connection = duckdb.connect()
    connection.execute("SET TimeZone = 'UTC'")
    sql = moments.read("$text", [], month_first=False)
    assert connection.execute(f"SELECT {sql}", {"text": text}).fetchone() == (moment,)


@pytest.mark.parametrize("text", ["31/02/2022", "hôm qua", "13/13/2022", "05/09/2022 25:00", "5"])
def test_what_is_no_moment_is_not_read(text):
    sql = moments.read("$text", [], month_first=False)
    assert duckdb.connect().execute(f"SELECT {sql}", {"text": text}).fetchone() == (None,)


def test_the_whole_column_tells_whether_the_month_comes_first(folder):
    """Ten days of a program set to America; only four of them could not be read the other way."""
    days = (5, 6, 7, 8, 9, 12, 13, 14, 15, 16)
    register(folder, [(f"9/{d}/2022 8:10", f"9/{d + 1}/2022 17:00", f"9/{d + 1}/2022 16:00") for d in days])  # fmt: skip
    records, rows = read(folder)
    assert sorted(rows["received_at"]) == [pd.Timestamp(2022, 9, d, 8, 10) for d in days]
    assert records.remarks == ()


def test_a_column_that_allows_both_orders_goes_with_the_files_others_or_is_told(folder):
    register(folder, [("9/5/2022", "9/13/2022", "9/6/2022")])
    assert read(folder)[1]["received_at"].tolist() == [pd.Timestamp(2022, 9, 5)]
    register(folder, [("9/5/2022 8:10:00 AM", "9/6/2022 5:00:00 PM", "")])
    assert read(folder)[1]["due_at"].tolist() == [pd.Timestamp(2022, 9, 6, 17)]
    register(folder, [("05/09/2022", "06/09/2022", "06/09/2022")])
    records, rows = read(folder)
    assert rows["received_at"].tolist() == [pd.Timestamp(2022, 9, 5)]
    assert [remark.text.split(":")[0] for remark in records.remarks] == [
        "ngày tiếp nhận, ngày hẹn trả, đã trả kết quả"
    ]


def test_a_column_with_days_in_both_places_is_never_read_row_by_row(folder):
    register(folder, [("13/09/2022", "", ""), ("9/14/2022", "", ""), ("05/09/2022", "", "")])
    records = load_records(folder, TREE)
    assert records.set_aside["value"].tolist() == ["9/14/2022"]
    received = records.tables["dossiers"].to_pandas()["received_at"]
    assert sorted(received) == [pd.Timestamp(2022, 9, 5), pd.Timestamp(2022, 9, 13)]


@pytest.mark.parametrize("none", ["01/01/1900 00:00:00", "30/12/1899", "0001-01-01T00:00:00"])
def test_moments_that_programs_write_for_none_are_none(folder, none):
    register(folder, [("05/09/2022", "26/09/2022", none)])
    _records, rows = read(folder)
    assert rows["returned_at"].isna().all()
