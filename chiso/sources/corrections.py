"""Rows that were corrected and handed in again: which rows they stand for, and which of them count."""

from __future__ import annotations

import pandas as pd

from chiso.base.i18n import _
from chiso.contract.faults import reason_of

PLACE = ["_file", "_sheet", "_row"]
# The place of the row that a correction stands for, and how the columns are headed in its file.
FIX = ["fix_file", "fix_sheet", "fix_row"]
HEADERS = {"fix_file": "tệp gốc", "fix_sheet": "trang tính gốc", "fix_row": "dòng gốc"}
OUT = [*PLACE, "fault", "reason"]


def settle(
    fixes: pd.DataFrame, originals: pd.DataFrame, broken: set[tuple], waiting: set[tuple]
) -> pd.DataFrame:
    """OUT: the corrections that don't count and the originals that no longer wait, and why.

    `originals`: the rows at the places that corrections name; `broken`: places of all rows that
    break a rule; `waiting`: places of originals that wait for a correction.

    Only a row that waits is replaced, and only by a correction that differs from it: a workbook
    handed back as it was changes nothing, and a good row needs no correction. An emptied
    correction takes its row out. While every correction of a row breaks a rule, the last of them
    waits in its place. A correction whose original is gone counts as a row of its own.
    """
    settled: dict[tuple, tuple[str, str]] = {}
    texts = [name for name in fixes if name.startswith("t_")]
    read = [name for name in fixes if name.startswith("c_")]
    known = dict(zip(_places(originals), _contents(originals, read), strict=True))
    empty = fixes[texts].isna().all(axis=1)
    fixes = fixes.assign(
        place=list(_places(fixes)),
        origin=list(_places(origin_of(fixes))),
        content=_contents(fixes, read),
        empty=empty,
    ).sort_values(PLACE)
    for origin, rows in fixes.groupby("origin", sort=False):
        settled |= dict.fromkeys(rows["place"][rows["empty"]], _why("left_out"))
        if origin not in known:
            continue
        filled = rows[~rows["empty"]]
        if origin not in waiting:
            settled |= dict.fromkeys(filled["place"], _why("unneeded"))
            continue
        same = filled["content"] == known[origin]
        settled |= dict.fromkeys(filled["place"][same], _why("untouched"))
        settled |= _replacing(origin, rows, filled[~same], broken)
    rows = [(*place, *why) for place, why in settled.items()]
    return pd.DataFrame(rows, columns=OUT).astype(
        {"_file": "str", "_sheet": "str", "_row": "int64"}
    )


def _replacing(
    origin: tuple, rows: pd.DataFrame, changed: pd.DataFrame, broken: set[tuple]
) -> dict[tuple, tuple[str, str]]:
    """What becomes of a waiting row that has corrections, and of those of them that still break a
    rule."""
    good = [place for place in changed["place"] if place not in broken]
    bad = [place for place in changed["place"] if place in broken]
    by = good or bad[-1:]
    if not by:
        return {origin: _why("left_out")} if rows["empty"].any() else {}
    corrected = ("corrected", _("corrected in {file}").format(file=by[-1][0]))
    return dict.fromkeys([origin, *(place for place in bad if place not in by)], corrected)


def origin_of(rows: pd.DataFrame) -> pd.DataFrame:
    """PLACE of the row that each row stands for; its own where it stands for none."""
    if "fix_file" not in rows:
        return rows[PLACE]
    is_fix = rows["fix_file"].notna()
    number = pd.to_numeric(rows["fix_row"], errors="coerce").fillna(0).astype("int64")
    return pd.DataFrame(
        {
            "_file": rows["fix_file"].where(is_fix, rows["_file"]),
            "_sheet": rows["fix_sheet"].fillna("").where(is_fix, rows["_sheet"]),
            "_row": number.where(is_fix, rows["_row"]),
        }
    )


def _why(fault: str) -> tuple[str, str]:
    return fault, reason_of(fault)


def _contents(rows: pd.DataFrame, texts: list[str]) -> list[tuple[str, ...]]:
    """What is read of every row, as they are after a way through Excel."""
    columns = [rows[name].fillna("").astype(str).str.split().str.join(" ") for name in texts]
    return list(zip(*columns, strict=True)) if columns else [()] * len(rows)


def _places(rows: pd.DataFrame) -> zip:
    return zip(rows["_file"], rows["_sheet"], rows["_row"], strict=True)
