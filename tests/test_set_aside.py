"""The workbook of rows set aside: everything at once, corrected and handed in again, once."""

import exports
import openpyxl
import pandas as pd
import pytest

from chiso.sources.records import load_records
from chiso.sources.set_aside import workbook_place, write_set_aside

TREE = exports.tree()
NOTE_ROWS = 3  # the note, an empty row, the header


@pytest.fixture
def folder(tmp_path):
    """A register of two good rows, a bad one, and two of the same id; a bad row in a CSV file."""
    (tmp_path / "procedures.csv").write_text(exports.PROCEDURES, encoding="utf-8")
    good = exports.DOSSIERS
    bad = exports.Dossier("A-1", "Không có", "Không rõ", "hôm qua", "01/01/0222", "")
    other = exports.Dossier(good[0].id, *list(vars(good[1]).values())[1:])
    exports.save_xlsx(tmp_path / "so.xlsx", {"Tháng 9": exports.printed((*good, bad, other))})
    (tmp_path / "dossiers.csv").write_text(
        "dossier_id,procedure_id,unit,status,fee_total\nB-1,1.000001,323,11,5\n"
    )
    return tmp_path


def waiting(folder):
    path = write_set_aside(load_records(folder, TREE), workbook_place(folder, "2022-09"), False)
    return path, sheets(path)


def sheets(path):
    return {
        sheet.title: pd.read_excel(path, sheet_name=sheet.title, header=2, dtype="str")
        for sheet in openpyxl.load_workbook(path).worksheets
    }


def hand_in(folder, path, changes, name="sua.xlsx", sheet="dossiers"):
    """The workbook as an analyst corrects it: (dossier_id, column) -> cell."""
    workbook = openpyxl.load_workbook(path)
    rows = workbook[sheet]
    heads = {cell.value: cell.column for cell in rows[NOTE_ROWS]}
    for (dossier, column), cell in changes.items():
        for row in range(NOTE_ROWS + 1, rows.max_row + 1):
            if rows.cell(row, heads["dossier_id"]).value == dossier:
                if column is None:
                    for x in range(4, len(heads) + 1):
                        rows.cell(row, x).value = None
                else:
                    rows.cell(row, heads[column]).value = cell
    workbook.save(folder / name)


MENDED = {
    ("A-1", "procedure_id"): "1.000001",
    ("A-1", "unit"): "323",
    ("A-1", "received_at"): "05/09/2022",
    ("A-1", "due_at"): "",
    ("B-1", "status"): 9,
}


def accepted(records):
    return sorted(records.tables["dossiers"].dossier_id.to_pandas())


def sums(records):
    counts = records.counts
    assert (counts["rows_in"] == counts["accepted"] + counts["set_aside"]).all()
    return counts[["rows_in", "accepted", "set_aside"]].sum().tolist()


def test_one_workbook_tells_place_value_and_all_reasons(folder):
    _path, found = waiting(folder)
    rows = found["dossiers"].set_index("dossier_id")
    assert list(found) == ["dossiers"] and len(rows) == 4
    assert rows.loc["A-1", ["tệp gốc", "trang tính gốc", "dòng gốc"]].tolist() == [
        "so.xlsx",
        "Tháng 9",
        "11",
    ]
    assert rows.loc["A-1", "received_at"] == "hôm qua"
    reasons = rows.loc["A-1", "lý do"].split("; ")
    assert {reason.split(":")[0] for reason in reasons} == {"procedure_id", "unit", "received_at", "due_at"}  # fmt: skip
    assert rows.loc["B-1", "tệp gốc"] == "dossiers.csv"


def test_corrected_rows_count_once_and_the_bad_ones_stay_set_aside(folder):
    before = load_records(folder, TREE)
    assert sums(before) == [8, 4, 4]
    path, _found = waiting(folder)
    hand_in(folder, path, MENDED)
    after = load_records(folder, TREE)
    assert {"A-1", "B-1"} <= set(accepted(after))
    assert sums(after)[0] == 8 + 4
    reasons = after.set_aside.groupby("file")["reason"].agg(set)
    assert reasons["dossiers.csv"] == {"đã sửa trong sua.xlsx"}
    # The two rows of one id are as they were: they wait, and only as corrections of themselves.
    again, _found = waiting(folder)
    assert len(sheets(again)["dossiers"]) == 2


def test_the_double_is_solved_by_giving_one_of_the_two_another_id(folder):
    path, _found = waiting(folder)
    workbook = openpyxl.load_workbook(path)
    rows = workbook["dossiers"]
    heads = {cell.value: cell.column for cell in rows[NOTE_ROWS]}
    doubles = [
        row for row in range(NOTE_ROWS + 1, rows.max_row + 1)
        if rows.cell(row, heads["dossier_id"]).value == exports.DOSSIERS[0].id
    ]  # fmt: skip
    rows.cell(doubles[1], heads["dossier_id"]).value = "000.01.23.H31-220906-0009"
    workbook.save(folder / "sua.xlsx")
    hand_in(folder, folder / "sua.xlsx", MENDED)
    after = load_records(folder, TREE)
    assert len(accepted(after)) == 6
    assert {exports.DOSSIERS[0].id, "000.01.23.H31-220906-0009"} <= set(accepted(after))
    assert after.cells == {}


def test_an_emptied_row_leaves_its_dossier_out(folder):
    path, _found = waiting(folder)
    hand_in(folder, path, MENDED | {("B-1", None): None})
    after = load_records(folder, TREE)
    assert "B-1" not in accepted(after)
    assert "B-1" not in after.cells["dossiers"]["dossier_id"].tolist()
    sums(after)


def test_a_correction_that_is_still_wrong_waits_under_its_first_place(folder):
    path, _found = waiting(folder)
    hand_in(folder, path, MENDED | {("B-1", "status"): 12})
    _path, found = waiting(folder)
    row = found["dossiers"].set_index("dossier_id").loc["B-1"]
    assert row[["tệp gốc", "dòng gốc", "status"]].tolist() == ["dossiers.csv", "2", "12"]


def test_correcting_in_several_rounds_ends_with_nothing_to_correct(folder):
    path, _found = waiting(folder)
    hand_in(folder, path, {**MENDED, ("B-1", "status"): 12}, "sua-1.xlsx")
    path, _found = waiting(folder)
    hand_in(folder, path, {("B-1", "status"): "9", (exports.DOSSIERS[0].id, None): None}, "sua-2.xlsx")  # fmt: skip
    after = load_records(folder, TREE)
    assert after.cells == {}
    assert {"A-1", "B-1"} <= set(accepted(after))
    assert len(accepted(after)) == len(set(accepted(after)))


def test_the_same_workbook_twice_changes_nothing(folder):
    path, _found = waiting(folder)
    hand_in(folder, path, MENDED)
    once = accepted(load_records(folder, TREE))
    hand_in(folder, path, MENDED, "sua - Copy.xlsx")
    again = load_records(folder, TREE)
    assert accepted(again) == once
    sums(again)


def test_a_half_corrected_workbook_is_never_written_over(folder):
    records = load_records(folder, TREE)
    place = workbook_place(folder, "2022-09")
    assert write_set_aside(records, place) == place
    assert write_set_aside(records, place) == place
    place.write_bytes(place.read_bytes() + b" ")
    assert write_set_aside(records, place).name == "2022-09-2.xlsx"


def test_a_text_like_a_formula_stays_a_text(folder):
    (folder / "dossiers.csv").write_text(
        'dossier_id,procedure_id,unit,status\n"=HYPERLINK(""http://x"")",1.000001,323,99\n'
    )
    path, _found = waiting(folder)
    cells = [cell for row in openpyxl.load_workbook(path)["dossiers"].iter_rows() for cell in row]
    assert {cell.data_type for cell in cells if str(cell.value).startswith("=")} == {"s"}
