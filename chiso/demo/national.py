"""Counts of the national reporting system; changes if other units or periods report."""

from __future__ import annotations

from collections.abc import Callable

from chiso.demo.agencies import Agencies
from chiso.demo.dossiers import World
from chiso.demo.draws import Draws
from chiso.demo.span import covered_periods
from chiso.demo.tally import Tally

STREAM = 9
REPORTING: dict[str, Callable[[Agencies], list[int]]] = {
    "every unit": lambda agencies: list(range(len(agencies.codes))),
    "the province": lambda agencies: agencies.at_level("tinh"),
    "no districts": lambda agencies: agencies.at_level("so") + agencies.at_level("xa"),
}
# Who reports in which period; the year has no report yet.
REPORTED = {
    "2022-07": "every unit",
    "2022-08": "every unit",
    "2022-09": "the province",
    "2022-10": "no districts",
    "2022-11": "every unit",
    "2022-12": "every unit",
    "2022-Q3": "no districts",
    "2022-Q4": "every unit",
    "2022-9T": "the province",
}


def make_national(tally: Tally, world: World, seed: int) -> dict[str, dict[int, int]]:
    """By period and unit: as many dossiers as received, or a few percent more or fewer."""
    draws = Draws(seed, STREAM)
    found: dict[str, dict[int, int]] = {}
    for period in covered_periods():
        if period.name not in REPORTED:
            continue
        received = tally.flow("received", period, world)
        units = REPORTING[REPORTED[period.name]](world.agencies)
        found[period.name] = {unit: _reported(int(received[unit]), draws) for unit in units}
    return found


def _reported(received: int, draws: Draws) -> int:
    choice = draws.one(10)
    if choice < 4 or not received:
        return received
    if choice < 8:
        return received + 1 + received * draws.one(30) // 1_000
    return received - received * draws.one(20) // 1_000
