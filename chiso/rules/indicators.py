"""An indicator set: what each of the 21 indicators is worth and how its points follow from counts.

Source of the rules: Quyết định 766/QĐ-TTg (23/6/2022) and the annex of Công văn 2283/UBND-PVHCC&KSTT
(30/8/2022); each entry of params/indicators/*.yml names its own.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from chiso.base.errors import ParameterError
from chiso.base.i18n import _
from chiso.base.locations import locate
from chiso.base.params import Day, Number, Problem, Rate, Text, parameters, remembered_parameters

NUMBERS = range(1, 22)
# The indicator of dossiers handled in time, by which others are read too.
ON_TIME = 5
GROUPS = ("I", "II", "III.a", "III.b", "IV", "V")
Points = Annotated[Number, Field(gt=0)]
WhenEmpty = Literal["no_score", "zero", "full", "rescale"]
IndicatorNumber = Annotated[int, Field(ge=1, le=21)]
NotApplicable = Literal["zero", "full", "exclude"]
Level = Literal["tinh", "so", "huyen", "xa"]


@parameters
class Target:
    """The rate that earns full points, from one day on; a later entry replaces it."""

    from_: Annotated[Day, Field(alias="from")]
    value: Rate
    """The rate that earns full points."""
    source: Text


@parameters
class Group:
    """A group of indicators as results are published: I, II, III.a, III.b, IV, V."""

    code: Literal["I", "II", "III.a", "III.b", "IV", "V"]
    """The group as results are published."""
    name: Text
    max_points: Points
    """The most points of the group."""


@parameters
class Indicator:
    """One indicator: its maximum, its rule, and what holds where the rule does not reach.

    `target` empty: points = max x rate; else points = min(max, max x rate / target in force).
    `when_empty`: points where the denominator is 0; `rescale`: the indicator leaves its group, of
    which the rest counts for all of the group's points, and so does one without figures where the
    rest has its counts.
    """

    number: IndicatorNumber
    """The number of the indicator, 1 to 21."""
    portal_code: str
    """The fields of the national portal's answers that the indicator is computed from, or its name there."""
    name: Text
    definition: Text
    """Numerator and denominator in words."""
    group: Literal["I", "II", "III.a", "III.b", "IV", "V"]
    """The group that the indicator belongs to."""
    max_points: Points
    """The most points of the indicator."""
    when_empty: WhenEmpty
    """What holds where the denominator is 0: no_score (none), zero, full, or rescale (the rest of
    the group counts for all of its points)."""
    source: Text
    target: tuple[Target, ...] = ()
    """The rate that earns full points, by the day it holds from; left out, points grow with the
    rate up to 100%."""
    scope: Literal["unit", "province"] = "unit"
    """unit: each unit by its own figures; province: every unit carries the province's."""
    zero_levels: tuple[Level, ...] = ()
    """Units of these levels get 0 whatever was counted."""
    round_percentage: bool = False
    """true: the percentage is rounded before points follow from it."""
    factor_of: IndicatorNumber | None = None
    """The rate is first multiplied by the unit's rate of this other indicator; without that there
    are no points."""


@parameters
class ClassBand:
    """A class (xếp loại): totals from `at_least` up to, not including, `below`."""

    code: Annotated[str, Field(pattern=r"^[a-z]+(-[a-z]+)*$")]
    """What is stored for the class: small letters and hyphens."""
    name: Text
    at_least: Number
    """The fewest points of the class."""
    below: Number | None = None
    """The class ends below this number of points; left out: no end."""

    def __str__(self) -> str:
        """Its name, as the reader has it."""
        return str(self.name)


@parameters
class MeasureOptions:
    """How records become counts where systems differ; the defaults are those of the description
    of the formulas."""

    comparison: Literal["instant", "date"] = "instant"
    """Whether a dossier is in time by the moment (instant) or by the day (date)."""
    no_due_date: Literal["term", "on_time"] = "term"
    """A dossier without a due date: by the procedure's longest term (term), or within its term
    (on_time)."""
    suspended: Literal["portal", "on_time"] = "portal"
    """A dossier that waits for a supplement or was stopped: as any other (portal), or within its
    term (on_time)."""
    dossier_population: Literal["received", "processed"] = "received"
    """12, 13, 14, 16, 18 count what was received in the period (received), or all that 5 counts
    (processed)."""
    result_scope: Literal["paper", "all"] = "paper"
    """12 counts dossiers of procedures that return a paper (paper), or all."""
    population_data: Literal["vneid", "any"] = "any"
    """17 and 18 count the login verified by VNeID alone (vneid), or any use of population data
    (any)."""
    strict_online: bool = False
    """true: 8 counts a dossier as online only with an electronic result, where its procedure
    returns a paper."""


@parameters
class IndicatorSet:
    """A whole indicator set as a file of params/indicators/ gives it."""

    code: str
    """What the set is called where it is stored; the name of the file."""
    name: Text
    source: Text
    last_confirmed: Day
    valid_from: Day
    total: Points
    """The most points of all groups together."""
    digits: Annotated[int, Field(ge=0, le=6)]
    """To how many decimals the points of an indicator are rounded."""
    groups: tuple[Group, ...]
    """The groups with their most points."""
    indicators: tuple[Indicator, ...]
    """The 21 indicators."""
    classes: tuple[ClassBand, ...]
    """The classes by total points."""
    valid_to: Day | None = None
    not_applicable: NotApplicable | None = None
    """Holds in place of every `when_empty`: zero, full, or exclude (left out, the total scaled to
    what is left)."""
    measures: MeasureOptions = MeasureOptions()
    """How records become counts where systems differ."""


@dataclass(frozen=True)
class Rule:
    """An indicator's rule on one day: `target` is the one in force, None for proportional.

    As a set has it, `max_points` are the indicator's and `factor` is None. As it holds for one unit
    (`scoring.applied`), `max_points` are what it is worth there, 0 where it left its group, and
    `factor` is the rate of the indicator `factor_of`, None where there is none.
    """

    indicator: Indicator
    target: Decimal | None
    max_points: Decimal
    factor: Fraction | None = None


@dataclass(frozen=True)
class RuleBook:
    """The rules of a set that are in force on one day; what scoring works with.

    `fingerprint` is the SHA-256 of the set's file.
    """

    set: IndicatorSet
    rules: tuple[Rule, ...]
    fingerprint: str

    def rule(self, number: int) -> Rule:
        """The rule of indicator `number` (1 to 21)."""
        return self.rules[number - 1]

    def of_group(self, code: str) -> tuple[Rule, ...]:
        """The rules of one group, in the order of their numbers."""
        return tuple(rule for rule in self.rules if rule.indicator.group == code)

    def empty(self, rule: Rule) -> str:
        """What holds where a denominator is 0: the set's own choice, else the indicator's."""
        return self.set.not_applicable or rule.indicator.when_empty

    def band(self, total: Decimal) -> ClassBand:
        """The class that `total` (points) falls into."""
        return next(band for band in self.set.classes if total >= band.at_least)

    def band_of(self, code: str) -> ClassBand:
        """The class with a code."""
        return next(band for band in self.set.classes if band.code == code)

    def class_code(self, published: str) -> str:
        """The code of a class as published, by its name or code; the text itself if none has it."""
        known = {
            text.casefold(): band.code
            for band in self.set.classes
            for text in (band.name.en, band.name.vi, band.code)
        }
        return known.get(published.casefold(), published)


def load_rules(name: str, on: date | None = None) -> RuleBook:
    """The rules of set `name` (of params/indicators/, or a path) in force on day `on`.

    Without `on`: the newest rules of the set. Raises ParameterError for a wrong file and for a
    day on which the set, or a target of it, is not in force.
    """
    path = locate(name, "indicators")
    indicator_set = remembered_parameters(path, IndicatorSet, _problems)
    day = on or indicator_set.valid_to or date.max
    if on and not indicator_set.valid_from <= on <= (indicator_set.valid_to or date.max):
        raise ParameterError(
            _("The indicator set {code} is not in force on {day}.").format(
                code=indicator_set.code, day=on.strftime("%d/%m/%Y")
            ),
            file=path,
            hint=_(
                "Name a set that is in force under “indicator_set” in params/defaults.yml, with the day"
                " it holds from, or in params/periods/ for one period."
            ),
        )
    ordered = sorted(indicator_set.indicators, key=lambda indicator: indicator.number)
    rules = tuple(Rule(item, _target_on(path, item, day), item.max_points) for item in ordered)
    return RuleBook(indicator_set, rules, hashlib.sha256(path.read_bytes()).hexdigest())


def _target_on(path: Path, indicator: Indicator, day: date) -> Decimal | None:
    if not indicator.target:
        return None
    in_force = [target for target in indicator.target if target.from_ <= day]
    if not in_force:
        raise ParameterError(
            _("Indicator {number} has no target in force on {day}.").format(
                number=indicator.number, day=day.strftime("%d/%m/%Y")
            ),
            file=path,
            hint=_("Add a target with its date and source."),
        )
    return max(in_force, key=lambda target: target.from_).value


def _problems(indicator_set: IndicatorSet) -> Iterator[Problem]:
    """What the types can't say: the relations between the parts of a set."""
    yield from _number_problems(indicator_set)
    yield from _points_problems(indicator_set)
    yield from _target_problems(indicator_set)
    yield from _factor_problems(indicator_set)
    yield from _rescale_problems(indicator_set)
    yield from _class_problems(indicator_set)


def _number_problems(indicator_set: IndicatorSet) -> Iterator[Problem]:
    numbers = Counter(indicator.number for indicator in indicator_set.indicators)
    for i, indicator in enumerate(indicator_set.indicators):
        if numbers[indicator.number] > 1:
            yield (
                ("indicators", i, "number"),
                _("the number {number} stands here more than once.").format(
                    number=indicator.number
                ),
            )
    absent = [str(number) for number in NUMBERS if number not in numbers]
    if absent:
        yield (
            ("indicators",),
            _("these indicators are missing: {numbers}.").format(numbers=", ".join(absent)),
        )
    codes = Counter(group.code for group in indicator_set.groups)
    if codes != Counter(GROUPS):
        yield (
            ("groups",),
            _("the groups must be {groups}, each once.").format(groups=", ".join(GROUPS)),
        )


def _points_problems(indicator_set: IndicatorSet) -> Iterator[Problem]:
    for i, group in enumerate(indicator_set.groups):
        held = sum(item.max_points for item in indicator_set.indicators if item.group == group.code)
        if held != group.max_points:
            yield (
                ("groups", i, "max_points"),
                _(
                    "the indicators of group {group} add up to {held} points, not to {maximum}."
                ).format(group=group.code, held=held, maximum=group.max_points),
            )
    held = sum(indicator.max_points for indicator in indicator_set.indicators)
    if held != indicator_set.total:
        yield (
            ("total",),
            _("the indicators add up to {held} points, not to {maximum}.").format(
                held=held, maximum=indicator_set.total
            ),
        )
    if indicator_set.total != 100:
        yield (
            ("total",),
            _("the total must be 100 points, not {total}.").format(total=indicator_set.total),
        )


def _target_problems(indicator_set: IndicatorSet) -> Iterator[Problem]:
    for i, indicator in enumerate(indicator_set.indicators):
        days = Counter(target.from_ for target in indicator.target)
        for j, target in enumerate(indicator.target):
            if not 0 < target.value <= 1:
                yield (
                    ("indicators", i, "target", j, "value"),
                    _("a target must be above 0 and at most 1, not {value}.").format(
                        value=target.value
                    ),
                )
            if days[target.from_] > 1:
                yield (
                    ("indicators", i, "target", j, "from"),
                    _("two targets begin on the same day."),
                )


def _factor_problems(indicator_set: IndicatorSet) -> Iterator[Problem]:
    multiplied = {item.number for item in indicator_set.indicators if item.factor_of}
    for i, indicator in enumerate(indicator_set.indicators):
        if indicator.factor_of and {indicator.number, indicator.factor_of} <= multiplied:
            yield (
                ("indicators", i, "factor_of"),
                _("the factor must be another indicator, one without a factor of its own."),
            )
        if indicator.factor_of and indicator.round_percentage:
            yield (
                ("indicators", i, "round_percentage"),
                _("a rate that is multiplied by another is not rounded before."),
            )


def _rescale_problems(indicator_set: IndicatorSet) -> Iterator[Problem]:
    for i, group in enumerate(indicator_set.groups):
        held = [item for item in indicator_set.indicators if item.group == group.code]
        if held and all(item.when_empty == "rescale" for item in held):
            yield (
                ("groups", i, "code"),
                _(
                    "one indicator of group {group} at least must stay: not all can have"
                    " “when_empty: rescale”."
                ).format(group=group.code),
            )


def _class_problems(indicator_set: IndicatorSet) -> Iterator[Problem]:
    bands = indicator_set.classes
    codes = Counter(band.code for band in bands)
    for i, band in enumerate(bands):
        if codes[band.code] > 1:
            yield (
                ("classes", i, "code"),
                _("the code {code} stands here more than once.").format(code=band.code),
            )
        expected = None if i == 0 else bands[i - 1].at_least
        if band.below != expected:
            yield (
                ("classes", i, "below" if band.below is not None else "at_least"),
                _("classes must meet without a gap: “below” must be {expected} here.").format(
                    expected=_("absent") if expected is None else expected
                ),
            )
        if expected is not None and band.at_least >= expected:
            yield ("classes", i, "at_least"), _("classes must stand from the best to the lowest.")
    if not bands or bands[-1].at_least != 0:
        yield ("classes",), _("the lowest class must begin at 0.")
