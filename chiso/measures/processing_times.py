"""Average time that procedures take, in their own unit of term: measure 2.2, without points.

Source: Quyết định 766/QĐ-TTg. Dossiers received in the period with status 9 or 10, from receipt to
end (which may lie later) less the time that the applicant was waited for.
"""

from __future__ import annotations

import ibis
import ibis.expr.types as ir
import pandas as pd

from chiso.contract.evidence import PROCESSING_TIMES
from chiso.measures.counts import Held, has_dossiers
from chiso.measures.scope import ancestors, column_or_empty, without_data
from chiso.measures.working_time import WHOLE_DAY, with_working_time

DONE = (9, 10)  # đã xử lý xong, đã trả kết quả
_NEEDED = {
    "dossiers": "received_at done_at|returned_at|ended_at",
    "procedures": "term_unit",
}


def processing_times(held: Held) -> pd.DataFrame:
    """Times by unit and procedure, and by unit and unit of term (PROCESSING_TIMES), the procedures
    with most dossiers first. None of units whose records lack what the measure needs; procedures
    without a unit of term are left out."""
    tree = held.scope.tree
    lacking = without_data(held.tables, tree, held.gaps, _NEEDED)
    if not has_dossiers(held.tables) or len(lacking) == len(tree.units):
        return pd.DataFrame(columns=PROCESSING_TIMES)
    found = _aggregated(_timed(held), held).to_pandas()
    found = found[~found["unit"].isin(lacking)]
    found = found.merge(_about(held.names), on="procedure_id", how="left")
    found["procedure"] = found["procedure"].fillna("")
    whole = ["dossiers", "seconds", "max_term"]
    found = found.astype(dict.fromkeys(whole, "Int64") | {"median_seconds": "float64"})
    order = ["unit", "is_all", "dossiers", "procedure_id", "term_unit"]
    found["is_all"] = found["procedure_id"] == ""
    found = found.sort_values(order, ascending=[True, False, False, True, True])
    return found[PROCESSING_TIMES].reset_index(drop=True)


def most_handled(times: pd.DataFrame, number: int) -> pd.DataFrame:
    """Of processing times those by unit of term, and of each unit the `number` procedures with most
    dossiers."""
    is_all = times["procedure_id"] == ""
    place = times.groupby(["unit", is_all]).cumcount()
    return times[is_all | (place < number)].reset_index(drop=True)


def _about(procedures: pd.DataFrame) -> pd.DataFrame:
    """procedure_id, procedure (its name) and max_term."""
    return pd.DataFrame(
        {
            "procedure_id": procedures["procedure_id"],
            "procedure": column_or_empty(procedures, "name"),
            "max_term": procedures.get("max_term"),
        }
    ).drop_duplicates("procedure_id")


def _timed(held: Held) -> ir.Table:
    """unit, procedure_id, term_unit and `seconds`, the time that each dossier took."""
    facts = held.dossier_facts
    done = facts.received & facts.status.isin(DONE) & facts.end_s.notnull()
    procedures = held.tables["procedures"].select(
        timed="procedure_id", term_unit=held.tables["procedures"].term_unit
    )
    rows = facts.filter(done).select("unit", "procedure_id", "received_at", "worked_end_at")
    rows = rows.join(procedures, rows.procedure_id == procedures.timed)
    rows = rows.filter(rows.term_unit.notnull())
    by_calendar = rows.term_unit == "working_day"
    rows = rows.mutate(
        begun=by_calendar.ifelse(rows.received_at, None),
        ended=by_calendar.ifelse(rows.worked_end_at, None),
    )
    rows = with_working_time(
        rows, held.scope.calendar, WHOLE_DAY, begun_work="begun", ended_work="ended"
    )
    elapsed = (rows.term_unit == "working_day").ifelse(
        rows.ended_work - rows.begun_work,
        rows.worked_end_at.epoch_seconds() - rows.received_at.epoch_seconds(),
    )
    # More waiting than time between receipt and end: no time is left, not less than none.
    return rows.select("unit", "procedure_id", "term_unit", seconds=ibis.greatest(elapsed, 0))


def _aggregated(timed: ir.Table, held: Held) -> ir.Table:
    """Numbers and times of the units and everything below them; medians don't add up, so every
    dossier goes to each unit above it, once for its procedure and once for its unit of term."""
    above = ancestors(held.scope.tree).rename(columns={"unit": "own"})
    ways = pd.concat([above.assign(of_procedure=way) for way in (True, False)], ignore_index=True)
    table = ibis.memtable(ways)
    rows = timed.join(table, timed.unit == table.own)
    rows = rows.select(
        "term_unit",
        "seconds",
        unit=rows.above,
        procedure_id=rows.of_procedure.ifelse(rows.procedure_id, ""),
    )
    return rows.group_by("unit", "term_unit", "procedure_id").aggregate(
        dossiers=rows.count(), seconds=rows.seconds.sum(), median_seconds=rows.seconds.median()
    )
