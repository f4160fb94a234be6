"""Workbooks: texts stay texts, the same content gives the same bytes, a failure leaves the old file."""

from datetime import date, datetime
from decimal import Decimal

import openpyxl
import pandas as pd
import pytest

from chiso.base.excel import Cover, Sheet, sheet_name, write_workbook
from chiso.base.i18n import use_language


def test_a_text_that_begins_like_a_formula_stays_a_text(tmp_path):
    texts = ["=1+1", "+84", "-5", "@SUM(A1)", "http://x", "Hồ sơ", "001"]
    write_workbook(tmp_path / "t.xlsx", [Sheet("Bảng", pd.DataFrame({"=mã": texts}))])
    sheet = openpyxl.load_workbook(tmp_path / "t.xlsx")["Bảng"]
    cells = [row[0] for row in sheet.iter_rows(min_row=3)]
    assert [cell.value for cell in cells] == ["=mã", *texts]
    assert {cell.data_type for cell in cells} == {"s"}
    assert all(cell.hyperlink is None for cell in cells)


def test_numbers_dates_and_empty_cells_keep_their_kind(tmp_path):
    table = pd.DataFrame(
        {
            "a": [1, None],
            "b": [Decimal("17.72"), None],
            "c": [date(2022, 8, 30), None],
            "d": [datetime(2022, 8, 30, 14, 5), None],
        },
        dtype=object,
    )
    write_workbook(tmp_path / "t.xlsx", [Sheet("x", table, note="Ghi chú")])
    rows = [
        [cell.value for cell in row]
        for row in openpyxl.load_workbook(tmp_path / "t.xlsx")["x"].iter_rows()
    ]
    assert rows[0][0] == "Ghi chú"
    moment = datetime(2022, 8, 30, 14, 5)
    assert rows[3] == [1, 17.72, datetime(2022, 8, 30), moment]
    assert len(rows) == 4 or rows[4] == [None] * 4


def test_the_same_content_gives_the_same_bytes(tmp_path):
    sheets = [Sheet("x", pd.DataFrame({"a": ["b", "c"]}))]
    for name in ("1.xlsx", "2.xlsx"):
        write_workbook(tmp_path / name, sheets)
    assert (tmp_path / "1.xlsx").read_bytes() == (tmp_path / "2.xlsx").read_bytes()


COVER = Cover("Bảng số liệu: Sở Tư pháp", (("Kỳ", "tháng 9/2022"), ("=Mã", "+84")), ("Ô trống.",))


@pytest.fixture
def book(tmp_path):
    """A workbook of two tables behind a cover, read back."""
    use_language("vi")
    wide = {"Đơn vị": ["Sở Y tế", "Sở Xây dựng"], "Tăng": [Decimal("0.05"), Decimal("-1.51")]}
    wide |= {"Tỷ lệ": [Decimal("0.1563"), None], "Số": [1234567, 0], "Ngày": [date(2022, 9, 1)] * 2}
    wide |= {f"Cột {n}": ["x" * 20, None] for n in range(4)}
    sheets = [
        Sheet("Điểm", pd.DataFrame(wide, dtype=object), "Điểm của đơn vị.",
              kinds=("text", "difference", "percent", "count", "text", *["text"] * 4)),
        Sheet("Hẹp", pd.DataFrame({"a": ["b"]}), "Bảng hẹp."),
    ]  # fmt: skip
    write_workbook(tmp_path / "1.xlsx", sheets, COVER)
    write_workbook(tmp_path / "2.xlsx", sheets, COVER)
    assert (tmp_path / "1.xlsx").read_bytes() == (tmp_path / "2.xlsx").read_bytes()
    return openpyxl.load_workbook(tmp_path / "1.xlsx")


def test_the_cover_comes_first_and_leads_to_every_sheet_and_back(book):
    assert book.sheetnames == ["Bìa", "Điểm", "Hẹp"]
    cover = book["Bìa"]
    rows = [tuple(cell.value for cell in row) for row in cover.iter_rows()]
    assert rows[0][0] == book.properties.title == COVER.title
    assert rows[1:3] == [("Kỳ", "tháng 9/2022"), ("=Mã", "+84")]
    assert ("Điểm", "Điểm của đơn vị.") in rows and ("Hẹp", "Bảng hẹp.") in rows
    assert rows[-1][1] == "Ô trống." and rows[-2][0] == "Cách đọc"
    links = [cell.hyperlink.location for row in cover.iter_rows() for cell in row if cell.hyperlink]
    assert links == ["'Điểm'!A1", "'Hẹp'!A1"]
    for name in ("Điểm", "Hẹp"):
        assert book[name]["A2"].hyperlink.location == "'Bìa'!A1"
    assert all(row[0] or row[1] for row in rows), "a blank row"


def test_a_sheet_is_one_table_with_title_filter_and_header_in_sight(book):
    sheet = book["Điểm"]
    assert sheet["A1"].value == "Điểm của đơn vị." and sheet["A3"].value == "Đơn vị"
    assert sheet.freeze_panes == "A4" and sheet.auto_filter.ref == "A3:I5"
    assert [list(one.merged_cells.ranges) for one in book] == [[], [], []]
    assert all(any(cell.value is not None for cell in row) for row in sheet.iter_rows())


def test_numbers_are_numbers_that_show_signs_thousands_and_percent(book):
    first = list(book["Điểm"][4])
    assert [cell.value for cell in first[1:4]] == [0.05, 0.1563, 1234567]
    assert [cell.number_format for cell in first[1:4]] == [
        "+#,##0.00;-#,##0.00;0.00",
        "0.00%",
        "#,##0",
    ]
    assert first[4].is_date and first[4].number_format == "dd/mm/yyyy"


def test_sheets_print_on_the_width_of_a_page_wide_ones_on_their_side(book):
    for name, side in (("Bìa", "portrait"), ("Điểm", "landscape"), ("Hẹp", "portrait")):
        sheet = book[name]
        assert sheet.sheet_properties.pageSetUpPr.fitToPage
        assert (sheet.page_setup.fitToWidth or 1, sheet.page_setup.fitToHeight) == (1, 0)
        assert (sheet.page_setup.orientation or "portrait") == side
        assert str(sheet.page_setup.paperSize) == "9"
    assert book["Điểm"].print_title_rows == "$3:$3"


def test_headers_and_numbers_are_not_cut(tmp_path):
    table = pd.DataFrame({"Số ngày trễ nhiều nhất": [1234567.25], "Tên": ["x" * 30]}, dtype=object)
    write_workbook(tmp_path / "t.xlsx", [Sheet("x", table)])
    widths = openpyxl.load_workbook(tmp_path / "t.xlsx")["x"].column_dimensions
    assert widths["A"].width >= len("1.234.567,25") and widths["B"].width >= 30


def test_a_failure_leaves_the_old_file_and_nothing_beside_it(tmp_path):
    path = tmp_path / "t.xlsx"
    path.write_bytes(b"old")
    with pytest.raises(TypeError):
        write_workbook(path, [Sheet("x", pd.DataFrame({"a": [object()]}))])
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize(
    ("text", "name"),
    [("a[b]:c*d?e/f\\g", "a b  c d e f g"), ("x" * 40, "x" * 31), ("", "1"), ("'", "1")],
)
def test_names_of_sheets_are_what_excel_allows(text, name):
    assert sheet_name(text) == name


def test_a_row_is_as_high_as_the_longest_text_in_it(tmp_path):
    table = pd.DataFrame({"a": ["ngắn", "d" * 61, "d" * 181]})
    write_workbook(tmp_path / "high.xlsx", [Sheet("Bảng", table)])
    rows = openpyxl.load_workbook(tmp_path / "high.xlsx")["Bảng"].row_dimensions
    assert [rows[y].height for y in (4, 5, 6)] == [None, 30, 60]
