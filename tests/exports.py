"""Exports as one-stop systems give them, made for tests: the same dossiers in every kind of form.

People in them are invented; none of their data may ever be found behind the reader (PERSONAL).
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from html import escape
from pathlib import Path
from typing import Any

import openpyxl
import xlwt

from chiso.rules.units import Tree, load_tree

PERSONAL = (
    "Nguyễn Thị Bí Mật",
    "0912345678",
    "033112000111",
    "bimat@example.vn",
    "Xóm Kín",
    "Xin cấp giấy của riêng tôi",
)
NAME, PHONE, IDENTITY, EMAIL, ADDRESS, SUBJECT = PERSONAL
# Two agencies with identification codes, and a commune name that stands in two districts.
CODES = {"323": "000.01.23.H31", "so-tu-phap": "000.07.22.H31"}
PROCEDURES = "procedure_id,name\n1.000001,Đăng ký khai sinh\n1.000002,Cấp phiếu lý lịch tư pháp\n"


@dataclass(frozen=True)
class Dossier:
    """What an export tells of a dossier."""

    id: str
    procedure: str
    agency: str
    received: str
    due: str
    returned: str


DOSSIERS = (
    Dossier(
        "000.01.23.H31-220905-0001",
        "Đăng ký khai sinh",
        "UBND TP. Hưng Yên",
        "05/09/2022 08:00:00",
        "09/09/2022 17:00:00",
        "07/09/2022 10:30:00",
    ),
    Dossier(
        "000.01.23.H31-220906-0002",
        "Đăng ký khai sinh",
        "UBND TP. Hưng Yên",
        "06/09/2022 09:00:00",
        "",
        "",
    ),
    Dossier(
        "000.07.22.H31-220907-0001",
        "CẤP PHIẾU  LÝ LỊCH TƯ PHÁP",
        "Sở tư pháp",
        "07/09/2022 14:05:00",
        "20/09/2022 17:00:00",
        "21/09/2022 08:00:00",
    ),
)
# dossier_id, procedure_id, unit, status, received_at, due_at, returned_at
READ = [
    ["000.01.23.H31-220905-0001", "1.000001", "323", 10, "2022-09-05 08:00", "2022-09-09 17:00", "2022-09-07 10:30"],
    ["000.01.23.H31-220906-0002", "1.000001", "323", 4, "2022-09-06 09:00", None, None],
    ["000.07.22.H31-220907-0001", "1.000002", "so-tu-phap", 10, "2022-09-07 14:05", "2022-09-20 17:00", "2022-09-21 08:00"],
]  # fmt: skip


def tree() -> Tree:
    """Hưng Yên in 2022, two of its agencies with identification codes."""
    held = load_tree("hung-yen-2022")
    units = tuple(replace(unit, identification=CODES.get(unit.code)) for unit in held.units)
    return replace(held, units=units)


def printed(dossiers: tuple[Dossier, ...] = DOSSIERS, numbers: bool = True) -> list[list[str]]:
    """Rows of the printed register, its header of two rows; the cells of MERGED are merged."""
    rows: list[list[str]] = [
        ["UBND TỈNH HƯNG YÊN", "", "", "", "", "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"],
        ["TRUNG TÂM PHỤC VỤ HÀNH CHÍNH CÔNG", "", "", "", "", "Độc lập - Tự do - Hạnh phúc"],
        [],
        ["SỔ THEO DÕI HỒ SƠ"],
        ["TT", "Mã hồ sơ", "Tên TTHC", "Tên cá nhân, tổ chức", "Địa chỉ, số điện thoại",
         "Cơ quan chủ trì giải quyết", "Ngày, tháng, năm", "", "", "Phương thức nhận kết quả", "Ký nhận"],
        ["", "", "", "", "", "", "Nhận hồ sơ", "Hẹn trả kết quả", "Trả kết quả", "", ""],
    ]  # fmt: skip
    if numbers:
        rows.append([str(number) for number in range(1, 12)])
    rows += [
        [str(number), one.id, one.procedure, NAME, f"{ADDRESS}, {PHONE}", one.agency,
         one.received, one.due, one.returned, "Trực tiếp", NAME]
        for number, one in enumerate(dossiers, start=1)
    ]  # fmt: skip
    return [
        *rows,
        ["Tổng cộng:", f"{len(dossiers)} hồ sơ"],
        [],
        ["", "NGƯỜI LẬP SỔ", "", "", "", "", "THỦ TRƯỞNG ĐƠN VỊ"],
        ["", "(Ký, ghi rõ họ tên)", "", "", "", "", "(Ký, đóng dấu)"],
        ["", "", "", "", "", "", NAME],
    ]


MERGED = ("A1:E1", "A4:K4", "A5:A6", "B5:B6", "C5:C6", "D5:D6", "E5:E6", "F5:F6", "G5:I5", "J5:J6", "K5:K6")  # fmt: skip


def template(dossiers: tuple[Dossier, ...] = DOSSIERS) -> list[list[str]]:
    """The register from a template: tags above the table, no column of the agency."""
    head = ["STT", "Mã hồ sơ", "Trích yếu hồ sơ", "Tên thủ tục", "Số bộ hồ sơ", "Chủ hồ sơ", "Địa chỉ",
            "Số điện thoại", "Ngày tiếp nhận", "Ngày hẹn trả", "Ngày trả", "Người nhận", "Địa bàn"]  # fmt: skip
    return [
        ["TRUNG TÂM PHỤC VỤ HÀNH CHÍNH CÔNG TỈNH HƯNG YÊN"],
        ["Từ ngày 01/09/2022 đến ngày 30/09/2022"],
        ["Trạng thái hồ sơ: Tất cả"],
        head,
        *(
            [str(number), one.id, SUBJECT, one.procedure, "1", NAME, ADDRESS, PHONE, one.received,
             one.due, one.returned, NAME, ADDRESS]
            for number, one in enumerate(dossiers, start=1)
        ),
    ]  # fmt: skip


def older(dossiers: tuple[Dossier, ...] = DOSSIERS) -> list[list[str]]:
    """The register of the older system: one merged cell with line breaks, then the header."""
    return [
        ["SỔ THEO DÕI HỒ SƠ\nTừ ngày: 01/09/2022\nĐến ngày: 30/09/2022"],
        ["STT", "Số hồ sơ", "Thủ tục hành chính", "Họ và tên", "Số CCCD", "Email", "Ngày nhận", "Hạn xử lý", "Ngày trả kết quả"],
        *(
            [str(number), one.id, one.procedure, NAME, IDENTITY, EMAIL, one.received, one.due, one.returned]
            for number, one in enumerate(dossiers, start=1)
        ),
    ]  # fmt: skip


def save_xlsx(path: Path, sheets: dict[str, list[list[Any]]], merged: tuple[str, ...] = ()) -> Path:
    """Sheets as a workbook of today; every sheet has the merged cells."""
    workbook = openpyxl.Workbook()
    workbook.remove(workbook.active)
    for name, rows in sheets.items():
        sheet = workbook.create_sheet(name)
        for row in rows:
            sheet.append([None if cell == "" else cell for cell in row])
        for cells in merged:
            sheet.merge_cells(cells)
    workbook.save(path)
    return path


def save_xls(path: Path, sheets: dict[str, list[list[str]]]) -> Path:
    """Sheets as a workbook of Excel 97."""
    workbook = xlwt.Workbook()
    for name, rows in sheets.items():
        sheet = workbook.add_sheet(name)
        for y, row in enumerate(rows):
            for x, cell in enumerate(row):
                if cell != "":
                    sheet.write(y, x, cell)
    workbook.save(str(path))
    return path


def save_html(path: Path, rows: list[list[str]], bare: bool = False) -> Path:
    """Rows of the printed register as the page that is called .xls; `bare`: no word of UTF-8."""
    header = [
        "<tr>" + "".join(f"<th rowspan=2>{escape(cell)}</th>" for cell in rows[4][:6])
        + "<th colspan='3'>Ngày, tháng, năm</th>"
        + "".join(f"<th rowspan='2'>{escape(cell)}</th>" for cell in rows[4][9:]) + "</tr>",
        "<tr>" + "".join(f"<th>{cell}</th>" for cell in rows[5][6:9]) + "</tr>",
    ]  # fmt: skip
    body = [
        "<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>" for row in rows[6:]
    ]
    meta = "" if bare else '<meta http-equiv="Content-Type" content="text/html; charset=utf-8">'
    page = f"<html><head>{meta}</head><body><h3>{rows[3][0]}</h3><table border=1>{''.join(header + body)}</table>"
    path.write_text(page, encoding="utf-8")
    return path


def service_record(one: Dossier, **changes: Any) -> dict[str, Any]:
    """A dossier as the synchronisation service carries it, lists inside."""
    codes = {"Đăng ký khai sinh": "1.000001"}
    return {
        "MaHoSo": one.id,
        "MaTTHC": codes.get(one.procedure, "1.000002"),
        "TenTTHC": one.procedure,
        "KenhThucHien": "2",
        "ChuHoSo": NAME,
        "SoGiayToChuHoSo": IDENTITY,
        "Email": EMAIL,
        "SoDienThoai": PHONE,
        "TrichYeuHoSo": SUBJECT,
        "NgayTiepNhan": one.received,
        "NgayHenTra": one.due,
        "NgayTra": one.returned,
        "TrangThaiHoSo": 10 if one.returned else 4,
        "DonViXuLy": one.agency,
        "HoSoCoThanhPhanSoHoa": "0",
        "TaiLieuNop": [{"TenTepDinhKem": f"{NAME}.pdf", "DuocTaiSuDung": "1", "DuocLayTuKhoDMQG": "0"}],
        "DanhSachLePhi": [{"TenPhiLePhi": "Lệ phí", "Gia": 8000}, {"TenPhiLePhi": "Phí", "Gia": 0}],
        "DanhSachGiayToKetQua": [{"DuongDanTepTinKetQua": "https://x/y.pdf"}] if one.returned else [],
        "DanhSachHoSoBoSung": [
            {"NgayBoSung": "06/09/2022 08:00:00", "NgayTiepNhanBoSung": "07/09/2022 08:00:00"},
            {"NgayBoSung": "05/09/2022 09:00:00", "NgayTiepNhanBoSung": "05/09/2022 10:00:00"},
        ],
        "DSKetNoiCSDL": [{"MaCSDL": "7"}],
        **changes,
    }  # fmt: skip


def save_json(path: Path, dossiers: tuple[Dossier, ...] = DOSSIERS) -> Path:
    """The answer of the service."""
    answer = {"code": "OK", "data": {"items": [service_record(one) for one in dossiers]}}
    path.write_text(json.dumps(answer, ensure_ascii=False), encoding="utf-8")
    return path
