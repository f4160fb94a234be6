"""What changed since the period before: the agencies whose own work moved their points most."""

from __future__ import annotations

from matplotlib.axes import Axes

from chiso.base.i18n import _, points, signed_points
from chiso.explain import AgencyChange, changes_by_agency
from chiso.explain.ownership import without_dossiers
from chiso.pages.charts.style import (
    HELD,
    INK,
    LOST,
    Chart,
    drawing,
    source_of,
    svg,
    wrapped,
)
from chiso.store.figures import Figures

_ROW = 0.33


def change_chart(figures: Figures, shown: int = 8) -> Chart | None:
    """The agencies with dossiers that gained and lost most of their own; None without a period before.

    Without the province's figures and without petitions, of which one moves a total by up to 12 points.
    """
    left_out = without_dossiers(figures)
    moves = [one for one in changes_by_agency(figures) if one.unit.code not in left_out]
    gained = [move for move in moves if move.by_dossiers > 0][:shown]
    lost = [move for move in moves if move.by_dossiers < 0][-shown:]
    rows = [*gained, *lost]
    if not rows:
        return None
    height = _ROW * len(rows) + (_ROW / 2 if gained and lost else 0)
    with drawing(height) as drawn:
        _bars(drawn.add_axes((0.0, 0.0, 1.0, 1.0)), gained, lost, height / _ROW)
        picture = svg(drawn)
    previous = figures.previous
    note = _("Against {period}; without the province's figures and without petitions.").format(
        period=previous.settings.period.label if previous else ""
    )
    return Chart(picture, _finding(gained, lost), "change", source_of(figures), note)


def _bars(axes: Axes, gained: list[AgencyChange], lost: list[AgencyChange], rows: float) -> None:
    widest = max(abs(float(move.by_dossiers)) for move in (*gained, *lost))
    axes.set_xlim(-widest * 1.05, widest * 1.6)
    axes.set_ylim(rows - 0.5, -0.5)
    axes.axis("off")
    gap = 0.5 if gained and lost else 0.0
    for place, move in enumerate([*gained, *lost]):
        y = place if move.by_dossiers > 0 else place + gap
        length = abs(float(move.by_dossiers))
        axes.barh(y, length, height=0.5, color=HELD if move.by_dossiers > 0 else LOST)
        name = wrapped(str(move.unit.name), 30)
        axes.text(
            -widest * 0.03,
            y,
            name,
            ha="right",
            va="center",
            fontsize=9,
            linespacing=0.95,
            color=INK,
        )
        axes.annotate(
            signed_points(move.by_dossiers),
            (length, y),
            xytext=(5, 0),
            textcoords="offset points",
            va="center",
            fontsize=9.5,
        )


def _finding(gained: list[AgencyChange], lost: list[AgencyChange]) -> str:
    parts = []
    if gained:
        parts.append(
            _("{unit} gained most of its own ({points} points)").format(
                unit=gained[0].unit.name, points=points(gained[0].by_dossiers)
            )
        )
    if lost:
        parts.append(
            _("{unit} lost most ({points} points)").format(
                unit=lost[-1].unit.name, points=points(-lost[-1].by_dossiers)
            )
        )
    return "; ".join(parts) + "."
