"""The causes of a difference, in the order in which a dossier goes to one of them.

First what makes a dossier absent from the portal, then what counts it elsewhere or in another
period, then what judges it otherwise (docs/vi/reconcile.md).
"""

from __future__ import annotations

NOT_SYNCED, SYNCED_LATER, OTHER_SYSTEM, DUPLICATE = (
    "not_synced", "synced_later", "other_system", "duplicate",
)  # fmt: skip
MAPPING, RECEIVED_LATE, EDGE = "mapping", "received_late", "edge"
STATUS, COMPARISON = "status", "comparison"
CAUSES = (
    NOT_SYNCED, SYNCED_LATER, OTHER_SYSTEM, DUPLICATE, MAPPING, RECEIVED_LATE, EDGE, STATUS,
    COMPARISON,
)  # fmt: skip
# Where the portal's own list differs and none of the causes tells why.
UNEXPLAINED = ""
# What a record states of itself.
STATED = (NOT_SYNCED, SYNCED_LATER)
