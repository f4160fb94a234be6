"""The groups as bars: what is held of each maximum, with the period before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from chiso.base.i18n import _, points, short_points, whole_percent
from chiso.explain.ownership import has_dossiers
from chiso.pages.charts.style import (
    HELD,
    INK,
    TRACK,
    Chart,
    bar_axes,
    bar_value,
    bars,
    drawing,
    source_of,
    svg,
)
from chiso.pages.commentary.origins import period_before
from chiso.store.figures import UnitFigures


def group_chart(unit: UnitFigures) -> Chart:
    """Points of the six groups as a share of their maxima."""
    groups = unit.group_rows
    names: dict[str, str] = {group.code: str(group.name) for group in unit.figures.book.set.groups}
    before = unit.groups_before
    laid = bars([f"{row.group}. {names[row.group]}" for row in groups])
    with drawing(laid.height) as drawn:
        axes = bar_axes(drawn, laid, 100)
        for place, row in zip(laid.places, groups, strict=True):
            axes.barh(place, 100, height=0.34, color=TRACK)
            share = _share(row.points, row.max_points)
            axes.barh(place, share or 0.0, height=0.34, color=HELD)
            bar_value(axes, place, 100, f"{points(row.points)} / {short_points(row.max_points)}")
            if row.points is None:
                bar_value(axes, place, 0, _("no data"), fontsize=9)
            earlier = _share(before.get(row.group), row.max_points)
            if earlier is not None:
                axes.plot([earlier] * 2, [place - 0.24, place + 0.24], color=INK, lw=2.2)
        picture = svg(drawn)
    note = _("A whole bar is the maximum of the group.")
    if before:
        note += " " + _("Upright line: the period before.")
        note = f"{note} {period_before(unit)}".rstrip()
    # Points by rule are nobody's strength or weakness.
    finding = (
        _finding(groups, names) if has_dossiers(unit) else _("Points by rule, without dossiers.")
    )
    return Chart(picture, finding, "groups", source_of(unit.figures), note)


def _share(held: Decimal | None, maximum: Decimal) -> float | None:
    return None if held is None or not maximum else float(held / maximum * 100)


def _finding(groups: Sequence[Any], names: Mapping[str, str]) -> str:
    scored = [row for row in groups if row.points is not None and row.max_points]
    if not scored:
        return _("No group has points.")
    last = min(scored, key=lambda row: row.points / row.max_points)
    return _(
        "Group {group}, {name}, is furthest from its maximum: {points} of {most} ({share})."
    ).format(
        group=last.group,
        name=names[last.group],
        points=points(last.points),
        most=short_points(last.max_points),
        share=whole_percent(last.points / last.max_points),
    )
