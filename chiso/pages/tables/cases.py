"""The cases of a unit: how many by indicator on its page, all of them for its workbook."""

from __future__ import annotations

import pandas as pd

from chiso.base.excel import Sheet
from chiso.base.i18n import _, count, points
from chiso.explain.ownership import has_dossiers, ownership
from chiso.explain.way_up import WayUp, next_band, way_up
from chiso.pages.tables.case_rows import case_frame, record_frame
from chiso.pages.tables.table import Field, Table
from chiso.rules.indicators import ClassBand
from chiso.store.figures import UnitFigures

_SHEET_ROWS = 1_000_000


def case_table(unit: UnitFigures) -> Table:
    """Indicators with cases, those with the most points lost of the unit's own first."""
    lost = {number: one.own for one in ownership(unit) for number in one.numbers}
    rules = {rule.indicator.number: rule.indicator for rule in unit.figures.book.rules}
    found = unit.case_counts.to_dict("records")
    found.sort(key=lambda row: (-lost.get(row["indicator"], 0), row["indicator"]))
    return Table(
        anchor="table-cases",
        sheet=_("Cases"),
        caption=_(
            "Records in the denominator but not in the numerator; “mendable” can still count."
        ),
        fields=(
            Field(_("No."), "count"),
            Field(_("Indicator")),
            Field(_("Cases"), "count"),
            Field(_("Mendable"), "count"),
            Field(_("Most days late"), "count"),
        ),
        rows=[
            [
                row["indicator"],
                str(rules[row["indicator"]].name),
                row["cases"],
                row["mendable"],
                None
                if pd.isna(row["days_late"]) or row["days_late"] < 1
                else int(row["days_late"]),
            ]
            for row in found
        ],
    )


def way_table(unit: UnitFigures) -> Table:
    """The fewest cases to the next class by indicator: of those that can be mended, with the points
    that they bring and the rate that they reach; no rows where there is no such way."""
    standing, band = unit.standing, next_band(unit)
    way = None
    if band and standing.total is not None and has_dossiers(unit):
        way = way_up(unit, band.at_least)
    names = {rule.indicator.number: str(rule.indicator.name) for rule in unit.figures.book.rules}
    mendable = unit.case_counts.set_index("indicator")["mendable"].to_dict()
    rows = [
        [
            step.number,
            names[step.number],
            step.cases,
            mendable.get(step.number) if way and way.from_records else None,
            step.points,
            unit.counts[step.number].rate,
            step.rate,
        ]
        for step in (way.steps if way else ())
    ]
    return Table(
        anchor="table-way",
        sheet=_("Way to the next class"),
        caption=_way_caption(way, band),
        fields=(
            Field(_("No."), "count"),
            Field(_("Indicator")),
            Field(_("To mend"), "count"),
            Field(_("Mendable"), "count"),
            Field(_("Points gained"), "points"),
            Field(_("Rate now"), "percent"),
            Field(_("Rate then"), "percent"),
        ),
        rows=rows,
    )


def _way_caption(way: WayUp | None, band: ClassBand | None) -> str:
    if way is None or band is None:
        return ""
    words = {"band": band.name, "cases": count(way.cases), "total": points(way.total_after)}
    text = _("Class {band}: {cases} cases, total then {total}.").format(**words)
    if sum(step.cases for step in way.steps) > way.cases:
        text += " " + _("A case that counts for several indicators stands in each of them.")
    return text


def case_sheets(unit: UnitFigures) -> list[Sheet]:
    """All cases of a unit: how many by indicator, then a sheet for each kind of record, a row a
    record with all that it lacks; late and still open first, then what can be mended for most."""
    cases = unit.cases
    if not len(cases):
        return []
    sheets = [_summary(unit)]
    names = {
        "dossier": _("Dossier records"),
        "petition": _("Petition records"),
        "service": _("Services"),
        "procedure": _("Procedures"),
        "commune": _("Communes"),
    }
    agencies = {one.code: str(one.name) for one in unit.figures.tree.units}
    for kind, name in names.items():
        of_kind = cases[cases["kind"] == kind]
        if of_kind.empty:
            continue
        rows = record_frame(of_kind, agencies)
        # A sheet of Excel holds 1,048,576 rows.
        for start in range(0, len(rows), _SHEET_ROWS):
            part = rows.iloc[start : start + _SHEET_ROWS]
            title = name if len(rows) <= _SHEET_ROWS else f"{name} {start // _SHEET_ROWS + 1}"
            note = _("{kind} of {unit} that lack something, one a row: {number}.").format(
                kind=name, number=count(len(rows)), unit=unit.unit.name
            )
            sheets.append(Sheet(title, part, note))
    return sheets


def _summary(unit: UnitFigures) -> Sheet:
    table = case_table(unit)
    columns = [field.heading for field in table.fields]
    note = f"{unit.unit.name}. {table.caption}"
    rows = pd.DataFrame(list(table.rows), columns=columns, dtype=object)
    return Sheet(_("Summary"), rows, note, kinds=tuple(field.kind for field in table.fields))


def case_sheet(unit: UnitFigures, number: int) -> Sheet:
    """All cases of one indicator, what can be mended and is latest first."""
    cases = unit.cases
    cases = cases[cases["indicator"] == number].sort_values(
        ["mendable", "days_late", "id"], ascending=[False, False, True], na_position="last"
    )
    note = _("{number} cases of {unit}.").format(number=count(len(cases)), unit=unit.unit.name)
    return Sheet(
        _("Indicator {number}").format(number=number), case_frame(cases, unit.figures.tree), note
    )
