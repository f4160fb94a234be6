"""Makes the tree of Hưng Yên from 1/7/2025, and which old commune went into which new one.

Communes: the package vietnamadminunits 1.0.4 (MIT), with the codes of the statistics office; the
package vietnam-provinces 2026.9.0 gives the same 104 codes and names and the same 384 mergers.
Agencies of the province: see DEPARTMENTS.

    .venv/bin/python tools/hung_yen_2025.py
"""

from __future__ import annotations

import csv
import importlib.util
import io
import json
import sqlite3
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TREE = ROOT / "params" / "units" / "hung-yen-2025.yml"
MERGERS = ROOT / "params" / "units" / "hung-yen-2025-mergers.csv"
PROVINCE = "tinhhungyen"

HEAD = """\
# Các cơ quan của Hưng Yên từ 01/7/2025: hai cấp, hợp nhất với Thái Bình, không còn cấp huyện. Do tools/hung_yen_2025.py tạo.
name: {vi: "Tỉnh Hưng Yên, bộ máy từ 01/7/2025", en: "Hưng Yên Province, agencies from 1/7/2025"}
source: "Nghị quyết 202/2025/QH15 (hợp nhất tỉnh Hưng Yên và tỉnh Thái Bình); xã, phường và mã số: danh mục đơn vị hành chính của cơ quan thống kê theo gói vietnamadminunits 1.0.4, đối chiếu gói vietnam-provinces 2026.9.0; sở, ngành: Nghị định 45/2025/NĐ-CP; Ban Quản lý các khu công nghiệp: báo Tiền Phong ngày 01/12/2025"
last_confirmed: 2026-11-25
valid_from: 2025-07-01
# Không nêu `units`: chưa có danh mục từ 01/12/2024 đến 30/6/2025, nên chưa so sánh được với trước ngày 01/7/2025.
before: {mergers: hung-yen-2025-mergers.csv}
province: H31
cohorts:
  tinh: {name: {vi: "Cấp tỉnh", en: "Province"}, partial: true, source: "một tỉnh của cả nước"}
  so: {name: {vi: "Sở, ban, ngành", en: "Departments"}}
  xa: {name: {vi: "UBND cấp xã", en: "Communes"}}
units:
  - {code: H31, name: {vi: "UBND tỉnh Hưng Yên", en: "People's Committee of Hưng Yên Province"}, level: tinh, cohort: tinh}
"""
# Those that every province has (Nghị định 45/2025/NĐ-CP, 28/2/2025), and the board that the decisions
# of 21/11/2025 on its head name (Tiền Phong, 1/12/2025). Same code as in hung-yen-2022: same name.
DEPARTMENTS = (
    ("vp-ubnd", "Văn phòng UBND tỉnh", "Office of the Provincial People's Committee"),
    ("so-noi-vu", "Sở Nội vụ", "Department of Home Affairs"),
    ("so-tu-phap", "Sở Tư pháp", "Department of Justice"),
    ("so-tai-chinh", "Sở Tài chính", "Department of Finance"),
    ("so-cong-thuong", "Sở Công Thương", "Department of Industry and Trade"),
    (
        "so-nong-nghiep-moi-truong",
        "Sở Nông nghiệp và Môi trường",
        "Department of Agriculture and Environment",
    ),
    ("so-xay-dung", "Sở Xây dựng", "Department of Construction"),
    (
        "so-van-hoa",
        "Sở Văn hóa, Thể thao và Du lịch",
        "Department of Culture, Sports and Tourism",
    ),
    ("so-khoa-hoc", "Sở Khoa học và Công nghệ", "Department of Science and Technology"),
    ("so-giao-duc", "Sở Giáo dục và Đào tạo", "Department of Education and Training"),
    ("so-y-te", "Sở Y tế", "Department of Health"),
    ("thanh-tra", "Thanh tra tỉnh", "Provincial Inspectorate"),
    (
        "ban-khu-cong-nghiep",
        "Ban Quản lý các khu công nghiệp",
        "Management Board of Industrial Parks",
    ),
)
KINDS = {"Xã": "Commune", "Phường": "Ward"}


def main() -> None:
    """Write both files."""
    TREE.write_text(tree(), encoding="utf-8")
    MERGERS.write_text(mergers(), encoding="utf-8")


def tree() -> str:
    """The file of the tree."""
    with _database() as database:
        communes = database.execute(
            "select wardCode, ward from admin_units where provinceKey = ? order by wardCode",
            [PROVINCE],
        ).fetchall()
    units = [(code, vi, en, "so") for code, vi, en in DEPARTMENTS]
    for code, name in communes:
        kind, own = name.split(" ", 1)
        vi = f"UBND {kind.lower()} {own}"
        units.append((f'"{code}"', vi, f"People's Committee of {own} {KINDS[kind]}", "xa"))
    lines = [
        f'  - {{code: {code}, name: {{vi: "{vi}", en: "{en}"}}, level: {level}, cohort: {level}, parent: H31}}\n'
        for code, vi, en, level in units
    ]
    return HEAD + "".join(lines)


def mergers() -> str:
    """Each commune of 30/6/2025 with the new one that it went into; `part`: only a part of it did."""
    found = json.loads((_package() / "converter_2025.json").read_text(encoding="utf-8"))
    whole = found["DICT_PROVINCE_WARD_NO_DIVIDED"][PROVINCE]
    divided = found["DICT_PROVINCE_WARD_DIVIDED"][PROVINCE]
    pairs = [(old, new, "") for new, olds in whole.items() for old in olds]
    pairs += [(old, part["newWardKey"], "x") for old, parts in divided.items() for part in parts]
    with _database() as database:
        before = {
            "_".join(row[:3]): row[3:]
            for row in database.execute(
                "select provinceKey, districtKey, wardKey, wardCode, ward, district, province"
                " from admin_units_legacy where wardKey is not null"
            )
        }
        after = {
            row[0]: row[1:]
            for row in database.execute(
                "select wardKey, wardCode, ward from admin_units where provinceKey = ?", [PROVINCE]
            )
        }
    rows = sorted((*before[old], part, *after[new]) for old, new, part in pairs)
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(("old_code", "old_name", "district", "province", "part", "code", "name"))
    writer.writerows(rows)
    return text.getvalue()


def _database() -> sqlite3.Connection:
    return sqlite3.connect(f"{(_package() / 'dataset.db').as_uri()}?mode=ro", uri=True)


def _package() -> Path:
    """The package's tables, found without importing it."""
    spec = importlib.util.find_spec("vietnamadminunits")
    if spec is None or spec.origin is None:
        raise SystemExit("vietnamadminunits is not installed: make lint installs what checks need.")
    return Path(spec.origin).parent / "data"


if __name__ == "__main__":
    main()
