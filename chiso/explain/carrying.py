"""Who carries what is lost: cases by agency, each counted once, and indicators by points lost."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from chiso.figures import Figures
from chiso.units import Unit


@dataclass(frozen=True)
class Carrier:
    """One agency's own part of what is lost on an indicator, without the units below it.

    `cases` = denominator - numerator; `share` of all cases and `cumulative` share, both 0 to 1;
    `rate` = numerator / denominator; `is_lowest`: no other agency has a lower rate. `is_rest`: what
    the province has beyond its agencies in the tree (`unit` is then the province).
    """

    unit: Unit
    cases: int
    denominator: int
    rate: Decimal
    share: Decimal
    cumulative: Decimal
    is_lowest: bool
    is_rest: bool


@dataclass(frozen=True)
class ParetoItem:
    """One indicator's part of the points that all agencies lose; `share`, `cumulative` 0 to 1."""

    number: int
    label: str
    points: Decimal
    share: Decimal
    cumulative: Decimal
    agencies: int
    carriers: tuple[Carrier, ...]


def carriers(figures: Figures, indicator: int) -> tuple[Carrier, ...]:
    """Who carries the cases lost on `indicator`, most cases first; those without any are left out."""
    raise NotImplementedError


def pareto(figures: Figures) -> tuple[ParetoItem, ...]:
    """The indicators by the points that all agencies together lose on them, most first."""
    raise NotImplementedError
