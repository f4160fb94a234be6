"""What notebooks show as tables, in the reader's words and numbers."""

from __future__ import annotations

from collections.abc import Collection
from decimal import Decimal

from IPython.display import Markdown

from chiso.explain import losses_by_indicator
from chiso.figures import Figures, UnitFigures
from chiso.i18n import _, count, current_language, day, percent, points, short_points
from chiso.indicators import Rule
from chiso.markdown import Column, division, escape, heading, link, table
from chiso.scoring import MIXED, OFFICIAL


def section(anchor: str) -> Markdown:
    """The heading of a section; every page calls a section by the same id and words."""
    titles = {
        "groups": _("Points by group"),
        "lost": _("Where points are lost"),
        "indicators": _("The 21 indicators"),
        "comparison": _("Comparison with the published results"),
        "provenance": _("Where the figures come from"),
        "ranking": _("Ranking by cohort"),
        "heat-map": _("Share of the maximum by agency and indicator"),
        "losses": _("Who loses most points where"),
        "province": _("Results of the whole province"),
        "agencies": _("All agencies"),
    }
    return heading(titles[anchor], anchor)


def key_facts(unit: UnitFigures) -> Markdown:
    """Total, class and rank as large figures."""
    standing = unit.standing
    rank = "–"
    if standing.rank is not None and standing.cohort_size is not None:
        rank = f"{standing.rank}/{standing.cohort_size}"
    note = (
        _("published rank") if standing.rank_is_published and rank != "–" else _("rank in cohort")
    )
    maximum = short_points(standing.max_total)
    facts = [
        (points(standing.total), _("points of {maximum}").format(maximum=maximum)),
        (str(standing.band or "–"), _("class")),
        (rank, f"{note}: {unit.figures.tree.cohorts[unit.unit.cohort].name}"),
    ]
    lines = [f"- **{escape(value)}** {escape(label)}" for value, label in facts]
    return Markdown(division("\n".join(lines), "facts"))


def indicator_table(unit: UnitFigures) -> Markdown:
    """All 21 indicators: counts, rate, points, points lost and the rule."""
    columns = [
        Column(_("No."), "right"),
        Column(_("Indicator")),
        # Points first: a phone shows the left part of the table.
        Column(_("Points"), "right"),
        Column(_("Maximum"), "right"),
        Column(_("Lost"), "right"),
        Column(_("Numerator"), "right"),
        Column(_("Denominator"), "right"),
        Column(_("Rate"), "right"),
        Column(_("Rule")),
    ]
    rows = []
    for row in unit.indicators.itertuples():
        rule = unit.figures.book.rule(row.indicator)
        rows.append(
            [
                str(row.indicator),
                escape(rule.indicator.name),
                _points_cell(unit, row.points, row.basis, row.indicator),
                short_points(row.max_points),
                points(row.points_lost),
                count(row.numerator),
                count(row.denominator),
                escape(percent(row.rate)),
                escape(rule_text(unit, rule, row)),
            ]
        )
    return table(columns, rows, anchor="table-indicators", caption=_indicator_caption(unit))


def _indicator_caption(unit: UnitFigures) -> str:
    parts = [_("Numerators, denominators and points of {unit}.").format(unit=unit.unit.name)]
    bases = {*unit.indicators["basis"], *unit.groups["basis"]}
    if OFFICIAL in bases or MIXED in bases:
        parts.append(_("* as published, without counts."))
    return " ".join(parts)


def _points_cell(unit: UnitFigures, value: Decimal | None, basis: str, number: int) -> str:
    if value is not None:
        return escape(points(value) + ("*" if basis == OFFICIAL else ""))
    group = unit.figures.book.rule(number).indicator.group
    group_row = unit.groups[unit.groups["group"] == group].iloc[0]
    if group_row["basis"] == OFFICIAL:
        return escape(_("in group {code}*").format(code=group))
    return escape(_("no data"))


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


def group_table(unit: UnitFigures) -> Markdown:
    """The six groups: points, maximum, and whether computed or published."""
    names = {group.code: group.name for group in unit.figures.book.set.groups}
    columns = [
        Column(_("Group")),
        Column(_("Points"), "right"),
        Column(_("Maximum"), "right"),
        Column(_("Basis")),
    ]
    rows = [
        [
            escape(f"{row.group}. {names[row.group]}"),
            escape(_("no data")) if row.points is None else points(row.points),
            short_points(row.max_points),
            escape(basis_text(row.basis)),
        ]
        for row in unit.groups.itertuples()
    ]
    caption = _("Points by group of {unit}.").format(unit=unit.unit.name)
    return table(columns, rows, anchor="table-groups", caption=caption)


def basis_text(basis: str) -> str:
    """What a figure rests on, in words."""
    return {
        "computed": _("computed from counts"),
        "official": _("as published"),
        "mixed": _("computed, partly as published"),
        "": "–",
    }[basis]


def difference_table(unit: UnitFigures) -> Markdown:
    """Our figures beside the published ones where they differ; a sentence where they don't."""
    if not len(unit.differences):
        if unit.unit.code not in unit.figures.published:
            return Markdown(escape(_("There are no published results to compare with.")))
        return Markdown(
            escape(_("Every computed figure equals the published one to the hundredth."))
        )
    columns = [Column(_("Item")), Column(_("Computed"), "right"), Column(_("Published"), "right")]
    rows = [[escape(cell) for cell in row[1:]] for row in unit.differences.itertuples(index=False)]
    return table(
        columns, rows, anchor="table-differences", caption=_("Computed and published figures.")
    )


def ranking_tables(figures: Figures) -> Markdown:
    """A league table per cohort, best total first; units without a total at the end, unranked."""
    parts = []
    for code, cohort in figures.tree.cohorts.items():
        units = [unit for unit in figures.units if unit.cohort == code and unit.level != "tinh"]
        if units:
            parts.append(heading(str(cohort.name), f"ranking-{code}", level=3).data)
            parts.append(_ranking(figures, [unit.code for unit in units], code).data)
    return Markdown("\n\n".join(parts))


def _ranking(figures: Figures, codes: list[str], cohort: str) -> Markdown:
    columns = [
        Column(_("Rank"), "right"),
        Column(_("Agency")),
        Column(_("Total"), "right"),
        Column(_("Class")),
        *(Column(group.code, "right") for group in figures.book.set.groups),
    ]
    entries = []
    for code in codes:
        unit = figures.unit(code)
        standing = unit.standing
        entries.append((standing.total is None, -(standing.total or 0), unit.unit.code, unit))
    rows = [
        [
            str(unit.standing.rank or "–"),
            link(str(unit.unit.name), f"{unit.unit.code}.html"),
            points(unit.standing.total),
            escape(unit.standing.band or "–"),
            *(points(value) for value in unit.groups["points"]),
        ]
        for *_key, unit in sorted(entries, key=lambda entry: entry[:3])
    ]
    name = figures.tree.cohorts[cohort].name
    caption = _("{cohort}, by total points.").format(cohort=name)
    if figures.tree.cohorts[cohort].partial:
        caption += " " + _("Ranks as published: these are only some of the cohort's agencies.")
    return table(columns, rows, anchor=f"table-ranking-{cohort}", caption=caption)


def loss_table(figures: Figures) -> Markdown:
    """Each indicator that costs points: how many agencies, how much, and who loses most."""
    columns = [
        Column(_("No."), "right"),
        Column(_("Indicator")),
        Column(_("Agencies that lose points"), "right"),
        Column(_("Points lost on average"), "right"),
        Column(_("Most"), "right"),
        Column(_("Lost by")),
    ]
    rows = []
    for loss in losses_by_indicator(figures):
        rows.append(
            [
                str(loss.number),
                escape(figures.book.rule(loss.number).indicator.name),
                count(loss.agencies),
                points(loss.mean),
                points(loss.most),
                _worst(figures, loss.worst),
            ]
        )
    caption = _(
        "Points lost by indicator, the costliest first; the province itself is not counted."
    )
    return table(columns, rows, anchor="table-losses", caption=caption)


def _worst(figures: Figures, codes: tuple[str, ...], shown: int = 2) -> str:
    if len(codes) == len(figures.units) - 1:
        return escape(_("every agency"))
    names = [link(str(figures.tree.unit(code).name), f"{code}.html") for code in codes[:shown]]
    more = len(codes) - shown
    if more > 0:
        names.append(escape(_("{number} more").format(number=more)))
    return ", ".join(names)


def agency_table(
    figures: Figures, failed: Collection[str] = (), absent: Collection[str] = ()
) -> Markdown:
    """All agencies for the index: link, cohort, total, class, rank; what failed or was not made."""
    columns = [
        Column(_("Agency")),
        Column(_("Cohort")),
        Column(_("Total"), "right"),
        Column(_("Class")),
        Column(_("Rank"), "right"),
        Column(_("Report")),
    ]
    rows = []
    for unit in figures.units:
        standing = figures.standing(unit.code)
        rank = f"{standing.rank}/{standing.cohort_size or '–'}" if standing.rank else "–"
        name = str(unit.name)
        rows.append(
            [
                escape(name) if unit.code in absent else link(name, f"{unit.code}.html"),
                escape(figures.tree.cohorts[unit.cohort].name),
                points(standing.total),
                escape(standing.band or "–"),
                escape(rank),
                _state(unit.code, failed, absent),
            ]
        )
    caption = _("{number} agencies, {period}.").format(
        number=len(rows), period=figures.settings.period.label
    )
    body = table(columns, rows, anchor="table-agencies", caption=caption).data
    words = {
        "search": _("Search by name"),
        "cohort": _("Cohort"),
        "band": _("Class"),
        "all": _("all"),
        "shown": _("{number} agencies shown").format(number="#"),
    }
    return Markdown(division(body, "searchable", **words))


def _state(code: str, failed: Collection[str], absent: Collection[str]) -> str:
    if code in failed:
        word = _("failed")
        return f"[{escape(word)}]{{.failed}}"
    return escape(_("not made") if code in absent else _("ready"))


def provenance(figures: Figures) -> Markdown:
    """Source, capture day, hashes, indicator set, code and package versions."""
    origin, rows = figures.provenance, []
    language = current_language()
    rows.append((_("Source"), origin.source[language]))
    rows.append((_("Figures up to"), day(figures.settings.as_of)))
    if figures.settings.captured:
        rows.append((_("Taken over on"), day(figures.settings.captured)))
    rows.append((_("Indicator set"), f"{figures.book.set.name} ({origin.indicator_set})"))
    rows.append((_("Source of the rules"), figures.book.set.source))
    rows.append((_("Revision"), str(origin.revision)))
    rows.append((_("Hash of the figures"), origin.figures_hash[:16]))
    rows += [
        (_("Hash of {file}").format(file=name), value[:16]) for name, value in origin.inputs.items()
    ]
    rows.append((_("Program"), f"chiso {origin.code_version} ({origin.code_hash[:16]})"))
    rows.append(
        (_("Packages"), ", ".join(f"{name} {version}" for name, version in origin.packages.items()))
    )
    columns = [Column(_("What")), Column(_("Value"))]
    cells = [[escape(name), escape(value)] for name, value in rows]
    return table(columns, cells, anchor="table-provenance", caption=_("Origin of the figures."))
