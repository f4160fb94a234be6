"""Columns of the contract tables that the demo writes, as Parquet types; changes if the files do."""

from __future__ import annotations

import pyarrow as pa

from chiso.contract import tables
from chiso.contract.tables import ContractTable

# The demo's numbers are small and whole, its hours and fees too.
_TYPES = {
    "string": pa.string(),
    "int64": pa.int32(),
    "float64": pa.int64(),
    "boolean": pa.bool_(),
    "timestamp": pa.timestamp("us"),
    "date": pa.date32(),
}
# Facts that the demo leaves to what steps in for them.
_LEFT_OUT = {"vneid_account"}


def _schema(table: ContractTable) -> pa.Schema:
    written = [column for column in table.columns if column.name not in _LEFT_OUT]
    return pa.schema([(column.name, _TYPES[column.kind]) for column in written])


DOSSIERS = _schema(tables.DOSSIERS)
PROCEDURES = _schema(tables.PROCEDURES)
DECISIONS = _schema(tables.DECISIONS)
SERVICES = _schema(tables.SERVICES)
PETITIONS = _schema(tables.PETITIONS)
NATIONAL_COUNTS = _schema(tables.NATIONAL_COUNTS)
CERTIFIED_COPIES = _schema(tables.CERTIFIED_COPIES)
NATIONAL_PROCEDURES = _schema(tables.NATIONAL_PROCEDURES)
