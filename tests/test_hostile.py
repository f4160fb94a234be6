"""Files that nobody would wish for: no row is ever lost, no mistake shows a traceback."""

import io
import json
import os
import re
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path

import exports
import msoffcrypto
import openpyxl
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from conftest import ROOT
from hypothesis import example, given, settings
from hypothesis import strategies as st

from chiso.base.errors import InputError
from chiso.sources.grids import Grid
from chiso.sources.headers import find_table
from chiso.sources.mappings import load_systems
from chiso.sources.records import load_records
from chiso.sources.set_aside import write_set_aside

TREE = exports.tree()
SYSTEMS = load_systems()
HEADER = b"dossier_id,procedure_id,unit,status,received_at\n"
ROW = "A-1,1.000001,323,4,05/09/2022\n"


def xlsx(rows=None) -> bytes:
    path = Path(os.environ["PYTEST_SCRATCH"]) / "x.xlsx"
    return exports.save_xlsx(path, {"Sheet1": rows or exports.printed()}).read_bytes()


def xls() -> bytes:
    path = Path(os.environ["PYTEST_SCRATCH"]) / "x.xls"
    return exports.save_xls(path, {"Sheet1": exports.printed()}).read_bytes()


def page() -> bytes:
    path = Path(os.environ["PYTEST_SCRATCH"]) / "x.html"
    return exports.save_html(path, exports.printed()).read_bytes()


def parquet(**columns) -> bytes:
    buffer = io.BytesIO()
    given = {"dossier_id": ["A-1"], "procedure_id": ["1.000001"], "unit": ["323"], "status": [4]}
    pq.write_table(pa.table(given | columns), buffer)
    return buffer.getvalue()


def locked() -> bytes:
    buffer = io.BytesIO()
    msoffcrypto.OfficeFile(io.BytesIO(xlsx())).encrypt("mật khẩu", buffer)
    return buffer.getvalue()


def zipped(name: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr(name, "x")
    return buffer.getvalue()


def chart_only() -> bytes:
    buffer, workbook = io.BytesIO(), openpyxl.Workbook()
    workbook.create_chartsheet("Biểu đồ")
    workbook.remove(workbook.active)
    workbook.save(buffer)
    return buffer.getvalue()


def records_of(*changes: dict) -> bytes:
    items = [exports.service_record(exports.DOSSIERS[0], **change) for change in changes]
    return json.dumps(items).encode()


# Files that can't be read: name, content, what the message must say beside the file's name.
UNREADABLE: dict[str, tuple[str, Callable[[], bytes], str]] = {
    "empty": ("dossiers.csv", lambda: b"", "rỗng"),
    "spaces only": ("so.csv", lambda: b" \r\n\r\n ", "rỗng"),
    "empty workbook": ("so.xlsx", lambda: b"", "rỗng"),
    "workbook cut off": ("so.xlsx", lambda: xlsx()[:-900], ""),
    "workbook cut short": ("so.xlsx", lambda: xlsx()[:100], ""),
    "old workbook cut off": ("so.xls", lambda: xls()[:700], ""),
    "workbook with a password": ("so.xlsx", locked, "mật khẩu"),
    "workbook without a sheet of cells": ("so.xlsx", chart_only, "Không tìm thấy bảng"),
    "an archive": ("so.xlsx", lambda: zipped("a.txt"), ""),
    "a letter": ("so.xlsx", lambda: zipped("word/document.xml"), ""),
    "Parquet cut off": ("dossiers.parquet", lambda: parquet()[:-30], ""),
    "Parquet of another table": ("gì đó.parquet", parquet, "Đặt tên tệp"),
    "Parquet without its columns": (
        "dossiers.parquet",
        lambda: parquet()[:0] + pd.DataFrame({"a": [1]}).to_parquet(),
        "dossier_id",
    ),
    "JSON cut off": ("a.json", lambda: records_of({})[:-20], "kết xuất lại"),
    "JSON of something else": ("a.json", lambda: b'{"a": [1, 2, {"b": []}]}', "MaHoSo"),
    "JSON deeper than any": ("a.json", lambda: b"[" * 100_000, ""),
    "Latin-1": ("dossiers.csv", lambda: HEADER + "á,é,à,õ,\n".encode("latin-1"), ":2"),
    "TCVN3": ("so.csv", lambda: "M· hå s¬;Ngµy nhËn\n".encode("cp1252"), "Unicode"),
    "a page without a table": ("so.xls", lambda: b"<html><body>Het phien</body></html>", ""),
    "a page cut off in its header": ("so.xls", lambda: page()[:300], ""),
    "noise": ("so.csv", lambda: bytes(range(1, 256)) * 40, ""),
    "a picture": ("so.xls", lambda: b"\x89PNG\r\n\x1a\n" + bytes(200), ""),
    "a cell in the last corner of a sheet": (
        "so.xlsx",
        lambda: sheet_with(
            b'<row r="1048576"><c r="XFD1048576" t="inlineStr"><is><t>x</t></is></c></row>'
        ),
        "xa ngoài bảng",
    ),
    "JSON deeper than any, and closed": ("a.json", lambda: b"[" * 200_000 + b"]" * 200_000, ""),
    "Parquet with noise in its middle": ("dossiers.parquet", lambda: noisy_parquet(), ""),
    "header too far down": ("so.xlsx", lambda: xlsx([["x"]] * 70 + exports.printed()), ""),
    "a workbook of notes": ("so.xlsx", lambda: xlsx([["Ghi chú"], ["của tôi"]]), "Không tìm thấy"),
    "a row longer than the header": (
        "dossiers.csv",
        lambda: HEADER + ROW.encode() + b"A-2,1.000001,323,4,,,,,Nguyen\n",
        "",
    ),
}
# Files that are read: name, content, rows in, rows accepted.
READABLE: dict[str, tuple[str, Callable[[], bytes], int, int]] = {
    "only a header": ("dossiers.csv", lambda: HEADER, 0, 0),
    "a register without a dossier": ("so.xlsx", lambda: xlsx(exports.printed(())), 0, 0),
    "no end of the last line": ("dossiers.csv", lambda: HEADER + ROW[:-1].encode(), 1, 1),
    "carriage returns": (
        "dossiers.csv",
        lambda: (HEADER + ROW.encode()).replace(b"\n", b"\r\n"),
        1,
        1,
    ),
    "old Macintosh": ("dossiers.csv", lambda: (HEADER + ROW.encode()).replace(b"\n", b"\r"), 1, 1),
    "short rows": ("dossiers.csv", lambda: HEADER + ROW.encode() + b"A-2,1.000001\n", 2, 1),
    "empty lines": ("dossiers.csv", lambda: HEADER + b"\n" + ROW.encode() + b"\n\n", 1, 1),
    "zero bytes": ("dossiers.csv", lambda: HEADER + ROW.encode() + b"A\0-2,1.000001,323,4,\n", 2, 1),
    "line breaks in a cell": (
        "dossiers.csv",
        lambda: HEADER + b'A-1,1.000001,323,4,"05/09/2022\n"\n',
        1,
        1,
    ),
    "a line break in an id": ("dossiers.csv", lambda: HEADER + b'"A\n1",1.000001,323,4,\n', 1, 0),
    "a column twice": (
        "dossiers.csv",
        lambda: HEADER[:-1] + b",status\n" + ROW[:-1].encode() + b",99\n",
        1,
        1,
    ),
    "quotes in the name": ("dossiers-'; DROP--.csv", lambda: HEADER + ROW.encode(), 1, 1),
    "a pattern in the name": ("dossiers-[a]*?.csv", lambda: HEADER + ROW.encode(), 1, 1),
    "ids like words of SQL": (
        "dossiers.csv",
        lambda: HEADER + b"NULL-1,1.000001,323,4,\nDROP-2,1.000001,323,4,\n",
        2,
        2,
    ),
    "ids like orders of SQL": (
        "dossiers.csv",
        lambda: HEADER + b"NULL,1.000001,323,4,\n'\"; DROP TABLE x,1.000001,323,4,\n",
        2,
        0,
    ),
    "lists in Parquet": ("dossiers.parquet", lambda: parquet(received_at=[[1, 2]]), 1, 0),
    "structures in Parquet": ("dossiers.parquet", lambda: parquet(channel=[{"a": 1}]), 1, 0),
    "bytes in Parquet": ("dossiers.parquet", lambda: parquet(channel=[b"\xff2"]), 1, 0),
    "a number without end": ("dossiers.parquet", lambda: parquet(fee_total=[float("inf")]), 1, 0),
    "no number is an empty cell": (
        "dossiers.parquet",
        lambda: parquet(fee_total=[float("nan")], channel=[float("nan")]),
        1,
        1,
    ),
    "numbers too large": ("dossiers.parquet", lambda: parquet(channel=pa.array([2**64 - 1], pa.uint64())), 1, 0),
    "no column at all filled": ("dossiers.parquet", lambda: parquet(dossier_id=pa.nulls(1)), 1, 0),
    "moments with a zone": (
        "dossiers.parquet",
        lambda: parquet(received_at=pd.to_datetime(["2022-09-05T01:00:00Z"])),
        1,
        1,
    ),
    "lists where none should be": (
        "a.json",
        lambda: records_of({"MaHoSo": ["a"]}, {"MaHoSo": {}}, {"MaHoSo": None}, {"MaHoSo": True}),
        4,
        1,
    ),
    "no lists where some should be": (
        "a.json",
        lambda: records_of({"DanhSachLePhi": "x", "TaiLieuNop": [1, None], "DSKetNoiCSDL": {}}),
        1,
        1,
    ),
    "fees that are no numbers": (
        "a.json",
        lambda: records_of({"DanhSachLePhi": [{"Gia": "mười nghìn"}, {"Gia": -5}]}),
        1,
        0,
    ),
    "numbers of every kind": ("a.json", lambda: records_of({"TrangThaiHoSo": 1e400, "KenhThucHien": 1.5}), 1, 0),
    "one record a line": ("a.json", lambda: records_of({})[1:-1] + b"\n" + records_of({"MaHoSo": "b-1"})[1:-1], 2, 2),
    "a header on every page": (
        "so.xlsx",
        lambda: xlsx([*exports.printed()[:-6], *exports.printed()[4:7], *exports.printed()[7:8]]),
        3,
        2,
    ),
    "a page with spans beyond reason": (
        "so.xls",
        lambda: page().replace(b"colspan='3'", b"colspan='3' rowspan=0").replace(b"<td>", b"<td rowspan='-1' colspan='x'>"),
        3,
        3,
    ),
    "a page cut off in its rows": ("so.xls", lambda: page().partition(b"Ng\xc6\xb0\xe1\xbb\x9di")[0], 3, 3),
    "a date of its own kind": (
        "so.xlsx",
        lambda: xlsx([["Mã hồ sơ", "Đơn vị", "Ngày nhận"], ["A-1", "Sở Tư pháp", pd.Timestamp("2022-09-05 08:00").to_pydatetime()]]),
        1,
        1,
    ),
    "a style that openpyxl refuses, and a formula": ("so.xlsx", lambda: odd_style(), 3, 3),
    "half a character in JSON": ("a.json", lambda: records_of({})[:-2] + b', "x": "\\ud800"}]', 1, 1),
    "a formula without its value": (
        "so.xlsx",
        lambda: xlsx([["Mã hồ sơ", "Đơn vị", "Ngày nhận"], ["A-1", "Sở Tư pháp", "=TODAY()"]]),
        1,
        0,
    ),
    "an error of Excel's": (
        "so.xlsx",
        lambda: xlsx([["Mã hồ sơ", "Đơn vị", "Ngày nhận"], ["A-1", "Sở Tư pháp", "#N/A"]]),
        1,
        0,
    ),
    "a cell far below": ("so.xlsx", lambda: far_below(), 3, 3),
    "no id, but a dossier all the same": (
        "so.xlsx",
        lambda: xlsx([["Mã hồ sơ", "Đơn vị", "Ngày nhận"], ["", "Sở Tư pháp", "05/09/2022"], ["", "Tổng", ""]]),
        1,
        0,
    ),
}  # fmt: skip


def far_below() -> bytes:
    workbook, buffer = openpyxl.load_workbook(io.BytesIO(xlsx())), io.BytesIO()
    workbook.active["B200000"] = "x"
    workbook.save(buffer)
    return buffer.getvalue()


def changed_part(part: str, change: Callable[[bytes], bytes], workbook: bytes) -> bytes:
    """A workbook with one file of its archive rewritten."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(workbook)) as old, zipfile.ZipFile(buffer, "w") as new:
        for name in old.namelist():
            content = old.read(name)
            new.writestr(name, change(content) if part in name else content)
    return buffer.getvalue()


def sheet_with(row: bytes) -> bytes:
    return changed_part(
        "sheet1", lambda xml: xml.replace(b"</sheetData>", row + b"</sheetData>"), xlsx()
    )


def odd_style() -> bytes:
    fill = b'<fill><patternFill patternType="nonsense"/></fill>'
    formula = sheet_with(b'<row r="99"><c r="A99"><f>1+1</f></c></row>')
    return changed_part("styles", lambda xml: re.sub(b"<fill>.*?</fill>", fill, xml), formula)


def noisy_parquet() -> bytes:
    content = bytearray(parquet(**{name: [value] * 1_000 for name, value in MANY.items()}))
    content[100:400] = b"\xff" * 300
    return bytes(content)


MANY = {"dossier_id": "A-1", "procedure_id": "1.000001", "unit": "323", "status": 4}


@pytest.fixture(autouse=True)
def scratch(tmp_path_factory, monkeypatch):
    monkeypatch.setenv("PYTEST_SCRATCH", str(tmp_path_factory.mktemp("scratch")))


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "procedures.csv").write_text(exports.PROCEDURES, encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize("kind", UNREADABLE)
def test_what_cant_be_read_is_one_clear_error(folder, kind):
    name, content, says = UNREADABLE[kind]
    (folder / name).write_bytes(content())
    with pytest.raises(InputError) as caught:
        load_records(folder, TREE)
    message = str(caught.value)
    assert name in message and says in message and "→" in message
    assert "Nguyen" not in message


def test_an_old_workbook_cut_off_anywhere_is_one_clear_error(folder):
    """Some cuts end calamine's own process; none of them ends the check."""
    whole = xls()
    for length in [*range(600, len(whole) - 100, len(whole) // 12), len(whole) - 700]:
        (folder / "so.xls").write_bytes(whole[:length])
        with pytest.raises(InputError, match=r"so\.xls.*\n.*→"):
            load_records(folder, TREE)


def test_a_name_that_is_no_text_a_pipe_and_folders_called_like_files(folder, chiso):
    shutil.copytree(ROOT / "params", folder / "params")
    records = folder / "records"
    records.mkdir()
    (records / "dossiers.csv").write_bytes(HEADER + ROW.encode())
    (records / "cu.2022").mkdir()
    done = chiso("check", "--period", "2022-09", "--records", records, project=folder)
    assert done.returncode == 0 and "cu.2022" in done.stdout
    os.mkfifo(records / "ong.csv")
    (records / "cu.xlsx").mkdir()
    (Path(os.fsdecode(os.fsencode(records) + b"/\xff\xfe.csv"))).write_bytes(b"a,b\n1,2\n")
    done = chiso("check", "--period", "2022-09", "--records", records, project=folder)
    assert done.returncode == 2 and "Traceback" not in done.stderr
    assert all(name in done.stderr for name in ("ong.csv", "cu.xlsx", "\\udcff\\udcfe.csv"))


@pytest.mark.parametrize("kind", READABLE)
def test_no_row_is_lost(folder, kind):
    name, content, rows, accepted = READABLE[kind]
    (folder / name).write_bytes(content())
    records = load_records(folder, TREE)
    counts = records.counts.set_index("file").loc[name]
    assert (counts["rows_in"], counts["accepted"]) == (rows, accepted), (
        records.set_aside.to_string()
    )
    assert counts["rows_in"] == counts["accepted"] + counts["set_aside"]
    assert records.tables["dossiers"].count().execute() == accepted
    places = records.set_aside.loc[records.set_aside["file"] == name, ["sheet", "row"]]
    assert len(places.drop_duplicates()) == counts["set_aside"]
    write_set_aside(records, TREE, folder / "set-aside" / "x.xlsx")


def test_a_folder_and_a_link_to_nowhere_called_like_a_table(folder):
    (folder / "dossiers.csv").mkdir()
    (folder / "petitions.csv").symlink_to(folder / "gone.csv")
    with pytest.raises(InputError) as caught:
        load_records(folder, TREE)
    assert "dossiers.csv" in str(caught.value) and "petitions.csv" in str(caught.value)


def test_all_files_that_cant_be_read_are_told_at_once(folder, chiso):
    shutil.copytree(ROOT / "params", folder / "params")
    records = folder / "records"
    records.mkdir()
    for number, (name, content, _says) in enumerate(UNREADABLE.values()):
        stem, dot, ending = name.rpartition(".")
        (records / f"{stem}-{number}{dot}{ending}").write_bytes(content())
    done = chiso("check", "--period", "2022-09", "--records", records, project=folder)
    assert done.returncode == 2
    assert "Traceback" not in done.stdout + done.stderr
    told = set(re.findall(r"-(\d+)\.\w+", done.stderr))
    assert told >= {str(number) for number in range(len(UNREADABLE))}


def test_many_readable_ones_together_lose_nothing(folder, chiso):
    shutil.copytree(ROOT / "params", folder / "params")
    records, rows = folder / "records", 0
    records.mkdir()
    shutil.move(folder / "procedures.csv", records)
    for number, (name, content, own, _accepted) in enumerate(READABLE.values()):
        stem, dot, ending = name.rpartition(".")
        (records / f"{stem}-{number}{dot}{ending}").write_bytes(content())
        rows += own
    done = chiso("check", "--period", "2022-09", "--records", records, project=folder)
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr
    total = next(line for line in done.stdout.splitlines() if line.startswith("tổng cộng"))
    numbers = [int(text.replace(".", "")) for text in total.split()[2:]]
    assert numbers[0] == rows + 2 == numbers[1] + numbers[2]


CELLS = st.one_of(
    st.none(),
    st.text(max_size=8),
    st.sampled_from(["Mã hồ sơ", "Đơn vị", "Nhận hồ sơ", "Tổng cộng", "A-1", "A-2", "1", "2", "3"]),
    st.integers(-(10**18), 10**18),
    st.floats(),
    st.datetimes(),
    st.booleans(),
)
ROWS = st.lists(st.lists(CELLS, max_size=6), max_size=12)
HEAD = ["TT", "Mã hồ sơ", "Đơn vị", "Nhận hồ sơ", "Trạng thái"]


@given(above=ROWS, below=ROWS)
@settings(max_examples=300, deadline=None)
def test_every_written_row_below_a_header_is_a_record_or_is_counted(above, below):
    grid = Grid("x.xlsx", "Sheet1", [*above, HEAD, *below])
    found = find_table(grid, SYSTEMS)
    assert found is not None
    last = found.header.last_row
    rows = grid.rows[last + 1 :]
    written = [row for row in rows if any(cell not in ("", None) for cell in row)]
    numbers = 1 if len(written) > len(found.frame) + found.others else 0
    assert len(found.frame) + found.others + numbers == len(written)
    assert found.frame["_number"].is_monotonic_increasing
    places = found.frame["_number"]
    assert places.between(last + 2, len(grid.rows)).all() and places.is_unique


@example(rows=[])
@given(rows=st.lists(st.lists(st.text(max_size=9), min_size=5, max_size=5), max_size=20))
@settings(max_examples=25, deadline=None)
def test_whatever_stands_in_the_cells_rows_in_are_accepted_or_set_aside(rows, tmp_path_factory):
    folder = tmp_path_factory.mktemp("random")
    names = HEADER.decode().strip().split(",")
    pd.DataFrame(rows, columns=names).to_parquet(folder / "dossiers.parquet")
    records = load_records(folder, TREE)
    counts = records.counts.set_index("file").loc["dossiers.parquet"]
    assert counts["rows_in"] == len(rows)
    assert counts["rows_in"] == counts["accepted"] + counts["set_aside"]
    write_set_aside(records, TREE, folder / "set-aside" / "x.xlsx")
