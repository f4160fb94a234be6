"""Columns of the dossiers from their classes; changes if the same classes are written otherwise.

Due dates are at 17:00. An end in time on that day lies before or exactly there, a late one after.
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from chiso.demo.columns import DOSSIERS
from chiso.demo.dossiers import (
    NOT_SAID,
    OPEN_SUPPLEMENTS,
    Dossiers,
    Supplement,
    World,
    done_day,
    is_completed,
)
from chiso.demo.draws import Draws, Flags, Numbers
from chiso.demo.span import DAY_SECONDS, LAST_SECOND, NEVER, as_date, seconds

OPENING, CLOSING = 8 * 3600, 17 * 3600
STREAM = 7
# Every so often an end falls exactly on the limit, or on midnight.
ON_THE_LIMIT, AT_MIDNIGHT = 60, 8
WAITING_STATUSES = np.array([2, 4, 4, 4, 4, 6])
STOPPED_STATUSES = np.array([3, 7, 8])


def dossier_table(
    dossiers: Dossiers, world: World, draws: Draws, first_number: int = 1
) -> pa.Table:
    """The contract table of the dossiers, numbered from `first_number` in their month."""
    received = _received(dossiers, draws)
    columns = {
        **_identity(dossiers, world, first_number),
        **_beginning(dossiers, received, draws),
        **_ends(dossiers, received, draws),
        **_supplement(dossiers, draws),
        **_flags(dossiers, draws),
        **_money(dossiers, draws),
        "synced_at": _synced(dossiers, received, draws),
    }
    return pa.table([columns[name] for name in DOSSIERS.names], schema=DOSSIERS)


def _identity(dossiers: Dossiers, world: World, first_number: int) -> dict[str, pa.Array]:
    numbers = pa.array(np.arange(first_number, first_number + len(dossiers)))
    stem = f"H31-{as_date(int(dossiers.receipt.day[0])):%y%m}-"
    padded = pc.utf8_lpad(numbers.cast(pa.string()), 7, "0")
    procedures = pa.array(world.procedures.ids)
    return {
        "dossier_id": pc.binary_join_element_wise(stem, padded, ""),
        "procedure_id": procedures.take(pa.array(dossiers.receipt.procedure)),
        "unit": pa.array(world.agencies.codes).take(pa.array(dossiers.receipt.unit)),
    }


def _received(dossiers: Dossiers, draws: Draws) -> Numbers:
    """Second of receipt (or of submission); the first and last dossier lie on the month's edges."""
    size, receipt = len(dossiers), dossiers.receipt
    by_day = OPENING - 1800 + draws.below(CLOSING - OPENING - 1800, size)
    by_night = CLOSING + 3600 + draws.below(5 * 3600, size)
    second = np.where(receipt.at_night, by_night, by_day)
    second[0], second[-1] = 0, DAY_SECONDS - 1
    return seconds(receipt.day, second)


def _beginning(dossiers: Dossiers, received: Numbers, draws: Draws) -> dict[str, pa.Array]:
    size, receipt = len(dossiers), dossiers.receipt
    before = np.where(draws.chance(400, size), draws.below(40 * 3600, size), draws.below(600, size))
    # A clock that runs ahead: received hours before submitted, less than a day.
    ahead = draws.chance(10, size)
    submitted = np.where(ahead, received + draws.below(20 * 3600, size), received - before)
    submitted = np.minimum(submitted, LAST_SECOND)
    said = ~receipt.is_received | draws.chance(970, size)
    due = seconds(dossiers.handling.due_day, CLOSING)
    return {
        "submitted_at": _moments(
            np.where(receipt.is_received, submitted, received), receipt.is_dated & said
        ),
        "received_at": _moments(received, receipt.is_received),
        "due_at": _moments(due, receipt.is_received & dossiers.handling.has_due),
    }


def _end_seconds(dossiers: Dossiers, received: Numbers, draws: Draws) -> Numbers:
    """The moment of the end, on the side of the limit that the class says."""
    handling, receipt, size = dossiers.handling, dossiers.receipt, len(dossiers)
    second = OPENING + draws.below(CLOSING - OPENING, size)
    on_limit = handling.has_due & (handling.end_day == handling.limit_day)
    exactly = on_limit & handling.kept & draws.chance(ON_THE_LIMIT, size)
    second = np.where(exactly, CLOSING, second)
    evening = CLOSING + 1 + draws.below(5_400, size)
    is_evening = on_limit & ~handling.kept
    midnight = draws.chance(AT_MIDNIGHT, size) & ~is_evening
    second = np.where(is_evening, evening, np.where(midnight, 0, second))
    same_day = (handling.end_day == receipt.day) & ~is_evening
    soon = received + 300 + draws.below(1_500, size)
    return np.where(same_day, soon, seconds(handling.end_day, second))


def _ends(dossiers: Dossiers, received: Numbers, draws: Draws) -> dict[str, pa.Array]:
    """Status and the three columns of ends; the first filled one is the end of the class."""
    size, handling, receipt = len(dossiers), dossiers.handling, dossiers.receipt
    end = _end_seconds(dossiers, received, draws)
    ended = handling.end_day < NEVER
    form = draws.below(100, size)
    stopped, only_returned = form < 5, (form >= 5) & (form < 12)
    gap = np.where(form < 40, 600, draws.below(5 * DAY_SECONDS, size) + 600)
    returned = np.where(only_returned, end, end + gap)
    has_returned = ended & ~stopped & (form < 92) & (returned <= LAST_SECOND)
    has_done = ended & ~stopped & ~only_returned
    status = WAITING_STATUSES[draws.below(len(WAITING_STATUSES), size)]
    status = np.where(np.isin(handling.supplement, OPEN_SUPPLEMENTS), 5, status)
    status = np.where(has_done, 9, status)
    status = np.where(has_returned, 10, status)
    stop = STOPPED_STATUSES[draws.below(len(STOPPED_STATUSES), size)]
    status = np.where(ended & stopped, stop, status)
    # Refused without having been received.
    refusal = received + 3600 + draws.below(2 * DAY_SECONDS, size)
    refused = ~receipt.is_received & receipt.is_dated & (form < 30) & (refusal <= LAST_SECOND)
    status = np.where(receipt.is_received, status, np.where(refused, 3, 1))
    return {
        "status": pa.array(status, pa.int32()),
        "done_at": _moments(end, has_done),
        "returned_at": _moments(returned, has_returned),
        "ended_at": _moments(np.where(refused, refusal, end), (ended & stopped) | refused),
    }


def _supplement(dossiers: Dossiers, draws: Draws) -> dict[str, pa.Array]:
    """Requests at 10:00; a completion at the same hour, so that whole days lie between."""
    size, handling = len(dossiers), dossiers.handling
    kind, asked_day = handling.supplement, handling.asked_day
    asked = seconds(asked_day, 10 * 3600)
    done = seconds(done_day(kind, asked_day, handling.supplement_days), 10 * 3600)
    done = np.where(kind == Supplement.DISORDERED, asked - 3600, done)
    twice = np.isin(kind, (Supplement.DONE_TWICE, Supplement.ASKED_AGAIN))
    count = np.where(twice, 2 + draws.below(2, size), 1)
    # One request is counted as 1 or not at all.
    counted = twice | ((kind != Supplement.NONE) & draws.chance(700, size))
    is_asked = (kind != Supplement.NONE) & (kind != Supplement.ASKED_UNDATED)
    is_done = is_completed(kind) | (kind == Supplement.DISORDERED)
    has_hours = (kind == Supplement.DONE_TWICE) | (
        (kind == Supplement.DONE) & draws.chance(500, size)
    )
    return {
        "supplement_count": pa.array(count, pa.int32(), mask=~counted),
        "supplement_asked_at": _moments(asked, is_asked),
        "supplement_done_at": _moments(done, is_done),
        "supplement_hours": pa.array(handling.supplement_days * 24, pa.int32(), mask=~has_hours),
    }


def _flags(dossiers: Dossiers, draws: Draws) -> dict[str, pa.Array]:
    marks = dossiers.marks
    values = {
        "components_file": marks.components,
        "result_file": marks.result,
        "reused": marks.reused,
        "from_store": marks.store,
        "population_data": marks.population,
        "fee_lines_zero": marks.fee_lines_zero,
        "disliked": marks.disliked,
        "petitioned": marks.petitioned,
    }
    # “No” is written as no or left empty.
    return {
        name: pa.array(value, mask=~value & draws.chance(300, len(value)))
        for name, value in values.items()
    }


def _money(dossiers: Dossiers, draws: Draws) -> dict[str, pa.Array]:
    size, marks = len(dossiers), dossiers.marks
    fee = np.where(marks.fee_lines_zero, 0, (1 + draws.low_below(60, size)) * 5_000)
    unpaid = marks.paid == 0
    return {
        "channel": pa.array(marks.channel, pa.int32(), mask=marks.channel == NOT_SAID),
        "fee_total": pa.array(fee, mask=~marks.fee_known),
        "paid_online": pa.array(marks.paid, pa.int32(), mask=unpaid & draws.chance(500, size)),
    }


def _synced(dossiers: Dossiers, received: Numbers, draws: Draws) -> pa.Array:
    """Minutes after receipt, sometimes weeks; at the latest when the data ends."""
    size = len(dossiers)
    slow = draws.chance(60, size)
    delay = np.where(slow, draws.below(40 * DAY_SECONDS, size), draws.below(3_600, size))
    moment = np.minimum(received + delay, LAST_SECOND)
    return _moments(moment, dossiers.marks.synced & dossiers.receipt.is_dated)


def _moments(values: Numbers, filled: Flags) -> pa.Array:
    """Seconds as local times, empty where not `filled`."""
    return pa.array(values * 1_000_000, mask=~filled).cast(DOSSIERS.field("received_at").type)
