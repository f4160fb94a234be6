"""How the agencies of the demo province differ; changes if their characters do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from chiso.demo.draws import Draws, Numbers
from chiso.demo.span import MONTHS
from chiso.rules.units import Tree

T = TypeVar("T", bound=np.generic)
# The department with a third of all late dossiers, though not with the lowest rate.
LATE = "so-tai-nguyen"
# The department that received no dossier at all.
EMPTY = "thanh-tra"
# A small department with the lowest rate, and one that repairs its synchronisation.
SLOWEST, UNSYNCED = "so-khoa-hoc", "so-thong-tin"
STREAM = 1
# Dossiers of 100,000 that each level receives; the late department has a share of its own.
LEVEL_WEIGHTS = {"so": 34_000, "huyen": 21_000, "xa": 30_000}
LATE_WEIGHT = 15_000
# The intake of each month, in permille of the usual one.
SEASON = (960, 1_010, 1_040, 1_000, 985, 1_005)


@dataclass(frozen=True)
class Trait:
    """A rate in permille: where units begin (lowest, highest) and how it moves in a month."""

    lowest: int
    highest: int
    falls: int
    rises: int


TRAITS = {
    "on_time": Trait(745, 970, -8, 9),
    "online": Trait(350, 900, 0, 30),
    "postal": Trait(5, 60, -2, 4),
    "paid": Trait(150, 700, 0, 50),
    "components": Trait(250, 850, -10, 40),
    "result": Trait(200, 800, -10, 45),
    "reused": Trait(20, 350, -5, 30),
    "store": Trait(10, 200, -5, 25),
    "population": Trait(100, 550, 0, 50),
    "synced": Trait(915, 992, -3, 5),
    "disliked": Trait(1, 9, 0, 1),
    "petitioned": Trait(0, 5, 0, 1),
}


@dataclass(frozen=True)
class Agencies:
    """The units in the order of the tree; arrays by unit, or by unit and month."""

    tree: Tree
    codes: tuple[str, ...]
    levels: NDArray[np.str_]
    # The position of the parent; -1 for the province.
    parents: tuple[int, ...]
    weights: Numbers
    traits: dict[str, Numbers]

    def position(self, code: str) -> int:
        """Where the unit stands."""
        return self.codes.index(code)

    def at_level(self, level: str) -> list[int]:
        """The positions of the units of a level."""
        return [i for i, unit in enumerate(self.tree.units) if unit.level == level]


def make_agencies(tree: Tree, seed: int) -> Agencies:
    """The agencies of `tree` with characters drawn from the seed."""
    draws = Draws(seed, STREAM)
    codes = tuple(unit.code for unit in tree.units)
    parents = tuple(codes.index(unit.parent) if unit.parent else -1 for unit in tree.units)
    levels = np.array([unit.level for unit in tree.units])
    traits = {name: _rates(trait, draws, len(codes)) for name, trait in TRAITS.items()}
    agencies = Agencies(tree, codes, levels, parents, _weights(tree, draws), traits)
    _give_characters(agencies)
    return agencies


def climb(values: NDArray[T], agencies: Agencies) -> NDArray[T]:
    """`values` (units first) with everything below a unit added to it; flags: whether any has."""
    total = values.copy()
    for i in reversed(range(len(agencies.codes))):
        if agencies.parents[i] >= 0:
            total[agencies.parents[i]] = total[agencies.parents[i]] + total[i]
    return total


def _rates(trait: Trait, draws: Draws, units: int) -> Numbers:
    start = trait.lowest + draws.below(trait.highest - trait.lowest + 1, units)
    slope = trait.falls + draws.below(trait.rises - trait.falls + 1, units)
    wobble = draws.below(trait.highest // 25 + 1, units * MONTHS).reshape(units, MONTHS)
    rates = start[:, None] + slope[:, None] * np.arange(MONTHS) + wobble
    return np.clip(rates, 0, 995)


def _weights(tree: Tree, draws: Draws) -> Numbers:
    """How many of 100,000 dossiers each unit receives, month by month."""
    weights = np.zeros((len(tree.units), MONTHS), dtype=np.int64)
    sizes = 30 + draws.low_below(100, len(tree.units))
    drift = 1_000 + (draws.below(61, len(tree.units)) - 30)[:, None] * np.arange(MONTHS)
    for level, share in LEVEL_WEIGHTS.items():
        own = [i for i, unit in enumerate(tree.units) if unit.level == level]
        weights[own] = (share * sizes[own] // sizes[own].sum())[:, None] * drift[own] // 1_000
    return weights


def _give_characters(agencies: Agencies) -> None:
    """The few agencies that a reader of the demo is meant to notice."""
    months = np.arange(MONTHS)
    late, slowest = agencies.position(LATE), agencies.position(SLOWEST)
    agencies.weights[late] = LATE_WEIGHT
    agencies.traits["on_time"][late] = 565 + 6 * months
    agencies.weights[slowest] = 500
    agencies.traits["on_time"][slowest] = 420 - 5 * months
    agencies.weights[agencies.position(EMPTY)] = 0
    agencies.traits["synced"][agencies.position(UNSYNCED)] = 560 + 85 * months
