"""Two agencies beside each other: what compare.html is given to show them, by its script."""

from __future__ import annotations

import json
from decimal import Decimal
from fractions import Fraction
from typing import Any

from IPython.display import Markdown

from chiso.base.i18n import _, day
from chiso.base.markdown import division, escape
from chiso.base.rounding import half_up, shown
from chiso.scoring.score import Count
from chiso.store.figures import Figures


def compare_block() -> Markdown:
    """Where the script shows the comparison; until then it says that a script is needed."""
    words = _("Two agencies are compared here by the browser. Please allow scripts for this page.")
    missing = _("The file with the figures is missing beside this page.")
    return Markdown(division(escape(words), "compare", missing=missing))


def compare_script(figures: Figures) -> str:
    """The figures of all agencies and the words around them as a script file, which a page may load
    from a folder: window.chisoCompare.

    Points and rates are whole hundredths (1772 = 17,72; 8862 = 88,62%), null where there is none.
    """
    content = {
        "words": _words(),
        "source": _("Source: {source}; figures up to {day}.").format(
            source=figures.settings.source_name, day=day(figures.settings.as_of)
        ),
        "periods": [one.settings.period.label for one in (*figures.earlier, figures)],
        "most": _hundredths(figures.book.set.total),
        "groups": [f"{group.code}. {group.name}" for group in figures.book.set.groups],
        "indicators": [
            f"{rule.indicator.number}. {rule.indicator.name}" for rule in figures.book.rules
        ],
        "cohorts": {name: str(cohort.name) for name, cohort in figures.tree.cohorts.items()},
        "units": _units(figures),
    }
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
    return f"window.chisoCompare={text};\n"


def _units(figures: Figures) -> dict[str, dict[str, Any]]:
    """By code, in the tree's order: totals by period, class, rank, groups, indicators."""
    groups = _rows(figures.scores.groups, "group", [one.code for one in figures.book.set.groups])
    numbers = [rule.indicator.number for rule in figures.book.rules]
    indicators = _rows(figures.scores.indicators, "indicator", numbers)
    found = {}
    for unit in figures.agencies:
        standing = figures.standing(unit.code)
        found[unit.code] = {
            "name": str(unit.name),
            "cohort": unit.cohort,
            "totals": [
                _hundredths(one.standing(unit.code).total) for one in (*figures.earlier, figures)
            ],
            "class": str(standing.band.name) if standing.band else None,
            "rank": None if standing.rank is None else [standing.rank, standing.cohort_size],
            "groups": groups.get(unit.code, []),
            "indicators": indicators.get(unit.code, []),
        }
    return found


def _rows(table: Any, column: str, order: list[Any]) -> dict[str, list[list[int | None]]]:
    """By unit: points, maximum and (of indicators) rate of each entry of `order`."""
    places = {key: place for place, key in enumerate(order)}
    found: dict[str, list[list[int | None]]] = {}
    for row in table.to_dict("records"):
        own = found.setdefault(row["unit"], [[None, None, None] for _key in order])
        rate = Count(row["numerator"], row["denominator"]).rate if "numerator" in row else None
        own[places[row[column]]] = [
            _hundredths(row["points"]),
            _hundredths(row["max_points"]),
            None if rate is None else int(half_up(Fraction(rate), 4).scaleb(4)),
        ]
    return found


def _hundredths(points: Decimal | None) -> int | None:
    return None if points is None else int(shown(points).scaleb(2))


def _words() -> dict[str, str]:
    return {
        "first": _("First agency"),
        "second": _("Second agency"),
        "choose": _("choose an agency"),
        "compare": _("Compare"),
        "unknown": _("There is no agency with the code “{code}” in this period.").format(code="#"),
        "same": _("Please choose two different agencies."),
        "ahead": _("{first} has {points} points more than {second}.").format(
            first="#1", points="#2", second="#3"
        ),
        "equal": _("{first} and {second} have the same total.").format(first="#1", second="#3"),
        "cohorts": _("They are of different cohorts, so their ranks can't be compared."),
        "most": _("The greatest differences: {list}.").format(list="#"),
        "whole": _("Totals, class and rank"),
        "groups": _("Points by group"),
        "indicators": _("Points and rates by indicator"),
        "item": _("Item"),
        "total": _("Total, {period}").format(period="#"),
        "class": _("Class"),
        "rank": _("Rank in the cohort"),
        "group": _("Group"),
        "indicator": _("Indicator"),
        "difference": _("Difference"),
    }
