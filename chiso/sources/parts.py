"""One file or sheet of a table, and the SQL of its rows as raw columns."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from chiso.contract.tables import ContractTable
from chiso.sources.cells import read_cell
from chiso.sources.corrections import FIX
from chiso.sources.export_days import day_of
from chiso.sources.headers import Found


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


def number_of(part: Part, number: int, parts: list[Part]) -> str:
    """SQL for the number of the part whose columns a row has: a correction's, of the row that it
    stands for, because what no export told stays untold when the row is handed in again."""
    if FIX[0] not in part.types:
        return str(number)
    sheet = f"coalesce({FIX[1]}, '')" if FIX[1] in part.types else "''"
    cases = [
        f"WHEN {FIX[0]} = '{quoted(one.file)}' AND {sheet} = '{quoted(one.sheet)}' THEN {i}"
        for i, one in enumerate(parts)
        if FIX[0] not in one.types
    ]
    return f"CASE {' '.join(cases)} ELSE {number} END" if cases else str(number)


def selected(
    table: ContractTable, part: Part, number: str, held: set[str], fixes: list[str]
) -> str:
    """SQL of a part's rows: where each stands, every column as its text and as its value."""
    columns = [f"'{quoted(part.file)}' AS _file", f"'{quoted(part.sheet)}' AS _sheet"]
    columns += [f"_number + {part.first_row - 1} AS _row", f"({number})::INTEGER AS _part"]
    columns += [f"{'_step' if '_step' in part.types else 0}::INTEGER AS _step"]
    for column in table.columns:
        if column.name in held:
            text, value = read_cell(column, part.types.get(column.name))
            columns += [f"{text} AS t_{column.name}", f"{value} AS {column.name}"]
    columns += [name if name in part.types else f"NULL::VARCHAR AS {name}" for name in fixes]
    return f"SELECT {', '.join(columns)} FROM {part.relation}"


def told_in_text(table: ContractTable, part: Part) -> list[str]:
    """The columns of moments that the part holds as text."""
    return [
        column.name
        for column in table.columns
        if column.kind in ("timestamp", "date") and part.types.get(column.name) == "VARCHAR"
    ]


def quoted(text: str) -> str:
    """A text as it stands between the quotes of SQL."""
    return text.replace("'", "''")
