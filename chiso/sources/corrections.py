"""Rows that were corrected and handed in again: which rows they stand for, and which now count."""

from __future__ import annotations

import pandas as pd

from chiso.base.i18n import _
from chiso.contract.faults import reason_of

PLACE = ["_file", "_sheet", "_row"]
# The place of the row that a correction stands for, and how the columns are headed in its file.
FIX = ["fix_file", "fix_sheet", "fix_row"]
HEADERS = {"fix_file": "tệp gốc", "fix_sheet": "trang tính gốc", "fix_row": "dòng gốc"}


def resolve(
    fixes: pd.DataFrame, broken: pd.DataFrame, repeated: pd.DataFrame, key: tuple[str, ...]
) -> pd.DataFrame:
    """PLACE, the fault and the reason of each row that no longer waits for a correction.

    Only a row that would be set aside is replaced: where an export was made anew since, its rows
    may have moved. Of several corrections of a row those count that break no rule and have no
    other row's key; if there are none, the last one waits for its correction, and only it. An
    emptied correction takes its row out.
    """
    if fixes.empty:
        return pd.DataFrame(columns=[*PLACE, "fault", "reason"])
    fixes = fixes.assign(origin=list(_places(origin_of(fixes)))).sort_values(PLACE)
    empty = fixes[[name for name in fixes if name.startswith("t_")]].isna().all(axis=1)
    bad = set(_places(broken))
    first = repeated[repeated["fix_file"].isna()]
    replaceable = bad | set(_places(first[first.duplicated(list(key), keep=False)]))
    settled: dict[tuple, tuple[str, str]] = {
        place: ("left_out", reason_of("left_out")) for place in _places(fixes[empty])
    }
    held = repeated[[place not in bad | set(fixes["origin"]) for place in _places(repeated)]]
    wrong = bad | set(_places(held[differing(held, key)]))
    for origin, rows in fixes.groupby("origin", sort=False):
        if origin not in replaceable:
            continue
        places = list(_places(rows))
        good = [place for place in places if place not in wrong or place in settled]
        by = good[0] if good else places[-1]
        for place in [origin, *(p for p in places if p in wrong and p != by)]:
            settled.setdefault(place, ("corrected", _("corrected in {file}").format(file=by[0])))
    rows = [(*place, *why) for place, why in settled.items()]
    frame = pd.DataFrame(rows, columns=[*PLACE, "fault", "reason"])
    return frame.astype({"_file": "str", "_sheet": "str", "_row": "int64"})


def differing(rows: pd.DataFrame, key: tuple[str, ...]) -> pd.Series:
    """Whether other rows with the row's key have another content."""
    texts = rows[[name for name in rows if name.startswith("t_")]].fillna("")
    content = texts.agg("\x1f".join, axis=1) if len(texts) else pd.Series(dtype=object)
    return content.groupby([rows[name] for name in key]).transform("nunique") > 1


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


def _places(rows: pd.DataFrame) -> zip:
    return zip(rows["_file"], rows["_sheet"], rows["_row"], strict=True)
