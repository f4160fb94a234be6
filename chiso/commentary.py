"""Sentences from figures; their wording stands in params/commentary/sentences.yml."""

from __future__ import annotations

import string
from collections.abc import Callable, Iterable
from decimal import Decimal
from functools import cache
from typing import Any

from IPython.display import Markdown

from chiso.errors import ParameterError
from chiso.explain import losses, losses_by_indicator
from chiso.figures import Figures, UnitFigures
from chiso.i18n import _, day, points, short_points
from chiso.locations import params_dir
from chiso.markdown import division, escape, strong
from chiso.params import Text, read_parameters
from chiso.scoring import OFFICIAL

_SHOWN = 3


def headline(unit: UnitFigures) -> Markdown:
    """The one sentence that says where the unit stands."""
    sentences = [strong(_standing(unit))]
    if unit.figures.settings.is_provisional:
        sentences.append(escape(sentence("provisional", day=day(unit.figures.settings.as_of))))
    return Markdown(division(" ".join(sentences), "headline"))


def unit_comment(unit: UnitFigures) -> Markdown:
    """A paragraph: where points are lost, what is full, inherited, free, carried over or absent."""
    found = [
        *_lost(unit),
        *_full_marks(unit),
        *_inherited(unit),
        *_free_petitions(unit),
        *_published_only(unit),
        *_no_score(unit),
        *_differences(unit),
    ]
    return Markdown(escape(" ".join(found)))


def province_comment(figures: Figures) -> Markdown:
    """A paragraph on all agencies: the highest, the lowest, and what costs most."""
    return Markdown(escape(" ".join([*_partial(figures), *_spread(figures), *_costliest(figures)])))


def sentence(key: str, **figures: object) -> str:
    """The sentence `key` in the reader's language, with its figures."""
    return str(_wording()[key]).format(**figures)


@cache
def _wording() -> dict[str, Text]:
    path = params_dir() / "commentary" / "sentences.yml"
    wording = read_parameters(path, dict[str, Text])
    for key, text in wording.items():
        if _placeholders(text.vi) != _placeholders(text.en):
            raise ParameterError(
                _("the sentence “{key}” does not use the same figures in both languages.").format(
                    key=key
                ),
                file=path,
                hint=_("Words in {braces} must be the same ones in vi and en."),
            )
    return wording


def _placeholders(text: str) -> set[str | None]:
    return {
        field for _literal, field, _spec, _conversion in string.Formatter().parse(text) if field
    }


def _standing(unit: UnitFigures) -> str:
    standing = unit.standing
    if standing.total is None:
        missing = sum(basis == "" for basis in unit.indicators["basis"])
        return sentence("standing_incomplete", unit=unit.unit.name, missing=missing)
    key = "standing_unranked"
    if standing.rank is not None and standing.cohort_size is not None:
        key = "standing_published_rank" if standing.rank_is_published else "standing_ranked"
    return sentence(
        key,
        unit=unit.unit.name,
        total=points(standing.total),
        max=short_points(standing.max_total),
        band=standing.band,
        rank=standing.rank,
        size=standing.cohort_size,
        cohort=unit.figures.tree.cohorts[unit.unit.cohort].name,
    )


def _lost(unit: UnitFigures) -> Iterable[str]:
    found = losses(unit)
    if found:
        items = [
            sentence("lost_item", number=loss.label, name=loss.name, lost=points(loss.points))
            for loss in found[:_SHOWN]
        ]
        yield sentence(
            "lost_most", lost=points(_total(loss.points for loss in found)), list="; ".join(items)
        )


def _full_marks(unit: UnitFigures) -> Iterable[str]:
    full = _numbers(unit, lambda row: row.points_lost == 0)
    if full:
        yield sentence("full_marks", number=len(full), list=_listed(full))


def _inherited(unit: UnitFigures) -> Iterable[str]:
    rules = [r for r in unit.figures.book.rules if r.indicator.scope == "province"]
    numbers = [rule.indicator.number for rule in rules]
    rows = unit.indicators[unit.indicators["indicator"].isin(numbers)]
    if unit.unit.level != "tinh" and numbers:
        yield sentence(
            "inherited",
            list=_listed(numbers),
            points=points(_total(value for value in rows["points"] if value is not None)),
            max=short_points(_total(rows["max_points"])),
        )


def _free_petitions(unit: UnitFigures) -> Iterable[str]:
    free = [
        number
        for number in _numbers(unit, lambda row: row.denominator == 0 and row.points_lost == 0)
        if unit.figures.book.rule(number).indicator.group == "V"
    ]
    if free:
        rows = unit.indicators[unit.indicators["indicator"].isin(free)]
        yield sentence("free_petitions", points=points(_total(rows["points"])), list=_listed(free))


def _published_only(unit: UnitFigures) -> Iterable[str]:
    numbers = _numbers(unit, lambda row: row.basis == OFFICIAL)
    groups = list(unit.groups[unit.groups["basis"] == OFFICIAL]["group"])
    held = [
        *unit.groups[unit.groups["basis"] == OFFICIAL]["points"],
        *(
            row.points
            for row in unit.indicators.itertuples()
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
        yield sentence("published_only", points=points(_total(held)), list=", ".join(names))


def _no_score(unit: UnitFigures) -> Iterable[str]:
    published = set(unit.groups[unit.groups["basis"] == OFFICIAL]["group"])
    silent = [
        number
        for number in _numbers(unit, lambda row: row.points is None)
        if _group(unit, number) not in published
    ]
    if silent:
        yield sentence("no_score", number=len(silent), list=_listed(silent))


def _differences(unit: UnitFigures) -> Iterable[str]:
    if len(unit.differences):
        yield sentence("differs", number=len(unit.differences))


def _partial(figures: Figures) -> Iterable[str]:
    below = [unit for unit in figures.units if unit.level != "tinh"]
    cohorts = {unit.cohort for unit in below if figures.tree.cohorts[unit.cohort].partial}
    if cohorts:
        yield sentence("partial", number=len(below))


def _spread(figures: Figures) -> Iterable[str]:
    for code, cohort in figures.tree.cohorts.items():
        totals = [
            (standing.total, unit.name)
            for unit in figures.units
            if unit.cohort == code and unit.level != "tinh"
            for standing in [figures.standing(unit.code)]
            if standing.total is not None
        ]
        if len(totals) > 1:
            best, last = max(totals, key=_first), min(totals, key=_first)
            yield sentence(
                "province_spread",
                cohort=cohort.name,
                number=len(totals),
                best=best[1],
                best_total=points(best[0]),
                last=last[1],
                last_total=points(last[0]),
            )


def _first(pair: tuple[Decimal, object]) -> Decimal:
    return pair[0]


def _costliest(figures: Figures) -> Iterable[str]:
    losses = losses_by_indicator(figures)[:_SHOWN]
    if losses:
        items = [
            sentence(
                "province_costliest_item",
                number=loss.number,
                name=_name(figures, loss.number),
                lost=points(loss.mean),
            )
            for loss in losses
        ]
        yield sentence("province_costliest", list="; ".join(items))


def _numbers(unit: UnitFigures, holds: Callable[[Any], bool]) -> list[int]:
    return [row.indicator for row in unit.indicators.itertuples() if holds(row)]


def _group(unit: UnitFigures, number: int) -> str:
    return unit.figures.book.rule(number).indicator.group


def _name(figures: Figures, number: int) -> str:
    return str(figures.book.rule(number).indicator.name)


def _listed(numbers: Iterable[int]) -> str:
    return ", ".join(map(str, numbers))


def _total(values: Iterable[Decimal]) -> Decimal:
    return sum(values, Decimal(0))
