"""All provinces in the order of their totals, the own one marked, with the mean."""

from __future__ import annotations

from decimal import Decimal
from math import ceil, floor

from chiso.base.i18n import _, points, short_points
from chiso.explain.national import NationalView
from chiso.pages.charts.labels import Labels, Word
from chiso.pages.charts.style import (
    HELD,
    INK,
    LOST,
    MUTED,
    TRACK,
    Chart,
    capture_source,
    drawing,
    svg,
)

# Inches of a row; where names end and values begin, as parts of the width.
_ROW, _NAMES, _VALUES = 0.2, 0.27, 0.91


def national_order_chart(view: NationalView) -> Chart | None:
    """A dot for every province's total, highest on top; None with fewer than two of them."""
    ranked = view.capture.ranked
    totals = [float(one.total) for one in ranked if one.total is not None]
    mean = view.capture.mean
    if len(totals) < 2 or mean is None:
        return None
    low, high = floor(min(totals)), ceil(max(totals))
    margin = max(high - low, 1) * 0.03
    height = _ROW * (len(ranked) + 1.6)
    with drawing(height) as drawn:
        axes = drawn.add_axes((0.0, 0.0, 1.0, 1.0))
        # From the width's parts to points, so that words and dots are on one scale.
        span = (high - low + 2 * margin) / (_VALUES - _NAMES)
        left = low - margin - _NAMES * span
        axes.set_xlim(left, left + span)
        axes.set_ylim(len(ranked) + 0.1, -1.5)
        axes.axis("off")
        words = [
            Word(
                float(mean), -0.75, _("mean {points}").format(points=points(mean)), 9, colour=MUTED
            )
        ]
        axes.plot([float(mean)] * 2, [-0.6, len(ranked) - 0.4], color=MUTED, lw=1.1, ls="--")
        for place, (one, total) in enumerate(zip(ranked, totals, strict=True)):
            is_own = one.code == view.code
            axes.hlines(place, low - margin, high + margin, color=TRACK, lw=1.0, zorder=1)
            marker, size = ("D", 8.0) if is_own else ("o", 5.5)
            dot = LOST if is_own else HELD
            axes.plot([total], [place], color=dot, marker=marker, ms=size, zorder=3)
            base, colour = place + 0.28, INK if is_own else MUTED
            name, value = f"{one.rank}. {one.name}", points(one.total)
            at_name, at_value = left + (_NAMES - 0.015) * span, left + (_VALUES + 0.08) * span
            words.append(Word(at_name, base, name, 9.5, "end", colour, is_own))
            words.append(Word(at_value, base, value, 9.5, "end", colour, is_own))
        axes.add_artist(Labels(words))
        picture = svg(drawn)
    note = _("Mean: of the totals of {number} provinces and cities.").format(number=len(ranked))
    note += " " + _("The axis runs from {low} to {high} points.").format(
        low=short_points(Decimal(low)), high=short_points(Decimal(high))
    )
    return Chart(picture, _finding(view), "national-order", capture_source(view.capture), note)


def _finding(view: NationalView) -> str:
    ranked = view.capture.ranked
    first, last = ranked[0], ranked[-1]
    text = _("From {last} ({last_points}) to {first} ({first_points}) lie {spread} points")
    text = text.format(
        last=last.name,
        last_points=points(last.total),
        first=first.name,
        first_points=points(first.total),
        spread=points((first.total or Decimal(0)) - (last.total or Decimal(0))),
    )
    if view.own is None or view.own.rank is None:
        return f"{text}."
    own = _("{province} is number {rank} with {points}.")
    if view.tied:
        own = _("{province} is tied {rank} with {points}.")
    own = own.format(province=view.own.name, rank=view.own.rank, points=points(view.own.total))
    return f"{text}; {own}"
