"""From counts to points, groups, totals, classes and ranks, by the rules of an indicator set.

Pure: tables in, tables out. All points are Decimal. A null stays a null: a group or a total exists
only where every part of it is present in the figures (computed, published, or without a score by
rule), and only a total that exists has a class and a rank.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction

import pandas as pd

from chiso.base.rounding import half_up, shown
from chiso.rules.indicators import GROUPS, NUMBERS, Rule, RuleBook
from chiso.rules.units import Tree, Unit

INDICATOR_COLUMNS = [
    "unit", "indicator", "numerator", "denominator", "rate", "points", "max_points",
    "points_lost", "basis",
]  # fmt: skip
GROUP_COLUMNS = ["unit", "group", "points", "max_points", "basis"]
TOTAL_COLUMNS = [
    "unit", "level", "total", "max_total", "complete", "class", "rank", "cohort_size", "basis",
]  # fmt: skip
DIFFERENCE_COLUMNS = ["unit", "item", "ours", "official"]
RATE_DIGITS = 10

COMPUTED, OFFICIAL, MIXED = "computed", "official", "mixed"


@dataclass(frozen=True)
class Count:
    """Numerator and denominator of one unit and indicator; both None: no data."""

    numerator: int | None
    denominator: int | None

    @property
    def rate(self) -> Fraction | None:
        """None without data and where the denominator is 0."""
        if self.numerator is None or not self.denominator:
            return None
        return Fraction(self.numerator, self.denominator)


NO_DATA = Count(None, None)


@dataclass(frozen=True)
class Part:
    """Points of an indicator, a group or a total.

    `present`: the figures hold it, though it may be without a score by rule (points None).
    `basis`: computed, official, mixed, or empty where there is nothing.
    """

    points: Decimal | None
    max_points: Decimal
    present: bool
    basis: str


@dataclass(frozen=True)
class UnitScore:
    """All that follows for one unit from its counts and published results."""

    counts: Mapping[int, Count]
    indicators: Mapping[int, Part]
    groups: Mapping[str, Part]
    total: Part


@dataclass(frozen=True)
class Scores:
    """A scored period as tables with the columns above, ordered by unit, then by item.

    Points, rates and totals are Decimal or None, counts int or None, ranks int or None, a class is
    its code in the set.
    """

    indicators: pd.DataFrame
    groups: pd.DataFrame
    totals: pd.DataFrame
    differences: pd.DataFrame


def applied(rule: Rule, counts: Mapping[int, Count], max_points: Decimal) -> Rule:
    """`rule` as it holds for a unit with these counts, where it is worth `max_points`."""
    return replace(rule, max_points=max_points, factor=_factor(rule, counts))


def _factor(rule: Rule, counts: Mapping[int, Count]) -> Fraction | None:
    number = rule.indicator.factor_of
    return counts.get(number, NO_DATA).rate if number else None


def indicator_part(rule: Rule, count: Count, level: str | None, book: RuleBook) -> Part:
    """The points of one indicator of a unit by its `applied` rule (params/indicators/: target,
    factor_of, when_empty, zero_levels)."""
    maximum, digits = rule.max_points, book.set.digits
    if level in rule.indicator.zero_levels:
        return Part(Decimal(0), maximum, True, COMPUTED)
    if maximum == 0:  # it left its group
        return Part(None, maximum, True, COMPUTED)
    if count.denominator is None or count.numerator is None:
        return Part(None, maximum, False, "")
    if count.denominator == 0:
        return _empty_part(rule, book)
    if rule.indicator.factor_of and rule.factor is None:
        return Part(None, maximum, False, "")
    exact = _exact_points(rule, Fraction(count.numerator, count.denominator), digits)
    return Part(half_up(exact, digits), maximum, True, COMPUTED)


def _empty_part(rule: Rule, book: RuleBook) -> Part:
    """What holds for a denominator of 0."""
    maximum, choice = rule.max_points, book.empty(rule)
    if choice == "exclude":
        return Part(None, Decimal(0), True, COMPUTED)
    points = {"zero": Decimal(0), "full": maximum, "no_score": None, "rescale": None}[choice]
    return Part(points, maximum, True, COMPUTED)


def _exact_points(rule: Rule, rate: Fraction, digits: int) -> Fraction:
    """min(max, max x rate x factor / target)."""
    if rule.indicator.round_percentage:
        rate = Fraction(half_up(rate * 100, digits)) / 100
    if rule.factor is not None:
        rate *= rule.factor
    maximum = Fraction(rule.max_points)
    return min(maximum, maximum * rate / Fraction(rule.target or 1))


def _with_official(part: Part, published: Decimal | None) -> Part:
    """`part`, or the published figure where there is nothing to compute from."""
    if part.present or published is None:
        return part
    return Part(published, part.max_points, True, OFFICIAL)


def _sum(parts: list[Part], maximum: Decimal) -> Part:
    """The sum of `parts`; absent as soon as one of them is absent."""
    if not all(part.present for part in parts):
        return Part(None, maximum, False, "")
    bases = {part.basis for part in parts}
    points = sum((part.points for part in parts if part.points is not None), Decimal(0))
    return Part(points, maximum, True, bases.pop() if len(bases) == 1 else MIXED)


def score_unit(
    counts: Mapping[int, Count],
    official: Mapping[str, str],
    book: RuleBook,
    level: str | None = None,
) -> UnitScore:
    """Score one unit; `official` maps items (1..21, groups, total) to published values."""

    def published(item: str) -> Decimal | None:
        return Decimal(official[item]) if item in official else None

    worth = {code: _worth(code, counts, official, book) for code in GROUPS}
    indicators = {}
    for number in NUMBERS:
        rule = book.rule(number)
        rule = applied(rule, counts, worth[rule.indicator.group][number])
        part = indicator_part(rule, counts.get(number, NO_DATA), level, book)
        indicators[number] = _with_official(part, published(str(number)))
    groups = {}
    for code in GROUPS:
        parts = [indicators[rule.indicator.number] for rule in book.of_group(code)]
        maximum = sum((part.max_points for part in parts), Decimal(0))
        groups[code] = _with_official(_sum(parts, maximum), published(code))
    applicable = sum((part.max_points for part in groups.values()), Decimal(0))
    total = _sum(list(groups.values()), book.set.total)
    total = _with_official(_rescaled(total, applicable, book), published("total"))
    return UnitScore(counts, indicators, groups, total)


def _worth(
    group: str, counts: Mapping[int, Count], official: Mapping[str, str], book: RuleBook
) -> dict[int, Decimal]:
    """What each indicator of a group is worth to a unit: its maximum, unless some leave the group
    (when_empty: rescale); the rest then shares all of the group's points as its maxima stand to
    each other, in whole hundredths (by the set's digits) that add up."""
    rules = book.of_group(group)
    left = _leaving(rules, counts, official, book)
    worth = {rule.indicator.number: rule.max_points for rule in rules}
    if not left:
        return worth
    whole = Fraction(sum(worth.values()))
    rest = Fraction(sum(points for number, points in worth.items() if number not in left))
    running, given = Fraction(0), Decimal(0)
    for number, points in worth.items():
        running += 0 if number in left else Fraction(points)
        upto = half_up(whole * running / rest, book.set.digits)
        worth[number], given = upto - given, upto
    return worth


def _leaving(
    rules: tuple[Rule, ...],
    counts: Mapping[int, Count],
    official: Mapping[str, str],
    book: RuleBook,
) -> frozenset[int]:
    """The indicators of a group that a unit has no figures for and that leave it by the set's rule;
    none where the rest lacks counts, because nothing can be computed then."""
    held = {rule.indicator.number: counts.get(rule.indicator.number, NO_DATA) for rule in rules}
    left = frozenset(
        rule.indicator.number
        for rule in rules
        if book.empty(rule) == "rescale"
        and held[rule.indicator.number].rate is None
        and str(rule.indicator.number) not in official
    )
    known = all(
        count.denominator is not None for number, count in held.items() if number not in left
    )
    return left if known else frozenset()


def _rescaled(total: Part, applicable: Decimal, book: RuleBook) -> Part:
    """With not_applicable: exclude, what is left of the scale counts as the whole of it."""
    if total.points is None or applicable == book.set.total:
        return total
    if applicable == 0:
        return Part(None, total.max_points, False, "")
    points = Fraction(total.points * book.set.total) / Fraction(applicable)
    return Part(half_up(points, book.set.digits), total.max_points, True, total.basis)


def score(
    counts: pd.DataFrame, official: pd.DataFrame, book: RuleBook, tree: Tree | None = None
) -> Scores:
    """Score every unit of `counts` and `official`.

    counts: unit, indicator, numerator, denominator (int or None). official: unit, item, value
    (text). With `tree`: levels, inherited indicators and cohorts follow it; its order is the
    order of the result. Without: every unit is scored by its own counts in one cohort.
    """
    held = counts_by_unit(counts)
    published = _official_by_unit(official)
    codes = sorted({*held, *published})
    if tree is not None:
        codes = [unit.code for unit in tree.units if unit.code in held or unit.code in published]
    units = {code: tree.unit(code) if tree else None for code in codes}
    scored = {
        code: score_unit(
            inherited(code, held, book, tree),
            published.get(code, {}),
            book,
            unit.level if unit else None,
        )
        for code, unit in units.items()
    }
    totals = _totals_table(scored, units, published, book, tree)
    return Scores(
        _indicators_table(scored),
        _groups_table(scored),
        totals,
        _differences_table(scored, totals, published, book),
    )


def counts_by_unit(counts: pd.DataFrame) -> dict[str, dict[int, Count]]:
    """The counts of a table (unit, indicator, numerator, denominator) by unit and indicator."""
    held: dict[str, dict[int, Count]] = {}
    for row in counts.itertuples(index=False):
        held.setdefault(row.unit, {})[row.indicator] = Count(row.numerator, row.denominator)
    return held


def _official_by_unit(official: pd.DataFrame) -> dict[str, dict[str, str]]:
    published: dict[str, dict[str, str]] = {}
    for row in official.itertuples(index=False):
        published.setdefault(row.unit, {})[row.item] = row.value
    return published


def inherited(
    code: str, held: Mapping[str, Mapping[int, Count]], book: RuleBook, tree: Tree | None
) -> dict[int, Count]:
    """A unit's counts, with the province's, where it has any, in place of its own by the rule."""
    own = dict(held.get(code, {}))
    above = held.get(tree.province, {}) if tree else {}
    for rule in book.rules:
        count = above.get(rule.indicator.number, NO_DATA)
        if rule.indicator.scope == "province" and count != NO_DATA:
            own[rule.indicator.number] = count
    return own


def _indicators_table(scored: Mapping[str, UnitScore]) -> pd.DataFrame:
    rows = []
    for code, unit_score in scored.items():
        for number, part in unit_score.indicators.items():
            count = unit_score.counts.get(number, NO_DATA)
            rate = None if count.rate is None else half_up(count.rate, RATE_DIGITS)
            lost = None if part.points is None else part.max_points - part.points
            rows.append(
                (code, number, count.numerator, count.denominator, rate, part.points,
                 part.max_points, lost, part.basis)
            )  # fmt: skip
    return pd.DataFrame(rows, columns=INDICATOR_COLUMNS, dtype=object)


def _groups_table(scored: Mapping[str, UnitScore]) -> pd.DataFrame:
    rows = [
        (code, group, part.points, part.max_points, part.basis)
        for code, unit_score in scored.items()
        for group, part in unit_score.groups.items()
    ]
    return pd.DataFrame(rows, columns=GROUP_COLUMNS, dtype=object)


def _totals_table(
    scored: Mapping[str, UnitScore],
    units: Mapping[str, Unit | None],
    published: Mapping[str, Mapping[str, str]],
    book: RuleBook,
    tree: Tree | None,
) -> pd.DataFrame:
    cohorts = {code: unit.cohort if unit else "" for code, unit in units.items()}
    totals = {code: unit_score.total.points for code, unit_score in scored.items()}
    ranks = competition_ranks(totals, cohorts)
    rows = []
    for code, unit_score in scored.items():
        part, unit, official = unit_score.total, units[code], published.get(code, {})
        rank, size = ranks.get(code, (None, None))
        if unit and tree and tree.cohorts[unit.cohort].partial:
            rank = int(official["rank"]) if "rank" in official else None
            size = int(official["cohort_size"]) if "cohort_size" in official else None
        band = None if part.points is None else book.band(part.points).code
        rows.append(
            (code, unit.level if unit else None, part.points, part.max_points, part.present, band,
             rank, size, part.basis)
        )  # fmt: skip
    return pd.DataFrame(rows, columns=TOTAL_COLUMNS, dtype=object)


def competition_ranks(
    totals: Mapping[str, Decimal | None], cohorts: Mapping[str, str]
) -> dict[str, tuple[int, int]]:
    """Rank (1, 2, 2, 4) and cohort size of every unit with a total, within its cohort."""
    members: dict[str, list[Decimal]] = {}
    for code, total in totals.items():
        if total is not None:
            members.setdefault(cohorts[code], []).append(total)
    return {
        code: (
            1 + sum(other > total for other in members[cohorts[code]]),
            len(members[cohorts[code]]),
        )
        for code, total in totals.items()
        if total is not None
    }


def _differences_table(
    scored: Mapping[str, UnitScore],
    totals: pd.DataFrame,
    published: Mapping[str, Mapping[str, str]],
    book: RuleBook,
) -> pd.DataFrame:
    """Where both a figure of ours and a published one exist and differ."""
    rows = []
    for total in totals.to_dict("records"):
        code = total["unit"]
        ours: dict[str, object] = {
            **{str(number): part for number, part in scored[code].indicators.items()},
            **scored[code].groups,
            "total": scored[code].total,
        }
        for item, value in published.get(code, {}).items():
            part = ours.get(item)
            value = book.class_code(value) if item == "class" else value
            if isinstance(part, Part):
                if part.points is not None and part.points != Decimal(value):
                    rows.append((code, item, f"{shown(part.points):f}", value))
            elif total[item] is not None and str(total[item]) != value:
                rows.append((code, item, str(total[item]), value))
    return pd.DataFrame(rows, columns=DIFFERENCE_COLUMNS, dtype=object)


def compared_items(scores: Scores, official: pd.DataFrame, tree: Tree) -> dict[str, int]:
    """Of each unit with official results, how many of these stand against a figure of ours; what
    was carried over from them does not."""
    ours = {
        (unit, str(item))
        for table, name in ((scores.indicators, "indicator"), (scores.groups, "group"))
        for unit, item, points, basis in zip(
            *(table[column] for column in ("unit", name, "points", "basis")), strict=True
        )
        if points is not None and basis != OFFICIAL
    }
    for row in scores.totals.itertuples():
        if row.total is not None and row.basis != OFFICIAL:
            ours |= {(row.unit, "total"), (row.unit, "class")}
        if row.rank is not None and not tree.cohorts[tree.unit(row.unit).cohort].partial:
            ours |= {(row.unit, "rank"), (row.unit, "cohort_size")}
    items = official.groupby("unit")["item"].agg(list)
    return {unit: sum((unit, item) in ours for item in found) for unit, found in items.items()}
