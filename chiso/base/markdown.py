"""Building blocks of a document in pandoc's Markdown; text from data is escaped here."""

from __future__ import annotations

import html
import re
import string
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from chiso.base.columns import shares

_ESCAPED = {ord(sign): f"\\{sign}" for sign in string.punctuation}
# What is no letter of a cell: where a link leads, what is passed to HTML, and signs that none escapes.
_MARKS = re.compile(r"\\(.)|\]\([^)]*\)|`[^`]*`\{=html\}|\{[^}]*\}|\*\*|[\[\]]")
# A number at the beginning of a cell that typst would take for that of an item.
_NUMBERED = re.compile(r"^(\d+\\?\.) ")
# A table of at most so many rows, its head among them, stays on one page of paper.
_SHORT = 12
# A cell of more letters keeps room for some words on a phone.
_LONG = 32
_SPACE = re.compile(r"\s+")


@dataclass(frozen=True)
class Column:
    """A column of a table: its heading (plain text) and how its cells are aligned."""

    heading: str
    align: Literal["left", "right", "center"] = "left"


def escape(text: object) -> str:
    """`text` as plain words: no character of it means anything to Markdown, HTML or Quarto."""
    return " ".join(str(text).split()).translate(_ESCAPED)


def link(text: str, target: str) -> str:
    """A link; `text` is data, `target` a file of the site."""
    return f"[{escape(text)}]({target})"


def strong(text: str) -> str:
    """Bold words; `text` is data."""
    return f"**{escape(text)}**"


def bullets(texts: Sequence[str]) -> str:
    """A list; each text is data."""
    return "\n".join(f"- {escape(text)}" for text in texts)


def heading(text: str, anchor: str, level: int = 2) -> str:
    """A heading with a fixed id, so links hold whatever the language and the writer."""
    return f"{'#' * level} {escape(text)} {{#{anchor}}}"


def division(body: str, name: str, **data: str) -> str:
    """A block with a class that the style sheet knows, and words for its script as data-*."""
    attributes = "".join(f' data-{key}="{attribute(value)}"' for key, value in data.items())
    return f":::: {{.{name}{attributes}}}\n{body}\n::::"


def folded(summary: str, body: str) -> str:
    """A block of a page that opens behind its summary (data); paper shows the body alone."""
    head = f'<details class="fold"><summary>{html.escape(summary)}</summary>'
    return f"```{{=html}}\n{head}\n```\n\n{body}\n\n```{{=html}}\n</details>\n```"


def attribute(text: object) -> str:
    """`text` as the value of an attribute between double quotes: one line, without braces, which
    Quarto would take for a call of its own."""
    plain = _SPACE.sub(" ", str(text)).translate(str.maketrans("{}", "()"))
    return plain.replace("\\", "\\\\").replace('"', '\\"')


def table(
    columns: Sequence[Column], rows: Sequence[Sequence[str]], *, anchor: str, caption: str
) -> str:
    """A table that scrolls sideways where the page is narrow; cells are Markdown already.

    Its first column names the row; behind a number the second does too (reports/page.lua).
    Which columns stand at the right and which hold sentences is said of the box (page.css).
    """
    rule = {"left": ":---", "right": "---:", "center": ":--:"}
    heads = [escape(column.heading) for column in columns]
    words = [[_words(cell) for cell in row] for row in (heads, *rows)]
    lines = [
        _row(heads),
        _row([rule[column.align] for column in columns]),
        *(_row([_NUMBERED.sub(r"\1\\ ", cell) for cell in row]) for row in rows),
        "",
        f": {escape(caption)} {{{_on_paper(words)}}}",
    ]
    attributes = {
        "heads": "2" if [column.align for column in columns[:2]] == ["right", "left"] else "1",
        "right": _places(column.align == "right" for column in columns),
        # A sentence or a long name, which a phone must not squeeze to a word a line.
        "long": _places(max(map(len, cells)) > _LONG for cells in zip(*words[1:], strict=True)),
    }
    box = " ".join(f'{name}="{value}"' for name, value in attributes.items())
    return f"::: {{#{anchor} .scroll {box}}}\n" + "\n".join(lines) + "\n:::"


def _words(cell: str) -> str:
    """What is read in a cell."""
    return _MARKS.sub(r"\1", cell.replace("\\ ", "\u00a0"))


def _on_paper(words: list[list[str]]) -> str:
    """What reports/paper-layout.lua sets: the shares of columns in hundred thousandths, whether it is short."""
    widths = " ".join(f"{share * 1e5:.0f}" for share in shares(words))
    return f'{".short " if len(words) <= _SHORT else ""}widths="{widths}"'


def _places(chosen: Iterable[bool]) -> str:
    """The numbers of the columns that are chosen, from 1, as page.css names them."""
    return " ".join(str(place) for place, is_chosen in enumerate(chosen, 1) if is_chosen)


def _row(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cells) + " |"
