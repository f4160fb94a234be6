"""Which results of provinces have been captured: one table over all captures that are kept."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import pandas as pd

from chiso.base.locations import project_root

# captured: datetime; reference_day: date; period: 2026, 2026-08 ...; province: H31; item: a group
# or total; value: Decimal.
COLUMNS = ["captured", "reference_day", "period", "province", "name", "item", "value"]
_OF_2025 = {
    **{"CKMB": "I", "TDGQ": "II", "CLGQ": "III.a", "TTTT": "III.b", "MDSH": "IV", "MDHL": "V"},
    "total": "total",
}


def provinces() -> pd.DataFrame:
    """Groups and totals of provinces by capture (COLUMNS), of the samples that are shipped.

    The months of the portal of 2025 are left out: its sheets do not say which month they show.
    """
    samples = project_root() / "data" / "samples"
    parts = [
        read(samples / folder, day)
        for read, folder, day in (
            (_of_2026, "provinces-2026-10-10", date(2026, 10, 10)),
            (_of_2025, "portal-2025-10", date(2025, 10, 11)),
        )
        if (samples / folder).is_dir()
    ]
    if not parts:
        return pd.DataFrame(columns=COLUMNS)
    return pd.concat(parts, ignore_index=True)[COLUMNS]


def _of_2026(folder: Path, day: date) -> pd.DataFrame:
    table = pd.read_csv(folder / "official.csv", dtype=str)
    names = pd.read_csv(folder / "names.csv", dtype=str)
    kept = table[table["item"] != "rank"].merge(names, on="unit", how="left")
    return _captured(kept.rename(columns={"unit": "province"}), day, str(day.year))


def _of_2025(folder: Path, day: date) -> pd.DataFrame:
    table = pd.read_csv(folder / "groups.csv", dtype=str)
    rows = table[(table["sheet"] == "Điểm năm") & (table["capture"] == table["capture"].max())]
    rows = rows.assign(province=rows["code"].str.rpartition(".")[2])
    long = rows.melt(["province", "name"], list(_OF_2025), "item", "value")
    return _captured(long.assign(item=long["item"].map(_OF_2025)), day, str(day.year))


def _captured(table: pd.DataFrame, day: date, period: str) -> pd.DataFrame:
    """`table` with the day of its capture, and its values as decimals."""
    return table.assign(
        captured=datetime.combine(day, datetime.min.time()),
        reference_day=day,
        period=period,
        value=[Decimal(value) for value in table["value"]],
    )
