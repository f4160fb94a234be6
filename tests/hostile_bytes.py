"""Bytes of files that nobody would wish for, built when they are asked for: none lies in the project."""

from __future__ import annotations

import io
import json
import re
import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import exports
import msoffcrypto
import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq

HEADER = b"dossier_id,procedure_id,unit,status,received_at\n"
ROW = "A-1,1.000001,323,4,05/09/2022\n"


def saved(name: str, save: Callable[..., Path], *content) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        return save(Path(folder) / name, *content).read_bytes()


def xlsx(rows=None) -> bytes:
    return saved("x.xlsx", exports.save_xlsx, {"Sheet1": rows or exports.printed()})


def xls() -> bytes:
    return saved("x.xls", exports.save_xls, {"Sheet1": exports.printed()})


def page() -> bytes:
    return saved("x.html", exports.save_html, exports.printed())


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


SHEETS = b"urn:schemas-microsoft-com:office:spreadsheet"
# Ten times ten times ten ...: &j; stands for a billion letters.
LAUGHS = b"<!ENTITY a '0123456789'>" + b"".join(
    b"<!ENTITY %c '%s'>" % (98 + i, b"&%c;" % (97 + i) * 10) for i in range(9)
)
SECRET = b"<!ENTITY a SYSTEM 'file:///etc/passwd'>"


def xml_2003(rows: bytes, entities: bytes = b"") -> bytes:
    doctype = b"<!DOCTYPE Workbook [" + entities + b"]>" if entities else b""
    return (
        b'<?xml version="1.0"?>' + doctype + b'<Workbook xmlns="' + SHEETS + b'" xmlns:ss="' + SHEETS
        + b'"><Worksheet ss:Name="S"><Table>' + rows + b"</Table></Worksheet></Workbook>"
    )  # fmt: skip


def with_entities(part: str, root: bytes, entities: bytes, change: tuple[bytes, bytes]) -> bytes:
    """A workbook with a document type of its own in one of its parts, and something changed there."""
    begin = b'<?xml version="1.0"?><!DOCTYPE w [' + entities + b"]>"
    return changed_part(part, lambda x: begin + x[x.index(root) :].replace(*change), xlsx())


def repeated_ods() -> bytes:
    """A spreadsheet of LibreOffice in which one cell stands for all cells of a sheet."""
    spaces = " ".join(
        f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
        for name in ("office", "table", "text")
    )
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("META-INF/manifest.xml", "<manifest/>")
        archive.writestr(
            "content.xml",
            f"<office:document-content {spaces}><office:body><office:spreadsheet>"
            '<table:table table:name="S"><table:table-row table:number-rows-repeated="1048576">'
            '<table:table-cell office:value-type="string" table:number-columns-repeated="16384">'
            "<text:p>x</text:p></table:table-cell></table:table-row></table:table>"
            "</office:spreadsheet></office:body></office:document-content>",
        )
    return buffer.getvalue()


def swollen() -> bytes:
    """A workbook of some kilobytes that unpacks to many megabytes."""
    room = b" " * 60_000_000 + b"</sheetData>"
    big = changed_part("sheet1", lambda xml: xml.replace(b"</sheetData>", room), xlsx())
    buffer = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(big)) as old,
        zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for name in old.namelist():
            new.writestr(name, old.read(name))
    return buffer.getvalue()


def many_sheets() -> bytes:
    return saved("x.xlsx", exports.save_xlsx, {f"S{i}": [["x"]] for i in range(200)})


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
