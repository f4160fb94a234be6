"""Classes of the dossiers of a month: how each one ends, is paid, digitised; before any timestamp.

Time is whole days here. Every rule of indicator 5 is decided by choice: whether a dossier that
ended was in time (`kept`), and up to which month's end one that has not ended is within its term
(`within_until`). `dossier_fields` writes columns that say the same, and the truth is counted from
these classes alone. Changes if dossiers get other classes.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

import numpy as np

from chiso.demo import terms
from chiso.demo.agencies import Agencies
from chiso.demo.draws import Draws, Flags, Numbers
from chiso.demo.procedures import Procedures, handled_by
from chiso.demo.span import LAST_DAY, NEVER, STARTS, month_of

STREAM = 6
ONLINE, POSTAL, DIRECT, NOT_SAID = 2, 3, 1, 0
PORTAL, GATEWAY = 1, 2
SUPPLEMENT_DAYS = np.array([2, 3, 5, 8])


class Supplement(IntEnum):
    """Whether the applicant was asked for more, and what became of it."""

    NONE = 0
    # Completed: its days move the limit. TWICE: two requests, only the total hours count.
    DONE = 1
    DONE_TWICE = 2
    # Completed before it was asked for, as the table says: nothing moves.
    DISORDERED = 3
    # Not completed, nothing ended: judged at the request, which may lack its time, or at two.
    ASKED = 4
    ASKED_UNDATED = 5
    ASKED_AGAIN = 6


OPEN_SUPPLEMENTS = (Supplement.ASKED, Supplement.ASKED_UNDATED, Supplement.ASKED_AGAIN)


@dataclass(frozen=True)
class World:
    """What dossiers are drawn from."""

    agencies: Agencies
    procedures: Procedures
    # Unit by place: the procedures a unit handles, and how many those are.
    handled: Numbers
    handled_count: Numbers


@dataclass(frozen=True)
class Receipt:
    """Where a dossier belongs and when it came; unreceived ones were only submitted."""

    unit: Numbers
    procedure: Numbers
    is_received: Flags
    # Without any date a dossier belongs to no period.
    is_dated: Flags
    day: Numbers
    # Received on one day too late to end on it; the first and the last moment of the month.
    at_night: Flags


@dataclass(frozen=True)
class Handling:
    """How a dossier went, in days; the last five say what the truth needs."""

    has_due: Flags
    due_day: Numbers
    supplement: Numbers
    supplement_days: Numbers
    asked_day: Numbers
    # The day of the limit after a completed supplement; only with a due date.
    limit_day: Numbers
    end_day: Numbers
    end_month: Numbers
    kept: Flags
    within_until: Numbers
    # From this month's end on, the request decides, and whether it was made in time.
    asked_month: Numbers
    asked_in_time: Flags


@dataclass(frozen=True)
class Marks:
    """Everything else that is counted; paid: 0, PORTAL or GATEWAY."""

    channel: Numbers
    paid: Numbers
    fee_known: Flags
    fee_lines_zero: Flags
    components: Flags
    result: Flags
    reused: Flags
    store: Flags
    population: Flags
    synced: Flags
    disliked: Flags
    petitioned: Flags


@dataclass(frozen=True)
class Dossiers:
    """The dossiers that came in one month."""

    month: int
    receipt: Receipt
    handling: Handling
    marks: Marks

    def __len__(self) -> int:
        return len(self.receipt.unit)


def make_world(agencies: Agencies, procedures: Procedures) -> World:
    """The agencies with what they handle."""
    handled = handled_by(procedures, agencies)
    counts = np.array([len(own) for own in handled])
    table = np.zeros((len(handled), counts.max()), dtype=np.int64)
    for i, own in enumerate(handled):
        table[i, : len(own)] = own
    return World(agencies, procedures, table, counts)


def make_dossiers(world: World, month: int, size: int, draws: Draws) -> Dossiers:
    """`size` dossiers (at least two) that came in the month."""
    receipt = _receipt(world, month, size, draws)
    has_due = draws.chance(975, size) | ~receipt.is_received | receipt.at_night
    receipt = _apart_from_limits(receipt, has_due, world, month, draws)
    handling = _handling(receipt, has_due, world, month, draws)
    marks = _marks(receipt, handling, world, month, draws)
    return Dossiers(month, receipt, handling, marks)


def _receipt(world: World, month: int, size: int, draws: Draws) -> Receipt:
    unit = draws.weighted(world.agencies.weights[:, month], size)
    place = draws.low_below(world.handled_count[unit], size)
    # A few are handled outside the unit's own scope, as in real tables.
    anywhere = draws.below(len(world.procedures.ids), size)
    procedure = np.where(draws.chance(6, size), anywhere, world.handled[unit, place])
    at_night = draws.chance(20, size)
    is_received = draws.chance(988, size)
    at_night[[0, -1]] = is_received[[0, -1]] = True
    day = _working_days(month)[draws.below(len(_working_days(month)), size)]
    day[0], day[-1] = STARTS[month], STARTS[month + 1] - 1
    is_dated = is_received | draws.chance(900, size)
    return Receipt(unit, procedure, is_received, is_dated, day, at_night)


def _working_days(month: int) -> Numbers:
    """The days of the month, those of the week much more often than Saturday and Sunday."""
    days = np.arange(STARTS[month], STARTS[month + 1])
    # Day 0, 1 July 2022, is a Friday.
    weekday = (days + 4) % 7
    return np.repeat(days, np.where(weekday < 5, 12, np.where(weekday == 5, 3, 1)))


def _apart_from_limits(
    receipt: Receipt, has_due: Flags, world: World, month: int, draws: Draws
) -> Receipt:
    """Dossiers without a due date come on days from which their limit is far from month ends."""
    term = world.procedures.term[receipt.procedure]
    first, last = terms.column("first")[term], terms.column("last")[term]
    chosen = STARTS[month] + first - 1 + draws.below(last - first + 1, len(term))
    day = np.where(has_due, receipt.day, chosen)
    return Receipt(
        receipt.unit,
        receipt.procedure,
        receipt.is_received,
        receipt.is_dated,
        day,
        receipt.at_night,
    )


def _handling(receipt: Receipt, has_due: Flags, world: World, month: int, draws: Draws) -> Handling:
    size = len(receipt.day)
    term = world.procedures.term[receipt.procedure]
    usual = terms.column("usual_days")[term]
    # Clerks may set a little more than the usual time, never less than a day.
    due_day = receipt.day + usual + draws.low_below(usual // 3 + 1, size)
    no_limit = ~has_due & _without_term(term)
    kept = draws.chance(world.agencies.traits["on_time"][receipt.unit, month], size) & ~no_limit
    supplement, moved, asked_day = _supplements(receipt, has_due, due_day, draws)
    limit_day = due_day + np.where(is_completed(supplement), moved, 0)
    end_day = np.where(
        has_due,
        _ends_by_due(receipt, limit_day, kept, draws),
        _ends_by_term(receipt, term, kept, draws),
    )
    # What was asked for came before the end.
    completed_day = done_day(supplement, asked_day, moved)
    end_day = np.maximum(end_day, np.where(is_completed(supplement), completed_day + 1, 0))
    stays_open = np.isin(supplement, OPEN_SUPPLEMENTS) | (end_day > LAST_DAY)
    end_day = np.where(stays_open | ~receipt.is_received, NEVER, end_day)
    within_until = np.where(has_due, month_of(limit_day), month + terms.column("shift")[term])
    hopeless = no_limit | (supplement == Supplement.ASKED_AGAIN)
    asked = supplement == Supplement.ASKED
    return Handling(
        has_due=has_due,
        due_day=due_day,
        supplement=supplement,
        supplement_days=moved,
        asked_day=asked_day,
        limit_day=limit_day,
        end_day=end_day,
        end_month=month_of(end_day),
        kept=kept,
        within_until=np.where(hopeless, -1, within_until),
        asked_month=np.where(asked, month_of(asked_day), NEVER),
        asked_in_time=asked & (asked_day <= due_day),
    )


def is_completed(supplement: Numbers) -> Flags:
    """Whether the supplement moves the limit."""
    return np.isin(supplement, (Supplement.DONE, Supplement.DONE_TWICE))


def done_day(supplement: Numbers, asked_day: Numbers, moved: Numbers) -> Numbers:
    """The day of the (last) completion: between two requests two days were not waited for."""
    return asked_day + moved + np.where(supplement == Supplement.DONE_TWICE, 2, 0)


def _without_term(term: Numbers) -> Flags:
    return np.array([one.unit is None for one in terms.TERMS])[term]


def _supplements(
    receipt: Receipt, has_due: Flags, due_day: Numbers, draws: Draws
) -> tuple[Numbers, Numbers, Numbers]:
    """What was asked for, the days it moves the limit by, and the day of the (first) request."""
    size = len(receipt.day)
    shares = np.array([922, 45, 12, 8, 7, 2, 4])
    kind = draws.weighted(shares, size)
    moved = SUPPLEMENT_DAYS[draws.below(len(SUPPLEMENT_DAYS), size)]
    asked_day = receipt.day + 1
    # A request left open may come at any time, even after the due date.
    usual = due_day - receipt.day
    at_leisure = asked_day + draws.below(usual + 5, size)
    asked_day = np.where(np.isin(kind, OPEN_SUPPLEMENTS), at_leisure, asked_day)
    completed_day = done_day(kind, asked_day, moved)
    # A completed supplement lies before the due date, so that the limit moves in one piece.
    possible = has_due & receipt.is_received & (asked_day <= LAST_DAY)
    possible &= ~is_completed(kind) | ((completed_day <= due_day) & (completed_day <= LAST_DAY))
    return np.where(possible, kind, Supplement.NONE), moved, asked_day


def _ends_by_due(receipt: Receipt, limit_day: Numbers, kept: Flags, draws: Draws) -> Numbers:
    """In time: from receipt to the limit, more often near it. Late: on its evening or later."""
    size = len(kept)
    span = limit_day - receipt.day
    early = np.maximum(draws.below(span + 1, size), draws.below(span + 1, size))
    early = np.maximum(early, receipt.at_night)
    delay = np.where(draws.chance(90, size), 0, 1 + draws.low_below(45, size))
    late = np.where(draws.chance(15, size), NEVER, limit_day + delay)
    return np.where(kept, receipt.day + early, late)


def _ends_by_term(receipt: Receipt, term: Numbers, kept: Flags, draws: Draws) -> Numbers:
    """In time or late by days, whatever the calendar does to the term."""
    size = len(kept)
    early = draws.below(terms.column("fast")[term] + 1, size)
    late = terms.column("slow")[term] + draws.low_below(25, size)
    return receipt.day + np.where(kept, early, late)


def _marks(receipt: Receipt, handling: Handling, world: World, month: int, draws: Draws) -> Marks:
    size = len(receipt.day)
    procedures = world.procedures
    has_fee = procedures.has_fee[receipt.procedure]

    def habit(of_procedure: Flags) -> Flags:
        """Now and then somebody does what nobody else does with that procedure."""
        return of_procedure[receipt.procedure] | draws.chance(1, size)

    def as_usual(trait: str) -> Flags:
        return draws.chance(world.agencies.traits[trait][receipt.unit, month], size)

    # Two in a thousand are paid for although the procedure has no fee.
    paid = as_usual("paid") & habit(procedures.paid_online) & (has_fee | draws.chance(2, size))
    online = as_usual("online") & habit(procedures.used_online)
    return Marks(
        channel=_channel(online, as_usual("postal"), draws.chance(80, size)),
        paid=np.where(paid, np.where(draws.chance(300, size), GATEWAY, PORTAL), 0),
        fee_known=has_fee & habit(procedures.fees_noted) & draws.chance(900, size),
        fee_lines_zero=has_fee & draws.chance(60, size),
        components=as_usual("components"),
        result=as_usual("result") & (handling.end_day < NEVER),
        reused=as_usual("reused"),
        store=as_usual("store"),
        population=as_usual("population") & habit(procedures.population),
        synced=as_usual("synced"),
        disliked=as_usual("disliked"),
        petitioned=as_usual("petitioned"),
    )


def _channel(online: Flags, postal: Flags, not_said: Flags) -> Numbers:
    at_the_counter = np.where(not_said, NOT_SAID, np.where(postal, POSTAL, DIRECT))
    return np.where(online, ONLINE, at_the_counter)
