"""Where the own cases of one unit lose points, largest first."""

from __future__ import annotations

from decimal import Decimal

from chiso.base.i18n import _, points, whole_percent
from chiso.explain.ownership import Lost, all_lost, has_dossiers, ownership
from chiso.pages.charts.style import (
    LOST,
    Chart,
    bar_axes,
    bar_value,
    bars,
    drawing,
    source_of,
    svg,
)
from chiso.store.figures import UnitFigures


def lost_chart(unit: UnitFigures, shown: int = 8) -> Chart | None:
    """The indicators on which the unit's own cases lose most points; None where they lose none, or
    the unit has no dossiers.

    What is shared, structural or chance (explain.ownership) is said below, with its points.
    """
    own = sorted((item for item in ownership(unit) if item.own), key=lambda item: -item.own)
    if not own or not has_dossiers(unit):
        return None
    rows = own[:shown]
    laid = bars([_label(unit, item) for item in rows])
    with drawing(laid.height) as drawn:
        axes = bar_axes(drawn, laid, float(rows[0].own))
        for place, item in zip(laid.places, rows, strict=True):
            axes.barh(place, float(item.own), height=0.34, color=LOST)
            bar_value(axes, place, float(item.own), points(item.own))
        picture = svg(drawn)
    return Chart(picture, _finding(own), "lost", source_of(unit.figures), _note(unit, own, shown))


def _label(unit: UnitFigures, item: Lost) -> str:
    numbers = ", ".join(map(str, item.numbers))
    names = [str(unit.figures.book.rule(number).indicator.name) for number in item.numbers]
    return f"{numbers}. {'; '.join(names)}"


def _finding(own: list[Lost]) -> str:
    lost = sum((item.own for item in own), Decimal(0))
    first = own[:3]
    return _("Indicators {numbers} cost {points} points, {share} of what own cases lose.").format(
        numbers=", ".join(str(number) for item in first for number in item.numbers),
        points=points(sum((item.own for item in first), Decimal(0))),
        share=whole_percent(sum((item.own for item in first), Decimal(0)) / lost),
    )


def _note(unit: UnitFigures, own: list[Lost], shown: int) -> str:
    lost = all_lost(unit)
    others = (
        (lost.shared, _("the province's figures")),
        (lost.structural, _("by rule, nothing to count")),
        (lost.chance, _("very few petitions")),
    )
    parts = []
    if len(own) > shown:
        rest = sum((item.own for item in own[shown:]), Decimal(0))
        parts.append(
            _("{number} indicators more: {points} points.").format(
                number=len(own) - shown, points=points(rest)
            )
        )
    told = "; ".join(f"{words} {points(value)}" for value, words in others if value)
    if told:
        parts.append(_("Not the unit's own, left out: {items}.").format(items=told))
    return " ".join(parts)
