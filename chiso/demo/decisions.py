"""Decisions that publish procedures, and what becomes of them; changes if decisions do.

The class comes first: signed in which month, early or late for its legal basis, made public in
time, late, or not yet. The dates follow from it, so far from every limit of five working days that
weekends and holidays can't matter.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from chiso.demo.draws import Draws
from chiso.demo.procedures import Procedures
from chiso.demo.span import (
    LAST_DAY,
    LENGTHS,
    MONTHS,
    NEVER,
    STARTS,
    as_date,
    as_moment,
    month_number,
)

STREAM = 3
BEFORE = -1
IN_TIME, LATE, PENDING = "in time", "late", "pending"
# No basis date, early enough, too late.
NO_BASIS, EARLY, TOO_LATE = "none", "early", "too late"
CERTAINLY_EARLY, CERTAINLY_LATE = 25, 18


@dataclass(frozen=True)
class Decision:
    """A decision on a procedure; `month` is BEFORE for one signed before the data begins."""

    procedure: int
    month: int
    publication: str
    basis: str
    signed: date
    basis_date: date | None
    public_at: datetime | None


@dataclass(frozen=True)
class Decisions:
    """All decisions, and for each procedure when it became public (BEFORE, a month, NEVER)."""

    rows: tuple[Decision, ...]
    public_month: tuple[int, ...]
    public_at: tuple[datetime | None, ...]


def make_decisions(procedures: Procedures, seed: int) -> Decisions:
    """An old decision for most procedures, one or two new ones for some."""
    draws = Draws(seed, STREAM)
    rows: list[Decision] = []
    months: list[int] = []
    moments: list[datetime | None] = []
    for i in range(len(procedures.ids)):
        choice = draws.one(100)
        own: list[Decision] = []
        if choice < 55:
            own = [_old(i, draws)]
        elif choice < 85:
            own = [_old(i, draws), _single(i, draws)]
        elif choice < 93:
            own = [_old(i, draws), *_pair(i, draws)]
        elif choice < 97:
            own = [_new(i, draws)]
        first = own[0].public_at if own else None
        moments.append(first)
        months.append(_month(first))
        rows += own
    return Decisions(tuple(rows), tuple(months), tuple(moments))


def _month(moment: datetime | None) -> int:
    if moment is None:
        return NEVER
    day = (moment.date() - as_date(0)).days
    return month_number(day) if day >= 0 else BEFORE


def _old(procedure: int, draws: Draws) -> Decision:
    """Signed and made public in the years before the data."""
    day = -200 - draws.one(900)
    return Decision(
        procedure,
        BEFORE,
        IN_TIME,
        EARLY,
        as_date(day),
        as_date(day + CERTAINLY_EARLY + draws.one(30)),
        as_moment(day + 1, 9 * 3600),
    )


def _single(procedure: int, draws: Draws) -> Decision:
    publication = (IN_TIME, IN_TIME, IN_TIME, IN_TIME, LATE, PENDING)[draws.one(6)]
    basis = (NO_BASIS, *[EARLY] * 6, *[TOO_LATE] * 3)[draws.one(10)]
    month = draws.one(MONTHS)
    return _decide(procedure, month, publication, basis, draws)


def _new(procedure: int, draws: Draws) -> Decision:
    """The first decision of a procedure that becomes public while the data runs."""
    return _decide(procedure, draws.one(MONTHS), IN_TIME, EARLY, draws)


def _pair(procedure: int, draws: Draws) -> Iterator[Decision]:
    """Two decisions in two months, for the same legal basis; one late one makes it late."""
    month = draws.one(MONTHS - 1)
    kinds = ((IN_TIME, IN_TIME), (LATE, IN_TIME), (IN_TIME, LATE))[draws.one(3)]
    # Four weeks lie between the two, so that a basis date right after the second is early enough
    # for the first.
    first = _decide(procedure, month, kinds[0], EARLY, draws, (0, 14))
    basis = (EARLY, TOO_LATE)[draws.one(2)]
    second = _decide(procedure, month + 1, kinds[1], basis, draws, (10, 30))
    common = second.basis_date
    yield Decision(
        procedure, first.month, first.publication, EARLY, first.signed, common, first.public_at
    )
    yield second


def _decide(
    procedure: int,
    month: int,
    publication: str,
    basis: str,
    draws: Draws,
    window: tuple[int, int] = (0, 30),
) -> Decision:
    """A decision of these classes, signed in the `window` of days of the month (from 0)."""
    day = int(STARTS[month]) + _day_signed(int(LENGTHS[month]), publication, window, draws)
    public = {
        IN_TIME: day + draws.one(3),
        LATE: day + CERTAINLY_LATE + draws.one(8),
        PENDING: day + CERTAINLY_LATE + draws.one(8) if draws.happens(500) else NEVER,
    }[publication]
    basis_day = {
        NO_BASIS: NEVER,
        EARLY: day + CERTAINLY_EARLY + draws.one(35),
        TOO_LATE: day + draws.one(3),
    }[basis]
    return Decision(
        procedure,
        month,
        publication,
        basis,
        as_date(day),
        as_date(basis_day) if basis_day < NEVER else None,
        as_moment(public, 8 * 3600 + draws.one(8 * 3600)) if public <= LAST_DAY else None,
    )


def _day_signed(length: int, publication: str, window: tuple[int, int], draws: Draws) -> int:
    """The day of the month by class: what is in time is public before its month is over.

    The limit of a late publication lies in the same month, that of a pending one in the next.
    """
    first, last = {IN_TIME: (0, length - 5), LATE: (0, 14), PENDING: (length - 3, length - 1)}[
        publication
    ]
    return draws.between(max(first, window[0]), min(last, window[1]))
