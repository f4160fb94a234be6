"""What changed since the period before: a unit's indicators, agencies and classes.

A difference is that of the points as they are shown, so that it can be checked by hand on the page.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from chiso.base.rounding import shown
from chiso.explain.decomposition import decomposition
from chiso.explain.trends import total_trends
from chiso.rules.indicators import ClassBand
from chiso.rules.units import Unit
from chiso.store.figures import Figures, Standing, UnitFigures


@dataclass(frozen=True)
class Change:
    """Points of one unit on one indicator now and in the period before; None where one lacks.

    No `difference` either where its maximum is not the same in both (indicators left its group in
    one of them): the points then are not on one scale.
    """

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
    """An agency's total now and before; `verdict` as `Trend.verdict` of its totals.

    `own`, `shared`, `petitions`: see Decomposition; `petitions_before`, `petitions_after` count them.
    """

    unit: Unit
    before: Decimal
    after: Decimal
    difference: Decimal
    own: Decimal
    shared: Decimal
    petitions: Decimal
    petitions_before: int | None
    petitions_after: int | None
    rank_before: int | None
    rank_after: int | None
    verdict: str

    @property
    def by_dossiers(self) -> Decimal:
        """Its own change without that by petitions, of which one can move many points."""
        return self.own - self.petitions


@dataclass(frozen=True)
class ClassCount:
    """How many agencies are in a class now and before; `band` None: those without a total;
    `before` None: there is no period before to compare with."""

    band: ClassBand | None
    now: int
    before: int | None


def changes(unit: UnitFigures) -> tuple[Change, ...]:
    """The 21 indicators against the period before, in their order; empty without one."""
    previous = unit.previous
    return changes_from(previous, unit) if previous else ()


def changes_from(other: UnitFigures, unit: UnitFigures) -> tuple[Change, ...]:
    """The indicators of a unit against other figures of the same set, in their order."""
    before = {row.indicator: row for row in other.indicator_rows}
    return tuple(
        Change(
            number=row.indicator,
            label=str(unit.figures.book.rule(row.indicator).indicator.name),
            before=before[row.indicator].points,
            after=row.points,
            difference=_difference(before[row.indicator].points, row.points)
            if before[row.indicator].max_points == row.max_points
            else None,
            numerator_before=before[row.indicator].numerator,
            denominator_before=before[row.indicator].denominator,
            numerator_after=row.numerator,
            denominator_after=row.denominator,
        )
        for row in unit.indicator_rows
        if row.indicator in before
    )


def total_change(unit: UnitFigures) -> TotalChange | None:
    """Total, class and rank against the period before; None without one."""
    previous = unit.previous
    if previous is None:
        return None
    before = previous.standing
    return TotalChange(
        period=previous.figures.settings.period.label,
        before=before,
        after=unit.standing,
        difference=_difference(before.total, unit.standing.total),
    )


def changes_by_agency(figures: Figures) -> tuple[AgencyChange, ...]:
    """The agencies with a total in both periods by their own change without petitions, the greatest
    gain first, the greatest loss last."""
    return figures.once("changes_by_agency", lambda: _changes_by_agency(figures))


def _changes_by_agency(figures: Figures) -> tuple[AgencyChange, ...]:
    if figures.previous is None:
        return ()
    trends = total_trends(figures)
    before, after = _totals(figures.previous), _totals(figures)
    found = []
    for unit in figures.agencies:
        then, now = before.get(unit.code), after[unit.code]
        parts = decomposition(figures.unit(unit.code))
        if parts is None or then is None:
            continue
        found.append(
            AgencyChange(
                unit=unit,
                before=then.total,
                after=now.total,
                difference=shown(now.total) - shown(then.total),
                own=parts.own,
                shared=parts.shared,
                petitions=parts.petitions,
                petitions_before=parts.petitions_before,
                petitions_after=parts.petitions_after,
                rank_before=then.rank,
                rank_after=now.rank,
                verdict=trends[unit.code].verdict,
            )
        )
    return tuple(sorted(found, key=lambda change: (-change.by_dossiers, change.unit.code)))


def class_table(figures: Figures) -> tuple[ClassCount, ...]:
    """The classes from the best to the lowest, then the agencies without a total, if any."""
    now = _classes(figures)
    before = _classes(figures.previous) if figures.previous else None
    bands: list[ClassBand | None] = [*figures.book.set.classes]
    if now[None] or (before and before[None]):
        bands.append(None)
    codes = [band.code if band else None for band in bands]
    return tuple(
        ClassCount(band, now[code], before[code] if before else None)
        for band, code in zip(bands, codes, strict=True)
    )


def _difference(before: Decimal | None, after: Decimal | None) -> Decimal | None:
    return None if before is None or after is None else shown(after) - shown(before)


def _totals(figures: Figures) -> dict[str, Any]:
    return {row.unit: row for row in figures.scores.totals.itertuples()}


def _classes(figures: Figures) -> Counter[str | None]:
    """Agencies by the code of their class, None without a total."""
    codes = {unit.code for unit in figures.agencies}
    return Counter(
        row["class"] for row in figures.scores.totals.to_dict("records") if row["unit"] in codes
    )
