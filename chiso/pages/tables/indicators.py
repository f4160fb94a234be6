"""The 21 indicators and the six groups of one unit."""

from __future__ import annotations

from chiso.base.i18n import _, percent, points, short_points
from chiso.explain import changes
from chiso.explain.ownership import KINDS, Lost, ownership
from chiso.pages.method import empty_words, rule_words, zero_words
from chiso.pages.tables.table import Cell, Field, Table, Value, linked, worded
from chiso.rules.indicators import Rule
from chiso.scoring.score import MIXED, OFFICIAL, Count
from chiso.store.figures import UnitFigures


def indicator_table(unit: UnitFigures) -> Table:
    """All 21 indicators: points, whose those lost are, change, counts, rate and the rule."""
    fields = [
        Field(_("No."), "count"),
        Field(_("Indicator")),
        # Points first: a phone shows the left part of the table.
        Field(_("Points"), "points"),
        Field(_("Maximum"), "maximum"),
        Field(_("Lost"), "points"),
        Field(_("Whose")),
        Field(_("Numerator"), "count"),
        Field(_("Denominator"), "count"),
        Field(_("Rate"), "percent"),
        Field(_("Rule")),
    ]
    differences = {change.number: change.difference for change in changes(unit)}
    if differences:
        fields.insert(6, Field(_("Change"), "difference"))
    lost = {one.numbers[0]: one for one in ownership(unit) if len(one.numbers) == 1}
    rows = []
    for row in unit.indicator_rows:
        rule = unit.rules[row.indicator]
        cells: list[Value | Cell] = [
            row.indicator,
            str(rule.indicator.name),
            _points_cell(unit, row),
            row.max_points,
            row.points_lost,
            whose(lost.get(row.indicator)),
            row.numerator,
            row.denominator,
            _rate_cell(rule, row),
            _rule_cell(unit, rule, row),
        ]
        if differences:
            cells.insert(6, differences.get(row.indicator))
        rows.append(cells)
    return Table(
        anchor="table-indicators",
        sheet=_("21 indicators"),
        caption=_caption(unit),
        fields=tuple(fields),
        rows=rows,
    )


def whose(lost: Lost | None) -> str:
    """Whose the points lost on an indicator are, in a word or two; empty where none are."""
    words = {
        "own": _("agency"),
        "shared": _("province"),
        "structural": _("by rule, 0/0"),
        "chance": _("few petitions"),
    }
    return next((words[kind] for kind in KINDS if lost and getattr(lost, kind)), "")


def _rule_cell(unit: UnitFigures, rule: Rule, row) -> Cell:
    """The rule in words, which lead to its place on the method page."""
    return linked(rule_text(unit, rule, row), f"method.html#indicator-{row.indicator}")


def _caption(unit: UnitFigures) -> str:
    parts = [_("Numerators, denominators and points of {unit}.").format(unit=unit.unit.name)]
    bases = {*unit.indicators["basis"], *unit.groups["basis"]}
    if OFFICIAL in bases or MIXED in bases:
        parts.append(_("* as published, without counts."))
    return " ".join(parts)


def _rate_cell(rule: Rule, row) -> Value | Cell:
    """The rate, and beside it the rate that it is multiplied by."""
    rate = Count(row.numerator, row.denominator).rate
    if rate is None or rule.factor is None:
        return rate
    words = _("{rate} × {factor} (indicator {number})").format(
        rate=percent(rate), factor=percent(rule.factor), number=rule.indicator.factor_of
    )
    return worded(rate, words)


def _points_cell(unit: UnitFigures, row) -> Cell:
    if row.points is not None:
        return worded(row.points, points(row.points) + ("*" if row.basis == OFFICIAL else ""))
    if row.max_points == 0:
        return worded(None, _("not counted"))
    group = unit.figures.book.rule(row.indicator).indicator.group
    group_row = unit.groups[unit.groups["group"] == group].iloc[0]
    if group_row["basis"] == OFFICIAL:
        return worded(None, _("in group {code}*").format(code=group))
    return worded(None, _("no data"))


def rule_text(unit: UnitFigures, rule: Rule, row) -> str:
    """How the points follow, in a few words."""
    book, indicator = unit.figures.book, rule.indicator
    if unit.unit.level in indicator.zero_levels:
        return zero_words(rule)
    if row.denominator == 0 or row.max_points == 0:
        return empty_words(rule, book)
    text = rule_words(rule)
    if indicator.scope == "province" and unit.unit.level != "tinh":
        text += "; " + _("figures of the province")
    if rule.max_points != indicator.max_points:
        text += "; " + _(
            "maximum {points} instead of {own}: indicators of the group without figures are left out"
        ).format(points=short_points(rule.max_points), own=short_points(indicator.max_points))
    return text


def group_table(unit: UnitFigures) -> Table:
    """The six groups: points, maximum, and whether computed or published."""
    names = {group.code: group.name for group in unit.figures.book.set.groups}
    rows = [
        [
            f"{row.group}. {names[row.group]}",
            worded(None, _("no data")) if row.points is None else row.points,
            row.max_points,
            basis_text(row.basis),
        ]
        for row in unit.group_rows
    ]
    return Table(
        anchor="table-groups",
        sheet=_("Groups"),
        caption=_("Points by group of {unit}.").format(unit=unit.unit.name),
        fields=(
            Field(_("Group")),
            Field(_("Points"), "points"),
            Field(_("Maximum"), "maximum"),
            Field(_("Basis")),
        ),
        rows=rows,
    )


def basis_text(basis: str) -> str:
    """What a figure rests on, in words."""
    return {
        "computed": _("computed from counts"),
        "official": _("as published"),
        "mixed": _("computed, partly as published"),
        "": "–",
    }[basis]
