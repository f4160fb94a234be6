"""One definition of a table for the page, for paper and for Excel.

A table shows as pandoc's Markdown, so that HTML, PDF and DOCX come from one document, and carries
its raw values in the executed notebook, from which chiso/publishing/downloads.py writes workbooks.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import Any, Literal

from chiso.base import markdown
from chiso.base.i18n import (
    count,
    one_decimal,
    percent,
    points,
    short_points,
    signed_points,
    whole_percent,
)
from chiso.base.markdown import escape, link

MIME = "application/vnd.chiso.table+json"
Value = str | int | Decimal | Fraction | None
Kind = Literal["text", "count", "points", "maximum", "difference", "percent", "share", "time"]
_SHOW: dict[str, Callable[[Any], str]] = {
    "points": points,
    "maximum": short_points,
    "difference": signed_points,
    "percent": percent,
    "share": whole_percent,
    "count": count,
    "time": one_decimal,
}


@dataclass(frozen=True)
class Field:
    """A column: its heading and what its cells are.

    Points, maxima and differences are points; a percent is a rate from 0 to 1, a share too, of a
    sum and shown without decimals; a time is in the unit that its row names.
    """

    heading: str
    kind: Kind = "text"


@dataclass(frozen=True)
class Cell:
    """A cell that shows other words than its value's: `value` for Excel, `shown` (Markdown)."""

    value: Value
    shown: str


def linked(text: str, target: str) -> Cell:
    """A name that leads to a page of the site."""
    return Cell(text, link(text, target))


def worded(value: Value, words: str) -> Cell:
    """A value that the page says in words of its own."""
    return Cell(value, escape(words))


def unbroken(text: str) -> Cell:
    """Words that stay in one line: a narrow column between wide ones would have one a line."""
    return Cell(text, escape(text).replace(" ", "\\ "))


@dataclass(frozen=True)
class Table:
    """A captioned table; cells are raw values by the kind of their column, or `Cell`s.

    `sheet`: its name in the workbook; empty: the table stays out of it. `words`: what the
    page's script needs, as data-* of a block with the class `wrapper` around the table.
    """

    anchor: str
    sheet: str
    caption: str
    fields: tuple[Field, ...]
    rows: Sequence[Sequence[Value | Cell]]
    wrapper: str = ""
    words: dict[str, str] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.rows)

    @property
    def markdown(self) -> str:
        """The table as the document has it."""
        columns = [
            markdown.Column(item.heading, "left" if item.kind == "text" else "right")
            for item in self.fields
        ]
        rows = [
            [_shown(item, cell) for item, cell in zip(self.fields, row, strict=True)]
            for row in self.rows
        ]
        body = markdown.table(columns, rows, anchor=self.anchor, caption=self.caption)
        return markdown.division(body, self.wrapper, **self.words) if self.wrapper else body

    def _repr_mimebundle_(self, **_options: object) -> dict[str, object]:
        shown: dict[str, object] = {"text/markdown": self.markdown}
        if self.sheet:
            shown[MIME] = {
                "sheet": self.sheet,
                "caption": self.caption,
                "fields": [[item.heading, item.kind] for item in self.fields],
                "rows": [[_raw(cell) for cell in row] for row in self.rows],
            }
        return shown


def _shown(item: Field, cell: Value | Cell) -> str:
    if isinstance(cell, Cell):
        return cell.shown
    if item.kind == "text":
        return escape("–" if cell is None else cell)
    return escape(_SHOW[item.kind](cell))


def _raw(cell: Value | Cell) -> str | int | None:
    """A value as JSON has it; decimals by their digits, fractions as 5/32: a float is not exact."""
    value = cell.value if isinstance(cell, Cell) else cell
    return str(value) if isinstance(value, Decimal | Fraction) else value
