"""Which agency is named for which indicator, and what it can still mend until when."""

from __future__ import annotations

from chiso.base.i18n import _, count, day, percent
from chiso.explain.orders import STAYS, is_from_counts, orders
from chiso.pages.cards import agency_name, counted_in
from chiso.pages.tables.table import Field, Table, linked
from chiso.store.figures import Figures


def order_table(figures: Figures, shown: int = 15) -> Table:
    """The orders in their order, with both shares, the rate, the place and the province's rate."""
    found = orders(figures)
    deadline = next((one.deadline for one in found if one.deadline), None)
    caption = _("Agencies named by indicator: {shown} of {number}.").format(
        shown=min(shown, len(found)), number=count(len(found))
    )
    if deadline:
        caption += " " + _("What can be mended is due by {day}.").format(day=day(deadline))
    stays = STAYS if is_from_counts(figures) else ()
    if stays:
        caption += " " + _("From counts alone: a failing case is taken as one that can be mended.")
    return Table(
        anchor="table-orders",
        sheet=_("Orders"),
        caption=caption,
        fields=(
            Field(_("Agency")),
            Field(_("Indicator")),
            Field(_("Mendable"), "count"),
            Field(_("Cases"), "count"),
            Field(_("Share of what fails"), "percent"),
            Field(_("Share of what is counted")),
            Field(_("Rate"), "percent"),
            Field(_("Whole province"), "percent"),
            Field(_("Place from the lowest")),
        ),
        rows=[
            [
                linked(agency_name(one), f"{one.unit.code}.html#cases"),
                f"{one.indicator}. {figures.book.rule(one.indicator).indicator.name}",
                None if one.indicator in stays else one.mendable,
                one.failures,
                one.share_of_failures,
                f"{percent(one.share_of_cases)} ({counted_in(one.indicator)})",
                one.rate,
                one.whole_rate,
                None if one.place is None else f"{one.place}/{one.of}",
            ]
            for one in found[:shown]
        ],
    )
