"""The parameters of trends: limits, runs, breaks and rebases of params/trends.yml."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from itertools import pairwise
from typing import Annotated

from pydantic import Field

from chiso.base.i18n import _
from chiso.base.locations import params_dir
from chiso.base.params import Day, Number, Problem, Text, parameters, remembered_parameters
from chiso.rules.indicators import GROUPS, NUMBERS, IndicatorSet

ITEMS = ("total", *GROUPS, *map(str, NUMBERS))
Length = Annotated[int, Field(ge=2)]


@parameters
class Break:
    """A day from which nothing before may be compared; starts a new baseline everywhere, or of what
    hangs on `indicators`, where they are named."""

    from_: Annotated[Day, Field(alias="from")]
    name: Text
    source: Annotated[str, Field(min_length=1)]
    indicators: tuple[Annotated[int, Field(ge=1, le=21)], ...] = ()

    def touches(self, item: str, scored_by: IndicatorSet) -> bool:
        """Whether it is a break of `item` (total, I .. V, 1 .. 21)."""
        return not self.indicators or any(
            item in ("total", indicator.group, str(indicator.number))
            for indicator in scored_by.indicators
            if indicator.number in self.indicators
        )


@parameters
class Rebase:
    """An analyst's new baseline from a day on; for all units and items unless they are named."""

    from_: Annotated[Day, Field(alias="from")]
    reason: Annotated[str, Field(min_length=1)]
    decided_by: Annotated[str, Field(min_length=1)]
    unit: str | None = None
    item: str | None = None


@parameters
class TrendRules:
    """params/trends.yml; its comments say what each number means."""

    source: Annotated[str, Field(min_length=1)]
    last_confirmed: Day
    limit: Annotated[Number, Field(gt=0)]
    near_thirds: Annotated[int, Field(ge=1, le=2)]
    screening: Annotated[Number, Field(gt=1)]
    trend: Length
    run: Length
    trial_from: Length
    fixed_from: Length
    breaks: tuple[Break, ...]
    rebases: tuple[Rebase, ...]

    def days(self, unit: str, item: str, scored_by: IndicatorSet) -> tuple[date, ...]:
        """The days on which a new baseline of `unit` and `item` (total, I .. V, 1 .. 21) starts:
        breaks, rebases, and days on which the set changed a target that the item hangs on."""
        rebased = (
            entry.from_
            for entry in self.rebases
            if entry.unit in (None, unit) and entry.item in (None, item)
        )
        breaks = (entry.from_ for entry in self.breaks if entry.touches(item, scored_by))
        return (*breaks, *rebased, *_changed_targets(scored_by, item))


def _changed_targets(scored_by: IndicatorSet, item: str) -> tuple[date, ...]:
    """The days from which the same figures give other points of `item`."""
    return tuple(
        after.from_
        for indicator in scored_by.indicators
        if item in ("total", indicator.group, str(indicator.number))
        for before, after in pairwise(sorted(indicator.target, key=lambda one: one.from_))
        if before.value != after.value
    )


def trend_rules() -> TrendRules:
    """The rules of params/trends.yml; ParameterError if the file is wrong."""
    return remembered_parameters(params_dir() / "trends.yml", TrendRules, _problems)


def _problems(content: TrendRules) -> Iterator[Problem]:
    if content.fixed_from < content.trial_from:
        yield (
            ("fixed_from",),
            _("the limits can't be fixed before there are any (trial_from: {number}).").format(
                number=content.trial_from
            ),
        )
    for i, entry in enumerate(content.rebases):
        if entry.item is not None and entry.item not in ITEMS:
            yield (
                ("rebases", i, "item"),
                _("“{value}” is not allowed; allowed: {expected}.").format(
                    value=entry.item, expected=", ".join(ITEMS)
                ),
            )
