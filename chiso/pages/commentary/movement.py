"""Sentences on what changed; a change is called one only by the verdict of its control chart."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from chiso.base.i18n import count, points, short_points, signed_points
from chiso.explain import Change, changes, total_change, trends
from chiso.explain.trends import Baseline, Trend, against, unit_trend
from chiso.pages.commentary.wording import sentence
from chiso.rules.trend_rules import trend_rules
from chiso.store.figures import UnitFigures

_SHOWN = 3
_VERDICTS = {
    trends.COMMON: "change_common",
    trends.IMPROVEMENT: "change_better",
    trends.CONCERN: "change_worse",
}


def total_moved(unit: UnitFigures) -> Iterable[str]:
    """One sentence on the total against the period before, with its verdict; none without one."""
    change = total_change(unit)
    if change is None or change.difference is None:
        return
    facts = {
        "period": change.period,
        "before": points(change.before.total),
        "after": points(change.after.total),
        "difference": signed_points(change.difference),
    }
    found = unit_trend(unit)
    if unit.figures.settings.is_provisional:
        yield sentence("change_open", **facts)
    elif found.verdict == trends.TOO_FEW:
        known = _known(found)
        yield sentence("change_few", known=known, needed=trend_rules().trial_from, **facts)
    else:
        limits = found.baselines[-1]
        lower, upper = shown_limits(limits, found.maximum)
        words = {"lower": points(lower), "upper": points(upper), "why": _why(found)}
        yield sentence(_VERDICTS[found.verdict], **facts, **words)


def standing_moved(unit: UnitFigures) -> Iterable[str]:
    """Sentences on a rank or a class that is another than in the period before."""
    change = total_change(unit)
    if change is None:
        return
    before, after = change.before, change.after
    if before.rank and after.rank and before.rank != after.rank:
        size = count(after.cohort_size)
        yield sentence("rank_moved", before=before.rank, after=after.rank, size=size)
    if before.band and after.band and before.band.code != after.band.code:
        total = points(after.total)
        yield sentence("class_moved", before=before.band, after=after.band, total=total)


def indicators_moved(unit: UnitFigures) -> Iterable[str]:
    """One sentence on the indicators whose points differ most from the period before."""
    found = [change for change in changes(unit) if change.difference]
    found.sort(key=_by_move)
    previous = unit.figures.previous
    if found and previous:
        items = [
            sentence(
                "moved_item",
                number=change.number,
                name=change.label,
                difference=signed_points(change.difference),
                before=points(change.before),
                after=points(change.after),
            )
            for change in found[:_SHOWN]
        ]
        yield sentence("moved_most", period=previous.settings.period.label, list="; ".join(items))


def against_next_class(unit: UnitFigures) -> Iterable[str]:
    """One sentence on how the limits lie to the edge that matters: the next class, at the top its own."""
    standing, found = unit.standing, unit_trend(unit)
    if standing.total is None or unit.figures.settings.is_provisional:
        return
    if found.verdict != trends.COMMON:  # limits that the last point has left say nothing ahead
        return
    classes = unit.figures.book.set.classes
    higher = [band for band in classes if band.at_least > standing.total]
    band = min(higher, key=lambda one: one.at_least, default=classes[0])
    answer = against(found, band.at_least)
    if answer:
        lower, upper = shown_limits(found.baselines[-1], found.maximum)
        edge = short_points(band.at_least)
        words = {"lower": points(lower), "upper": points(upper)}
        yield sentence(f"target_{answer}", band=band.name, edge=edge, **words)


def shown_limits(limits: Baseline, maximum: Decimal) -> tuple[Decimal, Decimal]:
    """Limits as they are shown: not below 0 and not above the maximum."""
    return max(limits.lower, Decimal(0)), min(limits.upper, maximum)


def _by_move(change: Change) -> tuple[Decimal, int]:
    return -abs(change.difference or Decimal(0)), change.number


def _known(found: Trend) -> int:
    """The points since the last baseline began, as far as the trend tells."""
    start = found.baselines[-1].last + 1 if found.baselines else 0
    return sum(point.value is not None for point in found.points[start:])


def _why(found: Trend) -> str:
    """The rule that marked the last point, in words."""
    last, limits, rules = found.points[-1], found.baselines[-1], trend_rules()
    if not last.mark:
        return ""
    lower, upper = shown_limits(limits, found.maximum)
    if last.mark in ("rising", "falling"):
        return sentence(f"why_{last.mark}", number=rules.trend)
    side = "up" if last.is_better else "down"
    if last.mark == "run":
        return sentence(f"why_run_{side}", number=rules.run, mean=points(limits.mean))
    return sentence(f"why_{last.mark}_{side}", limit=points(upper if last.is_better else lower))
