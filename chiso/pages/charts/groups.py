"""The groups as bullets: what is held of each maximum, the edges of the classes, the period before."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from matplotlib.axes import Axes

from chiso.base.i18n import _, points, short_points
from chiso.pages.charts.style import (
    HELD,
    INK,
    MUTED,
    PAPER,
    TRACK,
    Chart,
    bar_label,
    bar_value,
    bare_axes,
    drawing,
    source_of,
    svg,
)
from chiso.store.figures import UnitFigures


def group_chart(unit: UnitFigures) -> Chart:
    """Points of the six groups as a share of their maxima; white gaps: the edges of the classes."""
    groups = list(unit.groups.itertuples())
    names: dict[str, str] = {group.code: str(group.name) for group in unit.figures.book.set.groups}
    before = _before(unit)
    with drawing(0.6 * len(groups) + 0.75) as drawn:
        axes = bare_axes(drawn, len(groups), 100, top=1.1)
        axes.set_ylim(len(groups) + 0.05, -0.95)
        for place, row in enumerate(groups):
            axes.barh(place, 100, height=0.34, color=TRACK)
            share = _share(row.points, row.max_points)
            axes.barh(place, share or 0.0, height=0.34, color=HELD)
            bar_label(axes, place, f"{row.group}. {names[row.group]}")
            bar_value(axes, place, 100, f"{points(row.points)} / {short_points(row.max_points)}")
            if row.points is None:
                bar_value(axes, place, 0, _("no data"), fontsize=9)
            earlier = _share(before.get(row.group), row.max_points)
            if earlier is not None:
                axes.plot([earlier] * 2, [place - 0.27, place + 0.27], color=INK, lw=2.2)
        edges = [band.at_least for band in unit.figures.book.set.classes if band.at_least]
        _edges(axes, edges, len(groups))
        _key(axes, len(groups) - 0.3, bool(before))
        picture = svg(drawn)
    return Chart(picture, _finding(groups, names), "groups", source_of(unit.figures))


def _before(unit: UnitFigures) -> dict[str, Decimal | None]:
    previous = unit.figures.previous
    if previous is None:
        return {}
    rows = previous.unit(unit.unit.code).groups
    return dict(zip(rows["group"], rows["points"], strict=True))


def _share(held: Decimal | None, maximum: Decimal) -> float | None:
    return None if held is None or not maximum else float(held / maximum * 100)


def _edges(axes: Axes, edges: list[Decimal], bars: int) -> None:
    axes.vlines(
        [float(edge) for edge in edges for _bar in range(bars)],
        [place - 0.18 for _edge in edges for place in range(bars)],
        [place + 0.18 for _edge in edges for place in range(bars)],
        color=PAPER,
        lw=1.6,
    )
    for edge in edges:
        axes.text(
            float(edge), -0.62, f"{short_points(edge)}%", ha="center", fontsize=8, color=MUTED
        )


def _key(axes: Axes, place: float, has_before: bool) -> None:
    words = _("Gaps: edges of the classes.")
    if has_before:
        words += " " + _("Upright line: the period before.")
    axes.text(0, place, words, fontsize=8.5, color=MUTED, va="top")


def _finding(groups: list, names: Mapping[str, str]) -> str:
    scored = [row for row in groups if row.points is not None and row.max_points]
    if not scored:
        return _("Points by group.")
    best = max(scored, key=lambda row: row.points / row.max_points)
    last = min(scored, key=lambda row: row.points / row.max_points)
    return _(
        "Points by group: nearest to its maximum is {best} ({best_points} of {best_max}),"
        " furthest from it {last} ({last_points} of {last_max})."
    ).format(
        best=names[best.group],
        best_points=points(best.points),
        best_max=short_points(best.max_points),
        last=names[last.group],
        last_points=points(last.points),
        last_max=short_points(last.max_points),
    )
