"""The indicators that cost all agencies together most points, and how much of it they add up to."""

from __future__ import annotations

from chiso.base.i18n import _, points, whole_percent
from chiso.explain import pareto
from chiso.pages.charts.style import (
    FOOT,
    LOST,
    MUTED,
    TRACK,
    Chart,
    bar_label,
    bar_value,
    bare_axes,
    drawing,
    foot,
    source_of,
    svg,
)
from chiso.pages.remarks import rounding_remark
from chiso.store.figures import Figures


def pareto_chart(figures: Figures, shown: int = 8) -> Chart | None:
    """A staircase: each indicator's own part of all points lost, standing on those above it."""
    items = pareto(figures)[:shown]
    if not items:
        return None
    remark = rounding_remark(items)
    with drawing(0.6 * len(items) + 0.1 + (FOOT if remark else 0.0)) as drawn:
        axes = bare_axes(drawn, len(items), float(items[-1].cumulative) * 100)
        for place, item in enumerate(items):
            before = float(item.cumulative - item.share) * 100
            axes.barh(place, before, height=0.34, color=TRACK)
            axes.barh(place, float(item.share) * 100, left=before, height=0.34, color=LOST)
            bar_label(axes, place, f"{item.number}. {item.label}")
            words = f"{whole_percent(item.share)} → {whole_percent(item.cumulative)}"
            bar_value(axes, place, float(item.cumulative) * 100, words, fontsize=10, color=MUTED)
        if remark:
            foot(axes, len(items), remark)
        picture = svg(drawn)
    alt = _("{share} of all points lost are lost on {number} indicators; first {first} ({points}).")
    alt = alt.format(
        share=whole_percent(items[-1].cumulative),
        number=len(items),
        first=items[0].label,
        points=points(items[0].points),
    )
    return Chart(picture, alt, "pareto", source_of(figures))
