"""All provinces over time, as the portal showed them: kept captures and the shipped samples."""

from __future__ import annotations

import re
from datetime import datetime
from decimal import Decimal
from pathlib import Path

import pandas as pd

from chiso.base.locations import project_root
from chiso.portal.captures import captures
from chiso.portal.old_tables import ITEMS, PROVINCE_KIND, read_old_tables
from chiso.portal.results import provinces_of

COLUMNS = ["captured", "reference_day", "period", "province", "name", "item", "value"]
_SAMPLE = re.compile(r"provinces-(\d{4}-\d{2}-\d{2})")


def provinces() -> pd.DataFrame:
    """What the portal showed of all provinces, oldest first: captured (datetime of Viet Nam, naive),
    reference_day (date), period (text), province (H-code), name, item (I, II, III.a, III.b, IV, V,
    total), value (Decimal).

    From data/samples/ and from the captures in data/portal/. A published figure that was absent has
    no row.
    """
    tables = [*_samples_of_2025(), *_samples_of_2026(), *_kept()]
    every = pd.concat(tables, ignore_index=True) if tables else pd.DataFrame(columns=COLUMNS)
    return every.sort_values(["captured", "period"], kind="stable").reset_index(drop=True)


def _kept() -> list[pd.DataFrame]:
    """Of the kept captures; several of one moment (one a province) are one."""
    found = {(one.captured, one.period): one for one in captures()}
    return [
        provinces_of(one).assign(
            captured=one.captured, reference_day=one.reference_day, period=one.period
        )[COLUMNS]
        for one in found.values()
    ]


def _samples() -> Path:
    return project_root() / "data" / "samples"


def _samples_of_2025() -> list[pd.DataFrame]:
    """Of several captures of one day the last: its time of day is not known."""
    found = []
    for path in sorted(_samples().glob("portal-*/groups.csv")):
        table = read_old_tables(path)
        table = table[table["kind"] == PROVINCE_KIND].rename(columns={"unit": "province"})
        labels = list(zip(table["captured"], table["period"], table["capture"], strict=True))
        last = {label[:2]: label[2] for label in sorted(labels)}
        table = table[[label[2] == last[label[:2]] for label in labels]]
        found.append(table.assign(reference_day=table["captured"].dt.date)[COLUMNS])
    return found


def _samples_of_2026() -> list[pd.DataFrame]:
    found = []
    for folder in sorted(_samples().glob("provinces-*")):
        match = _SAMPLE.fullmatch(folder.name)
        if match is None:
            continue
        captured = datetime.fromisoformat(match.group(1))
        names = pd.read_csv(folder / "names.csv", dtype=str).set_index("unit")["name"]
        table = pd.read_csv(folder / "official.csv", dtype=str)
        table = table[table["item"].isin(ITEMS)].rename(columns={"unit": "province"})
        table["value"] = [Decimal(text) for text in table["value"]]
        found.append(
            table.assign(
                captured=captured,
                reference_day=captured.date(),
                period=str(captured.year),
                name=table["province"].map(names),
            )[COLUMNS]
        )
    return found
