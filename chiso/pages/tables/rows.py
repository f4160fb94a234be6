"""What became of the rows of the records: accepted or set aside, why and whose; what they lack."""

from __future__ import annotations

import pandas as pd
from IPython.display import Markdown

from chiso.base.i18n import _, count
from chiso.base.markdown import escape
from chiso.contract.faults import NOT_LOST, reason_of
from chiso.contract.tables import TABLES, named
from chiso.pages.tables.table import Field, Table, linked
from chiso.store.figures import Figures, UnitFigures


def rows_table(figures: Figures) -> Table:
    """Rows in = accepted + set aside by table, those that lost nothing apart; no rows where counts were
    handed in.

    Files are not named: a name that somebody gave a file may be anybody's.
    """
    rows = figures.evidence("rows")
    numbers = ["rows_in", "accepted", "set_aside"]
    sums = rows.groupby("table").agg({**dict.fromkeys(numbers, "sum"), "file": "nunique"})
    _lost, not_lost = _parted(figures.province.set_aside)
    apart = not_lost.groupby("table")["rows"].sum().reindex(sums.index, fill_value=0).astype(int)
    sums = sums.assign(set_aside=sums["set_aside"] - apart)
    sums.insert(3, "not_lost", apart)
    return Table(
        anchor="table-rows",
        sheet=_("Rows of the records"),
        caption=_("Rows in = accepted + set aside + twice or replaced, by kind of record."),
        fields=(
            Field(_("Records")),
            Field(_("Rows in"), "count"),
            Field(_("Accepted"), "count"),
            Field(_("Set aside"), "count"),
            Field(_("Twice or replaced"), "count"),
            Field(_("Files"), "count"),
        ),
        rows=[[named(name, ""), *sums.loc[name]] for name in TABLES if name in sums.index],
    )


def _parted(aside: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Lines of evidence.SET_ASIDE: of rows that wait for a correction, and of those of NOT_LOST."""
    lost = [
        any(fault.rpartition(":")[2] not in NOT_LOST for fault in faults.split(" "))
        for faults in aside["faults"]
    ]
    is_lost = pd.Series(lost, aside.index, dtype=bool)
    return aside[is_lost], aside[~is_lost]


def set_aside_table(unit: UnitFigures) -> Table:
    """Why how many rows of the unit's records are not counted, most first."""
    aside = unit.set_aside
    lost, not_lost = (int(part["rows"].sum()) for part in _parted(aside))
    words = _(
        "{number} rows set aside and not counted, by what is wrong; a row can be wrong in several"
        " columns."
    )
    if not_lost:
        words = _(
            "{number} rows set aside and not counted; {not_lost} rows that stand twice or were"
            " replaced, none counts twice; by reason; a row can be wrong in several columns."
        )
    wrong = aside.assign(fault=aside["faults"].str.split(" ")).explode("fault")
    sizes = wrong.groupby(["table", "fault"], as_index=False)["rows"].sum()
    sizes = sizes.sort_values(["rows", "table", "fault"], ascending=[False, True, True])
    return Table(
        anchor="table-set-aside",
        sheet=_("Set aside"),
        caption=words.format(number=count(lost), not_lost=count(not_lost)),
        fields=(Field(_("Column")), Field(_("Reason")), Field(_("Rows"), "count")),
        rows=[
            [named(table, column), _reason(table, column, fault), rows]
            for table, (column, fault), rows in zip(
                sizes["table"], sizes["fault"].str.split(":"), sizes["rows"], strict=True
            )
        ],
    )


def _reason(table: str, column: str, fault: str) -> str:
    """The fault in words; of a key of several columns it can be told without them."""
    return reason_of(fault, next((c for c in TABLES[table].columns if c.name == column), None))


def agencies_set_aside_table(figures: Figures, shown: int = 30) -> Table:
    """The agencies with most rows that wait for a correction, those below them included."""
    lost, _not_lost = _parted(figures.evidence("set_aside"))
    aside = lost.groupby("unit")["rows"].sum()
    found = [(unit, int(aside[unit.code])) for unit in figures.agencies if unit.code in aside.index]
    found.sort(key=lambda pair: -pair[1])
    return Table(
        anchor="table-agencies-set-aside",
        sheet=_("Set aside by agency"),
        caption=_(
            "Agencies with rows set aside, those below them included: {shown} of {number}."
        ).format(shown=min(shown, len(found)), number=len(found)),
        fields=(Field(_("Agency")), Field(_("Rows"), "count")),
        rows=[[linked(str(unit.name), f"{unit.code}.html"), rows] for unit, rows in found[:shown]],
    )


def silent_table(figures: Figures) -> Table:
    """The agencies of which no dossier counts, and how many of theirs wait for a correction."""
    return Table(
        anchor="table-silent",
        sheet=_("Without figures"),
        caption=_("Agencies that handed in nothing that counts: no points, no rank."),
        fields=(Field(_("Agency")), Field(_("Rows set aside"), "count")),
        rows=[
            [linked(str(unit.name), f"{unit.code}.html"), figures.unit(unit.code).handed_in[1]]
            for unit in figures.silent
        ],
    )


def lack_table(unit: UnitFigures) -> Table:
    """The columns that the unit's records lack, and which indicators have no data for it."""
    gaps = unit.gaps.groupby(["table", "column"])["indicator"].agg(list)
    return Table(
        anchor="table-lacks",
        sheet=_("Columns absent"),
        caption=_("What the records lack, and the indicators that have no data without it."),
        fields=(Field(_("Column")), Field(_("Indicators"))),
        rows=[
            [_lack(table, column), ", ".join(map(str, numbers))]
            for (table, column), numbers in gaps.items()
        ],
    )


def _lack(table: str, columns: str) -> str:
    return _(" or ").join(named(table, column) for column in columns.split("|"))


def rows_sentence(figures: Figures) -> Markdown:
    """How many rows were set aside in all and how to mend them, how many lost nothing; empty without
    records."""
    rows = figures.evidence("rows")
    if rows.empty:
        return Markdown("")
    words = _(
        "{aside} of {rows} rows of the records were set aside and not counted. “chiso check --period"
        " {period}” gives them with all reasons in one workbook, to be corrected and handed in again."
    )
    not_lost = int(_parted(figures.province.set_aside)[1]["rows"].sum())
    told = words.format(
        aside=count(int(rows["set_aside"].sum()) - not_lost),
        rows=count(int(rows["rows_in"].sum())),
        period=figures.settings.period.name,
    )
    if not_lost:
        words = _(
            "{number} more stand twice, as exports of a week and of its month share rows, or were"
            " replaced: none counts twice, nothing is to be mended."
        )
        told += " " + words.format(number=count(not_lost))
    return Markdown(escape(told))
