"""What became of the rows of the records: accepted or set aside, by file and by column."""

from __future__ import annotations

from IPython.display import Markdown

from chiso.figures import Figures
from chiso.i18n import _, count
from chiso.markdown import escape
from chiso.tables.table import Field, Table


def rows_table(figures: Figures) -> Table:
    """Rows in = accepted + set aside by file; no rows where counts were handed in."""
    rows = figures.evidence("rows")
    return Table(
        anchor="table-rows",
        sheet=_("Rows of the records"),
        caption=_("Rows in = accepted + set aside, by file of the records."),
        fields=(
            Field(_("File")),
            Field(_("Rows in"), "count"),
            Field(_("Accepted"), "count"),
            Field(_("Set aside"), "count"),
        ),
        rows=rows[["file", "rows_in", "accepted", "set_aside"]].values.tolist(),
    )


def set_aside_table(figures: Figures) -> Table:
    """How many rows were set aside for which column, most first."""
    found = figures.evidence("set_aside").sort_values(
        ["rows", "table", "column"], ascending=[False, True, True]
    )
    return Table(
        anchor="table-set-aside",
        sheet=_("Set aside"),
        caption=_("Rows set aside by the column that is wrong; a row can be wrong in several."),
        fields=(Field(_("Column")), Field(_("Rows"), "count")),
        rows=[[f"{row.table}.{row.column}", row.rows] for row in found.itertuples()],
    )


def rows_sentence(figures: Figures) -> Markdown:
    """How many rows were set aside in all and how to mend them; empty without records."""
    rows = figures.evidence("rows")
    if rows.empty:
        return Markdown("")
    words = _(
        "{aside} of {rows} rows of the records were set aside and not counted. “chiso check --period"
        " {period}” gives them with all reasons in one workbook, to be corrected and handed in again."
    )
    return Markdown(
        escape(
            words.format(
                aside=count(int(rows["set_aside"].sum())),
                rows=count(int(rows["rows_in"].sum())),
                period=figures.settings.period.name,
            )
        )
    )
