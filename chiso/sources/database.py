"""A database as raw contract tables, through Ibis: duckdb://, postgres:// ..."""

from __future__ import annotations

from typing import Any

import ibis
import ibis.expr.types as ir
import pandas as pd
from ibis.common.exceptions import TableNotFound

from chiso.base.errors import InputError
from chiso.base.i18n import _
from chiso.contract.records import Remark
from chiso.contract.tables import TABLES, ContractTable
from chiso.sources.agencies import Agencies
from chiso.sources.codes import Procedures
from chiso.sources.rules import TYPES, Raw
from chiso.sources.warehouse import open_tables


class Database:
    """The tables of a database that are called as in the contract, checked where they lie."""

    def __init__(self, url: str, engine: str | None = None) -> None:
        """`engine`: the address of a Spark session that reads `url`, a folder of Parquet."""
        self.remarks: list[Remark] = []
        self._name = (engine or url).partition("://")[0] + "://"
        opened = open_tables(engine, url) if engine else None
        try:
            self._backend: Any = opened or ibis.connect(url)
            if self._backend.name == "postgres":
                # It takes the rows that keep every rule for one row, and would check the table of procedures
                # anew for each dossier.
                self._backend.raw_sql("SET enable_nestloop = off").close()
            # Asked one by one: a database may hold thousands that are not ours.
            self._tables = {name for name in TABLES if self._has(name)}
        except Exception as error:  # each engine has its own kinds of error
            raise InputError(
                _("This database can't be opened ({problem}).").format(
                    problem=(str(error).splitlines() or [type(error).__name__])[0]
                ),
                file=self._name,
                hint=_(
                    "Is the server running, is the file open in no other program? An address is like"
                    " postgres://user@host:5432/name."
                ),
            ) from None
        if not self._tables:
            raise InputError(
                _("There is no contract table in this database."),
                file=self._name,
                hint=_("Make tables or views called {items}.").format(items=", ".join(TABLES)),
            )

    def _has(self, name: str) -> bool:
        try:
            self._backend.table(name)
        except TableNotFound:
            return False
        return True

    def other_rows(self) -> pd.DataFrame:
        """None: a table holds nothing but records."""
        return pd.DataFrame({"table": [], "file": [], "others": []}).astype(object)

    def raw(self, table: ContractTable, _agencies: Agencies, _procedures: Procedures) -> Raw | None:
        """All rows of a table; None if the database does not have it."""
        if table.name not in self._tables:
            return None
        rows = self._backend.table(table.name)
        absent = [name for name in table.needed if name not in rows.columns]
        if absent:
            raise InputError(
                _("These columns are missing: {columns}.").format(columns=", ".join(absent)),
                file=f"{self._name} {table.name}",
                hint=_("The header must have the columns {columns}.").format(
                    columns=", ".join(table.needed)
                ),
            )
        held = [column for column in table.columns if column.name in rows.columns]
        columns: dict[str, ir.Value] = {
            "_file": ibis.literal(f"{self._name}{table.name}"),
            "_sheet": ibis.literal(""),
            "_row": ibis.row_number().over(order_by=[rows[name] for name in table.key]) + 1,
            "_part": ibis.literal(0),
            "_step": ibis.literal(0),
        }
        for column in held:
            value = rows[column.name]
            if value.type().is_floating():
                value = value.isnan().ifelse(ibis.null(value.type()), value)
            text = value.cast("string")
            columns[f"t_{column.name}"] = (
                text.strip().nullif("") if value.type().is_string() else text
            )
            columns[column.name] = _typed(
                value, column.kind, f"{self._name}{table.name}", column.name
            )
        return Raw(
            table,
            rows.select(**columns),
            frozenset(column.name for column in held),
            {0: frozenset()},
        )


def _typed(value: ir.Value, kind: str, place: str, name: str) -> ir.Value:
    """The column as the contract types it; InputError if the database types it otherwise."""
    held = value.type()
    fits = {
        "string": held.is_string(),
        "int64": held.is_integer() or held.is_decimal(),
        "float64": held.is_numeric(),
        "boolean": held.is_boolean(),
        "timestamp": (held.is_timestamp() and held.timezone is None) or held.is_date(),
        "date": held.is_date() or held.is_timestamp(),
    }[kind]
    if not fits:
        raise InputError(
            _("The column {column} has the type {found}; {kind} is expected.").format(
                column=name, found=held, kind=kind
            ),
            file=place,
            hint=_("Make a view that gives it this type, times as local time of Viet Nam."),
        )
    return value.strip().nullif("") if kind == "string" else value.cast(TYPES[kind])
