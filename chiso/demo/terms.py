"""The terms that procedures have, with what is certain about them without a calendar.

A dossier without a due date is received, and ends, so far from its limit that weekends and
holidays can't move the limit to the other side; changes if procedures get other terms.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from chiso.demo.draws import Numbers


@dataclass(frozen=True)
class Term:
    """A longest time for handling a dossier.

    unit, length: as written into the table (None: the procedure has no term).
    usual_days: from receipt to the due date that clerks usually set.
    first, last: a dossier without a due date is received on these days of a month (from 1), so
    that its limit lies `shift` months later, days away from both ends of that month.
    fast: an end up to so many days after receipt is certainly in time; slow: one after at least
    so many days is certainly late.
    """

    unit: str | None
    length: int | None
    usual_days: int
    first: int
    last: int
    shift: int
    fast: int
    slow: int


TERMS = (
    Term("hour", 8, 1, 2, 15, 0, 0, 5),
    Term("hour", 24, 1, 2, 15, 0, 0, 6),
    Term("day", 3, 3, 2, 15, 0, 1, 8),
    Term("day", 5, 5, 2, 15, 0, 3, 12),
    Term("working_day", 3, 4, 2, 10, 0, 1, 14),
    Term("working_day", 7, 9, 2, 10, 0, 4, 22),
    Term("working_day", 15, 21, 15, 20, 1, 12, 36),
    Term("working_day", 30, 42, 5, 12, 1, 25, 75),
    Term("month", 1, 30, 5, 20, 1, 20, 45),
    Term("month", 2, 60, 5, 20, 2, 40, 85),
    Term(None, None, 7, 1, 28, 0, 3, 10),
)
# How often procedures have each, in the same order.
FREQUENCIES = np.array([60, 40, 160, 160, 180, 150, 90, 60, 50, 20, 30])


def column(name: str) -> Numbers:
    """One figure of every term, by position in TERMS."""
    return np.array([getattr(term, name) for term in TERMS], dtype=np.int64)
