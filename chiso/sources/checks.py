"""Which rows of a contract table are accepted, and every reason why the others are not.

Runs in the engine that holds the rows; only rows that are set aside come to this process.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import ibis
import ibis.expr.types as ir
import pandas as pd

from chiso.contract.faults import is_lost
from chiso.sources.corrections import FIX, PLACE, origin_of, settle
from chiso.sources.doubles import BEGINS, SAME, not_counted
from chiso.sources.rules import TYPES, Known, Raw, RowRule, row_rules

# `unit`: what stands in the row's column of units. `fault`: one of faults.FAULTS, `reason` in words.
SET_ASIDE_COLUMNS = [
    "table", "file", "sheet", "row", "unit", "key", "column", "value", "fault", "reason",
]  # fmt: skip
# `lost`, `not_lost`: of those set aside, the ones that wait for a correction, and those of faults.NOT_LOST.
COUNT_COLUMNS = ["table", "file", "rows_in", "accepted", "set_aside", "lost", "not_lost"]


# What is written otherwise in another file, where dates may have another order.
_READ_AGAIN = ("timestamp", "date", "boolean")


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
    held = row_rules(raw, known)
    broken = _broken(raw, held)
    repeated = _repeated(raw, broken)
    settled, doubles = _of_keys(raw, repeated, broken)
    waiting = _outside(broken, settled)
    conflicts = doubles[doubles["fault"] == "again_other"]
    reasons = [
        _reasons(raw, waiting[waiting[f"bad_{i}"]], rule.column, rule.fault, rule.reason)
        for i, rule in enumerate(held)
    ]
    out = pd.concat([settled, doubles], ignore_index=True)
    reasons += [
        _reasons(raw, rows, "+".join(raw.table.key), fault, reason)
        for (fault, reason), rows in pd.concat(
            [_with_texts(raw, settled), repeated.merge(doubles, on=PLACE)]
        ).groupby(["fault", "reason"])
    ]
    aside = pd.concat([frame for frame in reasons if len(frame)] or reasons[:1])
    aside = aside.sort_values(["file", "sheet", "row", "column", "reason"], ignore_index=True)
    dropped = out[PLACE].drop_duplicates()
    gone = pd.concat([broken[PLACE], dropped]).drop_duplicates()
    if raw.keeps_places:
        good = _without(raw.rows, gone)
    else:
        good = _without(raw.rows.filter([rule.keeps for rule in held]), dropped)
    return Judged(
        _as_agreed(good, raw),
        aside,
        _texts(raw, pd.concat([waiting, repeated.merge(conflicts, on=PLACE)])),
        _counts(raw, gone, out[~is_lost(out["fault"])]),
    )


def _without(rows: ir.Table, places: pd.DataFrame) -> ir.Table:
    """The rows that stand at none of the places."""
    if places.empty:
        return rows
    typed = places.astype({"_file": "str", "_sheet": "str", "_row": "int64"})
    return rows.anti_join(ibis.memtable(typed.reset_index(drop=True)), PLACE)


def _as_agreed(good: ir.Table, raw: Raw) -> ir.Table:
    """The contract's columns in its order, with the types that measures count on."""
    kinds = {one.name: TYPES[one.kind] for one in raw.table.columns if one.name in raw.held}
    agreed = good.select(*kinds)
    if agreed.schema() != ibis.schema(kinds):
        raise TypeError(f"{raw.table.name} is read as {agreed.schema()}, agreed is {kinds}")
    return agreed


def _texts_of(raw: Raw) -> list[str]:
    return [f"t_{column.name}" for column in raw.table.columns if column.name in raw.held]


def _with_contents(raw: Raw, rows: ir.Table) -> ir.Table:
    """The rows with c_<column>, what is read of every cell: its value as text, where it can't be read
    the text itself."""
    names = [column.name for column in raw.table.columns if column.name in raw.held]
    return rows.mutate(
        **{f"c_{n}": ibis.coalesce(rows[n].cast("string"), rows[f"t_{n}"]) for n in names}
    )


def _contents_of(raw: Raw) -> list[str]:
    return [f"c_{column.name}" for column in raw.table.columns if column.name in raw.held]


def _fixes(raw: Raw) -> list[str]:
    return FIX if set(FIX) <= set(raw.rows.columns) else []


def _broken(raw: Raw, held: list[RowRule]) -> pd.DataFrame:
    """Rows that break a rule: their place, their texts, and bad_<number of the rule>."""
    bad = {f"bad_{i}": ~rule.keeps for i, rule in enumerate(held)}
    judged = raw.rows.mutate(**bad)
    broken = _with_contents(raw, judged.filter(ibis.or_(*(judged[name] for name in bad))))
    columns = [*PLACE, *_fixes(raw), *_texts_of(raw), *_contents_of(raw)]
    return broken.select(*columns, *bad).to_pandas()


def _of_keys(
    raw: Raw, repeated: pd.DataFrame, broken: pd.DataFrame
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """OUT of corrections and their originals, and OUT of rows whose key another row has."""
    key, same = raw.table.key, _same(raw)
    days = _days(raw, repeated)
    doubles = not_counted(repeated[~repeated["loose"]], key, same, days)
    fixes = _corrections(raw)
    if fixes.empty:
        return pd.DataFrame(columns=doubles.columns), doubles
    bad = set(_places(broken))
    conflicts = set(_places(doubles[doubles["fault"] == "again_other"]))
    settled = settle(fixes, _originals(raw, fixes), bad, bad | conflicts)
    rows = _outside(repeated, settled)
    loose = rows["loose"] | pd.Series([place in conflicts for place in _places(rows)], rows.index)
    return settled, not_counted(rows.assign(loose=loose), key, same, days)


def _repeated(raw: Raw, broken: pd.DataFrame) -> pd.DataFrame:
    """All rows whose key stands more than once, of those that break no rule: as `not_counted` wants
    them.

    Keys are first counted by a hash of theirs: it takes a fraction of the memory.
    """
    key, names = list(raw.table.key), [c.name for c in raw.table.columns if c.name in raw.held]
    rows = raw.rows.filter([raw.rows[name].notnull() for name in key])
    hashed = rows.mutate(_hash=rows[key[0]].hash())
    twice = hashed.group_by("_hash").having(hashed.count() > 1).aggregate()
    texts = [hashed[name].cast("string").fill_null("") for name in names]
    columns = [*PLACE, "_step", *_fixes(raw), *dict.fromkeys([*key, *_same(raw)]), *_texts_of(raw)]
    found = _with_contents(raw, hashed.semi_join(twice, "_hash")).select(
        *columns, *_contents_of(raw), content=ibis.literal("\x1f").join(texts)
    )
    frame = _outside(found.to_pandas(), broken)
    frame = frame[frame.duplicated(key, keep=False)].sort_values(PLACE, ignore_index=True)
    stands = origin_of(frame).set_axis(["from_file", "from_sheet", "_row"], axis=1)
    loose = frame["fix_file"].notna() if _fixes(raw) else False
    return pd.concat([frame, stands[["from_file", "from_sheet"]]], axis=1).assign(loose=loose)


def _same(raw: Raw) -> tuple[str, ...]:
    return tuple(name for name in SAME.get(raw.table.name, ()) if name in raw.held)


def _days(raw: Raw, repeated: pd.DataFrame) -> dict[tuple[str, str], date]:
    """When each export was made: as it says, else the newest day on which one of its rows began."""
    begins = BEGINS.get(raw.table.name, "")
    exports = set(zip(repeated["from_file"], repeated["from_sheet"], strict=True))
    if begins not in raw.held or exports <= set(raw.days):
        return raw.days
    newest = raw.rows.group_by("_file", "_sheet").aggregate(newest=raw.rows[begins].max())
    told = newest.filter(newest.newest.notnull()).to_pandas()
    places = zip(told["_file"], told["_sheet"], told["newest"], strict=True)
    begun = {(file, sheet): moment.date() for file, sheet, moment in places}
    return begun | raw.days


def _corrections(raw: Raw) -> pd.DataFrame:
    """The rows that stand for others: their place, their texts, and which rows they stand for."""
    columns = [*PLACE, *FIX, *_texts_of(raw), *_contents_of(raw)]
    if not _fixes(raw):
        return pd.DataFrame(columns=columns)
    rows = raw.rows.filter(raw.rows.fix_file.notnull())
    return _with_contents(raw, rows).select(*columns).to_pandas()


def _originals(raw: Raw, fixes: pd.DataFrame) -> pd.DataFrame:
    """The rows at the places that corrections name: PLACE and texts."""
    places = origin_of(fixes).drop_duplicates()
    return _at(raw, places.astype({"_file": "str", "_sheet": "str", "_row": "int64"}))


def _with_texts(raw: Raw, out: pd.DataFrame) -> pd.DataFrame:
    """OUT with the texts of its rows and what they correct."""
    if out.empty:
        return out.reindex(columns=[*out.columns, *_fixes(raw), *_texts_of(raw)])
    return _at(raw, out[PLACE].drop_duplicates()).merge(out, on=PLACE)


def _at(raw: Raw, places: pd.DataFrame) -> pd.DataFrame:
    """The rows at some places: PLACE, what they correct, their texts."""
    rows = _with_contents(raw, raw.rows.semi_join(ibis.memtable(places), PLACE))
    columns = [*PLACE, *_fixes(raw), *_texts_of(raw), *_contents_of(raw)]
    return rows.select(*columns).to_pandas()


def _outside(rows: pd.DataFrame, others: pd.DataFrame) -> pd.DataFrame:
    """The rows that stand at none of the others' places."""
    return rows[
        ~pd.MultiIndex.from_frame(rows[PLACE]).isin(pd.MultiIndex.from_frame(others[PLACE]))
    ]


def _places(rows: pd.DataFrame) -> zip:
    return zip(rows["_file"], rows["_sheet"], rows["_row"], strict=True)


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
    """file, sheet, row (of the row that was handed in first) and what every cell says: what was read
    of moments, codes and answers, so that it is read the same again; else its text. `at` and its kin
    say where the row stands now."""
    origin = origin_of(rows).set_axis(["file", "sheet", "row"], axis=1)
    held = [column for column in raw.table.columns if column.name in raw.held]
    names = [
        f"{'c' if column.kind in _READ_AGAIN or column.allowed else 't'}_{column.name}"
        for column in held
    ]
    texts = rows[names].set_axis([column.name for column in held], axis=1)
    place = rows[PLACE].set_axis(["at_file", "at_sheet", "at_row"], axis=1)
    return pd.concat([place, origin, texts], axis=1).sort_values(
        ["file", "sheet", "row"], ignore_index=True
    )


def _counts(raw: Raw, aside: pd.DataFrame, not_lost: pd.DataFrame) -> pd.DataFrame:
    """COUNT_COLUMNS: rows in, accepted and set aside of each file."""
    rows = raw.rows.group_by("_file").aggregate(rows_in=raw.rows.count()).to_pandas()
    rows = rows.rename(columns={"_file": "file"}).sort_values("file", ignore_index=True)
    for name, found in (("set_aside", aside), ("not_lost", not_lost.drop_duplicates(PLACE))):
        rows[name] = rows["file"].map(found["_file"].value_counts()).fillna(0).astype("int64")
    rows["accepted"] = rows["rows_in"] - rows["set_aside"]
    rows["lost"] = rows["set_aside"] - rows["not_lost"]
    return rows.assign(table=raw.table.name)[COUNT_COLUMNS]
