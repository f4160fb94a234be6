"""Counts of dossiers by class, unit, procedure and month; changes if a class counts differently.

Nothing here sees a timestamp: the classes say in which month a dossier came and ended, and whether
it was in time.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from chiso.demo.agencies import climb
from chiso.demo.dossiers import ONLINE, Dossiers, World
from chiso.demo.draws import Flags, Numbers
from chiso.demo.span import MONTHS, Months, covered_periods

FLOWS = (
    "received",
    "online",
    "with_fee",
    "paid",
    "returning_paper",
    "result",
    "digitised",
    "reused",
    "store",
    "population",
    "synced",
)
PAIRS = ("online", "paid", "fee_known", "population")
STATES = ("handled", "on_time", "unhappy")


@dataclass(frozen=True)
class Tally:
    """Units' own dossiers: `flows` by month and unit, `pairs` by month, unit and procedure.

    `states` by period and unit: what was handled in the period, of it in time, of it unhappy
    (petitioned or disliked).
    """

    flows: dict[str, Numbers]
    pairs: dict[str, Flags]
    states: dict[str, dict[str, Numbers]]

    def flow(self, name: str, period: Months, world: World) -> Numbers:
        """A flow of the period, with everything below each unit."""
        own = self.flows[name][period.first : period.last + 1].sum(axis=0)
        return climb(own, world.agencies)

    def pair(self, name: str, period: Months, world: World) -> Flags:
        """Unit by procedure: whether there was such a dossier, with everything below each unit."""
        own: Flags = self.pairs[name][period.first : period.last + 1].any(axis=0)  # type: ignore[assignment]
        return climb(own, world.agencies)

    def state(self, name: str, period: Months, world: World) -> Numbers:
        """A state of the period, with everything below each unit."""
        return climb(self.states[period.name][name], world.agencies)


def empty_tally(world: World) -> Tally:
    """Nothing counted yet."""
    units, procedures = len(world.agencies.codes), len(world.procedures.ids)
    return Tally(
        {name: np.zeros((MONTHS, units), dtype=np.int64) for name in FLOWS},
        {name: np.zeros((MONTHS, units, procedures), dtype=bool) for name in PAIRS},
        {
            period.name: {name: np.zeros(units, dtype=np.int64) for name in STATES}
            for period in covered_periods()
        },
    )


def count_dossiers(tally: Tally, dossiers: Dossiers, world: World) -> None:
    """Add the dossiers that came in one month."""
    _count_flows(tally, dossiers, world)
    _count_pairs(tally, dossiers)
    for period in covered_periods():
        _count_states(tally.states[period.name], dossiers, period)


def _count_flows(tally: Tally, dossiers: Dossiers, world: World) -> None:
    marks, receipt, procedures = dossiers.marks, dossiers.receipt, world.procedures
    returns_paper = procedures.returns_paper[receipt.procedure]
    with_fee = procedures.has_fee[receipt.procedure] & ~marks.fee_lines_zero
    members = {
        "received": np.ones(len(dossiers), dtype=bool),
        "online": marks.channel == ONLINE,
        "with_fee": with_fee,
        "paid": with_fee & (marks.paid > 0),
        "returning_paper": returns_paper,
        "result": returns_paper & marks.result,
        "digitised": marks.components & (marks.result | ~returns_paper),
        "reused": marks.reused,
        "store": marks.store,
        "population": marks.population,
        "synced": marks.synced,
    }
    for name, member in members.items():
        units = receipt.unit[member & receipt.is_received]
        tally.flows[name][dossiers.month] += np.bincount(units, minlength=len(world.agencies.codes))


def _count_pairs(tally: Tally, dossiers: Dossiers) -> None:
    """A dossier that was only submitted counts for services and fee data, not for the others."""
    marks, receipt = dossiers.marks, dossiers.receipt
    members = {
        "online": receipt.is_dated & (marks.channel == ONLINE),
        "paid": receipt.is_received & (marks.paid > 0),
        # A fee of 0 is none.
        "fee_known": receipt.is_dated & marks.fee_known & ~marks.fee_lines_zero,
        "population": receipt.is_received & marks.population,
    }
    for name, member in members.items():
        place = (receipt.unit[member], receipt.procedure[member])
        tally.pairs[name][dossiers.month][place] = True


def _count_states(states: dict[str, Numbers], dossiers: Dossiers, period: Months) -> None:
    """Those of the period itself and those carried into it, as they stood at its end."""
    handling, marks = dossiers.handling, dossiers.marks
    if dossiers.month > period.last:
        return
    carried = dossiers.month < period.first
    handled = dossiers.receipt.is_received & (
        (handling.end_month >= period.first) if carried else True
    )
    members = {
        "handled": handled,
        "on_time": handled & in_time(dossiers, period.last),
        "unhappy": handled & (marks.disliked | marks.petitioned),
    }
    for name, member in members.items():
        units = dossiers.receipt.unit[member]
        states[name] += np.bincount(units, minlength=len(states[name]))


def in_time(dossiers: Dossiers, last_month: int) -> Flags:
    """In time as things stood at the end of the month."""
    handling = dossiers.handling
    within = handling.within_until > last_month
    within = np.where(handling.asked_month <= last_month, handling.asked_in_time, within)
    return np.where(handling.end_month <= last_month, handling.kept, within)
