"""How many agencies are in each class, now and in the period before."""

from __future__ import annotations

from chiso.base.i18n import _
from chiso.explain import ClassCount, class_table
from chiso.pages.charts.style import HELD, TRACK, Chart, drawing, source_of, svg
from chiso.store.figures import Figures

_ROW = 0.5


def class_chart(figures: Figures) -> Chart:
    """The classes from the best to the lowest as pairs of bars: now above, before below."""
    rows = class_table(figures)
    compares = any(row.before is not None for row in rows)
    widest = max(max(row.now, row.before or 0) for row in rows) or 1
    with drawing(_ROW * len(rows)) as drawn:
        axes = drawn.add_axes((0.0, 0.0, 1.0, 1.0))
        axes.axis("off")
        axes.set_xlim(-widest * 0.42, widest * 1.2)
        axes.set_ylim(len(rows) - 0.5, -0.5)
        for place, row in enumerate(rows):
            axes.text(-widest * 0.03, place, _name(row), ha="right", va="center")
            _bar(axes, place - (0.17 if compares else 0.0), row.now, HELD, "bold")
            if row.before is not None:
                _bar(axes, place + 0.19, row.before, TRACK, "normal")
        picture = svg(drawn)
    note = _("Upper bar: this period; lower bar: the period before.") if compares else ""
    return Chart(picture, _finding(rows), "classes", source_of(figures), note)


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
    """The class of most agencies, and how many stand above and below it."""
    place, most = max(enumerate(rows), key=lambda item: item[1].now)
    text = _("{number} of {all} agencies are in class {band}").format(
        number=most.now, all=sum(row.now for row in rows), band=_name(most)
    )
    if most.before is not None:
        text += " " + _("(before: {number})").format(number=most.before)
    known = [row.now if row.band else 0 for row in rows]
    above, below = sum(known[:place]), sum(known[place + 1 :])
    return text + _("; {above} above it, {below} below it.").format(above=above, below=below)
