"""How an exporting system calls the columns of the contract: the files of params/sources/."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import field, replace
from datetime import date
from functools import cache
from pathlib import Path
from typing import Annotated

from pydantic import Field

from chiso.base.i18n import _
from chiso.base.letters import plain
from chiso.base.locations import params_dir
from chiso.base.params import Day, Problem, Text, parameters, read_parameters
from chiso.contract.tables import TABLES, ContractTable

# Columns that exports have instead of a code; the reader turns them into `unit`, `procedure_id`.
NAMES = ("unit_name", "procedure_name")
# What the workbook of corrections has for a file of params/sources/.
WORKBOOK = "set-aside"
# What its columns were called in workbooks that may still come back.
_FORMER = {"channel": ("Kênh",)}


@parameters
class StatusBy:
    """A status for dossiers of which a column is filled (of all, where none is named)."""

    status: int
    """The status (1 to 10) that such dossiers have."""
    filled: str = ""
    """The column that must be filled; left out: all dossiers."""


@parameters
class ListRule:
    """What the entries of a list say, as `List.Field`; exactly one way is named."""

    any: str = ""
    """`List.Field`: yes if one entry has the field."""
    any_equal: str = ""
    """Yes if the field of one entry is `value`."""
    is_: Annotated[str, Field(alias="is")] = ""
    """Yes if this field of the dossier itself is `value`."""
    count: str = ""
    """How many entries have the field."""
    first: str = ""
    """The first of the field's values."""
    last: str = ""
    """The last of the field's values."""
    sum: str = ""
    """The sum of the field's values."""
    all_zero: str = ""
    """Yes if there are entries and none is above 0."""
    any_above: str = ""
    """Yes if one entry is above 0."""
    value: str = "1"
    """What `any_equal` and `is` compare with; left out: 1."""
    where: dict[str, str] = field(default_factory=dict)
    """Only for dossiers with these fields and values."""
    unless: dict[str, str] = field(default_factory=dict)
    """Not for dossiers with these fields and values."""


@parameters
class SourceTable:
    """One contract table of a system: its headers, its codes, and what is never kept."""

    columns: dict[str, tuple[str, ...]]
    """Column of the contract: the headings that exports have for it."""
    values: dict[str, dict[str, int | str]] = field(default_factory=dict)
    """Column of the contract: the words that exports have for its codes."""
    status_by: tuple[StatusBy, ...] = ()
    """How the status follows from filled columns, where exports have none; the first that fits."""
    lists: dict[str, tuple[ListRule, ...]] = field(default_factory=dict)
    """Column of the contract: what the lists within a dossier say of it."""
    personal: tuple[str, ...] = ()
    """Headings of personal data, which are never kept."""
    ids: str = ""
    """What the ids of rows look like: a regular expression for the whole text."""
    other_tables: tuple[str, ...] = ()
    """Headings that such a table never has: with one, it is a table of something else."""


@parameters
class System:
    """A file of params/sources/."""

    name: Text
    source: Annotated[str, Field(min_length=1)]
    last_confirmed: Day
    tables: dict[str, SourceTable]
    """The tables that the system exports, by the names of the contract."""
    dates: tuple[str, ...] = ()
    """Formats of dates beyond those that are always understood."""
    statistics: tuple[str, ...] = ()
    """Headings by which a table of sums is told from records."""
    service: str = ""
    """What messages with records of this system say they are."""
    yes: tuple[str, ...] = ()
    """What stands for yes."""
    no: tuple[str, ...] = ()
    """What stands for no."""
    file: str = ""
    """Filled in by the program: leave it out."""


def load_systems() -> tuple[System, ...]:
    """The workbook of corrections, all systems of params/sources/, then the contract's own names;
    ParameterError if one is wrong."""
    files = sorted((params_dir() / "sources").glob("*.yml"))
    systems = tuple(map(read_system, files))
    return (workbook_system(systems), *systems, canonical_system())


def read_system(path: Path, text: str | None = None) -> System:
    """The system in a file of params/sources/, or in the text that is to stand there; ParameterError
    if it is wrong."""
    content = read_parameters(path, System, _problems, text)
    return replace(content, file=f"params/sources/{path.name}")


def words_of(systems: Iterable[System], table: str, column: str) -> dict[str, str]:
    """What a column of codes may say in words, by any of the systems -> the code; of several words
    for one code the first is the usual one."""
    words: dict[str, str] = {}
    for system in systems:
        if table in system.tables:
            values = system.tables[table].values.get(column, {})
            words |= {word: str(code) for word, code in values.items() if word not in words}
    return words


def workbook_system(systems: tuple[System, ...]) -> System:
    """The workbook of rows set aside: headings of the contract in Vietnamese, words of all systems."""

    def words(table: ContractTable) -> dict[str, dict[str, int | str]]:
        found = {one.name: words_of(systems, table.name, one.name) for one in table.columns}
        return {name: dict(known) for name, known in found.items() if known}

    return System(
        name=Text(vi="Tệp sửa các bản ghi không hợp lệ", en="Workbook of corrections"),
        source="design of the contract tables",
        last_confirmed=date.min,
        tables={
            table.name: SourceTable(
                columns={c.name: (c.heading, *_FORMER.get(c.name, ())) for c in table.columns},
                values=words(table),
            )
            for table in TABLES.values()
        },
        yes=tuple(dict.fromkeys(word for system in systems for word in system.yes)),
        no=tuple(dict.fromkeys(word for system in systems for word in system.no)),
        file=WORKBOOK,
    )


@cache
def canonical_system() -> System:
    """Tables that already have the names of the contract."""
    return System(
        name=Text(vi="Bảng hồ sơ chuẩn", en="Contract tables"),
        source="design of the contract tables",
        last_confirmed=date.min,
        tables={
            table.name: SourceTable(columns={c.name: (c.name,) for c in table.columns})
            for table in TABLES.values()
        },
    )


def _problems(content: System) -> Iterator[Problem]:
    for name, table in content.tables.items():
        if name not in TABLES:
            yield (
                ("tables", name),
                _("there is no table “{name}”; allowed: {items}").format(
                    name=name, items=", ".join(TABLES)
                ),
            )
            continue
        yield from _wrong_pattern(name, table)
        known = {column.name for column in TABLES[name].columns}
        personal = {plain(header) for header in table.personal}
        places = [("columns", column) for column in table.columns]
        places += [("lists", column) for column in table.lists]
        for part, column in places:
            if column not in known and not (part == "columns" and column in NAMES):
                yield (
                    ("tables", name, part, column),
                    _("“{column}” is not a column of the table {table}.").format(
                        column=column, table=name
                    ),
                )
        for column, headers in table.columns.items():
            if personal & {plain(header) for header in headers}:
                yield (
                    ("tables", name, "columns", column),
                    _("a header stands among the personal ones too."),
                )


def _wrong_pattern(name: str, table: SourceTable) -> Iterator[Problem]:
    try:
        re.compile(table.ids)
    except re.error as error:
        yield (
            ("tables", name, "ids"),
            _("“{value}” is no regular expression ({problem}).").format(
                value=table.ids, problem=error
            ),
        )
