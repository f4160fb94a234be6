"""Pieces of Markdown that the pages which the program writes itself are made of."""

from __future__ import annotations


def block(text: str) -> str:
    """Text as it is."""
    return f"```text\n{text.strip()}\n```"


def table(head: tuple[str, ...], rows: list[list[str]]) -> str:
    """A table of cells that are Markdown."""
    lines = [head, ("---",) * len(head), *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def page(parts: list[str]) -> str:
    """Parts with an empty line between them, those that are empty left out."""
    return "\n\n".join(part for part in parts if part) + "\n"
