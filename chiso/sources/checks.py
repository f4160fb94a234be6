"""Which rows of a contract table are accepted, and every reason why the others are not.

Runs in the engine that holds the rows; only rows that are set aside come to this process.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import ibis
import ibis.expr.types as ir
import pandas as pd

from chiso.contracts import Table
from chiso.i18n import _
from chiso.units import Tree

SET_ASIDE_COLUMNS = ["table", "file", "sheet", "row", "key", "column", "value", "reason"]
COUNT_COLUMNS = ["table", "file", "rows_in", "accepted", "set_aside"]
PLACE = ["_file", "_sheet", "_row"]
FIX = ["fix_file", "fix_sheet", "fix_row"]


@dataclass(frozen=True)
class Raw:
    """All rows of a table before the checks.

    `rows`: _file, _sheet, _row, _part, and of each column its text (t_name) and its value (name,
    empty where the text can't be read); fix_file, fix_sheet, fix_row where rows are corrections.
    `lacks`: part -> the columns that it does not have, though the table does.
    """

    table: Table
    rows: ir.Table
    held: frozenset[str]
    lacks: dict[int, frozenset[str]]


@dataclass(frozen=True)
class Known:
    """What other tables' codes are checked against: units, and procedures if there are any.

    `ambiguous`: names of agencies that fit more than one unit.
    """

    tree: Tree
    ambiguous: frozenset[str]
    procedures: ir.Table | None


@dataclass(frozen=True)
class Judged:
    """Accepted rows by canonical names; a line for each reason of each other row
    (SET_ASIDE_COLUMNS); the other rows' cells as text; rows by file (COUNT_COLUMNS)."""

    accepted: ir.Table
    set_aside: pd.DataFrame
    cells: pd.DataFrame
    counts: pd.DataFrame


@dataclass(frozen=True)
class Check:
    """What can be wrong with a column: a condition on the row, and the reason for the reader."""

    column: str
    condition: Callable[[ir.Table], ir.BooleanValue]
    reason: str


def judge(raw: Raw, known: Known) -> Judged:
    """Accept or set aside every row; rows in = accepted + set aside, file by file."""
    checks = list(_checks(raw, known))
    bad = {f"bad_{i}": check.condition(raw.rows).fill_null(False) for i, check in enumerate(checks)}
    judged = raw.rows.mutate(**bad)
    any_bad = ibis.or_(*(judged[name] for name in bad))
    broken = judged.filter(any_bad).to_pandas()
    dropped = pd.concat([_replaced(raw), _repeated(raw)], ignore_index=True)
    good = raw.rows.filter(~ibis.or_(*bad.values()))
    if len(dropped):
        places = ibis.memtable(dropped[PLACE].drop_duplicates(ignore_index=True))
        good = good.anti_join(places, PLACE)
        dropped = dropped.merge(_rows_at(raw, places), on=PLACE)
    reasons = [
        _reasons(raw, broken[broken[name]], check.column, check.reason)
        for name, check in zip(bad, checks, strict=True)
    ]
    reasons += [
        _reasons(raw, rows, "+".join(raw.table.key), str(reason))
        for reason, rows in dropped.groupby("reason")
    ]
    aside = pd.concat([frame for frame in reasons if len(frame)] or reasons[:1])
    aside = aside.sort_values(["file", "sheet", "row", "column", "reason"], ignore_index=True)
    cells = pd.concat([broken, dropped]).drop_duplicates(PLACE)
    columns = [column.name for column in raw.table.columns if column.name in raw.held]
    return Judged(good.select(*columns), aside, _texts(raw, cells), _counts(raw, cells))


def _checks(raw: Raw, known: Known) -> Iterator[Check]:
    """Everything that can be wrong with a row on its own."""
    for column in raw.table.columns:
        name, text = column.name, f"t_{column.name}"
        if name not in raw.held:
            continue
        if column.filled or name in raw.table.key:
            parts = [part for part, absent in raw.lacks.items() if name in absent]
            yield Check(
                name,
                lambda t, x=text, p=parts: t[x].isnull() & (t._part.notin(p) if p else True),
                _("must not be empty"),
            )
        if column.kind != "string":
            yield Check(
                name,
                lambda t, x=text, n=name: t[x].notnull() & t[n].isnull(),
                _("can't be read as {kind}").format(kind=_kind_words()[column.kind]),
            )
        if column.kind in ("timestamp", "date"):
            yield Check(
                name,
                lambda t, n=name: ~t[n].year().between(1990, 2100),
                _("lies outside the years 1990 to 2100"),
            )
        if column.allowed:
            yield Check(
                name,
                lambda t, n=name, a=column.allowed: t[n].notin(a),
                _("must be one of {items}").format(items=", ".join(map(str, column.allowed))),
            )
    yield from _code_checks(raw, known)
    yield from _order_checks(raw.held)


def _code_checks(raw: Raw, known: Known) -> Iterator[Check]:
    """Codes that must stand in the tree of units or in the table of procedures."""
    codes = [unit.code for unit in known.tree.units]
    twofold = sorted(known.ambiguous)
    for name in {"unit", "agency"} & raw.held:
        yield Check(
            name,
            lambda t, n=name: t[n].notin([*codes, *twofold]),
            _("is not a unit of the tree"),
        )
        if twofold:
            yield Check(
                name,
                lambda t, n=name: t[n].isin(twofold),
                _("fits more than one agency: give its code"),
            )
    if known.procedures is not None and "procedure_id" in raw.held:
        listed = known.procedures.procedure_id
        yield Check(
            "procedure_id",
            lambda t: t.procedure_id.notin(listed),
            _("is not in the table of procedures"),
        )


def _order_checks(held: frozenset[str]) -> Iterator[Check]:
    """Moments of a dossier that can't follow each other."""
    if not {"received_at", "status"} <= held:
        return
    if "submitted_at" in held:
        yield Check(
            "received_at",
            lambda t: t.received_at < t.submitted_at - ibis.interval(days=1),
            _("is more than a day before it was submitted"),
        )
    for name in ("due_at", "done_at", "returned_at", "ended_at"):
        if name in held:
            yield Check(
                name, lambda t, n=name: t[n] < t.received_at, _("is before it was received")
            )


def _kind_words() -> dict[str, str]:
    return {
        "int64": _("a whole number"),
        "float64": _("a number"),
        "boolean": _("yes or no"),
        "timestamp": _("a date and time"),
        "date": _("a date"),
    }


def _replaced(raw: Raw) -> pd.DataFrame:
    """Places of rows that a corrected row stands for: PLACE and the reason."""
    if "fix_file" not in raw.rows.columns:
        return pd.DataFrame(columns=[*PLACE, "reason"])
    fixes = raw.rows.filter(raw.rows.fix_file.notnull())
    fixes = fixes.select(*FIX, by="_file").to_pandas()
    reason = _("corrected in {file}")
    fixes["reason"] = [reason.format(file=name) for name in fixes.pop("by")]
    fixes = fixes.set_axis([*PLACE, "reason"], axis=1)
    fixes["_sheet"] = fixes["_sheet"].fillna("")
    fixes["_row"] = pd.to_numeric(fixes["_row"], errors="coerce").fillna(0).astype("int64")
    return fixes.drop_duplicates(PLACE)


def _repeated(raw: Raw) -> pd.DataFrame:
    """Places of rows whose key stands more than once, but for the first of those that are equal."""
    key = list(raw.table.key)
    rows = raw.rows.filter([raw.rows[name].notnull() for name in key])
    replaced = _replaced(raw)
    if len(replaced):
        rows = rows.anti_join(ibis.memtable(replaced[PLACE]), PLACE)
    twice = rows.group_by(key).having(rows.count() > 1).aggregate()
    texts = [name for name in rows.columns if name.startswith("t_")]
    found = rows.semi_join(twice, key).select(*PLACE, *key, *texts).to_pandas()
    if found.empty:
        return pd.DataFrame(columns=[*PLACE, "reason"])
    found = found.sort_values(PLACE)
    content = found[texts].fillna("").agg("\x1f".join, axis=1)
    differ = content.groupby([found[name] for name in key]).transform("nunique") > 1
    first = ~found.duplicated(key)
    same, other = _("stands here again, the same"), _("stands here again with other content")
    found["reason"] = [other if is_other else same for is_other in differ]
    return found[differ | ~first][[*PLACE, "reason"]]


def _rows_at(raw: Raw, places: ir.Table) -> pd.DataFrame:
    return raw.rows.semi_join(places, PLACE).to_pandas()


def _reasons(raw: Raw, rows: pd.DataFrame, column: str, reason: str) -> pd.DataFrame:
    """One line for each of `rows`: where it stands, what was read there, what is wrong."""
    lines = {
        "table": raw.table.name,
        "file": rows["_file"],
        "sheet": rows["_sheet"],
        "row": rows["_row"],
        "key": _joined(rows, raw.table.key),
        "column": column,
        "value": _joined(rows, tuple(column.split("+"))),
        "reason": reason,
    }
    return pd.DataFrame(lines, columns=SET_ASIDE_COLUMNS)


def _joined(rows: pd.DataFrame, names: tuple[str, ...]) -> pd.Series:
    """The texts of some columns, as one."""
    texts = [rows[f"t_{name}"].fillna("").astype(str) for name in names]
    joined = texts[0]
    for more in texts[1:]:
        joined = joined + "+" + more
    return joined


def _texts(raw: Raw, rows: pd.DataFrame) -> pd.DataFrame:
    """file, sheet, row and the text of every column."""
    names = [column.name for column in raw.table.columns if column.name in raw.held]
    chosen = rows[[*PLACE, *(f"t_{name}" for name in names)]]
    return chosen.set_axis(["file", "sheet", "row", *names], axis=1).sort_values(
        ["file", "sheet", "row"], ignore_index=True
    )


def _counts(raw: Raw, aside: pd.DataFrame) -> pd.DataFrame:
    """Rows in, accepted and set aside of each file."""
    rows = raw.rows.group_by("_file").aggregate(rows_in=raw.rows.count()).to_pandas()
    rows = rows.rename(columns={"_file": "file"}).sort_values("file", ignore_index=True)
    rows["set_aside"] = rows["file"].map(aside["_file"].value_counts()).fillna(0).astype("int64")
    rows["accepted"] = rows["rows_in"] - rows["set_aside"]
    return rows.assign(table=raw.table.name)[COUNT_COLUMNS]
