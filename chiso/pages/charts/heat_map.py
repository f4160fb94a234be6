"""Agencies by indicators: the share of the maximum that each holds."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from chiso.base.i18n import _
from chiso.pages.charts.labels import Labels, Word
from chiso.pages.charts.style import MUTED, ON_DARK, ON_LIGHT, Chart, figure, short, svg
from chiso.store.figures import Figures

# A heat map of more agencies than this shows colours only.
ANNOTATED = 40
# Pixels of a cell's side in the picture; the share from which a cell is light.
_CELL, _LIGHT_FROM = 12, 0.55
_STRIPE = (120, 130, 138, 255)


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
    shares = _shares(figures, order)
    height = 0.27 * len(order) + 0.75
    with figure(height, width=9.0) as drawn:
        axes = drawn.add_axes((0.34, 0.0, 0.66, 1 - 0.7 / height))
        axes.set_xlim(0, shares.shape[1])
        axes.set_ylim(len(order), 0)
        axes.imshow(
            _pixels(shares),
            extent=(0, shares.shape[1], len(order), 0),
            aspect="auto",
            interpolation="none",
        )
        axes.axis("off")
        axes.add_artist(Labels(list(_words(figures, order, shares))))
        picture = svg(drawn)
    return Chart(picture, title, _finding(figures, shares), name)


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


def _words(figures: Figures, order: list[str], shares: np.ndarray) -> Iterator[Word]:
    for column, rule in enumerate(figures.book.rules):
        yield Word(column + 0.5, -0.35, str(rule.indicator.number), 9)
    words = _("Indicator, percent of its maximum (dark: low, light: high, hatched: no data)")
    yield Word(shares.shape[1] / 2, -1.5, words, 10, colour=MUTED)
    for row, code in enumerate(order):
        name = short(str(figures.tree.unit(code).name), 34)
        yield Word(-0.2, row + 0.66, name, 9, anchor="end")
    if len(order) <= ANNOTATED:
        for (row, column), share in np.ndenumerate(shares):
            if not np.isnan(share):
                colour = ON_DARK if share < _LIGHT_FROM else ON_LIGHT
                yield Word(column + 0.5, row + 0.64, f"{share * 100:.0f}", 8, colour=colour)


def _finding(figures: Figures, shares: np.ndarray) -> str:
    means = {
        number: float(np.nanmean(column))
        for number, column in enumerate(shares.T, start=1)
        if not np.isnan(column).all()
    }
    if not means:
        return _("No indicator has points.")
    weakest = min(means, key=lambda number: means[number])
    return _(
        "Share of the maximum by agency and indicator; the lowest column is indicator {number}, {name}."
    ).format(number=weakest, name=figures.book.rule(weakest).indicator.name)


def _shares(figures: Figures, order: list[str]) -> np.ndarray:
    """points / max_points, units x 21 indicators; NaN where there are no points."""
    rows = {code: i for i, code in enumerate(order)}
    shares = np.full((len(order), len(figures.book.rules)), np.nan)
    for row in figures.scores.indicators.itertuples():
        if row.unit in rows and row.points is not None and row.max_points:
            shares[rows[row.unit], row.indicator - 1] = float(row.points / row.max_points)
    return shares
