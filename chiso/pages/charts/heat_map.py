"""Agencies by indicators: the share of the maximum that each holds, in blocks that fit a screen."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

import numpy as np

from chiso.base.i18n import _, count, whole_percent
from chiso.base.rounding import percentage
from chiso.explain.ownership import without_dossiers
from chiso.pages.charts.labels import Labels, Word
from chiso.pages.charts.style import (
    MUTED,
    ON_DARK,
    ON_LIGHT,
    Chart,
    drawing,
    source_of,
    svg,
    wrapped,
)
from chiso.rules.units import Unit
from chiso.store.figures import Figures, UnitFigures

# Of more agencies than this the communes have maps of their own, a row a district.
_MOST = 40
# So many rows and the numbers above them stand on a screen together.
_SCREEN = 24
# Pixels of a cell's side in the picture; the share from which a cell is light.
_CELL, _LIGHT_FROM = 12, Decimal("0.55")
_STRIPE = (120, 130, 138, 255)
# Inches of a row; rows above a block for the numbers of the indicators.
_ROW, _HEAD = 0.27, 1.4


@dataclass(frozen=True)
class _Line:
    """A row of a map: its name and the shares (0 to 1) that it holds by indicator.

    An indicator is absent where there was nothing to count or no data; `total` orders the rows.
    """

    name: str
    shares: dict[int, Decimal]
    total: Decimal


@dataclass(frozen=True)
class _Block:
    """Rows below a line of indicator numbers, which `head` explains at the left."""

    head: str
    lines: list[_Line]


def heat_map(figures: Figures) -> Chart:
    """The agencies by cohort, most points first, a block a cohort; hatched where nothing was counted.

    Of a whole province without its communes. Columns that say nothing of an agency's own work are
    left out and named in the note: the province's figures, and those in which all hold the same.
    """
    units = [unit for unit in figures.agencies if not (_is_large(figures) and unit.level == "xa")]
    lines = _lines(figures, units)
    blocks: list[_Block] = []
    for cohort in _cohorts(units):
        head = _("{cohort}, by indicator").format(cohort=figures.tree.cohorts[cohort].name)
        own = [lines[unit.code] for unit in units if unit.cohort == cohort and unit.code in lines]
        blocks.append(_Block(head, own))
    who = "; ".join(str(figures.tree.cohorts[name].name) for name in _cohorts(units))
    return _chart(figures, blocks, "heat-map", who)


def commune_heat_map(figures: Figures) -> Chart | None:
    """The communes as one row a district, their mean; None where the first map holds them.

    The page of each district has those below it one by one (`district_heat_map`).
    """
    if not _is_large(figures):
        return None
    means = []
    for code in dict.fromkeys(unit.parent for unit in figures.agencies if unit.level == "xa"):
        lines = _below(figures, code or "")
        if code and lines:
            name = str(figures.tree.unit(code).name)
            words = _("{district}: {number} communes").format(district=name, number=len(lines))
            means.append(_mean(words, lines))
    who = _("Communes")
    blocks = [_Block(_("{cohort}, by indicator").format(cohort=who), means)]
    return _chart(figures, blocks, "heat-map-communes", who)


def district_heat_map(unit: UnitFigures) -> Chart | None:
    """The communes below a unit, most points first; None for one without communes."""
    lines = _below(unit.figures, unit.unit.code)
    if not lines:
        return None
    head = _("{cohort}, by indicator").format(cohort=_("Communes"))
    return _chart(unit.figures, [_Block(head, lines)], "heat-map-below", str(unit.unit.name))


def _below(figures: Figures, code: str) -> list[_Line]:
    """The communes directly below a unit that had dossiers."""
    communes = [unit for unit in figures.agencies if unit.parent == code and unit.level == "xa"]
    return list(_lines(figures, communes).values())


def _cohorts(units: Iterable[Unit]) -> list[str]:
    return list(dict.fromkeys(unit.cohort for unit in units))


def _is_large(figures: Figures) -> bool:
    levels = [unit.level for unit in figures.agencies]
    return len(levels) > _MOST and any(level != "xa" for level in levels)


def _lines(figures: Figures, units: Iterable[Unit]) -> dict[str, _Line]:
    """The rows of units that had dossiers."""
    left_out, totals = without_dossiers(figures), figures.scores.totals
    total = dict(zip(totals["unit"], totals["total"], strict=True))
    return {
        unit.code: _Line(
            str(unit.name), _shares(figures, unit.code), total.get(unit.code) or Decimal(0)
        )
        for unit in units
        if unit.code not in left_out
    }


def _shares(figures: Figures, code: str) -> dict[int, Decimal]:
    """What a unit holds of the maximum of each indicator that it had something to count for."""
    return {
        row.indicator: row.points / row.max_points
        for row in figures.rows("indicators", code)
        if row.points is not None and row.max_points and row.denominator != 0
    }


def _mean(name: str, lines: list[_Line]) -> _Line:
    numbers = sorted({number for line in lines for number in line.shares})
    held = {n: [line.shares[n] for line in lines if n in line.shares] for n in numbers}
    shares = {number: sum(own, Decimal(0)) / len(own) for number, own in held.items()}
    return _Line(name, shares, sum((line.total for line in lines), Decimal(0)) / len(lines))


def _columns(figures: Figures, lines: list[_Line]) -> tuple[list[int], list[int], list[int]]:
    """The indicators to show; the province's, left out; those that are the same for all, left out."""
    shown, shared, same = [], [], []
    for rule in figures.book.rules:
        number = rule.indicator.number
        held = {line.shares[number] for line in lines if number in line.shares}
        if rule.indicator.scope == "province":
            shared.append(number)
        elif len(held) < 2 and len(lines) > 1:
            same.append(number)
        else:
            shown.append(number)
    return shown, shared, same


def _chart(figures: Figures, blocks: list[_Block], name: str, who: str) -> Chart:
    """`who`: of whom the finding speaks."""
    blocks = [part for block in blocks for part in _parted(block)]
    lines = [line for block in blocks for line in block.lines]
    shown, shared, same = _columns(figures, lines)
    rows = sum(len(block.lines) + _HEAD for block in blocks)
    with drawing(_ROW * rows + 0.05, width=9.0) as drawn:
        axes = drawn.add_axes((0.34, 0.0, 0.66, 1.0))
        axes.set_xlim(0, max(len(shown), 1))
        axes.set_ylim(rows + 0.05 / _ROW, 0)
        axes.axis("off")
        axes.set_autoscale_on(False)
        words: list[Word] = []
        top = _HEAD
        for block in blocks if shown else ():
            size = len(block.lines)
            axes.imshow(
                _pixels(_cells(block.lines, shown)),
                extent=(0, len(shown), top + size, top),
                aspect="auto",
                interpolation="none",
            )
            words += _words(block, shown, top)
            top += size + _HEAD
        axes.add_artist(Labels(words))
        picture = svg(drawn)
    title = _finding(figures, lines, shown, who)
    return Chart(picture, title, name, source_of(figures), _note(shared, same))


def _parted(block: _Block) -> list[_Block]:
    """A block in the order of totals, parted so that its numbers are always in sight."""
    lines = sorted(block.lines, key=lambda line: -line.total)
    return [
        replace(block, lines=lines[place : place + _SCREEN])
        for place in range(0, len(lines), _SCREEN)
    ]


def _cells(lines: list[_Line], shown: list[int]) -> np.ndarray:
    """The shares as the colours take them; NaN where there is none."""
    cells = np.full((len(lines), len(shown)), np.nan)
    for row, line in enumerate(lines):
        for column, number in enumerate(shown):
            if number in line.shares:
                cells[row, column] = float(line.shares[number])
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


def _words(block: _Block, shown: list[int], top: float) -> Iterator[Word]:
    for column, number in enumerate(shown):
        yield Word(column + 0.5, top - 0.3, str(number), 9, bold=True)
    yield Word(-0.2, top - 0.3, block.head, 9, anchor="end", colour=MUTED)
    for row, line in enumerate(block.lines):
        lines = wrapped(line.name, 40).split("\n")
        size, first = (9, 0.66) if len(lines) == 1 else (7.5, 0.46)
        for place, text in enumerate(lines):
            yield Word(-0.2, top + row + first + 0.42 * place, text, size, anchor="end")
        for column, number in enumerate(shown):
            if number in line.shares:
                share = line.shares[number]
                colour = ON_DARK if share < _LIGHT_FROM else ON_LIGHT
                told = count(int(percentage(share, 0)))
                yield Word(column + 0.5, top + row + 0.64, told, 8, colour=colour)


def _finding(figures: Figures, lines: list[_Line], shown: list[int], who: str) -> str:
    means = _mean("", lines).shares if lines else {}
    means = {number: share for number, share in means.items() if number in shown}
    if not means:
        return _("No indicator tells the agencies apart.")
    weakest = min(means, key=lambda number: means[number])
    return _("{who}: weakest is indicator {number}, {name}, with {share} of its points.").format(
        who=who,
        number=weakest,
        name=figures.book.rule(weakest).indicator.name,
        share=whole_percent(means[weakest]),
    )


def _note(shared: list[int], same: list[int]) -> str:
    parts = [
        _(
            "Number: percent of the maximum; the darker, the lower; hatched: nothing to count or no"
            " data. Agencies without dossiers are left out."
        )
    ]
    if shared:
        words = _("Left out: indicators {numbers}, the province's figures.")
        parts.append(words.format(numbers=", ".join(map(str, shared))))
    if same:
        words = _("Left out: indicators {numbers}, the same for all here.")
        parts.append(words.format(numbers=", ".join(map(str, same))))
    return " ".join(parts)
