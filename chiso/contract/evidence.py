"""What stands behind a revision that was measured from records: its cases and what became of rows.

Files of a revision's folder: cases.parquet (CASE_COLUMNS), prints.parquet (RECORD_PRINTS), case_counts.csv, rows.csv,
set_aside.csv, gaps.csv, handed_in.csv, compared.csv, and the measures without points: handling.csv
and processing_times.csv; procedure_dossiers.csv; due.csv of an open period; procedure_differences.csv and
procedure_lists.csv where there were two lists of procedures. A revision of counts that were handed in has none of them; one of figures
that the national portal published has flags.csv, published_days.csv and divergence.csv (Published).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from io import BytesIO
from pathlib import Path
from typing import Any

import pandas as pd

from chiso.base.files import are_intact
from chiso.contract.counts import COUNT_COLUMNS
from chiso.rules.units import Tree

CASES, PRINTS = "cases.parquet", "prints.parquet"
# So many rows of either are read or passed over together.
_ROWS_TOGETHER = 10_000
# kind (dossiers, petitions), unit, half an MD5 of the record's id, half an MD5 of all its cells.
RECORD_PRINTS = ["kind", "unit", "key", "row"]
# Moments are seconds since 1970. `reason`: a word of pages/tables/case_rows.py. `days_late`: begun days after
# the limit, where there is one. `mendable`: still open, so that it can count before the end.
CASE_COLUMNS = [
    "unit", "indicator", "kind", "id", "procedure_id", "procedure", "received_s", "due_s", "ended_s",
    "reason", "days_late", "mendable",
]  # fmt: skip
# unit, indicator, cases at and below the unit, of those mendable, most days late, digest of all.
CASE_COUNTS = ["unit", "indicator", "cases", "mendable", "days_late", "digest"]
ROWS = ["table", "file", "rows_in", "accepted", "set_aside", "others"]
# unit, table, all that is wrong (column:fault, parted by spaces), rows at and below the unit of
# which exactly this is wrong. A row without a unit of the tree is the province's.
SET_ASIDE = ["unit", "table", "faults", "rows"]
# unit, indicator, what records at or below the unit lack of what it needs (measures/scope.lacking).
GAPS = ["unit", "indicator", "table", "column"]
# unit, dossiers at and below it that count, and those that wait for a correction.
HANDED_IN = ["unit", "accepted", "set_aside"]
# Of form II.06: a sum and its parts.
FORM_IDENTITIES = (
    ("received", ("settled", "open")),
    ("received", ("received_online", "received_direct", "carried_over")),
    ("settled", ("early", "on_time", "late")),
    ("open", ("within_term", "overdue")),
)
# Dossiers and petitions of the unit and all below it; empty: no data. The columns of form II.06
# (received with those carried over; direct with post); those received in the period by channel;
# those submitted online, of these received late and not received yet although it is late; petitions
# received in the period, by what they are about.
HANDLING = [
    "unit",
    "received", "received_online", "received_direct", "carried_over", "settled", "early", "on_time",
    "late", "open", "within_term", "overdue",
    "online", "post", "direct",
    "submitted_online", "received_late", "not_received",
    "petitions", "policy", "conduct", "unclassified",
]  # fmt: skip
# Dossiers received in the period and returned, by procedure, or of all procedures with the same
# unit of term (procedure_id empty): how many, the sum of their times and the median, in seconds of
# the unit of term (params/handling.yml: days of a month; a working day has 86,400 of them).
PROCESSING_TIMES = [
    "unit", "term_unit", "procedure_id", "procedure", "max_term", "dossiers", "seconds",
    "median_seconds",
]  # fmt: skip
# Dossiers at and below a unit by procedure: `dossiers`, the population of indicator 5, of these late
# (both empty: no data for 5); `timed`, `seconds`: those received in the period and returned, and the sum
# of their times as in PROCESSING_TIMES (0 and 0: none, or not known).
PROCEDURE_DOSSIERS = [
    "unit", "procedure_id", "dossiers", "late", "term_unit", "max_term", "timed", "seconds",
]  # fmt: skip
# How the province's procedures differ from those of the national database (measures/procedure_lists.py).
# unit: who has to put it right. kind: missing (there), extra (there) or differing (in `field`); an id is
# empty where the list does not have it. matched_by: code or name, a guess, with its similarity (0 to
# 1). due_day: days since 1970; working_days_left at T, below 0: passed; empty: no dated decision.
PROCEDURE_DIFFERENCES = [
    "unit", "procedure_id", "national_id", "procedure", "kind", "field", "ours", "theirs",
    "matched_by", "similarity", "due_day", "working_days_left",
]  # fmt: skip
MISSING, EXTRA, DIFFERING = "missing", "extra", "differing"
BY_CODE, BY_NAME = "code", "name"
# What is compared of two procedures that belong together; `code` differs only in pairs by name.
COMPARED_FIELDS = ("name", "levels", "agency", "term", "fee", "parts", "online")
# item: ours, of:<unit> (of these, by lead agency), national, by_code, by_name, compared_<field>, hidden,
# set_aside, to_come.
PROCEDURE_LISTS = ["item", "number"]
# Dossiers of a unit itself that are in process and in time on the last day that the figures cover, and
# fall due on it or in the next working days (params/daily.yml, due_days), by day (days since 1970).
DUE = ["unit", "due_day", "dossiers"]
# Counts of 5 and 21 with the other comparison of moments (MeasureOptions.comparison): by days where the
# set compares moments, by moments where it compares days.
COMPARED = COUNT_COLUMNS
# What the national portal says of a figure, in a word of its own.
FLAGS = ["unit", "indicator", "flag"]
# How many days dossiers took on average, as the portal says (a decimal as text).
PUBLISHED_DAYS = ["unit", "days"]
# The province, and since which day (ISO) points computed from the portal's counts are no longer the
# portal's, after so many captures in which they were; no row where that is not so.
DIVERGENCE = ["unit", "since", "agreed"]
_TABLES = {
    "case_counts": CASE_COUNTS,
    "rows": ROWS,
    "set_aside": SET_ASIDE,
    "gaps": GAPS,
    "handed_in": HANDED_IN,
    "handling": HANDLING,
    "processing_times": PROCESSING_TIMES,
    "compared": COMPARED,
    "flags": FLAGS,
    "published_days": PUBLISHED_DAYS,
    "divergence": DIVERGENCE,
    "procedure_dossiers": PROCEDURE_DOSSIERS,
    "procedure_differences": PROCEDURE_DIFFERENCES,
    "procedure_lists": PROCEDURE_LISTS,
    "due": DUE,
}
_PUBLISHED = ("flags", "published_days", "divergence")
_TEXT = (
    "unit", "table", "file", "column", "faults", "digest", "term_unit", "procedure_id", "procedure",
    "flag", "days", "since",
    "national_id", "kind", "field", "ours", "theirs", "matched_by", "item",
)  # fmt: skip
_WHOLE_OR_EMPTY = (*HANDLING[1:], *COMPARED[2:], "dossiers", "late", "due_day", "working_days_left")
_MAY_BE_EMPTY = ("days_late", "max_term", "similarity", *_WHOLE_OR_EMPTY)


@dataclass(frozen=True)
class Evidence:
    """`cases`: all cases. `case_counts`: how many each unit has (CASE_COUNTS). `rows`: rows in =
    accepted + set aside by file (ROWS). `set_aside`: what was wrong with rows (SET_ASIDE). `gaps`:
    what the records lack (GAPS). `handed_in`: dossiers by unit (HANDED_IN). `handling` (HANDLING),
    `processing_times` (PROCESSING_TIMES, of the procedures with most dossiers): measures without
    points. `compared` (COMPARED). `procedure_dossiers` (PROCEDURE_DOSSIERS).
    `procedure_differences` and `procedure_lists`: None where there were no two lists. `due` (DUE):
    None of a period that is over, and where no records can tell. `prints` (RECORD_PRINTS): beside the
    figures, no part of them."""

    cases: pd.DataFrame
    case_counts: pd.DataFrame
    rows: pd.DataFrame
    set_aside: pd.DataFrame
    gaps: pd.DataFrame
    handed_in: pd.DataFrame
    handling: pd.DataFrame
    processing_times: pd.DataFrame
    compared: pd.DataFrame
    procedure_dossiers: pd.DataFrame = field(
        default_factory=lambda: pd.DataFrame(columns=PROCEDURE_DOSSIERS)
    )
    procedure_differences: pd.DataFrame | None = None
    procedure_lists: pd.DataFrame | None = None
    due: pd.DataFrame | None = None
    prints: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=RECORD_PRINTS))

    @property
    def texts(self) -> dict[str, str]:
        """The small tables as CSV, by file name."""
        return {
            f"{name}.csv": table.to_csv(index=False, lineterminator="\n")
            for name in _TABLES
            if name not in _PUBLISHED and (table := getattr(self, name)) is not None
        }

    @cached_property
    def parquet(self) -> bytes:
        """The cases as the bytes of CASES, by unit: who reads those of one unit reads little else."""
        return _parquet(self.cases.sort_values("unit", kind="stable"))

    @cached_property
    def prints_parquet(self) -> bytes:
        """The prints as the bytes of PRINTS."""
        return _parquet(self.prints)


@dataclass(frozen=True)
class Published:
    """What the national portal says beside its counts: `flags` (FLAGS), `published_days`
    (PUBLISHED_DAYS), `divergence` (DIVERGENCE)."""

    flags: pd.DataFrame
    published_days: pd.DataFrame
    divergence: pd.DataFrame

    @property
    def texts(self) -> dict[str, str]:
        """The tables as CSV, by file name."""
        return {
            f"{name}.csv": getattr(self, name).to_csv(index=False, lineterminator="\n")
            for name in _PUBLISHED
        }


def _parquet(table: pd.DataFrame) -> bytes:
    file = BytesIO()
    table.to_parquet(file, index=False, row_group_size=_ROWS_TOGETHER)
    return file.getvalue()


def read_prints(folder: Path, known: str = "") -> pd.DataFrame | None:
    """RECORD_PRINTS in a revision's folder; None where the revision has none, or they are damaged.

    `known`: their file's hash; a program of before noted none.
    """
    try:
        if known and not are_intact({folder / PRINTS: known}):
            return None
        return pd.read_parquet(folder / PRINTS)[RECORD_PRINTS]
    except (OSError, ValueError, KeyError):
        return None


def read_small(folder: Path, name: str) -> pd.DataFrame:
    """One of the small tables of a revision's folder; no rows where the revision has none."""
    path = folder / f"{name}.csv"
    if not path.is_file():
        return pd.DataFrame(columns=_TABLES[name])
    kinds = dict.fromkeys(_TEXT, str) | dict.fromkeys(_WHOLE_OR_EMPTY, "Int64")
    empty = {name: [""] for name in _MAY_BE_EMPTY}
    return pd.read_csv(path, dtype=kinds, keep_default_na=False, na_values=empty)


def read_cases(folder: Path, tree: Tree, code: str) -> pd.DataFrame:
    """The cases of a unit in a revision's folder; no rows where the revision has none."""
    path = folder / CASES
    if not path.is_file():
        return pd.DataFrame(columns=CASE_COLUMNS)
    rows = pd.read_parquet(path, filters=[("unit", "in", tree.below(code))])
    return cases_of(rows, tree, code)


def read_mendable(folder: Path, tree: Tree, code: str) -> pd.DataFrame:
    """indicator, kind and id of the cases of a unit that can still be mended; no rows where the
    revision has none."""
    path, columns = folder / CASES, ["unit", "indicator", "kind", "id"]
    if not path.is_file():
        return pd.DataFrame(columns=columns)
    own = [("unit", "in", tree.below(code)), ("mendable", "==", True)]
    return cases_of(pd.read_parquet(path, columns=columns, filters=own), tree, code)


def read_procedure_cases(folder: Path, tree: Tree, code: str) -> pd.DataFrame:
    """indicator, procedure_id and procedure (its name) of the cases of a unit that are of a procedure;
    no rows where the revision has none."""
    path, columns = folder / CASES, ["unit", "indicator", "kind", "procedure_id", "procedure"]
    if not path.is_file():
        return pd.DataFrame(columns=columns)
    own = [("unit", "in", tree.below(code))]
    rows = cases_of(pd.read_parquet(path, columns=columns, filters=own), tree, code)
    return rows[rows["procedure_id"].notna()]


def read_open_overdue(folder: Path) -> pd.DataFrame:
    """unit, procedure, reason and days_late of the dossiers of indicator 5 that have not ended and
    are past their limit; no rows where the revision has no cases."""
    path, columns = folder / CASES, ["unit", "procedure", "reason", "days_late"]
    if not path.is_file():
        return pd.DataFrame(columns=columns)
    late = [("indicator", "==", 5), ("days_late", ">", 0)]
    rows = pd.read_parquet(path, columns=[*columns, "ended_s"], filters=late)
    return rows[rows["ended_s"].isna()][columns]


# What is known of single cases that letters asked for.
BY_ID = ["unit", "indicator", "id", "ended_s"]


def read_by_id(folder: Path, ids: Iterable[str]) -> pd.DataFrame:
    """The cases with certain ids (BY_ID), whoever has them; no rows where the revision has none."""
    path, wanted = folder / CASES, list(ids)
    if not path.is_file() or not wanted:
        return pd.DataFrame(columns=BY_ID)
    return pd.read_parquet(path, columns=BY_ID, filters=[("id", "in", wanted)])


def cases_of(cases: pd.DataFrame, tree: Tree, code: str) -> pd.DataFrame:
    """The cases of a unit: procedures by its own scope, all else at and below it."""
    is_own, is_below = cases["unit"] == code, cases["unit"].isin(tree.below(code))
    return cases[is_own | (is_below & (cases["kind"] != "procedure"))]


def whole_number(cell: Any) -> int | None:
    """A cell of these tables that counts something; None where it is empty: no data."""
    return None if pd.isna(cell) else int(cell)


def small_texts(folder: Path) -> dict[str, str]:
    """The small tables of a revision's folder as they stand there, for its fingerprint."""
    paths = (folder / f"{name}.csv" for name in _TABLES)
    return {path.name: path.read_text(encoding="utf-8") for path in paths if path.is_file()}
