"""Measures without points on a page: form II.06, rates and channels, processing times, petitions by kind."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pandas as pd
from IPython.display import Markdown

from chiso.base.i18n import _, count, percent
from chiso.base.markdown import escape
from chiso.contract.evidence import whole_number
from chiso.pages.tables.table import Field, Table, Value
from chiso.rules.handling_rules import handling_rules
from chiso.store.figures import UnitFigures

_FORM = (
    "received", "received_online", "received_direct", "carried_over", "settled", "early", "on_time",
    "late", "open", "within_term", "overdue",
)  # fmt: skip


def form_table(unit: UnitFigures) -> Table:
    """Form II.06 of the unit and all below it, and by level where there are several."""
    rows = _form_rows(unit)
    return Table(
        anchor="table-form",
        sheet=_("Form II.06"),
        caption=_(
            "Dossiers by form II.06 of Circular 01/2020/TT-VPCP: received (online, directly or by"
            " post, carried over) = handled (early, on time, late) + in process (within the term,"
            " overdue)."
        ),
        fields=(
            Field(_("Agencies")),
            Field(_("Received, total"), "count"),
            Field(_("Online"), "count"),
            Field(_("Directly, by post"), "count"),
            Field(_("Carried over"), "count"),
            Field(_("Handled, total"), "count"),
            Field(_("Early"), "count"),
            Field(_("On time"), "count"),
            Field(_("Late"), "count"),
            Field(_("In process, total"), "count"),
            Field(_("Within the term"), "count"),
            Field(_("Overdue"), "count"),
        ),
        rows=rows,
    )


def _form_rows(unit: UnitFigures) -> list[list[Value]]:
    table, tree = unit.figures.evidence("handling").set_index("unit"), unit.figures.tree
    code = unit.unit.code
    if code not in table.index or pd.isna(table.loc[code, "received"]):
        return []
    names = {
        "tinh": _("Provincial level"),
        "so": _("Departments and agencies"),
        "huyen": _("Districts"),
        "xa": _("Communes"),
    }
    rows: list[list[Value]] = [[_("In all"), *_numbers(table.loc[code])]]
    levels: dict[str, pd.Series] = {}
    for below in tree.below(code):
        children = [child.code for child in tree.children(below)]
        own = table.loc[below, list(_FORM)] - table.loc[children, list(_FORM)].sum(skipna=False)
        level = tree.unit(below).level
        levels[level] = levels[level] + own if level in levels else own
    shown = {level: own for level, own in levels.items() if pd.isna(own["received"]) or own.any()}
    if len(shown) > 1:
        rows += [[names[level], *_numbers(shown[level])] for level in names if level in shown]
    return rows


def _numbers(row: pd.Series) -> list[Value]:
    return [whole_number(row[name]) for name in _FORM]


def _sum(*numbers: int | None) -> int | None:
    known = [number for number in numbers if number is not None]
    return sum(known) if len(known) == len(numbers) else None


def rate_table(unit: UnitFigures) -> Table:
    """On-time rates side by side, channels, dossiers received late."""
    return Table(
        anchor="table-rates",
        sheet=_("Rates without points"),
        caption=_("On-time rates, ways of submission and late receipt; these earn no points."),
        fields=(
            Field(_("Content")),
            Field(_("Dossiers"), "count"),
            Field(_("Out of"), "count"),
            Field(_("Rate"), "percent"),
        ),
        rows=[
            [words, part, whole, Fraction(part, whole)]
            for words, part, whole in _shares(unit)
            if part is not None and whole
        ],
    )


def _shares(unit: UnitFigures) -> list[tuple[str, int | None, int | None]]:
    """Words, numerator, denominator."""
    counts = unit.handling
    if not counts:
        return []
    received = _sum(counts["online"], counts["post"], counts["direct"])
    queued, rules = counts["submitted_online"], handling_rules()
    hours = rules.receipt_limit(unit.figures.settings.period.last_day).hours
    return [
        (
            _("Handled early or on time, of those handled (Circular 01/2020/TT-VPCP)"),
            *_on_time(unit)[0],
        ),
        (
            _("On time, of those received and carried over (indicator 5)"),
            *_on_time(unit)[1],
        ),
        (_("Submitted online"), counts["online"], received),
        (_("Submitted by post"), counts["post"], received),
        (_("Submitted directly"), counts["direct"], received),
        (
            _("Submitted online, received after more than {hours} working hours").format(
                hours=hours
            ),
            counts["received_late"],
            queued,
        ),
        (
            _("Submitted online, not received yet after {hours} working hours").format(hours=hours),
            counts["not_received"],
            queued,
        ),
    ]


def _on_time(unit: UnitFigures) -> list[tuple[int | None, int | None]]:
    """Numerator and denominator by Thông tư 01, and of indicator 5."""
    counts = unit.handling
    own = unit.indicators[unit.indicators["indicator"] == 5].to_dict("records")
    five = own[0] if own else {"numerator": None, "denominator": None}
    return [
        (_sum(counts["early"], counts["on_time"]), counts["settled"]),
        (whole_number(five["numerator"]), whole_number(five["denominator"])),
    ]


def rate_note(unit: UnitFigures) -> Markdown:
    """Why the two on-time rates differ, in one sentence; empty where they don't, as shown, or are not known."""
    if not unit.handling:
        return Markdown("")
    (settled_in_time, settled), (on_time, all_) = _on_time(unit)
    if settled_in_time is None or on_time is None or not settled or not all_:
        return Markdown("")
    circular, indicator = Fraction(settled_in_time, settled), Fraction(on_time, all_)
    if percent(circular) == percent(indicator):
        return Markdown("")
    words = _(
        "The two on-time rates differ ({circular} and {indicator}) because Circular 01/2020/TT-VPCP"
        " divides by the {settled} dossiers handled, while indicator 5 counts the {open} dossiers in"
        " process too and divides by all {all} received and carried over."
    )
    return Markdown(
        escape(
            words.format(
                circular=percent(circular),
                indicator=percent(indicator),
                settled=count(settled),
                open=count(all_ - settled),
                all=count(all_),
            )
        )
    )


def processing_time_table(unit: UnitFigures) -> Table:
    """Average and median time of the procedures with most dossiers, then by unit of term."""
    times = unit.processing_times
    is_all = times["procedure_id"] == ""
    return Table(
        anchor="table-times",
        sheet=_("Processing times"),
        caption=_(
            "Average time of dossiers received in the period and returned, from receipt to end"
            " without the time that the applicant was waited for: procedures with most dossiers, and"
            " all of them by unit of term. It earns no points."
        ),
        fields=(
            Field(_("Procedure")),
            Field(_("Dossiers"), "count"),
            Field(_("Average"), "time"),
            Field(_("Median"), "time"),
            Field(_("Longest term"), "count"),
            Field(_("Unit of term")),
        ),
        rows=[
            _time_row(row)
            for part in (times[~is_all], times[is_all])
            for row in part.to_dict("records")
        ],
    )


def term_units() -> dict[str, str]:
    """The words for units of term."""
    return {
        "hour": _("hours"),
        "day": _("days"),
        "working_day": _("working days"),
        "month": _("months"),
    }


def _time_row(row: dict[str, Any]) -> list[Value]:
    unit = row["term_unit"]
    rules, dossiers = handling_rules(), int(row["dossiers"])
    mean = Fraction(int(row["seconds"]), dossiers)
    median = Fraction(str(row["median_seconds"]))
    name = row["procedure"] or row["procedure_id"]
    return [
        name or _("All procedures"),
        dossiers,
        rules.in_term_unit(mean, unit),
        rules.in_term_unit(median, unit),
        whole_number(row["max_term"]),
        term_units()[unit],
    ]


def petition_kind_table(unit: UnitFigures) -> Table:
    """Petitions received in the period by what they are about; no rows where that is not known."""
    counts = unit.handling
    whole = counts.get("petitions")
    kinds = (
        (_("Policies, procedures"), counts.get("policy")),
        (_("Conduct of officials"), counts.get("conduct")),
        (_("Not classified"), counts.get("unclassified")),
    )
    return Table(
        anchor="table-petition-kinds",
        sheet=_("Petitions by kind"),
        caption=_("Petitions received in the period, by what they are about; no points."),
        fields=(
            Field(_("About")),
            Field(_("Petitions"), "count"),
            Field(_("Rate"), "percent"),
        ),
        rows=[
            [words, number, Fraction(number, whole)]
            for words, number in kinds
            if whole and number is not None
        ],
    )
