"""The method page: each indicator's definition, source, options in force and an example."""

from __future__ import annotations

from dataclasses import dataclass

from chiso.figures import Figures
from chiso.indicators import RuleBook


@dataclass(frozen=True)
class MethodEntry:
    """How one indicator is measured and scored, in the reader's words.

    `options`: pairs of name and value of what is in force (target, comparison, empty denominator,
    scope); `example`: the province's own numbers with the arithmetic, "" where there are none.
    """

    number: int
    label: str
    group: str
    max_points: str
    definition: str
    source: str
    options: tuple[tuple[str, str], ...]
    example: str


def method_entries(book: RuleBook, figures: Figures) -> tuple[MethodEntry, ...]:
    """The 21 entries in their order."""
    raise NotImplementedError
