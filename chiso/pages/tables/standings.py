"""How a unit's standing is shown where many stand in one table: order, rank, total with its course."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from html import escape as html_escape

from chiso.base.i18n import _, count, points
from chiso.base.markdown import escape
from chiso.explain.decomposition import direction
from chiso.explain.ownership import Lost, has_dossiers, ownership
from chiso.explain.standing import cohort_standing
from chiso.pages.tables.table import Cell
from chiso.store.figures import UnitFigures

_WIDTH, _HEIGHT, _EDGE = 56, 16, 2
# So many points are as high as the drawing where a unit moved by fewer: the same slope is the same
# change in nearly every row, and a hundredth is no cliff.
_SPAN = 5


def order(unit: UnitFigures) -> tuple:
    """Best total first; then units without a total, then those without dossiers."""
    total = unit.standing.total
    return not has_dossiers(unit), total is None, -(total or 0), unit.unit.code


def shown_rank(unit: UnitFigures) -> int | None:
    """The rank; of a unit without dossiers only one that was published."""
    standing = unit.standing
    return standing.rank if has_dossiers(unit) or standing.rank_is_published else None


def rank_cell(unit: UnitFigures) -> Cell:
    """The rank, on pages "tied 2" where others of the cohort have the same total (1, 2, 2, 4);
    workbooks have the number alone. As in the headline, no tie is told of a rank that was published
    or of a unit without dossiers."""
    rank = shown_rank(unit)
    shown = "–" if rank is None else count(rank)
    is_own = rank is not None and has_dossiers(unit) and not unit.standing.rank_is_published
    if is_own and cohort_standing(unit).tied:
        shown = _("tied {rank}").format(rank=shown)
    return Cell(rank, escape(shown))


def costliest(unit: UnitFigures) -> Lost | None:
    """Where the unit loses most points of its own; None if it loses none or had no dossiers."""
    if not has_dossiers(unit):
        return None
    lost = max(ownership(unit), key=lambda one: one.own)
    return lost if lost.own else None


def total_cell(unit: UnitFigures) -> Cell:
    """The total, before it its course over the comparable periods as a line of a word's size; paper
    and workbooks have the number alone."""
    total, drawn = unit.standing.total, sparkline(direction(unit).totals)
    shown = escape(points(total))
    return Cell(total, f"`{drawn}`{{=html}}{shown}" if drawn else shown)


def sparkline(totals: Sequence[tuple[str, Decimal | None]]) -> str:
    """Totals by period (label, points), oldest first, as SVG that says them in words too; empty with
    fewer than two. A period without a total is a gap."""
    known = [float(total) for _label, total in totals if total is not None]
    if len(known) < 2:
        return ""
    middle, span = (max(known) + min(known)) / 2, max(max(known) - min(known), _SPAN)
    path, pen = "", "M"
    for place, (_label, total) in enumerate(totals):
        if total is None:
            pen = "M"
            continue
        x = place * _WIDTH / (len(totals) - 1)
        y = _HEIGHT / 2 - (float(total) - middle) / span * (_HEIGHT - 2 * _EDGE)
        path, pen = f"{path}{pen}{x:.0f} {y:.1f}", "L"
    told = "; ".join(f"{label}: {points(total)}" for label, total in totals)
    words = html_escape(told).replace("`", "")
    return (
        f'<svg class="spark" viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img" aria-label="{words}">'
        f'<path d="{path}"/></svg>'
    )
