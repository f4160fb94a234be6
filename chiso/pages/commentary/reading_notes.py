"""What a reader must know of a unit's figures: inherited, free, carried over, absent, disputed."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import Any

from IPython.display import Markdown

from chiso.base.i18n import _, count, points, short_points
from chiso.base.markdown import bullets
from chiso.explain import free_points
from chiso.explain.ownership import has_dossiers
from chiso.explain.standing import PETITIONS
from chiso.pages.commentary import movement
from chiso.pages.wording import listed, sentence
from chiso.scoring.score import OFFICIAL
from chiso.store.figures import UnitFigures


def notes(unit: UnitFigures) -> Markdown:
    """What a reader must know of these figures: inherited, free, carried over, absent, disputed."""
    found = [
        *_with_communes(unit),
        *_inherited(unit),
        *_free_petitions(unit),
        *_published_only(unit),
        *without_score(unit),
        *movement.too_few(unit),
        *_differences(unit),
    ]
    return Markdown(bullets(found))


def _with_communes(unit: UnitFigures) -> Iterable[str]:
    """That a district's figures hold those of its communes, where they come from records."""
    below = unit.figures.tree.children(unit.unit.code)
    if unit.unit.level != "tinh" and below and not unit.case_counts.empty:
        yield sentence("with_communes", number=count(len(below)))


def _inherited(unit: UnitFigures) -> Iterable[str]:
    found = free_points(unit)
    if found.inherited_numbers:
        rules = [unit.rules[number] for number in found.inherited_numbers]
        yield sentence(
            "inherited",
            list=listed(found.inherited_numbers),
            points=points(found.inherited),
            max=short_points(sum((rule.max_points for rule in rules), Decimal(0))),
        )


def _free_petitions(unit: UnitFigures) -> Iterable[str]:
    found = free_points(unit)
    if found.free_numbers:
        yield sentence("free_petitions", points=points(found.free), list=listed(found.free_numbers))
    if found.decides_rank and has_dossiers(unit):
        yield sentence(
            "free_decides_rank",
            list=listed(PETITIONS),
            rank=found.rank,
            rank_without=found.rank_without,
        )


def _published_only(unit: UnitFigures) -> Iterable[str]:
    numbers = _numbers(unit, lambda row: row.basis == OFFICIAL)
    groups = list(unit.groups[unit.groups["basis"] == OFFICIAL]["group"])
    held = [
        *unit.groups[unit.groups["basis"] == OFFICIAL]["points"],
        *(
            row.points
            for row in unit.indicator_rows
            if row.indicator in numbers and _group(unit, row.indicator) not in groups
        ),
    ]
    names = [_("group {code}").format(code=code) for code in groups]
    names += [
        _("indicator {number}").format(number=number)
        for number in numbers
        if _group(unit, number) not in groups
    ]
    if held:
        yield sentence(
            "published_only", points=points(sum(held, Decimal(0))), list=", ".join(names)
        )


def without_score(unit: UnitFigures) -> Iterable[str]:
    """Which indicators have no points, and why."""
    published = set(unit.groups[unit.groups["basis"] == OFFICIAL]["group"])
    without = {
        "no_score": _numbers(unit, lambda row: row.points is None and row.basis != ""),
        "no_data": _numbers(unit, lambda row: row.points is None and row.basis == ""),
    }
    for key, numbers in without.items():
        silent = [number for number in numbers if _group(unit, number) not in published]
        if silent:
            yield sentence(key, number=len(silent), list=listed(silent))


def _differences(unit: UnitFigures) -> Iterable[str]:
    if len(unit.differences):
        yield sentence("differs", number=len(unit.differences))


def _numbers(unit: UnitFigures, holds: Callable[[Any], bool]) -> list[int]:
    return [row.indicator for row in unit.indicator_rows if holds(row)]


def _group(unit: UnitFigures, number: int) -> str:
    return unit.rules[number].indicator.group
