"""Reading a register of 100,000 rows from Excel: our reader beside bare python-calamine and openpyxl.

Each way runs in a process of its own, imports done before, and is counted in CPU seconds, as one core does it all; the
ways take turns. The bar: at most twice calamine.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import xlsxwriter
from measured import spread, table
from openpyxl import load_workbook
from python_calamine import CalamineWorkbook
from tqdm import tqdm

from chiso.sources.grids import read_workbook
from chiso.sources.headers import find_table
from chiso.sources.mappings import load_systems

HEADER = [
    "TT", "Mã hồ sơ", "Tên TTHC", "Tên cá nhân, tổ chức", "Địa chỉ, số điện thoại",
    "Cơ quan chủ trì giải quyết", "Nhận hồ sơ", "Hẹn trả kết quả", "Trả kết quả",
    "Phương thức nhận kết quả", "Ký nhận",
]  # fmt: skip


def write_register(path: Path, rows: int) -> None:
    """A register with title, header, row of numbers and total."""
    with xlsxwriter.Workbook(str(path), {"constant_memory": True}) as workbook:
        sheet = workbook.add_worksheet()
        sheet.write_row(0, 0, ["SỔ THEO DÕI HỒ SƠ"])
        sheet.write_row(2, 0, HEADER)
        sheet.write_row(3, 0, [str(number) for number in range(1, len(HEADER) + 1)])
        for i in range(rows):
            day = f"{i % 28 + 1:02d}/09/2022"
            cells = [str(i + 1), f"000.01.23.H31-2209{i % 28 + 1:02d}-{i:06d}", "Đăng ký khai sinh",
                     "Người nộp", "Địa chỉ", "UBND TP. Hưng Yên", f"{day} 08:00:00",
                     f"{day} 17:00:00", f"{day} 10:00:00", "Trực tiếp", ""]  # fmt: skip
            sheet.write_row(4 + i, 0, cells)
        sheet.write_row(4 + rows, 0, ["Tổng cộng", str(rows)])


def bare_calamine(path: Path) -> int:
    """All cells as Python objects, nothing more."""
    return len(CalamineWorkbook.from_path(path).get_sheet_by_index(0).to_python())


def openpyxl(path: Path) -> int:
    """All cells, read only."""
    return sum(
        1 for _row in load_workbook(path, read_only=True).worksheets[0].iter_rows(values_only=True)
    )


def ours(path: Path) -> int:
    """Cells, header found, rows told from totals, columns mapped."""
    found = [find_table(grid, load_systems()) for grid in read_workbook(path)]
    return sum(len(one.frame) for one in found if one)


TIMES = 5
WAYS = {"calamine": bare_calamine, "openpyxl": openpyxl, "chiso": ours}


def main() -> None:
    """All ways, five times each."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--way", help=argparse.SUPPRESS)
    parser.add_argument("--file", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.way:
        start = time.process_time()
        rows = WAYS[given.way](given.file)
        print(json.dumps({"rows": rows, "seconds": round(time.process_time() - start, 2)}))
        return
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "so.xlsx"
        write_register(path, given.rows)
        found: dict[str, list[float]] = {way: [] for way in WAYS}
        for way in tqdm([way for _try in range(TIMES) for way in WAYS], desc="Ways"):
            words = [sys.executable, __file__, "--way", way, "--file", str(path)]
            done = subprocess.run(words, capture_output=True, text=True, check=True)
            found[way].append(json.loads(done.stdout)["seconds"])
    bare = statistics.median(found["calamine"])
    lines = [
        (way, spread(seconds), f"{statistics.median(seconds) / bare:.2f}")
        for way, seconds in found.items()
    ]
    print(table(["way", "CPU s: median (least to most)", "times calamine"], lines))


if __name__ == "__main__":
    main()
