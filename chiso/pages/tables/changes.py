"""What changed since the period before: by agency, by indicator and by class."""

from __future__ import annotations

from chiso.base.i18n import _
from chiso.explain import changes_by_agency, class_table
from chiso.explain.decomposition import decomposition
from chiso.explain.trends import TOO_FEW, verdict_text
from chiso.pages.tables.table import Cell, Field, Table, Value, linked
from chiso.store.figures import Figures


def agency_change_table(figures: Figures, shown: int = 10) -> Table:
    """The agencies that gained and lost most of their own, petitions left out; what of the change of
    the total is their own, of that by petitions, and the province's."""
    found = changes_by_agency(figures)
    listed = found if len(found) <= 2 * shown else (*found[:shown], *found[-shown:])
    previous = figures.previous
    label = "" if previous is None else previous.settings.period.label
    # That there are too few periods is said once, in the notes.
    has_verdict = any(item.verdict != TOO_FEW for item in found)
    return Table(
        anchor="table-agency-changes",
        sheet=_("Changes by agency"),
        caption=_(
            "The agencies that gained and lost most of their own since {period}, petitions left out."
        ).format(period=label),
        fields=(
            Field(_("Agency")),
            Field(_("Before"), "points"),
            Field(_("Now"), "points"),
            Field(_("Change"), "difference"),
            Field(_("Own part"), "difference"),
            Field(_("Of this by petitions"), "difference"),
            Field(_("Petitions before")),
            Field(_("Petitions now")),
            Field(_("By the province's figures"), "difference"),
            *((Field(_("Verdict")),) if has_verdict else ()),
        ),
        rows=[
            [
                linked(str(item.unit.name), f"{item.unit.code}.html"),
                item.before,
                item.after,
                item.difference,
                item.own,
                item.petitions,
                item.petitions_before,
                item.petitions_after,
                item.shared,
                *([verdict_text(item.verdict)] if has_verdict else []),
            ]
            for item in listed
        ],
    )


def province_change_table(figures: Figures) -> Table:
    """What the change of the province's total is made of: by indicator what the rate brings and what
    the denominator; rounding has its own line, and all lines add up to the change."""
    found, previous = decomposition(figures.province), figures.province.previous
    if found is None or previous is None:
        return Table("table-indicator-changes", _("Changes by indicator"), "", (), [])
    names = {rule.indicator.number: str(rule.indicator.name) for rule in figures.book.rules}
    effects = sorted(found.effects, key=lambda one: (-abs(one.points), one.numbers))
    rows: list[list[Value | Cell]] = [
        [
            ", ".join(map(str, one.numbers)),
            "; ".join(names[number] for number in one.numbers),
            one.rate,
            one.scope,
            one.points,
        ]
        for one in effects
    ]
    if found.rounding:
        rows.append([None, _("Rounding"), None, None, found.rounding])
    rows.append([None, _("Total"), None, None, found.total])
    label = previous.figures.settings.period.label
    return Table(
        anchor="table-indicator-changes",
        sheet=_("Changes by indicator"),
        caption=_("The change of the province's total since {period}; the lines add up.").format(
            period=label
        ),
        fields=(
            Field(_("No.")),
            Field(_("Indicator")),
            Field(_("By the rate"), "difference"),
            Field(_("By the denominator"), "difference"),
            Field(_("Together"), "difference"),
        ),
        rows=rows,
    )


def class_count_table(figures: Figures) -> Table:
    """How many agencies are in each class now and in the period before."""
    found = class_table(figures)
    compares = any(item.before is not None for item in found)
    rows: list[list[Value | Cell]] = [
        [
            _("no total") if item.band is None else str(item.band),
            item.now,
            *([item.before] if compares else []),
        ]
        for item in found
    ]
    return Table(
        anchor="table-classes",
        sheet=_("Classes"),
        caption=_("Agencies by class; the province itself is not counted."),
        fields=(
            Field(_("Class")),
            Field(_("Now"), "count"),
            *((Field(_("Before"), "count"),) if compares else ()),
        ),
        rows=rows,
    )
