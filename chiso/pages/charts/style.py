"""The house style: colours, letters, bars with their labels, and the SVG that a page inlines.

Narrow on purpose (5 inches): the letters stay readable when a phone shrinks the picture. Colours
are plain values, so that paper gets them as they are; page.css gives the dark screen its own for
every value of PALETTE.
"""

from __future__ import annotations

import io
import re
import textwrap
from collections.abc import Iterator, Sequence
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
from chiso.explain.national import Capture
from chiso.store.figures import Figures

INK, MUTED, TRACK, PAPER = "#1b2733", "#5b6770", "#dfe5ea", "#ffffff"
# Okabe-Ito blue and vermilion: told apart by colour-blind readers and in grey.
HELD, LOST = "#0072b2", "#d55e00"
PALETTE = {"ink": INK, "muted": MUTED, "track": TRACK, "paper": PAPER, "held": HELD, "lost": LOST}
# Grades from the highest to the lowest, one blue, darker downwards: a row of greys on a copier.
GRADES = ("#e6f1f8", "#a6cde4", "#5e9dc9", "#2a6496", "#0b2f56")
NO_GRADE = "#fefefe"
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
# Inches of a labelled bar, and what one more line of its label takes of them.
ROW, _LINE = 0.6, 0.28
_LABEL_WIDTH = 56


@dataclass(frozen=True)
class Chart:
    """An SVG picture, its finding as the title, where it comes from; Jupyter shows it as it is.

    The document has the words: `title` above the picture (and for those who can't see it), below it
    `note` (what to know when reading it) and `source`. `name`: its own on a page, for links and files.
    `holds_links`: its parts can be reached by keyboard, so it is a group and no single picture.
    """

    svg: str
    title: str
    name: str
    source: str
    note: str = ""
    holds_links: bool = False

    def _repr_mimebundle_(self, **_options: object) -> tuple[dict[str, str], dict[str, object]]:
        mime = "image/svg+xml"
        about = {
            "title": self.title,
            "note": self.note,
            "source": self.source,
            "name": self.name,
            "role": "group" if self.holds_links else "img",
        }
        return {mime: self.svg}, {mime: about}


def source_of(figures: Figures) -> str:
    """The line below a chart that says where its figures come from."""
    return _("Source: {source}; figures up to {day}.").format(
        source=figures.settings.source_name, day=day(figures.settings.as_of)
    )


def capture_source(capture: Capture) -> str:
    """The line below a chart of all provinces: the days of its figures and of their capture."""
    return _(
        "Source: National Public Service Portal, published results up to {day}, taken over on {captured}."
    ).format(day=day(capture.reference_day), captured=day(capture.captured))


@contextmanager
def drawing(height: float, width: float = WIDTH) -> Iterator[Figure]:
    """An empty figure of that size in inches, in the house style."""
    with matplotlib.rc_context(STYLE):
        yield Figure(figsize=(width, height))


@dataclass(frozen=True)
class Bars:
    """Where labelled bars stand: `labels` in lines, each above its bar at `places`, all in rows of
    ROW inches; a label of several lines moves its bar and the ones below it down."""

    labels: tuple[str, ...]
    places: tuple[float, ...]
    rows: float

    @property
    def height(self) -> float:
        """Inches that the bars need."""
        return ROW * self.rows + 0.1


def bars(labels: Sequence[str]) -> Bars:
    """Room for a bar below each of `labels`, which are wrapped and never cut."""
    lines = tuple(wrapped(label, _LABEL_WIDTH) for label in labels)
    places, next_row = [], 0.0
    for text in lines:
        next_row += text.count("\n") * _LINE
        places.append(next_row)
        next_row += 1
    return Bars(lines, tuple(places), next_row)


def bar_axes(drawn: Figure, laid: Bars, widest: float) -> Axes:
    """Axes for `laid` from zero, first on top, with its labels and room for values at the right."""
    axes = drawn.add_axes((0.0, 0.0, 1.0, 1.0))
    axes.set_xlim(0, widest * 1.28)
    axes.set_ylim(drawn.get_figheight() / ROW - 0.82, -0.82)
    axes.axis("off")
    for text, place in zip(laid.labels, laid.places, strict=True):
        axes.annotate(
            text,
            (0, place - 0.22),
            xytext=(0, 2),
            textcoords="offset points",
            va="bottom",
            fontsize=10,
            linespacing=1.05,
            color=INK,
        )
    return axes


def bar_value(axes: Axes, place: float, x: float, text: str, **style: Any) -> None:
    """The figure of a bar at the right of `x`."""
    axes.annotate(text, (x, place), xytext=(5, 0), textcoords="offset points", va="center", **style)


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


def wrapped(text: str, width: int) -> str:
    """`text` in lines of at most `width` characters, about equally long; nothing is left out.

    For words that stand centred or at the left of a mark.
    """
    lines = textwrap.wrap(text, width)
    while width > 1 and len(narrower := textwrap.wrap(text, width - 1)) == len(lines):
        lines, width = narrower, width - 1
    return "\n".join(lines)


# What matplotlib writes and no chart needs: names of parts, clipping to axes, millionths of a point.
_NAMES = re.compile(r'<g id="[^"]*">')
_CLIPS = re.compile(r' clip-path="[^"]*"|<defs><clipPath.*?</clipPath></defs>', re.DOTALL)
_GEOMETRY = re.compile(r' (?:d|x|y|width|height|transform)="[^"]*"')
_DIGITS = re.compile(r"(\.\d\d)\d+")
# Styles become attributes: a page allows no style but its own (publishing/policy.py).
_SHEET = re.compile(r"<defs><style.*?</style></defs>", re.DOTALL)
_STYLE = re.compile(r' style="([^"]*)"')


_WRITER = "module://chiso.pages.charts.svg_writer"


def svg(drawn: Figure) -> str:
    """The figure as short SVG text without anything that changes from run to run."""
    buffer = io.StringIO()
    drawn.savefig(
        buffer,
        format="svg",
        backend=_WRITER,
        transparent=True,
        metadata={"Date": None, "Creator": None, "Format": None, "Type": None},
    )
    text = buffer.getvalue()
    text = re.sub(r">\s+<", "><", text[text.index("<svg") :])
    text = _CLIPS.sub("", _NAMES.sub("<g>", text))
    # What the sheet says of every element is inherited from the picture.
    text = _SHEET.sub("", text).replace("<svg ", '<svg stroke-linejoin="round" ', 1)
    text = _STYLE.sub(lambda found: _attributes(found[1]), text)
    return _GEOMETRY.sub(lambda found: _DIGITS.sub(r"\1", " " + " ".join(found[0].split())), text)


def _attributes(style: str) -> str:
    """A style as attributes; of two values for one property the later one holds."""
    pairs = (part.split(":", 1) for part in style.split(";") if part.strip())
    values = {name.strip(): value.strip() for name, value in pairs}
    return "".join(f' {name}="{value}"' for name, value in values.items())
