"""From counts to points, groups, totals, classes and ranks, by the rules of an indicator set.

Pure: tables in, tables out. All points are Decimal. A null stays a null: a group or a total exists
only where every part of it is present in the figures (computed, published, or without a score by
rule), and only a total that exists has a class and a rank.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Context, Decimal

import pandas as pd

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
RATE_DIGITS = Decimal("0.0000000001")

COMPUTED, OFFICIAL, MIXED = "computed", "official", "mixed"

# Enough digits that one correctly rounded division can't move a figure of two decimals.
_EXACT = Context(prec=60)


@dataclass(frozen=True)
class Count:
    """Numerator and denominator of one unit and indicator; both None: no data."""

    numerator: int | None
    denominator: int | None


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


def indicator_part(rule: Rule, count: Count, level: str | None, book: RuleBook) -> Part:
    """The points of one indicator (params/indicators/: rule, target, when_empty, zero_levels)."""
    maximum = rule.indicator.max_points
    if level in rule.indicator.zero_levels:
        return Part(Decimal(0), maximum, True, COMPUTED)
    if count.denominator is None or count.numerator is None:
        return Part(None, maximum, False, "")
    if count.denominator == 0:
        return _empty_part(rule, book)
    exact = _exact_points(rule, count.numerator, count.denominator, book.set.digits)
    return Part(_rounded(exact, book.set.digits), maximum, True, COMPUTED)


def _empty_part(rule: Rule, book: RuleBook) -> Part:
    """What holds for a denominator of 0: the set's not_applicable, else the indicator's own rule."""
    maximum = rule.indicator.max_points
    choice = book.set.not_applicable or rule.indicator.when_empty
    if choice == "exclude":
        return Part(None, Decimal(0), True, COMPUTED)
    points = {"zero": Decimal(0), "full": maximum, "no_score": None}[choice]
    return Part(points, maximum, True, COMPUTED)


def _exact_points(rule: Rule, cases: int, of: int, digits: int) -> Decimal:
    """min(max, max x rate / target); multiplied out first, so only one division is made."""
    numerator, denominator = Decimal(cases), Decimal(of)
    if rule.indicator.round_percentage:
        numerator = _rounded(_EXACT.divide(numerator * 100, denominator), digits)
        denominator = Decimal(100)
    maximum = rule.indicator.max_points
    share = denominator if rule.target is None else denominator * rule.target
    return min(maximum, _EXACT.divide(maximum * numerator, share))


def _rounded(value: Decimal, digits: int) -> Decimal:
    """Half up, as published; half even is refuted by published figures."""
    return value.quantize(Decimal(1).scaleb(-digits), rounding=ROUND_HALF_UP, context=_EXACT)


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

    indicators = {
        number: _with_official(
            indicator_part(book.rule(number), counts.get(number, NO_DATA), level, book),
            published(str(number)),
        )
        for number in NUMBERS
    }
    groups = {}
    for code in GROUPS:
        parts = [indicators[rule.indicator.number] for rule in book.of_group(code)]
        maximum = sum((part.max_points for part in parts), Decimal(0))
        groups[code] = _with_official(_sum(parts, maximum), published(code))
    applicable = sum((part.max_points for part in groups.values()), Decimal(0))
    total = _sum(list(groups.values()), book.set.total)
    total = _with_official(_rescaled(total, applicable, book), published("total"))
    return UnitScore(counts, indicators, groups, total)


def _rescaled(total: Part, applicable: Decimal, book: RuleBook) -> Part:
    """With not_applicable: exclude, what is left of the scale counts as the whole of it."""
    if total.points is None or applicable == book.set.total:
        return total
    if applicable == 0:
        return Part(None, total.max_points, False, "")
    points = _EXACT.divide(total.points * book.set.total, applicable)
    return Part(_rounded(points, book.set.digits), total.max_points, True, total.basis)


def score(
    counts: pd.DataFrame, official: pd.DataFrame, book: RuleBook, tree: Tree | None = None
) -> Scores:
    """Score every unit of `counts` and `official`.

    counts: unit, indicator, numerator, denominator (int or None). official: unit, item, value
    (text). With `tree`: levels, inherited indicators and cohorts follow it; its order is the
    order of the result. Without: every unit is scored by its own counts in one cohort.
    """
    held = _counts_by_unit(counts)
    published = _official_by_unit(official)
    codes = sorted({*held, *published})
    if tree is not None:
        codes = [unit.code for unit in tree.units if unit.code in held or unit.code in published]
    units = {code: tree.unit(code) if tree else None for code in codes}
    scored = {
        code: score_unit(
            _inherited(code, held, book, tree),
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


def _counts_by_unit(counts: pd.DataFrame) -> dict[str, dict[int, Count]]:
    held: dict[str, dict[int, Count]] = {}
    for row in counts.itertuples(index=False):
        held.setdefault(row.unit, {})[row.indicator] = Count(row.numerator, row.denominator)
    return held


def _official_by_unit(official: pd.DataFrame) -> dict[str, dict[str, str]]:
    published: dict[str, dict[str, str]] = {}
    for row in official.itertuples(index=False):
        published.setdefault(row.unit, {})[row.item] = row.value
    return published


def _inherited(
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


def _rate(count: Count) -> Decimal | None:
    if not count.denominator or count.numerator is None:
        return None
    rate = _EXACT.divide(Decimal(count.numerator), Decimal(count.denominator))
    return rate.quantize(RATE_DIGITS, rounding=ROUND_HALF_UP, context=_EXACT)


def _indicators_table(scored: Mapping[str, UnitScore]) -> pd.DataFrame:
    rows = []
    for code, unit_score in scored.items():
        for number, part in unit_score.indicators.items():
            count = unit_score.counts.get(number, NO_DATA)
            lost = None if part.points is None else part.max_points - part.points
            rows.append(
                (code, number, count.numerator, count.denominator, _rate(count), part.points,
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
                    rows.append((code, item, f"{part.points:.2f}", value))
            elif total[item] is not None and str(total[item]) != value:
                rows.append((code, item, str(total[item]), value))
    return pd.DataFrame(rows, columns=DIFFERENCE_COLUMNS, dtype=object)
