"""The 21 indicators and the six groups of one unit."""

from __future__ import annotations

from decimal import Decimal

from chiso.base.i18n import _, points, short_points
from chiso.explain import changes
from chiso.pages.tables.table import Cell, Field, Table, Value, linked, worded
from chiso.rules.indicators import Rule
from chiso.scoring.score import MIXED, OFFICIAL
from chiso.store.figures import UnitFigures


def indicator_table(unit: UnitFigures) -> Table:
    """All 21 indicators: points, change, counts, rate and the rule."""
    fields = [
        Field(_("No."), "count"),
        Field(_("Indicator")),
        # Points first: a phone shows the left part of the table.
        Field(_("Points"), "points"),
        Field(_("Maximum"), "maximum"),
        Field(_("Lost"), "points"),
        Field(_("Numerator"), "count"),
        Field(_("Denominator"), "count"),
        Field(_("Rate"), "percent"),
        Field(_("Rule")),
    ]
    differences = {change.number: change.difference for change in changes(unit)}
    if differences:
        fields.insert(5, Field(_("Change"), "difference"))
    rows = []
    for row in unit.indicators.itertuples():
        rule = unit.figures.book.rule(row.indicator)
        cells: list[Value | Cell] = [
            row.indicator,
            str(rule.indicator.name),
            _points_cell(unit, row.points, row.basis, row.indicator),
            row.max_points,
            row.points_lost,
            row.numerator,
            row.denominator,
            row.rate,
            _rule_cell(unit, rule, row),
        ]
        if differences:
            cells.insert(5, differences.get(row.indicator))
        rows.append(cells)
    return Table(
        anchor="table-indicators",
        sheet=_("21 indicators"),
        caption=_caption(unit),
        fields=tuple(fields),
        rows=rows,
    )


def _rule_cell(unit: UnitFigures, rule: Rule, row) -> Cell:
    """The rule in words, which lead to its place on the method page."""
    return linked(rule_text(unit, rule, row), f"method.html#indicator-{row.indicator}")


def _caption(unit: UnitFigures) -> str:
    parts = [_("Numerators, denominators and points of {unit}.").format(unit=unit.unit.name)]
    bases = {*unit.indicators["basis"], *unit.groups["basis"]}
    if OFFICIAL in bases or MIXED in bases:
        parts.append(_("* as published, without counts."))
    return " ".join(parts)


def _points_cell(unit: UnitFigures, value: Decimal | None, basis: str, number: int) -> Cell:
    if value is not None:
        return worded(value, points(value) + ("*" if basis == OFFICIAL else ""))
    group = unit.figures.book.rule(number).indicator.group
    group_row = unit.groups[unit.groups["group"] == group].iloc[0]
    if group_row["basis"] == OFFICIAL:
        return worded(None, _("in group {code}*").format(code=group))
    return worded(None, _("no data"))


def rule_text(unit: UnitFigures, rule: Rule, row) -> str:
    """How the points follow, in a few words."""
    levels, indicator = rule.indicator.zero_levels, rule.indicator
    if unit.unit.level in levels:
        return _("scored for the province only: 0 for a unit")
    if row.denominator == 0:
        empty = unit.figures.book.set.not_applicable or indicator.when_empty
        return {
            "no_score": _("denominator 0: no score"),
            "zero": _("denominator 0: 0 points"),
            "full": _("denominator 0: full marks"),
            "exclude": _("denominator 0: left out, the scale is rescaled"),
        }[empty]
    if rule.target is None:
        text = _("maximum × rate")
    else:
        text = _("maximum × rate / {target}, at most the maximum").format(
            target=short_points(rule.target * 100) + "%"
        )
    if indicator.round_percentage:
        text += "; " + _("rate rounded to two decimals first")
    if indicator.scope == "province" and unit.unit.level != "tinh":
        text += "; " + _("figures of the province")
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
        for row in unit.groups.itertuples()
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
