"""What a page adds where rounded figures beside each other do not add up."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from chiso.base.i18n import _
from chiso.base.rounding import percentage
from chiso.explain import Carrier, ParetoItem


def rounding_remark(items: Sequence[Carrier | ParetoItem]) -> str:
    """A sentence where a share and the shares before it, as shown, miss the shown sum; else empty."""
    before = Decimal(0)
    for item in items:
        together = percentage(item.cumulative, 0)
        if before + percentage(item.share, 0) != together:
            return _("Shares are rounded to 1%, so their sums may differ.")
        before = together
    return ""
