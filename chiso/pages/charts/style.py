"""The house style: colours, letters, bars with their labels, and the SVG that a page inlines.

Narrow on purpose (5 inches): the letters stay readable when a phone shrinks the picture. Colours
are plain values, so that paper gets them as they are; page.css gives the dark screen its own for
every value of PALETTE.
"""

from __future__ import annotations

import io
import textwrap
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import matplotlib
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.figure import Figure
from matplotlib.ticker import Formatter

from chiso.base.i18n import _, day, decimals
from chiso.base.rounding import half_up
from chiso.store.figures import Figures

INK, MUTED, TRACK, PAPER = "#1b2733", "#5b6770", "#dfe5ea", "#ffffff"
# Okabe-Ito blue and vermilion: told apart by colour-blind readers and in grey.
HELD, LOST = "#0072b2", "#d55e00"
PALETTE = {"ink": INK, "muted": MUTED, "track": TRACK, "paper": PAPER, "held": HELD, "lost": LOST}
# Classes from the best to the lowest, darker and warmer downwards: a row of greys on a copier.
CLASS_COLOURS = ("#d8ecf6", "#92c4e2", "#c4902c", "#b4511c", "#5e1a0e")
NO_CLASS = "#fefefe"
# Letters on a coloured tile keep their colours on a dark screen, because the tile does.
ON_LIGHT, ON_DARK = "#101010", "#fdfdfd"
STYLE: Any = {
    "svg.fonttype": "none",
    "svg.hashsalt": "chiso",
    "font.family": "sans-serif",
    "font.sans-serif": ["DejaVu Sans", "Verdana", "Segoe UI", "Arial"],
    "font.size": 11,
    "text.color": INK,
    "axes.edgecolor": MUTED,
    "axes.labelcolor": INK,
    "xtick.color": INK,
    "ytick.color": INK,
    "hatch.color": MUTED,
}
WIDTH = 5.0
# Inches that a line below the bars needs.
FOOT = 0.25
_LABEL_WIDTH = 58


@dataclass(frozen=True)
class Chart:
    """An SVG picture, its finding as the title, where it comes from; Jupyter shows it as it is.

    The document has the words: `title` above the picture (and for those who can't see it), below it
    `note` (what to know when reading it) and `source`. `name`: its own on a page, for links and files.
    """

    svg: str
    title: str
    name: str
    source: str
    note: str = ""

    def _repr_mimebundle_(self, **_options: object) -> tuple[dict[str, str], dict[str, object]]:
        mime = "image/svg+xml"
        below = " ".join(part for part in (self.note, self.source) if part)
        return {mime: self.svg}, {mime: {"title": self.title, "below": below, "name": self.name}}


def source_of(figures: Figures) -> str:
    """The line below a chart that says where its figures come from."""
    return _("Source: {source}; figures up to {day}.").format(
        source=figures.settings.source_name, day=day(figures.settings.as_of)
    )


@contextmanager
def drawing(height: float, width: float = WIDTH) -> Iterator[Figure]:
    """An empty figure of that size in inches, in the house style."""
    with matplotlib.rc_context(STYLE):
        yield Figure(figsize=(width, height))


def bare_axes(drawn: Figure, bars: int, widest: float, top: float = 0.75) -> Axes:
    """Axes for labelled bars from zero, first on top, room for the values at the right."""
    axes = drawn.add_axes((0.0, 0.0, 1.0, 1.0))
    axes.set_xlim(0, widest * 1.28)
    axes.set_ylim(bars - 0.65, -top)
    axes.axis("off")
    return axes


def bar_label(axes: Axes, place: float, text: str, width: int = _LABEL_WIDTH) -> None:
    """The name of a bar above its left end."""
    axes.annotate(
        short(text, width),
        (0, place - 0.22),
        xytext=(0, 2),
        textcoords="offset points",
        va="bottom",
        fontsize=10,
        color=INK,
    )


def bar_value(axes: Axes, place: float, x: float, text: str, **style: Any) -> None:
    """The figure of a bar at the right of `x`."""
    axes.annotate(text, (x, place), xytext=(5, 0), textcoords="offset points", va="center", **style)


def foot(axes: Axes, bars: int, text: str) -> None:
    """A line below labelled bars, in a figure that is FOOT inches higher for it."""
    axes.set_ylim(bars - 0.65 + FOOT / 0.6, axes.get_ylim()[1])
    axes.text(0, bars - 0.6, text, fontsize=8.5, color=MUTED, va="top")


def number_ticks(axis: Axis) -> None:
    """Ticks as the reader writes numbers, all with the decimals that the finest of them needs."""
    axis.set_major_formatter(_Numbers())


class _Numbers(Formatter):
    """77,5 and 80,0 to a Vietnamese reader, never an offset or a power of ten."""

    def format_ticks(self, values: list[float]) -> list[str]:
        # A tick is a binary number: six decimals leave out what its sum of steps adds.
        exact = [half_up(float(value), 6).normalize() for value in values]
        digits = max([0, *(-int(value.as_tuple().exponent) for value in exact)])
        return [decimals(value, digits) for value in exact]

    def __call__(self, x: float, pos: int | None = None) -> str:
        return self.format_ticks([x])[0]


def short(text: str, width: int) -> str:
    """`text` cut at a word to at most `width` characters."""
    return textwrap.shorten(text, width, placeholder="…")


def wrapped(text: str, width: int) -> str:
    """`text` in lines of at most `width` characters, about equally long; nothing is left out."""
    lines = textwrap.wrap(text, width)
    while width > 1 and len(narrower := textwrap.wrap(text, width - 1)) == len(lines):
        lines, width = narrower, width - 1
    return "\n".join(lines)


def svg(drawn: Figure) -> str:
    """The figure as SVG text without anything that changes from run to run."""
    buffer = io.StringIO()
    drawn.savefig(
        buffer,
        format="svg",
        transparent=True,
        metadata={"Date": None, "Creator": None, "Format": None, "Type": None},
    )
    text = buffer.getvalue()
    return text[text.index("<svg") :]
