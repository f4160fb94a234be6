"""The cases of a unit: how many by indicator on its page, all of them for its workbook."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from chiso.base.excel import Sheet
from chiso.base.i18n import _, count, points
from chiso.explain.ownership import has_dossiers, ownership
from chiso.explain.way_up import WayUp, next_band, way_up
from chiso.pages.tables.table import Field, Table
from chiso.rules.indicators import ClassBand
from chiso.rules.units import Tree
from chiso.store.figures import UnitFigures

_SHEET_ROWS = 1_000_000
_OF_RECORD = ("procedure_id", "procedure", "received_s", "due_s", "ended_s")


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


def record_frame(cases: pd.DataFrame, agencies: dict[str, str]) -> pd.DataFrame:
    """Cases of one kind by record: what each lacks and can still be mended, and what can not;
    `agencies`: names by code."""
    pairs = list(zip(cases["indicator"], cases["reason"], cases["mendable"], strict=True))
    codes, kinds = pd.factorize(pd.Series(pairs, dtype=object))
    # A bit for each (indicator, reason, mendable); distinct ones of a record add up.
    rows = cases.assign(bit=2 ** codes.astype("int64"))
    rows = rows.assign(open_late=(rows["days_late"].fillna(0) > 0) & rows["ended_s"].isna())
    by_record = rows.drop_duplicates(["id", "unit", "bit"]).groupby(["id", "unit"], sort=False)
    # Not `agg` of them all: planning it takes longer than the sums of an agency.
    parts = [
        by_record["bit"].sum().rename("lacks"),
        by_record[["days_late", "open_late"]].max(),
        by_record[[*_OF_RECORD]].first(),
    ]
    found = pd.concat(parts, axis=1).reset_index()
    kind = cases["kind"].iloc[0]
    said = {reason: words for (of, reason), words in reasons().items() if of == kind}
    words = {lacks: _lacking(lacks, list(kinds), said) for lacks in found["lacks"].unique()}
    found["mendable"] = [len(words[lacks].mendable) for lacks in found["lacks"]]
    found = found.sort_values(
        ["open_late", "mendable", "days_late", "id"],
        ascending=[False, False, False, True],
        na_position="last",
    )
    lacking = [words[lacks] for lacks in found["lacks"]]
    columns = {
        _("Unit"): found["unit"].map(agencies),
        _("Record"): found["id"],
        _("Procedure code"): found["procedure_id"],
        _("Procedure"): found["procedure"],
        _("Received"): _moments(found["received_s"]),
        _("Due"): _moments(found["due_s"]),
        _("Ended"): _moments(found["ended_s"]),
        _("Days late"): _days(found["days_late"]),
        _("Mendable for indicators"): [_numbers(one.mendable) for one in lacking],
        _("What is lacking"): ["; ".join(one.to_do) or None for one in lacking],
        _("No longer mendable for indicators"): [_numbers(one.lost) for one in lacking],
        _("Why"): ["; ".join(one.why) or None for one in lacking],
        _("Unit code"): found["unit"],
    }
    return pd.DataFrame({name: list(values) for name, values in columns.items()}, dtype=object)


@dataclass(frozen=True)
class _Lacking:
    """What a record lacks: indicators and reasons that can be mended, and that can not."""

    mendable: tuple[int, ...]
    to_do: tuple[str, ...]
    lost: tuple[int, ...]
    why: tuple[str, ...]


def _lacking(lacks: int, kinds: list[tuple[int, str, bool]], words: Mapping[str, str]) -> _Lacking:
    found = sorted(one for place, one in enumerate(kinds) if lacks >> place & 1)
    sides = {
        side: [(number, reason) for number, reason, flag in found if bool(flag) is side]
        for side in (True, False)
    }
    told = {
        side: (
            tuple(dict.fromkeys(number for number, _reason in pairs)),
            tuple(dict.fromkeys(words.get(reason, reason) for _number, reason in pairs)),
        )
        for side, pairs in sides.items()
    }
    return _Lacking(*told[True], *told[False])


def _numbers(numbers: tuple[int, ...]) -> str | None:
    return ", ".join(map(str, numbers)) or None


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


def case_frame(cases: pd.DataFrame, tree: Tree) -> pd.DataFrame:
    """The cases with headings, names and reasons as the reader has them; codes of units last."""
    words = reasons()
    columns = {
        _("Unit"): [
            str(tree.by_code[code].name) if code in tree.by_code else code for code in cases["unit"]
        ],
        _("Record"): cases["id"],
        _("Procedure code"): cases["procedure_id"],
        _("Procedure"): cases["procedure"],
        _("Received"): _moments(cases["received_s"]),
        _("Due"): _moments(cases["due_s"]),
        _("Ended"): _moments(cases["ended_s"]),
        _("Reason"): [
            words.get((kind, reason), reason)
            for kind, reason in zip(cases["kind"], cases["reason"], strict=True)
        ],
        _("Days late"): _days(cases["days_late"]),
        _("Mendable"): [_("yes") if flag else _("no") for flag in cases["mendable"]],
        _("Unit code"): cases["unit"],
    }
    return pd.DataFrame({name: list(values) for name, values in columns.items()}, dtype=object)


def _days(days: pd.Series) -> list[int | None]:
    return [None if pd.isna(number) or number < 1 else int(number) for number in days]


def _moments(seconds: pd.Series) -> list:
    moments = pd.to_datetime(seconds.astype("Float64"), unit="s")
    return [None if pd.isna(moment) else moment.to_pydatetime() for moment in moments]


def reasons() -> dict[tuple[str, str], str]:
    """(kind of record, reason) -> the words for it."""
    return {
        ("dossier", "ended"): _("done after the due date"),
        ("dossier", "in_process"): _("overdue and still in process"),
        ("dossier", "supplement"): _("supplement asked for after the due date"),
        ("dossier", "waiting"): _("overdue, waiting for a supplement; no date of the request"),
        ("dossier", "asked_again"): _("supplements asked for more than once"),
        ("dossier", "no_limit"): _("neither a due date nor a term"),
        ("dossier", "complained"): _("petition or dislike of the applicant"),
        ("dossier", "synced"): _("not synchronised"),
        ("dossier", "online"): _("not received online"),
        ("dossier", "to_pay_paid"): _("not paid online"),
        ("dossier", "result"): _("no electronic result"),
        ("dossier", "components"): _("components not digitised"),
        ("dossier", "components_and_result"): _("components or result not digitised"),
        ("dossier", "reused"): _("no digitised data reused"),
        ("dossier", "from_store"): _("not tied to the document store"),
        ("dossier", "population_data"): _("population data not used"),
        ("petition", "refused"): _("refused too late"),
        ("petition", "answered"): _("answered too late"),
        ("petition", "published"): _("answer published too late"),
        ("petition", "to_publish"): _("answered, not published"),
        ("petition", "asked"): _("supplement asked for too late"),
        ("petition", "open"): _("overdue without an answer"),
        ("petition", "disliked"): _("dislike of the petitioner"),
        ("petition", "raised_again"): _("raised again"),
        ("service", "unused"): _("no online dossier"),
        ("commune", "no_copies"): _("no certified electronic copies"),
        ("procedure", "published"): _("decision signed too late"),
        ("procedure", "made_public"): _("made public too late"),
        ("procedure", "complete"): _("parts are missing in what is public"),
        ("procedure", "online"): _("no online service"),
        ("procedure", "paid"): _("no dossier paid online"),
        ("procedure", "fee_filled"): _("no dossier with fee data"),
        ("procedure", "connected"): _("no dossier with population data"),
        # As revisions that were stored before call it.
        ("procedure", "population_data"): _("no dossier with population data"),
    }
