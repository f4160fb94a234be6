"""The forms of files in which tables are found: each read as Excel shows it, or refused by name."""

import json
import shutil
import zipfile
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from html import escape

import exports
import pandas as pd
import pytest

from chiso.sources.grids import kind_of
from chiso.sources.records import load_records

TREE = exports.tree()
HEAD = [
    "STT",
    "Mã hồ sơ",
    "Tên thủ tục",
    "Chủ hồ sơ",
    "Ngày tiếp nhận",
    "Ngày hẹn trả",
    "Đơn vị xử lý",
]
ROWS = [
    ["1", "A-1", "Đăng ký khai sinh", exports.NAME, "05/09/2022 08:00", "13/09/2022 17:00", "UBND TP. Hưng Yên"],
    ["2", "A-2", "Cấp phiếu lý lịch tư pháp", exports.NAME, "06/09/2022 09:30", "14/09/2022 17:00", "Sở Tư pháp"],
]  # fmt: skip
READ = [
    ["A-1", "1.000001", "323", "2022-09-05 08:00", "2022-09-13 17:00"],
    ["A-2", "1.000002", "so-tu-phap", "2022-09-06 09:30", "2022-09-14 17:00"],
]
SHEETS = "urn:schemas-microsoft-com:office:spreadsheet"


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "procedures.csv").write_text(exports.PROCEDURES, encoding="utf-8")
    return tmp_path


def read(folder):
    records = load_records(folder, TREE)
    assert records.set_aside.empty, records.set_aside.to_string()
    table = records.tables["dossiers"].to_pandas().sort_values("dossier_id")
    for name in ("received_at", "due_at"):
        table[name] = table[name].dt.strftime("%Y-%m-%d %H:%M")
    return table[["dossier_id", "procedure_id", "unit", "received_at", "due_at"]].values.tolist()


def cells(row, tag="td", blank=" "):
    return "".join(f"<{tag}>{escape(cell).replace(' ', blank)}</{tag}>" for cell in row)


def page(rows=ROWS, blank=" ", head="<meta charset=utf-8>", extra=""):
    body = "".join(f"<tr>{cells(row, blank=blank)}{extra}</tr>" for row in rows)
    return (
        f"<html><head>{head}</head><body><table><tr>{cells(HEAD, 'th', blank)}</tr>{body}</table>"
        "</body></html>"
    )


def xml_2003():
    def cell(text, attributes=""):
        return f'<Cell {attributes}><Data ss:Type="String">{escape(text)}</Data></Cell>'

    head = '<Row><Cell ss:MergeAcross="6"><Data ss:Type="String">SỔ THEO DÕI</Data></Cell></Row>'
    head += '<Row ss:Index="4">' + "".join(map(cell, HEAD)) + "</Row>"
    number, *texts = ROWS[0]
    moment = "2022-09-05T08:00:00.000"
    first = f'<Row><Cell><Data ss:Type="Number">{number}</Data></Cell>'
    first += "".join(map(cell, texts[:2]))
    first += f'<Cell ss:Index="5"><Data ss:Type="DateTime">{moment}</Data></Cell>'
    first += "".join(map(cell, texts[4:])) + "</Row>"
    second = "<Row>" + "".join(map(cell, ROWS[1])) + "</Row>"
    return (
        f'<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?><Workbook xmlns="{SHEETS}"'
        f' xmlns:ss="{SHEETS}"><Worksheet ss:Name="Sổ"><Table>{head}{first}{second}</Table>'
        "</Worksheet></Workbook>"
    )


def mhtml():
    message = MIMEMultipart("related")
    message.attach(MIMEText(page(), "html", "utf-8"))
    return message.as_string()


def lines(delimiter, text="Đăng ký khai sinh"):
    rows = [HEAD, *([*row[:2], text if row is ROWS[0] else row[2], *row[3:]] for row in ROWS)]
    return "\r\n".join(delimiter.join(row) for row in rows) + "\r\n"


def in_1258(text):
    """As programs of Windows write Vietnamese: letters, and tones as marks of their own."""
    import unicodedata

    written = b""
    for letter in text:
        try:
            written += letter.encode("cp1258")
        except UnicodeEncodeError:
            base, tone = (
                unicodedata.normalize("NFD", letter)[0],
                unicodedata.normalize("NFD", letter)[1:],
            )
            tones = [mark for mark in tone if mark in "\u0300\u0301\u0303\u0309\u0323"]
            kept = unicodedata.normalize("NFC", base + "".join(m for m in tone if m not in tones))
            written += (kept + "".join(tones)).encode("cp1258")
    return written


FORMS = {
    "XML of 2003": ("so.xls", xml_2003().encode()),
    "MHTML": ("so.xls", mhtml().encode()),
    "breaks in headers and cells": ("so.xls", page(blank="<br/>").encode()),
    "paragraphs in cells": ("so.xls", page(blank="</p><p>").encode()),
    "a table around": ("so.xls", f"<table><tr><td>SỔ</td></tr><tr><td>{page()}</td></tr></table>".encode()),
    "a table in a cell": (
        "so.xls", page(extra="<td><table><tr><td>Bước 1</td></tr></table></td>").encode()
    ),
    "windows-1258": ("so.xls", in_1258(page(head="<meta charset='windows-1258'>"))),
    "semicolons": ("so.csv", lines(";").encode("utf-8-sig")),
    "a line that names the delimiter": ("so.csv", b"\xef\xbb\xbfsep=;\r\n" + lines(";").encode()),
    "UTF-16 with tabs": ("so.csv", lines("\t").encode("utf-16")),
    "text of Excel": ("so.txt", lines("\t").encode("utf-16")),
}  # fmt: skip


@pytest.mark.parametrize(("name", "content"), FORMS.values(), ids=FORMS)
def test_every_form_tells_the_same_dossiers(folder, name, content):
    (folder / name).write_bytes(content)
    assert read(folder) == READ


def test_commas_in_texts_do_not_divide_lines_with_semicolons(folder):
    long = "Đăng ký, cấp, đổi, sửa, thu hồi, gia hạn, giấy, tờ, thẻ, sổ"
    (folder / "procedures.csv").write_text(
        f'procedure_id,name\n1.000001,"{long}"\n1.000002,Cấp phiếu lý lịch tư pháp\n'
    )
    (folder / "so.csv").write_text(lines(";", long), encoding="utf-8-sig")
    assert read(folder) == READ


def test_a_comma_above_the_table_and_in_every_row_divides_nothing(folder):
    place = ", tỉnh Hưng Yên"
    rows = [f"UBND TP. HƯNG YÊN{place}", *lines(";").splitlines()]
    text = "\r\n".join([*rows[:2], *(f"{row}{place}" for row in rows[2:])])
    (folder / "so.csv").write_text(text, encoding="utf-8-sig")
    assert [row[0] for row in read(folder)] == ["A-1", "A-2"]


@pytest.mark.parametrize("ending", ["ods", "xlsb"])
def test_what_calamine_reads_is_read(folder, ending):
    """A spreadsheet of LibreOffice; and a workbook whose ending says another form than it has."""
    if ending == "ods":
        save_ods(folder / "so.ods", [HEAD, *ROWS])
    else:
        shutil.move(exports.save_xlsx(folder / "so.xlsx", {"S": [HEAD, *ROWS]}), folder / "so.xlsb")
    assert read(folder) == READ


def save_ods(path, rows):
    body = "".join(
        "<table:table-row>" + "".join(
            f'<table:table-cell office:value-type="string"><text:p>{escape(cell)}</text:p></table:table-cell>'
            for cell in row
        ) + "</table:table-row>"
        for row in rows
    )  # fmt: skip
    spaces = " ".join(
        f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
        for name in ("office", "table", "text")
    )
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    content = (
        f"<office:document-content {spaces}><office:body><office:spreadsheet>"
        f'<table:table table:name="S">{body}</table:table></office:spreadsheet></office:body>'
        "</office:document-content>"
    )
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("mimetype", kind)
        archive.writestr("META-INF/manifest.xml", "<manifest/>")
        archive.writestr("content.xml", content)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("<fills", "<odd><fills"),
        ('<family val="2"', '<family val="99"'),
        ("<fill>", "<fill/><fill>"),
    ],
)
def test_styles_that_other_readers_refuse_say_nothing_of_formulas(folder, old, new):
    path = exports.save_xlsx(
        folder / "a.xlsx", {"S": [HEAD, *ROWS, ["=ROW()", "", "x", "", "", "", ""]]}
    )
    with zipfile.ZipFile(path) as whole, zipfile.ZipFile(folder / "so.xlsx", "w") as changed:
        for name in whole.namelist():
            content = whole.read(name)
            if name == "xl/styles.xml":
                content = content.replace(old.encode(), new.encode())
            changed.writestr(name, content)
    path.unlink()
    records = load_records(folder, TREE)
    assert records.tables["dossiers"].count().execute() == 2


def test_the_agency_may_stand_above_the_table_of_a_page(folder):
    """In a line of text, or in a table of its own; two tables, each with its own agency."""
    own = [row[:-1] for row in ROWS]

    def table(row):
        return f"<table><tr>{cells(HEAD[:-1], 'th')}</tr><tr>{cells(row)}</tr></table>"

    text = (
        f"<h3>UBND THÀNH PHỐ HƯNG YÊN</h3>{table(own[0])}"
        f"<table><tr><td>UBND TỈNH</td><td>CỘNG HÒA</td></tr><tr><td>SỞ TƯ PHÁP</td></tr></table>"
        f"{table(own[1])}"
    )
    (folder / "so.xls").write_text(f"<html><meta charset=utf-8><body>{text}", encoding="utf-8")
    assert read(folder) == READ


def test_the_fields_of_a_service_in_other_letters_are_the_same(folder):
    def renamed(value):
        if isinstance(value, list):
            return [renamed(one) for one in value]
        if isinstance(value, dict):
            return {key[0].lower() + key[1:]: renamed(one) for key, one in value.items()}
        return value

    records = [exports.service_record(one) for one in exports.DOSSIERS]
    for name, content in (("a.json", records), ("b.json", renamed(records))):
        (folder / name).write_text(json.dumps({"data": content}), encoding="utf-8")
        table = load_records(folder, TREE).tables["dossiers"].to_pandas()
        if name == "a.json":
            first = table
        (folder / name).unlink()
    pd.testing.assert_frame_equal(table, first)
    assert table["reused"].all() and table["fee_total"].tolist() == [8000] * 3


def test_messages_of_another_kind_are_named_and_no_rows(folder):
    one = exports.service_record(exports.DOSSIERS[0])
    log = [
        {"service": "DongBoHoSoMC", "data": [one]},
        {"service": "CapNhatTienDoHoSoMC", "data": [{"MaHoSo": one["MaHoSo"], "NguoiXuLy": exports.NAME}]},
    ]  # fmt: skip
    (folder / "a.json").write_text(json.dumps(log), encoding="utf-8")
    (folder / "b.json").write_text(json.dumps(log[1]), encoding="utf-8")
    records = load_records(folder, TREE)
    assert records.set_aside.empty and len(records.tables["dossiers"].to_pandas()) == 1
    told = {remark.file: remark.text for remark in records.remarks}
    assert set(told) == {"a.json", "b.json"} and "CapNhatTienDoHoSoMC" in told["b.json"]
    assert exports.NAME not in str(records.remarks)


def test_a_note_beside_the_records_is_told_and_stops_nothing(folder):
    (folder / "so.csv").write_text(lines(","), encoding="utf-8")
    (folder / "đọc tôi.txt").write_text("Số liệu tháng 9, lấy ngày 03/10/2022", encoding="utf-8")
    assert read(folder) == READ
    assert "đọc tôi.txt" in {remark.file for remark in load_records(folder, TREE).remarks}


def test_kinds_are_told_by_how_a_file_begins(tmp_path):
    for (name, content), kind in {
        FORMS["XML of 2003"]: "xml2003",
        FORMS["MHTML"]: "mhtml",
        FORMS["windows-1258"]: "html",
        FORMS["UTF-16 with tabs"]: "text",
    }.items():
        (tmp_path / name).write_bytes(content)
        assert kind_of(tmp_path / name) == kind
