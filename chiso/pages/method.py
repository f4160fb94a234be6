"""The method page: each indicator's definition, source, options in force and an example."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from chiso.base.i18n import _, count, day, percent, points, short_points
from chiso.rules.indicators import Rule, RuleBook, Target
from chiso.scoring.score import OFFICIAL
from chiso.store.figures import Figures, UnitFigures

# Indicators whose counts follow from the comparison of each dossier with its term.
_BY_TERM = (5, 21)
# Indicators of files and data, whose dossiers a set chooses.
_OF_FILES = (12, 13, 14, 16, 18)


@dataclass(frozen=True)
class MethodEntry:
    """How one indicator is measured and scored, in the reader's words.

    `options`: pairs of name and value of what is in force (rule, target, empty denominator, scope,
    comparison with the term, what is counted); `example`: the province's own numbers with the arithmetic, else
    those of the first unit that has any, named; "" where there are none, or no figures.
    """

    number: int
    label: str
    group: str
    max_points: str
    definition: str
    source: str
    options: tuple[tuple[str, str], ...]
    example: str


def method_entries(book: RuleBook, figures: Figures | None = None) -> tuple[MethodEntry, ...]:
    """The 21 entries in their order; without figures (in the documents) none has an example."""
    groups = {group.code: f"{group.code}. {group.name}" for group in book.set.groups}
    return tuple(
        MethodEntry(
            number=rule.indicator.number,
            label=str(rule.indicator.name),
            group=groups[rule.indicator.group],
            max_points=short_points(rule.indicator.max_points),
            definition=str(rule.indicator.definition),
            source=str(rule.indicator.source),
            options=tuple(_options(rule, book)),
            example=_example(rule, figures) if figures else "",
        )
        for rule in book.rules
    )


def _options(rule: Rule, book: RuleBook) -> list[tuple[str, str]]:
    found = [(_("Points"), rule_words(rule))]
    if rule.target is not None:
        target = next(one for one in _newest(rule) if one.value == rule.target)
        found.append((_("Target"), _target_words(target)))
    found.append((_("Nothing to count"), empty_words(rule, book)))
    if rule.indicator.scope == "province":
        found.append((_("Scope"), _("every agency carries the figures of the province")))
    if rule.indicator.zero_levels:
        found.append((_("Scope"), zero_words(rule)))
    if rule.indicator.number in _BY_TERM:
        found += _term_words(book)
    return found + _counting_words(rule.indicator.number, book)


def rule_words(rule: Rule) -> str:
    """How the points of an indicator follow, as a formula in words."""
    factor = rule.indicator.factor_of
    if rule.target is None:
        text = _("maximum × rate × rate of indicator {number}") if factor else _("maximum × rate")
        text = text.format(number=factor)
    else:
        text = (
            _("maximum × rate × rate of indicator {number} / {target}, at most the maximum")
            if factor
            else _("maximum × rate / {target}, at most the maximum")
        )
        text = text.format(number=factor, target=_short_percent(rule.target))
    if rule.indicator.round_percentage:
        text += "; " + _("rate rounded to two decimals first")
    return text


def _newest(rule: Rule) -> list[Target]:
    """Targets with the newest first: the first that has the value in force is the one in force."""
    return sorted(rule.indicator.target, key=lambda target: target.from_, reverse=True)


def _target_words(target: Target) -> str:
    return _("{target} from {day}: {source}").format(
        target=_short_percent(target.value), day=day(target.from_), source=target.source
    )


def zero_words(rule: Rule) -> str:
    """Which units get 0 whatever was counted."""
    levels = rule.indicator.zero_levels
    if {"so", "huyen", "xa"} <= set(levels):
        return _("scored for the province only: 0 for a unit")
    names = {
        "tinh": _("the province"),
        "so": _("departments"),
        "huyen": _("districts"),
        "xa": _("communes"),
    }
    return _("not scored for {levels}: 0 points").format(
        levels=", ".join(names[level] for level in levels)
    )


def empty_words(rule: Rule, book: RuleBook) -> str:
    """What holds where there is nothing to count."""
    return {
        "no_score": _("denominator 0: no score"),
        "zero": _("denominator 0: 0 points"),
        "full": _("denominator 0: full marks"),
        "exclude": _("denominator 0: left out, the scale is rescaled"),
        "rescale": _("no figures: left out, the rest of the group counts for all of its points"),
    }[book.empty(rule)]


def _term_words(book: RuleBook) -> list[tuple[str, str]]:
    """How the set compares dossiers with their terms."""
    options = book.set.measures
    return [
        (
            _("Comparison with the term"),
            {"instant": _("by day and time"), "date": _("by day only")}[options.comparison],
        ),
        (
            _("Dossiers without a due date"),
            {
                "term": _("the term of the procedure counts"),
                "on_time": _("count as within their term"),
            }[options.no_due_date],
        ),
        (
            _("Suspended dossiers"),
            {
                "portal": _("are compared with their term like any other"),
                "on_time": _("count as within their term"),
            }[options.suspended],
        ),
    ]


def _counting_words(number: int, book: RuleBook) -> list[tuple[str, str]]:
    """What the set's options make an indicator of dossiers count."""
    options = book.set.measures
    found: list[tuple[str, str]] = []
    if number in _OF_FILES:
        words = {
            "received": _("received in the period"),
            "processed": _("received in the period or carried into it, as for indicator 5"),
        }
        found.append((_("Dossiers counted"), words[options.dossier_population]))
    if number == 12:
        words = {
            "paper": _("only those that return a paper"),
            "all": _("all, whether they return a paper or not"),
        }
        found.append((_("Procedures counted"), words[options.result_scope]))
    if number in (17, 18):
        words = {
            "any": _("a login verified by VNeID, the portal's store or the population database"),
            "vneid": _("only a login verified by VNeID"),
        }
        found.append((_("Use of population data"), words[options.population_data]))
    if number == 8 and options.strict_online:
        text = _("an electronic result besides, where the procedure returns a paper")
        found.append((_("Online"), text))
    return found


def _example(rule: Rule, figures: Figures) -> str:
    """The arithmetic on the province's numbers, else on those of the first unit that has counts."""
    number = rule.indicator.number
    table = figures.scores.indicators
    rows = {row.unit: row for row in table[table["indicator"] == number].itertuples()}
    for unit in sorted(figures.units, key=lambda one: one.level != "tinh"):
        row = rows.get(unit.code)
        if row is not None and row.numerator is not None and row.basis != OFFICIAL:
            return _arithmetic(figures.unit(unit.code), row)
    return _published(rule, figures)


def _published(rule: Rule, figures: Figures) -> str:
    """The province's published points of the indicator, or of its group, where that is all."""
    page = figures.province
    own = page.indicators[page.indicators["indicator"] == rule.indicator.number]
    for row in own[own["basis"] == OFFICIAL].itertuples():
        return _("{unit}: {points} points as published, without counts.").format(
            unit=page.unit.name, points=points(row.points)
        )
    group = page.groups[page.groups["group"] == rule.indicator.group]
    for row in group[group["basis"] == OFFICIAL].itertuples():
        return _("{unit}: {points} points for group {code} as published, without counts.").format(
            unit=page.unit.name, points=points(row.points), code=row.group
        )
    return ""


def _arithmetic(page: UnitFigures, row: Any) -> str:
    """Unit: 80/100 = 80,00%; 6 × (80/100) / 90% = 5,33 points; exact, so with the fraction itself
    unless the percentage is rounded first."""
    rule, unit = page.rules[row.indicator], page.unit
    if not row.denominator:
        text = _("{unit}: {cases}/{of}; {points} points.")
        if row.points is None:
            text = _("{unit}: {cases}/{of}; no score.")
        return text.format(
            unit=unit.name,
            cases=count(row.numerator),
            of=count(row.denominator),
            points=points(row.points),
        )
    rate = Fraction(row.numerator, row.denominator)
    fraction = f"{count(row.numerator)}/{count(row.denominator)}"
    shown = percent(rate) if rule.indicator.round_percentage else f"({fraction})"
    terms = f"{short_points(rule.max_points)} × {shown}"
    if rule.factor is not None and rule.indicator.factor_of:
        other = page.counts[rule.indicator.factor_of]
        terms += f" × ({count(other.numerator)}/{count(other.denominator)})"
    if rule.target is not None:
        terms += f" / {_short_percent(rule.target)}"
    share = rate * (1 if rule.factor is None else rule.factor)
    is_cut = rule.target is not None and share > Fraction(rule.target)
    text = (
        _("{unit}: {fraction} = {rate}; {terms} is above the maximum: {points} points.")
        if is_cut
        else _("{unit}: {fraction} = {rate}; {terms} = {points} points.")
    )
    return text.format(
        unit=unit.name,
        fraction=fraction,
        rate=percent(rate),
        terms=terms,
        points=points(row.points),
    )


def _short_percent(share: Decimal) -> str:
    return short_points(share * 100) + "%"
