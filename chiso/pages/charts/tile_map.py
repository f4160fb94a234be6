"""Districts and communes as tiles graded by points, the number printed; each leads to its page."""

from __future__ import annotations

import itertools
from decimal import Decimal
from typing import Any

import numpy as np
from matplotlib.artist import Artist

from chiso.base.i18n import _, points
from chiso.explain.ownership import without_dossiers
from chiso.pages.charts.labels import FAMILY
from chiso.pages.charts.style import (
    GRADES,
    INK,
    MUTED,
    NO_GRADE,
    ON_DARK,
    ON_LIGHT,
    Chart,
    drawing,
    source_of,
    svg,
    wrapped,
)
from chiso.rules.maps import Tile, load_tiles
from chiso.store.figures import Figures

_HEIGHT, _GAP = 0.62, 0.05
# So many letters fit a tile; from this grade on they are light.
_FITS, _DARK_FROM = 11, 3


def tile_map(figures: Figures) -> Chart | None:
    """The totals of districts and communes on a grid; None where the tree has no map.

    Graded in steps of the same width that hold nine of ten totals; what had no dossiers has no grade.
    """
    tiles = load_tiles(figures.settings.units, figures.tree)
    if not tiles:
        return None
    columns = max(tile.column for tile in tiles) + 1
    rows = max(tile.row for tile in tiles) + 1
    totals = dict(zip(figures.scores.totals["unit"], figures.scores.totals["total"], strict=True))
    left_out = without_dossiers(figures)
    graded = {
        tile.unit.code: totals[tile.unit.code]
        for tile in tiles
        if totals.get(tile.unit.code) is not None and tile.unit.code not in left_out
    }
    edges = _edges(list(graded.values()))
    with drawing(rows * 0.4 + 0.4, width=9.0) as drawn:
        axes = drawn.add_axes((0.0, 0.0, 1.0, 1.0))
        axes.set_xlim(-0.1, columns + 0.1)
        axes.set_ylim((rows + 0.85) * _HEIGHT, -0.1)
        axes.axis("off")
        axes.add_artist(_Tiles([_found(tile, graded, totals, edges) for tile in tiles]))
        _key(axes, edges, (rows + 0.45) * _HEIGHT)
        picture = svg(drawn)
    note = _(
        "The darker, the fewer points; without colour: no dossiers in the period, or no total."
    )
    return Chart(
        picture,
        _finding(figures, graded),
        "tile-map",
        source_of(figures),
        note,
        holds_links=True,
    )


def _found(
    tile: Tile, graded: dict[str, Decimal], totals: dict[str, Decimal | None], edges: list[int]
) -> tuple[Tile, int | None, Decimal | None]:
    code = tile.unit.code
    return tile, _grade(graded.get(code), edges), totals.get(code)


def _edges(totals: list[Decimal]) -> list[int]:
    """The edges between the grades, downwards, in whole points."""
    if not totals:
        return []
    low, high = np.percentile([float(total) for total in totals], [5, 95])
    step = max(1, int(np.ceil((high - low) / len(GRADES))))
    top = int(np.floor(high / step)) * step
    return [top - step * place for place in range(len(GRADES) - 1)]


def _grade(total: Decimal | None, edges: list[int]) -> int | None:
    """0 for the highest grade; None without one."""
    return None if total is None else sum(total < edge for edge in edges)


class _Tiles(Artist):
    """All tiles, each one link: its box, its name, its points. Short, for there are hundreds."""

    def __init__(self, tiles: list[tuple[Tile, int | None, Decimal | None]]) -> None:
        super().__init__()
        self._tiles = tiles

    def draw(self, renderer: Any) -> None:
        """Write the tiles (matplotlib calls this)."""
        axes = self.axes
        if axes is None or not hasattr(renderer, "writer"):
            return
        writer = renderer.writer
        style = f"font-size: 6.6px; font-family: {FAMILY}; text-anchor: middle"
        # What most tiles have in common is said once.
        common = {"style": style, "stroke": MUTED, "stroke-width": ".5"}
        writer.start("g", attrib=common)
        for tile, grade, total in self._tiles:
            left, top = tile.column + _GAP, tile.row * _HEIGHT + _GAP
            right, bottom = tile.column + 1 - _GAP, (tile.row + 1) * _HEIGHT - _GAP
            (x1, y1), (x2, y2) = axes.transData.transform([(left, top), (right, bottom)])
            ink = ON_DARK if grade is not None and grade >= _DARK_FROM else ON_LIGHT
            writer.start("a", attrib={"xlink:href": f"{tile.unit.code}.html", "fill": ink})
            box = f"M{x1:.1f} {renderer.height - y1:.1f}h{x2 - x1:.1f}v{y1 - y2:.1f}H{x1:.1f}z"
            edge = {"stroke": INK, "stroke-width": "2"} if tile.is_head else {}
            colour = NO_GRADE if grade is None else GRADES[grade]
            writer.element("path", attrib={"d": box, "fill": colour} | edge)
            writer.start("g", attrib={"stroke": "none"})
            self._write_words(writer, tile, points(total), (x1 + x2) / 2, renderer.height - y1)
            writer.end("g")
            writer.end("a")
        writer.end("g")

    def _write_words(self, writer: Any, tile: Tile, total: str, x: float, top: float) -> None:
        name = wrapped(_place_name(str(tile.unit.name)), _FITS).split("\n")
        first, step = (10.0, 0.0) if len(name) == 1 else (7.5, 7.0)
        weight = {"font-weight": "700"}
        for place, text in enumerate(name):
            at = {"x": f"{x:.1f}", "y": f"{top + first + step * place:.1f}"}
            writer.element("text", text, attrib=at | (weight if tile.is_head else {}))
        at = {"x": f"{x:.1f}", "y": f"{top + 21.5:.1f}"}
        writer.element("text", total, attrib=at | weight)


def _place_name(name: str) -> str:
    """The name without the kind of committee in front of it: Lam Sơn."""
    for begin in ("UBND ", "thành phố ", "thị xã ", "huyện ", "thị trấn ", "phường ", "xã "):
        name = name.removeprefix(begin)
    name = name.removeprefix("People's Committee of ")
    for end in (" City", " Town", " District", " Township", " Ward", " Commune"):
        name = name.removesuffix(end)
    return name


def _key(axes: Any, edges: list[int], top: float) -> None:
    if not edges:
        return
    names = [
        _("from {points}").format(points=edges[0]),
        *(f"{low} – {high}" for high, low in itertools.pairwise(edges)),
        _("below {points}").format(points=edges[-1]),
    ]
    for place, name in enumerate(names):
        x = place * 2.2 + 0.3
        axes.plot([x], [top], "s", ms=13, color=GRADES[place], mec=MUTED)
        axes.text(x + 0.35, top, name, va="center", fontsize=9)


def _finding(figures: Figures, graded: dict[str, Decimal]) -> str:
    if not graded:
        return _("No district or commune has points.")
    best = max(graded, key=lambda code: graded[code])
    last = min(graded, key=lambda code: graded[code])
    return _("Most points: {best} ({best_points}); fewest: {last} ({last_points}).").format(
        best=figures.tree.unit(best).name,
        best_points=points(graded[best]),
        last=figures.tree.unit(last).name,
        last_points=points(graded[last]),
    )
