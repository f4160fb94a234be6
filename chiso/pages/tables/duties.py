"""Obligations of the annex: who leads, who coordinates, who has to follow up."""

from __future__ import annotations

from chiso.base.i18n import _
from chiso.explain import follow_up, unit_duties
from chiso.explain.obligations import UnitDuty
from chiso.pages.tables.table import Field, Table
from chiso.store.figures import Figures, UnitFigures


def duty_table(unit: UnitFigures) -> Table:
    """The indicators that the unit leads or coordinates, with its own points lost on each."""
    parts: dict[int, list[UnitDuty]] = {}
    for duty in unit_duties(unit):
        parts.setdefault(duty.number, []).append(duty)
    return Table(
        anchor="table-duties",
        sheet=_("Obligations"),
        caption=_("The unit's part by the annex, and what it loses itself."),
        fields=(
            Field(_("No."), "count"),
            Field(_("Indicator")),
            Field(_("Part")),
            Field(_("Lost"), "points"),
            Field(_("Leading")),
            Field(_("Coordinating")),
        ),
        rows=[
            [
                number,
                found[0].label,
                _part({duty.role for duty in found}),
                found[0].points_lost,
                "; ".join(found[0].lead),
                "; ".join(found[0].coordinating),
            ]
            for number, found in parts.items()
        ],
    )


def _part(roles: set[str]) -> str:
    if len(roles) > 1:
        return _("leads and coordinates")
    return {"lead": _("leads"), "coordinating": _("coordinates")}[roles.pop()]


def follow_up_table(figures: Figures) -> Table:
    """The indicators that cost points with those who lead and coordinate, the costliest first."""
    return Table(
        anchor="table-follow-up",
        sheet=_("Follow-up"),
        caption=_("Who has to see to it, by the annex; the costliest indicator first."),
        fields=(
            Field(_("No."), "count"),
            Field(_("Indicator")),
            Field(_("Own points lost"), "points"),
            Field(_("Agencies that lose points"), "count"),
            Field(_("Leading")),
            Field(_("Coordinating")),
        ),
        rows=[
            [
                item.number,
                item.label,
                item.points,
                item.agencies,
                "; ".join(item.lead),
                "; ".join(item.coordinating),
            ]
            for item in follow_up(figures)
        ],
    )
