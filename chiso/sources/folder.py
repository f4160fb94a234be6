"""The files of a folder as raw contract tables in DuckDB: which file holds what, and its cells.

Parquet and CSV files with the contract's own header are scanned where they lie; everything else is
read as exported (grids, headers) and mapped. What no column of the contract is called is not read.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import ibis
import pandas as pd

from chiso.base.errors import InputError
from chiso.base.i18n import _, count, day
from chiso.base.letters import plain
from chiso.contract.records import Remark
from chiso.contract.tables import TABLES, ContractTable
from chiso.rules.settings import ILLUSTRATION_MARK
from chiso.sources import moments
from chiso.sources.agencies import Agencies
from chiso.sources.apart import read_apart
from chiso.sources.cells import read_cell, text_of, with_moments
from chiso.sources.codes import Procedures, coded, from_json, unknown_words, with_known_names
from chiso.sources.corrections import FIX, HEADERS
from chiso.sources.export_days import day_of
from chiso.sources.grids import (
    Grid,
    as_text,
    delimiter_of,
    kind_of,
    read_json,
    read_text,
    read_workbook,
    require_unicode,
)
from chiso.sources.headers import (
    HEADER_ROWS,
    Found,
    Header,
    find_table,
    looks_like_statistics,
)
from chiso.sources.mappings import WORKBOOK, System, canonical_system, load_systems
from chiso.sources.markup import read_html, read_mhtml, read_xml_2003
from chiso.sources.rules import Raw

ENDINGS = (
    ".parquet", ".csv", ".tsv", ".txt", ".xlsx", ".xlsm", ".xlsb", ".xls", ".ods", ".html", ".htm",
    ".mht", ".mhtml", ".xml", ".json",
)  # fmt: skip
# Files of figures that may lie beside records.
FIGURES = ("counts.csv", "official.csv")
_READERS = {
    "workbook": read_workbook,
    "html": read_html,
    "mhtml": read_mhtml,
    "xml2003": read_xml_2003,
    "text": read_text,
}


Watch = Callable[[Iterable[Any], int], Iterable[Any]]


def unwatched(items: Iterable[Any], _total: int) -> Iterable[Any]:
    """The items, without a bar."""
    return items


class _UnreadableError(InputError):
    """A file that DuckDB can't scan."""


@dataclass(frozen=True)
class Part:
    """One file or sheet of a table: `found` as exported, or `relation`, SQL after FROM, with
    `types` (name -> as the file types it) and the row number of its first row."""

    file: str
    sheet: str
    table: str
    found: Found | None = None
    relation: str = ""
    types: dict[str, str] = field(default_factory=dict)
    first_row: int = 1
    others: int = 0

    @property
    def made_on(self) -> date | None:
        """The day on which the export says it was made."""
        title = " ".join(self.found.title) if self.found else ""
        return day_of([self.file, self.sheet, title])


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
        self.remarks += _left_out(folder, paths)
        for path in watch(paths, len(paths)):
            try:
                self._parts += self._parts_of(path)
            except InputError as error:
                if path.suffix.lower() == ".txt":  # a note, which may lie beside records
                    self.remarks.append(Remark(path.name, "", _not_read(path)))
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
                    self._raw.execute(f"SELECT max(hash(COLUMNS(*))) FROM {part.relation}").fetchall()
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
            self._selected(table, part, _number_of(part, i, parts), held, fixes)
            for i, part in enumerate(parts)
        ]
        self._raw.execute(f"CREATE VIEW raw_{table.name} AS {' UNION ALL '.join(selects)}")
        lacks = {i: frozenset(held - set(part.types)) for i, part in enumerate(parts)}
        rows = self._backend.table(f"raw_{table.name}")
        ids = {i: part.found.header.mapping.ids for i, part in enumerate(parts) if part.found}
        return Raw(table, rows, frozenset(held), lacks, self._days(parts), ids)

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
            part.relation, _told_in_text(table, part), self._dates, self._month_first(table, part)
        )
        rows = _select(table, replace(part, relation=relation), number, held, fixes)
        if part.found is None:
            return rows
        self._raw.execute(f"CREATE TABLE {part.relation}_read AS {rows}")
        return f"SELECT * FROM {part.relation}_read"

    def _month_first(self, table: ContractTable, part: Part) -> frozenset[str]:
        """The columns of a part whose dates have the month before the day; where that can't be told,
        it is said (`remarks`)."""
        names = _told_in_text(table, part)
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
        for grid in read_apart(_READERS[kind], path):
            found = find_table(grid, self._systems)
            if found and grid.hidden:
                words = _("a hidden sheet is not read: show it in Excel if it is to count")
                self.remarks.append(Remark(path.name, grid.sheet, words))
            elif found:
                if kind == "text":
                    _require_width(path, grid.rows, found.header.last_row)
                name = found.header.table
                parts.append(Part(path.name, grid.sheet, name, found, others=found.others))
                self.remarks += _of_header(parts[-1], found.header, grid)
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
                    self.remarks += _of_others(path, others)
                    header = Header(system, name, columns, 0)
                    found = Found(header, from_json(own, mapping), (), len(others))
                    return Part(path.name, "", name, found, others=len(others))
                if others and not own:
                    self.remarks += _of_others(path, others)
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
        self.remarks += _of_words(part, part.found)
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


def _left_out(folder: Path, read: list[Path]) -> Iterator[Remark]:
    """What lies in the folder and is not read, and what to do with it."""
    if (folder / ILLUSTRATION_MARK).exists():
        return
    known = {*(path.name for path in read), *FIGURES, "set-aside"}
    for path in sorted(folder.iterdir()):
        if path.name[0] in "~." or path.name in known:
            continue
        words = (
            _("a folder is not read: put its files beside the others")
            if path.is_dir()
            else _not_read(path)
        )
        yield Remark(path.name, "", words)


def _not_read(path: Path) -> str:
    """Why a file is not read and what to do with it."""
    reasons = {
        **dict.fromkeys((".zip", ".rar", ".7z"), _("an archive is not read: unpack it")),
        **dict.fromkeys((".pdf", ".doc", ".docx"), _("not read: export it again as .xlsx")),
    }
    other = _("not read: this kind of file holds no records; export it as .xlsx or .csv")
    return reasons.get(path.suffix.lower(), other)


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


def _of_header(part: Part, header: Header, grid: Grid) -> Iterator[Remark]:
    """What was made of headings that say the same twice, or nothing that is known."""
    names = {plain(h): c for c, headers in header.mapping.columns.items() for h in headers}
    for name, further in header.again.items():
        places = (header.columns[name], *further)
        one, *others = (_heading(grid, header, at) for at in places)
        words = _("of several columns of one meaning “{one}” counts, not {others}")
        told = words.format(one=one, others=", ".join(f"“{text}”" for text in others))
        yield Remark(part.file, part.sheet, told)
    for heading, near in header.unread:
        words = _("the heading “{heading}” is not known and was not read; nearest: “{near}”")
        column = f"{part.table}.{names[near].replace('_name', '')}"
        yield Remark(part.file, part.sheet, words.format(heading=heading, near=near), column)


def _of_words(part: Part, found: Found) -> Iterator[Remark]:
    """Words that no file of params/sources/ knows, and where to add them."""
    system = found.header.system
    file = "params/sources" if system.file in ("", WORKBOOK) else system.file
    for name, word, number in unknown_words(found):
        column = TABLES[part.table].column(name).heading
        if word:
            told = _("{column}: “{word}” is not known; add it to {place} ({count} rows)")
        else:
            told = _(
                "{column}: what stands in {count} rows is no word that is known; they are set aside"
            )
        words = told.format(column=column, word=word, place=file, count=count(number))
        yield Remark(part.file, part.sheet, words)


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


def _of_others(path: Path, others: list[dict[str, Any]]) -> Iterator[Remark]:
    services = Counter(re.sub(r"[^A-Za-z0-9_.]", "", one["_service"])[:60] for one in others)
    for service, number in services.items():
        words = _("{count} records of {service} are no dossiers and are not read").format(
            count=count(number), service=service
        )
        yield Remark(path.name, "", words)


def _heading(grid: Grid, header: Header, at: int) -> str:
    """The lowest text of a column's header."""
    rows = grid.rows[max(header.last_row + 1 - HEADER_ROWS, 0) : header.last_row + 1]
    texts = [as_text(row[at]) for row in rows if at < len(row)]
    return next((text for text in reversed(texts) if text), "")


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


def _number_of(part: Part, number: int, parts: list[Part]) -> str:
    """SQL for the number of the part whose columns a row has: a correction's, of the row that it
    stands for, because what no export told stays untold when the row is handed in again."""
    if FIX[0] not in part.types:
        return str(number)
    sheet = f"coalesce({FIX[1]}, '')" if FIX[1] in part.types else "''"
    cases = [
        f"WHEN {FIX[0]} = '{_quoted(one.file)}' AND {sheet} = '{_quoted(one.sheet)}' THEN {i}"
        for i, one in enumerate(parts)
        if FIX[0] not in one.types
    ]
    return f"CASE {' '.join(cases)} ELSE {number} END" if cases else str(number)


def _select(table: ContractTable, part: Part, number: str, held: set[str], fixes: list[str]) -> str:
    """SQL of a part's rows: where each stands, every column as its text and as its value."""
    columns = [f"'{_quoted(part.file)}' AS _file", f"'{_quoted(part.sheet)}' AS _sheet"]
    columns += [f"_number + {part.first_row - 1} AS _row", f"({number})::INTEGER AS _part"]
    columns += [f"{'_step' if '_step' in part.types else 0}::INTEGER AS _step"]
    for column in table.columns:
        if column.name in held:
            text, value = read_cell(column, part.types.get(column.name))
            columns += [f"{text} AS t_{column.name}", f"{value} AS {column.name}"]
    columns += [name if name in part.types else f"NULL::VARCHAR AS {name}" for name in fixes]
    return f"SELECT {', '.join(columns)} FROM {part.relation}"


def _told_in_text(table: ContractTable, part: Part) -> list[str]:
    """The columns of moments that the part holds as text."""
    return [
        column.name
        for column in table.columns
        if column.kind in ("timestamp", "date") and part.types.get(column.name) == "VARCHAR"
    ]


def _place(path: Path) -> str:
    """A path in SQL that stands for itself, whatever DuckDB would take for a pattern."""
    return "'" + _quoted(re.sub(r"[*?\[]", r"[\g<0>]", str(path))) + "'"


def _quoted(text: str) -> str:
    return text.replace("'", "''")
