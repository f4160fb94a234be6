"""The demo as registers: reading them back gives the true counts of all that registers tell."""

import shutil
from pathlib import Path

import openpyxl
import pandas as pd
import pytest

from chiso.base.period import parse_period
from chiso.demo.write import REGISTERED, DemoRequest, Summary, write_demo
from chiso.measures.counts import measure
from chiso.rules.units import load_tree
from chiso.sources.given import read_counts
from chiso.sources.records import load_records

TREE = load_tree("hung-yen-2022")
# Not those that need a column that registers do not have: 11, 16 to 18, 21.
ALLOWED = {*range(1, 11), 12, 13, 14, 15, 19, 20}
# A district with its communes, and departments so that the forms below are all there; all agencies take
# minutes.
UNITS = {
    *TREE.below("326"),
    "so-tu-phap",
    *(TREE.units[n].code for n in (1, 5, 9, 12, 13, 15, 117, 157)),
}
FORMS = 5


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Summary:
    out = tmp_path_factory.mktemp("demo") / "records"
    return write_demo(DemoRequest(out, 766, 600, as_excel=True))


@pytest.fixture(scope="module")
def demo(written: Summary) -> Path:
    return written.out


def test_what_is_told_is_what_the_files_hold(written: Summary, tmp_path: Path) -> None:
    """Three of the six months: as many as the whole demo counts as received from July to September."""
    whole = write_demo(DemoRequest(tmp_path / "demo", 766, 600))
    quarter = read_counts(whole.out / "truth/2022-Q3.csv").set_index(["unit", "indicator"])
    assert written.dossiers == quarter.loc[(TREE.province, 14), "denominator"]
    assert written.dossiers < whole.dossiers


def test_every_agency_hands_in_a_register_of_its_own(demo: Path) -> None:
    held = {path.name.removeprefix("Sổ ").partition("_")[0] for path in demo.glob("Sổ *")}
    assert held == set(TREE.by_code)
    assert {path.suffix for path in demo.glob("Sổ *")} == {".xlsx", ".xls", ".csv"}
    assert {path.name for path in (demo / "truth").iterdir()} == {
        "procedure-lists.csv",
        "set-aside.csv",
        f"{REGISTERED}.csv",
    }


def test_agencies_stand_above_in_rows_between_and_in_merged_cells_of_every_form(demo: Path) -> None:
    """Among those that are read back below; CSV (form 4) has no merged cells."""
    read = [number for number, unit in enumerate(TREE.units) if unit.code in UNITS]
    assert {n % FORMS for n in read if n % 6 == 3} == set(range(FORMS)), "rows between"
    assert {n % FORMS for n in read if n % 3 and n % 4 == 1} >= {0, 1, 2, 3}, "merged cells"
    assert {n % FORMS for n in read if n % 6 == 0} >= {0, 1}, "above"
    book = openpyxl.load_workbook(next(demo.glob(f"Sổ {TREE.units[157].code}_2022_10*")))
    spans = [cells for cells in book.active.merged_cells.ranges if cells.min_row > 2]
    assert spans and all(cells.min_col == cells.max_col for cells in spans)
    between = openpyxl.load_workbook(next(demo.glob(f"Sổ {TREE.units[15].code}_2022_10*"))).active
    texts = [[cell for cell in row if cell] for row in between.iter_rows(values_only=True)]
    alone = [row for row in texts[5:] if row == [TREE.units[15].name.vi]]
    assert alone and TREE.units[15].name.vi not in texts[1]


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
    heard = set(records.tables["dossiers"].unit.to_pandas())
    for row in both.itertuples():
        if row.indicator in ALLOWED and TREE.below(row.unit) & heard:
            true = (row.numerator_true, row.denominator_true)
            assert (row.numerator, row.denominator) == true, (row.unit, row.indicator)
        elif row.indicator not in ALLOWED:
            assert pd.isna(row.numerator), (row.unit, row.indicator)
