"""Who leads, who coordinates and who has to follow up, by the assignments of the annex."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from chiso.figures import Figures, UnitFigures


@dataclass(frozen=True)
class UnitDuty:
    """A unit's part in an indicator: `role` lead or coordinating; `points_lost` by the unit itself
    (None: no score); `lead` and `coordinating`: the names of all who do so."""

    number: int
    label: str
    role: str
    points_lost: Decimal | None
    lead: tuple[str, ...]
    coordinating: tuple[str, ...]


@dataclass(frozen=True)
class FollowUp:
    """Who has to see to an indicator on which agencies lose points (`points`: all together)."""

    number: int
    label: str
    points: Decimal
    agencies: int
    lead: tuple[str, ...]
    coordinating: tuple[str, ...]


def unit_duties(unit: UnitFigures) -> tuple[UnitDuty, ...]:
    """What the unit leads or coordinates, by indicator; empty where the period has no assignments."""
    raise NotImplementedError


def follow_up(figures: Figures) -> tuple[FollowUp, ...]:
    """The indicators that cost points with those in charge, the costliest first."""
    raise NotImplementedError
