"""Words as systems and people write them are read as codes; what nobody knows is told, not guessed."""

import re
import shutil
import zipfile

import exports
import openpyxl
import pandas as pd
import pytest
from conftest import ROOT

from chiso.base.letters import plain
from chiso.contract.tables import TABLES
from chiso.sources.mappings import load_systems, words_of
from chiso.sources.records import load_records
from chiso.sources.set_aside import workbook_place, write_set_aside

TREE = exports.tree()
HEAD = ["Mã hồ sơ", "Tên thủ tục", "Đơn vị xử lý", "Trạng thái", "Hình thức nộp", "Kết quả điện tử", "Ngày tiếp nhận", "Ngày hẹn trả"]  # fmt: skip


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "procedures.csv").write_text(exports.PROCEDURES, encoding="utf-8")
    return tmp_path


def row(number, status="Đang xử lý", channel="Trực tiếp", result="", received="13/09/2022", unit="UBND TP. Hưng Yên"):  # fmt: skip
    return [f"A-{number}", "Đăng ký khai sinh", unit, status, channel, result, received, ""]


def read(folder, rows):
    exports.save_xlsx(folder / "so.xlsx", {"S": [HEAD, *rows]})
    return load_records(folder, TREE)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Hoà bình", "HÒA BÌNH"),
        ("thuỷ lợi", "thủy lợi"),
        ("Đã xử lí", "đã xử lý"),
        ("Đã\u00a0trả  kết\u200b quả", "Đã trả kết quả"),
        ("Đã trả kết quả", "Đã trả kết quả".replace("ã", "a\u0303")),
        ("Mã hồ sơ:", "mã hồ sơ"),
    ],
)
def test_what_is_written_differently_is_compared_as_the_same(one, other):
    assert plain(one) == plain(other)


@pytest.mark.parametrize("other", ["quý", "ma", "của", "Hòa An"])
def test_other_words_stay_other_words(other):
    assert plain(other) not in {plain("quy"), plain("má"), plain("cua"), plain("Hoa An")}


STATUSES = {
    "ĐÃ TRẢ KẾT QUẢ": 10, "Đã trả kết quả đúng hạn": 10, "Da tra ket qua": 10, "Đã xử lí xong": 9,
    "Chờ trả kết quả": 9, "Đã giải quyết": 9, "Đang thẩm định": 4, "Chờ bổ sung hồ sơ": 5,
    "Yêu cầu bổ sung giấy tờ": 5, "Công dân yêu cầu rút hồ sơ": 7, "Từ chối tiếp nhận": 3,
    "Mới nộp": 1, "Đã\u00a0tiếp nhận": 2, "Chờ nộp phí": 6, "Tạm dừng": 8, "4": 4,
}  # fmt: skip
CHANNELS = {
    "Trực tiếp tại bộ phận một cửa": 1, "Tại quầy": 1, "Nộp trực tuyến": 2, "DVC trực tuyến": 2,
    "Cổng dịch vụ công quốc gia": 2, "truc tuyen": 2, "Qua BCCI": 3, "Bưu điện": 3, "2": 2,
}  # fmt: skip


def test_statuses_channels_and_answers_in_the_words_of_systems(folder):
    rows = [row(i, status=word) for i, word in enumerate(STATUSES)]
    rows += [row(100 + i, channel=word) for i, word in enumerate(CHANNELS)]
    answers = {"Có": True, "x": True, "Đã có": True, "khong": False, "Chưa": False, "1": True}
    rows += [row(200 + i, result=word) for i, word in enumerate(answers)]
    records = read(folder, rows)
    assert records.set_aside.empty, records.set_aside[["value", "reason"]].to_string()
    table = records.tables["dossiers"].to_pandas().set_index("dossier_id")
    told = table.index.str.removeprefix("A-").astype(int)
    assert table["status"][told < 100].tolist() == list(STATUSES.values())
    assert table["channel"][(told >= 100) & (told < 200)].tolist() == list(CHANNELS.values())
    assert table["result_file"][told >= 200].tolist() == list(answers.values())


def test_an_unknown_word_is_told_with_where_to_add_it_and_a_name_is_not(folder):
    """A name in the column of the status: the row was shifted."""
    rows = [
        row(1, "Đang chờ trả hồ sơ"),
        row(2, "Đang chờ trả hồ sơ"),
        row(3, exports.NAME),
        row(4),
    ]
    records = read(folder, rows)
    words = [remark.text for remark in records.remarks]
    assert (
        "Trạng thái hồ sơ: “Đang chờ trả hồ sơ” chưa biết; thêm vào params/sources/so-theo-doi.yml"
        " (2 dòng)"
    ) in words
    assert (
        not any(exports.NAME in text for text in words) and sum("1 dòng" in t for t in words) == 1
    )
    assert set(records.set_aside["reason"]) == {
        "chưa biết: xem các từ dùng được trong params/sources/"
    }


def test_every_code_has_a_word_and_headings_are_not_twice():
    systems = load_systems()
    for table in TABLES.values():
        headings = [column.heading for column in table.columns]
        assert len(set(headings)) == len(headings)
        for column in table.columns:
            words = words_of(systems, table.name, column.name)
            assert {str(code) for code in column.allowed} <= set(words.values())


def workbook(folder):
    path = write_set_aside(
        load_records(folder, TREE), TREE, workbook_place(folder, "2022-09"), False
    )
    return path, openpyxl.load_workbook(path)


def test_the_workbook_speaks_vietnamese_and_offers_what_may_stand_in_its_cells(folder):
    read(folder, [row(1, received="hôm qua", unit="Sở Tư pháp", result="có"), row(2, "Sai từ")])
    path, book = workbook(folder)
    assert book.sheetnames == ["Hồ sơ", "Cơ quan, đơn vị", "Từ dùng được"]
    texts = {str(cell.value) for sheet in book for cells in sheet.iter_rows() for cell in cells}
    technical = {name for table in TABLES.values() for name in (table.name, *(c.name for c in table.columns))}  # fmt: skip
    assert not texts & technical
    with zipfile.ZipFile(path) as archive:
        assert not re.search(
            "so-tu-phap<|dossier_id", archive.read("xl/worksheets/sheet1.xml").decode()
        )
    sheet = book["Hồ sơ"]
    heads = {cell.value: cell.column_letter for cell in sheet[3]}
    found = {sheet[f"{heads[name]}4"].value for name in ("Đơn vị xử lý", "Trạng thái hồ sơ", "Có tệp kết quả")}  # fmt: skip
    assert found == {"Sở Tư pháp", "Đang xử lý", "Có"}
    offered = {str(rule.sqref)[0]: rule.formula1 for rule in sheet.data_validations.dataValidation}
    assert set(offered) == {heads[name] for name in ("Đơn vị xử lý", "Trạng thái hồ sơ", "Cách nộp hồ sơ", "Có tệp kết quả")}  # fmt: skip
    assert "Cơ quan" in offered[heads["Đơn vị xử lý"]]
    names = [cell.value for cell in book["Cơ quan, đơn vị"]["B"][3:]]
    assert len(names) == len(set(names)) == len(TREE.units)


def test_words_and_names_that_the_workbook_offers_are_read_when_it_comes_back(folder):
    read(folder, [row(1, "Sai từ"), row(2, unit="Không rõ"), row(3, received="hôm qua")])
    _path, book = workbook(folder)
    sheet = book["Hồ sơ"]
    heads = {cell.value: cell.column for cell in sheet[3]}
    commune = book["Cơ quan, đơn vị"]["B"][100].value
    for line, (name, value) in enumerate(
        {"Trạng thái hồ sơ": "Đã xử lý xong", "Đơn vị xử lý": commune, "Ngày tiếp nhận": "05/09/2022"}.items(),
        start=4,
    ):  # fmt: skip
        sheet.cell(line, heads[name]).value = value
    book.save(folder / "sua.xlsx")
    records = load_records(folder, TREE)
    table = records.tables["dossiers"].to_pandas().set_index("dossier_id").sort_index()
    assert table["status"].tolist() == [9, 4, 4]
    assert table.loc["A-2", "unit"] == book["Cơ quan, đơn vị"]["A"][100].value
    assert records.cells == {}


def test_correcting_one_cell_leaves_the_moments_of_its_row_as_they_were_read(folder):
    """The file has the month first, as a day above 12 tells; the workbook has nothing of that."""
    rows = [row(1, "Sai từ", received="9/5/2022 8:10"), row(2, received="9/14/2022 8:10")]
    read(folder, rows)
    _path, book = workbook(folder)
    sheet = book["Hồ sơ"]
    heads = {cell.value: cell.column for cell in sheet[3]}
    sheet.cell(4, heads["Trạng thái hồ sơ"]).value = "Đang xử lý"
    book.save(folder / "sua.xlsx")
    table = load_records(folder, TREE).tables["dossiers"].to_pandas().set_index("dossier_id")
    assert table.loc["A-1", "received_at"] == pd.Timestamp(2022, 9, 5, 8, 10)


def test_a_workbook_with_a_heading_of_before_is_read_when_it_comes_back(folder):
    read(folder, [row(1, "Sai từ")])
    _path, book = workbook(folder)
    sheet = book["Hồ sơ"]
    heads = {cell.value: cell for cell in sheet[3]}
    sheet.cell(4, heads["Trạng thái hồ sơ"].column).value = "Đang xử lý"
    sheet.cell(4, heads["Cách nộp hồ sơ"].column).value = "Trực tuyến"
    heads["Cách nộp hồ sơ"].value = "Kênh"
    book.save(folder / "sua.xlsx")
    table = load_records(folder, TREE).tables["dossiers"].to_pandas()
    assert table["channel"].tolist() == [2]


CANARY = "Trần Văn Hoàng Yến 0987654321"


def test_a_canary_in_any_column_is_found_nowhere_outside_the_workbook(tmp_path, chiso):
    """Rows that were shifted: a name and a telephone number where another column belongs, the id too;
    as a register and as a table of the contract. Every byte that is written or said is looked at."""
    records = tmp_path / "records"
    records.mkdir()
    shutil.copytree(ROOT / "params", tmp_path / "params")
    (records / "procedures.csv").write_text(exports.PROCEDURES, encoding="utf-8")
    good = row(0, received="13/09/2022")
    rows = [good, *([*good[:x], CANARY, *good[x + 1 :]] for x in range(len(HEAD)))]
    rows = [[f"A-{i}" if cell == "A-0" else cell for cell in line] for i, line in enumerate(rows)]
    rows += [[phone, *good[1:]] for phone in ("0987654321", "033112000111", "TranVanHoangYen")]
    exports.save_xlsx(records / "so.xlsx", {"S": [HEAD, *rows]})
    names = [column.name for column in TABLES["dossiers"].columns]
    known = {"dossier_id": "B-1", "procedure_id": "1.000001", "unit": "323", "status": "9"}
    lines = [",".join((known | {name: CANARY}).get(one, "") for one in names) for name in names]
    (records / "dossiers.csv").write_text("\n".join([",".join(names), *lines]), encoding="utf-8")
    said = []
    for command in (
        ["check"],
        ["measure", "--out", tmp_path / "c.csv", "--also", tmp_path / "a.csv"],
    ):
        done = chiso(*command, "--period", "2022-09", "--records", records, project=tmp_path)
        assert done.returncode == 0, done.stderr
        said.append(done.stdout + done.stderr)
    written = [path for path in tmp_path.rglob("*") if path.is_file() and path.parent != records]
    aside = [path for path in written if path.parent.name == "set-aside"]
    assert len(aside) == 1 and {"c.csv", "a.csv"} <= {path.name for path in written}
    held = load_records(records, TREE)
    # The register's row without a mistake, and those with a canary in a column that may be empty
    # are no rows with a canary: nothing of it is accepted.
    assert held.tables["dossiers"].dossier_id.to_pandas().tolist() == ["A-0"]
    said += [table.to_pandas().to_csv() for table in held.tables.values()] + [str(held.remarks)]
    said += [path.read_bytes().decode("utf-8", "replace") for path in written if path not in aside]
    told = "\n".join(said)
    parts = (
        "Hoàng Yến",
        "Trần Văn",
        *re.findall(r"\d+", CANARY),
        "033112000111",
        "TranVanHoangYen",
    )
    assert [part for part in parts if part in told] == []
