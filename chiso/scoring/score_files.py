"""Scores as four CSV files: with codes for the store, and back; with names as `chiso score` has them."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pandas as pd

from chiso.base.rounding import shown
from chiso.rules.indicators import RuleBook
from chiso.scoring.score import (
    DIFFERENCE_COLUMNS,
    GROUP_COLUMNS,
    INDICATOR_COLUMNS,
    TOTAL_COLUMNS,
    Scores,
)

TABLES = {
    "indicators": INDICATOR_COLUMNS,
    "groups": GROUP_COLUMNS,
    "totals": TOTAL_COLUMNS,
    "differences": DIFFERENCE_COLUMNS,
}
_DECIMALS = {"rate", "points", "max_points", "points_lost", "total", "max_total"}
_WHOLES = {"indicator", "numerator", "denominator", "rank", "cohort_size"}


def score_texts(scores: Scores) -> dict[str, str]:
    """File name -> CSV text of each table; points with two decimals, an empty cell for a null."""
    return {f"{name}.csv": _to_csv(getattr(scores, name)) for name in TABLES}


def published_texts(scores: Scores, book: RuleBook) -> dict[str, str]:
    """The same for readers: a class by the name under which it is published."""
    names = {band.code: band.name.vi for band in book.set.classes}
    totals = scores.totals.assign(
        **{"class": scores.totals["class"].map(names, na_action="ignore")}
    )
    differences = scores.differences.copy()
    of_class = differences["item"] == "class"
    for column in ("ours", "official"):
        differences.loc[of_class, column] = differences.loc[of_class, column].replace(names)
    named = replace(
        scores, totals=totals.astype(object).where(totals.notna(), None), differences=differences
    )
    return score_texts(named)


def read_scores(folder: Path) -> Scores:
    """The scores that `score_texts` wrote into `folder`, with the types that `score` gave them."""
    return Scores(**{name: _from_csv(folder / f"{name}.csv") for name in TABLES})


def _to_csv(table: pd.DataFrame) -> str:
    cells = [[_cell(column, value) for value in table[column]] for column in table.columns]
    buffer = io.StringIO()
    rows = csv.writer(buffer, lineterminator="\n")
    rows.writerow(table.columns)
    rows.writerows(zip(*cells, strict=True))
    return buffer.getvalue()


def _cell(column: str, value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, Decimal):
        return f"{value.normalize():f}" if column == "rate" else f"{shown(value):f}"
    return str(value)


def _from_csv(path: Path) -> pd.DataFrame:
    with path.open(encoding="utf-8", newline="") as file:
        columns, *rows = csv.reader(file)
    cells = zip(*rows, strict=True) if rows else [()] * len(columns)
    return pd.DataFrame(
        {
            column: [_value(column, text) for text in texts]
            for column, texts in zip(columns, cells, strict=True)
        },
        columns=columns,
        dtype=object,
    )


def _value(column: str, text: str) -> object:
    if column == "complete":
        return text == "True"
    if column == "basis":
        return text
    if text == "":
        return None
    if column in _DECIMALS:
        return Decimal(text)
    return int(text) if column in _WHOLES else text
