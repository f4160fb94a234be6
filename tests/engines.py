"""Rows of plain Python as contract tables in an engine, for comparing engines with the reference."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import ibis
import ibis.expr.types as ir
import pandas as pd

from chiso.base.params import Text
from chiso.base.period import parse_period
from chiso.contract.evidence import CASE_COLUMNS, cases_of
from chiso.contract.tables import TABLES
from chiso.measures.cases import find_cases
from chiso.measures.counts import Held, counted
from chiso.measures.scope import Scope, moment_of
from chiso.rules.indicators import MeasureOptions
from chiso.rules.units import Cohort, Tree, Unit
from chiso.rules.working_days import make_calendar

Rows = list[dict[str, Any]]


def tree_of(rows: Rows) -> Tree:
    """A tree of units that have only a code, a level and a parent."""
    units = tuple(
        Unit(
            code=row["code"],
            name=Text(vi=row["code"], en=row["code"]),
            level=row["level"],
            cohort=row["level"],
            parent=row["parent"],
        )
        for row in rows
    )
    cohorts = {unit.level: Cohort(name=unit.name) for unit in units}
    return Tree(units[0].name, units[0].code, cohorts, units, date.min, None)


def tables_of(records: dict[str, Rows | None], engine: Any) -> dict[str, ir.Table]:
    """The tables that are there, with the types of the contract, for `engine` (an Ibis backend)."""
    ibis.set_backend(engine)
    made = {}
    for name, rows in records.items():
        if rows is None:
            continue
        kinds = {column.name: column.kind for column in TABLES[name].columns}
        held = set().union(*rows) if rows else set(kinds)
        schema = ibis.schema({column: kind for column, kind in kinds.items() if column in held})
        frame = pd.DataFrame(rows, columns=list(schema), dtype=object)
        for column in (name for name, kind in schema.items() if kind.is_floating()):
            # Spark reads a whole number in a column of floats as an empty cell.
            frame[column] = frame[column].astype("float64")
        made[name] = ibis.memtable(frame, schema=schema)
    return made


def engine_counts(
    engine: Any,
    records: dict[str, Rows | None],
    tree: Rows,
    period: str,
    as_of: datetime,
    options: dict[str, str | bool] | None = None,
    extra_holidays: frozenset[date] = frozenset(),
) -> dict[tuple[str, int], tuple[int, int] | None]:
    """What the engine counts, in the form of the reference."""
    return counts_of(engine_held(engine, records, tree, period, as_of, options, extra_holidays))


def counts_of(held: Held) -> dict[tuple[str, int], tuple[int, int] | None]:
    """What is held, counted, in the form of the reference."""
    return {
        (row.unit, row.indicator): None
        if row.denominator is None
        else (row.numerator, row.denominator)
        for row in counted(held).itertuples()
    }


def engine_held(
    engine: Any,
    records: dict[str, Rows | None],
    tree: Rows,
    period: str,
    as_of: datetime,
    options: dict[str, str | bool] | None = None,
    extra_holidays: frozenset[date] = frozenset(),
) -> Held:
    """The same, held for counts and cases."""
    scope = Scope(
        tree_of(tree),
        parse_period(period),
        MeasureOptions(**(options or {})),
        make_calendar(off=extra_holidays),
        moment_of(parse_period(period), as_of, {}),
    )
    return Held(tables_of(records, engine), scope)


def cases_that_differ(held: Held) -> list[tuple]:
    """Where the cases are not as many as denominator - numerator, the two told exceptions aside."""
    counts, cases = counted(held), find_cases(held)
    assert list(cases.columns) == CASE_COLUMNS
    units = {
        unit.code: cases_of(cases, held.scope.tree, unit.code) for unit in held.scope.tree.units
    }
    sizes = {code: own["indicator"].value_counts().to_dict() for code, own in units.items()}
    found = []
    for row in counts.dropna().itertuples():
        lacking, listed = row.denominator - row.numerator, sizes[row.unit].get(row.indicator, 0)
        if listed == lacking:
            continue
        # The national count may know of more than the records hold.
        national = held.national(held.scope.tree.unit(row.unit)) if row.indicator == 4 else None
        unrecorded = national == row.denominator > row.numerator + listed
        floored = row.indicator == 21 and row.numerator == 0 and listed > lacking
        if not unrecorded and not floored:
            found.append((row.unit, row.indicator, lacking, listed))
    return found
