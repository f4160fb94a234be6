"""The portal's own list of dossiers, joined to ours dossier by dossier."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

import ibis
import ibis.expr.types as ir
import numpy as np
import pandas as pd

from chiso.measures.counts import Held
from chiso.measures.dossiers import ONLINE
from chiso.measures.scope import Scope, Tables
from chiso.reconcile import causes
from chiso.reconcile.dossiers import Bits, with_table
from chiso.reconcile.options import REQUEST, is_of_other_system, twins

# What the on-time rule looks at besides the dates of receipt; what else differs is data that one
# side does not have yet.
_NOT_STATES = {"unit", "procedure_id", "submitted_at", "received_at", "due_at", "synced_at"}


@dataclass(frozen=True)
class Listed:
    """The portal's list: `tables` to be counted, `scope` at the moment of the capture. `ours`, `theirs`:
    both lists by dossier_id with the same columns."""

    tables: Tables
    scope: Scope
    ours: pd.DataFrame
    theirs: pd.DataFrame
    unreadable: pd.Index

    def causes(self, ids: pd.Index, captured: datetime) -> pd.Series:
        """The cause of each of these dossiers that stands on one list only or differs on them."""
        return _causes(self.ours, self.theirs, captured, self.unreadable, ids)


def join_list(held: Held, listed: ir.Table, captured: datetime, unreadable: pd.Index) -> Listed:
    """Join the records' dossiers and the portal's by their ids.

    A column that the portal's list does not have is taken from ours, so that only what it says can
    differ. Of dossiers in `unreadable` rows of the list nothing is told.
    """
    # By Arrow: ibis makes a Python list of every column that has an empty cell.
    ours = held.tables["dossiers"].to_pyarrow().to_pandas().set_index("dossier_id")
    theirs = listed.to_pyarrow().to_pandas().set_index("dossier_id")
    for name in ours.columns.difference(theirs.columns):
        theirs[name] = ours[name].reindex(theirs.index)
    theirs = theirs[list(ours.columns)].astype(ours.dtypes.to_dict())
    schema = {name: held.tables["dossiers"].schema()[name] for name in ours.columns}
    table = ibis.memtable(theirs.reset_index(), schema={"dossier_id": "string", **schema})
    scope = replace(held.scope, now=min(held.scope.now, captured))
    return Listed(with_table(held.tables, table), scope, ours, theirs, unreadable)


def _causes(
    ours: pd.DataFrame,
    theirs: pd.DataFrame,
    captured: datetime,
    unreadable: pd.Index,
    ids: pd.Index,
) -> pd.Series:
    """The first cause, in their order, of every dossier of `ids` that is not the same on both lists."""
    here, there = _is_in(ids, ours.index), _is_in(ids, theirs.index)
    own, other = ours.reindex(ids), theirs.reindex(ids)
    both = here & there
    moment = pd.Timestamp(captured)
    missing, extra = here & ~there, there & ~here
    twin = _is_in(ids, _twins_across(ours, theirs).unique())
    channel = own.get("channel", pd.Series(pd.NA, index=ids)).eq(ONLINE).fillna(False)
    online = channel.to_numpy(dtype=bool)
    at_submission = _same(other, "received_at", own, "submitted_at")
    other_receipt = both & ~_same(own, "received_at", other, "received_at")
    states = [name for name in ours.columns if name not in _NOT_STATES]
    differs = np.zeros(len(ids), dtype=bool)
    for name in states:
        differs |= both & ~_same(own, name, other, name)
    rules = [
        (ids.isin(unreadable), causes.UNEXPLAINED),
        (missing & own["synced_at"].isna().to_numpy(), causes.NOT_SYNCED),
        (missing & (_after(own, "synced_at", moment) | _after(own, "received_at", moment)),
         causes.SYNCED_LATER),
        ((missing | extra) & is_of_other_system(ids), causes.OTHER_SYSTEM),
        ((missing | extra) & twin, causes.DUPLICATE),
        (both & ~_same(own, "unit", other, "unit"), causes.MAPPING),
        (other_receipt & online & at_submission, causes.RECEIVED_LATE),
        (other_receipt, causes.EDGE),
        (differs, causes.STATUS),
        (both & ~_same(own, "due_at", other, "due_at"), causes.COMPARISON),
        (missing | extra, causes.UNEXPLAINED),
    ]  # fmt: skip
    found = np.select([rule for rule, _cause in rules], [cause for _rule, cause in rules], "same")
    return pd.Series(found, index=ids)[found != "same"]


def _twins_across(ours: pd.DataFrame, theirs: pd.DataFrame) -> pd.Index:
    """Of dossiers that one side alone has, those whose request the other side has under another
    code too, or which stand on one list twice."""
    ours, theirs = (side.reindex(columns=list(REQUEST)) for side in (ours, theirs))
    alone = (
        ours[~_is_in(ours.index, theirs.index)],
        theirs[~_is_in(theirs.index, ours.index)],
    )
    filed = pd.concat(alone)
    # A twin is of the same agency and procedure: most of a list need not be looked through.
    requests = _requests(filed).unique()
    found = [
        ids
        for side in (ours, theirs)
        for ids in twins(pd.concat([side[_is_in(_requests(side), requests)], filed]))
    ]
    return found[0].append(found[1:]) if found else pd.Index([])


def _requests(rows: pd.DataFrame) -> pd.Index:
    """What twins have in common, as one text."""
    return pd.Index(rows["unit"].astype(str) + "\x1f" + rows["procedure_id"].astype(str))


def _is_in(ids: pd.Index, others: pd.Index) -> Bits:
    """Which of the ids are among the others, each of which stands there once. `isin` takes some ten
    times as long where ids are texts."""
    return np.asarray(others.get_indexer(ids) >= 0)


def _same(one: pd.DataFrame, name: str, other: pd.DataFrame, of: str) -> np.ndarray:
    """Where two columns say the same; empty is the same as empty, and a flag that is not set."""
    left, right = one[name], other[of]
    # Only a column of objects is looked through for flags: moments would be made objects for it.
    if left.dtype in (bool, "boolean") or (left.dtype == object and left.map(type).eq(bool).any()):
        left, right = left.eq(True).fillna(False), right.eq(True).fillna(False)
        return np.asarray(left.to_numpy(dtype=bool) == right.to_numpy(dtype=bool))
    equal = left.eq(right).fillna(False).to_numpy(dtype=bool)
    return equal | (left.isna() & right.isna()).to_numpy(dtype=bool)


def _after(rows: pd.DataFrame, name: str, moment: pd.Timestamp) -> np.ndarray:
    return np.asarray((pd.to_datetime(rows[name]) > moment).to_numpy(dtype=bool))
