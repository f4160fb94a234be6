"""The corpus of hostile files of records: what an office may hand in, broken or made to harm."""

from __future__ import annotations

import gzip
import re
from collections.abc import Callable

import exports
import pandas as pd
import pyarrow as pa
from hostile_bytes import (
    HEADER,
    LAUGHS,
    ROW,
    SECRET,
    changed_part,
    chart_only,
    far_below,
    locked,
    many_sheets,
    noisy_parquet,
    odd_style,
    page,
    parquet,
    records_of,
    repeated_ods,
    sheet_with,
    swollen,
    with_entities,
    xls,
    xlsx,
    xml_2003,
    zipped,
)

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
    "entities that grow without end in a workbook": (
        "so.xlsx",
        lambda: with_entities(
            "xl/workbook.xml", b"<workbook", LAUGHS, (b'name="Sheet1"', b'name="&j;"')
        ),
        "",
    ),
    "an entity that is a file of the machine, as a sheet's name": (
        "so.xlsx",
        lambda: with_entities(
            "xl/workbook.xml", b"<workbook", SECRET, (b'name="Sheet1"', b'name="&a;"')
        ),
        "",
    ),
    "an entity that is a file of the machine, in a cell": (
        "so.xlsx",
        lambda: with_entities(
            "sheet1",
            b"<worksheet",
            SECRET,
            (
                b"</sheetData>",
                b'<row r="99"><c r="B99" t="inlineStr"><is><t>&a;</t></is></c></row></sheetData>',
            ),
        ),
        "",
    ),
    "XML of 2003 whose entities grow without end": (
        "so.xls",
        lambda: xml_2003(b"<Row><Cell><Data>&j;</Data></Cell></Row>", LAUGHS),
        "",
    ),
    "XML of 2003 with an entity that is a file of the machine": (
        "so.xls",
        lambda: xml_2003(b"<Row><Cell><Data>&a;</Data></Cell></Row>", SECRET),
        "",
    ),
    "XML of 2003 whose cells span a million columns": (
        "so.xls",
        lambda: xml_2003(b"<Row>" + b'<Cell ss:MergeAcross="999999"/>' * 2000 + b"</Row>"),
        "hỏng",
    ),
    "XML of 2003 whose cells stand in the last corner": (
        "so.xls",
        lambda: xml_2003(
            b"".join(
                b'<Row ss:Index="%d"><Cell ss:Index="1000000"/></Row>' % (i * 1000)
                for i in range(1, 1000)
            )
        ),
        "hỏng",
    ),
    "a page whose cells span a million others": (
        "so.xls",
        lambda: b"<html><table><tr>" + b"<td rowspan=1000 colspan=1000>x</td>" * 200,
        "hỏng",
    ),
    "a page of tables in tables": ("so.xls", lambda: b"<html>" + b"<table><tr><td>" * 5_000, ""),
    "a page deeper than any": (
        "so.xls",
        lambda: b"<html>" + b"<div>" * 100_000 + b"<table><tr><td>x</td></tr></table>",
        "",
    ),
    "a page in an encoding that hides tags": (
        "so.xls",
        lambda: b"<html><meta charset=utf-7><table><tr><td>+ADw-script+AD4-</td></tr></table>",
        "",
    ),
    "a page in no encoding": (
        "so.xls",
        lambda: b"<html><meta charset=rot13><table><tr><td>\xff</td></tr></table>",
        "Unicode",
    ),
    "parts within parts without end": (
        "so.xls",
        lambda: (
            b'MIME-Version: 1.0\nContent-Type: multipart/related; boundary="x"\n\n'
            + b'--x\nContent-Type: multipart/related; boundary="x"\n\n' * 300
        ),
        "",
    ),
    "a saved page that is no base64": (
        "so.xls",
        lambda: (
            b"MIME-Version: 1.0\nContent-Type: text/html; charset=nothing\n"
            b"Content-Transfer-Encoding: base64\n\n!!!!"
        ),
        "",
    ),
    "a quote that never ends": ("so.csv", lambda: b'a;b\n"' + b"x" * 500_000, "131072"),
    "a line of a million cells": ("so.csv", lambda: b"a," * 1_000_000, ""),
    "UTF-16 without its mark": (
        "so.csv",
        lambda: (HEADER.decode() + ROW).encode("utf-16-le"),
        "",
    ),
    "UTF-16 cut within a letter": (
        "so.csv",
        lambda: (HEADER.decode() + ROW).encode("utf-16")[:-1],
        "Unicode",
    ),
    "UTF-32": ("so.csv", lambda: (HEADER.decode() + ROW).encode("utf-32"), ""),
    "packed text": ("dossiers.csv", lambda: gzip.compress(HEADER + ROW.encode()), ""),
    "a number of 100,000 digits": (
        "a.json",
        lambda: b'[{"MaHoSo": ' + b"9" * 100_000 + b"}]",
        "JSON",
    ),
    "JSON that is a text": ("a.json", lambda: b'"[{}]"', ""),
    "a hundred thousand empty records": (
        "a.json",
        lambda: b"[" + b"{}," * 100_000 + b"{}]",
        "MaHoSo",
    ),
    "Parquet of nothing but its mark": ("dossiers.parquet", lambda: b"PAR1PAR1", ""),
    "Parquet that lies about its footer": (
        "dossiers.parquet",
        lambda: parquet()[:-8] + b"\xff\xff\xff\x7fPAR1",
        "",
    ),
    "Parquet called CSV, of another table": ("so.csv", parquet, "Đặt tên tệp"),
    "CSV called Parquet": ("dossiers.parquet", lambda: HEADER + ROW.encode(), ""),
    "one cell that stands for a whole sheet": ("so.ods", repeated_ods, ""),
    "two hundred sheets of nothing": ("so.xlsx", many_sheets, "Không tìm thấy bảng"),
    "a text that is not in the list of texts": (
        "so.xlsx",
        lambda: sheet_with(b'<row r="99"><c r="A99" t="s"><v>99999999</v></c></row>'),
        "",
    ),
    "a place that is none": (
        "so.xlsx",
        lambda: sheet_with(b'<row r="0"><c r="0"><v>1</v></c><c r="ZZZZ1"><v>1</v></c></row>'),
        "",
    ),
    "a name that clears the screen": ("dossiers-\x1b[2J.csv", lambda: HEADER + b"\xff\n", ""),
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
    "much room in few bytes": ("so.xlsx", swollen, 3, 3),
    "a sheet that says it is as large as can be": (
        "so.xlsx",
        lambda: changed_part(
            "sheet1",
            lambda x: re.sub(b'<dimension ref="[^"]*"/>', b'<dimension ref="A1:XFD1048576"/>', x),
            xlsx(),
        ),
        3,
        3,
    ),
    "a quote that never ends in a table of the contract": (
        "dossiers.csv", lambda: HEADER + b'"A-1,1.000001,323,4,\n' * 101, 101, 0,
    ),
    "orders to the terminal": ("dossiers.csv", lambda: HEADER + b"A\x1b[31m-1,1.000001,\x1b]0;x\x07,4,\n", 1, 0),
    "letters that turn the line round": (
        "dossiers.csv", lambda: HEADER + "A\u202e-1,1.000001,323,4,\n".encode(), 1, 0,
    ),
    "an id of 100,000 letters": ("dossiers.csv", lambda: HEADER + b"A" * 100_000 + b",1.000001,323,4,\n", 1, 0),
    "sixty columns": (
        "dossiers.csv",
        lambda: HEADER[:-1] + b",c" * 60 + b"\n" + ROW[:-1].encode() + b",1" * 60 + b"\n",
        1,
        1,
    ),
    "numbers that JSON does not have": (
        "a.json", lambda: records_of({})[:-2] + b', "x": NaN, "y": -Infinity}]', 1, 1,
    ),
    "a field twice": ("a.json", lambda: records_of({})[:-2] + b', "MaHoSo": "z-9"}]', 1, 1),
    "Parquet called CSV": ("dossiers.csv", parquet, 1, 1),
    "a workbook without a macro that says it has some": ("so.xlsm", xlsx, 3, 3),
}  # fmt: skip
