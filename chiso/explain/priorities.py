"""The orders that come first: few, of different agencies and of different things."""

from __future__ import annotations

from chiso.explain.orders import STAYS, Order, is_from_counts, orders
from chiso.explain.overdue import Overdue, overdue_agencies
from chiso.store.figures import Figures


def first_orders(figures: Figures, number: int = 3) -> tuple[Order | Overdue, ...]:
    """At most so many orders, no agency and no indicator twice. Dossiers that are open and overdue
    come first, for people wait for them and their indicator weighs most; then by the points that
    can still be mended. Of bare counts none asks for what stays as it is; who is late is to be
    looked at."""
    late = overdue_agencies(figures)
    found: list[Order | Overdue] = list(late[:1])
    indicators: set[int] = set()
    for order in orders(figures):
        if len(found) == number:
            break
        if is_from_counts(figures) and order.indicator in STAYS - {5}:
            continue
        # What is late stays late: what can be done about it is to finish what is open.
        if late and order.indicator == 5:
            continue
        if order.unit in [one.unit for one in found] or order.indicator in indicators:
            continue
        found.append(order)
        indicators.add(order.indicator)
    return tuple(found)
