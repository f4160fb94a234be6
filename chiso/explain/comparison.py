"""What changed since the period before, by indicator, by agency and by class."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from chiso.figures import Figures, Standing, UnitFigures
from chiso.params import Text
from chiso.units import Unit


@dataclass(frozen=True)
class Change:
    """Points of one unit on one indicator now and in the period before; None where one lacks."""

    number: int
    label: str
    before: Decimal | None
    after: Decimal | None
    difference: Decimal | None
    numerator_before: int | None
    denominator_before: int | None
    numerator_after: int | None
    denominator_after: int | None


@dataclass(frozen=True)
class TotalChange:
    """Where a unit stood in the period before (`period`: its label) and stands now."""

    period: str
    before: Standing
    after: Standing
    difference: Decimal | None


@dataclass(frozen=True)
class AgencyChange:
    """An agency's total now and before; `verdict` as `Trend.verdict` of its totals."""

    unit: Unit
    before: Decimal
    after: Decimal
    difference: Decimal
    rank_before: int | None
    rank_after: int | None
    verdict: str


@dataclass(frozen=True)
class IndicatorChange:
    """Mean points of the agencies that have the indicator in both periods; `up` and `down`: the
    agencies (code, difference of points) that moved, most first."""

    number: int
    label: str
    agencies: int
    before: Decimal
    after: Decimal
    difference: Decimal
    up: tuple[tuple[str, Decimal], ...]
    down: tuple[tuple[str, Decimal], ...]


@dataclass(frozen=True)
class ClassCount:
    """How many agencies are in a class now and before; `band` None: those without a total;
    `before` None: there is no period before to compare with."""

    band: Text | None
    now: int
    before: int | None


def changes(unit: UnitFigures) -> tuple[Change, ...]:
    """The 21 indicators against the period before, in their order; empty without one."""
    raise NotImplementedError


def total_change(unit: UnitFigures) -> TotalChange | None:
    """Total, class and rank against the period before; None without one."""
    raise NotImplementedError


def changes_by_agency(figures: Figures) -> tuple[AgencyChange, ...]:
    """The agencies with a total in both periods, the greatest gain first, the greatest loss last."""
    raise NotImplementedError


def changes_by_indicator(figures: Figures) -> tuple[IndicatorChange, ...]:
    """The indicators by how much the agencies' mean moved, the greatest move first."""
    raise NotImplementedError


def class_table(figures: Figures) -> tuple[ClassCount, ...]:
    """The classes from the best to the lowest, then the agencies without a total, if any."""
    raise NotImplementedError
