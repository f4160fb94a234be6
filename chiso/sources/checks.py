"""Which rows of a contract table are accepted, and every reason why the others are not.

Runs in the engine that holds the rows; only rows that are set aside come to this process.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import ibis
import ibis.expr.types as ir
import pandas as pd

from chiso.contract.faults import reason_of
from chiso.contract.tables import Table
from chiso.sources.corrections import FIX, PLACE, differing, origin_of, resolve
from chiso.sources.rules import Known, Raw, Rule, rules, schema_of

if TYPE_CHECKING:
    from pandera.ibis import DataFrameSchema

# `unit`: what stands in the row's column of units. `fault`: one of faults.FAULTS, `reason` in words.
SET_ASIDE_COLUMNS = [
    "table", "file", "sheet", "row", "unit", "key", "column", "value", "fault", "reason",
]  # fmt: skip
COUNT_COLUMNS = ["table", "file", "rows_in", "accepted", "set_aside"]


@dataclass(frozen=True)
class Judged:
    """Accepted rows by canonical names; a line for each reason of each other row
    (SET_ASIDE_COLUMNS); the cells of those that still wait for a correction, as text; rows by file
    (COUNT_COLUMNS)."""

    accepted: ir.Table
    set_aside: pd.DataFrame
    cells: pd.DataFrame
    counts: pd.DataFrame


def judge(raw: Raw, known: Known) -> Judged:
    """Accept or set aside every row; rows in = accepted + set aside, file by file."""
    schema = schema_of(raw, known)
    held = rules(schema, raw.rows)
    broken = _broken(raw, held)
    repeated = _repeated(raw)
    settled = resolve(_corrections(raw), broken, repeated, raw.table.key)
    waiting = _outside(broken, settled)
    doubles = _doubles(_outside(repeated, settled), raw.table)
    reasons = [
        _reasons(raw, waiting[waiting[f"bad_{i}"]], rule.column, rule.fault, rule.reason)
        for i, rule in enumerate(held)
    ]
    reasons += [
        _reasons(raw, rows, "+".join(raw.table.key), fault, reason)
        for (fault, reason), rows in [
            *doubles.groupby(["fault", "reason"]),
            *_settled(raw, settled),
        ]
    ]
    aside = pd.concat([frame for frame in reasons if len(frame)] or reasons[:1])
    aside = aside.sort_values(["file", "sheet", "row", "column", "reason"], ignore_index=True)
    dropped = pd.concat([doubles[PLACE], settled[PLACE]])
    good = raw.rows.filter([rule.keeps for rule in held])
    if len(dropped):
        good = good.anti_join(ibis.memtable(dropped.drop_duplicates(ignore_index=True)), PLACE)
    return Judged(
        _as_agreed(good, schema),
        aside,
        _texts(raw, pd.concat([waiting, doubles]).drop_duplicates(PLACE)),
        _counts(raw, pd.concat([broken[PLACE], dropped]).drop_duplicates()),
    )


def _as_agreed(good: ir.Table, schema: DataFrameSchema) -> ir.Table:
    """The contract's columns in its order; their types are held against the schema, without a
    look at the rows."""
    from pandera.config import ValidationDepth, config_context

    with config_context(validation_depth=ValidationDepth.SCHEMA_ONLY):
        return schema.validate(good.select(*schema.columns))


def _texts_of(raw: Raw) -> list[str]:
    return [f"t_{column.name}" for column in raw.table.columns if column.name in raw.held]


def _fixes(raw: Raw) -> list[str]:
    return FIX if set(FIX) <= set(raw.rows.columns) else []


def _broken(raw: Raw, held: list[Rule]) -> pd.DataFrame:
    """Rows that break a rule: their place, their texts, and bad_<number of the rule>."""
    bad = {f"bad_{i}": ~rule.keeps for i, rule in enumerate(held)}
    judged = raw.rows.mutate(**bad)
    broken = judged.filter(ibis.or_(*(judged[name] for name in bad)))
    return broken.select(*PLACE, *_fixes(raw), *_texts_of(raw), *bad).to_pandas()


def _repeated(raw: Raw) -> pd.DataFrame:
    """All rows whose key stands more than once: their place and their texts.

    Keys are first counted by a hash of theirs: it takes a fraction of the memory.
    """
    key = list(raw.table.key)
    rows = raw.rows.filter([raw.rows[name].notnull() for name in key])
    hashed = rows.mutate(_hash=rows[key[0]].hash())
    twice = hashed.group_by("_hash").having(hashed.count() > 1).aggregate()
    columns = [*PLACE, *_fixes(raw), *key, *_texts_of(raw)]
    found = hashed.semi_join(twice, "_hash").select(*columns).to_pandas()
    return found[found.duplicated(key, keep=False)].sort_values(PLACE, ignore_index=True)


def _corrections(raw: Raw) -> pd.DataFrame:
    """The rows that stand for others: their place, their texts, and which rows they stand for."""
    columns = [*PLACE, *FIX, *_texts_of(raw)]
    if not _fixes(raw):
        return pd.DataFrame(columns=columns)
    return raw.rows.filter(raw.rows.fix_file.notnull()).select(*columns).to_pandas()


def _outside(rows: pd.DataFrame, others: pd.DataFrame) -> pd.DataFrame:
    """The rows that stand at none of the others' places."""
    return rows[
        ~pd.MultiIndex.from_frame(rows[PLACE]).isin(pd.MultiIndex.from_frame(others[PLACE]))
    ]


def _doubles(found: pd.DataFrame, table: Table) -> pd.DataFrame:
    """Rows whose key stands more than once, but for the first of those that are equal, and why."""
    key = list(table.key)
    found = found[found.duplicated(key, keep=False)]
    if found.empty:
        return found.assign(fault=pd.Series(dtype=object), reason=pd.Series(dtype=object))
    differ = differing(found, table.key)
    found = found.assign(fault=["again_other" if other else "again_same" for other in differ])
    found["reason"] = found["fault"].map(reason_of)
    return found[differ | found.duplicated(key)]


def _settled(raw: Raw, settled: pd.DataFrame) -> list[tuple[tuple[str, str], pd.DataFrame]]:
    """The rows for which corrections stand, with their texts, by fault and reason."""
    if settled.empty:
        return []
    places = ibis.memtable(settled[PLACE])
    rows = raw.rows.semi_join(places, PLACE).select(*PLACE, *_texts_of(raw)).to_pandas()
    return list(rows.merge(settled, on=PLACE).groupby(["fault", "reason"]))


def _reasons(raw: Raw, rows: pd.DataFrame, column: str, fault: str, reason: str) -> pd.DataFrame:
    """One line for each of `rows`: where it stands, what was read there, what is wrong."""
    lines = {
        "table": raw.table.name,
        "file": rows["_file"],
        "sheet": rows["_sheet"],
        "row": rows["_row"],
        "unit": rows["t_unit"] if "unit" in raw.held else None,
        "key": _joined(rows, raw.table.key),
        "column": column,
        "value": _joined(rows, tuple(column.split("+"))),
        "fault": fault,
        "reason": reason,
    }
    return pd.DataFrame(lines, columns=SET_ASIDE_COLUMNS)


def _joined(rows: pd.DataFrame, names: tuple[str, ...]) -> pd.Series:
    """The texts of some columns, as one."""
    joined = rows[f"t_{names[0]}"].fillna("").astype(str)
    for name in names[1:]:
        joined = joined + "+" + rows[f"t_{name}"].fillna("").astype(str)
    return joined


def _texts(raw: Raw, rows: pd.DataFrame) -> pd.DataFrame:
    """file, sheet, row (of the row that was handed in first) and the text of every column; `at`
    and its kin say where the row stands now."""
    names = [name.removeprefix("t_") for name in _texts_of(raw)]
    origin = origin_of(rows).set_axis(["file", "sheet", "row"], axis=1)
    texts = rows[_texts_of(raw)].set_axis(names, axis=1)
    place = rows[PLACE].set_axis(["at_file", "at_sheet", "at_row"], axis=1)
    return pd.concat([place, origin, texts], axis=1).sort_values(
        ["file", "sheet", "row"], ignore_index=True
    )


def _counts(raw: Raw, aside: pd.DataFrame) -> pd.DataFrame:
    """Rows in, accepted and set aside of each file."""
    rows = raw.rows.group_by("_file").aggregate(rows_in=raw.rows.count()).to_pandas()
    rows = rows.rename(columns={"_file": "file"}).sort_values("file", ignore_index=True)
    rows["set_aside"] = rows["file"].map(aside["_file"].value_counts()).fillna(0).astype("int64")
    rows["accepted"] = rows["rows_in"] - rows["set_aside"]
    return rows.assign(table=raw.table.name)[COUNT_COLUMNS]
