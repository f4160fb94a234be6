"""What the portal is known to have before any option is chosen, and the options beside it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

import ibis.expr.types as ir
import numpy as np
import pandas as pd

from chiso.measures.counts import Held
from chiso.reconcile.causes import STATED, UNEXPLAINED
from chiso.reconcile.choice import Candidates
from chiso.reconcile.dossiers import Bits, Parts, Side, side_of
from chiso.reconcile.listed import join_list
from chiso.reconcile.options import (
    Absence,
    Judgement,
    Move,
    absences,
    comparisons,
    judgements,
    moves,
    whole_units,
)
from chiso.reconcile.steps import Explained


@dataclass(frozen=True)
class Seen:
    """`ours` and what is known of the portal's `side`, with the same ids in the same order; `cause`
    of what differs between them already; and the options that may hold besides."""

    ours: Side
    side: Side
    cause: pd.Series
    absences: tuple[Absence, ...]
    moves: tuple[Move, ...]
    judgements: tuple[Judgement, ...]

    @property
    def option_causes(self) -> list[str]:
        """The cause of each option, in their order."""
        causes = [one.cause for one in self.absences] + [one.cause for one in self.moves]
        return causes + [one.cause for one in self.judgements]

    @property
    def ids(self) -> pd.Index:
        """The dossiers of both sides and of all options."""
        return self.side.rows.index

    def candidates(self, parts: Parts, nearest: dict[str, int], outside: int) -> Candidates:
        """The options as what they would change, in the order of causes.CAUSES. `nearest`: the cell
        that a unit's dossiers belong to; `outside`: that of units that the tree does not have."""
        rows = self.side.rows
        base = parts.of(self.side.flags, rows["procedure_id"])
        # One that the period counts nowhere on our side belongs to the unit that its record names.
        own = rows["unit"]
        for judgement in self.judgements:
            own = own.fillna(judgement.side.rows["unit"])
        units = own.map(nearest).fillna(outside).to_numpy(dtype=np.int64)
        absent = np.column_stack(
            [np.zeros((len(rows), 0), dtype=bool)]
            + [np.asarray(self.ids.isin(one.ids)) for one in self.absences]
        )
        targets = np.column_stack(
            [np.zeros((len(rows), 0), dtype=np.int64)]
            + [
                one.units.reindex(self.ids).map(nearest).fillna(-1).to_numpy(dtype=np.int64)
                for one in self.moves
            ]
        )
        judged, changes = [], []
        for judgement in self.judgements:
            procedures = rows["procedure_id"].fillna(judgement.side.rows["procedure_id"])
            judged.append(parts.of(judgement.side.flags, procedures))
            differs = (judgement.side.flags != self.side.flags).any(axis=1)
            changes.append(differs | np.asarray(self.ids.isin(judgement.ids)))
        counted = self.side.flags.any(axis=1)
        absent &= np.column_stack([*changes, counted]).any(axis=1, keepdims=True)
        return Candidates(
            units, base, absent, targets, tuple(judged),
            np.column_stack([np.zeros((len(rows), 0), dtype=bool), *changes]),
            np.isin(self.option_causes, STATED),
        )  # fmt: skip

    def with_options(self, found: Candidates, active: Bits) -> Explained:
        """Both sides as they are with the options that hold, and the cause of each dossier."""
        acting = found.applies & active[found.cells]
        first = np.where(acting.any(axis=1), acting.argmax(axis=1), -1)
        flags = self.side.flags.copy()
        unit = self.side.rows["unit"].to_numpy(copy=True)
        own = self.ours.rows["unit"].to_numpy(copy=True)
        procedures = self.ours.rows["procedure_id"].fillna(self.side.rows["procedure_id"])
        stop = len(self.absences) + len(self.moves)
        for place in reversed(range(len(self.judgements))):
            rows = acting[:, stop + place]
            other = self.judgements[place].side
            flags[rows] = other.flags[rows]
            unit[rows] = other.rows["unit"].to_numpy()[rows]
            procedures = procedures.fillna(other.rows["procedure_id"])
            own = np.where(pd.isna(own), other.rows["unit"].to_numpy(), own)
        for place in reversed(range(len(self.moves))):
            rows = acting[:, len(self.absences) + place]
            unit[rows] = self.moves[place].units.reindex(self.ids).to_numpy()[rows]
        is_absent = (first >= 0) & (first < len(self.absences))
        flags[is_absent] = False
        unit[is_absent] = None
        named = self.option_causes
        cause = np.where(
            first >= 0, np.array([*named, UNEXPLAINED], dtype=object)[first], UNEXPLAINED
        )
        known = (self.cause != UNEXPLAINED).to_numpy()
        cause = np.where(known, self.cause.to_numpy(), cause)
        differs = (flags != self.ours.flags).any(axis=1) | (
            (unit != own) & flags.any(axis=1) & ~pd.isna(unit)
        )
        cause = np.where(differs, cause, UNEXPLAINED)
        rows_of_both = self.ours.rows.assign(procedure_id=procedures, unit=own)
        return Explained(
            Side(rows_of_both, self.ours.flags),
            Side(rows_of_both.assign(unit=unit), flags),
            pd.Series(cause, index=self.ids),
        )


def seen_from_records(held: Held, captured: datetime, counts: pd.DataFrame) -> Seen:
    """Nothing is known of the portal but its counts: it may have our dossiers in all of these ways."""
    ours = side_of(held.tables, held.scope)
    absent = tuple(absences(held, captured))
    moved = (*moves(held), whole_units(held, ours, counts))
    judged = tuple(judgements(held, captured))
    ids = ours.rows.index
    for one in judged:
        ids = ids.union(one.side.rows.index)
    side = ours.at(ids)
    judged = tuple(replace(one, side=one.side.at(ids)) for one in judged)
    cause = pd.Series(UNEXPLAINED, index=ids, dtype=object)
    return Seen(side, side, cause, absent, moved, judged)


def seen_by_list(held: Held, listed: ir.Table, captured: datetime, unreadable: pd.Index) -> Seen:
    """The portal's own list says what it has; only how it compares moments may be otherwise."""
    joined = join_list(held, listed, captured, unreadable)
    ours, theirs = side_of(held.tables, held.scope), side_of(joined.tables, joined.scope)
    judged = tuple(comparisons(joined.tables, joined.scope))
    ids = ours.rows.index.union(theirs.rows.index)
    judged = tuple(replace(one, side=one.side.at(ids)) for one in judged)
    cause = joined.causes(ids, captured).reindex(ids).fillna(UNEXPLAINED)
    return Seen(ours.at(ids), theirs.at(ids), cause, (), (), judged)
