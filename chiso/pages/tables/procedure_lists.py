"""The province's list of procedures beside that of the national database, in the reader's words."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal

import pandas as pd
from IPython.display import Markdown

from chiso.base.i18n import _, count, day, whole_percent
from chiso.base.markdown import escape, link
from chiso.contract.evidence import BY_NAME, COMPARED_FIELDS, DIFFERING, EXTRA, MISSING
from chiso.pages.tables.handling import term_units
from chiso.pages.tables.table import Cell, Field, Table, Value, linked, unbroken, worded
from chiso.rules.procedure_list_rules import procedure_list_rules
from chiso.rules.units import PROCEDURES_PAGE, Tree
from chiso.store.figures import Figures, UnitFigures

_EPOCH = date(1970, 1, 1)


def lists_sentence(figures: Figures) -> Markdown:
    """How many procedures each list has and how many differ how, then what was not compared."""
    rows = _rows(figures)
    numbers = figures.evidence("procedure_lists").set_index("item")["number"].to_dict()
    found = _(
        "The province's list has {ours} procedures, the national database shows {national};"
        " {by_code} have the same code. Not on the national database: {missing}; only there:"
        " {extra}; of other content: {differing}. Pairs told by the name alone: {by_name}."
    ).format(
        **{name: count(numbers[name]) for name in ("ours", "national", "by_code", "by_name")},
        missing=count(_procedures(_sure(rows, MISSING))),
        extra=count(_procedures(_sure(rows, EXTRA))),
        differing=count(_procedures(_sure(rows, DIFFERING))),
    )
    told = [found, *_not_compared(numbers)]
    return Markdown("\n\n".join(escape(text) for text in told))


def _not_compared(numbers: dict[str, int]) -> list[str]:
    matched, told = numbers["by_code"] + numbers["by_name"], []
    names = field_names()
    parts = [
        _("{field} ({compared} of {number})").format(
            field=names[field], compared=count(numbers[f"compared_{field}"]), number=count(matched)
        )
        for field in COMPARED_FIELDS
        if numbers[f"compared_{field}"] < matched
    ]
    if parts:
        words = _(
            "Compared only where both lists tell it in words that can be read: {parts}. Where no"
            " difference stands, that is no proof that there is none."
        )
        told.append(words.format(parts="; ".join(parts)))
    if numbers["set_aside"]:
        words = _(
            "{number} procedures stand in rows that were set aside; they are called neither missing"
            " nor extra."
        )
        told.append(words.format(number=count(numbers["set_aside"])))
    return told


def list_summary_table(figures: Figures) -> Table:
    """Who has to put how many right, what first and until when; most past the deadline first."""
    numbers = figures.evidence("procedure_lists").set_index("item")["number"].to_dict()
    agencies = [
        (_late(own), str(code), own) for code, own in _rows(figures).groupby("unit", sort=False)
    ]
    agencies.sort(key=lambda item: (-item[0], -_procedures(_sure(item[2])), item[1]))
    return Table(
        anchor="table-list-agencies",
        sheet=_("By agency"),
        caption=_(
            "Procedures to put right by agency, most past the deadline first. The deadline is the fifth working day after the"
            " newest decision that the list gives; a pair told by its name is to be checked and is"
            " not counted as a fault."
        ),
        fields=(
            Field(_("Agency")),
            Field(_("Procedures"), "count"),
            Field(_("Not on the database"), "count"),
            Field(_("Other content"), "count"),
            Field(_("Only on the database"), "count"),
            Field(_("By name, to check"), "count"),
            Field(_("Past the deadline"), "count"),
            Field(_("First to put right")),
            Field(_("Deadline")),
            Field(_("Working days left"), "count"),
        ),
        rows=[
            [
                _agency(figures.tree, code),
                numbers.get(f"of:{code}", 0),
                *(_procedures(_sure(own, kind)) for kind in (MISSING, DIFFERING, EXTRA)),
                _procedures(own[own["matched_by"] == BY_NAME]),
                late,
                *_first(_sure(own)),
            ]
            for late, code, own in agencies
        ],
    )


def _sure(rows: pd.DataFrame, kind: str = "") -> pd.DataFrame:
    """The differences that are no guess, of one kind if one is named."""
    sure = rows[rows["matched_by"] != BY_NAME]
    return sure[sure["kind"] == kind] if kind else sure


def _late(rows: pd.DataFrame) -> int:
    """Procedures past their deadline."""
    sure = _sure(rows)
    return _procedures(sure[sure["working_days_left"] < 0])


def _first(rows: pd.DataFrame) -> list[Value | Cell]:
    """What of an agency's differences comes first, its deadline and the days up to it: of those with a
    deadline what is missing before what differs, the earliest deadline first."""
    if rows.empty:
        return [None, None, None]
    row = rows.sort_values("late", key=lambda days: days.isna(), kind="stable").iloc[0]
    words = {
        MISSING: _("Put on the database: {name}"),
        DIFFERING: _("Make alike: {name}"),
        EXTRA: _("Decide or have removed: {name}"),
    }
    return [words[row["kind"]].format(name=_name(row)), *_deadline(row)]


def missing_table(figures: Figures) -> Table:
    """Procedures of the province that the national database does not show."""
    rows = _rows(figures).query("kind == @MISSING")
    return Table(
        anchor="table-list-missing",
        sheet=_("Not on the database"),
        caption=_("Procedures of the province that the national database does not show."),
        fields=(
            Field(_("Procedure")),
            Field(_("Procedure code")),
            Field(_("Agency")),
            Field(_("On the database")),
            Field(_("Deadline")),
            Field(_("Working days left"), "count"),
        ),
        rows=[
            [
                _name(row),
                row["procedure_id"],
                _agency(figures.tree, row["unit"]),
                _("there, not shown") if row["national_id"] else _("not there"),
                *_deadline(row),
            ]
            for _i, row in rows.iterrows()
        ],
        wrapper="short",
    )


def extra_table(figures: Figures) -> Table:
    """Procedures of the national database that the province's list does not have."""
    rows = _rows(figures).query("kind == @EXTRA")
    return Table(
        anchor="table-list-extra",
        sheet=_("Only on the database"),
        caption=_(
            "Procedures of the national database that the province's list does not have: the agency"
            " has a decision published, or has the entry removed. The deadline counts from the"
            " decision that the database names."
        ),
        fields=(
            Field(_("Procedure")),
            Field(_("Code on the database")),
            Field(_("Agency")),
            Field(_("Deadline")),
            Field(_("Working days left"), "count"),
        ),
        rows=[
            [
                _name(row),
                row["national_id"],
                _agency(figures.tree, row["unit"]),
                *_deadline(row),
            ]
            for _i, row in rows.iterrows()
        ],
        wrapper="short",
    )


def differing_table(figures: Figures) -> Table:
    """What is other on the national database than by the province's decision, a row a field."""
    rows = _rows(figures).query("kind == @DIFFERING and matched_by != @BY_NAME")
    names, tree = field_names(), figures.tree
    return Table(
        anchor="table-list-differing",
        sheet=_("Other content"),
        caption=_("What the national database says otherwise than the province's list."),
        fields=(
            Field(_("Procedure")),
            Field(_("Procedure code")),
            Field(_("Agency")),
            Field(_("Content")),
            Field(_("Province")),
            Field(_("National database")),
            Field(_("Deadline")),
            Field(_("Working days left"), "count"),
        ),
        rows=[
            [
                _name(row),
                row["procedure_id"],
                _agency(tree, row["unit"]),
                unbroken(names[row["field"]]),
                _value(row["field"], row["ours"], tree),
                _value(row["field"], row["theirs"], tree),
                *_deadline(row),
            ]
            for _i, row in rows.iterrows()
        ],
        wrapper="short",
    )


def guess_table(figures: Figures) -> Table:
    """Pairs of procedures that only their names bring together, one a row."""
    rows = _rows(figures).query("matched_by == @BY_NAME")
    names, pairs = field_names(), ["procedure_id", "national_id"]
    least = whole_percent(procedure_list_rules().name_alike.at_least)
    return Table(
        anchor="table-list-guesses",
        sheet=_("By name"),
        caption=_(
            "Pairs told by the name alone, a guess: codes differ, names are alike by at least"
            " {least}. Check whether it is one procedure with a wrong code, or two."
        ).format(least=least),
        fields=(
            Field(_("Procedure")),
            Field(_("Procedure code")),
            Field(_("Code on the database")),
            Field(_("Agency")),
            Field(_("Alike"), "share"),
            Field(_("What else differs")),
        ),
        rows=[
            [
                _name(own.iloc[0]),
                one,
                other,
                _agency(figures.tree, own["unit"].iloc[0]),
                Decimal(str(own["similarity"].iloc[0])),
                "; ".join(names[field] for field in own["field"] if field != "code") or None,
            ]
            for (one, other), own in rows.groupby(pairs, sort=False)
        ],
        wrapper="short",
    )


def list_line(unit: UnitFigures) -> Markdown:
    """What a unit has to put right between the two lists, in one line; empty where nothing is."""
    rows = unit.procedure_differences
    if rows.empty:
        return Markdown("")
    words: dict[str, Callable[[str], str]] = {
        MISSING: lambda n: _("{number} not on the national database").format(number=n),
        DIFFERING: lambda n: _("{number} of other content there").format(number=n),
        EXTRA: lambda n: _("{number} only there").format(number=n),
    }
    parts = [
        told(count(number))
        for kind, told in words.items()
        if (number := _procedures(_sure(rows, kind)))
    ]
    if late := _late(rows):
        parts.append(_("{number} past the deadline").format(number=count(late)))
    if guesses := _procedures(rows[rows["matched_by"] == BY_NAME]):
        parts.append(_("{number} told by the name alone, to check").format(number=count(guesses)))
    text = _("Procedures beside the national database: {parts}.").format(parts="; ".join(parts))
    way = link(_("Lists and deadlines"), f"{PROCEDURES_PAGE}.html")
    return Markdown(f"{escape(text)} {way}")


def lists_note(figures: Figures) -> Markdown:
    """Whether the two lists could be compared, in one line; empty without records."""
    if figures.evidence("rows").empty:
        return Markdown("")
    if figures.has_lists:
        return Markdown(
            link(_("Procedures beside the national database"), f"{PROCEDURES_PAGE}.html")
        )
    return Markdown(
        escape(
            _(
                "The procedures were not compared with the national database: its export, or the"
                " province's list, is not among the records."
            )
        )
    )


def field_names() -> dict[str, str]:
    """What is compared, in the reader's words."""
    return {
        "code": _("Procedure code"),
        "name": _("Name"),
        "levels": _("Level"),
        "agency": _("Agency"),
        "term": _("Term of handling"),
        "fee": _("Fee"),
        "parts": _("Seven parts complete"),
        "online": _("Online service"),
    }


def _value(field: str, text: str, tree: Tree) -> str:
    """A compared text in the reader's words."""
    if field == "agency":
        return str(tree.by_code[text].name) if text in tree.by_code else text
    if field == "term":
        number, unit = text.split(" ", 1)
        return f"{number} {term_units()[unit]}"
    if field == "levels":
        levels = {"tinh": _("province"), "huyen": _("district"), "xa": _("commune")}
        return ", ".join(words for level, words in levels.items() if level in text.split(";"))
    words = {
        "fee": {"yes": _("yes"), "no": _("no")},
        "parts": {"yes": _("complete"), "no": _("not complete")},
        "online": {
            "none": _("not offered"),
            "partial": _("online in part"),
            "full": _("online to the end"),
        },
    }
    return words.get(field, {}).get(text, text)


def _rows(figures: Figures) -> pd.DataFrame:
    """All differences: what is missing first, then what differs, each by its deadline."""
    rows = figures.evidence("procedure_differences")
    order = {MISSING: 0, DIFFERING: 1, EXTRA: 2}
    rows = rows.assign(order=rows["kind"].map(order), late=rows["due_day"].astype("float64"))
    return rows.sort_values(
        ["order", "late", "procedure", "procedure_id", "national_id", "field"], ignore_index=True
    )


def _procedures(rows: pd.DataFrame) -> int:
    return len(rows.drop_duplicates(["procedure_id", "national_id"]))


def _name(row: pd.Series) -> str:
    return row["procedure"] or row["procedure_id"] or row["national_id"]


def _agency(tree: Tree, code: str) -> Cell:
    unit = tree.unit(code)
    return linked(str(unit.name), f"{code}.html")


def _deadline(row: pd.Series) -> list[Value | Cell]:
    """The day, and the working days up to it."""
    if pd.isna(row["due_day"]):
        return [None, None]
    left = int(row["working_days_left"])
    if left > 0:
        words = _("{days} left").format(days=count(left))
    else:
        words = _("{days} over").format(days=count(-left)) if left else _("last day")
    return [day(_EPOCH + timedelta(days=int(row["due_day"]))), worded(left, words)]
