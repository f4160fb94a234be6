"""What changed since the period before, by indicator, by agency and by class.

A difference is that of the points as they are shown, so that it can be checked by hand on the page.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from chiso.base.rounding import shown
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
    """Mean points, unrounded, of the agencies that have the indicator, with the same maximum, in both
    periods; `difference`: of the means as shown; `up` and `down`: the agencies (code, difference)
    that moved, most first."""

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

    band: ClassBand | None
    now: int
    before: int | None


def changes(unit: UnitFigures) -> tuple[Change, ...]:
    """The 21 indicators against the period before, in their order; empty without one."""
    previous = unit.figures.previous
    if previous is None:
        return ()
    before = {row.indicator: row for row in previous.unit(unit.unit.code).indicators.itertuples()}
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
        for row in unit.indicators.itertuples()
        if row.indicator in before
    )


def total_change(unit: UnitFigures) -> TotalChange | None:
    """Total, class and rank against the period before; None without one."""
    previous = unit.figures.previous
    if previous is None:
        return None
    before = previous.standing(unit.unit.code)
    return TotalChange(
        period=previous.settings.period.label,
        before=before,
        after=unit.standing,
        difference=_difference(before.total, unit.standing.total),
    )


def changes_by_agency(figures: Figures) -> tuple[AgencyChange, ...]:
    """The agencies with a total in both periods, the greatest gain first, the greatest loss last."""
    if figures.previous is None:
        return ()
    trends = total_trends(figures)
    before, after = _totals(figures.previous), _totals(figures)
    found = []
    for unit in figures.agencies:
        then, now = before.get(unit.code), after[unit.code]
        if then is None or then.total is None or now.total is None:
            continue
        found.append(
            AgencyChange(
                unit=unit,
                before=then.total,
                after=now.total,
                difference=shown(now.total) - shown(then.total),
                rank_before=then.rank,
                rank_after=now.rank,
                verdict=trends[unit.code].verdict,
            )
        )
    return tuple(sorted(found, key=lambda change: (-change.difference, change.unit.code)))


def changes_by_indicator(figures: Figures) -> tuple[IndicatorChange, ...]:
    """The indicators by how much the agencies' mean moved, the greatest move first."""
    if figures.previous is None:
        return ()
    codes = [unit.code for unit in figures.agencies]
    before, after = _points(figures.previous), _points(figures)
    found = []
    for rule in figures.book.rules:
        number = rule.indicator.number
        both = {
            code: (then[0], now[0])
            for code in codes
            if (then := before.get((code, number)))
            and (now := after.get((code, number)))
            and then[1] == now[1]
        }
        if both:
            found.append(_indicator_change(number, str(rule.indicator.name), both))
    return tuple(sorted(found, key=lambda change: (-abs(change.difference), change.number)))


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


def _points(figures: Figures) -> dict[tuple[str, int], tuple[Decimal, Decimal]]:
    """Points and maximum by unit and indicator, where there are points."""
    return {
        (row.unit, row.indicator): (row.points, row.max_points)
        for row in figures.scores.indicators.itertuples()
        if row.points is not None
    }


def _indicator_change(
    number: int, label: str, both: dict[str, tuple[Decimal, Decimal]]
) -> IndicatorChange:
    """The mean is taken of the same agencies in both periods."""
    moved = sorted(
        ((code, shown(now) - shown(then)) for code, (then, now) in both.items()), key=_by_move
    )
    before = sum((then for then, _now in both.values()), Decimal(0)) / len(both)
    after = sum((now for _then, now in both.values()), Decimal(0)) / len(both)
    return IndicatorChange(
        number=number,
        label=label,
        agencies=len(both),
        before=before,
        after=after,
        difference=shown(after) - shown(before),
        up=tuple(item for item in reversed(moved) if item[1] > 0),
        down=tuple(item for item in moved if item[1] < 0),
    )


def _by_move(item: tuple[str, Decimal]) -> tuple[Decimal, str]:
    return item[1], item[0]


def _classes(figures: Figures) -> Counter[str | None]:
    """Agencies by the code of their class, None without a total."""
    codes = {unit.code for unit in figures.agencies}
    return Counter(
        row["class"] for row in figures.scores.totals.to_dict("records") if row["unit"] in codes
    )
