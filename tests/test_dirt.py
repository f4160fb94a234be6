"""Exports as offices hand them in: read as their writers mean them, or told; never wrong in silence."""

import json
from datetime import date, datetime

import duckdb
import exports
import openpyxl
import pandas as pd
import pytest

from chiso.base.period import parse_period
from chiso.contract.tables import TABLES
from chiso.measures.counts import measure
from chiso.rules.units import load_tree
from chiso.sources import moments
from chiso.sources.agencies import Agencies
from chiso.sources.cells import read_cell
from chiso.sources.export_days import day_of
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


def register(folder, rows, head=HEAD, name="so.csv", ids="A"):
    """A register: its rows end with the agency and begin with number, id and procedure if they have
    only the moments."""
    full = [
        [str(i), f"{ids}-{i}", "Đăng ký khai sinh", *row, AGENCY] for i, row in enumerate(rows, 1)
    ]
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
    sql = moments.read("$text", moments.written("$text"), [], month_first=False)
    assert connection.execute(f"SELECT {sql}", {"text": text}).fetchone() == (moment,)


@pytest.mark.parametrize("text", ["31/02/2022", "hôm qua", "13/13/2022", "05/09/2022 25:00", "5"])
def test_what_is_no_moment_is_not_read(text):
    sql = moments.read("$text", moments.written("$text"), [], month_first=False)
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
    register(folder, [("2022-09-05 08:10", "2022-09-06 17:00", "")], name="iso.csv", ids="B")
    assert {remark.file for remark in read(folder)[0].remarks} == {"so.csv"}
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


def test_a_heading_not_known_is_told_with_the_nearest_one(folder):
    register(
        folder,
        [("05/09/2022", "13/09/2022", "")],
        head=[*HEAD[:4], "Ngày hẹn trả k.quả", *HEAD[5:]],
    )
    records, rows = read(folder)
    assert "due_at" not in rows
    told = next(remark for remark in records.remarks if remark.column)
    assert told.column == "dossiers.due_at" and "gần nhất là “ngày hẹn trả" in told.text


@pytest.mark.parametrize("swapped", [False, True])
def test_of_two_due_dates_the_one_in_force_counts_in_any_order(folder, swapped):
    limit, promise = ("Hạn xử lý", "07/09/2022"), ("Ngày hẹn trả", "13/09/2022")
    pairs = (promise, limit) if swapped else (limit, promise)
    head = [*HEAD[:4], pairs[0][0], pairs[1][0], *HEAD[5:]]
    register(folder, [("05/09/2022", pairs[0][1], pairs[1][1], "08/09/2022")], head=head)
    records, rows = read(folder)
    assert rows["due_at"].tolist() == [pd.Timestamp(2022, 9, 13)]
    assert "tính theo “Ngày hẹn trả”, không theo “Hạn xử lý”" in records.remarks[0].text


def test_a_new_due_date_counts_only_where_there_is_one(folder):
    head = [*HEAD[:5], "Ngày hẹn trả mới", *HEAD[5:]]
    rows = [("05/09/2022", "13/09/2022", "20/09/2022", ""), ("05/09/2022", "14/09/2022", "", "")]
    register(folder, rows, head=head)
    assert read(folder)[1]["due_at"].dt.day.tolist() == [20, 14]


@pytest.mark.parametrize("number", ["2.20905E+13", "2,20905E+13", 2.209050000123457e17])
def test_ids_that_went_through_a_number_are_told_and_no_doubles(folder, number):
    rows = [
        [i, number, "Đăng ký khai sinh", "05/09/2022", "13/09/2022", "", AGENCY] for i in range(5)
    ]
    exports.save_xlsx(folder / "so.xlsx", {"S": [HEAD, *rows]})
    records = load_records(folder, TREE)
    assert records.set_aside["fault"].tolist() == ["rounded"] * 5
    assert len(records.cells["dossiers"]) == 5


@pytest.mark.parametrize(
    ("column", "text", "value"),
    [
        ("supplement_count", "12.000", 12000),
        ("supplement_count", "12 000", 12000),
        ("supplement_count", "12,000", 12000),
        ("supplement_count", "12000.0", 12000),
        ("supplement_count", "1.0", 1),
        ("supplement_count", "1,5", None),
        ("fee_total", "8,000", 8000),
        ("fee_total", "1.234.567,5", 1234567.5),
        ("fee_total", "1,234,567.5", 1234567.5),
        ("supplement_hours", "1,5", 1.5),
        ("supplement_hours", "1,500", None),
        ("reused", "1.0", True),
        ("procedure_id", "1.001193.000.00.00.H31", "1.001193"),
        ("procedure_id", "1.001193", "1.001193"),
        ("unit", "11971.0", "11971"),
        ("unit", "000.00.17.H31", "000.00.17.H31"),
    ],
)
def test_a_number_means_what_its_column_can_only_mean(column, text, value):
    _text, sql = read_cell(TABLES["dossiers"].column(column), "VARCHAR")
    query = f'SELECT {sql} FROM (SELECT $text AS "{column}")'
    assert duckdb.connect().execute(query, {"text": text}).fetchone() == (value,)


@pytest.mark.parametrize(
    ("name", "unit"),
    [
        ("UBND phường Lam Sơn, thành phố Hưng Yên", "11950"),
        ("UBND P. Lam Sơn, TP. Hưng Yên, tỉnh Hưng Yên", "11950"),
        ("P. Lam Sơn", "11950"),
        ("P.Lam Sơn", "11950"),
        ("H. Văn Lâm", "325"),
        ("X. UBND TP. Hưng Yên", "323"),
        ("UBND phường Lam Sơn, UBND thành phố Hưng Yên", "11950"),
        ("Bộ phận một cửa phường Lam Sơn", "11950"),
        ("Sở TN&MT", "so-tai-nguyen"),
        ("Sở GD&ĐT", "so-giao-duc"),
        ("Sở LĐ-TB&XH", "so-lao-dong"),
        ("VP UBND tỉnh", "vp-ubnd"),
        ("Sở Tư pháp tỉnh Hưng Yên", "so-tu-phap"),
        ("Sở lạ", None),
    ],
)
def test_agencies_as_people_write_them(name, unit):
    assert Agencies(TREE).only(name) == unit


@pytest.mark.parametrize("tree", ["hung-yen-2022", "hung-yen-2025"])
def test_the_names_that_the_workbook_offers_are_each_one_agencys(tree):
    agencies = Agencies(load_tree(tree))
    for unit in load_tree(tree).units:
        assert agencies.only(agencies.full_name(unit.code)) == unit.code


ROW = ["Đăng ký khai sinh", "05/09/2022", "13/09/2022", ""]


def units_of(folder):
    records = load_records(folder, TREE)
    table = records.tables["dossiers"].to_pandas()
    return dict(zip(table["dossier_id"], table["unit"], strict=True)), records


def test_a_row_without_its_unit_never_falls_to_the_heading_of_a_table_that_names_units(folder):
    rows = [[1, "A-1", *ROW, AGENCY], [2, "A-2", *ROW, ""]]
    exports.save_xlsx(folder / "so.xlsx", {"S": [["UBND TỈNH HƯNG YÊN"], HEAD, *rows]})
    units, records = units_of(folder)
    assert units == {"A-1": "323"}
    assert records.set_aside["fault"].tolist() == ["empty"]


def test_a_merged_cell_names_the_unit_of_each_of_its_rows(folder):
    rows = [[1, "A-1", *ROW, AGENCY], [2, "A-2", *ROW, ""], [3, "A-3", *ROW, "UBND huyện Văn Lâm"]]
    exports.save_xlsx(folder / "so.xlsx", {"S": [["UBND TỈNH HƯNG YÊN"], HEAD, *rows]}, ("G3:G4",))
    assert units_of(folder)[0] == {"A-1": "323", "A-2": "323", "A-3": "325"}


def test_rows_between_tell_the_unit_of_those_below_them(folder):
    rows = [
        ["I. UBND TP. Hưng Yên"], [1, "A-1", *ROW], [2, "A-2", *ROW],
        ["II. UBND huyện Văn Lâm"], [3, "A-3", *ROW], ["Tổng cộng"],
    ]  # fmt: skip
    exports.save_xlsx(folder / "so.xlsx", {"S": [["UBND TỈNH HƯNG YÊN"], HEAD[:-1], *rows]})
    assert units_of(folder)[0] == {"A-1": "323", "A-2": "323", "A-3": "325"}


def test_of_two_weekly_exports_the_newer_state_counts(folder):
    register(folder, [("05/09/2022", "13/09/2022", "")], name="so 2022-09-09.csv")
    register(folder, [("05/09/2022", "13/09/2022", "12/09/2022")], name="so 2022-09-16.csv")
    records = load_records(folder, TREE)
    assert records.tables["dossiers"].to_pandas()["returned_at"].tolist() == [
        pd.Timestamp(2022, 9, 12)
    ]
    assert records.set_aside[["file", "fault"]].values.tolist() == [["so 2022-09-09.csv", "older"]]
    assert "so 2022-09-16.csv" in records.set_aside["reason"][0]
    assert records.cells == {}


def test_exports_that_do_not_say_their_day_are_as_new_as_their_newest_dossier(folder):
    old, new = ("05/08/2022", "13/08/2022", ""), ("05/08/2022", "13/08/2022", "12/08/2022")
    register(folder, [new, ("13/09/2022", "", "")], name="a.csv")
    register(folder, [old, ("05/08/2022", "13/08/2022", "")], name="b.csv")
    records = load_records(folder, TREE)
    assert "older" in set(records.set_aside["fault"])
    table = records.tables["dossiers"].to_pandas().set_index("dossier_id")
    assert table.loc["A-1", "returned_at"] == pd.Timestamp(2022, 8, 12)


def test_one_id_of_two_dossiers_is_no_newer_state(folder):
    register(folder, [("05/08/2022", "13/08/2022", "")], name="so 2022-08-31.csv")
    register(folder, [("05/09/2022", "13/09/2022", "")], name="so 2022-09-30.csv")
    records = load_records(folder, TREE)
    assert records.set_aside["fault"].tolist() == ["again_other"] * 2


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("Sổ theo dõi hồ sơ_2022_10_03_08_15.xlsx", date(2022, 10, 3)),
        ("so-05.09.2022.csv", date(2022, 9, 5)),
        ("20220905.json", date(2022, 9, 5)),
        ("Từ ngày 01/09/2022 đến ngày 30/09/2022", date(2022, 9, 30)),
        ("dossiers-2022-09.csv", date(2022, 9, 30)),
        ("Tháng 9 năm 2022", date(2022, 9, 30)),
        ("Sheet1", None),
        ("000.17.22.H56-210531-0001", None),
    ],
)
def test_the_day_of_an_export(text, day):
    assert day_of([text]) == day


def message(received, returned=""):
    one = exports.Dossier(
        "A-1", "Đăng ký khai sinh", AGENCY, received, "06/09/2022 17:00", returned
    )
    return {"service": "DongBoHoSoMC", "data": [exports.service_record(one)]}


def test_in_a_log_of_messages_the_last_one_counts(folder):
    log = [message("05/09/2022 08:10"), message("05/09/2022 08:10", "06/09/2022 16:00")]
    (folder / "dong-bo.json").write_text(json.dumps(log), encoding="utf-8")
    records = load_records(folder, TREE)
    assert records.set_aside["fault"].tolist() == ["older"]
    returned = records.tables["dossiers"].to_pandas()["returned_at"]
    assert returned.tolist() == [pd.Timestamp(2022, 9, 6, 16)]


def test_a_message_of_another_kind_takes_no_good_row_along(folder):
    (folder / "a.json").write_text(json.dumps(message("05/09/2022 08:10")), encoding="utf-8")
    other = {"service": "CapNhatTienDoHoSoMC", "data": [{"MaHoSo": "A-1", "NoiDungXuLy": "Chuyển"}]}
    (folder / "b.json").write_text(json.dumps(other), encoding="utf-8")
    records = load_records(folder, TREE)
    assert records.tables["dossiers"].dossier_id.to_pandas().tolist() == ["A-1"]


def test_an_agency_that_handed_in_nothing_has_no_data_and_no_zero(folder):
    register(folder, [("05/09/2022", "13/09/2022", "08/09/2022")])
    records = load_records(folder, TREE)
    counts = measure(records.tables, TREE, parse_period("2022-09"), gaps=records.gaps)
    found = counts[counts["indicator"] == 5].set_index("unit")["denominator"]
    assert (found["323"], found["H31"]) == (1, 1)
    # A commune of the city and another district: of the one nothing is known, nor of the other.
    assert found["11950"] is None and found["325"] is None
    agencies = records.agencies.set_index("unit")
    assert agencies.loc["323", ["file", "accepted", "set_aside"]].tolist() == ["so.csv", 1, 0]


def test_an_agency_of_which_the_national_system_counts_nothing_has_a_zero(folder):
    register(folder, [("05/09/2022", "13/09/2022", "08/09/2022")])
    (folder / "national_counts.csv").write_text("unit,period,received\n325,2022-09,0\n")
    records = load_records(folder, TREE)
    counts = measure(records.tables, TREE, parse_period("2022-09"), gaps=records.gaps)
    found = counts[counts["indicator"] == 5].set_index("unit")["denominator"]
    assert found["325"] == 0


def test_an_agency_all_of_whose_rows_were_set_aside_has_no_data(folder):
    rows = [[1, "A-1", *ROW, AGENCY], [2, "B-1", *ROW[:1], "hôm qua", "", "", "UBND huyện Văn Lâm"]]
    exports.save_xlsx(folder / "so.xlsx", {"S": [HEAD, *rows]})
    records = load_records(folder, TREE)
    assert ("dossiers", "", "325") in records.gaps
    agencies = records.agencies.set_index("unit")
    assert agencies.loc["325", ["accepted", "set_aside"]].tolist() == [0, 1]


def test_a_national_count_that_was_set_aside_leaves_4_without_data(folder):
    columns = "dossier_id,procedure_id,unit,status,received_at,synced_at\n"
    (folder / "dossiers.csv").write_text(f"{columns}a,1.000001,323,9,2022-09-05,2022-09-06\n")
    (folder / "national_counts.csv").write_text("unit,period,received\n323,2022-09,nhiều\n")
    records = load_records(folder, TREE)
    counts = measure(records.tables, TREE, parse_period("2022-09"), gaps=records.gaps)
    found = counts[counts["indicator"] == 4].set_index("unit")["denominator"]
    assert found["323"] is None and found["H31"] is None


def test_what_lies_beside_and_is_not_read_is_told(folder):
    register(folder, [("05/09/2022", "13/09/2022", "")])
    (folder / "Xã Bảo Khê").mkdir()
    for name in ("xa.zip", "xa.docx", "ghi chú.log"):
        (folder / name).write_bytes(b"x")
    book = openpyxl.Workbook()
    for sheet, hidden in ((book.active, False), (book.create_sheet("Bản cũ"), True)):
        for row in ([*HEAD], [1, "B-1", *ROW, AGENCY]):
            sheet.append(row)
        sheet.sheet_state = "hidden" if hidden else "visible"
    book.save(folder / "b.xlsx")
    records = load_records(folder, TREE)
    assert records.tables["dossiers"].count().execute() == 2
    told = {(remark.file, remark.sheet) for remark in records.remarks}
    assert {
        ("Xã Bảo Khê", ""),
        ("xa.zip", ""),
        ("xa.docx", ""),
        ("ghi chú.log", ""),
        ("b.xlsx", "Bản cũ"),
    } <= told
