"""Dossiers as one side counts them: a row a dossier with the flags of the measures."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import ibis.expr.types as ir
import numpy as np
import numpy.typing as npt
import pandas as pd

from chiso.measures.counts import Held
from chiso.measures.definitions import (
    COMPLAINED,
    ONLINE_OF_SERVICE,
    PROCEDURES_WITH_DOSSIERS,
    SERVICES,
    dossier_shares,
    summed_flags,
)
from chiso.measures.dossiers import dossier_facts
from chiso.measures.scope import Scope, Tables, flags

Bits = npt.NDArray[np.bool_]
Numbers = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Side:
    """What one side counts: `rows` has unit and procedure_id by dossier_id; `flags` a column for
    each of `summed_flags`, in the rows' order."""

    rows: pd.DataFrame
    flags: Bits

    def at(self, ids: pd.Index) -> Side:
        """The same dossiers and those of `ids`, in the order of `ids`: one that this side does not
        count has no flag, and an empty unit."""
        place = self.rows.index.get_indexer(ids)
        known = place >= 0
        found = np.zeros((len(ids), self.flags.shape[1]), dtype=bool)
        found[known] = self.flags[place[known]]
        return Side(self.rows.reindex(ids), found)


def side_of(tables: Tables, scope: Scope) -> Side:
    """The dossiers that the period counts anywhere, by the options of `scope`."""
    names = summed_flags(dossier_shares(scope.options))
    facts = dossier_facts(tables, scope).select("dossier_id", "unit", "procedure_id", *names)
    rows = facts.to_pandas().set_index("dossier_id")
    return Side(rows[["unit", "procedure_id"]], rows[list(names)].to_numpy(dtype=bool))


def sums_of(side: Side, names: Iterable[str]) -> pd.DataFrame:
    """unit, procedure_id and how many dossiers have each flag, as the measures sum them up."""
    columns = list(names)
    table = pd.DataFrame(side.flags.astype("int64"), columns=columns)
    table.insert(0, "procedure_id", side.rows["procedure_id"].to_numpy())
    table.insert(0, "unit", side.rows["unit"].to_numpy())
    return table.dropna(subset=["unit"]).groupby(["unit", "procedure_id"], as_index=False).sum()


@dataclass(frozen=True)
class Parts:
    """What single dossiers add to the counts that add up: a numerator or denominator each of
    `columns` (indicator, "n" or "d"); `of(...)` takes flags to rows of them."""

    columns: tuple[tuple[int, str], ...]
    held: Held
    names: tuple[str, ...]

    @staticmethod
    def of_measures(held: Held) -> Parts:
        """The numerators and denominators of `held` that are sums over dossiers. The denominator of 4
        is not: more may have been received by the national count."""
        columns = [(n, side) for n in sorted(held.shares) for side in "nd" if (n, side) != (4, "d")]
        return Parts(tuple(columns), held, summed_flags(held.shares))

    def of(self, found: Bits, procedures: pd.Series) -> Numbers:
        """A row a dossier: what it adds to each of `columns`."""
        place = {name: i for i, name in enumerate(self.names)}
        about = self.held.names.set_index("procedure_id")
        known = {
            name: procedures.map(flags(about, name)).fillna(False).to_numpy(dtype=bool)
            for name in ("has_fee", "returns_paper")
        }
        out = np.zeros((len(found), len(self.columns)), dtype=np.int64)
        for i, (number, side) in enumerate(self.columns):
            for share in self.held.shares[number]:
                name = share.numerator if side == "n" else share.denominator
                one = found[:, place[name]]
                if share.where:
                    flag, value = share.where
                    one = one & (known[flag] == value)
                out[:, i] += one
            if (number, side) == (21, "n"):
                out[:, i] -= found[:, place[COMPLAINED]]
        return out


# Procedures or services that count once: the flag of a dossier that makes one count.
DISTINCT = {
    **{number: of for number, (_flag, of) in PROCEDURES_WITH_DOSSIERS.items()},
    **dict.fromkeys(SERVICES, ONLINE_OF_SERVICE),
}


def with_table(tables: Tables, dossiers: ir.Table) -> Tables:
    """The same tables with other dossiers."""
    return {**tables, "dossiers": dossiers}


def contributions(
    held: Held, ours: Side, portal: Side, which: Bits
) -> tuple[tuple[tuple[int, str], ...], Numbers, Numbers]:
    """What the dossiers of `which` add to each numerator and denominator on either side; of what is
    counted once (DISTINCT, and the denominator of 4) whether they are there to be counted."""
    parts = Parts.of_measures(held)
    place = {name: i for i, name in enumerate(parts.names)}
    once = {(number, "n"): place[flag] for number, flag in DISTINCT.items()}
    once[4, "d"] = place["received"]
    columns = (*parts.columns, *once)
    both = [
        np.hstack(
            [
                parts.of(side.flags[which], side.rows["procedure_id"][which]),
                side.flags[which][:, list(once.values())].astype(np.int64),
            ]
        )
        for side in (ours, portal)
    ]
    return columns, both[0], both[1]
