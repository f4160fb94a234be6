"""How many dossiers of which procedure each unit has, how many are late, and the time that they take."""

from __future__ import annotations

import pandas as pd

from chiso.contract.evidence import PROCEDURE_DOSSIERS
from chiso.measures.counts import Held
from chiso.rules.indicators import ON_TIME


def procedure_dossiers(held: Held, times: pd.DataFrame) -> pd.DataFrame:
    """PROCEDURE_DOSSIERS of all units; `times`: all of processing_times. Late is what indicator 5
    does not count as on time."""
    (share,) = held.shares[ON_TIME]
    sums = pd.concat([held.no_dossiers, *held.dossiers_by_procedure.values()])
    found = pd.DataFrame(
        {
            "unit": sums["unit"],
            "procedure_id": sums["procedure_id"],
            "dossiers": sums[share.denominator].astype("Int64"),
            "late": (sums[share.denominator] - sums[share.numerator]).astype("Int64"),
        }
    )
    found = found[found["dossiers"] > 0]
    without = found["unit"].isin(held.without[ON_TIME])
    found[["dossiers", "late"]] = found[["dossiers", "late"]].mask(without)
    timed = times[times["procedure_id"] != ""].rename(columns={"dossiers": "timed"})
    kept = ["unit", "procedure_id", "term_unit", "max_term", "timed", "seconds"]
    found = found.merge(timed[kept], on=["unit", "procedure_id"], how="left")
    found["term_unit"] = found["term_unit"].fillna("")
    found = found.fillna({"timed": 0, "seconds": 0}).astype({"timed": "int64", "seconds": "int64"})
    return found[PROCEDURE_DOSSIERS].sort_values(["unit", "procedure_id"], ignore_index=True)
