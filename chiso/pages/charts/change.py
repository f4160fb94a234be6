"""What changed: an arrow from the period before to now for the agencies that moved most."""

from __future__ import annotations

from chiso.base.i18n import _, signed_points
from chiso.explain import AgencyChange, changes_by_agency
from chiso.pages.charts.style import (
    HELD,
    LOST,
    MUTED,
    Chart,
    drawing,
    number_ticks,
    short,
    source_of,
    svg,
)
from chiso.store.figures import Figures


def change_chart(figures: Figures, shown: int = 8) -> Chart | None:
    """The agencies with the greatest gains and losses; None without a period before."""
    moved = [item for item in changes_by_agency(figures) if item.difference]
    rows = moved if len(moved) <= 2 * shown else [*moved[:shown], *moved[-shown:]]
    if not rows:
        return None
    ends = [float(value) for row in rows for value in (row.before, row.after)]
    low, high = min(ends), max(ends)
    room = max(high - low, 1.0)
    with drawing(0.33 * len(rows) + 0.55) as drawn:
        axes = drawn.add_axes((0.46, 0.0, 0.54, 1 - 0.35 / (0.33 * len(rows) + 0.55)))
        axes.set_xlim(low - room * 0.05, high + room * 0.32)
        axes.set_ylim(len(rows) - 0.5, -0.5)
        for place, row in enumerate(rows):
            _arrow(axes, place, row)
        axes.set_yticks(range(len(rows)), [short(str(row.unit.name), 31) for row in rows])
        axes.xaxis.tick_top()
        number_ticks(axes.xaxis)
        axes.tick_params(length=0, labelsize=9)
        for side in ("bottom", "right", "left"):
            axes.spines[side].set_visible(False)
        picture = svg(drawn)
    return Chart(picture, _finding(moved), "change", source_of(figures))


def _arrow(axes, place: int, row: AgencyChange) -> None:
    before, after = float(row.before), float(row.after)
    colour = HELD if row.difference > 0 else LOST
    is_signal = row.verdict in ("improvement", "concern")
    axes.plot([before, after], [place, place], color=colour, lw=3 if is_signal else 1.6)
    axes.plot([before], [place], "o", ms=4, color=MUTED)
    axes.plot([after], [place], ">" if after > before else "<", ms=8, color=colour)
    axes.annotate(
        signed_points(row.difference),
        (max(before, after), place),
        xytext=(8, 0),
        textcoords="offset points",
        va="center",
        fontsize=9.5,
        fontweight="bold" if is_signal else "normal",
    )


def _finding(moved: list[AgencyChange]) -> str:
    up = sum(item.difference > 0 for item in moved)
    text = _("{up} agencies have more points than in the period before, {down} fewer.")
    text = text.format(up=up, down=len(moved) - up)
    first, last = moved[0], moved[-1]
    if first.difference > 0:
        text += " " + _("Most gained: {unit} ({difference}).").format(
            unit=first.unit.name, difference=signed_points(first.difference)
        )
    if last.difference < 0:
        text += " " + _("Most lost: {unit} ({difference}).").format(
            unit=last.unit.name, difference=signed_points(last.difference)
        )
    return text
