"""Agencies by indicators: the share of the maximum that each holds."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import numpy as np

from chiso.base.i18n import _, count
from chiso.base.rounding import percentage
from chiso.pages.charts.labels import Labels, Word
from chiso.pages.charts.style import MUTED, ON_DARK, ON_LIGHT, Chart, drawing, short, source_of, svg
from chiso.store.figures import Figures

# A heat map of more agencies than this shows colours only.
ANNOTATED = 40
# Pixels of a cell's side in the picture; the share from which a cell is light.
_CELL, _LIGHT_FROM = 12, Decimal("0.55")
_STRIPE = (120, 130, 138, 255)
# points / max_points by row and column of a map; absent where there are no points.
_Shares = dict[tuple[int, int], Decimal]


def heat_map(figures: Figures) -> Chart:
    """Agencies by indicators: the share of the maximum that each holds; hatched where there is none.

    Of a whole province without its communes, which have a map of their own.
    """
    order = _order(figures, without_communes=_is_large(figures))
    return _map(figures, order, "heat-map", _("Share of the maximum by agency and indicator"))


def commune_heat_map(figures: Figures) -> Chart | None:
    """The same of the communes; None where the first map holds them."""
    if not _is_large(figures):
        return None
    communes = [unit.code for unit in figures.units if unit.level == "xa"]
    title = _("Share of the maximum by commune and indicator")
    return _map(figures, communes, "heat-map-communes", title)


def _is_large(figures: Figures) -> bool:
    levels = [unit.level for unit in figures.units]
    return len(levels) > ANNOTATED and any(level != "xa" for level in levels)


def _order(figures: Figures, without_communes: bool) -> list[str]:
    return [unit.code for unit in figures.units if not (without_communes and unit.level == "xa")]


def _map(figures: Figures, order: list[str], name: str, title: str) -> Chart:
    shares, columns = _shares(figures, order), len(figures.book.rules)
    height = 0.27 * len(order) + 0.75
    with drawing(height, width=9.0) as drawn:
        axes = drawn.add_axes((0.34, 0.0, 0.66, 1 - 0.7 / height))
        axes.set_xlim(0, columns)
        axes.set_ylim(len(order), 0)
        axes.imshow(
            _pixels(_cells(shares, len(order), columns)),
            extent=(0, columns, len(order), 0),
            aspect="auto",
            interpolation="none",
        )
        axes.axis("off")
        axes.add_artist(Labels(list(_words(figures, order, shares))))
        picture = svg(drawn)
    return Chart(picture, _finding(figures, shares), name, source_of(figures))


def _cells(shares: _Shares, rows: int, columns: int) -> np.ndarray:
    """The shares as the colours take them; NaN where there is none."""
    cells = np.full((rows, columns), np.nan)
    for place, share in shares.items():
        cells[place] = float(share)
    return cells


def _pixels(shares: np.ndarray) -> np.ndarray:
    """The cells as one small picture: 4,000 cells of their own would weigh ten times as much."""
    cells = np.array(_colours()(np.nan_to_num(shares)) * 255, dtype=np.uint8)
    large = cells.repeat(_CELL, axis=0).repeat(_CELL, axis=1)
    y, x = np.indices(large.shape[:2])
    empty = np.isnan(shares).repeat(_CELL, axis=0).repeat(_CELL, axis=1)
    large[empty] = (255, 255, 255, 0)
    large[empty & ((x + y) % _CELL < 2)] = _STRIPE
    large[(x % _CELL == 0) | (y % _CELL == 0)] = (255, 255, 255, 0)
    return large


def _colours() -> Any:
    """Dark is low: one scale from dark blue to yellow, even in grey."""
    import seaborn as sns

    return sns.color_palette("cividis", as_cmap=True)


def _words(figures: Figures, order: list[str], shares: _Shares) -> Iterator[Word]:
    for column, rule in enumerate(figures.book.rules):
        yield Word(column + 0.5, -0.35, str(rule.indicator.number), 9)
    words = _("Indicator, percent of its maximum (dark: low, light: high, hatched: no data)")
    yield Word(len(figures.book.rules) / 2, -1.5, words, 10, colour=MUTED)
    for row, code in enumerate(order):
        name = short(str(figures.tree.unit(code).name), 34)
        yield Word(-0.2, row + 0.66, name, 9, anchor="end")
    if len(order) <= ANNOTATED:
        for (row, column), share in shares.items():
            colour = ON_DARK if share < _LIGHT_FROM else ON_LIGHT
            number = count(int(percentage(share, 0)))
            yield Word(column + 0.5, row + 0.64, number, 8, colour=colour)


def _finding(figures: Figures, shares: _Shares) -> str:
    if not shares:
        return _("No indicator has points.")
    held: dict[int, list[Decimal]] = {}
    for (_row, column), share in sorted(shares.items()):
        held.setdefault(column + 1, []).append(share)
    means = {number: sum(own, Decimal(0)) / len(own) for number, own in sorted(held.items())}
    weakest = min(means, key=lambda number: means[number])
    return _(
        "Share of the maximum by agency and indicator; the lowest column is indicator {number}, {name}."
    ).format(number=weakest, name=figures.book.rule(weakest).indicator.name)


def _shares(figures: Figures, order: list[str]) -> _Shares:
    """What each unit of `order` (rows) holds of the maximum of each indicator (columns)."""
    rows = {code: i for i, code in enumerate(order)}
    return {
        (rows[row.unit], row.indicator - 1): row.points / row.max_points
        for row in figures.scores.indicators.itertuples()
        if row.unit in rows and row.points is not None and row.max_points
    }
