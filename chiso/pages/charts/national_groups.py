"""The groups of the province beside the mean and the highest of all provinces."""

from __future__ import annotations

from decimal import Decimal

from chiso.base.i18n import _, points, short_points
from chiso.explain.national import GroupPlace, NationalView
from chiso.pages.charts.style import (
    HELD,
    INK,
    LOST,
    PAPER,
    TRACK,
    Chart,
    bar_axes,
    bar_value,
    bars,
    capture_source,
    drawing,
    svg,
)
from chiso.rules.indicators import Group


def national_group_chart(view: NationalView, groups: tuple[Group, ...]) -> Chart | None:
    """Each group on a scale to its maximum; None where the capture does not hold the province."""
    found = {one.group: one for one in view.groups if one.own is not None}
    shown = [group for group in groups if group.code in found]
    if not shown:
        return None
    laid = bars([f"{group.code}. {group.name}" for group in shown])
    with drawing(laid.height) as drawn:
        axes = bar_axes(drawn, laid, 100)
        for place, group in zip(laid.places, shown, strict=True):
            one = found[group.code]
            axes.barh(place, 100, height=0.1, color=TRACK)
            best, mean, own = (
                float(value / group.max_points * 100)
                for value in (one.best, one.mean, one.own or Decimal(0))
            )
            axes.plot([best], [place], "o", ms=8, mfc=PAPER, mec=HELD, mew=1.8, zorder=3)
            axes.plot([mean] * 2, [place - 0.2, place + 0.2], color=INK, lw=2.2, zorder=4)
            axes.plot([own], [place], "D", ms=8, color=LOST, mec=PAPER, mew=0.8, zorder=5)
            words = f"{points(one.own)} / {short_points(group.max_points)}"
            bar_value(axes, place, 100, words)
        picture = svg(drawn)
    note = _(
        "Diamond: {province}; upright line: the mean; ring: the highest province. "
        "A whole line is the maximum of the group."
    ).format(province=view.own.name if view.own else "")
    source = capture_source(view.capture)
    return Chart(picture, _finding(list(found.values())), "national-groups", source, note)


def _finding(found: list[GroupPlace]) -> str:
    above = [one.group for one in found if (one.to_mean or 0) > 0]
    below = [one.group for one in found if (one.to_mean or 0) < 0]
    parts = []
    if above:
        parts.append(_("above the national mean in groups {groups}").format(groups=_list(above)))
    if below:
        parts.append(_("below it in groups {groups}").format(groups=_list(below)))
        if not above:
            parts = [_("below the national mean in groups {groups}").format(groups=_list(below))]
    if not parts:
        return _("At the national mean in every group.")
    text = "; ".join(parts)
    return f"{text[0].upper()}{text[1:]}."


def _list(groups: list[str]) -> str:
    return ", ".join(groups)
