"""The workbook of rows that were set aside: what was read, why not accepted, where it stands.

Handed in with the records it is read like any export; its rows stand for those that they name.
"""

from __future__ import annotations

import re
from contextlib import suppress
from datetime import date, datetime
from pathlib import Path

import pandas as pd

from chiso.base.excel import Sheet, write_workbook
from chiso.base.i18n import _
from chiso.contract.records import Records
from chiso.contract.tables import TABLES, ContractTable
from chiso.rules.units import Tree
from chiso.sources.agencies import Agencies
from chiso.sources.corrections import HEADERS
from chiso.sources.mappings import System, load_systems, words_of

FOLDER = "set-aside"
# Rows that one sheet of Excel can hold, less those above the table.
MOST_ROWS = 1_000_000
_AT = ["at_file", "at_sheet", "at_row"]
# What `chiso` reads of them whatever the language of the messages is.
_YES, _NO = "Có", "Không"
# A moment as the engine writes it, within what Excel can keep.
_READ = re.compile(r"(19|20)\d\d-\d\d-\d\d( \d\d:\d\d:\d\d)?")


def workbook_place(records: Path | str, period: str) -> Path:
    """Where the workbook is looked for: a folder of the records' own that is not read as records;
    the working folder for a database."""
    if "://" in str(records):
        return Path(f"{FOLDER}-{period}.xlsx")
    return Path(records) / FOLDER / f"{period}.xlsx"


def write_set_aside(records: Records, tree: Tree, path: Path, keep: bool = True) -> Path:
    """Write the rows that wait for a correction and return the file, one sheet a table, then the
    agencies of the tree and the words that may stand in the cells.

    `keep`: a workbook of that name with other content (it may be half corrected) stays as it is,
    and the new one gets a number.
    """
    agencies, systems = Agencies(tree), load_systems()
    words = {name: _words(TABLES[name], systems) for name in records.cells}
    sheets = []
    for name, cells in records.cells.items():
        shown = _shown(TABLES[name], cells, agencies, words[name])
        rows = _with_reasons(shown, records.set_aside, TABLES[name])
        sheets += _sheets(TABLES[name], rows, words[name])
    sheets += [_agencies(tree, agencies), _word_lists(words)]
    path.parent.mkdir(parents=True, exist_ok=True)
    staged = path.with_name(f".{path.name}.new")
    try:
        write_workbook(staged, sheets)
        target, number = path, 2
        while keep and target.exists() and target.read_bytes() != staged.read_bytes():
            target = path.with_name(f"{path.stem}-{number}{path.suffix}")
            number += 1
        staged.replace(target)
    finally:
        staged.unlink(missing_ok=True)
    return target


def _with_reasons(
    cells: pd.DataFrame, set_aside: pd.DataFrame, table: ContractTable
) -> pd.DataFrame:
    """The rows under the headers that a reader of corrections knows, all reasons in one cell."""
    lines = set_aside[set_aside["table"] == table.name]
    headings = {column.name: column.heading for column in table.columns}
    named = [", ".join(headings[name] for name in names.split("+")) for names in lines["column"]]
    told = pd.Series(named, index=lines.index, dtype="str") + ": " + lines["reason"]
    told = told.groupby([lines["file"], lines["sheet"], lines["row"]]).agg("; ".join)
    reasons = told.reindex(pd.MultiIndex.from_frame(cells[_AT])).to_numpy()
    place = cells[["file", "sheet", "row"]].set_axis([HEADERS[name] for name in HEADERS], axis=1)
    rest = cells.drop(columns=[*_AT, "file", "sheet", "row"]).rename(columns=headings)
    return pd.concat([place, rest], axis=1).assign(**{_("reason"): reasons})


def _words(table: ContractTable, systems: tuple[System, ...]) -> dict[str, dict[str, str]]:
    """Column -> its codes and the usual word for each."""
    found = {}
    for column in table.columns:
        words: dict[str, str] = {}
        if column.kind == "boolean":
            words = {"true": _YES, "false": _NO}
        elif column.allowed:
            for word, code in words_of(systems, table.name, column.name).items():
                words.setdefault(code, word)
        if words:
            found[column.name] = words
    return found


def _shown(
    table: ContractTable,
    cells: pd.DataFrame,
    agencies: Agencies,
    words: dict[str, dict[str, str]],
) -> pd.DataFrame:
    """What the cells say as people write it: names of agencies, words for codes, moments as Excel's
    own, which are read as the same whatever stands beside them."""
    shown = cells.copy()
    for column in table.columns:
        if column.name not in shown:
            continue
        texts, known = shown[column.name], words.get(column.name, {})
        if column.name in ("unit", "agency"):
            codes = {code: agencies.of_code(code) for code in texts.dropna().unique()}
            known = {text: agencies.full_name(code) for text, code in codes.items() if code}
        if column.kind in ("timestamp", "date"):
            shown[column.name] = pd.Series(map(_moment, texts), index=texts.index, dtype=object)
        elif known:
            shown[column.name] = texts.map(lambda text, k=known: k.get(text, text))
    return shown


def _moment(text: str | None) -> date | str | None:
    """A moment that was read, as Excel keeps one; whatever else as it is."""
    if isinstance(text, str) and _READ.fullmatch(text):
        with suppress(ValueError):
            return (datetime if " " in text else date).fromisoformat(text)
    return text


def _agencies(tree: Tree, agencies: Agencies) -> Sheet:
    rows = [(unit.code, agencies.full_name(unit.code)) for unit in tree.units]
    return Sheet(_("Agencies"), pd.DataFrame(rows, columns=[_("Code of the agency"), _("Agency")]))


def _word_lists(words: dict[str, dict[str, dict[str, str]]]) -> Sheet:
    """The words of all columns, each list under what `_choices` calls it."""
    lists = {
        _list_of(TABLES[name], column, known): list(known.values())
        for name, columns in words.items()
        for column, known in columns.items()
    }
    return Sheet(_("Words"), pd.DataFrame({name: pd.Series(one) for name, one in lists.items()}))


def _list_of(table: ContractTable, column: str, words: dict[str, str]) -> str:
    answers = f"{_YES}/{_NO}"
    return answers if _YES in words.values() else f"{table.heading}: {table.column(column).heading}"


def _choices(table: ContractTable, words: dict[str, dict[str, str]]) -> dict[str, tuple[str, str]]:
    """Heading -> the sheet and the heading under which its words stand."""
    lists = {name: (_("Words"), _list_of(table, name, known)) for name, known in words.items()}
    lists |= dict.fromkeys(("unit", "agency"), (_("Agencies"), _("Agency")))
    return {c.heading: lists[c.name] for c in table.columns if c.name in lists}


def _sheets(
    table: ContractTable, rows: pd.DataFrame, words: dict[str, dict[str, str]]
) -> list[Sheet]:
    note = _(
        "Correct the cells, leave the first three columns as they are; empty all other cells of a"
        " row to leave it out. Then put this file into the folder of the records."
    )
    choices = {name: at for name, at in _choices(table, words).items() if name in rows}
    starts = range(0, max(len(rows), 1), MOST_ROWS)
    return [
        Sheet(
            table.heading if start == 0 else f"{table.heading} {i}",
            rows[start : start + MOST_ROWS],
            note,
            choices,
        )
        for i, start in enumerate(starts, start=1)
    ]
