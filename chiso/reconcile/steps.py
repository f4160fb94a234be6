"""The difference in counts taken apart by causes: from our counts to the portal's, cause by cause.

Each step counts anew with the dossiers of one more cause as the portal has them, so that the steps
add up whatever an indicator makes of them: distinct procedures, a floor, a maximum of two counts.
"""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from chiso.measures.counts import Held, counted
from chiso.measures.definitions import summed_flags
from chiso.reconcile.causes import CAUSES
from chiso.reconcile.dossiers import DISTINCT, Side, sums_of

# unit, indicator, cause, numerator and denominator in the sense ours less the portal's.
STEP_COLUMNS = ["unit", "indicator", "cause", "numerator", "denominator"]


@dataclass(frozen=True)
class Explained:
    """Every dossier that the two sides count differently and of which the cause is known.

    `ours`, `portal`: the two sides with the same ids. `cause`: by dossier in their order; empty
    where nothing differs.
    """

    ours: Side
    portal: Side
    cause: pd.Series


def steps(held: Held, explained: Explained) -> pd.DataFrame:
    """STEP_COLUMNS: what the dossiers of each cause change in the counts; rows that change nothing
    are left out."""
    numbers = sorted({*held.shares, *DISTINCT})
    before = counted(held, numbers).set_index(["unit", "indicator"])
    found, names = [], summed_flags(held.shares)
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
        after = counted(changed, numbers).set_index(["unit", "indicator"])
        change = (before - after).fillna(0).astype("int64")
        change = change[(change != 0).any(axis=1)].reset_index()
        found.append(change.assign(cause=cause)[STEP_COLUMNS])
        before = after
    return pd.concat(found) if found else pd.DataFrame(columns=STEP_COLUMNS)
