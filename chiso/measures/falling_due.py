"""Dossiers in process that fall due in the coming working days, by the reading of indicator 5.

Source: indicator 5 (docs/en/assumptions.md): what is in process and in time at T falls due at its limit,
later by the time that the applicant was waited for. One that waits for a supplement has no day: its
time stands still.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import ibis.expr.types as ir
import pandas as pd

from chiso.contract.evidence import DUE
from chiso.measures.counts import Held, has_dossiers
from chiso.measures.definitions import needs_of
from chiso.measures.scope import Scope, lacking
from chiso.rules.indicators import ON_TIME
from chiso.rules.working_days import SECONDS_A_DAY, days_since_1970

# Words of `dossier_facts` for a dossier that waits for a supplement.
_WAITING = ("supplement", "waiting", "asked_again")
# One row a dossier, what is due first first; moments as seconds since 1970.
DUE_DOSSIERS = ["dossier_id", "unit", "procedure_id", "procedure", "received_s", "due_s", "due_day"]


@dataclass(frozen=True)
class FallingDue:
    """The dossiers of a measurement that were in process at `now` (T), by when they fall due.

    `dossiers`: due on T's day or on one of the working days after it up to `last_day`
    (DUE_DOSSIERS). Not among them: `later`, `overdue`, `waiting` for a supplement, `no_limit`
    (neither a due date nor a term). `unknown`: units whose records can't tell.
    """

    now: datetime
    last_day: date
    dossiers: pd.DataFrame
    later: int
    overdue: int
    waiting: int
    no_limit: int
    unknown: frozenset[str]


def falling_due(held: Held, days: int) -> FallingDue | None:
    """The dossiers due in so many working days after T; None where no unit's records can tell."""
    scope = held.scope
    unknown = _unknown(held)
    if unknown is None:
        return None
    last = scope.calendar.day_after(scope.now.date(), days)
    open_now = _open(held, unknown)
    rows = _due_by(open_now, scope, last)
    sizes = {
        (row["reason"], bool(row["on_time"])): int(row["dossiers"])
        for row in open_now.group_by("reason", "on_time")
        .aggregate(dossiers=open_now.count())
        .to_pandas()
        .to_dict("records")
    }
    in_time = sizes.get(("in_process", True), 0)
    names = held.names.drop_duplicates("procedure_id").set_index("procedure_id")
    rows["procedure"] = rows["procedure_id"].map(names["name"]) if "name" in names else None
    return FallingDue(
        now=scope.now,
        last_day=last,
        dossiers=rows[DUE_DOSSIERS],
        later=in_time - len(rows),
        overdue=sizes.get(("in_process", False), 0),
        waiting=_number(sizes, _WAITING),
        no_limit=_number(sizes, ("no_limit",)),
        unknown=unknown,
    )


def due_days(held: Held, days: int) -> pd.DataFrame | None:
    """DUE, how many dossiers of each unit fall due on which day; None of a period that is over at T,
    and where no unit's records can tell."""
    scope, unknown = held.scope, _unknown(held)
    if scope.now + timedelta(seconds=1) >= scope.period.end or unknown is None:
        return None
    last = scope.calendar.day_after(scope.now.date(), days)
    return by_day(_due_by(_open(held, unknown), scope, last))


def by_day(dossiers: pd.DataFrame) -> pd.DataFrame:
    """Dossiers (DUE_DOSSIERS) counted by unit and day: DUE."""
    return dossiers.groupby(["unit", "due_day"]).size().rename("dossiers").reset_index()[DUE]


def _unknown(held: Held) -> frozenset[str] | None:
    """The units whose own records lack what indicator 5 needs; None where all do."""
    if not has_dossiers(held.tables):
        return None
    found = lacking(held.tables, held.gaps, needs_of(held.scope.options)[ON_TIME])
    units = [unit for _table, _column, unit in found]
    return None if None in units else frozenset(unit for unit in units if unit)


def _open(held: Held, unknown: Iterable[str]) -> ir.Table:
    """The dossiers that had come in at T and had not ended."""
    facts, t = held.dossier_facts, held.scope.t
    is_open = facts.end_s.isnull() | (facts.end_s > t)
    rows = facts.filter(facts.population & is_open & (facts.received_s <= t))
    left_out = sorted(unknown)
    return rows.filter(~rows.unit.isin(left_out)) if left_out else rows


def _due_by(open_now: ir.Table, scope: Scope, last: date) -> pd.DataFrame:
    """Those in time whose limit, later by the time that was waited for, is on T's day or after it
    up to the day `last`."""
    waited = scope.t - open_now.compared_at.epoch_seconds()
    rows = open_now.mutate(limit_s=open_now.due_s + waited)
    today = scope.t // SECONDS_A_DAY * SECONDS_A_DAY
    end = (days_since_1970(last) + 1) * SECONDS_A_DAY
    is_due = (rows.limit_s >= today) & (rows.limit_s < end)
    in_process = rows.on_time & (rows.reason == "in_process")
    found = (
        rows.filter(in_process & is_due)
        .select("dossier_id", "unit", "procedure_id", "received_s", due_s="limit_s")
        .to_pandas()
    )
    found["due_day"] = (found["due_s"] // SECONDS_A_DAY).astype("int64")
    return found.sort_values(["due_s", "unit", "dossier_id"], ignore_index=True)


def _number(sizes: dict[tuple[str, bool], int], reasons: Iterable[str]) -> int:
    return sum(number for (reason, _in_time), number in sizes.items() if reason in reasons)
