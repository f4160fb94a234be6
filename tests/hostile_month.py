"""A small province's month in which every column has people's data and every name is an order: its files,
and all that is done with it.

Every canary is a name, a telephone number, an identity number or an e-mail address of its own number,
so that what leaks says where it stood.
"""

from __future__ import annotations

import html
import itertools
import json
import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import exports
import openpyxl
import pandas as pd
import portal_stand_in
import yaml
from conftest import make_project
from letters_cast import few_agencies
from openpyxl.comments import Comment
from processes import AT

from chiso.contract.tables import TABLES

PERIOD, UNIT, COMMUNE = "2022-09", "so-tu-phap", "323"
# Names that are orders to a browser, to Markdown and Quarto, to typst, LaTeX and a spreadsheet. What a browser would
# run calls `ran`.
AGENCIES = {
    "H31": "UBND tỉnh <script>ran(1)</script><svg onload=ran(2)>",
    "so-y-te": "Sở \"><img src=x onerror=ran(3)> #read(\"/etc/passwd\") \\input{/etc/passwd} $x^2$",
    COMMUNE: "UBND [b](javascript:ran(4)) ![c](https://example.org/c.png) <https://example.org/d>",
    "11950": "=HYPERLINK(\"https://example.org\";\"e\") {{< include /etc/passwd >}} `f`{=html} </script><script>ran(5)",
}  # fmt: skip
COHORT = "Khối </option><script>ran(6)</script><img src=x onerror=ran(7)>"
PROCEDURE = '=1+1 Khai sinh <script>ran(8)</script> #image("/etc/passwd") [g](javascript:ran(9))'
FIELD = "@SUM(1+1) <iframe srcdoc='<script>parent.ran(10)</script>'></iframe>"
TERM = "+5 ngày <a href=javascript:ran(11)>h</a>"
PROVINCE = "-2+3 <script>ran(12)</script><img src=https://example.org/i.png>"
OWN_TEXT = """---
mode: follow
written_on: {total: null}
---
<script>ran(13)</script> [j](javascript:ran(14)) ![k](https://example.org/k.png) `<img src=x onerror=ran(15)>`

```{=html}
<script>ran(16)</script>
```

<img src=x onerror=ran(17)> #read("/etc/passwd") \\input{/etc/passwd} {{< include /etc/passwd >}}
"""
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
GOOD = [PROCEDURE, "Sở Tư pháp", "Đã trả kết quả", "Trực tuyến", "05/09/2022 08:00:00",
        "09/09/2022 17:00:00", "19/09/2022 10:30:00", "8000", "1", "Có", "Chưa thanh toán",
        "05/09/2022 09:00:00"]  # fmt: skip


def register(prefix, but=()):
    """A register: a good row, then one for each column (`but` those) with a canary there; about the
    applicant and in columns of no meaning there are canaries in every row. Headings have some too."""
    rows = [[f"{prefix}-0", *GOOD]]
    rows += [[text, *GOOD] for text in kinds()]
    for x in (x for x in range(len(GOOD)) if HEAD[x + 2] not in but):
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


# A good row of each table of the contract; `dossiers` of a commune, the others of all. Its last moment is after the
# month: the records cover it.
ROWS = {
    "dossiers": {
        "dossier_id": "C-0", "procedure_id": "1.000001", "unit": COMMUNE, "status": "10", "channel": "2",
        "received_at": "2022-09-05 08:00:00", "due_at": "2022-09-09 17:00:00", "done_at": "2022-09-19 10:00:00",
        "returned_at": "2022-10-03 10:00:00", "submitted_at": "2022-09-05 07:00:00",
    },
    "procedures": {
        "procedure_id": "1.000001", "name": PROCEDURE, "field": FIELD, "agency": UNIT,
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
        "national_id": "1.000001.000.00.00.H31", "name": f"{PROCEDURE} l", "handled_by": "so-y-te",
        "levels": "Cấp xã", "term": TERM, "fee": f"Không {FIELD}", "parts_complete": "1", "online": "none",
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


# The month is over, and its records are still looked at.
OVER = "2022-10-05T08:00"
CAPTURED = datetime(2022, 10, 4, 9, tzinfo=UTC)
FEW = ("H31", UNIT, "so-y-te", COMMUNE, "11950")
OF_PORTAL = {"H15.15": "H31.15", "H15.16": "H31.16"}


def give_orders(project: Path) -> None:
    """Exchange names of the project's parameters for orders."""
    path = project / "params/units/hung-yen-2022.yml"
    tree = yaml.safe_load(path.read_text("utf-8"))
    tree["name"]["vi"] += COHORT
    tree["cohorts"]["huyen"]["name"]["vi"] = COHORT
    for unit in tree["units"]:
        unit["name"]["vi"] = AGENCIES.get(unit["code"], unit["name"]["vi"])
    path.write_text(yaml.safe_dump(tree, allow_unicode=True), "utf-8")
    # Who is named for a task is an agency of the tree.
    for name in ("assignments", "obligations"):
        rules = project / f"params/{name}/hung-yen-2022.yml"
        text = re.sub(r"unit: (?!so-tu-phap)[a-z-]+", "unit: so-y-te", rules.read_text("utf-8"))
        rules.write_text(text, "utf-8")
    tiles = project / "params/maps/hung-yen-2022.yml"
    kept = yaml.safe_load(tiles.read_text("utf-8"))
    kept["blocks"] = [one for one in kept["blocks"] if one["unit"] in FEW]
    tiles.write_text(yaml.safe_dump(kept), "utf-8")
    portal = project / "params/portal.yml"
    units = "units: {H31.15: so-tu-phap, H31.16: so-y-te}"
    portal.write_text(portal.read_text("utf-8").replace("units: {}", units), "utf-8")
    own = project / "params/commentary" / PERIOD / f"{UNIT}.md"
    own.parent.mkdir()
    own.write_text(OWN_TEXT, "utf-8")


def captured(folder: Path) -> Path:
    """Answers of the national portal of the month, saved by hand."""
    found = portal_stand_in.answers()
    found[portal_stand_in.NATIONAL]["evaluation"][3]["departmentName"] = PROVINCE
    for group, data in found.items():
        key = "evaluation" if "evaluation" in data else "children"
        if group != portal_stand_in.NATIONAL:
            data[key] = [one for one in data[key] if one["departmentCode"] in OF_PORTAL]
            for one in data[key]:
                code = OF_PORTAL[one["departmentCode"]]
                one |= {"departmentCode": code, "departmentName": PROVINCE}
    other = {'"H15"': '"H31"', '"H31"': '"H15"'}
    text = re.sub("|".join(other), lambda code: other[code[0]], json.dumps(found))
    saved = portal_stand_in.save(folder, json.loads(text))
    for path in saved.iterdir():
        os.utime(path, (CAPTURED.timestamp(), CAPTURED.timestamp()))
    return saved


@dataclass
class World:
    """A project, where temporary files go, and what was said on the terminal, by command."""

    project: Path
    scratch: Path
    at: str
    say: dict[str, str] = field(default_factory=dict)

    @property
    def handed_in(self) -> list[Path]:
        """The folders of what came from outside."""
        data = self.project / "data"
        return [data / PERIOD, data / "small", data / "portal" / PERIOD]

    def run(self, name: str, *more: str | Path) -> None:
        done = subprocess.run(
            [sys.executable, "-c", AT, self.at, name, *map(str, more)],
            env={**os.environ, "CHISO_PROJECT": str(self.project), "LANGUAGE": "vi", "TMPDIR": str(self.scratch)},
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, (name, done.stdout, done.stderr)
        self.say[" ".join(map(str, (name, *more)))] = done.stdout + done.stderr

    def of_month(self, name: str, *more: str | Path) -> None:
        self.run(name, "--period", PERIOD, *more)


def world(folder: Path, at: str) -> World:
    """A month full of canaries after all that is done with it at a moment."""
    made = World(make_project(folder / "project"), folder / "tmp", at)
    few_agencies(made.project, FEW)
    give_orders(made.project)
    made.scratch.mkdir()
    records, small, portal = made.handed_in
    write_records(records)
    made.of_month("fetch", "--province", "H31", "--from", captured(folder / "answers"))
    # The portal's own list, which is refused whole if it has a strange agency (test_reconcile.py); and a folder that
    # is soon read, for commands that read records anew.
    workbook(portal / "dossiers.xlsx", register("G", but=["Đơn vị xử lý"]))
    small.mkdir()
    for name in ("procedures.csv", "dossiers.csv", "dong-bo.json"):
        shutil.copyfile(records / name, small / name)
    made.of_month("check")
    counts = made.project / "c.csv"
    made.of_month("measure", "--records", small, "--out", counts, "--also", made.project / "a.csv")
    made.run("daily")
    made.of_month("cases", "--unit", UNIT, "--indicator", "5")
    made.of_month("cases", "--unit", UNIT, "--indicator", "5", "--out", made.project / "cases.xlsx")
    beside = small / "portal"
    beside.mkdir()
    shutil.copyfile(portal / "dossiers.xlsx", beside / "dossiers.xlsx")
    shutil.copyfile(counts, beside / "counts.csv")
    taken = ("--portal", beside / "counts.csv", "--captured", f"{CAPTURED:%Y-%m-%d}")
    made.of_month("reconcile", "--records", small, *taken, "--format", "json")
    made.of_month("due", "--records", small, "--as-of", "2022-09-14")
    made.of_month("explain", "--unit", UNIT, "--format", "json")
    made.of_month("explain", "--unit", "H31")
    made.of_month("letters", "--add", UNIT, "--reason", "đôn đốc lại")
    made.run("register")
    made.of_month("digest")
    made.of_month("history")
    for audience in ("public", "internal"):
        made.of_month("publish", "--audience", audience)
    made.of_month("comment", "--unit", UNIT)
    return made
