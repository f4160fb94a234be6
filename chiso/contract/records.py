"""Records as readers hand them to measures: accepted rows, what was set aside, what is lacking."""

from __future__ import annotations

from dataclasses import dataclass

import ibis.expr.types as ir
import pandas as pd

# A table, a column of it, and the unit whose records lack it (None: the records of all). Without a
# column: the unit itself has no row of the table that counts.
Gap = tuple[str, str, str | None]

# unit: what stands in the column of units; set_aside: rows that wait for a correction.
AGENCY_COLUMNS = ["table", "file", "unit", "accepted", "set_aside"]


@dataclass(frozen=True)
class Remark:
    """What a reader should know of a file and sheet (empty: of the whole file), in words.

    `column`: the column of a table that is absent for it (dossiers.due_at), if one is.
    """

    file: str
    sheet: str
    text: str
    column: str = ""


@dataclass(frozen=True)
class Records:
    """Accepted rows by table (Ibis, canonical names and types), and what was set aside.

    `set_aside`: a line for each reason of each bad row (sources/checks.SET_ASIDE_COLUMNS; row counts as in
    the file, the header included). `cells`: table -> the bad rows as text, with their places.
    `counts`: rows in = accepted + set aside, by file (sources/checks.COUNT_COLUMNS; `not_lost`: of the
    latter, rows for which another one counts, or none should), and `others`, rows of the file that are no
    records. `gaps`: columns that a unit's records do not have, though
    those of others do. `remarks`: how files were read, where that is not plain.
    `agencies`: rows by agency and file (AGENCY_COLUMNS).
    """

    tables: dict[str, ir.Table]
    set_aside: pd.DataFrame
    cells: dict[str, pd.DataFrame]
    counts: pd.DataFrame
    gaps: frozenset[Gap]
    remarks: tuple[Remark, ...]
    agencies: pd.DataFrame

    @property
    def silent(self) -> frozenset[str]:
        """The codes of the units whose records hold no dossier that counts."""
        return frozenset(
            unit
            for table, column, unit in self.gaps
            if unit and (table, column) == ("dossiers", "")
        )
