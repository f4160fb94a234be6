"""What stands behind a revision that was measured from records: its cases and what became of rows.

Files of a revision's folder: cases.parquet (measures/cases.py: COLUMNS), case_counts.csv, rows.csv,
set_aside.csv and gaps.csv. A revision of counts that were handed in has none of them.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from io import BytesIO
from pathlib import Path

import pandas as pd

from chiso.indicators import NUMBERS
from chiso.measures.cases import COLUMNS, cases_of
from chiso.measures.scope import ancestors, lacking
from chiso.sources.records import Records
from chiso.units import Tree

CASES = "cases.parquet"
# unit, indicator, cases at and below the unit, of those mendable, most days late, digest of all.
CASE_COUNTS = ["unit", "indicator", "cases", "mendable", "days_late", "digest"]
ROWS = ["table", "file", "rows_in", "accepted", "set_aside", "others"]
# unit, table, all that is wrong (column:fault, parted by spaces), rows at and below the unit of
# which exactly this is wrong. A row without a unit of the tree is the province's.
SET_ASIDE = ["unit", "table", "faults", "rows"]
# unit, indicator, what records at or below the unit lack of what it needs (scope.lacking).
GAPS = ["unit", "indicator", "table", "column"]
_TABLES = {"case_counts": CASE_COUNTS, "rows": ROWS, "set_aside": SET_ASIDE, "gaps": GAPS}


@dataclass(frozen=True)
class Evidence:
    """`cases`: all cases. `case_counts`: how many each unit has (CASE_COUNTS). `rows`: rows in =
    accepted + set aside by file (ROWS). `set_aside`: what was wrong with rows (SET_ASIDE). `gaps`:
    what the records lack (GAPS)."""

    cases: pd.DataFrame
    case_counts: pd.DataFrame
    rows: pd.DataFrame
    set_aside: pd.DataFrame
    gaps: pd.DataFrame

    @property
    def texts(self) -> dict[str, str]:
        """The small tables as CSV, by file name."""
        return {
            f"{name}.csv": getattr(self, name).to_csv(index=False, lineterminator="\n")
            for name in _TABLES
        }

    @cached_property
    def parquet(self) -> bytes:
        """The cases as the bytes of CASES."""
        file = BytesIO()
        self.cases.to_parquet(file, index=False)
        return file.getvalue()


def gather(cases: pd.DataFrame, records: Records, tree: Tree) -> Evidence:
    """The evidence of one measurement."""
    return Evidence(
        cases,
        _case_counts(cases, tree),
        records.counts[ROWS].sort_values(["table", "file"], ignore_index=True),
        _set_aside(records.set_aside, tree),
        _gaps(records, tree),
    )


def _set_aside(lines: pd.DataFrame, tree: Tree) -> pd.DataFrame:
    known = lines["unit"].where(lines["unit"].isin(tree.by_code), tree.province)
    wrong = lines["column"] + ":" + lines["fault"]
    place = [lines["table"], lines["file"], lines["sheet"], lines["row"]]
    rows = (
        pd.DataFrame({"unit": known, "faults": wrong})
        .groupby(place)
        .agg(unit=("unit", "first"), faults=("faults", lambda found: " ".join(sorted(set(found)))))
        .reset_index()
        .merge(ancestors(tree), on="unit")
    )
    sizes = rows.groupby(["above", "table", "faults"], as_index=False).size()
    return sizes.set_axis(SET_ASIDE, axis=1)


def _gaps(records: Records, tree: Tree) -> pd.DataFrame:
    above = ancestors(tree)
    found = [
        (unit, indicator, table, column)
        for indicator in NUMBERS
        for table, column, lack in lacking(records.tables, records.gaps, indicator)
        for unit in (tree.by_code if lack is None else above[above["unit"] == lack]["above"])
    ]
    return pd.DataFrame(found, columns=GAPS).drop_duplicates().sort_values(GAPS)


def _case_counts(cases: pd.DataFrame, tree: Tree) -> pd.DataFrame:
    rows = cases[["unit", "indicator", "kind", "mendable", "days_late"]].assign(
        digest=pd.util.hash_pandas_object(cases, index=False)
    )
    above = ancestors(tree)
    climbing = rows["kind"] != "procedure"
    climbed = rows[climbing].merge(above, on="unit").drop(columns="unit")
    whole = pd.concat([climbed.rename(columns={"above": "unit"}), rows[~climbing]])
    found = whole.groupby(["unit", "indicator"], as_index=False).agg(
        cases=("kind", "size"),
        mendable=("mendable", "sum"),
        days_late=("days_late", "max"),
        digest=("digest", "sum"),
    )
    return found[CASE_COUNTS]


def read_small(folder: Path, name: str) -> pd.DataFrame:
    """One of the small tables of a revision's folder; no rows where the revision has none."""
    path = folder / f"{name}.csv"
    if not path.is_file():
        return pd.DataFrame(columns=_TABLES[name])
    text = dict.fromkeys(("unit", "table", "file", "column", "faults", "digest"), str)
    return pd.read_csv(path, dtype=text, keep_default_na=False, na_values={"days_late": [""]})


def read_cases(folder: Path, tree: Tree, code: str) -> pd.DataFrame:
    """The cases of a unit in a revision's folder; no rows where the revision has none."""
    path = folder / CASES
    if not path.is_file():
        return pd.DataFrame(columns=COLUMNS)
    above = ancestors(tree)
    below = above[above["above"] == code]["unit"].tolist()
    return cases_of(pd.read_parquet(path, filters=[("unit", "in", below)]), tree, code)


def small_texts(folder: Path) -> dict[str, str]:
    """The small tables of a revision's folder as they stand there, for its fingerprint."""
    paths = (folder / f"{name}.csv" for name in _TABLES)
    return {path.name: path.read_text(encoding="utf-8") for path in paths if path.is_file()}
