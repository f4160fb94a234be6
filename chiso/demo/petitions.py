"""Petitions of the demo province; changes if petitions do.

The class comes first: how the petition was dealt with, in which months it began and was closed, and
from which month's end on it is not in time. The moments follow from it, days away from every limit
(2, 5 and 15 working days).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import numpy as np

from chiso.demo.agencies import EMPTY, LATE, Agencies
from chiso.demo.draws import Draws, Numbers
from chiso.demo.span import LAST_DAY, LENGTHS, MONTHS, NEVER, STARTS, as_moment, month_number

STREAM = 5
FEWEST = 40
# One petition for so many dossiers.
DOSSIERS_EACH = 400


@dataclass(frozen=True)
class Kind:
    """How petitions are dealt with; days of the month from 1, the rest in days after the start.

    days: when in its month it starts; `from_end` counts them back from the end of the month.
    asked, refused, answered, published: the least and the most days until then; None: never.
    closes: months from its start to the month in which it is closed; NEVER if it stays open.
    late_after: months from its start to the first month end at which it is not in time.
    """

    share: int
    days: tuple[int, int]
    from_end: bool = False
    asked: tuple[int, int] | None = None
    refused: tuple[int, int] | None = None
    answered: tuple[int, int] | None = None
    published: tuple[int, int] | None = None
    closes: int = 0
    late_after: int = NEVER


KINDS = {
    "answered": Kind(640, (1, 18), answered=(2, 8), published=(0, 1)),
    "answered next month": Kind(120, (0, 3), True, answered=(6, 9), published=(0, 1), closes=1),
    "answered late": Kind(
        50, (0, 8), True, answered=(42, 50), published=(0, 1), closes=2, late_after=1
    ),
    "published late": Kind(40, (1, 6), answered=(2, 6), published=(30, 31), closes=1, late_after=0),
    "never published": Kind(20, (1, 10), answered=(2, 6), late_after=0),
    "refused": Kind(50, (1, 25), refused=(0, 0)),
    "refused late": Kind(15, (1, 8), refused=(16, 19), late_after=0),
    "supplement asked": Kind(15, (1, 25), asked=(0, 1), closes=NEVER),
    "supplement asked late": Kind(10, (1, 6), asked=(20, 22), closes=NEVER, late_after=0),
    "open": Kind(40, (0, 8), True, closes=NEVER, late_after=1),
}


@dataclass(frozen=True)
class Beginning:
    """How a petition came in: forwarded, it starts then, else when it was sent; `received_month`:
    that of the first receipt, NEVER without one."""

    sent_at: datetime
    forwarded_at: datetime | None
    first_received_at: datetime | None
    received_month: int


@dataclass(frozen=True)
class Petition:
    """A petition; months as numbers, `late_from` the first month end at which it is not in time."""

    unit: int
    month: int
    closed_month: int
    late_from: int
    disliked: bool
    raised_again: bool
    beginning: Beginning
    asked_at: datetime | None
    refused_at: datetime | None
    answered_at: datetime | None
    published_at: datetime | None


def make_petitions(agencies: Agencies, seed: int, dossiers_per_month: int) -> tuple[Petition, ...]:
    """The petitions of all months; most communes get none."""
    draws = Draws(seed, STREAM)
    each_month = max(FEWEST, dossiers_per_month // DOSSIERS_EACH)
    weights = _weights(agencies, draws)
    kinds = list(KINDS.values())
    shares = np.array([kind.share for kind in kinds])
    found = []
    for month in range(MONTHS):
        units = draws.weighted(weights, each_month)
        chosen = draws.weighted(shares, each_month)
        for unit, kind in zip(units, chosen, strict=True):
            found.append(_petition(int(unit), month, kinds[kind], draws))
    return tuple(found)


def _weights(agencies: Agencies, draws: Draws) -> Numbers:
    usual = {"tinh": 0, "so": 40, "huyen": 45, "xa": 6}
    weights = np.array([usual[str(level)] for level in agencies.levels])
    communes = np.array(agencies.at_level("xa"))
    weights[communes[draws.chance(720, len(communes))]] = 0
    weights[agencies.position(LATE)] = 200
    weights[agencies.position(EMPTY)] = 0
    return weights


def _petition(unit: int, month: int, kind: Kind, draws: Draws) -> Petition:
    start, length = int(STARTS[month]), int(LENGTHS[month])
    inside = draws.between(*kind.days)
    day = start + (length - 1 - inside if kind.from_end else inside - 1)
    second = 8 * 3600 + draws.one(5 * 3600)
    answered = _later(day, kind.answered, draws)
    published = _later(answered, kind.published, draws)
    ends = month + kind.closes
    return Petition(
        unit=unit,
        month=month,
        closed_month=ends if ends < MONTHS else NEVER,
        late_from=month + kind.late_after,
        disliked=draws.happens(70),
        raised_again=draws.happens(45),
        beginning=_beginning(day, second, draws),
        asked_at=_moment(_later(day, kind.asked, draws), second + 3_600),
        refused_at=_moment(_later(day, kind.refused, draws), second + 3_600),
        answered_at=_moment(answered, second + 3_600),
        published_at=_moment(published, second + 7_200),
    )


def _later(day: int, span: tuple[int, int] | None, draws: Draws) -> int:
    return NEVER if span is None or day == NEVER else day + draws.between(*span)


def _moment(day: int, second: int) -> datetime | None:
    """The moment, if the data reaches so far."""
    return as_moment(day, second) if day <= LAST_DAY else None


def _beginning(day: int, second: int, draws: Draws) -> Beginning:
    """Most are forwarded and received within the hour; one in twenty was never received, as many
    were sent directly, and as many were forwarded anew, days after another agency received them."""
    start = as_moment(day, second)
    earlier = as_moment(day - 7 - draws.one(3), second)
    soon = as_moment(day, second + 600 + draws.one(3_000))
    day_before = max(day - 1 - draws.one(6), 0)
    way = draws.one(40)
    if way == 0:
        return Beginning(start, None, None, NEVER)
    if way == 1:
        return Beginning(earlier, start, None, NEVER)
    if way <= 3:
        return Beginning(start, None, soon, month_number(day))
    if way <= 5:
        return Beginning(
            earlier, start, as_moment(day_before, second - 1), month_number(day_before)
        )
    return Beginning(earlier, start, soon, month_number(day))
