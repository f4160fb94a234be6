"""What a unit's page says to do: the way with the fewest cases to the next class or rank."""

from __future__ import annotations

from decimal import ROUND_CEILING, Decimal

from chiso.base.i18n import count, percent, points
from chiso.base.markdown import bullets, escape, link, strong
from chiso.explain import cohort_standing
from chiso.explain.standing import SHOWN
from chiso.explain.way_up import WayStep, WayUp, most_reachable, next_band, way_up
from chiso.pages.wording import about_cases, listed, sentence
from chiso.rules.indicators import ClassBand
from chiso.store.figures import UnitFigures


def to_do(unit: UnitFigures) -> str:
    """The way with the fewest cases to the next class, else to the next rank; and what it takes from
    the next period on where cases that can still be mended don't bring the class."""
    standing, band = cohort_standing(unit), next_band(unit)
    if standing.own is None:
        return ""
    words: dict[str, object]
    if band:
        words = {"band": str(band.name), "needed": points(band.at_least - standing.own)}
        way = way_up(unit, band.at_least)
        if way:
            return _way(unit, way, "way_to_class", words)
    parts = []
    if standing.to_next_rank is not None:
        words = {"rank": standing.next_rank, "needed": points(standing.to_next_rank)}
        way = way_up(unit, standing.own + standing.to_next_rank)
        if way:
            parts.append(_way(unit, way, "way_to_rank", words))
    if band:
        parts.append(_next_period(unit, band))
    return "\n\n".join(parts)


def _way(unit: UnitFigures, way: WayUp, key: str, words: dict[str, object]) -> str:
    """A way by its steps, those that bring most; all of them stand in a table (tables.way_table)."""
    cases, after = count(way.cases), points(way.total_after)
    head = sentence(key if way.is_proved else f"{key}_unproved", cases=cases, after=after, **words)
    lines = bullets([_action(unit, step, way.from_records) for step in way.steps[:SHOWN]])
    links = []
    if key == "way_to_class" and len(way.steps) > 1:
        is_shared = sum(step.cases for step in way.steps) > way.cases
        more = "way_more_shared" if is_shared else "way_more"
        links.append(link(sentence(more, number=len(way.steps)), "#table-way"))
    elif way.from_records:
        links.append(link(sentence("way_cases", number=len(unit.case_counts)), "#cases"))
    if way.from_records and unit.figures.settings.cases == "public":
        links.append(link(sentence("way_list"), f"{unit.unit.code}-cases.xlsx"))
    if not way.from_records:
        links.append(escape(sentence("every_case", number=len(way.steps))))
    return "\n\n".join([strong(head), lines, *links])


def _action(unit: UnitFigures, step: WayStep, from_records: bool) -> str:
    """What to do about so many cases of an indicator, how many can be mended, what it brings."""
    words = {
        "action": about_cases("action", step.number, unit.figures.book, cases=count(step.cases)),
        "number": step.number,
        "points": points(step.points),
    }
    if step.lifted:
        return sentence("action_item_lifting", lifted=listed(step.lifted), **words)
    if not from_records:
        return sentence("action_item", **words)
    table = unit.case_counts.set_index("indicator")["mendable"]
    return sentence("action_item_mendable", mendable=count(int(table[step.number])), **words)


def _next_period(unit: UnitFigures, band: ClassBand) -> str:
    """The rates that bring the next class from the next period on, with the fewest cases as they are
    now; or how far all of the unit's own cases bring it."""
    needed = points(band.at_least - (unit.standing.total or Decimal(0)))
    words = {"band": str(band.name), "needed": needed}
    way = way_up(unit, band.at_least, every_case=True)
    if way is None:
        most = points(most_reachable(unit))
        return escape(sentence("class_out_of_reach", total=most, **words))
    items = [
        sentence(
            "rate_item",
            number=step.number,
            name=unit.figures.book.rule(step.number).indicator.name,
            rate=percent(step.rate.quantize(Decimal("0.0001"), ROUND_CEILING)),
            now=percent(unit.counts[step.number].rate),
        )
        for step in way.steps
    ]
    return f"{strong(sentence('class_next_period', **words))}\n\n{bullets(items)}"
