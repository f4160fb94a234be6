"""Where a unit stands among its cohort: a dot for every total, the unit's own marked."""

from __future__ import annotations

from collections import Counter

from matplotlib.axes import Axes

from chiso.base.i18n import _, points
from chiso.explain import cohort_standing, cohort_totals
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


def strip_chart(unit: UnitFigures) -> Chart | None:
    """The totals of the cohort along one scale; None for a unit without a total or alone."""
    totals = cohort_totals(unit)
    own = totals.pop(unit.unit.code, None)
    others = [float(value) for value in totals.values()]
    if own is None or not others:
        return None
    low, high = min(*others, float(own)) - 2, max(*others, float(own)) + 2
    with drawing(1.75) as drawn:
        axes = drawn.add_axes((0.02, 0.17, 0.96, 0.8))
        tallest = _dots(axes, others)
        _edges(axes, unit, low, high, tallest)
        axes.plot([float(own)], [0], marker="D", ms=12, color=LOST, mec=PAPER, mew=1.2, zorder=4)
        axes.annotate(
            points(own),
            (float(own), 0),
            xytext=(0, -12),
            textcoords="offset points",
            ha="center",
            va="top",
            fontweight="bold",
            zorder=5,
        )
        axes.set_xlim(low, high)
        axes.set_ylim(-0.55 * tallest - 1.2, tallest * 1.25 + 1)
        axes.set_yticks([])
        number_ticks(axes.xaxis)
        axes.tick_params(length=0, labelsize=9)
        for side in ("top", "right", "left"):
            axes.spines[side].set_visible(False)
        picture = svg(drawn)
    return Chart(picture, _finding(unit), "strip", source_of(unit.figures))


def _dots(axes: Axes, values: list[float]) -> int:
    """Equal totals stand on each other; returns the height of the tallest pile."""
    piled: Counter[float] = Counter()
    heights = []
    for value in values:
        place = round(value / _STEP)
        heights.append(piled[place])
        piled[place] += 1
    axes.plot(values, heights, "o", ms=5.5, color=HELD, mec=PAPER, mew=0.6, zorder=3)
    return max(piled.values())


def _edges(axes: Axes, unit: UnitFigures, low: float, high: float, tallest: int) -> None:
    bands = unit.figures.book.set.classes
    tops = [float(unit.figures.book.set.total), *(float(band.at_least) for band in bands[:-1])]
    for band, top in zip(bands, tops, strict=True):
        left, right = max(float(band.at_least), low), min(top, high)
        if right - left <= 0:
            continue
        if float(band.at_least) > low:
            axes.axvline(float(band.at_least), color=TRACK, lw=1.5, zorder=1)
        if right - left > (high - low) * 0.11:
            axes.text(
                (left + right) / 2,
                tallest * 1.25 + 0.9,
                str(band.name),
                ha="center",
                va="top",
                fontsize=9,
                color=MUTED,
            )


def _finding(unit: UnitFigures) -> str:
    standing = cohort_standing(unit)
    return _(
        "{unit} has {own} points; the {number} agencies of its cohort lie between {low} and {high}."
    ).format(
        unit=unit.unit.name,
        own=points(standing.own),
        number=standing.members,
        low=points(standing.lowest),
        high=points(standing.highest),
    )
