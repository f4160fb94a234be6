"""One unit explained as a whole: what it lost, what moved, the way up, how certain, whom to order."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

from chiso.base.errors import ParameterError
from chiso.base.i18n import _
from chiso.explain.certainty import Certainty, certainty
from chiso.explain.decomposition import Decomposition, decomposition
from chiso.explain.orders import Order, orders
from chiso.explain.ownership import Lost, all_lost, has_dossiers, ownership
from chiso.explain.standing import cohort_totals
from chiso.explain.way_up import WayUp, next_band, way_up
from chiso.store.figures import UnitFigures

_RANK = re.compile(r"rank:([1-9]\d{0,5})")
_POINTS = re.compile(r"points:(\d{1,3}(?:[.,]\d{1,2})?)")


@dataclass(frozen=True)
class Explanation:
    """All that explains one unit's score. `period` and `revision` are None for bare counts.

    `aim`: the total that `target` stands for, None where there is none (the top class, a rank in a
    cohort that is not ranked). `way`: None without an aim, or where no cases can bring it.
    `orders`: of the province; empty for others.
    """

    unit: UnitFigures
    period: str | None
    revision: int | None
    has_dossiers: bool
    lost: Lost
    by_indicator: tuple[Lost, ...]
    change: Decomposition | None
    target: str
    aim: Decimal | None
    way: WayUp | None
    certainty: Certainty | None
    orders: tuple[Order, ...]


def explain(unit: UnitFigures, target: str = "class", has_period: bool = True) -> Explanation:
    """Explain one unit; `target`: class, rank:N or points:X, ParameterError for anything else.

    `has_period`: the figures are those of a stored period, not bare counts.
    """
    figures = unit.figures
    aim = aimed_total(unit, target)
    is_province = unit.unit.code == figures.tree.province
    return Explanation(
        unit=unit,
        period=figures.settings.period.name if has_period else None,
        revision=figures.provenance.revision if has_period else None,
        has_dossiers=has_dossiers(unit),
        lost=all_lost(unit),
        by_indicator=ownership(unit),
        change=decomposition(unit) if has_period else None,
        target=target,
        aim=aim,
        way=None if aim is None else way_up(unit, aim),
        certainty=certainty(figures, unit.unit.cohort).get(unit.unit.code),
        orders=orders(figures, has_period) if is_province else (),
    )


def aimed_total(unit: UnitFigures, target: str) -> Decimal | None:
    """The total that a target asks for: the edge of the next class, the total of whoever has rank N
    now (a shared total shares the rank), or X points; None where there is none."""
    rank, points = _RANK.fullmatch(target), _POINTS.fullmatch(target)
    if target == "class":
        band = next_band(unit)
        return band.at_least if band else None
    if points and Decimal(points[1].replace(",", ".")) <= unit.figures.book.set.total:
        return Decimal(points[1].replace(",", "."))
    if rank:
        return _total_of_rank(unit, int(rank[1]))
    raise ParameterError(
        _("“{value}” is no target.").format(value=target),
        hint=_(
            "Write class, rank:N with a rank of at least 1, or points:X with at most 100 points."
        ),
    )


def _total_of_rank(unit: UnitFigures, rank: int) -> Decimal | None:
    """None where the cohort is not ranked by us or the unit has no total."""
    own, figures = unit.standing.total, unit.figures
    if own is None or figures.tree.cohorts[unit.unit.cohort].partial:
        return None
    others = [total for code, total in cohort_totals(unit).items() if code != unit.unit.code]
    others.sort(reverse=True)
    return own if len(others) < rank else others[rank - 1]
