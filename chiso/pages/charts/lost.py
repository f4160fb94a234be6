"""Where one unit loses its points, largest first."""

from __future__ import annotations

from chiso.base.i18n import _, points
from chiso.explain import losses
from chiso.pages.charts.style import (
    LOST,
    Chart,
    bar_label,
    bar_value,
    bare_axes,
    drawing,
    source_of,
    svg,
)
from chiso.store.figures import UnitFigures


def lost_chart(unit: UnitFigures, shown: int = 8) -> Chart | None:
    """The indicators on which most points are lost; None where none is lost."""
    rows = losses(unit)[:shown]
    if not rows:
        return None
    with drawing(0.6 * len(rows) + 0.1) as drawn:
        axes = bare_axes(drawn, len(rows), float(rows[0].points))
        for place, loss in enumerate(rows):
            axes.barh(place, float(loss.points), height=0.34, color=LOST)
            bar_label(axes, place, f"{loss.label}. {loss.name}")
            bar_value(axes, place, float(loss.points), points(loss.points))
        picture = svg(drawn)
    alt = _("Most points are lost on {items}.").format(
        items="; ".join(f"{loss.name} ({points(loss.points)})" for loss in rows[:3])
    )
    return Chart(picture, alt, "lost", source_of(unit.figures))
