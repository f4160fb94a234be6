"""The files of a folder as raw contract tables in DuckDB: which file holds what, and its cells.

Parquet and CSV files with the contract's own header are scanned where they lie; everything else is
read as exported (grids, headers) and mapped. What no column of the contract is called is not read.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import ibis
import pandas as pd

from chiso.base.errors import InputError
from chiso.base.i18n import _, day
from chiso.contract.records import Remark
from chiso.contract.tables import TABLES, ContractTable
from chiso.sources import moments
from chiso.sources.agencies import Agencies
from chiso.sources.apart import read_apart
from chiso.sources.cells import text_of, with_moments
from chiso.sources.codes import Procedures, coded, from_json, with_known_names
from chiso.sources.corrections import FIX, HEADERS
from chiso.sources.grids import (
    delimiter_of,
    kind_of,
    read_json,
    read_text,
    read_workbook,
    require_unicode,
)
from chiso.sources.headers import (
    Found,
    Header,
    find_table,
    looks_like_statistics,
)
from chiso.sources.mappings import System, canonical_system, load_systems
from chiso.sources.markup import read_html, read_mhtml, read_xml_2003
from chiso.sources.parts import Part, number_of, quoted, selected, told_in_text
from chiso.sources.remarks import left_out, not_read, of_header, of_others, of_words
from chiso.sources.rules import Raw

ENDINGS = (
    ".parquet", ".csv", ".tsv", ".txt", ".xlsx", ".xlsm", ".xlsb", ".xls", ".ods", ".html", ".htm",
    ".mht", ".mhtml", ".xml", ".json",
)  # fmt: skip
# How the cells of each kind of file are read.
READERS = {
    "workbook": read_workbook,
    "html": read_html,
    "mhtml": read_mhtml,
    "xml2003": read_xml_2003,
    "text": read_text,
}

# Files of figures that may lie beside records.
FIGURES = ("counts.csv", "official.csv")


Watch = Callable[[Iterable[Any], int], Iterable[Any]]


def unwatched(items: Iterable[Any], _total: int) -> Iterable[Any]:
    """The items, without a bar."""
    return items


class _UnreadableError(InputError):
    """A file that DuckDB can't scan."""


class Folder:
    """The files of a folder, opened once: parts by table, and sheets that are no tables."""

    def __init__(self, folder: Path, watch: Watch = unwatched) -> None:
        self._folder = folder
        self._backend = ibis.duckdb.connect()
        self._raw: duckdb.DuckDBPyConnection = self._backend.con
        self._raw.execute("SET TimeZone = 'UTC'")
        self._systems = load_systems()
        self._parts: list[Part] = []
        self.remarks: list[Remark] = []
        problems: list[InputError] = []
        paths = files_of_records(folder)
        self.remarks += left_out(folder, {*(path.name for path in paths), *FIGURES, "set-aside"})
        for path in watch(paths, len(paths)):
            try:
                self._parts += self._parts_of(path)
            except InputError as error:
                if path.suffix.lower() == ".txt":  # a note, which may lie beside records
                    self.remarks.append(Remark(path.name, "", not_read(path)))
                else:
                    problems.append(error)
        if problems:
            raise problems[0] if len(problems) == 1 else _all_of(problems)
        if not any(part.table for part in self._parts):
            raise InputError(
                _("There is no table of records in this folder."),
                file=folder,
                hint=_("Put files like dossiers.parquet, dossiers.csv or dossiers.xlsx there."),
            )

    def require_readable(self, table: ContractTable) -> None:
        """InputError that names the file of a table that can't be read to its end; asked when a query
        has failed, because it reads everything."""
        for part in self._parts:
            if part.table == table.name and part.found is None:
                try:
                    self._raw.execute(
                        f"SELECT max(hash(COLUMNS(*))) FROM {part.relation}"
                    ).fetchall()
                except duckdb.Error as error:
                    raise _unreadable(self._folder / part.file, error) from None

    def other_rows(self) -> pd.DataFrame:
        """table, file, others: rows that are no records (totals, signatures, notes), by file."""
        rows = [(part.table, part.file, part.others) for part in self._parts]
        frame = pd.DataFrame(rows, columns=["table", "file", "others"])
        return frame.groupby(["table", "file"], as_index=False).sum()

    def raw(self, table: ContractTable, agencies: Agencies, procedures: Procedures) -> Raw | None:
        """All rows of a table; None if no file has it."""
        parts = [part for part in self._parts if part.table == table.name]
        if not parts:
            return None
        parts = [self._registered(part, i, agencies, procedures) for i, part in enumerate(parts)]
        held = {name for part in parts for name in part.types} | set(table.needed)
        held &= {column.name for column in table.columns}
        fixes = [name for name in FIX if any(name in part.types for part in parts)]
        selects = [
            self._selected(table, part, number_of(part, i, parts), held, fixes)
            for i, part in enumerate(parts)
        ]
        self._raw.execute(f"CREATE VIEW raw_{table.name} AS {' UNION ALL '.join(selects)}")
        lacks = {i: frozenset(held - set(part.types)) for i, part in enumerate(parts)}
        rows = self._backend.table(f"raw_{table.name}")
        ids = {i: part.found.header.mapping.ids for i, part in enumerate(parts) if part.found}
        return Raw(table, rows, frozenset(held), lacks, self._days(parts), ids, keeps_places=True)

    def _days(self, parts: list[Part]) -> dict[tuple[str, str], date]:
        """When the exports say they were made; told where that decides between them."""
        days = {(part.file, part.sheet): made for part in parts if (made := part.made_on)}
        if len(set(days.values())) > 1:
            words = _("exported on {day}; of one dossier in several exports the newest counts")
            self.remarks += [
                Remark(*place, words.format(day=day(made))) for place, made in days.items()
            ]
        return days

    def _selected(
        self, table: ContractTable, part: Part, number: str, held: set[str], fixes: list[str]
    ) -> str:
        """SQL of a part's rows. Those of an export are worked out here and now: they are in memory
        anyway, and many files would be planned anew for every question."""
        relation = with_moments(
            part.relation, told_in_text(table, part), self._dates, self._month_first(table, part)
        )
        rows = selected(table, replace(part, relation=relation), number, held, fixes)
        if part.found is None:
            return rows
        self._raw.execute(f"CREATE TABLE {part.relation}_read AS {rows}")
        return f"SELECT * FROM {part.relation}_read"

    def _month_first(self, table: ContractTable, part: Part) -> frozenset[str]:
        """The columns of a part whose dates have the month before the day; where that can't be told,
        it is said (`remarks`)."""
        names = told_in_text(table, part)
        if not names:
            return frozenset()
        told = ", ".join(sql for name in names for sql in moments.orders(text_of(name)))
        row = self._raw.execute(f"SELECT {told} FROM {part.relation}").fetchone() or ()
        seen = {name: moments.Order(*row[3 * i : 3 * i + 3]) for i, name in enumerate(names)}
        found, twofold = moments.month_first(seen)
        if twofold:
            words = _(
                "{columns}: read with the day before the month; no day above 12 tells the order."
            ).format(columns=", ".join(table.column(name).meaning for name in twofold))
            self.remarks.append(Remark(part.file, part.sheet, words))
        return found

    @property
    def _dates(self) -> list[str]:
        return [*dict.fromkeys(form for system in self._systems for form in system.dates)]

    def _parts_of(self, path: Path) -> list[Part]:
        _require_file(path)
        kind = kind_of(path)
        table = _named_after(path)
        if kind == "json":
            return [self._json_part(path)]
        if table and kind == "parquet":
            return [self._scanned(path, table, kind)]
        if table and kind == "text" and _is_canonical(path, table):
            try:
                return [self._scanned(path, table, kind)]
            except _UnreadableError:
                pass  # rows of other lengths than the header's: read them one by one
        if kind == "parquet":
            raise InputError(
                _("The name of this file names no table."),
                file=path,
                hint=_("Call it after its table: {items}.").format(items=", ".join(TABLES)),
            )
        return self._exported(path, kind, table)

    def _exported(self, path: Path, kind: str, table: ContractTable | None) -> list[Part]:
        """Every sheet with a table; the others as notes."""
        parts, sums = [], False
        for grid in read_apart(READERS[kind], path):
            found = find_table(grid, self._systems)
            if found and grid.hidden:
                words = _("a hidden sheet is not read: show it in Excel if it is to count")
                self.remarks.append(Remark(path.name, grid.sheet, words))
            elif found:
                if kind == "text":
                    _require_width(path, grid.rows, found.header.last_row)
                name = found.header.table
                parts.append(Part(path.name, grid.sheet, name, found, others=found.others))
                self.remarks += of_header(parts[-1], found.header, grid)
            else:
                sums = sums or looks_like_statistics(grid, self._systems)
                notes = sum(any(cell not in ("", None) for cell in row) for row in grid.rows)
                parts.append(Part(path.name, grid.sheet, "", others=notes))
        if any(part.table for part in parts):
            _require_columns(path, parts)
            return parts
        if sums:
            raise InputError(
                _("This is a table of statistics, sums by agency; dossiers can't be told from it."),
                file=path,
                hint=_("Export the register of dossiers (Sổ theo dõi hồ sơ), one row a dossier."),
            )
        needed = table.needed if table else TABLES["dossiers"].needed
        raise InputError(
            _("No table with the columns {columns} was found.").format(columns=", ".join(needed)),
            file=path,
            hint=_(
                "Check the header. A system that names its columns otherwise needs a file in"
                " params/sources/."
            ),
        )

    def _json_part(self, path: Path) -> Part:
        (records,) = read_apart(read_json, path)
        for system in self._systems:
            for name, mapping in system.tables.items():
                own, others = _of_service(with_known_names(records, mapping), system)
                keys = {key for record in own for key in record}
                headers = {h: column for column, known in mapping.columns.items() for h in known}
                columns = {headers[key]: 0 for key in keys if key in headers}
                if set(TABLES[name].key) <= set(columns):
                    self.remarks += of_others(path, others)
                    header = Header(system, name, columns, 0)
                    found = Found(header, from_json(own, mapping), (), len(others))
                    return Part(path.name, "", name, found, others=len(others))
                if others and not own:
                    self.remarks += of_others(path, others)
                    return Part(path.name, "", "", others=len(others))
        raise InputError(
            _("This JSON file holds no records that a file of params/sources/ describes."),
            file=path,
            hint=_("Dossiers of the synchronisation service have the field MaHoSo."),
        )

    def _scanned(self, path: Path, table: ContractTable, kind: str) -> Part:
        """A file that DuckDB reads where it lies."""
        place = _place(path)
        if kind == "parquet":
            relation = f"read_parquet({place}, file_row_number=true)"
        else:
            require_unicode(path)
            delimiter = delimiter_of(_first_line(path))
            relation = f"read_csv({place}, all_varchar=true, header=true, delim='{delimiter}')"
        try:
            described = self._raw.execute(f"DESCRIBE SELECT * FROM {relation}").fetchall()
            self._raw.execute(f"SELECT count(*) FROM {relation}").fetchall()
        except duckdb.Error as error:
            raise _unreadable(path, error) from None
        types = {str(name): str(type_) for name, type_, *_rest in described}
        absent = [name for name in table.needed if name not in types]
        if absent:
            raise _missing(path, absent, table)
        number = "file_row_number + 1" if kind == "parquet" else "row_number() OVER ()"
        numbered = f"(SELECT *, {number} AS _number FROM {relation})"
        return Part(path.name, "", table.name, None, numbered, types, 1 if kind == "parquet" else 2)

    def _registered(
        self, part: Part, number: int, agencies: Agencies, procedures: Procedures
    ) -> Part:
        """The part as a relation of the engine."""
        if part.found is None:
            return part
        self.remarks += of_words(part, part.found)
        frame = coded(part.found, agencies, procedures)
        name = f"part_{part.table}_{number}"
        texts = {
            column: pd.array(frame[column], dtype="str")
            for column in frame
            if column not in ("_number", "_step")
        }
        places = {
            column: frame[column].to_numpy("int64") for column in frame if column not in texts
        }
        self._raw.register(name, pd.DataFrame(texts).assign(**places))
        types = dict.fromkeys(texts, "VARCHAR") | dict.fromkeys(places, "BIGINT")
        return replace(part, relation=name, types=types)


def _unreadable(path: Path, error: duckdb.Error) -> _UnreadableError:
    return _UnreadableError(
        _("This file can't be read as a table ({problem}).").format(
            problem=str(error).splitlines()[0]
        ),
        file=path,
        hint=_("Save it again as Parquet or as CSV UTF-8."),
    )


def files_of_records(folder: Path) -> list[Path]:
    """What may hold records, in the order of the names; counts and official results do not. None
    where there is no such folder."""
    return [
        path
        for path in (sorted(folder.iterdir()) if folder.is_dir() else [])
        if path.suffix.lower() in ENDINGS and path.name[0] not in "~." and path.name not in FIGURES
    ]


def _require_file(path: Path) -> None:
    """InputError for a folder or a link to nowhere that is called like a file of records."""
    if not path.is_file():
        raise InputError(
            _("This is no file."),
            file=path,
            hint=_("Put the file itself there: not a folder, nor a link whose file is gone."),
        )


def _named_after(path: Path) -> ContractTable | None:
    """The table that a file is named after: dossiers.csv, dossiers-2022-09.csv."""
    for name, table in TABLES.items():
        if path.stem == name or (path.stem.startswith(name) and path.stem[len(name)] in "-_ ."):
            return table
    return None


def _first_line(path: Path) -> str:
    with path.open("rb") as file:
        return file.readline(1 << 16).decode("utf-8-sig", errors="replace").rstrip("\r\n")


def _is_canonical(path: Path, table: ContractTable) -> bool:
    """Whether a CSV file begins with the contract's header."""
    line = _first_line(path)
    cells = {cell.strip().strip('"') for cell in line.split(delimiter_of(line))}
    return set(table.key) & cells != set() and not set(HEADERS.values()) & cells


def _require_width(path: Path, rows: list[list[Any]], header: int) -> None:
    """InputError for a line with more cells than the header: it would be read shifted."""
    width = len(rows[header])
    for number, row in enumerate(rows[header:], start=header + 1):
        if any(cell.strip() for cell in row[width:]):
            raise InputError(
                _("Row {row} has more cells than the header.").format(row=number),
                file=path,
                hint=_("A text with a comma in it must stand in quotes: export the file again."),
            )


def _of_service(
    records: list[dict[str, Any]], system: System
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """The records of a system's own messages, and those of messages that say they are others."""
    own: list[dict[str, Any]] = []
    others: list[dict[str, Any]] = []
    for record in records:
        is_other = system.service and record.get("_service", system.service) != system.service
        (others if is_other else own).append(record)
    return own, others


def _require_columns(path: Path, parts: list[Part]) -> None:
    """InputError where a sheet that has the contract's own header lacks a column it must have."""
    for part in parts:
        if part.found and part.found.header.system == canonical_system():
            table = TABLES[part.table]
            absent = [name for name in table.needed if name not in part.found.header.columns]
            if absent:
                raise _missing(path, absent, table)


def _missing(path: Path, absent: list[str], table: ContractTable) -> InputError:
    return InputError(
        _("These columns are missing: {columns}.").format(columns=", ".join(absent)),
        file=path,
        hint=_("The header must have the columns {columns}.").format(
            columns=", ".join(table.needed)
        ),
    )


def _all_of(problems: list[InputError]) -> InputError:
    """All files that can't be read, in one error."""
    return InputError(
        _("{count} files can't be read:").format(count=len(problems))
        + "".join(f"\n- {problem}" for problem in problems)
    )


def _place(path: Path) -> str:
    """A path in SQL that stands for itself, whatever DuckDB would take for a pattern."""
    return "'" + quoted(re.sub(r"[*?\[]", r"[\g<0>]", str(path))) + "'"
