"""How many agencies are in each class, now and in the period before."""

from __future__ import annotations

from chiso.base.i18n import _
from chiso.explain import ClassCount, class_table
from chiso.pages.charts.style import HELD, MUTED, TRACK, Chart, bare_axes, drawing, source_of, svg
from chiso.store.figures import Figures


def class_chart(figures: Figures) -> Chart:
    """The classes from the best to the lowest as pairs of bars: now above, before below."""
    rows = class_table(figures)
    compares = any(row.before is not None for row in rows)
    widest = max(max(row.now, row.before or 0) for row in rows) or 1
    with drawing(0.5 * len(rows) + (0.25 if compares else 0.0)) as drawn:
        axes = bare_axes(drawn, len(rows), float(widest))
        axes.set_xlim(-widest * 0.42, widest * 1.2)
        axes.set_ylim(len(rows) - 0.4 + (0.5 if compares else 0.0), -0.5)
        for place, row in enumerate(rows):
            axes.text(-widest * 0.03, place, _name(row), ha="right", va="center")
            _bar(axes, place - (0.17 if compares else 0.0), row.now, HELD, "bold")
            if row.before is not None:
                _bar(axes, place + 0.19, row.before, TRACK, "normal")
        if compares:
            words = _("Upper bar: this period; lower bar: the period before.")
            axes.text(-widest * 0.4, len(rows) - 0.25, words, fontsize=8.5, color=MUTED, va="top")
        picture = svg(drawn)
    return Chart(picture, _finding(rows), "classes", source_of(figures))


def _bar(axes, place: float, number: int, colour: str, weight: str) -> None:
    axes.barh(place, number, height=0.34, color=colour)
    axes.annotate(
        str(number),
        (number, place),
        xytext=(4, 0),
        textcoords="offset points",
        va="center",
        fontsize=10 if weight == "bold" else 9,
        fontweight=weight,
    )


def _name(row: ClassCount) -> str:
    return _("no total") if row.band is None else str(row.band)


def _finding(rows: tuple[ClassCount, ...]) -> str:
    items = []
    for row in rows:
        item = f"{_name(row)}: {row.now}"
        if row.before is not None:
            item += " " + _("(before: {number})").format(number=row.before)
        items.append(item)
    return _("Agencies by class: {items}.").format(items="; ".join(items))
