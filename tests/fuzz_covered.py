"""Files that atheris makes from good ones, led by which lines of ours they reach: a program of its own, since
that engine ends its process. `python tests/fuzz_covered.py counts FOLDER -runs=1000`."""

from __future__ import annotations

import sys
import tempfile
from contextlib import suppress
from pathlib import Path

import atheris

# What leads the engine: the branches of these packages alone.
with atheris.instrument_imports(include=["chiso.sources", "chiso.scoring", "chiso.rules"]):
    from chiso.base.errors import UserError
    from chiso.rules.indicators import load_rules
    from chiso.scoring.score import score
    from chiso.sources.folder import READERS
    from chiso.sources.given import read_given
    from chiso.sources.grids import kind_of
    from chiso.sources.headers import find_table
    from chiso.sources.mappings import load_systems

BOOK = load_rules("766-portal-2026")
SYSTEMS = load_systems()
FOLDER = Path(tempfile.mkdtemp())


def counts(content: bytes) -> None:
    """Counts from bytes to points: refused, or scored within bounds."""
    path = FOLDER / "counts.csv"
    path.write_bytes(content)
    try:
        found = score(*read_given(path, None, None, BOOK), BOOK)
    except UserError:
        return
    for row in found.indicators.itertuples():
        assert row.points is None or 0 <= row.points <= row.max_points, row


def register(content: bytes) -> None:
    """A register from bytes to a table with a header. What a reader raises in its own process is told as a
    broken file; what comes out of it is looked at in ours, and raises nothing but a message."""
    path = FOLDER / "so.xls"
    path.write_bytes(content)
    grids = []
    with suppress(UserError):
        read = READERS.get(kind_of(path))
        with suppress(Exception):
            grids = list(read(path)) if read else []
        for grid in grids:
            find_table(grid, SYSTEMS)


if __name__ == "__main__":
    # The engine writes here too: a corpus is never one that is kept.
    atheris.Setup(
        [sys.argv[0], *sys.argv[2:]], {"counts": counts, "register": register}[sys.argv[1]]
    )
    atheris.Fuzz()
