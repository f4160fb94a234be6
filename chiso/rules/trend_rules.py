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
    """A day that starts a new baseline."""

    from_: Annotated[Day, Field(alias="from")]
    """The day from which on nothing before may be compared."""
    name: Text
    source: Annotated[str, Field(min_length=1)]
    indicators: tuple[Annotated[int, Field(ge=1, le=21)], ...] = ()
    """Only these indicators, their groups and the total; left out: everything."""

    def touches(self, item: str, scored_by: IndicatorSet) -> bool:
        """Whether it is a break of `item` (total, I .. V, 1 .. 21)."""
        return not self.indicators or any(
            item in ("total", indicator.group, str(indicator.number))
            for indicator in scored_by.indicators
            if indicator.number in self.indicators
        )


@parameters
class Rebase:
    """An analyst's new baseline from a day on."""

    from_: Annotated[Day, Field(alias="from")]
    """The day from which on a new mean is reckoned."""
    reason: Annotated[str, Field(min_length=1)]
    """Why."""
    decided_by: Annotated[str, Field(min_length=1)]
    """Who decided it."""
    unit: str | None = None
    """Only for this unit, by its code; left out: all."""
    item: str | None = None
    """Only for this: total, a group (I ... V) or an indicator (1 ... 21); left out: all."""


@parameters
class TrendRules:
    """params/trends.yml."""

    source: Annotated[str, Field(min_length=1)]
    last_confirmed: Day
    limit: Annotated[Number, Field(gt=0)]
    """How many mean moving ranges the limits lie from the mean."""
    near_thirds: Annotated[int, Field(ge=1, le=2)]
    """The near limit lies at so many thirds of that way."""
    screening: Annotated[Number, Field(gt=1)]
    """A moving range of so many times their mean is left out once, before the limits are
    reckoned."""
    trend: Length
    """So many points in a row that rise or fall are a change."""
    run: Length
    """So many points in a row on one side of the mean are a change."""
    trial_from: Length
    """From so many points on there are limits."""
    fixed_from: Length
    """From so many points on the limits stay those of the first so many."""
    breaks: tuple[Break, ...]
    """Days from which on nothing before may be compared."""
    rebases: tuple[Rebase, ...]
    """New means that an analyst decided on."""

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
