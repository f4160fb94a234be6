"""A total over time with its control limits: what is a change is marked, the rest is variation."""

from __future__ import annotations

from matplotlib.axes import Axes

from chiso.base.i18n import _, points
from chiso.explain.trends import Baseline, Trend, unit_trend, verdict_text
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
from chiso.store.figures import UnitFigures

_NAMED = 8


def trend_chart(unit: UnitFigures) -> Chart | None:
    """The unit's total over the periods of its kind; None with fewer than two of them."""
    found = unit_trend(unit)
    if sum(point.value is not None for point in found.points) < 2:
        return None
    with drawing(2.9) as drawn:
        axes = drawn.add_axes((0.11, 0.13, 0.745, 0.78))
        for baseline in found.baselines:
            _limits(axes, baseline, float(found.maximum), len(found.points))
        _line(axes, found)
        _frame(axes, found)
        picture = svg(drawn)
    return Chart(picture, _finding(found), "trend", source_of(unit.figures))


def _limits(axes: Axes, baseline: Baseline, maximum: float, size: int) -> None:
    left, right = baseline.first - 0.4, baseline.last + 0.4
    low, high = max(float(baseline.lower), 0.0), min(float(baseline.upper), maximum)
    axes.fill_between([left, right], low, high, color=TRACK, alpha=0.55, lw=0)
    style = "--" if baseline.is_trial else "-"
    axes.hlines([low, high], left, right, color=MUTED, lw=0.9, ls=style)
    axes.hlines(float(baseline.mean), left, right, color=MUTED, lw=1.2)
    if baseline.last == size - 1:
        limit = _("trial limit") if baseline.is_trial else _("limit")
        words = ((high, limit), (float(baseline.mean), _("mean")), (low, limit))
        for height, word in words:
            axes.annotate(
                word,
                (right, height),
                xytext=(3, 0),
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
    axes.annotate(
        points(found.points[last].value),
        (last, values[last]),
        xytext=(0, -10 if falls else 10),
        textcoords="offset points",
        ha="center",
        va="top" if falls else "bottom",
        fontsize=11,
        fontweight="bold",
        zorder=5,
    )


def _frame(axes: Axes, found: Trend) -> None:
    size = len(found.points)
    axes.set_xlim(-0.5, size - 0.5)
    step = max(1, -(-size // _NAMED))
    places = list(range(size - 1, -1, -step))
    axes.set_xticks(places, [found.points[i].label.split()[-1] for i in places])
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)
    axes.tick_params(length=0, labelsize=9)
    axes.margins(y=0.18)
    axes.yaxis.set_major_locator(_few_whole_numbers())
    number_ticks(axes.yaxis)


def _few_whole_numbers():
    from matplotlib.ticker import MaxNLocator

    return MaxNLocator(nbins=4, integer=True)


def _finding(found: Trend) -> str:
    known = [point for point in found.points if point.value is not None]
    marked = [point.label for point in known if point.mark]
    text = _("From {first} ({first_points}) to {last} ({last_points}): {verdict}.").format(
        first=known[0].label,
        first_points=points(known[0].value),
        last=known[-1].label,
        last_points=points(known[-1].value),
        verdict=verdict_text(found.verdict),
    )
    if marked:
        text += " " + _("Outside the usual variation: {periods}.").format(periods=", ".join(marked))
    return text
