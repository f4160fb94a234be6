"""Rows that tell of the same thing: which of them counts."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import pandas as pd

from chiso.base.i18n import _, day
from chiso.contract.faults import reason_of
from chiso.sources.corrections import OUT, PLACE

Sheet = tuple[str, str]
# What two states of one thing have in common; an id that was given to two things differs in it.
SAME = {"dossiers": ("procedure_id", "received_at"), "petitions": ("sent_at",)}
# The moment that tells how new an export is that does not say when it was made.
BEGINS = {"dossiers": "received_at", "petitions": "sent_at"}


def not_counted(
    rows: pd.DataFrame, key: tuple[str, ...], same: tuple[str, ...], days: Mapping[Sheet, date]
) -> pd.DataFrame:
    """OUT: of rows that break no rule, those whose key stands in another row that counts instead.

    `rows`: PLACE, key, content (all values as one text), from_file and from_sheet (the export in
    which the row, or the row that it corrects, stands), loose (whether it is a correction or waits
    for one), _step (the place of its message in a log), and `same`.

    The newest export counts, in a log the last message; of equal rows one. Rows of one day that
    differ, and rows that have no more in common than the id, are all set aside. A correction that
    took the id of a good row does not touch it.
    """
    if rows.empty:
        return pd.DataFrame(columns=OUT)
    exports = zip(rows["from_file"], rows["from_sheet"], strict=True)
    ages = [days[export].toordinal() if export in days else None for export in exports]
    rows = rows.assign(age=pd.array(ages, dtype="Float64")).sort_values(["loose", *PLACE])
    firm = ~rows["loose"]
    keys = [rows[name] for name in key]
    strangers = rows["loose"] & firm.groupby(keys).transform("any") & ~_are_one(rows, keys, same)
    fault = pd.Series("", index=rows.index).mask(strangers, "again_other")
    fault = fault.where(strangers, _faults(rows[~strangers], key, same).reindex(rows.index))
    out = rows.assign(fault=fault)
    out["reason"] = out["fault"].map({name: reason_of(name) for name in set(fault) - {""}})
    out = out.merge(_kept(out, key), on=list(key), how="left")
    is_older = out["fault"] == "older"
    told = _("a newer state stands in {file}, of {day}")
    out["reason"] = [
        told.format(file=file, day=day(date.fromordinal(int(age)))) if older else reason
        for older, reason, file, age in zip(
            is_older, out["reason"], out["kept_file"], out["kept_age"], strict=True
        )
    ]
    return out.loc[out["fault"] != "", OUT].reset_index(drop=True)


def _faults(rows: pd.DataFrame, key: tuple[str, ...], same: tuple[str, ...]) -> pd.Series:
    """Of every row again_same, again_other, older, unneeded, or nothing where it counts."""
    keys = [rows[name] for name in key]
    contents = rows["content"].groupby(keys).transform("nunique")
    is_first = rows.groupby(keys).cumcount() == 0
    ages = rows["age"].groupby(keys)
    dated = ages.transform("count") == ages.transform("size")
    is_newest = (rows["age"] == ages.transform("max")).fillna(False).astype(bool)
    step = rows["_step"].where(is_newest, -1)
    is_newest &= step == step.groupby(keys).transform("max")
    fault = pd.Series("", index=rows.index)
    by_age = (contents > 1) & dated & _are_one(rows, keys, same)
    fault[(contents == 1) & ~is_first] = "again_same"
    fault[(contents > 1) & ~by_age] = "again_other"
    fault[by_age & ~is_newest] = "older"
    top = rows[by_age & is_newest]
    keys = [top[name] for name in key]
    firm = (~top["loose"]).groupby(keys).transform("any")
    fault[top.index[top["loose"] & firm]] = "unneeded"
    top = top[~(top["loose"] & firm)]
    keys = [top[name] for name in key]
    differ = top["content"].groupby(keys).transform("nunique") > 1
    fault[top.index[differ]] = "again_other"
    fault[top.index[~differ & (top.groupby(keys).cumcount() > 0)]] = "again_same"
    return fault


def _kept(rows: pd.DataFrame, key: tuple[str, ...]) -> pd.DataFrame:
    """key, kept_file, kept_age: the newest row of every key."""
    newest = rows.sort_values(["age", "_step"]).drop_duplicates(list(key), keep="last")
    return newest[[*key, "_file", "age"]].rename(columns={"_file": "kept_file", "age": "kept_age"})


def _are_one(rows: pd.DataFrame, keys: list[pd.Series], same: tuple[str, ...]) -> pd.Series:
    """Whether the rows of a key agree on what states of one thing have in common, where filled."""
    agree = pd.Series(True, index=rows.index)
    for name in same:
        agree &= rows[name].groupby(keys).transform("nunique") <= 1
    return agree
