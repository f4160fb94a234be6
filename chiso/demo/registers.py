"""The demo's dossiers as registers of one-stop systems: a file an agency, in the forms and with the
dirt that such files have; changes if they do.

What a register tells is what the table tells, and nothing more: columns that registers do not have
are left out. Names, numbers and addresses in it are invented.
"""

from __future__ import annotations

import csv
import io
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from html import escape
from pathlib import Path
from typing import Any

import pyarrow as pa
import xlsxwriter

from chiso.demo.dossiers import World
from chiso.rules.units import Tree

Row = dict[str, Any]
Cells = list[Any]
# The day after the month, on which most registers are made; and that of an earlier weekly one.
MADE, EARLIER = datetime(2022, 10, 3), datetime(2022, 9, 26)
HEADINGS = {
    "dossier_id": "Mã hồ sơ",
    "procedure_id": "Tên TTHC",
    "": "Chủ hồ sơ",
    "unit": "Đơn vị xử lý",
    "status": "Trạng thái hồ sơ",
    "channel": "Hình thức nộp",
    "submitted_at": "Ngày nộp",
    "received_at": "Ngày tiếp nhận",
    "due_at": "Ngày hẹn trả",
    "done_at": "Ngày xử lý xong",
    "returned_at": "Ngày trả kết quả",
    "ended_at": "Ngày từ chối",
    "supplement_count": "Số lần bổ sung",
    "supplement_asked_at": "Ngày yêu cầu bổ sung",
    "supplement_done_at": "Ngày bổ sung xong",
    "supplement_hours": "Thời gian chờ bổ sung (giờ)",
    "components_file": "Thành phần hồ sơ điện tử",
    "result_file": "Kết quả điện tử",
    "reused": "Tái sử dụng dữ liệu",
    "paid_online": "Thanh toán trực tuyến",
    "fee_total": "Tổng phí, lệ phí",
    "synced_at": "Ngày đồng bộ",
}
TOLD = tuple(name for name in HEADINGS if name)
_STATUSES = {
    1: ("Mới đăng ký", "Chờ tiếp nhận"),
    2: ("Được tiếp nhận", "ĐÃ TIẾP NHẬN"),
    3: ("Không được tiếp nhận", "Từ chối tiếp nhận"),
    4: ("Đang xử lý", "Đang giải quyết", "Đang\u00a0xử lí"),
    5: ("Yêu cầu bổ sung giấy tờ", "Chờ bổ sung hồ sơ"),
    6: ("Yêu cầu thực hiện nghĩa vụ tài chính", "Chờ nộp phí"),
    7: ("Công dân yêu cầu rút hồ sơ", "Đã rút hồ sơ"),
    8: ("Dừng xử lý", "Tạm dừng"),
    9: ("Đã xử lý xong", "Đã giải quyết xong", "Chờ trả kết quả"),
    10: ("Đã trả kết quả", "Đã trả kết quả ", "Đã trả KQ"),
}
_CHANNELS = {
    1: ("Trực tiếp", "Tại bộ phận một cửa"),
    2: ("Trực tuyến", "Qua mạng", "DVC trực tuyến"),
    3: ("Bưu chính", "Qua BCCI"),
}
_PAID = {0: "Chưa thanh toán", 1: "Cổng Dịch vụ công quốc gia", 2: "Cổng thanh toán địa phương"}
_SIGNATURES = (("", "NGƯỜI LẬP SỔ", "", "", "THỦ TRƯỞNG ĐƠN VỊ"), ("", "(Ký, ghi rõ họ tên)"))


# Rows that one merged cell of the agency spans; a page of a register that names it above its rows.
_SPAN, _BLOCK = 7, 25


@dataclass(frozen=True)
class Register:
    """What an agency hands in: its name as its software writes it, the district's, and its rows.

    `sections`: the agency stands in rows of its own between the others and nowhere else. `spanned`:
    it stands in cells merged over some rows each.
    """

    stem: str
    name: str
    above: str
    header: list[str]
    dossiers: list[Cells]
    sections: bool = False
    spanned: bool = False

    @property
    def title(self) -> list[str]:
        """The lines above the table."""
        return [
            self.above.upper(),
            "TRUNG TÂM PHỤC VỤ HÀNH CHÍNH CÔNG" if self.sections else self.name.upper(),
            "SỔ THEO DÕI HỒ SƠ",
            "Từ ngày 01/07/2022 đến ngày 30/09/2022",
        ]

    @property
    def rows(self) -> list[Cells]:
        """The rows below the header: the dossiers, and the agency above each block of them."""
        if not self.sections:
            return self.dossiers
        starts = range(0, len(self.dossiers), _BLOCK)
        blocks = ([[self.name], *self.dossiers[start : start + _BLOCK]] for start in starts)
        return [row for block in blocks for row in block]

    @property
    def spans(self) -> list[tuple[int, int]]:
        """First and last row of each merged cell of the agency."""
        starts = range(0, len(self.dossiers), _SPAN) if self.spanned else ()
        return [(start, min(start + _SPAN, len(self.dossiers)) - 1) for start in starts]

    @property
    def agency_at(self) -> int:
        """Which column the merged cells stand in."""
        return self.header.index(HEADINGS["unit"])

    @property
    def drawn(self) -> list[Cells]:
        """The rows, merged cells written once."""
        rows = [list(row) for row in self.rows]
        for first, last in self.spans:
            for row in rows[first + 1 : last + 1]:
                row[self.agency_at] = ""
        return rows


def write_registers(folder: Path, table: pa.Table, world: World) -> int:
    """Write a register for every unit of the tree, some with an earlier one beside it; returns the
    number of files."""
    names = dict(zip(world.procedures.ids, world.procedures.names, strict=True))
    tree = world.agencies.tree
    rows: dict[str, list[Row]] = {unit.code: [] for unit in tree.units}
    for row in table.to_pylist():
        rows[row["unit"]].append(row)
    files = 0
    for number, unit in enumerate(tree.units):
        form = _FORMS[number % len(_FORMS)]
        for stem, held in _exports(unit.code, rows[unit.code], twice=number % 7 == 0):
            form(folder / stem, _register(stem, held, tree, unit.code, names, number))
            files += 1
    return files


def _exports(code: str, rows: list[Row], twice: bool) -> Iterator[tuple[str, list[Row]]]:
    """The file of the month; of some agencies also that of the week before, with the states of then."""
    if twice:
        early = [
            _as_it_was(row) for row in rows if row["received_at"] and row["received_at"] < EARLIER
        ]
        yield f"Sổ {code}_{EARLIER:%Y_%m_%d}", early
    yield f"Sổ {code}_{MADE:%Y_%m_%d}", rows


def _as_it_was(row: Row) -> Row:
    """A dossier as an export of the week before tells it: what ended later is still being handled."""
    later = [name for name in _MOMENTS if row[name] and row[name] >= EARLIER and name != "due_at"]
    ended = {"done_at", "returned_at", "ended_at"} & set(later)
    return row | dict.fromkeys(later) | ({"status": 4} if ended else {})


_MOMENTS = tuple(name for name in TOLD if name.endswith("_at"))


def _register(
    stem: str, rows: list[Row], tree: Tree, code: str, names: dict[str, str], number: int
) -> Register:
    unit = tree.unit(code)
    parent = tree.unit(unit.parent).name.vi if unit.parent else ""
    full = f"{unit.name.vi}, {parent}" if unit.level == "xa" else unit.name.vi
    columns = [one for one in HEADINGS if one != "unit" or number % 3]
    lines = [
        [str(i), *(_cell(one, row, full, names, i, number) for one in columns)]
        for i, row in enumerate(rows, start=1)
    ]
    header = ["STT", *(HEADINGS[one] for one in columns)]
    has_column = "unit" in columns
    return Register(
        stem,
        full,
        "UBND tỉnh Hưng Yên",
        header,
        lines,
        sections=not has_column and number % 2 == 1,
        spanned=has_column and number % 4 == 1,
    )


def _cell(name: str, row: Row, agency: str, names: dict[str, str], line: int, number: int) -> Any:
    """A cell as a system writes it: words for codes, text or Excel's own dates for moments."""
    value = row.get(name)
    if name == "":
        return f"Người Nộp Minh Họa {line}"
    if name == "unit":
        return agency
    if value is None:
        return ""
    if name == "procedure_id":
        return names.get(value, value) if line % 2 else f"{value}.000.00.00.H31"
    if name in ("status", "channel"):
        words = (_STATUSES if name == "status" else _CHANNELS)[value]
        return words[line % len(words)]
    if name == "paid_online":
        return _PAID[value]
    if isinstance(value, bool):
        return ("Có", "x")[line % 2] if value else "Không"
    if isinstance(value, datetime):
        return _DATES[number // len(_FORMS) % len(_DATES)](value)
    return f"{value:,}".replace(",", ".") if name == "fee_total" and line % 2 else value


_DATES: tuple[Callable[[datetime], Any], ...] = (
    lambda moment: moment.strftime("%d/%m/%Y %H:%M:%S"),
    lambda moment: moment,
    lambda moment: moment.strftime("%H:%M:%S ngày %d/%m/%Y"),
    lambda moment: moment.strftime("%d-%m-%Y %H:%M:%S"),
    lambda moment: moment.strftime("%m/%d/%Y %I:%M:%S %p"),
)


def _printed(path: Path, register: Register) -> None:
    """As it is printed: a header of two rows with merged cells, numbers of the columns, signatures."""
    header = register.header
    first, last = (header.index(HEADINGS[name]) for name in ("submitted_at", "ended_at"))
    above = [*header[:first], "Ngày, tháng, năm", *[""] * (last - first), *header[last + 1 :]]
    below = [text if first <= x <= last else "" for x, text in enumerate(header)]
    numbers: Cells = [str(x + 1) for x in range(len(header))]
    rows = [*([line] for line in register.title), [], above, below, numbers, *register.drawn]
    top = len(register.title) + 1
    merged = [(x, top, x, top + 1) for x in range(len(header)) if not first <= x <= last]
    foot = [["", f"Tổng cộng: {len(register.dossiers)} hồ sơ"], [], *map(list, _SIGNATURES)]
    spans = _merged(register, top + 3)
    _save(path, [*rows, *foot], [*merged, (first, top, last, top), *spans])


def _merged(register: Register, top: int) -> list[tuple[int, int, int, int]]:
    """The merged cells of the agency where the dossiers begin in row `top`; a single cell is none."""
    return [
        (register.agency_at, top + first, register.agency_at, top + last)
        for first, last in register.spans
        if first < last
    ]


def _template(path: Path, register: Register) -> None:
    rows = [*([line] for line in register.title), [], register.header, *register.drawn]
    _save(path, rows, _merged(register, len(register.title) + 2))


def _older(path: Path, register: Register) -> None:
    """One cell with line breaks above the header; decomposed letters."""
    rows = [["\n".join(register.title)], register.header, *register.drawn]
    texts = [[_decomposed(cell) for cell in row] for row in rows]
    _save(path, texts, [(0, 0, len(register.header) - 1, 0), *_merged(register, 2)])


def _page(path: Path, register: Register) -> None:
    """A table of a page that is called .xls, breaks in its header."""
    head = "".join(f"<th>{escape(text).replace(' ', '<br>')}</th>" for text in register.header)
    sizes = {first: last - first + 1 for first, last in register.spans}
    body = "".join(_line(row, sizes.get(y, 0), register) for y, row in enumerate(register.rows))
    title = "".join(f"<h4>{escape(line)}</h4>" for line in register.title)
    page = f"<html><meta charset=utf-8><body>{title}<table border=1><tr>{head}</tr>\n{body}</table>"
    path.with_name(f"{path.name}.xls").write_text(page, encoding="utf-8")


def _line(row: Cells, size: int, register: Register) -> str:
    """A row of a page; the merged cell of the agency stands in the first of its `size` rows alone."""
    cells = [f"<td>{escape(_as_text(cell))}</td>" for cell in row]
    if register.spanned:
        at = register.agency_at
        cells[at] = cells[at].replace("<td>", f"<td rowspan={size}>") if size else ""
    return f"<tr>{''.join(cells)}</tr>\n"


def _lines(path: Path, register: Register) -> None:
    """CSV with semicolons, as Excel saves it here."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerows([line] for line in register.title)
    writer.writerow(register.header)
    writer.writerows([_as_text(cell) for cell in row] for row in register.rows)
    path.with_name(f"{path.name}.csv").write_text(text.getvalue(), encoding="utf-8-sig")


def _save(path: Path, rows: list[Cells], merged: list[tuple[int, int, int, int]]) -> None:
    options = {"constant_memory": not merged, "strings_to_numbers": False, "in_memory": True}
    with xlsxwriter.Workbook(str(path.with_name(f"{path.name}.xlsx")), options) as workbook:
        workbook.set_properties({"created": datetime(2000, 1, 1)})
        moment = workbook.add_format({"num_format": "dd/mm/yyyy hh:mm:ss"})
        sheet = workbook.add_worksheet("Sổ theo dõi")
        for left, top, right, low in merged:
            sheet.merge_range(top, left, low, right, "")
        for y, row in enumerate(rows):
            for x, cell in enumerate(row):
                if isinstance(cell, datetime):
                    sheet.write_datetime(y, x, cell, moment)
                elif isinstance(cell, str):
                    if cell:
                        sheet.write_string(y, x, cell)
                else:
                    sheet.write_number(y, x, cell)


def _as_text(cell: Any) -> str:
    return cell.strftime("%d/%m/%Y %H:%M:%S") if isinstance(cell, datetime) else str(cell)


def _decomposed(cell: Any) -> Any:
    return unicodedata.normalize("NFD", cell) if isinstance(cell, str) else cell


_FORMS = (_printed, _template, _older, _page, _lines)
