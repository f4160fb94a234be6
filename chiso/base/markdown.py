"""Building blocks of a document in pandoc's Markdown; text from data is escaped here."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from IPython.display import Markdown

_SPECIAL = re.compile(r"([!-/:-@\[-`{-~])")
# What is no letter of a cell: where a link leads, what is passed to HTML, and signs.
_MARKS = re.compile(r"\]\([^)]*\)|`[^`]*`\{=html\}|\{[^}]*\}|\*\*|[\[\]]|\\(?=.)")
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
    return _SPECIAL.sub(r"\\\1", _SPACE.sub(" ", str(text)).strip())


def link(text: str, target: str) -> str:
    """A link; `text` is data, `target` a file of the site."""
    return f"[{escape(text)}]({target})"


def strong(text: str) -> str:
    """Bold words; `text` is data."""
    return f"**{escape(text)}**"


def bullets(texts: Sequence[str]) -> str:
    """A list; each text is data."""
    return "\n".join(f"- {escape(text)}" for text in texts)


def heading(text: str, anchor: str, level: int = 2) -> Markdown:
    """A heading with a fixed id, so links hold whatever the language and the writer."""
    return Markdown(f"{'#' * level} {escape(text)} {{#{anchor}}}")


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
) -> Markdown:
    """A table that scrolls sideways where the page is narrow; cells are Markdown already.

    Its first column names the row; behind a number the second does too (reports/page.lua).
    Which columns stand at the right and which hold sentences is said of the box (page.css).
    """
    rule = {"left": ":---", "right": "---:", "center": ":--:"}
    lines = [
        _row([escape(column.heading) for column in columns]),
        _row([rule[column.align] for column in columns]),
        *(_row(row) for row in rows),
        "",
        f": {escape(caption)}",
    ]
    attributes = {
        "heads": "2" if [column.align for column in columns[:2]] == ["right", "left"] else "1",
        "right": _places(column.align == "right" for column in columns),
        "long": _places(any(map(_is_long, cells)) for cells in zip(*rows, strict=True)),
    }
    box = " ".join(f'{name}="{value}"' for name, value in attributes.items())
    return Markdown(f"::: {{#{anchor} .scroll {box}}}\n" + "\n".join(lines) + "\n:::")


def _places(chosen: Iterable[bool]) -> str:
    """The numbers of the columns that are chosen, from 1, as page.css names them."""
    return " ".join(str(place) for place, is_chosen in enumerate(chosen, 1) if is_chosen)


def _is_long(cell: str) -> bool:
    """A sentence or a long name, which a phone must not squeeze to a word a line."""
    return len(cell) > _LONG and len(_MARKS.sub("", cell)) > _LONG


def _row(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cells) + " |"
