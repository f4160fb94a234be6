"""Our figures beside the published ones."""

from __future__ import annotations

from IPython.display import Markdown

from chiso.base.i18n import _
from chiso.base.markdown import escape
from chiso.pages.tables.table import Field, Table
from chiso.store.figures import UnitFigures


def difference_table(unit: UnitFigures) -> Table | Markdown | None:
    """Where they differ; a sentence where they don't; None where nothing was published."""
    if not unit.figures.published:
        return None
    if unit.unit.code not in unit.figures.published:
        return Markdown(escape(_("There are no published results to compare with.")))
    if not len(unit.differences):
        return Markdown(
            escape(_("Every computed figure equals the published one to the hundredth."))
        )
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
