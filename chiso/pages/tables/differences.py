"""Our figures beside the published ones."""

from __future__ import annotations

from decimal import Decimal

from IPython.display import Markdown

from chiso.base.i18n import _, count, points
from chiso.base.markdown import escape
from chiso.pages.tables.table import Field, Table
from chiso.store.figures import UnitFigures


def difference_table(unit: UnitFigures) -> Table | Markdown | None:
    """Where they differ; a sentence where they don't; None where nothing was published."""
    if not unit.figures.published:
        return None
    compared = unit.figures.published.get(unit.unit.code)
    if not compared:
        return Markdown(escape(_("There are no published results to compare with.")))
    if not len(unit.differences):
        words = _(
            "Compared {number} computed figures: all equal the published ones to the hundredth."
        )
        return Markdown(escape(words.format(number=count(compared))))
    return Table(
        anchor="table-differences",
        sheet=_("Comparison"),
        caption=_("Computed and published figures."),
        fields=(Field(_("Item")), Field(_("Computed")), Field(_("Published"))),
        rows=[
            [
                _item(row.item),
                _figure(unit, row.item, row.ours),
                _figure(unit, row.item, row.official),
            ]
            for row in unit.differences.itertuples(index=False)
        ],
    )


def _item(item: str) -> str:
    """1 .. 21 and the codes of groups stand for themselves."""
    return {
        "total": _("Total"),
        "class": _("Class"),
        "rank": _("Rank"),
        "cohort_size": _("Agencies in the cohort"),
    }.get(item, item)


def _figure(unit: UnitFigures, item: str, value: str) -> str:
    """A class by its name, where the set has it; numbers as the reader writes them."""
    if item == "class":
        names = {band.code: str(band) for band in unit.figures.book.set.classes}
        return names.get(value, value)
    number = Decimal(value)
    return count(int(number)) if item in ("rank", "cohort_size") else points(number)
