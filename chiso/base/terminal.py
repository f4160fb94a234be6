"""Lines on the terminal: what comes from data is shown there, never obeyed."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from typing import Any

import click

# Marks that turn the direction of the text after them.
_TURNING = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def tell(text: str = "", err: bool = False) -> None:
    """Print a line; control characters, marks of direction and halves of characters as \\u001b."""
    click.echo(visible(text), err=err)


def tell_aside(text: str) -> None:
    """Print a line that is no result: to the standard error."""
    tell(text, err=True)


def tell_table(rows: list[Sequence[str]]) -> None:
    """Print rows as columns under each other; the first row heads them, numbers stand to the right."""
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    for row in rows:
        cells = [
            cell.rjust(width) if cell[:1].isdigit() and i else cell.ljust(width)
            for i, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        tell("  ".join(cells).rstrip())


def watched(items: Iterable[Any], total: int, words: str) -> Iterable[Any]:
    """The items, with a bar on the terminal if they take more than a moment."""
    from tqdm import tqdm

    return tqdm(items, total=total, desc=words, unit="", delay=2, leave=False)


def visible(text: str) -> str:
    """`text` with everything spelt out that a terminal would take for an order."""
    return "".join(_spelt(sign) if _is_order(sign) else sign for sign in text)


def _is_order(sign: str) -> bool:
    kind = unicodedata.category(sign)
    return kind == "Cs" or sign in _TURNING or (kind == "Cc" and sign not in "\n\t")


def _spelt(sign: str) -> str:
    return f"\\u{ord(sign):04x}"  # as JSON has it: what is printed as JSON stays JSON
