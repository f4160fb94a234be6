"""What may be otherwise on the portal, told from our records alone: dossiers, and what becomes of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime

import ibis
import ibis.expr.types as ir
import numpy as np
import pandas as pd

from chiso.measures.counts import Held
from chiso.measures.definitions import summed_flags
from chiso.measures.dossiers import ENDS, ONLINE
from chiso.measures.scope import Scope, Tables, is_true
from chiso.measures.working_time import with_working_time
from chiso.reconcile import causes
from chiso.reconcile.dossiers import Bits, Side, side_of, with_table
from chiso.rules.handling_rules import handling_rules
from chiso.rules.reconcile_rules import reconcile_rules
from chiso.rules.units import Tree

# Statuses of dossiers that have not ended.
_OPEN = (1, 2, 4, 5, 6)
# By what twins are found.
REQUEST = ("unit", "procedure_id", "channel", "submitted_at", "received_at")


@dataclass(frozen=True)
class Absence:
    """Dossiers that the portal does not have."""

    cause: str
    ids: pd.Index


@dataclass(frozen=True)
class Move:
    """Dossiers that the portal counts for another unit: dossier_id -> unit."""

    cause: str
    units: pd.Series


@dataclass(frozen=True)
class Judgement:
    """The dossiers as the portal would count them, all of them; only what differs is looked at, and
    `ids`: those whose record is another, whatever they count as, so that no later option reads it."""

    cause: str
    side: Side
    ids: pd.Index = field(default_factory=lambda: pd.Index([]))


def absences(held: Held, captured: datetime) -> Iterator[Absence]:
    """Ways in which dossiers of the records may be absent from the portal at `captured`."""
    rows = _columns(held.tables["dossiers"], "synced_at", "received_at").apply(pd.to_datetime)
    moment = pd.Timestamp(captured)
    if "synced_at" in held.tables["dossiers"].columns:
        yield Absence(causes.NOT_SYNCED, rows.index[rows["synced_at"].isna()])
    late = (rows["synced_at"] > moment) | (rows["received_at"] > moment)
    yield Absence(causes.SYNCED_LATER, rows.index[late])
    yield Absence(causes.OTHER_SYSTEM, rows.index[is_of_other_system(rows.index)])
    for ids in twins(_columns(held.tables["dossiers"], *REQUEST)):
        yield Absence(causes.DUPLICATE, ids)


def is_of_other_system(ids: pd.Index) -> Bits:
    """Which ids are those of dossiers that a ministry's central system handled."""
    pattern = reconcile_rules().other_system.code
    return np.asarray(ids.astype(str).str.contains(pattern, regex=True), dtype=bool)


def twins(dossiers: pd.DataFrame) -> Iterator[pd.Index]:
    """Of requests filed twice, online and at the counter, the ids of the counter's dossiers, then
    of those filed online; those filed at the same moment first, as they are the surer ones.

    `dossiers`: REQUEST by dossier_id.
    """
    rows = dossiers[["unit", "procedure_id"]].copy()
    filed = dossiers[["submitted_at", "received_at"]].apply(pd.to_datetime)
    rows["moment"] = filed["submitted_at"].fillna(filed["received_at"])
    rows["online"] = dossiers["channel"].eq(ONLINE).fillna(False).astype(bool)
    rows = rows.dropna(subset=["moment"]).reset_index(names="dossier_id")
    # One key after the other: together, texts are first numbered in their order.
    rows = rows.sort_values("dossier_id", kind="stable").sort_values("moment", kind="stable")
    columns = ["unit", "procedure_id", "moment", "dossier_id"]
    left, right = rows.loc[rows["online"], columns], rows.loc[~rows["online"], columns]
    for hours in (0, reconcile_rules().duplicates.hours):
        pairs = pd.merge_asof(
            left,
            right.rename(columns={"dossier_id": "twin"}),
            on="moment",
            by=["unit", "procedure_id"],
            direction="nearest",
            tolerance=pd.Timedelta(hours=hours),
        )
        # A dossier has one twin.
        pairs = pairs.dropna(subset=["twin"]).drop_duplicates("twin")
        for name in ("twin", "dossier_id"):
            yield pd.Index(pairs[name])


def moves(held: Held) -> Iterator[Move]:
    """Ways in which the portal may count dossiers of the records for other units: by the unit that
    the code names, by the agency of the procedure."""
    tree = held.scope.tree
    rows = _columns(held.tables["dossiers"], "unit", "procedure_id")
    named = rows.index.to_series().astype(str).str.extract(reconcile_rules().mapping.code)["unit"]
    yield Move(causes.MAPPING, _elsewhere(rows["unit"], named.where(named != tree.province), tree))
    if "agency" in held.names.columns:
        agencies = held.names.set_index("procedure_id")["agency"]
        departments = {unit.code for unit in tree.units if unit.level == "so"}
        agency = rows["procedure_id"].map(agencies)
        is_own = rows["unit"].isin(departments) & agency.isin(departments)
        yield Move(causes.MAPPING, _elsewhere(rows["unit"], agency.where(is_own), tree))


def whole_units(held: Held, ours: Side, portal: pd.DataFrame) -> Move:
    """Agencies of which the portal counts no dossier at all, where one other agency has exactly as
    many more than ours: received in the period, and handled in it."""
    tree, names = held.scope.tree, summed_flags(held.shares)
    columns = [names.index("received"), names.index("population")]
    sums = pd.DataFrame(ours.flags[:, columns].astype("int64"), index=ours.rows["unit"])
    own = sums.groupby(level=0).sum().reindex(tree.by_code, fill_value=0)
    more = _own_counts(tree, portal) - own
    units = pd.Series(dtype=object)
    for code in own.index[(more == -own).all(axis=1) & (own[0] > 0)]:
        others = more.index[(more == own.loc[code]).all(axis=1)]
        if len(others) == 1:
            ids = ours.rows.index[ours.rows["unit"] == code]
            units = pd.concat([units, pd.Series(others[0], index=ids, dtype=object)])
    return Move(causes.MAPPING, units)


def _own_counts(tree: Tree, portal: pd.DataFrame) -> pd.DataFrame:
    """By unit what the portal counts of it without those below: received (the denominator of 8), and
    handled (that of 5); nothing of what it has no row of."""
    counts = portal.pivot_table(
        index="unit", columns="indicator", values="denominator", aggfunc="first"
    )
    whole = counts.reindex(index=list(tree.by_code), columns=[8, 5]).astype(float).fillna(0)
    own = whole.copy()
    for unit in tree.units:
        if unit.parent:
            own.loc[unit.parent] -= whole.loc[unit.code]
    return own.set_axis([0, 1], axis=1).astype("int64")


def _elsewhere(units: pd.Series, named: pd.Series, tree: Tree) -> pd.Series:
    known = named.isin(tree.by_code) & (named != units)
    return named[known]


def judgements(held: Held, captured: datetime) -> Iterator[Judgement]:
    """Ways in which the portal may count the records' dossiers in other periods or judge them
    otherwise."""
    tables, scope = held.tables, held.scope
    for cause, table in _in_other_periods(tables["dossiers"], scope):
        yield Judgement(cause, side_of(with_table(tables, table), scope))
    # What happened after the capture, the portal did not know.
    if captured < scope.now:
        yield Judgement(causes.STATUS, side_of(tables, replace(scope, now=captured)))
    is_open, table = _ended_by_status(tables["dossiers"])
    yield Judgement(causes.STATUS, side_of(with_table(tables, table), scope), is_open)
    yield from comparisons(tables, scope)


def comparisons(tables: Tables, scope: Scope) -> Iterator[Judgement]:
    """The other readings of what is on time: days or moments, time waited for supplements, dossiers
    without a due date, suspended ones."""
    now = scope.options
    others = (
        replace(now, comparison="date" if now.comparison == "instant" else "instant"),
        replace(now, suspended="on_time" if now.suspended == "portal" else "portal"),
        replace(now, no_due_date="on_time" if now.no_due_date == "term" else "term"),
    )
    for options in others:
        yield Judgement(causes.COMPARISON, side_of(tables, replace(scope, options=options)))
    table = tables["dossiers"]
    waited = [c for c in ("supplement_done_at", "supplement_hours") if c in table.columns]
    if waited:
        yield Judgement(causes.COMPARISON, side_of(with_table(tables, table.drop(*waited)), scope))


def _in_other_periods(table: ir.Table, scope: Scope) -> Iterator[tuple[str, ir.Table]]:
    """Receipts at other moments, where that makes another period of it: those received late at the
    moment of submission, then other online ones, then by another clock, then by an end inclusive."""
    if "received_at" not in table.columns:
        return
    if {"submitted_at", "channel"} <= set(table.columns):
        late = _received_late(table, scope)
        yield causes.RECEIVED_LATE, _received_at(table, scope, "submitted", late)
        online = is_true(table.channel == ONLINE)
        yield causes.EDGE, _received_at(table, scope, "submitted", online)
    hours = reconcile_rules().edges.clock_hours
    yield causes.EDGE, _received_at(table, scope, ibis.interval(hours=hours), ibis.literal(True))
    yield causes.EDGE, _received_at(table, scope, ibis.interval(seconds=1), ibis.literal(True))


def _received_late(table: ir.Table, scope: Scope) -> ir.BooleanValue:
    """Online dossiers received later than the hours that the rule gives, by office hours."""
    rules = handling_rules()
    limit = rules.receipt_limit(scope.period.last_day).hours * 3600
    timed = with_working_time(
        table.filter(is_true(table.channel == ONLINE)).select(
            "dossier_id",
            submitted=table.submitted_at.cast("timestamp"),
            received=table.received_at.cast("timestamp"),
        ),
        scope.calendar,
        rules.spans,
        submitted_work="submitted",
        received_work="received",
    )
    late = timed.filter(is_true(timed.received_work - timed.submitted_work > limit))
    return table.dossier_id.isin(late.dossier_id)


def _received_at(
    table: ir.Table, scope: Scope, other: str | ir.IntervalValue, which: ir.BooleanValue
) -> ir.Table:
    """Those of `which` received at another moment, if that lies on the other side of an edge."""
    received = table.received_at.cast("timestamp")
    moment = table.submitted_at.cast("timestamp") if isinstance(other, str) else received - other
    crosses = ibis.literal(False)
    for edge in (scope.period.start, scope.period.end):
        line = ibis.literal(edge, type="timestamp")
        crosses = crosses | is_true((received >= line) & (moment < line))
    return table.mutate(received_at=(which & crosses).ifelse(moment, received))


def _ended_by_status(table: ir.Table) -> tuple[pd.Index, ir.Table]:
    """The dossiers whose status says that they have not ended although they have an end, and all
    without that end."""
    is_open = is_true(table.status.isin(_OPEN))
    ends = [name for name in ENDS if name in table.columns]
    moments = {name: is_open.ifelse(None, table[name].cast("timestamp")) for name in ends}
    has_end = ibis.or_(*(table[name].notnull() for name in ends)) if ends else ibis.literal(False)
    ids = table.filter(is_open & has_end).select("dossier_id").to_pandas()["dossier_id"]
    return pd.Index(ids), table.mutate(**moments)


def _columns(table: ir.Table, *names: str) -> pd.DataFrame:
    """Columns by dossier_id; one that the table does not have is empty."""
    there = [name for name in names if name in table.columns]
    rows = table.select("dossier_id", *there).to_pandas().set_index("dossier_id")
    return rows.reindex(columns=list(names))
