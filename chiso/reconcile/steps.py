"""The difference in counts taken apart by causes: from our counts to the portal's, cause by cause.

Each step counts anew with the dossiers of one more cause as the portal has them, so that the steps
add up whatever an indicator makes of them: distinct procedures, a floor, a maximum of two counts.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from decimal import Decimal

import pandas as pd

from chiso.measures.counts import Held, counted
from chiso.measures.definitions import summed_flags
from chiso.reconcile.causes import CAUSES
from chiso.reconcile.dossiers import DISTINCT, Side, sums_of
from chiso.rules.indicators import RuleBook
from chiso.rules.units import Tree, Unit
from chiso.scoring.score import Count, counts_by_unit, inherited, score_unit

# unit, indicator, cause, numerator, denominator and points in the sense ours less the portal's; no
# points where either count has none.
STEP_COLUMNS = ["unit", "indicator", "cause", "numerator", "denominator", "points"]


@dataclass(frozen=True)
class Explained:
    """Every dossier that the two sides count differently and of which the cause is known.

    `ours`, `portal`: the two sides with the same ids. `cause`: by dossier in their order; empty
    where nothing differs.
    """

    ours: Side
    portal: Side
    cause: pd.Series


def steps(held: Held, explained: Explained, points: Points) -> pd.DataFrame:
    """STEP_COLUMNS: what the dossiers of each cause change in counts and points; rows that change
    nothing are left out."""
    keys, numbers = ["unit", "indicator"], sorted({*held.shares, *DISTINCT})
    found, names = [], summed_flags(held.shares)
    before = counted(held).set_index(keys)
    earned = points.of(before.reset_index())
    flags, units = explained.ours.flags.copy(), explained.ours.rows["unit"].to_numpy(copy=True)
    for cause in CAUSES:
        rows = (explained.cause == cause).to_numpy()
        if not rows.any():
            continue
        flags[rows] = explained.portal.flags[rows]
        moved = rows & explained.portal.rows["unit"].notna().to_numpy()
        units[moved] = explained.portal.rows["unit"].to_numpy()[moved]
        side = Side(explained.ours.rows.assign(unit=units), flags)
        changed = held.with_dossiers(sums_of(side, names))
        after = before.copy()
        after.update(counted(changed, numbers).set_index(keys))
        now = points.of(after.reset_index())
        change = (before - after).fillna(0).astype("int64")
        change = change[(change != 0).any(axis=1)]
        lost = [less(earned.get(key), now.get(key)) for key in change.index]
        change = change.reset_index().assign(cause=cause, points=pd.Series(lost, dtype=object))
        found.append(change[STEP_COLUMNS])
        before, earned = after, now
    return pd.concat(found, ignore_index=True) if found else pd.DataFrame(columns=STEP_COLUMNS)


class Points:
    """The points of counts by a set's rules. What was scored once is known: from one cause to the next
    few agencies have other counts."""

    def __init__(self, book: RuleBook, tree: Tree) -> None:
        self._book, self._tree = book, tree
        self._known: dict[Hashable, dict[int, Decimal | None]] = {}

    def of(self, counts: pd.DataFrame) -> dict[tuple[str, int], Decimal | None]:
        """The points of every unit and indicator."""
        held = counts_by_unit(counts)
        return {
            (unit.code, number): points
            for unit in self._tree.units
            if unit.code in held
            for number, points in self._of_unit(unit, held).items()
        }

    def _of_unit(
        self, unit: Unit, held: Mapping[str, Mapping[int, Count]]
    ) -> dict[int, Decimal | None]:
        own = inherited(unit.code, held, self._book, self._tree)
        key = (unit.level, tuple(sorted(own.items())))
        if key not in self._known:
            parts = score_unit(own, {}, self._book, unit.level).indicators
            self._known[key] = {number: part.points for number, part in parts.items()}
        return self._known[key]


def less(one: Decimal | None, other: Decimal | None) -> Decimal | None:
    """What one has more than the other; None where either has none."""
    return None if one is None or other is None else one - other
