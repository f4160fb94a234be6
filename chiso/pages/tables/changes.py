"""What changed since the period before: by agency, by indicator and by class."""

from __future__ import annotations

from chiso.base.i18n import _, signed_points
from chiso.base.markdown import escape, link
from chiso.explain import changes_by_agency, changes_by_indicator, class_table
from chiso.explain.trends import verdict_text
from chiso.pages.tables.table import Cell, Field, Table, Value, linked
from chiso.store.figures import Figures


def agency_change_table(figures: Figures, shown: int = 10) -> Table:
    """The agencies that gained and lost most, with the verdict of their trend."""
    found = changes_by_agency(figures)
    listed = found if len(found) <= 2 * shown else (*found[:shown], *found[-shown:])
    previous = figures.previous
    label = "" if previous is None else previous.settings.period.label
    return Table(
        anchor="table-agency-changes",
        sheet=_("Changes by agency"),
        caption=_("The agencies that gained and lost most since {period}.").format(period=label),
        fields=(
            Field(_("Agency")),
            Field(_("Before"), "points"),
            Field(_("Now"), "points"),
            Field(_("Change"), "difference"),
            Field(_("Rank before"), "count"),
            Field(_("Rank now"), "count"),
            Field(_("Verdict")),
        ),
        rows=[
            [
                linked(str(item.unit.name), f"{item.unit.code}.html"),
                item.before,
                item.after,
                item.difference,
                item.rank_before,
                item.rank_after,
                verdict_text(item.verdict),
            ]
            for item in listed
        ],
    )


def indicator_change_table(figures: Figures) -> Table:
    """The indicators by how much the agencies' mean moved, with those that moved most."""
    return Table(
        anchor="table-indicator-changes",
        sheet=_("Changes by indicator"),
        caption=_("Mean points of the agencies that have the indicator in both periods."),
        fields=(
            Field(_("No."), "count"),
            Field(_("Indicator")),
            Field(_("Before"), "points"),
            Field(_("Now"), "points"),
            Field(_("Change"), "difference"),
            Field(_("Most gained")),
            Field(_("Most lost")),
        ),
        rows=[
            [
                item.number,
                item.label,
                item.before,
                item.after,
                item.difference,
                _movers(figures, item.up),
                _movers(figures, item.down),
            ]
            for item in changes_by_indicator(figures)
            if item.up or item.down
        ],
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


def _movers(figures: Figures, moved: tuple, shown: int = 2) -> Cell:
    texts, links = [], []
    for code, difference in moved[:shown]:
        name, told = str(figures.tree.unit(code).name), f"({signed_points(difference)})"
        texts.append(f"{name} {told}")
        links.append(f"{link(name, f'{code}.html')} {escape(told)}")
    if len(moved) > shown:
        texts.append(_("{number} more").format(number=len(moved) - shown))
        links.append(escape(texts[-1]))
    return Cell("; ".join(texts) or None, "; ".join(links) or escape("–"))
