"""What is known of the portal's side of a reconciliation; asked before it is known whether one is made."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

import pandas as pd

if TYPE_CHECKING:  # the engine is not worth its half second where nothing is to be reconciled
    import ibis.expr.types as ir


@dataclass(frozen=True)
class PortalSide:
    """What is known of the portal: `counts` (contract/counts.COUNT_COLUMNS), the moment at which
    they were `captured`, and its own list of dossiers where that can be had."""

    counts: pd.DataFrame
    captured: datetime
    listed: ir.Table | None = None
    # Dossiers that stand on its list in rows that can't be read.
    unreadable: pd.Index = field(default_factory=lambda: pd.Index([]))
