"""Two lists of procedures beside each other: laws, the national database's Excel, the demo's truth."""

from datetime import date, datetime

import openpyxl
import pandas as pd
import pytest
from by_hand import figures
from hypothesis import given, settings
from hypothesis import strategies as st

from chiso.base.errors import ParameterError
from chiso.base.period import parse_period
from chiso.contract.evidence import COMPARED_FIELDS
from chiso.contract.tables import bare_code
from chiso.demo.write import DemoRequest, write_demo
from chiso.measures.counts import hold, measure
from chiso.measures.procedure_lists import (
    LISTED,
    compare_lists,
    compare_records,
    fee_in,
    levels_in,
    term_in,
)
from chiso.measures.scope import newest_moment
from chiso.pages import tables
from chiso.publishing import pages
from chiso.rules.procedure_list_rules import procedure_list_rules
from chiso.rules.units import PAGES, PROCEDURES_PAGE, load_tree
from chiso.rules.working_days import days_since_1970
from chiso.sources.records import load_records
from chiso.store.figures import Figures

TREE, RULES = load_tree("hung-yen-2022"), procedure_list_rules()
SEPTEMBER, NOW = parse_period("2022-09"), datetime(2022, 9, 30, 23, 59, 59)
WORDS = ("cấp", "mới", "lại", "giấy phép", "hộ tịch", "xây dựng", "đăng ký", "thú y", "của xã")
VALUES = {
    "levels": ("", "tinh", "huyen;xa"),
    "agency": ("", "so-tu-phap", "so-y-te"),
    "term": ("", "5 working_day", "8 hour", "30 day"),
    "fee": ("", "yes", "no"),
    "parts": ("", "yes", "no"),
    "online": ("", "none", "partial", "full"),
}


def listed(*rows):
    """A list in the form in which two are compared; what a row does not name is not told."""
    told = [dict.fromkeys(LISTED, "") | {"signed": float("nan")} | row for row in rows]
    return pd.DataFrame(told, columns=LISTED)


@st.composite
def lists(draw):
    codes = draw(st.lists(st.integers(0, 30), unique=True, max_size=12))
    rows = [
        {
            "id": f"1.{code:06d}",
            "name": " ".join(draw(st.lists(st.sampled_from(WORDS), max_size=6))),
            **{field: draw(st.sampled_from(values)) for field, values in VALUES.items()},
        }
        for code in codes
    ]
    return listed(*rows)


def alone(found, kind):
    rows = found[found["kind"] == kind]
    return set(rows["procedure_id"]) | set(rows["national_id"]) - {""}


# -------------------------------------------------------------------------------------------- laws


@given(lists())
@settings(max_examples=60, deadline=None)
def test_a_list_does_not_differ_from_itself(one):
    assert compare_lists(one, one, RULES).empty


@given(lists(), lists(), st.randoms(use_true_random=False))
@settings(max_examples=60, deadline=None)
def test_the_order_of_rows_says_nothing(one, two, random):
    def mixed(table):
        order = list(range(len(table)))
        random.shuffle(order)
        return table.iloc[order].reset_index(drop=True)

    found = compare_lists(one, two, RULES)
    pd.testing.assert_frame_equal(compare_lists(mixed(one), mixed(two), RULES), found)


@given(lists(), lists())
@settings(max_examples=60, deadline=None)
def test_sides_that_change_places_change_missing_and_extra(one, two):
    found, back = compare_lists(one, two, RULES), compare_lists(two, one, RULES)
    assert alone(found, "missing") - {""} == alone(back, "extra") - {""}
    assert alone(found, "extra") - {""} == alone(back, "missing") - {""}
    columns = ["procedure_id", "national_id", "field", "ours", "theirs"]
    rows, other = (table.loc[table["kind"] == "differing", columns] for table in (found, back))
    turned = other.set_axis(["national_id", "procedure_id", "field", "theirs", "ours"], axis=1)
    assert set(map(tuple, rows.to_numpy())) == set(map(tuple, turned[columns].to_numpy()))


@given(lists(), lists())
@settings(max_examples=60, deadline=None)
def test_a_procedure_has_one_row_a_field_and_stands_in_one_kind(one, two):
    found = compare_lists(one, two, RULES)
    assert not found.duplicated(["procedure_id", "national_id", "field"]).any()
    for key, table in (("procedure_id", one), ("national_id", two)):
        rows = found[found[key] != ""]
        assert (rows.groupby(key)["kind"].nunique() == 1).all()
        assert set(rows[key]) <= set(table["id"])
        # Each is matched by code, stands in a pair by name, or is told to be alone.
        by_code = set(one["id"]) & set(two["id"])
        assert set(table["id"]) - by_code == set(rows[~rows[key].isin(by_code)][key])


# --------------------------------------------------------------------------------------- by hand


def test_every_field_that_both_tell_is_compared_and_no_other():
    ours = listed({"id": "1.000001", "name": "Khai sinh", "term": "5 working_day", "fee": "yes"})
    theirs = listed({"id": "1.000001", "name": "KHAI  SINH.", "term": "5 day", "online": "full"})
    (row,) = compare_lists(ours, theirs, RULES).to_dict("records")
    assert (row["kind"], row["field"], row["ours"], row["theirs"]) == (
        "differing", "term", "5 working_day", "5 day",
    )  # fmt: skip
    assert row["matched_by"] == "code"
    theirs["term"] = "40 hour"  # how many hours are a working day is not known
    assert compare_lists(ours, theirs, RULES).empty


NAME = "Cấp giấy phép hoạt động của cơ sở khám bệnh, chữa bệnh thuộc thẩm quyền của Sở Y tế"


def test_other_codes_are_paired_by_a_name_that_is_nearly_the_same():
    ours = listed({"id": "1.000001", "name": NAME, "fee": "yes"})
    theirs = listed({"id": "3.000009", "name": NAME.replace("của Sở", "Sở"), "fee": "no"})
    found = compare_lists(ours, theirs, RULES).set_index("field")
    assert set(found.index) == {"code", "name", "fee"}
    assert set(found["matched_by"]) == {"name"}
    assert (found["similarity"] > 0.9).all() and (found["similarity"] < 1).all()
    assert (found.loc["code", "ours"], found.loc["code", "theirs"]) == ("1.000001", "3.000009")


def test_a_name_that_two_procedures_have_pairs_none_of_them():
    ours = listed({"id": "1.000001", "name": NAME}, {"id": "1.000002", "name": NAME})
    theirs = listed({"id": "3.000009", "name": NAME})
    assert set(compare_lists(ours, theirs, RULES)["kind"]) == {"missing", "extra"}


def test_another_action_on_the_same_object_is_another_procedure():
    ours = listed({"id": "1.000001", "name": "Cấp mới giấy phép lái xe"})
    theirs = listed({"id": "3.000009", "name": "Đổi giấy phép lái xe"})
    assert set(compare_lists(ours, theirs, RULES)["kind"]) == {"missing", "extra"}


@pytest.mark.parametrize(
    ("text", "term"),
    [
        ("15 Ngày làm việc", "15 working_day"), ("07 ngày", "7 day"), ("8 giờ", "8 hour"),
        ("05 (ngày làm việc)", "5 working_day"), ("năm (5) ngày làm việc", "5 working_day"),
        ("Không quá 10 ngày làm việc kể từ ngày nhận đủ hồ sơ", "10 working_day"),
        ("15 ngày làm việc; phức tạp: 30 ngày làm việc", "30 working_day"), ("1 tháng", "1 month"),
        ("30 ngày (22 ngày làm việc)", ""), ("1/2 ngày", ""), ("0,5 ngày làm việc", ""), ("", ""),
        ("Trong ngày làm việc", ""), ("theo quy định tại Nghị định 61", ""),
    ],
)  # fmt: skip
def test_terms_are_read_as_offices_write_them_or_not_at_all(text, term):
    assert term_in(text, RULES) == term


@pytest.mark.parametrize(
    ("text", "fee"),
    [
        ("Không", "no"), ("Miễn phí.", "no"), ("Có", "yes"), ("50.000 đồng/lần", "yes"), ("0 đồng", "no"),
        ("0", "no"), ("Phí: không; lệ phí: 20.000đ", "yes"), ("theo Nghị quyết 123/2020/NQ-HĐND", ""),
        ("", ""),
    ],
)  # fmt: skip
def test_fees_are_read_as_offices_write_them_or_not_at_all(text, fee):
    assert fee_in(text, RULES) == fee


@pytest.mark.parametrize(
    ("text", "levels"),
    [
        ("Cấp Tỉnh", "tinh"), ("Cấp Xã; Cấp Huyện", "huyen;xa"), ("tỉnh, huyện và xã", "huyen;tinh;xa"),
        ("tinh;xa", "tinh;xa"), ("Cấp Tỉnh; Cấp Bộ", ""), ("", ""),
    ],
)  # fmt: skip
def test_levels_are_read_as_the_database_writes_them_or_not_at_all(text, levels):
    assert levels_in(text, RULES) == levels


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("at_least: 0.90", "at_least: 1.90", "at_least"),
        ("at_least: 0.90", "atleast: 0.90", "atleast"),
        ('day: ["day", "ngày"]', 'day: ["day", "giờ"]', "giờ"),
        ("  huyen: [", "  quan: [", "quan"),
    ],
)
def test_wrong_parameters_are_told_with_file_and_key(project, old, new, told):
    path = project / "params" / "procedure_lists.yml"
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), "utf-8")
    with pytest.raises(ParameterError, match=told) as error:
        procedure_list_rules()
    assert "procedure_lists.yml" in str(error.value)


def test_a_code_is_bare_without_what_systems_hang_on_it():
    codes = ["1.002192.000.00.00.H31", "1.002192.H31", "1.002192", "2.000815.000.00.00.G15", "P1"]
    assert [bare_code(code) for code in codes] == ["1.002192"] * 3 + ["2.000815", "P1"]


# ------------------------------------------------------------------------------ records and Excel

OURS = [
    # id, name, agency, levels, decided, parts, online, fee, term, unit of term
    ("1.000001", "Đăng ký khai sinh", "so-tu-phap", "xa", "2022-09-20", 1, "full", 0, 1, "working_day"),
    ("1.000002", "Cấp phiếu lý lịch tư pháp số 1", "so-tu-phap", "tinh", "2022-09-27", 1, "partial", 1, 10, "day"),
    ("1.000003", "Công nhận giống cây trồng", "so-nong-nghiep", "tinh", "2022-10-05", 1, "none", 0, 30, "day"),
    ("1.000004", "Cấp thẻ hướng dẫn viên du lịch", "so-van-hoa", "tinh", "", 1, "none", 1, 15, "working_day"),
    ("1.000005", NAME, "so-y-te", "tinh", "2022-09-01", 1, "none", 1, 20, "day"),
    ("1.000006", "Cấp giấy phép xây dựng", "so-xay-dung", "tinh;huyen", "2022-09-01", 1, "full", 1, 20, "day"),
    ("1.000007", "Cấp giấy phép thử", "so-xay-dung", "tinh", "2022-09-28", 1, "full", 1, 20, "day"),
]  # fmt: skip
HEAD = ["STT", "Mã số TTHC", "Tên TTHC", "Lĩnh vực", "Cơ quan thực hiện", "Cấp thực hiện", "Thời hạn giải quyết",
        "Phí, lệ phí", "Mức độ DVCTT", "Số quyết định", "Ngày quyết định", "Tình trạng"]  # fmt: skip
ROWS = [
    ("1.000001.000.00.00.H31", "Đăng ký khai sinh", "UBND cấp xã", "Cấp Xã", "01 ngày làm việc", "Không",
     "Toàn trình", "", "", "Đã công khai"),
    ("1.000006", "Cấp giấy phép xây dựng", "Sở Giao thông vận tải", "Cấp Tỉnh; Cấp Huyện", "30 Ngày",
     "100.000 đồng", "Một phần", "", "", "Đã công khai"),
    ("3.000009.000.00.00.H31", NAME.replace("của Sở", "Sở"), "Sở Y tế - tỉnh Hưng Yên", "Cấp Tỉnh", "20 ngày",
     "Có", "", "", "", "Đã công khai"),
    ("1.000004", "Cấp thẻ hướng dẫn viên du lịch", "", "", "", "", "", "", "", "Bãi bỏ"),
    ("3.000001.000.00.00.H31", "Thủ tục lạ", "Sở Tư pháp", "Cấp Tỉnh", "5 ngày", "Không", "Không",
     "99/QĐ-UBND", "26/09/2022", "Đã công khai"),
]  # fmt: skip


def national_workbook(path):
    """As the database exports: agency and title above, a header of two rows with merged cells, the
    numbers of the columns, rows of fields, a cell over several rows, a total and a signature; the last
    procedure stands on a sheet of its own."""
    book = openpyxl.Workbook()
    first, second = book.active, book.create_sheet("Danh sách 2")
    for sheet, rows in ((first, ROWS[:-1]), (second, ROWS[-1:])):
        sheet.append(["VĂN PHÒNG CHÍNH PHỦ"])
        sheet.append(["CƠ SỞ DỮ LIỆU QUỐC GIA VỀ THỦ TỤC HÀNH CHÍNH"])
        sheet.append(["DANH SÁCH THỦ TỤC HÀNH CHÍNH"])
        sheet.append(["Tỉnh Hưng Yên - ngày xuất: 30/09/2022"])
        for row in range(1, 5):
            sheet.merge_cells(start_row=row, start_column=1, end_row=row, end_column=len(HEAD))
        sheet.append([])
        sheet.append([*HEAD[:9], "Quyết định công bố", "", HEAD[11]])
        sheet.append([*[""] * 9, *HEAD[9:11], ""])
        sheet.merge_cells("J6:K6")
        for x in [*range(1, 10), 12]:
            sheet.merge_cells(start_row=6, start_column=x, end_row=7, end_column=x)
        sheet.append([f"({n})" for n in range(1, len(HEAD) + 1)])
        sheet.append(["I. Lĩnh vực thử"])
        for n, (code, name, *rest) in enumerate(rows, start=1):
            sheet.append([n, code, name, "Thử" if n == 1 else "", *rest])
        if len(rows) > 1:
            sheet.merge_cells(start_row=10, start_column=4, end_row=9 + len(rows), end_column=4)
        sheet.append(["", f"Tổng cộng: {len(rows)} TTHC"])
        sheet.append(["", "", "", "", "", "", "", "", "", "", "Người lập biểu"])
    book.save(path)


@pytest.fixture
def folder(tmp_path):
    names = ["procedure_id", "name", "agency", "levels", "decision_date", "parts_complete", "online",
             "has_fee", "max_term", "term_unit"]  # fmt: skip
    pd.DataFrame(OURS, columns=names).to_csv(tmp_path / "procedures.csv", index=False)
    national_workbook(tmp_path / "Danh sách TTHC_20220930.xlsx")
    return tmp_path


def compared(folder, now=NOW):
    records = load_records(folder, TREE)
    return compare_records(hold(records.tables, TREE, SEPTEMBER, as_of=now), records)


def test_the_excel_of_the_national_database_is_read_as_it_is(folder):
    records = load_records(folder, TREE)
    table = records.tables["national_procedures"].to_pandas().set_index("national_id")
    assert sorted(table.index) == ["1.000001", "1.000004", "1.000006", "3.000001", "3.000009"]
    assert records.set_aside.empty
    assert table.loc["1.000006", "handled_by"] == "so-giao-thong"
    assert table.loc["3.000009", "handled_by"] == "so-y-te"
    assert table.loc["1.000001", "handled_by"] == "UBND cấp xã"
    assert table.loc["1.000006", "online"] == "partial"
    assert not table.loc["1.000004", "public"] and table.loc["3.000001", "public"]
    assert pd.Timestamp(table.loc["3.000001", "decision_date"]) == pd.Timestamp("2022-09-26")


def test_what_is_missing_extra_or_other_is_told_with_agency_and_deadline(folder):
    found = compared(folder).differences
    rows = {
        (row.kind, row.procedure_id, row.national_id, row.field): row for row in found.itertuples()
    }
    assert set(rows) == {
        # Decided on 27/9: five working days later is 4/10, two of them are left on 30/9.
        ("missing", "1.000002", "", ""),
        # There, but not shown any more; no decision is dated, so there is no deadline.
        ("missing", "1.000004", "1.000004", ""),
        ("missing", "1.000007", "", ""),
        ("extra", "", "3.000001", ""),
        ("differing", "1.000006", "1.000006", "agency"),
        ("differing", "1.000006", "1.000006", "term"),
        ("differing", "1.000006", "1.000006", "online"),
        ("differing", "1.000005", "3.000009", "code"),
        ("differing", "1.000005", "3.000009", "name"),
        # 1.000003 is decided on 5/10 only: nothing is missing on 30/9.
    }
    one = rows["missing", "1.000002", "", ""]
    assert (one.unit, one.due_day, one.working_days_left) == (
        "so-tu-phap", days_since_1970(date(2022, 10, 4)), 2,
    )  # fmt: skip
    passed = rows["differing", "1.000006", "1.000006", "term"]
    assert (passed.ours, passed.theirs, passed.unit) == ("20 day", "30 day", "so-xay-dung")
    # 1/9 and 2/9 are holidays: the fifth working day after 1/9 is 9/9, and 15 have gone by on 30/9.
    assert (passed.due_day, passed.working_days_left) == (days_since_1970(date(2022, 9, 9)), -15)
    undated = rows["missing", "1.000004", "1.000004", ""]
    assert pd.isna(undated.due_day) and pd.isna(undated.working_days_left)
    extra = rows["extra", "", "3.000001", ""]
    assert (extra.unit, extra.procedure, extra.working_days_left) == ("so-tu-phap", "Thủ tục lạ", 1)
    guess = rows["differing", "1.000005", "3.000009", "code"]
    assert guess.matched_by == "name" and guess.similarity > 0.9


def test_the_numbers_say_how_much_was_compared(folder):
    numbers = compared(folder).numbers.set_index("item")["number"]
    assert (numbers["ours"], numbers["national"], numbers["hidden"]) == (7, 4, 1)
    assert (numbers["by_code"], numbers["by_name"], numbers["to_come"]) == (2, 1, 1)
    # “UBND cấp xã” says no agency; of the pair by name the state of the service is not told.
    assert (numbers["compared_agency"], numbers["compared_online"]) == (2, 2)
    assert numbers["compared_parts"] == 0


def test_a_row_that_was_set_aside_is_no_missing_procedure(folder):
    path = folder / "Danh sách TTHC_20220930.xlsx"
    book = openpyxl.load_workbook(path)
    book["Danh sách 2"].insert_rows(11)
    for x, text in enumerate(
        [2, "1.000002", "Gọi 0987654321", "", "", "", "", "", "", "", "", ""], 1
    ):
        book["Danh sách 2"].cell(11, x, text)
    book.save(path)
    found = compared(folder)
    assert "1.000002" not in set(found.differences["procedure_id"])
    assert found.numbers.set_index("item").loc["set_aside", "number"] == 1


def test_without_one_of_the_lists_there_is_nothing_to_compare(folder):
    (folder / "Danh sách TTHC_20220930.xlsx").unlink()
    assert compared(folder) is None


def test_the_national_list_counts_for_no_indicator_and_moves_no_moment(folder):
    with_list = load_records(folder, TREE).tables
    counts = measure(with_list, TREE, SEPTEMBER)
    assert newest_moment({"national_procedures": with_list["national_procedures"]}) is None
    without = {name: table for name, table in with_list.items() if name != "national_procedures"}
    pd.testing.assert_frame_equal(measure(without, TREE, SEPTEMBER), counts)


def test_a_register_of_dossiers_and_a_list_of_services_are_no_national_list(tmp_path):
    for name, first in (("so", "Mã hồ sơ"), ("dvc", "Mã DVC")):
        book = openpyxl.Workbook()
        book.active.append([first, *HEAD[1:]])
        book.active.append(["000.01.23.H31-220905-0001", *map(str, range(1, len(HEAD)))])
        book.save(tmp_path / f"{name}.xlsx")
    pd.DataFrame([{"procedure_id": "1"}]).to_csv(tmp_path / "procedures.csv", index=False)
    assert "national_procedures" not in load_records(tmp_path, TREE).tables


# ------------------------------------------------------------------------------------------- demo


def test_every_difference_that_the_demo_planted_is_found_and_no_other(tmp_path):
    out = tmp_path / "demo"
    write_demo(DemoRequest(out, 766, 60))
    truth = pd.read_csv(out / "truth" / "procedure-lists.csv", dtype=str, keep_default_na=False)
    records = load_records(out, TREE)
    held = hold(records.tables, TREE, parse_period("2022-12"))
    found = compare_records(held, records).differences
    truth.loc[truth["kind"] == "hidden", "kind"] = "missing"
    columns = ["kind", "field", "procedure_id", "national_id"]
    assert {tuple(row) for row in found[columns].to_numpy()} == {
        tuple(row) for row in truth[columns].to_numpy()
    }
    assert set(truth["kind"]) == {"missing", "extra", "differing"}
    assert set(COMPARED_FIELDS) | {"code"} >= set(truth.loc[truth["kind"] == "differing", "field"])


# ------------------------------------------------------------------------------------------ pages


@pytest.fixture
def shown(folder, monkeypatch):
    """Figures that hold the comparison of the two lists above."""
    found, store = compared(folder), folder / "store"
    store.mkdir()
    found.differences.to_csv(store / "procedure_differences.csv", index=False)
    found.numbers.to_csv(store / "procedure_lists.csv", index=False)
    monkeypatch.setattr(Figures, "folder", property(lambda _self: store))
    return figures("2022-09", {"H31": {}, "so-tu-phap": {}, "so-y-te": {}}, tree=TREE)


def test_the_page_says_who_has_how_many_to_put_right_what_first_and_until_when(shown):
    rows = {row[0].value: row[1:] for row in tables.list_summary_table(shown).rows}
    numbers = {name: row[:6] for name, row in rows.items()}
    assert numbers == {
        # procedures, not there, other content, only there, by name, past the deadline
        "Sở Xây dựng": [2, 1, 1, 0, 0, 1],
        "Sở Tư pháp": [2, 1, 0, 1, 0, 0],
        "Sở Văn hóa, Thể thao và Du lịch": [1, 1, 0, 0, 0, 0],
        "Sở Y tế": [1, 0, 0, 0, 1, 0],  # a guess is no fault
    }
    first, deadline, left = rows["Sở Tư pháp"][6:]
    assert (first, deadline) == ("Đưa lên CSDL: Cấp phiếu lý lịch tư pháp số 1", "04/10/2022")
    assert (left.value, left.shown) == (2, "còn 2 ngày")
    assert rows["Sở Y tế"][6:] == [None, None, None]
    assert len(tables.missing_table(shown).rows) == 3
    assert len(tables.extra_table(shown).rows) == len(tables.guess_table(shown).rows) == 1
    told = {row[3].value: row[4:6] for row in tables.differing_table(shown).rows}
    assert told["Thời hạn giải quyết"] == ["20 ngày", "30 ngày"]
    assert told["Đơn vị"] == ["Sở Xây dựng", "Sở Giao thông vận tải"]
    sentence = tables.lists_sentence(shown).data.replace("\\", "")
    assert "7 thủ tục" in sentence and "Bộ phận tạo thành (0/3)" in sentence


def test_an_agency_is_told_what_it_has_to_put_right_and_others_nothing(shown):
    line = tables.list_line(shown.unit("so-tu-phap")).data.replace("\\", "")
    assert "1 thủ tục chưa có trên Cơ sở dữ liệu quốc gia" in line
    assert "(procedures.html)" in line and "quá hạn" not in line
    assert "khớp theo tên" in tables.list_line(shown.unit("so-y-te")).data
    assert tables.list_line(shown.unit("so-noi-vu")).data == ""


def test_the_page_is_there_where_two_lists_are(shown, tmp_path, monkeypatch):
    assert [book for _name, book, _title in pages._lists(shown)] == ["procedures"]
    monkeypatch.setattr(Figures, "folder", property(lambda _self: tmp_path / "nothing"))
    assert pages._lists(figures("2022-09", {"H31": {}})) == []
    assert PROCEDURES_PAGE in PAGES, "no agency is called like it"
