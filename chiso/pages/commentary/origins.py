"""What is said where a tree begins: from whom an agency was formed, and what it is compared with."""

from __future__ import annotations

from collections.abc import Iterable

from chiso.base.i18n import day, points
from chiso.explain.origins import begins_with_tree, moved_since_merger, origin, untold_before
from chiso.pages.commentary.movement import moved
from chiso.pages.wording import listed, sentence
from chiso.rules.mergers import EXTENT, PART, TIERS, Merger, Origin
from chiso.store.figures import UnitFigures

_SHOWN = 3


def formed(unit: UnitFigures) -> Iterable[str]:
    """Who an agency was before the tree and how it compares, in the first period of the tree."""
    found = origin(unit)
    if found is None or not begins_with_tree(unit.figures):
        return
    if not found.codes:
        yield from _why_not(unit, found)
        return
    yield _from_whom(unit, found)
    if unit.previous is None:
        return
    if len(found.codes) > 1:
        yield from _compared(unit, unit.previous, found)
    else:
        yield _of_whom(unit, found)


def before_tree(unit: UnitFigures) -> str:
    """What the points of a chart that lie before the tree are, or why there are none; empty where
    there are no such periods, or the agency was the same."""
    found = origin(unit)
    if found is None or not unit.figures.retold:
        return ""
    if not found.codes:
        return " ".join(_why_not(unit, found))
    return _of_whom(unit, found, "before_of" if len(found.codes) == 1 else "before_no_total")


def period_before(unit: UnitFigures) -> str:
    """Whose figures those of the period before are, where they are other agencies'."""
    found = origin(unit)
    is_others = unit.previous is not None and unit.previous.figures.predecessors is not None
    return _of_whom(unit, found) if found and is_others else ""


def _of_whom(unit: UnitFigures, found: Origin, key: str = "before_of") -> str:
    words = {"day": day(unit.figures.tree.valid_from), "list": names(found.mergers)}
    return sentence(key, **words)


def names(mergers: Iterable[Merger]) -> str:
    """Old agencies by name; those that went there in part as such."""
    return ", ".join(
        sentence("in_part", name=one.old_name) if one.is_part else one.old_name for one in mergers
    )


def _from_whom(unit: UnitFigures, found: Origin) -> str:
    words = {"unit": unit.unit.name, "day": day(unit.figures.tree.valid_from)}
    return sentence("formed_from", list=names(found.mergers), **words)


def _why_not(unit: UnitFigures, found: Origin) -> Iterable[str]:
    words = {"unit": unit.unit.name, "day": day(unit.figures.tree.valid_from)}
    if found.mergers:
        yield _from_whom(unit, found)
    key = {PART: "part", EXTENT: "extent", TIERS: "tiers"}.get(found.why, "absent")
    yield sentence(f"not_before_{key}", **words)


def _compared(unit: UnitFigures, before: UnitFigures, found: Origin) -> Iterable[str]:
    """The indicators that moved most since the agencies together, and those that can't be told."""
    words = {"period": before.figures.settings.period.label, "list": names(found.mergers)}
    changed = moved_since_merger(unit)
    items = [
        sentence(
            "moved_item",
            number=one.number,
            name=one.label,
            moved=moved(one.difference),
            before=points(one.before),
            after=points(one.after),
        )
        for one in changed[:_SHOWN]
        if one.difference is not None
    ]
    if items:
        yield sentence("formed_sum", changes="; ".join(items), **words)
    untold = untold_before(unit)
    if untold:
        yield sentence("formed_untold", list=listed(untold))
