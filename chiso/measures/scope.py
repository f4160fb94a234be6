"""What a measure looks at: the period's moments, the tree, and which columns are there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

import ibis
import ibis.expr.types as ir
import numpy as np
import pandas as pd

from chiso.base.period import Period
from chiso.contract.records import Gap
from chiso.rules.indicators import MeasureOptions
from chiso.rules.units import Tree
from chiso.rules.working_days import SECONDS_A_DAY, Calendar, seconds_since_1970

Tables = Mapping[str, ir.Table]


@dataclass(frozen=True)
class Scope:
    """One measurement: S (start), E (end) and T (now) as seconds since 1970, and what applies."""

    tree: Tree
    period: Period
    options: MeasureOptions
    calendar: Calendar
    now: datetime

    @property
    def s(self) -> int:
        """S, the first second of the period."""
        return seconds_since_1970(self.period.start)

    @property
    def e(self) -> int:
        """E, the first second after the period."""
        return seconds_since_1970(self.period.end)

    @property
    def t(self) -> int:
        """T, the second at which open cases are looked at."""
        return seconds_since_1970(self.now)


def moment_of(period: Period, as_of: datetime | None, tables: Tables) -> datetime:
    """T: E - 1 second, or for an open period `as_of`, else the newest moment in the records."""
    last = period.end - timedelta(seconds=1)
    newest = as_of or newest_moment(tables)
    return min(newest, last) if newest else last


def newest_moment(tables: Tables) -> datetime | None:
    """The newest moment at which something happened; a due date did not happen."""
    newest = []
    for table in tables.values():
        moments = [
            name
            for name, kind in table.schema().items()
            if kind.is_timestamp() and name != "due_at"
        ]
        if moments:
            row = table.aggregate(**{name: table[name].max() for name in moments}).to_pandas()
            newest += [value for value in row.iloc[0] if value is not None and not pd.isna(value)]
    return pd.Timestamp(max(newest)).to_pydatetime() if newest else None


def lacking(tables: Tables, gaps: frozenset[Gap], needs: Mapping[str, str]) -> set[Gap]:
    """What a measure needs (as `definitions.needs_of` has it) and the tables, or the records of
    single units, do not have: an empty column is the whole table (of a unit: all of its rows),
    columns parted by | are ways of which one would be enough; what begins with ? may be absent, but
    not be set aside."""
    found = {gap for gap in gaps if gap[0] in needs and not gap[1]}
    for name, columns in needs.items():
        if columns.startswith("?"):
            found |= {gap for gap in gaps if gap[:2] == (name, columns[1:])}
            continue
        stands_in = name == "decisions" and name not in tables
        table = tables.get("procedures" if stands_in else name)
        if table is None:
            found.add((name, "", None))
            continue
        for choice in columns.split():
            ways = choice.split("|")
            if not any(way in table.columns for way in ways):
                found.add((name, choice, None))
            absent = [{unit for *place, unit in gaps if place == [name, way]} for way in ways]
            found |= {(name, choice, unit) for unit in set.intersection(*absent)}
    return found


def without_data(
    tables: Tables, tree: Tree, gaps: frozenset[Gap], needs: Mapping[str, str]
) -> frozenset[str]:
    """The units that have no data for a measure with such needs."""
    found = lacking(tables, gaps, needs)
    if any(unit is None for *_column, unit in found):
        return frozenset(tree.by_code)
    above = ancestors(tree)
    units = {unit for _table, column, unit in found if column}
    # What a silent agency would have added is not known, but what the others handed in is.
    silent = {unit for _table, column, unit in found if not column and unit}
    return frozenset(above[above["unit"].isin(units)]["above"]) | silent


def column(table: ir.Table, name: str, kind: str) -> ir.Value:
    """A column, or empty cells of type `kind` where the table does not have it."""
    return table[name] if name in table.columns else ibis.null(kind)


def flag(table: ir.Table, name: str) -> ir.BooleanValue:
    """A column of flags; an empty cell means no."""
    return is_true(column(table, name, "boolean"))


def is_true(value: ir.BooleanValue) -> ir.BooleanValue:
    """Whether a value is true; empty is not. Engines do this far faster than they fill cells."""
    return value.identical_to(True)


def flags(table: pd.DataFrame, name: str) -> pd.Series:
    """The same of a small table; False throughout where it does not have the column."""
    if name not in table.columns:
        return pd.Series(False, index=table.index, dtype=bool)
    return table[name].map(lambda value: bool(value) if pd.notna(value) else False).astype(bool)


def ancestors(tree: Tree) -> pd.DataFrame:
    """unit, above: every unit with itself and each unit above it."""
    rows = [
        (unit.code, above) for unit in tree.units for above in (unit.code, *tree.above(unit.code))
    ]
    return pd.DataFrame(rows, columns=["unit", "above"])


def day_numbers(table: pd.DataFrame, name: str) -> pd.Series:
    """A column of dates or moments as days since 1970; NaN where empty."""
    return np.floor(second_numbers(table, name) / SECONDS_A_DAY)


def second_numbers(table: pd.DataFrame, name: str) -> pd.Series:
    """A column of dates or moments as seconds since 1970; NaN where empty or absent."""
    if name not in table.columns:
        return pd.Series(np.nan, index=table.index)
    moments = pd.to_datetime(table[name])
    return (moments - pd.Timestamp("1970-01-01")) / pd.Timedelta(seconds=1)


def column_or_empty(table: pd.DataFrame, name: str) -> pd.Series:
    """A column of text of a small table; empty text where a cell or the column is absent."""
    if name not in table.columns:
        return pd.Series("", index=table.index, dtype=object)
    return table[name].astype(object).fillna("").astype(str)
