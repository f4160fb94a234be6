"""League tables: the agencies of a cohort, best total first."""

from __future__ import annotations

from decimal import Decimal

from chiso.base.i18n import _, points, whole_percent
from chiso.base.markdown import escape
from chiso.explain.certainty import Certainty, certainty
from chiso.explain.decomposition import decomposition
from chiso.explain.ownership import has_dossiers
from chiso.pages.tables.standings import costliest, order, rank_cell, total_cell
from chiso.pages.tables.table import Cell, Field, Table, Value, linked
from chiso.rules.explain_rules import explain_rules
from chiso.store.figures import Figures, UnitFigures


def ranking_tables(figures: Figures) -> tuple[Table, ...]:
    """A league table per cohort; units without a total or without dossiers at the end, unranked."""
    found = []
    for code in figures.tree.cohorts:
        units = [figures.unit(unit.code) for unit in figures.agencies if unit.cohort == code]
        if units:
            found.append(_ranking(figures, sorted(units, key=order), code))
    return tuple(found)


def _ranking(figures: Figures, units: list[UnitFigures], code: str) -> Table:
    cohort, previous = figures.tree.cohorts[code], figures.previous
    # Of a part of a cohort there are only the ranks that were published.
    sure = {} if cohort.partial else certainty(figures, code)
    return Table(
        anchor=f"table-ranking-{code}",
        sheet=str(cohort.name),
        caption=_caption(figures, code),
        fields=(
            Field(_("Rank"), "count"),
            Field(_("Agency")),
            Field(_("Total"), "points"),
            Field(_("Class")),
            Field(_("Costliest indicator of its own (points)")),
            *(
                (Field(_("Range of ranks")), Field(_("Chance of the class"), "share"))
                if sure
                else ()
            ),
            *((Field(_("Own change"), "difference"),) if previous else ()),
        ),
        rows=[
            [
                *_standing(unit),
                *(_certainty(unit, sure) if sure else ()),
                *((_own_change(unit),) if previous else ()),
            ]
            for unit in units
        ],
    )


def _caption(figures: Figures, code: str) -> str:
    cohort, previous = figures.tree.cohorts[code], figures.previous
    parts = [_("{cohort}, by total points.").format(cohort=cohort.name)]
    if cohort.partial:
        parts.append(_("Ranks as published: these are only some of the cohort's agencies."))
    else:
        share = whole_percent(explain_rules().certainty.interval)
        words = _("Range of ranks: where {share} of draws of the same work lie.")
        parts.append(words.format(share=share))
    if previous:
        label = previous.settings.period.label
        words = _("Own change: since {period}, without the province's figures.")
        parts.append(words.format(period=label))
    return " ".join(parts)


def _standing(unit: UnitFigures) -> list[Value | Cell]:
    standing = unit.standing
    name = linked(str(unit.unit.name), f"{unit.unit.code}.html")
    if not has_dossiers(unit):
        note = _("no dossiers")
        name = Cell(f"{name.value} ({note})", f"{name.shown} {escape(f'({note})')}")
    band = None if standing.band is None else str(standing.band)
    return [rank_cell(unit), name, total_cell(unit), band, _costliest(unit)]


def _costliest(unit: UnitFigures) -> str | None:
    """The indicator's number and its points; names of 190 agencies' indicators weigh too much."""
    lost = costliest(unit)
    if lost is None:
        return None
    return f"{', '.join(map(str, lost.numbers))} ({points(lost.own)})"


def _certainty(unit: UnitFigures, sure: dict[str, Certainty]) -> list[Value | Cell]:
    """The range of ranks as 3–7 and the chance of the class (0 to 1)."""
    one = sure.get(unit.unit.code) if has_dossiers(unit) else None
    if one is None or one.low is None:
        return [None, None]
    return [str(one.low) if one.low == one.high else f"{one.low}–{one.high}", one.shown_probability]


def _own_change(unit: UnitFigures) -> Decimal | None:
    change = decomposition(unit) if has_dossiers(unit) else None
    return change.own if change else None
