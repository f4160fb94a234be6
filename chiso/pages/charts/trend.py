"""A total over time: with few periods dots on the classes, with enough its control limits."""

from __future__ import annotations

from decimal import Decimal

from matplotlib.axes import Axes

from chiso.base.i18n import _, points, short_points
from chiso.explain.trends import TOO_FEW, Baseline, Trend, unit_trend, verdict_text
from chiso.pages.charts.style import (
    HELD,
    INK,
    LOST,
    MUTED,
    TRACK,
    Chart,
    drawing,
    number_ticks,
    source_of,
    svg,
)
from chiso.pages.commentary.origins import before_tree
from chiso.rules.trend_rules import trend_rules
from chiso.store.figures import UnitFigures

_NAMED = 8
# Totals stand on one axis on every page: from here to the maximum, from 0 where one, or a limit, is lower.
_USUAL_BOTTOM = 40.0


def trend_chart(unit: UnitFigures) -> Chart | None:
    """The unit's total over the periods of its kind; None with fewer than two of them.

    Fewer periods than trial limits need (params/trends.yml) are dots: a line would claim a course.
    """
    found = unit_trend(unit)
    known = [float(point.value) for point in found.points if point.value is not None]
    if len(known) < 2:
        return None
    is_short = len(known) < trend_rules().trial_from
    limits = [] if is_short else [float(one.lower) for one in found.baselines]
    low, high = _axis([*known, *limits], float(found.maximum))
    with drawing(2.9) as drawn:
        axes = drawn.add_axes((0.07, 0.11, 0.745, 0.85))
        _frame(axes, found, low, high)
        if is_short:
            _bands(axes, unit, low, high)
            _dots(axes, found)
        else:
            for baseline in found.baselines:
                _limits(axes, baseline, low, high, len(found.points))
            _line(axes, found)
        picture = svg(drawn)
    note = f"{_note(low, high, is_short)} {before_tree(unit)}".rstrip()
    return Chart(picture, _finding(found), "trend", source_of(unit.figures), note)


def _axis(drawn: list[float], maximum: float) -> tuple[float, float]:
    """From where to where: a limit is drawn at an edge only where it lies beyond 0 or the maximum."""
    bottom = _USUAL_BOTTOM if min(drawn) >= _USUAL_BOTTOM < maximum else 0.0
    return bottom, maximum


def _note(low: float, high: float, is_short: bool) -> str:
    text = _("The axis runs from {low} to {high} points on every page.")
    if low != _USUAL_BOTTOM:
        text = _("The axis runs from {low} to {high} points.")
    text = text.format(low=short_points(Decimal(low)), high=short_points(Decimal(high)))
    if is_short:
        words = _("Too few periods for a trend: at least {number}.")
        text += " " + words.format(number=trend_rules().trial_from)
    return text


def _frame(axes: Axes, found: Trend, low: float, high: float) -> None:
    size = len(found.points)
    axes.set_xlim(-0.5, size - 0.5)
    axes.set_ylim(low, high)
    step = max(1, -(-size // _NAMED))
    places = list(range(size - 1, -1, -step))
    axes.set_xticks(places, [found.points[i].label.split()[-1] for i in places])
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)
    axes.tick_params(length=0, labelsize=9)
    axes.yaxis.set_major_locator(_few_whole_numbers())
    number_ticks(axes.yaxis)


def _few_whole_numbers():
    from matplotlib.ticker import MaxNLocator

    return MaxNLocator(nbins=6, integer=True)


def _bands(axes: Axes, unit: UnitFigures, low: float, high: float) -> None:
    """The classes as stripes across, every second one grey, named at the right."""
    top = high
    for place, band in enumerate(unit.figures.book.set.classes):
        bottom = max(float(band.at_least), low)
        if bottom < top:
            if place % 2:
                axes.axhspan(bottom, top, color=TRACK, alpha=0.55, lw=0, zorder=0)
            _at_the_right(axes, (bottom + top) / 2, str(band.name))
        top = min(top, float(band.at_least))


def _dots(axes: Axes, found: Trend) -> None:
    for place, point in enumerate(found.points):
        if point.value is not None:
            axes.plot([place], [float(point.value)], "o", ms=8, color=INK, zorder=3)
            _value(axes, place, float(point.value), points(point.value), above=True)


def _limits(axes: Axes, baseline: Baseline, bottom: float, top: float, size: int) -> None:
    left, right = baseline.first - 0.4, baseline.last + 0.4
    low, high = max(float(baseline.lower), bottom), min(float(baseline.upper), top)
    axes.fill_between([left, right], low, high, color=TRACK, alpha=0.55, lw=0)
    style = "--" if baseline.is_trial else "-"
    axes.hlines([low, high], left, right, color=MUTED, lw=0.9, ls=style)
    axes.hlines(float(baseline.mean), left, right, color=MUTED, lw=1.2)
    if baseline.last == size - 1:
        limit = _("trial limit") if baseline.is_trial else _("limit")
        # The words keep clear of each other where the limits are close.
        gap = (top - bottom) / 16
        middle = float(baseline.mean)
        _at_the_right(axes, max(high, middle + gap), limit)
        _at_the_right(axes, middle, _("mean"))
        _at_the_right(axes, min(low, middle - gap), limit)


def _at_the_right(axes: Axes, height: float, word: str) -> None:
    axes.annotate(
        word,
        (axes.get_xlim()[1], height),
        xytext=(4, 0),
        textcoords="offset points",
        va="center",
        fontsize=8.5,
        color=MUTED,
    )


def _line(axes: Axes, found: Trend) -> None:
    values = [float("nan") if p.value is None else float(p.value) for p in found.points]
    axes.plot(range(len(values)), values, color=INK, lw=1.6, marker="o", ms=5, zorder=3)
    for better, colour, marker in ((True, HELD, "^"), (False, LOST, "v")):
        marked = [i for i, p in enumerate(found.points) if p.mark and p.is_better is better]
        axes.plot(
            marked,
            [values[i] for i in marked],
            color=colour,
            marker=marker,
            ms=11,
            ls="",
            zorder=4,
        )
    last = max(i for i, point in enumerate(found.points) if point.value is not None)
    falls = last > 0 and values[last - 1] > values[last]
    _value(axes, last, values[last], points(found.points[last].value), above=not falls)


def _value(axes: Axes, place: int, height: float, words: str, above: bool) -> None:
    axes.annotate(
        words,
        (place, height),
        xytext=(0, 9 if above else -10),
        textcoords="offset points",
        ha="center",
        va="bottom" if above else "top",
        fontsize=11,
        fontweight="bold",
        zorder=5,
    )


def _finding(found: Trend) -> str:
    known = [point for point in found.points if point.value is not None]
    marked = [point.label for point in known if point.mark]
    first, last = known[0], known[-1]
    moved = Decimal(last.value or 0) - Decimal(first.value or 0)
    text = _("The total stayed the same from {first} ({first_points}) to {last} ({last_points}).")
    if moved > 0:
        text = _("Up {points} points from {first} ({first_points}) to {last} ({last_points}).")
    elif moved < 0:
        text = _("Down {points} points from {first} ({first_points}) to {last} ({last_points}).")
    text = text.format(
        points=points(abs(moved)),
        first=first.label,
        first_points=points(first.value),
        last=last.label,
        last_points=points(last.value),
    )
    if found.verdict != TOO_FEW:
        text += " " + _("Newest figure: {verdict}.").format(verdict=verdict_text(found.verdict))
    if marked:
        text += " " + _("Outside the usual variation: {periods}.").format(periods=", ".join(marked))
    return text
