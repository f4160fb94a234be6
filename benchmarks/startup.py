"""What a command costs before it works: `chiso --help`, and `chiso score` of 190 units.

    python benchmarks/startup.py

The floor beside them is a Python that does nothing, and one that imports pandas.
"""

from __future__ import annotations

import csv
import sys
import tempfile
from pathlib import Path

from measured import side_by_side, spread, table

from chiso.rules.units import load_tree

TIMES = 7
TREE = "hung-yen-2022"


def write_counts(path: Path) -> None:
    """Counts of every unit and indicator of a whole province."""
    with path.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["unit", "indicator", "numerator", "denominator"])
        for place, unit in enumerate(load_tree(TREE).units):
            rows.writerows([unit.code, n, 100 + place, 400] for n in range(1, 22))


def main() -> None:
    """Print the table."""
    program = str(Path(sys.executable).with_name("chiso"))
    with tempfile.TemporaryDirectory() as folder:
        counts = Path(folder) / "counts.csv"
        write_counts(counts)
        score = ["score", "--counts", str(counts), "--set", "766-2022", "--units", TREE]
        found = side_by_side(
            {
                "python -c pass": [sys.executable, "-c", "pass"],
                "python -c 'import pandas'": [sys.executable, "-c", "import pandas"],
                "chiso --help": [program, "--help"],
                "chiso score, 190 units": [program, *score, "--out", str(Path(folder) / "out")],
            },
            TIMES,
        )
    rows = [
        (name, spread([u.wall for u in runs]), spread([u.cpu for u in runs]))
        for name, runs in found.items()
    ]
    print(table(["command", "wall s: median (least to most)", "CPU s"], rows))


if __name__ == "__main__":
    main()
