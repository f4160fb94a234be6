"""What can be wrong with a row of the records, as a word that is kept and as the reader has it."""

from __future__ import annotations

import pandas as pd

from chiso.base.i18n import _
from chiso.contract.tables import Column

# Of one cell, of a row's moments, of rows with the same key, of corrections and their originals.
FAULTS = (
    "empty", "unreadable", "word", "years", "values", "rounded", "id", "person", "unit", "ambiguous", "procedure",
    "before_submission", "before_receipt",
    "again_same", "again_other", "older",
    "corrected", "left_out", "untouched", "unneeded",
)  # fmt: skip

# Rows that were set aside and yet lost nothing: another row counts in their place, or none should. No mistake of
# anybody's: exports of a week and of its month share most of their rows.
NOT_LOST = ("again_same", "older", "corrected", "left_out", "untouched", "unneeded")


def is_lost(faults: pd.Series) -> pd.Series:
    """Which rows wait for a correction, of faults of rows that were set aside: those not of NOT_LOST."""
    return ~faults.isin(NOT_LOST)


def reason_of(fault: str, column: Column | None = None) -> str:
    """Why a row with a fault (one of FAULTS) in a column is set aside."""
    kind = column.kind if column else "string"
    allowed = column.allowed if column else ()
    return {
        "empty": _("must not be empty"),
        "unreadable": _("can't be read as {kind}").format(kind=_kind_words().get(kind, "")),
        "word": _("is not known: params/sources/ says which words are"),
        "years": _("lies outside the years 1990 to 2100"),
        "values": _("must be one of {items}").format(items=", ".join(map(str, allowed))),
        "rounded": _(
            "was rounded by Excel, its last digits are lost: export it again with this column as text"
        ),
        "id": _("is no id: a name, a number of a person, or from another column"),
        "person": _("has somebody's telephone or identity number, or an e-mail address in it"),
        "unit": _("is not a unit of the tree"),
        "ambiguous": _("fits more than one agency: give its code"),
        "procedure": _("is not in the table of procedures"),
        "before_submission": _("is more than a day before it was submitted"),
        "before_receipt": _("is before it was received"),
        "again_same": _("stands here again, the same"),
        "again_other": _("stands here again with other content"),
        "older": _("a newer export tells a newer state"),
        "corrected": _("was corrected and handed in again"),
        "left_out": _("left out: its correction is empty"),
        "untouched": _("handed back as it was"),
        "unneeded": _("corrects a row that is good"),
    }[fault]


def _kind_words() -> dict[str, str]:
    return {
        "int64": _("a whole number"),
        "float64": _("a number"),
        "boolean": _("yes or no"),
        "timestamp": _("a date and time"),
        "date": _("a date"),
    }
