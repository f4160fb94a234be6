"""What stands behind a revision that was measured from records: its cases and what became of rows.

Files of a revision's folder: cases.parquet (measures/cases.py: COLUMNS), case_counts.csv, rows.csv and
set_aside.csv. A revision of counts that were handed in has none of them.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from chiso.measures.cases import COLUMNS, cases_of
from chiso.measures.scope import ancestors
from chiso.sources.records import Records
from chiso.units import Tree

CASES = "cases.parquet"
# unit, indicator, cases at and below the unit, of those mendable, most days late, digest of all.
CASE_COUNTS = ["unit", "indicator", "cases", "mendable", "days_late", "digest"]
ROWS = ["table", "file", "rows_in", "accepted", "set_aside", "others"]
SET_ASIDE = ["table", "column", "rows"]
_TABLES = {"case_counts": CASE_COUNTS, "rows": ROWS, "set_aside": SET_ASIDE}


@dataclass(frozen=True)
class Evidence:
    """`cases`: all cases. `case_counts`: how many each unit has (CASE_COUNTS). `rows`: rows in =
    accepted + set aside by file (ROWS). `set_aside`: rows by the column that is wrong (SET_ASIDE)."""

    cases: pd.DataFrame
    case_counts: pd.DataFrame
    rows: pd.DataFrame
    set_aside: pd.DataFrame

    @property
    def texts(self) -> dict[str, str]:
        """The small tables as CSV, by file name."""
        return {
            f"{name}.csv": getattr(self, name).to_csv(index=False, lineterminator="\n")
            for name in _TABLES
        }


def gather(cases: pd.DataFrame, records: Records, tree: Tree) -> Evidence:
    """The evidence of one measurement."""
    aside = records.set_aside.drop_duplicates(["table", "file", "sheet", "row", "column"])
    wrong = aside.groupby(["table", "column"], as_index=False).size()
    return Evidence(
        cases,
        _case_counts(cases, tree),
        records.counts[ROWS].sort_values(["table", "file"], ignore_index=True),
        wrong.rename(columns={"size": "rows"})[SET_ASIDE],
    )


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
    text = dict.fromkeys(("unit", "table", "file", "column", "digest"), str)
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
