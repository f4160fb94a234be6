"""The demo as registers: reading them back gives the true counts of all that registers tell."""

import shutil
from pathlib import Path

import pandas as pd
import pytest

from chiso.base.period import parse_period
from chiso.demo.registers import HEADINGS, TOLD
from chiso.demo.write import REGISTERED, DemoRequest, write_demo
from chiso.measures.counts import measure
from chiso.measures.definitions import needs_of
from chiso.rules.indicators import MeasureOptions
from chiso.rules.units import load_tree
from chiso.sources.given import read_counts
from chiso.sources.records import load_records

TREE = load_tree("hung-yen-2022")
# A district with its communes and two departments; all agencies take minutes.
UNITS = {*TREE.below("326"), "so-tu-phap", "so-nong-nghiep"}


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("demo") / "records"
    write_demo(DemoRequest(out, 766, 600, as_excel=True))
    return out


def test_every_agency_hands_in_a_register_of_its_own(demo: Path) -> None:
    held = {path.name.removeprefix("Sổ ").partition("_")[0] for path in demo.glob("Sổ *")}
    assert held == set(TREE.by_code)
    assert {path.suffix for path in demo.glob("Sổ *")} == {".xlsx", ".xls", ".csv"}
    assert [path.name for path in (demo / "truth").iterdir() if path.name != "set-aside.csv"] == [
        f"{REGISTERED}.csv"
    ]


def test_reading_the_registers_back_gives_the_true_counts(demo: Path, tmp_path: Path) -> None:
    for path in demo.iterdir():
        code = path.name.removeprefix("Sổ ").partition("_")[0]
        if path.is_file() and (not path.name.startswith("Sổ ") or code in UNITS):
            shutil.copy(path, tmp_path)
    records = load_records(tmp_path, TREE)
    aside = records.set_aside[records.set_aside["table"] == "dossiers"]
    assert set(aside["fault"]) <= {"again_same", "older"}
    assert len(aside), "two weeks of registers tell of the same dossiers"
    counted = measure(records.tables, TREE, parse_period(REGISTERED), gaps=records.gaps)
    both = counted.merge(
        read_counts(demo / "truth" / f"{REGISTERED}.csv"), on=["unit", "indicator"], suffixes=("", "_true")
    )  # fmt: skip
    both = both[both["unit"].isin(UNITS)]
    needs = needs_of(MeasureOptions())
    told = {n for n, need in needs.items() if set(need.get("dossiers", "").split()) <= set(TOLD)}
    heard = records.tables["dossiers"].unit.to_pandas()
    for row in both.itertuples():
        if row.indicator in told and TREE.below(row.unit) & set(heard):
            true = (row.numerator_true, row.denominator_true)
            assert (row.numerator, row.denominator) == true, (row.unit, row.indicator)
        elif row.indicator not in told:
            assert pd.isna(row.numerator)
    assert {4, 5, 8, 9, 10, 12, 13, 14} <= told and len(HEADINGS) == len(TOLD) + 1
