"""Hundreds of words in one chart, written straight into the SVG.

matplotlib measures every text before it places it: half a millisecond each, a tenth of a second
for the agencies of a province. A word that is anchored at a point needs no measuring.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any, Literal

from matplotlib.artist import Artist

from chiso.pages.charts.style import INK

FAMILY = "'DejaVu Sans', 'Verdana', 'Segoe UI', 'Arial', sans-serif"


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

    @property
    def style(self) -> str:
        """What many words have in common, said once for all of them."""
        weight = "font-weight: 700; " if self.bold else ""
        font = f"font-size: {self.size:.1f}px; {weight}font-family: {FAMILY}"
        return f"{font}; text-anchor: {self.anchor}; fill: {self.colour}"


class Labels(Artist):
    """Words of one chart as one artist; draws nothing in any other format than SVG."""

    def __init__(self, words: Sequence[Word]) -> None:
        super().__init__()
        self._words = words
        self.set_zorder(10)

    def draw(self, renderer: Any) -> None:
        """Write the words (matplotlib calls this)."""
        axes = self.axes
        if axes is None or not self._words or not hasattr(renderer, "writer"):
            return
        ordered = sorted(self._words, key=_by_style)
        # All at once: one by one it takes longer than all else here.
        places = iter(axes.transData.transform([(word.x, word.y) for word in ordered]))
        for style, words in groupby(ordered, key=_by_style):
            renderer.writer.start("g", attrib={"style": style})
            for word in words:
                x, y = next(places)
                place = {"x": f"{x:.1f}", "y": f"{renderer.height - y:.1f}"}
                renderer.writer.element("text", word.text, attrib=place)
            renderer.writer.end("g")


def _by_style(word: Word) -> str:
    return word.style
