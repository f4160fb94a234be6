"""The digest as a picture for a telephone: 1080 x 1350 points, the proportions of a chat."""

from __future__ import annotations

import io
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass

from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from chiso.base.i18n import _
from chiso.pages.charts.style import HELD, INK, LOST, MUTED, PAPER, TRACK, drawing
from chiso.pages.digest.content import Digest

WIDTH, HEIGHT, _DPI = 1080, 1350, 100
_MARGIN, _INDENT = 60, 28
# Of the size of its letters: the width of an average one (bold ones are wider), and a line with its gap.
_LETTER, _BOLD, _LINE = 0.57, 0.65, 1.32


@dataclass(frozen=True)
class _Block:
    """Lines of one size (in pixels) below each other; `gap`: above them. `is_order`: has a bar at its
    left. `may_go`: left out where there is no room."""

    text: str
    size: float
    color: str = INK
    is_bold: bool = False
    gap: float = 10
    is_order: bool = False
    may_go: bool = False

    def lines(self, scale: float) -> list[str]:
        """The text in lines that fit between the margins."""
        room = WIDTH - 2 * _MARGIN - (_INDENT if self.is_order else 0)
        width = room / (self.size * scale * (_BOLD if self.is_bold else _LETTER))
        return textwrap.wrap(self.text, int(width), break_long_words=True) or [""]

    def height(self, scale: float) -> float:
        """Pixels that it takes, its gap included."""
        return scale * (self.gap + len(self.lines(scale)) * self.size * _LINE)


def digest_png(digest: Digest) -> bytes:
    """The picture; letters shrink a little, and what may go is left out, until all the rest fits."""
    blocks = list(_blocks(digest))
    scale = 1.0
    while sum(block.height(scale) for block in blocks) > HEIGHT - 2 * _MARGIN:
        going = [block for block in blocks if block.may_go]
        if scale > 0.86:
            scale -= 0.04
        elif going:
            blocks.remove(going[-1])
        else:
            scale -= 0.04
    with drawing(HEIGHT / _DPI, WIDTH / _DPI) as drawn:
        _draw(drawn, blocks, scale)
        buffer = io.BytesIO()
        drawn.savefig(buffer, format="png", dpi=_DPI, facecolor=PAPER, metadata={"Software": None})
    return buffer.getvalue()


def _blocks(digest: Digest) -> Iterator[_Block]:
    if digest.mark:
        yield _Block(digest.mark.upper(), 28, LOST, is_bold=True, gap=0)
    yield _Block(digest.title, 34, MUTED, gap=8)
    yield _Block(digest.total, 44, HELD, is_bold=True, gap=18)
    for line in digest.changes:
        yield _Block(line, 30, may_go=True)
    if digest.orders:
        yield _Block(_("What to order"), 34, INK, is_bold=True, gap=30)
    for place, one in enumerate(digest.orders, 1):
        yield _Block(f"{place}. {one.agency}", 32, INK, is_bold=True, gap=16, is_order=True)
        yield _Block(one.what, 30, gap=4, is_order=True)
        yield _Block(one.why, 26, MUTED, gap=4, is_order=True, may_go=True)
        yield _Block(one.until, 28, LOST, is_bold=True, gap=4, is_order=True)
    if digest.due:
        yield _Block(_("Due soon"), 34, INK, is_bold=True, gap=30, may_go=True)
        for line in digest.due:
            yield _Block(line, 28, may_go=True)
    if digest.moved:
        yield _Block(_("Who moved"), 34, INK, is_bold=True, gap=30, may_go=True)
        for line in digest.moved:
            yield _Block(line, 28, may_go=True)
    yield _Block(digest.origin, 24, MUTED, gap=30)


def _draw(drawn: Figure, blocks: list[_Block], scale: float) -> None:
    axes = drawn.add_axes((0, 0, 1, 1))
    axes.set_xlim(0, WIDTH)
    axes.set_ylim(HEIGHT, 0)
    axes.axis("off")
    axes.add_patch(Rectangle((0, 0), WIDTH, 18, color=HELD, linewidth=0))
    top = float(_MARGIN)
    for block in blocks:
        height = block.height(scale)
        first = top + scale * block.gap
        if block.is_order:
            # The bar of an order runs through the gaps between its lines, but not above its first.
            start = first if block.gap > 10 else top
            bar = Rectangle((_MARGIN, start), 8, top + height - start, color=TRACK, linewidth=0)
            axes.add_patch(bar)
        axes.text(
            _MARGIN + (_INDENT if block.is_order else 0),
            first,
            # What Markdown of matplotlib would take for mathematics stays a sign.
            "\n".join(block.lines(scale)).replace("$", r"\$"),
            fontsize=block.size * scale * 72 / _DPI,
            color=block.color,
            fontweight="bold" if block.is_bold else "normal",
            va="top",
            linespacing=_LINE * 0.88,
        )
        top += height
