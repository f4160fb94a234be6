"""Where a unit stands in its cohort, what decides its rank, and the way to the next class."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from chiso.figures import UnitFigures
from chiso.params import Text


@dataclass(frozen=True)
class CohortStanding:
    """The totals of a cohort (code, total), best first, and a unit's place among them.

    `tied`: how many others share its rank. `to_next_rank` and `to_next_class`: points that it
    lacks to `next_rank` and `next_class`; None at the top or without a total.
    """

    values: tuple[tuple[str, Decimal], ...]
    own: Decimal | None
    rank: int | None
    size: int | None
    tied: int
    next_rank: int | None
    to_next_rank: Decimal | None
    next_class: Text | None
    to_next_class: Decimal | None


@dataclass(frozen=True)
class FreePoints:
    """Points that say nothing about the unit's own work, and whether they decide its rank.

    `inherited`: the province's own figures (`inherited_numbers`); `free`: full marks on petition
    indicators because there was none (`free_numbers`). `rank_without`: the rank if the petition
    indicators counted for nobody; None where that can't be computed.
    """

    inherited: Decimal
    inherited_numbers: tuple[int, ...]
    free: Decimal
    free_numbers: tuple[int, ...]
    rank: int | None
    rank_without: int | None

    @property
    def decides_rank(self) -> bool:
        """Whether the unit would have another rank without the petition indicators."""
        return None not in (self.rank, self.rank_without) and self.rank != self.rank_without


@dataclass(frozen=True)
class Step:
    """Cases of one indicator that would have to be mended, and the points that they bring."""

    number: int
    label: str
    cases: int
    points: Decimal


@dataclass(frozen=True)
class NextClass:
    """The fewest cases to the next class; `is_reachable`: whether cases alone bring it."""

    band: Text
    needed: Decimal
    steps: tuple[Step, ...]
    gained: Decimal
    is_reachable: bool


def cohort_standing(unit: UnitFigures) -> CohortStanding:
    """The unit among its cohort; `own` is None for a unit without a total."""
    raise NotImplementedError


def free_points(unit: UnitFigures) -> FreePoints:
    """The points that are inherited or free, and the rank without the free ones."""
    raise NotImplementedError


def next_class(unit: UnitFigures) -> NextClass | None:
    """The cheapest way to the next class; None at the top or without a total."""
    raise NotImplementedError
