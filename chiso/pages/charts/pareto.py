"""The indicators on which all agencies together lose most points of their own."""

from __future__ import annotations

from decimal import Decimal

from chiso.base.i18n import _, points, whole_percent
from chiso.explain import losses_by_indicator
from chiso.explain.ownership import OWN, losses_by_kind
from chiso.pages.charts.style import (
    LOST,
    MUTED,
    Chart,
    bar_axes,
    bar_value,
    bars,
    drawing,
    source_of,
    svg,
)
from chiso.store.figures import Figures


def pareto_chart(figures: Figures, shown: int = 8) -> Chart | None:
    """Own points lost by indicator, most first; None where none is lost.

    What is shared, structural or chance (explain.ownership) is said below, with its points.
    """
    own = losses_by_indicator(figures)
    if not own:
        return None
    total, rows = sum((item.total for item in own), Decimal(0)), own[:shown]
    names = {rule.indicator.number: str(rule.indicator.name) for rule in figures.book.rules}
    laid = bars([f"{item.number}. {names[item.number]}" for item in rows])
    with drawing(laid.height) as drawn:
        axes = bar_axes(drawn, laid, float(rows[0].total))
        for place, item in zip(laid.places, rows, strict=True):
            axes.barh(place, float(item.total), height=0.34, color=LOST)
            words = f"{points(item.total)} ({whole_percent(item.total / total)})"
            bar_value(axes, place, float(item.total), words, fontsize=9.5, color=MUTED)
        picture = svg(drawn)
    first = rows[:3]
    theirs = sum((item.total for item in first), Decimal(0))
    title = _(
        "Indicators {numbers} cost the agencies {points} points, {share} of what their own cases"
        " lose."
    ).format(
        numbers=", ".join(str(item.number) for item in first),
        points=points(theirs),
        share=whole_percent(theirs / total),
    )
    others = (item.points for item in losses_by_kind(figures) if item.kind != OWN)
    left = sum(others, Decimal(0))
    note = _("Left out as not the agencies' own: {points} points.").format(points=points(left))
    return Chart(picture, title, "pareto", source_of(figures), note if left else "")
