"""The workbook of rows set aside: everything at once, corrected and handed in again, once."""

import shutil
import tempfile
from dataclasses import replace
from pathlib import Path

import exports
import openpyxl
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chiso.contract.tables import TABLES
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
    path = write_set_aside(
        load_records(folder, TREE), TREE, workbook_place(folder, "2022-09"), False
    )
    return path, sheets(path)


NAMES = {table.heading: name for name, table in TABLES.items()}
HEADINGS = {column.heading: column.name for column in TABLES["dossiers"].columns}


def sheets(path):
    """The sheets of rows by table, their columns by canonical names."""
    return {
        NAMES[sheet.title]: pd.read_excel(
            path, sheet_name=sheet.title, header=2, dtype="str"
        ).rename(columns=HEADINGS)
        for sheet in openpyxl.load_workbook(path).worksheets
        if sheet.title in NAMES
    }


def hand_in(folder, path, changes, name="sua.xlsx", sheet="dossiers"):
    """The workbook as an analyst corrects it: (dossier_id, column) -> cell."""
    workbook = openpyxl.load_workbook(path)
    rows = workbook[TABLES[sheet].heading]
    heads = {HEADINGS.get(cell.value, cell.value): cell.column for cell in rows[NOTE_ROWS]}
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
    assert {reason.split(":")[0] for reason in reasons} == {"Mã thủ tục hành chính", "Đơn vị xử lý", "Ngày tiếp nhận", "Ngày hẹn trả"}  # fmt: skip
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
    rows = workbook["Hồ sơ"]
    heads = {HEADINGS.get(cell.value, cell.value): cell.column for cell in rows[NOTE_ROWS]}
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
    assert write_set_aside(records, TREE, place) == place
    assert write_set_aside(records, TREE, place) == place
    place.write_bytes(place.read_bytes() + b" ")
    assert write_set_aside(records, TREE, place).name == "2022-09-2.xlsx"


def test_a_text_like_a_formula_stays_a_text(folder):
    (folder / "dossiers.csv").write_text(
        'dossier_id,procedure_id,unit,status\n"=HYPERLINK(""http://x"")",1.000001,323,99\n'
    )
    path, _found = waiting(folder)
    cells = [cell for row in openpyxl.load_workbook(path)["Hồ sơ"].iter_rows() for cell in row]
    assert {cell.data_type for cell in cells if str(cell.value).startswith("=")} == {"s"}


def counts_of(records):
    """What all indicators count: the rows that were accepted, whatever their order."""
    return {
        name: sorted(map(tuple, table.to_pandas().map(str).to_numpy()))
        for name, table in records.tables.items()
    }


def test_a_workbook_handed_back_untouched_changes_nothing(folder):
    before = load_records(folder, TREE)
    path, found = waiting(folder)
    (folder / "sua.xlsx").write_bytes(path.read_bytes())
    after = load_records(folder, TREE)
    assert counts_of(after) == counts_of(before)
    _path, told = waiting(folder)
    assert told["dossiers"].to_dict() == found["dossiers"].to_dict()
    sums(after)


def test_equal_rows_are_one_and_wait_for_nothing(folder):
    rows = exports.template(exports.DOSSIERS[:1] * 10)
    exports.save_xlsx(folder / "so.xlsx", {"S": [["UBND TP. Hưng Yên"], *rows]})
    _path, found = waiting(folder)
    assert found["dossiers"]["dossier_id"].tolist() == ["B-1"]
    assert accepted(load_records(folder, TREE)) == [exports.DOSSIERS[0].id]


def test_of_rows_with_one_id_a_broken_one_does_not_take_the_good_one_along(folder):
    good = exports.DOSSIERS[0]
    broken = exports.Dossier(good.id, good.procedure, good.agency, "hôm qua", good.due, "")
    exports.save_xlsx(folder / "so.xlsx", {"S": exports.printed((good, broken))})
    records = load_records(folder, TREE)
    assert accepted(records) == [good.id]
    assert records.cells["dossiers"]["received_at"].dropna().tolist() == ["hôm qua"]


def test_a_correction_has_what_its_originals_file_does_not_have(folder):
    """The register has no channel and no code of the procedure; another file has both."""
    (folder / "dossiers.csv").write_text(
        "dossier_id,procedure_id,unit,status,channel\nB-1,1.000001,325,9,2\n", encoding="utf-8"
    )
    bad = exports.Dossier("A-1", "Đăng ký khai sinh", "UBND TP. Hưng Yên", "hôm qua", "", "")
    exports.save_xlsx(folder / "so.xlsx", {"S": exports.printed((exports.DOSSIERS[0], bad))})
    gaps = load_records(folder, TREE).gaps
    path, _found = waiting(folder)
    hand_in(folder, path, {("A-1", "received_at"): "05/09/2022"})
    records = load_records(folder, TREE)
    assert "A-1" in accepted(records)
    assert ("dossiers", "channel", "323") in records.gaps
    assert records.gaps == gaps


def test_a_correction_that_takes_the_id_of_a_good_row_does_not_touch_it(folder):
    before = accepted(load_records(folder, TREE))
    path, _found = waiting(folder)
    hand_in(folder, path, {**MENDED, ("A-1", "dossier_id"): exports.DOSSIERS[1].id})
    after = load_records(folder, TREE)
    assert set(before) | {"B-1"} == set(accepted(after))
    assert "A-1" not in accepted(after)
    sums(after)


def test_an_agency_that_the_tree_learns_heals_its_rows_whatever_was_handed_back(folder):
    new = exports.Dossier("C-1", "Đăng ký khai sinh", "UBND xã Mới", "05/09/2022", "", "")
    exports.save_xlsx(folder / "moi.xlsx", {"S": exports.printed((new,))})
    path, _found = waiting(folder)
    (folder / "sua.xlsx").write_bytes(path.read_bytes())
    assert "C-1" not in accepted(load_records(folder, TREE))
    commune = next(unit for unit in TREE.units if unit.level == "xa")
    named = replace(commune, code="99999", name=replace(commune.name, vi="UBND xã Mới"))
    later = replace(TREE, units=(*TREE.units, named))
    records = load_records(folder, later)
    table = records.tables["dossiers"].to_pandas().set_index("dossier_id")
    assert table.loc["C-1", "unit"] == "99999"
    assert len(table) == len(set(table.index))


FAULTY = st.sampled_from(["", "hôm qua", "05/09/2022", "2022-09-06 08:00", "01/01/0222"])
IDS = st.sampled_from(["A-1", "A-2", "A-3", "B-9"])
ROWS = st.lists(
    st.tuples(IDS, FAULTY, st.sampled_from(["09/09/2022", "01/01/2000", ""])),
    min_size=1,
    max_size=7,
)


def write_rows(folder, rows):
    lines = [f"{one},1.000001,323,9,{received},{due}" for one, received, due in rows]
    text = "dossier_id,procedure_id,unit,status,received_at,due_at\n" + "\n".join(lines)
    (folder / "dossiers.csv").write_text(text, encoding="utf-8")
    (folder / "procedures.csv").write_text(exports.PROCEDURES, encoding="utf-8")


@settings(max_examples=6, deadline=None)
@given(ROWS)
def test_law_handing_the_workbook_back_changes_no_count(rows):
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_rows(folder, rows)
        before = load_records(folder, TREE)
        if not before.cells:
            return
        path, _found = waiting(folder)
        shutil.copy(path, folder / "sua.xlsx")
        after = load_records(folder, TREE)
        assert counts_of(after) == counts_of(before)
        sums(after)


@settings(max_examples=6, deadline=None)
@given(ROWS, st.data())
def test_law_correcting_one_cell_changes_only_its_row(rows, data):
    """The corrected row may come in; no other row comes in or goes."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_rows(folder, [*rows, ("Z-1", "hôm qua", "09/09/2022")])
        before = counts_of(load_records(folder, TREE))["dossiers"]
        path, _found = waiting(folder)
        cell = data.draw(st.sampled_from(["05/09/2022", "06/09/2022 07:00", "vẫn sai", ""]))
        hand_in(folder, path, {("Z-1", "received_at"): cell})
        records = load_records(folder, TREE)
        after = counts_of(records)["dossiers"]
        assert set(before) <= set(after)
        assert {row[0] for row in set(after) - set(before)} == (
            {"Z-1"} - {"Z-1" if "sai" in cell else ""}
        )
        sums(records)
