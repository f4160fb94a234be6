"""Our figures beside the published ones."""

from __future__ import annotations

from IPython.display import Markdown

from chiso.base.i18n import _, count
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
        rows=[_row(unit, *row[1:]) for row in unit.differences.itertuples(index=False)],
    )


def _row(unit: UnitFigures, item: str, *values: str) -> list[str]:
    """A class by its name, where the set has it."""
    if item != "class":
        return [item, *values]
    names = {band.code: str(band) for band in unit.figures.book.set.classes}
    return [_("class"), *(names.get(value, value) for value in values)]
