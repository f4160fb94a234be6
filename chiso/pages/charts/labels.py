"""Hundreds of short words in one chart, written straight into the SVG.

matplotlib measures every text before it places it: half a millisecond each, a tenth of a second
for the agencies of a province. A word that is anchored at a point needs no measuring.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from matplotlib.artist import Artist

from chiso.pages.charts.style import INK

_FAMILY = "'DejaVu Sans', 'Verdana', 'Segoe UI', 'Arial', sans-serif"


@dataclass(frozen=True)
class Word:
    """A word at a point of the axes' data; `size` in points; y is the base line."""

    x: float
    y: float
    text: str
    size: float
    anchor: Literal["start", "middle", "end"] = "middle"
    colour: str = INK
    bold: bool = False


class Labels(Artist):
    """Words of one chart as one artist; draws nothing in any other format than SVG."""

    def __init__(self, words: Sequence[Word]) -> None:
        super().__init__()
        self._words = words
        self.set_zorder(10)

    def draw(self, renderer: Any) -> None:
        """Write the words (matplotlib calls this)."""
        axes = self.axes
        if axes is None or not hasattr(renderer, "writer"):
            return
        places = axes.transData.transform([(word.x, word.y) for word in self._words])
        for word, (x, y) in zip(self._words, places, strict=True):
            weight = "font-weight: 700; " if word.bold else ""
            style = f"font-size: {word.size}px; {weight}font-family: {_FAMILY}; fill: {word.colour}"
            renderer.writer.element(
                "text",
                word.text,
                attrib={
                    "style": f"{style}; text-anchor: {word.anchor}",
                    "x": f"{x:.1f}",
                    "y": f"{renderer.height - y:.1f}",
                },
            )
