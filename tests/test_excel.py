"""Workbooks: texts stay texts, the same content gives the same bytes, a failure leaves the old file."""

from datetime import date, datetime
from decimal import Decimal

import openpyxl
import pandas as pd
import pytest

from chiso.base.excel import Sheet, sheet_name, write_workbook


def test_a_text_that_begins_like_a_formula_stays_a_text(tmp_path):
    texts = ["=1+1", "+84", "-5", "@SUM(A1)", "http://x", "Hồ sơ", "001"]
    write_workbook(tmp_path / "t.xlsx", [Sheet("Bảng", pd.DataFrame({"=mã": texts}))])
    sheet = openpyxl.load_workbook(tmp_path / "t.xlsx")["Bảng"]
    cells = [row[0] for row in sheet.iter_rows()]
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
