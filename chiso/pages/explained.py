"""An explanation for a terminal: as text for a reader, as JSON for a program."""

from __future__ import annotations

import json
from collections.abc import Iterator
from decimal import Decimal

from chiso.base.i18n import _, count, day, percent, points, signed_points, whole_percent
from chiso.explain.decomposition import Effect
from chiso.explain.explanation import Explanation
from chiso.explain.orders import Order
from chiso.explain.ownership import KINDS, Lost

_SHOWN = 10


def as_json(found: Explanation) -> str:
    """Keys as README gives them; points as text with two decimals, shares as numbers of 0 to 1."""
    standing, sure = found.unit.standing, found.certainty
    content = {
        "unit": found.unit.unit.code,
        "period": found.period,
        "revision": found.revision,
        "total": _text(standing.total),
        "lost": {kind: _text(getattr(found.lost, kind)) for kind in KINDS},
        "indicators": [
            {"indicator": _indicator(item), "lost": _text(item.points)}
            | {kind: _text(getattr(item, kind)) for kind in KINDS}
            for item in found.by_indicator
        ],
        "change": _change(found),
        "way_up": _way_up(found),
        "rank": {
            "rank": standing.rank,
            "of": standing.cohort_size,
            "low": sure.low if sure else None,
            "high": sure.high if sure else None,
            "class_probability": round(sure.class_probability, 4) if sure else None,
        },
        "orders": [_order(order) for order in found.orders],
    }
    return json.dumps(content, ensure_ascii=False, indent=1)


def _text(value: Decimal | None) -> str | None:
    return None if value is None else f"{value:.2f}"


def _indicator(item: Lost | Effect) -> int | str:
    """The number; several where a group was published without its indicators."""
    return item.numbers[0] if len(item.numbers) == 1 else ", ".join(map(str, item.numbers))


def _change(found: Explanation) -> dict[str, object] | None:
    change = found.change
    if change is None:
        return None
    return {
        "total": _text(change.total),
        "own": _text(change.own),
        "shared": _text(change.shared),
        "rounding": _text(change.rounding),
        "by_indicator": [
            {
                "indicator": _indicator(one),
                "rate": _text(one.rate),
                "scope": _text(one.scope),
            }
            for one in change.effects
        ],
    }


def _way_up(found: Explanation) -> dict[str, object] | None:
    way = found.way
    if way is None:
        return None
    return {
        "target": found.target,
        "needed": _text(way.needed),
        "steps": [{"indicator": step.number, "cases": step.cases} for step in way.steps],
        "cases": way.cases,
        "total_after": _text(way.total_after),
    }


def _order(order: Order) -> dict[str, object]:
    return {
        "unit": order.unit.code,
        "indicator": order.indicator,
        "failures": order.failures,
        "mendable": order.mendable,
        "share_of_failures": round(float(order.share_of_failures), 6),
        "share_of_cases": round(float(order.share_of_cases), 6),
        "place": order.place,
        "of": order.of,
        "deadline": order.deadline.isoformat() if order.deadline else None,
    }


def as_text(found: Explanation) -> str:
    """The same in sentences, one a line."""
    parts = (_standing, _lost, _moved, _way, _ordered)
    return "\n".join(line for part in parts for line in part(found))


def _standing(found: Explanation) -> Iterator[str]:
    unit, standing, sure = found.unit, found.unit.standing, found.certainty
    head = f"{unit.unit.name} ({unit.unit.code})"
    if found.period:
        label, number = unit.figures.settings.period.label, found.revision
        head += ", " + _("{period}, revision {number}").format(period=label, number=number)
    yield head
    if not found.has_dossiers:
        yield _("The agency had no dossiers: it is not compared with others.")
    if standing.total is None:
        # What notebooks show takes a while to load: not where nothing of it is said.
        from chiso.pages.commentary.reading_notes import without_score

        yield _("There is no total: figures of some indicators are missing.")
        yield from without_score(unit)
        return
    band = standing.band.name if standing.band else ""
    yield _("Total: {total} of {most} points, class {band}.").format(
        total=points(standing.total), most=count(int(standing.max_total)), band=band
    )
    if standing.rank is not None and (found.has_dossiers or standing.rank_is_published):
        yield _("Rank: {rank} of {size}.").format(rank=standing.rank, size=standing.cohort_size)
    if not found.has_dossiers:
        return
    if sure and sure.low is not None and sure.high is not None:
        yield _("With the same work the rank may lie between {low} and {high}.").format(
            low=sure.low, high=sure.high
        )
    if sure:
        chance = whole_percent(sure.shown_probability)
        yield _("Chance of the same class: {share}.").format(share=chance)


def _lost(found: Explanation) -> Iterator[str]:
    words = {
        "own": _("the agency's own"),
        "shared": _("the province's figures"),
        "structural": _("by rule, nothing to count"),
        "chance": _("very few petitions"),
    }
    yield ""
    yield _("Points lost: {points}.").format(points=points(found.lost.points))
    for kind, word in words.items():
        items = [item for item in found.by_indicator if getattr(item, kind)]
        items.sort(key=lambda item: -getattr(item, kind))
        if items:
            listed = "; ".join(
                _("indicator {number}: {points}").format(
                    number=_indicator(item), points=points(getattr(item, kind))
                )
                for item in items
            )
            total = points(getattr(found.lost, kind))
            yield f"  {total} {word} ({listed})."


def _moved(found: Explanation) -> Iterator[str]:
    change, previous = found.change, found.unit.previous
    if found.period is None:
        return
    yield ""
    if change is None or previous is None:
        yield _("There is no period before with a total to compare with.")
        return
    yield _("Against {period}: {total} points; own {own}, the province's figures {shared}.").format(
        period=previous.figures.settings.period.label,
        total=signed_points(change.total),
        own=signed_points(change.own),
        shared=signed_points(change.shared),
    )
    if change.rounding:
        yield _("Rounding: {points} points.").format(points=signed_points(change.rounding))
    if change.petitions:
        yield _("Of these by petitions: {points} points ({before} before, {after} now).").format(
            points=signed_points(change.petitions),
            before=count(change.petitions_before),
            after=count(change.petitions_after),
        )
    for one in sorted(change.effects, key=lambda one: -abs(one.points))[:_SHOWN]:
        yield _("  indicator {number}: rate {rate}, denominator {scope}").format(
            number=", ".join(map(str, one.numbers)),
            rate=signed_points(one.rate),
            scope=signed_points(one.scope),
        )


def _way(found: Explanation) -> Iterator[str]:
    way, aim = found.way, found.aim
    # A unit without dossiers is advised only if one asks for it.
    is_asked = found.has_dossiers or found.target != "class"
    if found.unit.standing.total is None or not is_asked:
        return
    yield ""
    if aim is None:
        yield _("There is no higher class or rank to aim at.")
        return
    if way is None:
        yield _("The failing cases that can still be mended don't bring {aim} points.").format(
            aim=points(aim)
        )
        return
    yield _(
        "To reach {aim} points ({needed} more) at least {cases} cases have to be mended;"
        " the total is then {after}."
    ).format(
        aim=points(aim),
        needed=points(way.needed),
        cases=count(way.cases),
        after=points(way.total_after),
    )
    for step in way.steps:
        yield _("  indicator {number}: {cases} cases, {points} points, rate {rate}").format(
            number=step.number,
            cases=count(step.cases),
            points=signed_points(step.points),
            rate=percent(step.rate),
        )
    if sum(step.cases for step in way.steps) > way.cases:
        yield _("A case that counts for several indicators stands in each of them.")
    if not way.is_proved:
        yield _("A shorter way is not ruled out: the set multiplies rates that cases lift.")
    if not way.from_records:
        yield _("From counts alone: every failing case is taken as one that can be mended.")


def _ordered(found: Explanation) -> Iterator[str]:
    if not found.orders:
        return
    yield ""
    yield _("Agencies named, {shown} of {number}:").format(
        shown=min(_SHOWN, len(found.orders)), number=len(found.orders)
    )
    for order in found.orders[:_SHOWN]:
        line = _(
            "  {unit}, indicator {number}: {failures} failing, {mendable} can be mended;"
            " {failed} of failures, {cases} of cases"
        ).format(
            unit=order.unit.name,
            number=order.indicator,
            failures=count(order.failures),
            mendable=count(order.mendable),
            failed=percent(order.share_of_failures),
            cases=percent(order.share_of_cases),
        )
        if order.place is not None:
            line += "; " + _("number {place} of {of} from the lowest").format(
                place=order.place, of=order.of
            )
        yield line + "; " + _until(order)


def _until(order: Order) -> str:
    if order.deadline:
        return _("by {day}").format(day=day(order.deadline))
    if order.mendable:
        return _("no deadline is known")
    return _("from the next period on, to reach {rate}").format(rate=percent(order.rate_to_reach))
