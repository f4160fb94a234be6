"""Where figures are absent or only taken over: by indicator and by agency."""

from __future__ import annotations

from collections.abc import Iterable

from IPython.display import Markdown

from chiso.base.i18n import _
from chiso.base.markdown import bullets
from chiso.pages.tables.table import Cell, Field, Table, Value, linked
from chiso.scoring.score import OFFICIAL
from chiso.store.figures import Figures, UnitFigures


def indicator_gap_table(figures: Figures) -> Table:
    """The indicators that some agency has no counts of, or nothing to count."""
    rows: list[list[Value | Cell]] = []
    for rule in figures.book.rules:
        number = rule.indicator.number
        absent, empty, published = _counted(figures, "indicator", number)
        if absent or empty or published:
            rows.append([number, str(rule.indicator.name), absent, empty, published])
    return Table(
        anchor="table-indicator-gaps",
        sheet=_("Gaps by indicator"),
        caption=_("Agencies whose figures of an indicator are absent, empty or only taken over."),
        fields=(Field(_("No."), "count"), Field(_("Indicator")), *_kinds()),
        rows=rows,
    )


def agency_gap_table(figures: Figures, shown: int = 30) -> Table:
    """The agencies with most indicators absent or only taken over, as far as there are any."""
    rows = [(unit, *_counted(figures, "unit", unit.code)) for unit in figures.units]
    found = sorted((row for row in rows if row[1] or row[3]), key=lambda row: (-row[1], -row[3]))
    return Table(
        anchor="table-agency-gaps",
        sheet=_("Gaps by agency"),
        caption=_(
            "Agencies with indicators absent or only taken over: {shown} of {number}."
        ).format(shown=min(shown, len(found)), number=len(found)),
        fields=(Field(_("Agency")), *_kinds()),
        rows=[
            [linked(str(unit.name), f"{unit.code}.html"), *counts]
            for unit, *counts in found[:shown]
        ],
    )


def unit_gaps(unit: UnitFigures) -> Markdown:
    """What one unit's figures lack, a sentence a kind; empty where they lack nothing."""
    table = unit.indicators
    absent = table[(table["basis"] == "")]["indicator"]
    empty = table[(table["denominator"] == 0)]["indicator"]
    published = table[table["basis"] == OFFICIAL]["indicator"]
    told = [
        (absent, _("{number} indicators have no data: {list}.")),
        (empty, _("{number} indicators have nothing to count (denominator 0): {list}.")),
        (published, _("{number} indicators are as published, without counts: {list}.")),
    ]
    return Markdown(bullets(list(_sentences(told))))


def _sentences(told: Iterable[tuple]) -> Iterable[str]:
    for numbers, words in told:
        if len(numbers):
            listed = ", ".join(map(str, sorted(numbers)))
            yield words.format(number=len(numbers), list=listed)


def _kinds() -> tuple[Field, ...]:
    return (
        Field(_("No data"), "count"),
        Field(_("Denominator 0"), "count"),
        Field(_("As published only"), "count"),
    )


def _counted(figures: Figures, column: str, value: object) -> tuple[int, int, int]:
    """Cells without data, with denominator 0, with a published figure only."""
    table = figures.scores.indicators
    own = table[table[column] == value]
    return (
        int((own["basis"] == "").sum()),
        int((own["denominator"] == 0).sum()),
        int((own["basis"] == OFFICIAL).sum()),
    )
