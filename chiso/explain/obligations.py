"""Who leads, who coordinates and who has to follow up, by the assignments of the annex."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from chiso.explain.ownership import losses_by_indicator
from chiso.rules.assignments import AssignmentFile, duties, load_assignments, names
from chiso.store.figures import Figures, UnitFigures


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
    """Who has to see to an indicator on which agencies lose points of their own (`points`: all together)."""

    number: int
    label: str
    points: Decimal
    agencies: int
    lead: tuple[str, ...]
    coordinating: tuple[str, ...]


def unit_duties(unit: UnitFigures) -> tuple[UnitDuty, ...]:
    """What the unit leads or coordinates, by indicator; empty where the period has no assignments."""
    content = assignments_in_force(unit.figures)
    if content is None:
        return ()
    lost = {row.indicator: row.points_lost for row in unit.indicator_rows}
    return tuple(
        UnitDuty(
            number=duty.number,
            label=_label(unit.figures, duty.number),
            role=duty.role,
            points_lost=lost.get(duty.number),
            lead=names(content, duty.number, "lead"),
            coordinating=names(content, duty.number, "coordinating"),
        )
        for duty in duties(content, unit.unit)
    )


def follow_up(figures: Figures) -> tuple[FollowUp, ...]:
    """The indicators that cost points with those in charge, the costliest first."""
    content = assignments_in_force(figures)
    if content is None:
        return ()
    return tuple(
        FollowUp(
            number=loss.number,
            label=_label(figures, loss.number),
            points=loss.total,
            agencies=loss.agencies,
            lead=names(content, loss.number, "lead"),
            coordinating=names(content, loss.number, "coordinating"),
        )
        for loss in losses_by_indicator(figures)
    )


def assignments_in_force(figures: Figures) -> AssignmentFile | None:
    """The assignments of the period, if it names any that had begun by its end."""
    name = figures.settings.assignments
    content = load_assignments(name) if name else None
    return content if content and content.valid_from <= figures.settings.period.last_day else None


def _label(figures: Figures, number: int) -> str:
    return str(figures.book.rule(number).indicator.name)
