"""Districts and communes as tiles, coloured by class; the letters say it on a grey copy too."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal

from matplotlib.axes import Axes
from matplotlib.collections import PolyCollection

from chiso.base.i18n import _, points
from chiso.pages.charts.labels import Labels, Word
from chiso.pages.charts.style import (
    CLASS_COLOURS,
    INK,
    MUTED,
    NO_CLASS,
    ON_DARK,
    ON_LIGHT,
    Chart,
    drawing,
    source_of,
    svg,
)
from chiso.rules.maps import Tile, load_tiles
from chiso.store.figures import Figures

_HEIGHT, _GAP = 0.62, 0.05
_NAME = 12
# So many letters fit a tile in their usual size.
_FITS = 10


def tile_map(figures: Figures) -> Chart | None:
    """The classes of districts and communes on a grid; None where the tree has no map."""
    tiles = load_tiles(figures.settings.units, figures.tree)
    if not tiles:
        return None
    columns = max(tile.column for tile in tiles) + 1
    rows = max(tile.row for tile in tiles) + 1
    totals = dict(zip(figures.scores.totals["unit"], figures.scores.totals["total"], strict=True))
    shown = [_Shown(tile, totals.get(tile.unit.code), figures) for tile in tiles]
    with drawing(rows * 0.4 + 0.4, width=9.0) as drawn:
        axes = drawn.add_axes((0.0, 0.0, 1.0, 1.0))
        axes.set_xlim(-0.1, columns + 0.1)
        axes.set_ylim((rows + 0.85) * _HEIGHT, -0.1)
        axes.axis("off")
        _boxes(axes, shown)
        axes.add_artist(Labels([word for item in shown for word in _words(item)]))
        _key(axes, figures, (rows + 0.45) * _HEIGHT)
        picture = svg(drawn)
    return Chart(picture, _finding(figures, shown), "tile-map", source_of(figures))


class _Shown:
    """A tile with what it says: its total, class, colour and letters."""

    def __init__(self, tile: Tile, total: Decimal | None, figures: Figures) -> None:
        self.tile, self.total = tile, total
        bands = figures.book.set.classes
        self.place = None if total is None else bands.index(figures.book.band(total))
        self.colour = _colour(figures, self.place)
        self.letters = _letters(figures, self.place)


def _colour(figures: Figures, place: int | None) -> str:
    if place is None:
        return NO_CLASS
    last = len(figures.book.set.classes) - 1
    return CLASS_COLOURS[round(place * (len(CLASS_COLOURS) - 1) / last)] if last else NO_CLASS


def _letters(figures: Figures, place: int | None) -> str:
    """The initials of a class: XS for Xuất sắc."""
    if place is None:
        return "–"
    return "".join(w[0] for w in str(figures.book.set.classes[place].name).split()).upper()


def _on(colour: str) -> str:
    """The colour of letters on `colour`."""
    return ON_DARK if colour in CLASS_COLOURS[3:] else ON_LIGHT


def _corners(tile: Tile) -> list[tuple[float, float]]:
    left, top = tile.column + _GAP, tile.row * _HEIGHT + _GAP
    right, bottom = tile.column + 1 - _GAP, (tile.row + 1) * _HEIGHT - _GAP
    return [(left, top), (right, top), (right, bottom), (left, bottom)]


def _boxes(axes: Axes, shown: list[_Shown]) -> None:
    axes.add_collection(
        PolyCollection(
            [_corners(item.tile) for item in shown],
            facecolors=[item.colour for item in shown],
            edgecolors=[INK if item.tile.is_head else MUTED for item in shown],
            linewidths=[2.4 if item.tile.is_head else 0.5 for item in shown],
        )
    )


def _words(item: _Shown) -> tuple[Word, Word]:
    x, top = item.tile.column + 0.5, item.tile.row * _HEIGHT
    colour, head = _on(item.colour), item.tile.is_head
    figure = f"{item.letters} {points(item.total)}"
    name = _place_name(str(item.tile.unit.name))
    return (
        Word(
            x, top + 0.28, name, min(6.6, 6.6 * _FITS / max(len(name), 1)), colour=colour, bold=head
        ),
        Word(x, top + 0.49, figure, 6.6, colour=colour, bold=True),
    )


def _place_name(name: str) -> str:
    """The name without the kind of committee in front of it: Lam Sơn."""
    for begin in ("UBND ", "thành phố ", "thị xã ", "huyện ", "thị trấn ", "phường ", "xã "):
        name = name.removeprefix(begin)
    name = name.removeprefix("People's Committee of ")
    for end in (" City", " Town", " District", " Township", " Ward", " Commune"):
        name = name.removesuffix(end)
    return name if len(name) <= _NAME + 2 else name[:_NAME] + "…"


def _key(axes: Axes, figures: Figures, top: float) -> None:
    for place, band in enumerate(figures.book.set.classes):
        x = place * 2.2 + 0.3
        colour = _colour(figures, place)
        axes.plot([x], [top], "s", ms=15, color=colour, mec=MUTED)
        axes.text(
            x,
            top,
            _letters(figures, place),
            ha="center",
            va="center",
            fontsize=7,
            color=_on(colour),
        )
        axes.text(x + 0.35, top, str(band.name), va="center", fontsize=9)


def _finding(figures: Figures, shown: list[_Shown]) -> str:
    found = Counter(item.place for item in shown)
    items = [
        f"{band.name} {found[place]}"
        for place, band in enumerate(figures.book.set.classes)
        if found[place]
    ]
    text = _("Districts and communes by class on a map of tiles: {items}.")
    return text.format(items=", ".join(items) or "–")
