"""People's data in every column of every kind of export: no byte of it is found in what is made of them.

Every canary is a name, a telephone number, an identity number or an e-mail address of its own number,
so that what leaks says where it stood.
"""

import gzip
import html
import io
import itertools
import json
import re
import unicodedata
import urllib.parse
import zipfile
import zlib
from contextlib import suppress
from pathlib import Path

import exports
import openpyxl
import pandas as pd
import pytest
from conftest import make_project, run_chiso
from openpyxl.comments import Comment
from pypdf import PdfReader

from chiso.base.letters import without_accents
from chiso.contract.tables import TABLES
from chiso.rules.units import load_tree
from chiso.sources.mappings import load_systems
from chiso.sources.personal import WITHIN_TEXT
from chiso.sources.records import load_records

PERIOD, UNIT, COMMUNE = "2022-09", "so-tu-phap", "323"
# As they are looked for: without accents, case and spelling of any format.
NEEDLES = re.compile(r"(bi mat yen|0987[ .]?65[0-9. ]{0,6}|0331120\d*|@kin\.vn|bimatyen)[^ ]{0,30}")
OF_FILES = re.compile(r"hoang lan|0912[ .]?34")
_number = itertools.count(1)


def person():
    """A name and a telephone number."""
    number = next(_number)
    return f"Bí Mật Yến{number} 098765{number:04d}"


def kinds():
    """What a shifted row may bring into a column of ids."""
    number = next(_number)
    return [
        f"Bí Mật Yến{number}", f"098765{number:04d}", f"0987.65{number // 1000}.{number % 1000:03d}",
        f"0331120{number:05d}", f"yen{number}@kin.vn", f"BiMatYen{number}",
    ]  # fmt: skip


def within(words):
    """Words that pages may show, with somebody's number or address in them."""
    number = next(_number)
    return [
        f"{words} Bí Mật Yến{number} 098765{number:04d}", f"{words} (+84 987 65{number // 100} {number:03d})",
        f"{words}: 0331120{number:05d}", f"{words} 987654{number:03d}", f"{words} yen{number}@kin.vn",
    ]  # fmt: skip


# ---------------------------------------------------------------------------------------- records

HEAD = ["STT", "Mã hồ sơ", "Tên TTHC", "Đơn vị xử lý", "Trạng thái hồ sơ", "Hình thức nộp", "Ngày tiếp nhận",
        "Ngày hẹn trả", "Ngày trả kết quả", "Tổng phí, lệ phí", "Số lần bổ sung", "Kết quả điện tử",
        "Thanh toán trực tuyến", "Ngày đồng bộ"]  # fmt: skip
PERSONAL = [
    "Chủ hồ sơ",
    "Số CCCD",
    "Số điện thoại",
    "Email",
    "Địa chỉ",
    "Trích yếu hồ sơ",
    "Người nhận",
]
UNKNOWN = ["Ghi chú", "Nội dung", "Cán bộ thụ lý"]
GOOD = ["Đăng ký khai sinh", "Sở Tư pháp", "Đã trả kết quả", "Trực tuyến", "05/09/2022 08:00:00",
        "09/09/2022 17:00:00", "19/09/2022 10:30:00", "8000", "1", "Có", "Chưa thanh toán",
        "05/09/2022 09:00:00"]  # fmt: skip


def register(prefix):
    """A register: a good row, then one for each column with a canary there; about the applicant and in
    columns of no meaning there are canaries in every row. Headings have some too."""
    rows = [[f"{prefix}-0", *GOOD]]
    rows += [[text, *GOOD] for text in kinds()]
    for x in range(len(GOOD)):
        rows.append([f"{prefix}-{x + 1}", *GOOD[:x], person(), *GOOD[x + 1 :]])
    rows.append([f"{prefix}-99", *GOOD[:2], f"Đã trả kết quả {person()}", *GOOD[3:]])
    more = [*PERSONAL, *UNKNOWN, f"Cột của {person()}"]
    return [
        [f"Sổ của {person()}"],
        [*HEAD, *more],
        *([str(i), *row, *(person() for _one in more)] for i, row in enumerate(rows, start=1)),
        ["", f"Người lập: {person()}"],
    ]


def workbook(path, rows, sheet="S"):
    """A workbook with a hidden sheet, comments of cells and properties of canaries."""
    exports.save_xlsx(path, {sheet: rows, "Ẩn": [[person(), person()]]})
    book = openpyxl.load_workbook(path)
    book["Ẩn"].sheet_state = "hidden"
    book[sheet]["B3"].comment = Comment(person(), person())
    book.properties.creator = book.properties.title = person()
    book.save(path)


def page(path, rows):
    table = "".join(
        "<tr>" + "".join(f"<td title='{html.escape(person())}'>{html.escape(c)}</td>" for c in row) + "</tr>"
        for row in rows
    )  # fmt: skip
    path.write_text(f"<meta charset=utf-8><p>{person()}</p><table>{table}</table>", "utf-8")


def service(path):
    """JSON of the synchronisation service, a canary in each field, and in lists of a dossier."""
    one = exports.DOSSIERS[2]
    good = exports.service_record(
        one, MaHoSo="J-1", MaTTHC="1.000001", DonViXuLy="Sở Tư pháp", GhiChu=person()
    )
    records = [good, *(good | {"MaHoSo": text} for text in kinds())]
    for i, name in enumerate(good):
        records.append(good | {"MaHoSo": f"J-1{i}", name: person()})
    nested = [{key: person() for key in ("TenTepDinhKem", "Gia", "NgayBoSung", "TenPhiLePhi")}]
    lists = [name for name, value in good.items() if isinstance(value, list)]
    records += [good | {"MaHoSo": f"J-2{i}", name: nested} for i, name in enumerate(lists)]
    other = {"_service": "CapNhatTienDoHoSoMC", "MaHoSo": "J-3", "NguoiXuLy": person()}
    path.write_text(json.dumps({"data": {"items": [*records, other]}}), "utf-8")


# A good row of each table of the contract; `dossiers` of a commune, the others of all.
ROWS = {
    "dossiers": {
        "dossier_id": "C-0", "procedure_id": "1.000001", "unit": COMMUNE, "status": "10", "channel": "2",
        "received_at": "2022-09-05 08:00:00", "due_at": "2022-09-09 17:00:00", "done_at": "2022-09-19 10:00:00",
        "returned_at": "2022-09-19 10:00:00", "submitted_at": "2022-09-05 07:00:00",
    },
    "procedures": {
        "procedure_id": "1.000001", "name": "Đăng ký khai sinh", "field": "Hộ tịch", "agency": UNIT,
        "levels": "tinh;huyen;xa", "decision_date": "2022-09-01", "basis_effective_date": "2022-08-01",
        "online": "full", "has_fee": "1", "for_citizens": "1", "parts_complete": "0",
    },
    "decisions": {
        "decision_id": "12/QĐ-UBND", "procedure_id": "1.000001", "decision_date": "2022-09-20",
        "basis_effective_date": "2022-08-01",
    },
    "services": {"service_id": "S-0", "procedure_id": "1.000001", "unit": UNIT, "public": "1"},
    "petitions": {
        "petition_id": "K-0", "unit": UNIT, "sent_at": "2022-09-05 08:00:00",
        "forwarded_at": "2022-09-05 08:00:00", "first_received_at": "2022-09-05 09:00:00", "kind": "policy",
    },
    "national_counts": {"unit": UNIT, "period": PERIOD, "received": "5"},
    "certified_copies": {"unit": "11950", "offered": "0"},
    # Of another content than the province's, so that pages have something to show.
    "national_procedures": {
        "national_id": "1.000001.000.00.00.H31", "name": "Khai sinh", "handled_by": "so-y-te",
        "levels": "Cấp xã", "term": "5 ngày", "fee": "Không", "parts_complete": "1", "online": "none",
        "public": "1", "decision_id": "56/QĐ-UBND", "decision_date": "2022-09-01",
    },
}  # fmt: skip
TEXTS = {"name": "Chứng thực", "field": "Hộ tịch", "levels": "xa", "decision_id": "34/QĐ-UBND", "period": PERIOD,
         "handled_by": "Sở Y tế", "term": "7 ngày", "fee": "Có"}  # fmt: skip


def contract(name):
    """A table of the contract: a good row, then for each column rows with canaries there; and columns
    that it does not know."""
    table, good = TABLES[name], ROWS[name]
    rows = [good]
    for column in table.columns:
        if column.name in TEXTS:
            texts = within(TEXTS[column.name])
        else:
            texts = kinds() if column.kind == "string" else [person()]
        for text in texts:
            unique = {
                key: f"{good[key]}{next(_number)}" for key in table.key if key.endswith("_id")
            }
            rows.append(good | unique | {column.name: text})
    more = ("applicant", "phone", "note", "content")
    return pd.DataFrame(rows).assign(**{key: [person() for _row in rows] for key in more})


def write_records(folder: Path) -> None:
    """Every kind of export; names of files and sheets are of somebody too."""
    folder.mkdir(parents=True)
    for name in TABLES:
        contract(name).to_csv(folder / f"{name}.csv", index=False)
    more = contract("dossiers")
    more["dossier_id"] = more["dossier_id"].str.replace("C-", "P-")
    more.to_parquet(folder / "dossiers-2.parquet")
    exports.save_xlsx(
        folder / "petitions-2.xlsx",
        {"Hoàng Lan": [list(held := contract("petitions").fillna("")), *held.to_numpy().tolist()]},
    )
    workbook(folder / "Sổ Hoàng Lan 0912345678.xlsx", register("A"), "Hoàng Lan 0912345678")
    exports.save_xls(folder / "so-cu.xls", {"Hoàng Lan": register("B")})
    page(folder / "trang.xls", register("D"))
    text = "\n".join(";".join(row) for row in register("E"))
    (folder / "Hoàng Lan.csv").write_text(text, "utf-8-sig")
    (folder / "theo tab.txt").write_text(
        "\n".join("\t".join(row) for row in register("F")), "utf-16"
    )
    service(folder / "dong-bo.json")
    services = [["Mã dịch vụ công", "Mã TTHC", "Đơn vị áp dụng", "Trạng thái", "Người liên hệ"]]
    services.append(["V-0", "1.000001", "Sở Tư pháp", "Đang công khai", person()])
    for x in range(4):
        row = [f"V-{x + 1}", "1.000001", "Sở Tư pháp", "Đang công khai", person()]
        services.append([*row[:x], person(), *row[x + 1 :]])
    workbook(folder / "dich-vu.xlsx", services)
    national = [
        ["Mã TTHC", "Tên TTHC", "Cơ quan thực hiện", "Thời hạn giải quyết", "Người phụ trách"]
    ]
    national.append(["3.000001.000.00.00.H31", "Thủ tục lạ", "Sở Tư pháp", "5 ngày", person()])
    for x, words in enumerate(["", "Thủ tục", "Sở", "3 ngày"]):
        row = [f"3.00001{x}", "Thủ tục lạ", "Sở Tư pháp", "5 ngày", person()]
        texts = kinds() if x == 0 else within(words)
        national += [[*row[:x], text, *row[x + 1 :]] for text in texts]
    workbook(folder / "CSDL quốc gia.xlsx", national)
    (folder / "ghi chú Hoàng Lan.txt").write_text(person(), "utf-8")


@pytest.mark.parametrize(
    ("text", "has"),
    [
        *((text, True) for text in within("Khai sinh")),
        ("Lê A, 098.765.4321", True), ("Lê A 0987.65.43.21", True), ("CCCD 033 112 000 111", True),
        ("SĐT84987654321", True), ("gửi a.b@c.vn", True), ("0987\u00a0654\u00a0321", True),
        ("Đăng ký khai sinh (1.001193.000.00.00.H31)", False), ("Mã 000.00.17.22.H31-220905-0001", False),
        ("Vốn từ 300.000.000 đồng đến 84.500.000.000 đồng", False), ("34/QĐ-UBND ngày 05/09/2022", False),
        ("Thông tư 02/2020/TT-VPCP, mẫu 01-02-2022", False), ("tinh;huyen;xa", False), (PERIOD, False),
    ],
)  # fmt: skip
def test_a_number_of_somebody_within_a_text_is_told_from_other_numbers(text, has):
    assert bool(re.search(WITHIN_TEXT, text)) == has


# ------------------------------------------------------------------------------------------ search


def plain(text: str) -> str:
    """A text as NEEDLES are written: no accents, no case, no spelling of HTML, addresses or JSON."""
    text = re.sub(r"\\u([0-9a-fA-F]{4})", lambda code: chr(int(code[1], 16)), text)
    text = html.unescape(urllib.parse.unquote(text))
    text = without_accents(unicodedata.normalize("NFC", text)).casefold()
    return re.sub(r"[\s_\u00a0]+", " ", re.sub(r"<[^>]*>|[\u200b\u00ad]", "", text) + " " + text)


def texts_of(name: str, content: bytes):
    """All texts in the bytes of a file: as they are, unpacked, and as readers show them."""
    yield name
    yield content.decode("utf-8", "replace")
    if b"\0" in content:
        yield content.decode("utf-16", "replace")
    if name.endswith(".parquet"):
        yield pd.read_parquet(io.BytesIO(content)).to_csv()
    if name.endswith(".gz"):
        yield from texts_of(name[:-3], gzip.decompress(content))
    if content.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            for one in archive.namelist():
                yield from texts_of(one, archive.read(one))
    if content.startswith(b"%PDF"):
        reader = PdfReader(io.BytesIO(content))
        yield str(reader.metadata)
        yield from (one.extract_text() for one in reader.pages)
        for packed in re.findall(rb"stream\r?\n(.*?)\r?\nendstream", content, re.S):
            with suppress(zlib.error):
                yield zlib.decompress(packed).decode("latin-1")


def found(needles, files):
    """File -> what of the needles is in it."""
    told = {}
    for path in files:
        hits = {
            hit.group(0)
            for text in texts_of(path.name, path.read_bytes())
            for hit in needles.finditer(plain(text))
        }
        if hits:
            told[path.name] = sorted(hits)[:5]
    return told


@pytest.fixture(scope="module")
def month(tmp_path_factory):
    """A project whose month is full of canaries after all that is done with it: the project, the folder
    of temporary files, and what was said on the terminal, by command."""
    project = make_project(tmp_path_factory.mktemp("canaries") / "project")
    records, scratch = project / "data" / PERIOD, project.parent / "tmp"
    write_records(records)
    scratch.mkdir()
    say = {}
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TMPDIR", str(scratch))
        for name, *more in (
            ["check"],
            ["measure", "--records", records, "--out", project / "c.csv", "--also", project / "a.csv"],
            ["report", "--unit", UNIT],
            ["cases", "--unit", UNIT, "--indicator", "5", "--out", project / "cases.xlsx"],
            ["explain", "--unit", UNIT],
            ["history"],
        ):  # fmt: skip
            done = run_chiso(name, "--period", PERIOD, *more, project=project)
            assert done.returncode == 0, done.stderr
            say[name] = done.stdout + done.stderr
    return project, scratch, say


def written(project):
    """All files but those that were handed in and the workbook of rows set aside."""
    records = project / "data" / PERIOD
    outside = (project / name for name in ("notebooks", "params", "data/samples"))
    shipped = {path for folder in outside for path in folder.rglob("*")}
    return [
        path
        for path in project.rglob("*")
        if path.is_file() and records not in path.parents and path not in shipped
    ]


def test_the_canaries_are_looked_for_as_they_may_be_written():
    """What the search must find."""
    one, two = "Bí Mật Yến7", "0987650007"
    for text in (
        one, unicodedata.normalize("NFD", one), one.upper(), "BI MAT YEN7", html.escape(one),
        one.encode("ascii", "xmlcharrefreplace").decode(), json.dumps(one), urllib.parse.quote(one),
        one.replace(" ", "_"), two, "0987.65 0007", "Bí&nbsp;Mật <b>Yến7</b>", "yen7@kin.vn", "BiMatYen7", "033112000007",
    ):  # fmt: skip
        assert NEEDLES.search(plain(text)), text


def test_good_rows_count_and_canaries_are_set_aside(month):
    """The month is no empty one: nothing is found because nothing was read."""
    project, _scratch, say = month
    (aside,) = (project / "data" / PERIOD / "set-aside").iterdir()
    assert len(found(NEEDLES, [aside])) == 1
    held = load_records(project / "data" / PERIOD, load_tree("hung-yen-2022"))
    accepted = {name: table.to_pandas() for name, table in held.tables.items()}
    assert {"A-0", "B-0", "D-0", "E-0", "F-0", "J-1", "C-0", "P-0"} <= set(
        accepted["dossiers"].dossier_id
    )
    assert set(accepted) == set(TABLES)
    for name, table in accepted.items():
        assert len(table), name
        assert not NEEDLES.search(plain(table.to_csv())), name
    counted = held.counts.set_index(["table", "file"])
    assert (counted["rows_in"] == counted["accepted"] + counted["set_aside"]).all()
    assert "Hồ sơ: " in say["check"] and "due_at" not in say["check"]


def test_every_known_column_of_every_source_is_in_an_export():
    """A source that is described later needs its canaries here."""
    assert {name for system in load_systems() for name in system.tables} <= set(ROWS)
    files = {system.file for system in load_systems() if system.tables}
    assert files == {
        "set-aside", "", "params/sources/bang-chuan.yml", "params/sources/csdlqg-tthc.yml",
        "params/sources/dich-vu-cong.yml",
        "params/sources/dong-bo-ho-so.yml", "params/sources/so-theo-doi.yml",
    }  # fmt: skip
    for name, good in ROWS.items():
        assert set(good) <= {column.name for column in TABLES[name].columns}


def test_no_canary_is_in_any_file_or_word_but_the_workbook_of_rows_set_aside(month):
    project, scratch, say = month
    files = written(project)
    kinds_of = {path.suffix for path in files}
    assert {".html", ".pdf", ".docx", ".xlsx", ".svg", ".json", ".csv", ".parquet"} <= kinds_of
    assert found(NEEDLES, files) == {}
    assert found(NEEDLES, [path for path in scratch.rglob("*") if path.is_file()]) == {}
    for command, told in say.items():
        assert NEEDLES.findall(plain(told)) == [], command


def test_names_of_files_and_sheets_stay_with_the_analyst(month):
    """They are told on the terminal and kept in the store, which are the analyst's, and nowhere else."""
    project, _scratch, say = month
    assert "Hoàng Lan" in say["check"]
    store = project / "data/store"
    assert found(OF_FILES, [p for p in written(project) if store not in p.parents]) == {}
