"""Counts of records with what stands behind them: cases, rows set aside, columns that are absent."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

import pandas as pd

from chiso.base.period import Period
from chiso.contract.evidence import (
    CASE_COUNTS,
    GAPS,
    HANDED_IN,
    ROWS,
    SET_ASIDE,
    Evidence,
)
from chiso.contract.records import Records
from chiso.measures.cases import find_cases
from chiso.measures.counts import Held, counted, hold, sums_of_dossiers
from chiso.measures.definitions import needs_of
from chiso.measures.falling_due import due_days
from chiso.measures.handling import handling
from chiso.measures.procedure_dossiers import procedure_dossiers
from chiso.measures.procedure_lists import compare_records
from chiso.measures.processing_times import most_handled, processing_times
from chiso.measures.record_prints import record_prints
from chiso.measures.scope import ancestors, lacking
from chiso.rules.daily_rules import daily_rules
from chiso.rules.indicators import MeasureOptions
from chiso.rules.units import Tree

_ON_TIME = (5, 21)  # indicators that ask whether a dossier was late
PROCEDURES_SHOWN = 10  # those with most dossiers, of each unit


def find(
    records: Records,
    tree: Tree,
    period: Period,
    options: MeasureOptions,
    as_of: datetime | None,
) -> tuple[pd.DataFrame, Evidence]:
    """The counts of records for a period, as `measure` gives them, and what stands behind them."""
    held = hold(records.tables, tree, period, options, as_of, records.gaps, keeps_facts=True)
    times = processing_times(held)
    evidence = gather(
        find_cases(held),
        records,
        tree,
        options,
        handling(held),
        most_handled(times, PROCEDURES_SHOWN),
        _compared(held),
    )
    lists = compare_records(held, records)
    return counted(held), replace(
        evidence,
        procedure_dossiers=procedure_dossiers(held, times),
        procedure_differences=lists.differences if lists else None,
        procedure_lists=lists.numbers if lists else None,
        due=due_days(held, daily_rules().due_days.value),
        prints=record_prints(records.tables, period),
    )


def _compared(held: Held) -> pd.DataFrame:
    """COMPARED: what asks when a dossier was late, counted with the other comparison."""
    now = held.scope.options
    other = replace(now, comparison="date" if now.comparison == "instant" else "instant")
    sums = sums_of_dossiers(held.tables, replace(held.scope, options=other))
    return counted(held.with_dossiers(sums), _ON_TIME)


def gather(
    cases: pd.DataFrame,
    records: Records,
    tree: Tree,
    options: MeasureOptions,
    handled: pd.DataFrame,
    times: pd.DataFrame,
    compared: pd.DataFrame,
) -> Evidence:
    """The evidence of one measurement; `handled` and `times`: the measures without points,
    `compared`: counts with the other comparison (COMPARED)."""
    return Evidence(
        cases,
        _case_counts(cases, tree),
        records.counts[ROWS].sort_values(["table", "file"], ignore_index=True),
        _set_aside(records.set_aside, tree),
        _gaps(records, tree, options),
        _handed_in(records, tree),
        handled,
        times,
        compared,
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


def _gaps(records: Records, tree: Tree, options: MeasureOptions) -> pd.DataFrame:
    above = ancestors(tree)
    found = [
        (unit, indicator, table, column)
        for indicator, needs in needs_of(options).items()
        for table, column, lack in lacking(records.tables, records.gaps, needs)
        for unit in _whose(lack, column, tree, above)
    ]
    return pd.DataFrame(found, columns=GAPS).drop_duplicates().sort_values(GAPS)


def _whose(lack: str | None, column: str, tree: Tree, above: pd.DataFrame) -> Iterable[str]:
    """The units for which something is lacking."""
    if lack is None:
        return tree.by_code
    return above[above["unit"] == lack]["above"] if column else (lack,)


def _handed_in(records: Records, tree: Tree) -> pd.DataFrame:
    """HANDED_IN: dossiers at and below each unit; no rows where there are no dossiers at all."""
    own = records.agencies[records.agencies["table"] == "dossiers"]
    if "dossiers" not in records.tables:
        return pd.DataFrame(columns=HANDED_IN)
    sums = own.merge(ancestors(tree), on="unit").groupby("above")[["accepted", "set_aside"]].sum()
    sums = sums.reindex(tree.by_code, fill_value=0).astype("int64")
    return sums.rename_axis("unit").reset_index()[HANDED_IN]


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
