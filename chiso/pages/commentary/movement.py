"""Sentences on what changed; a change is called one only by the verdict of its control chart."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from chiso.base.i18n import count, points, short_points
from chiso.explain import Change, changes, total_change, trends
from chiso.explain.decomposition import Effect, decomposition, direction
from chiso.explain.standing import PETITIONS
from chiso.explain.trends import Baseline, Trend, against, unit_trend
from chiso.pages.wording import sentence
from chiso.rules.trend_rules import trend_rules
from chiso.store.figures import UnitFigures

_SHOWN = 3
_VERDICTS = {
    trends.TOO_FEW: "change_few",
    trends.COMMON: "change_common",
    trends.IMPROVEMENT: "change_better",
    trends.CONCERN: "change_worse",
}


def moved(difference: Decimal) -> str:
    """How many points up or down, in words."""
    key = "rose" if difference > 0 else "fell" if difference < 0 else "unmoved"
    return sentence(key, points=points(abs(difference)))


def total_moved(unit: UnitFigures) -> Iterable[str]:
    """The total against the period before, with its verdict and without petitions where they decide,
    and against the first of all periods that it may be compared with; nothing without one before."""
    change = total_change(unit)
    if change is None or change.difference is None:
        return
    facts = {
        "period": change.period,
        "before": points(change.before.total),
        "after": points(change.after.total),
        "moved": moved(change.difference),
    }
    found = unit_trend(unit)
    if unit.figures.settings.is_provisional:
        yield sentence("change_open", **facts)
        return
    words = {}
    if found.verdict != trends.TOO_FEW:
        lower, upper = shown_limits(found.baselines[-1], found.maximum)
        words = {"lower": points(lower), "upper": points(upper), "why": _why(found)}
    yield sentence(_VERDICTS[found.verdict], **facts, **words)
    yield from _without_petitions(unit, change.difference)
    yield from _direction(unit)


def _without_petitions(unit: UnitFigures, difference: Decimal) -> Iterable[str]:
    """What the total would have done but for petitions, where these make half of its change or more:
    one petition is no collapse, and its absence no triumph."""
    found = decomposition(unit)
    if found is not None and found.petitions and 2 * abs(found.petitions) >= abs(difference):
        yield sentence("without_petitions", moved=moved(difference - found.petitions))


def _direction(unit: UnitFigures) -> Iterable[str]:
    """From the first of three and more totals to this one."""
    found = direction(unit)
    known = [(label, total) for label, total in found.totals if total is not None]
    if len(known) > 2 and found.difference is not None:
        yield sentence(
            "direction", first=known[0][0], number=len(known), moved=moved(found.difference)
        )


def too_few(unit: UnitFigures) -> Iterable[str]:
    """That there are too few periods to speak of a trend."""
    change, found = total_change(unit), unit_trend(unit)
    is_compared = change is not None and change.difference is not None
    is_closed = not unit.figures.settings.is_provisional
    if is_compared and is_closed and found.verdict == trends.TOO_FEW:
        yield sentence("trend_few", known=_known(found), needed=trend_rules().trial_from)


def standing_moved(unit: UnitFigures) -> Iterable[str]:
    """Sentences on a rank or a class that is another than in the period before."""
    change = total_change(unit)
    if change is None:
        return
    before, after = change.before, change.after
    if before.rank and after.rank and before.rank != after.rank:
        key = "rank_rose" if after.rank < before.rank else "rank_fell"
        steps = abs(after.rank - before.rank)
        yield sentence(key, number=count(steps), before=before.rank, after=after.rank)
    if before.band and after.band and before.band.code != after.band.code:
        is_up = after.band.at_least > before.band.at_least
        edge = after.band.at_least if is_up else before.band.at_least
        apart = points(abs((after.total or Decimal(0)) - edge))
        key = "class_rose" if is_up else "class_fell"
        yield sentence(key, before=before.band, after=after.band, points=apart)


def indicators_moved(unit: UnitFigures) -> Iterable[str]:
    """What a change is made of: own and shared, petitions, and the indicators that moved most."""
    found, previous = decomposition(unit), unit.previous
    if found is None or previous is None:
        return
    label = previous.figures.settings.period.label
    parts = {"period": label, "own": moved(found.own), "shared": moved(found.shared)}
    if found.rounding:
        yield sentence("change_rounded", rounding=moved(found.rounding), **parts)
    elif found.shared:
        yield sentence("change_parts", **parts)
    is_told = bool(found.petitions) and None not in (
        found.petitions_before,
        found.petitions_after,
    )
    if is_told:
        yield sentence(
            "petitions_moved",
            moved=moved(found.petitions),
            before=count(found.petitions_before),
            after=count(found.petitions_after),
        )
    own = [
        one
        for one in found.effects
        if not (one.is_shared or (is_told and set(one.numbers) <= set(PETITIONS))) and one.points
    ]
    own.sort(key=lambda one: (-abs(one.points), one.numbers))
    if own:
        by_number = {change.number: change for change in changes(unit)}
        items = [_moved_item(unit, one, by_number) for one in own[:_SHOWN]]
        key = "moved_most_besides" if is_told else "moved_most"
        yield sentence(key, period=label, list="; ".join(items))


def _moved_item(unit: UnitFigures, one: Effect, by_number: dict[int, Change]) -> str:
    """One indicator: what it moved, and what of that the denominator alone made."""
    words = {"number": ", ".join(map(str, one.numbers)), "moved": moved(one.points)}
    change = by_number.get(one.numbers[0]) if len(one.numbers) == 1 else None
    if change is None or change.difference is None:
        return sentence("moved_item_rest", **words)
    words |= {"before": points(change.before), "after": points(change.after), "name": change.label}
    if not one.scope:
        return sentence("moved_item", **words)
    if not one.rate:
        of = {
            "from_cases": count(change.denominator_before),
            "cases": count(change.denominator_after),
        }
        return sentence("moved_item_scope", **words, **of)
    return sentence("moved_item_both", rate=moved(one.rate), scope=moved(one.scope), **words)


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
