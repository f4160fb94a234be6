"""The 21 true numerators and denominators of a period; changes if an indicator's reading does.

They come from classes: months, units and procedures that were chosen, never from written fields.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from chiso.demo.agencies import climb
from chiso.demo.decisions import EARLY, IN_TIME, NO_BASIS, PENDING, Decision, Decisions
from chiso.demo.dossiers import World
from chiso.demo.draws import Flags, Numbers
from chiso.demo.offers import Offers
from chiso.demo.petitions import Petition
from chiso.demo.procedure_lists import NationalList
from chiso.demo.span import Months
from chiso.demo.tally import Tally

Pair = tuple[Numbers, Numbers]
HEADER = "unit,indicator,numerator,denominator"


@dataclass(frozen=True)
class Facts:
    """All that was chosen; `national` holds counts of national reporting by period and unit,
    `national_list` the procedures of the national database."""

    world: World
    decisions: Decisions
    offers: Offers
    petitions: tuple[Petition, ...]
    tally: Tally
    national: dict[str, dict[int, int]]
    national_list: NationalList


def truth_text(facts: Facts, period: Months) -> str:
    """The table of counts of a period: every unit, every indicator."""
    counts = true_counts(facts, period)
    lines = [
        f"{code},{number},{int(counts[number][0][i])},{int(counts[number][1][i])}"
        for i, code in enumerate(facts.world.agencies.codes)
        for number in sorted(counts)
    ]
    return "\n".join([HEADER, *lines, ""])


def true_counts(facts: Facts, period: Months) -> dict[int, Pair]:
    """Numerators and denominators by indicator, each in the order of the units."""
    return {
        **_published(facts, period),
        **_of_dossiers(facts, period),
        **_of_procedures(facts, period),
        **_of_petitions(facts, period),
        15: _certified(facts),
    }


def _published(facts: Facts, period: Months) -> dict[int, Pair]:
    by_procedure: dict[int, list[Decision]] = {}
    for row in facts.decisions.rows:
        if period.first <= row.month <= period.last:
            by_procedure.setdefault(row.procedure, []).append(row)

    def verdicts(counts: Callable[[Decision], bool], good: Callable[[Decision], bool]) -> Pair:
        """Procedures with a decision that counts; of these, those whose decisions are all good."""
        due = np.zeros(len(facts.world.procedures.ids), dtype=np.int64)
        met = due.copy()
        for procedure, rows in by_procedure.items():
            counted = [row for row in rows if counts(row)]
            due[procedure] = bool(counted)
            met[procedure] = bool(counted) and all(map(good, counted))
        scope = facts.world.procedures.scope.astype(np.int64)
        return scope @ met, scope @ due

    # The limit of a pending decision lies in the month after it was signed.
    return {
        1: verdicts(lambda row: row.basis != NO_BASIS, lambda row: row.basis == EARLY),
        2: verdicts(
            lambda row: row.publication != PENDING or row.month < period.last,
            lambda row: row.publication == IN_TIME,
        ),
    }


def _of_dossiers(facts: Facts, period: Months) -> dict[int, Pair]:
    world, tally = facts.world, facts.tally

    def flow(name: str) -> Numbers:
        return tally.flow(name, period, world)

    received = flow("received")
    handled, on_time, unhappy = (
        tally.state(name, period, world) for name in ("handled", "on_time", "unhappy")
    )
    return {
        4: (flow("synced"), np.maximum(received, national_counts(facts, period))),
        5: (on_time, handled),
        8: (flow("online"), received),
        11: (flow("paid"), flow("with_fee")),
        12: (flow("result"), flow("returning_paper")),
        13: (flow("digitised"), received),
        14: (flow("reused"), received),
        16: (flow("store"), received),
        18: (flow("population"), received),
        21: (np.maximum(0, on_time - unhappy), handled),
    }


def national_counts(facts: Facts, period: Months) -> Numbers:
    """The count of each unit, else the sum of those below it, else 0."""
    own = facts.national.get(period.name, {})
    agencies = facts.world.agencies
    below = np.zeros(len(agencies.codes), dtype=np.int64)
    found = below.copy()
    for i in reversed(range(len(agencies.codes))):
        found[i] = own.get(i, below[i])
        if agencies.parents[i] >= 0:
            below[agencies.parents[i]] += found[i]
    return found


def _of_procedures(facts: Facts, period: Months) -> dict[int, Pair]:
    procedures = facts.world.procedures
    public = np.array(facts.decisions.public_month) <= period.last

    def within(members: Flags) -> Numbers:
        """How many procedures of each unit's scope are members (by unit, or for all alike)."""
        return np.asarray((procedures.scope & members).sum(axis=1))

    def seen(name: str) -> Flags:
        return facts.tally.pair(name, period, facts.world)

    with_fee = within(procedures.has_fee)
    return {
        3: (within(public & procedures.parts_complete), within(public)),
        6: (within(procedures.offered_online()), within(np.array(True))),
        7: _services(facts, seen("online")),
        9: (within(seen("paid") & procedures.has_fee), with_fee),
        10: (within(seen("fee_known") & procedures.has_fee), with_fee),
        17: (
            within(seen("population") & procedures.for_citizens),
            within(procedures.for_citizens),
        ),
    }


def _services(facts: Facts, online: Flags) -> Pair:
    """A service is used if the unit that offers it, or one below, got such a dossier online."""
    used = np.zeros(len(facts.world.agencies.codes), dtype=np.int64)
    public = used.copy()
    for service in facts.offers.services:
        if service.is_public:
            public[service.unit] += 1
            used[service.unit] += online[service.unit, service.procedure]
    agencies = facts.world.agencies
    return climb(used, agencies), climb(public, agencies)


def _certified(facts: Facts) -> Pair:
    offered = np.zeros(len(facts.world.agencies.codes), dtype=np.int64)
    communes = offered.copy()
    for unit, offers in facts.offers.copies.items():
        communes[unit] += 1
        offered[unit] += offers
    agencies = facts.world.agencies
    return climb(offered, agencies), climb(communes, agencies)


def _of_petitions(facts: Facts, period: Months) -> dict[int, Pair]:
    agencies = facts.world.agencies
    counts = np.zeros((len(agencies.codes), 4), dtype=np.int64)
    for one in facts.petitions:
        begins = period.first <= one.month <= period.last
        carried = one.month < period.first <= one.closed_month
        in_time = one.late_from > period.last
        satisfied = in_time and not (one.disliked or one.raised_again)
        if begins or carried:
            counts[one.unit, :2] += (in_time, 1)
        if period.first <= one.beginning.received_month <= period.last:
            counts[one.unit, 2:] += (satisfied, 1)
    total = climb(counts, agencies)
    return {19: (total[:, 0], total[:, 1]), 20: (total[:, 2], total[:, 3])}
