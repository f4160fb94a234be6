"""The agencies that carry the cases lost on one indicator, and how much of them they add up to."""

from __future__ import annotations

from chiso.base.i18n import _, count, percent, whole_percent
from chiso.explain import carriers
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


def carrier_chart(figures: Figures, indicator: int = 5, shown: int = 8) -> Chart | None:
    """A staircase of agencies by their part of all cases lost on `indicator`; None without any."""
    found = carriers(figures, indicator)[:shown]
    if not found:
        return None
    remark = rounding_remark(found)
    with drawing(0.6 * len(found) + 0.1 + (FOOT if remark else 0.0)) as drawn:
        axes = bare_axes(drawn, len(found), float(found[-1].cumulative) * 100)
        for place, item in enumerate(found):
            before = float(item.cumulative - item.share) * 100
            axes.barh(place, before, height=0.34, color=TRACK)
            axes.barh(place, float(item.share) * 100, left=before, height=0.34, color=LOST)
            name = _("others in the province") if item.is_rest else str(item.unit.name)
            cases = _("{number} cases, rate {rate}").format(
                number=count(item.cases), rate=percent(item.rate)
            )
            bar_label(axes, place, f"{name}: {cases}", 66)
            words = f"{whole_percent(item.share)} → {whole_percent(item.cumulative)}"
            bar_value(axes, place, float(item.cumulative) * 100, words, fontsize=10, color=MUTED)
        if remark:
            foot(axes, len(found), remark)
        picture = svg(drawn)
    label = str(figures.book.rule(indicator).indicator.name)
    alt = _(
        "Indicator {indicator}, {label}: {unit} carries {share} of the cases lost;"
        " {number} agencies together {cumulative}."
    ).format(
        indicator=indicator,
        label=label,
        unit=found[0].unit.name,
        share=whole_percent(found[0].share),
        number=len(found),
        cumulative=whole_percent(found[-1].cumulative),
    )
    return Chart(picture, alt, f"carriers-{indicator}", source_of(figures))
