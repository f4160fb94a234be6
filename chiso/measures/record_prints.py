"""Prints of records: by which two revisions of a period are compared record by record, without keeping them."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir
import pandas as pd

from chiso.base.period import Period
from chiso.contract.evidence import RECORD_PRINTS

# Table -> the columns of its id, of its unit, and of the moments of which the first one there places it in time.
_KINDS = {
    "dossiers": ("dossier_id", "unit", ("received_at", "submitted_at")),
    "petitions": ("petition_id", "unit", ("first_received_at", "sent_at")),
}


@ibis.udf.scalar.builtin
def md5_number_lower(text: str) -> int:  # type: ignore[empty-body]
    """Half of the MD5 of a text as a number; the engine's own function."""


def record_prints(tables: dict[str, ir.Table], period: Period) -> pd.DataFrame:
    """RECORD_PRINTS of the dossiers and petitions that there were before the period's end, ordered."""
    found = [
        _prints(tables[name], name, *_KINDS[name], period) for name in _KINDS if name in tables
    ]
    if not found:
        return pd.DataFrame(columns=RECORD_PRINTS)
    return pd.concat(found, ignore_index=True)


def _prints(
    table: ir.Table, kind: str, key: str, unit: str, moments: tuple[str, ...], period: Period
) -> pd.DataFrame:
    known = [table[name] for name in moments if name in table.columns]
    if known:
        moment = ibis.coalesce(*known) if len(known) > 1 else known[0]
        table = table.filter(moment.isnull() | (moment < ibis.literal(period.end)))
    # What stands where, with a sign between that no text has: an empty cell is not a shorter row.
    columns = sorted(table.columns)
    texts = [table[name].cast("string").fill_null("\x00") for name in columns]
    rows = table.select(
        unit=table[unit],
        key=md5_number_lower(table[key].cast("string")),
        row=md5_number_lower(ibis.literal("\x1f").join(texts)),
    ).to_pandas()
    rows.insert(0, "kind", kind)
    return rows.sort_values(["unit", "key"], ignore_index=True)[RECORD_PRINTS]
