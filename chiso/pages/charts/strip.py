"""Where a unit stands among its cohort: a dot for every total, the unit's own marked."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from decimal import Decimal

import numpy as np
from matplotlib.axes import Axes

from chiso.base.i18n import _, points
from chiso.explain import cohort_standing, cohort_totals
from chiso.explain.ownership import without_dossiers
from chiso.pages.charts.style import (
    HELD,
    LOST,
    MUTED,
    PAPER,
    TRACK,
    Chart,
    drawing,
    number_ticks,
    source_of,
    svg,
)
from chiso.store.figures import UnitFigures

_STEP = 0.8
# A total further than this many quartile distances from the middle half is off the axis (Tukey 1977).
_FAR = 1.5
# So many values of what is off the axis are written at its edge.
_NAMED = 3


@dataclass(frozen=True)
class _Axis:
    """From where to where the axis runs, and the totals beyond either end."""

    low: float
    high: float
    below: tuple[float, ...]
    above: tuple[float, ...]


def strip_chart(unit: UnitFigures) -> Chart | None:
    """The totals of the cohort along one scale; None for a unit without a total, alone, or without
    dossiers. Agencies without dossiers are left out; a far outlier stands at the edge."""
    left_out = without_dossiers(unit.figures)
    totals = {code: value for code, value in cohort_totals(unit).items() if code not in left_out}
    own = totals.pop(unit.unit.code, None)
    others = [float(value) for value in totals.values()]
    if own is None or not others:
        return None
    axis = _axis([*others, float(own)])
    with drawing(1.75) as drawn:
        axes = drawn.add_axes((0.02, 0.17, 0.96, 0.8))
        axes.set_xlim(axis.low, axis.high)
        tallest = _dots(axes, [value for value in others if axis.low < value < axis.high])
        _edges(axes, unit, axis, tallest)
        _beyond(axes, axis)
        _own(axes, float(own), points(own), axis)
        axes.set_ylim(-0.55 * tallest - 1.2, tallest * 1.25 + 1)
        axes.set_yticks([])
        number_ticks(axes.xaxis)
        axes.tick_params(length=0, labelsize=9)
        for side in ("top", "right", "left"):
            axes.spines[side].set_visible(False)
        picture = svg(drawn)
    return Chart(picture, _finding(unit), "strip", source_of(unit.figures), _note(unit, axis))


def _axis(values: list[float]) -> _Axis:
    first, third = np.percentile(values, [25, 75])
    reach = _FAR * max(third - first, 2.0)
    kept = [value for value in values if first - reach <= value <= third + reach]
    low, high = min(kept), max(kept)
    below = tuple(sorted(value for value in values if value < low))
    above = tuple(sorted(value for value in values if value > high))
    return _Axis(low - 2 - 2 * bool(below), high + 2 + 2 * bool(above), below, above)


def _dots(axes: Axes, values: list[float]) -> int:
    """Equal totals stand on each other; returns the height of the tallest pile."""
    piled: Counter[float] = Counter()
    heights = []
    for value in values:
        place = round(value / _STEP)
        heights.append(piled[place])
        piled[place] += 1
    axes.plot(values, heights, "o", ms=5.5, color=HELD, mec=PAPER, mew=0.6, zorder=3)
    return max(piled.values(), default=1)


def _own(axes: Axes, value: float, words: str, axis: _Axis) -> None:
    """The unit's own mark, at the edge where its total is beyond the axis."""
    margin = (axis.high - axis.low) * 0.02
    place = min(max(value, axis.low + margin), axis.high - margin)
    room = (axis.high - axis.low) * 0.08
    side = "left" if place < axis.low + room else "right" if place > axis.high - room else "center"
    axes.plot([place], [0], marker="D", ms=12, color=LOST, mec=PAPER, mew=1.2, zorder=4)
    axes.annotate(
        words,
        (place, 0),
        xytext=(0, -12),
        textcoords="offset points",
        ha=side,
        va="top",
        fontweight="bold",
        zorder=5,
    )


def _beyond(axes: Axes, axis: _Axis) -> None:
    """Arrows at the edges for the totals beyond them, with their values."""
    for values, x, marker, side in (
        (axis.below, 0.0, "<", "left"),
        (axis.above, 1.0, ">", "right"),
    ):
        if not values:
            continue
        inward = 1 if side == "left" else -1
        words = "; ".join(points(Decimal(str(value))) for value in values[:_NAMED])
        if len(values) > _NAMED:
            words += "; …"
        axes.plot(
            [x + 0.01 * inward],
            [0.62],
            marker,
            ms=8,
            color=MUTED,
            transform=axes.transAxes,
            zorder=4,
        )
        axes.text(
            x + 0.03 * inward,
            0.62,
            words,
            ha=side,
            va="center",
            fontsize=8.5,
            color=MUTED,
            transform=axes.transAxes,
        )


def _edges(axes: Axes, unit: UnitFigures, axis: _Axis, tallest: int) -> None:
    bands = unit.figures.book.set.classes
    tops = [float(unit.figures.book.set.total), *(float(band.at_least) for band in bands[:-1])]
    for band, top in zip(bands, tops, strict=True):
        left, right = max(float(band.at_least), axis.low), min(top, axis.high)
        if right - left <= 0:
            continue
        if float(band.at_least) > axis.low:
            axes.axvline(float(band.at_least), color=TRACK, lw=1.5, zorder=1)
        if right - left > (axis.high - axis.low) * (0.02 + 0.016 * len(str(band.name))):
            axes.text(
                (left + right) / 2,
                tallest * 1.25 + 0.9,
                str(band.name),
                ha="center",
                va="top",
                fontsize=9,
                color=MUTED,
            )


def _note(unit: UnitFigures, axis: _Axis) -> str:
    parts = [
        _("Each dot is an agency of the cohort, the diamond this one; lines: edges of classes.")
    ]
    beyond = len(axis.below) + len(axis.above)
    if beyond:
        words = _("{number} far from the others stand at the edge with their points.")
        parts.append(words.format(number=beyond))
    left_out = without_dossiers(unit.figures) & set(cohort_totals(unit))
    if left_out:
        parts.append(_("{number} without dossiers are left out.").format(number=len(left_out)))
    return " ".join(parts)


def _finding(unit: UnitFigures) -> str:
    standing = cohort_standing(unit)
    if standing.rank is not None and standing.size is not None:
        text = _("{unit}: {own} points, number {rank} of {size} in its cohort").format(
            unit=unit.unit.name, own=points(standing.own), rank=standing.rank, size=standing.size
        )
        if standing.to_next_class is not None:
            text += ", " + _("{points} short of class {band}").format(
                points=points(standing.to_next_class), band=standing.next_class
            )
        return f"{text}."
    return _(
        "{unit} has {own} points; the {number} agencies of its cohort lie between {low} and {high}."
    ).format(
        unit=unit.unit.name,
        own=points(standing.own),
        number=standing.members,
        low=points(standing.lowest),
        high=points(standing.highest),
    )
