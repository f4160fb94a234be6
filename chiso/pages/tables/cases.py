"""The cases of a unit: how many by indicator on its page, all of them for its workbook."""

from __future__ import annotations

import pandas as pd

from chiso.base.excel import Sheet
from chiso.base.i18n import _, count
from chiso.pages.tables.table import Field, Table
from chiso.rules.units import Tree
from chiso.store.figures import UnitFigures

CAP = 1_000  # rows of a sheet; a longer one is for `chiso cases --out`


def case_table(unit: UnitFigures) -> Table:
    """Indicators with cases, those with the most points lost first."""
    lost = unit.indicators.set_index("indicator")["points_lost"]
    rules = {rule.indicator.number: rule.indicator for rule in unit.figures.book.rules}
    found = unit.case_counts.to_dict("records")
    found.sort(key=lambda row: (-(lost.get(row["indicator"]) or 0), row["indicator"]))
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


def case_sheets(unit: UnitFigures) -> list[Sheet]:
    """A sheet for every indicator with cases, what can be mended and is latest first."""
    cases = unit.cases
    return [
        _sheet(unit, number, own, CAP)
        for number, own in cases.groupby("indicator")
        if len(own)
    ]  # fmt: skip


def case_sheet(unit: UnitFigures, number: int) -> Sheet:
    """All cases of one indicator."""
    cases = unit.cases
    return _sheet(unit, number, cases[cases["indicator"] == number], None)


def _sheet(unit: UnitFigures, number: int, cases: pd.DataFrame, cap: int | None) -> Sheet:
    ordered = cases.sort_values(
        ["mendable", "days_late", "id"], ascending=[False, False, True], na_position="last"
    )
    shown = ordered.head(cap) if cap else ordered
    note = _("{number} cases of {unit}.").format(number=count(len(cases)), unit=unit.unit.name)
    if len(shown) < len(cases):
        note += " " + _(
            "The first {shown} stand here; all of them: chiso cases --period {period}"
            " --unit {code} --indicator {indicator} --out FILE.xlsx"
        ).format(
            shown=count(len(shown)),
            period=unit.figures.settings.period.name,
            code=unit.unit.code,
            indicator=number,
        )
    return Sheet(
        _("Indicator {number}").format(number=number), case_frame(shown, unit.figures.tree), note
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
        _("Days late"): [None if pd.isna(n) or n < 1 else int(n) for n in cases["days_late"]],
        _("Mendable"): [_("yes") if flag else _("no") for flag in cases["mendable"]],
        _("Unit code"): cases["unit"],
    }
    return pd.DataFrame({name: list(values) for name, values in columns.items()}, dtype=object)


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
