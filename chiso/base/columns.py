"""How wide the columns of a table are on paper."""

from __future__ import annotations

import math
from collections.abc import Sequence

# What a line of text holds between the margins, in points, and how high its letters are: small ones in a
# table of more columns than a few (reports/paper-layout.lua, reports/typst-template.typ).
_LINE = 467
_FEW_COLUMNS = 6
_LETTERS, _SMALL_LETTERS = 10.5, 9.0
# Two letters more for the margins of a cell.
_MARGINS = 2


def shares(rows: Sequence[Sequence[str]]) -> list[float]:
    """The share of the line that each column of a table gets; `rows`: the words in its cells, its head,
    which is bold, first.

    The longest word fits as long as all of them do; what is left goes to what most cells want.
    """
    columns = list(zip(*rows, strict=True))
    letter = (_SMALL_LETTERS if len(columns) > _FEW_COLUMNS else _LETTERS) / 2
    words = [_longest_word(cells) for cells in columns]
    space = [word + _MARGINS for word in words]
    wishes = [max(_wanted(cells) - word, 0) + 1 for cells, word in zip(columns, words, strict=True)]
    left = max(_LINE / letter - sum(space), 0)
    return [
        (own + left * wish / sum(wishes)) / (sum(space) + left)
        for own, wish in zip(space, wishes, strict=True)
    ]


def _longest_word(cells: Sequence[str]) -> float:
    """In letters, from 4 to 24."""
    head, *others = (max(map(len, cell.split(" "))) for cell in cells)
    return min(max(4, 1.25 * head, *others), 24)


def _wanted(cells: Sequence[str]) -> float:
    """The letters that most cells want in a line; a long text is content with several lines."""
    usual = sorted(map(len, cells))[math.ceil(0.85 * len(cells)) - 1]
    return min(usual, 22) + math.sqrt(max(min(usual, 150) - 22, 0))
