"""The demo's true counts against the slow reference, which reads the written fields."""

from __future__ import annotations

import importlib
from pathlib import Path
from types import ModuleType
from typing import Any

import pyarrow.parquet as pq
import pytest

from chiso.base.period import parse_period
from chiso.demo.bad_rows import FIRST_NUMBER
from chiso.demo.span import COVERED
from chiso.demo.write import TREE, DemoRequest, write_demo
from chiso.rules.units import load_tree
from chiso.sources.given import read_counts

REFERENCE = Path(__file__).parent / "reference"
KEYS = {
    "dossiers": "dossier_id",
    "procedures": "procedure_id",
    "decisions": "decision_id",
    "services": "service_id",
    "petitions": "petition_id",
    "national_counts": None,
    "certified_copies": None,
}


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("demo") / "records"
    write_demo(DemoRequest(out, 7, 150))
    return out


@pytest.fixture(scope="module")
def records(demo: Path) -> dict[str, list[dict[str, Any]]]:
    """The rows that must be accepted, of all tables."""
    procedures = sound(demo, "procedures", None)
    known = {row["procedure_id"] for row in procedures}
    return {table: sound(demo, table, known) for table in KEYS}


def sound(demo: Path, table: str, procedures: set[str] | None) -> list[dict[str, Any]]:
    """The rows of a table without those that the demo spoiled on purpose."""
    key = KEYS[table]
    units = {unit.code for unit in load_tree(TREE).units}
    unique = {repr(row): row for row in pq.read_table(demo / f"{table}.parquet").to_pylist()}
    rows = [
        row
        for row in unique.values()
        if (not key or row[key])
        and not (table != "procedures" and key and spoiled(row[key]))
        and not (table == "procedures" and row["procedure_id"].endswith("-X"))
        and row.get("unit", "H31") in units
        and row.get("agency", "H31") in units
    ]
    if procedures is not None:
        rows = [row for row in rows if row.get("procedure_id") in {*procedures, None}]
    return rows


def spoiled(key: str) -> bool:
    """Whether the key is one of those that only bad rows have."""
    number = key.rpartition("-")[2]
    return not number.isdigit() or int(number) >= FIRST_NUMBER


@pytest.fixture(scope="module")
def reference() -> ModuleType:
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(REFERENCE)
        return importlib.import_module("reference")


@pytest.mark.parametrize("name", COVERED)
def test_truth_is_what_the_reference_counts(
    name: str, demo: Path, records: dict[str, list[dict[str, Any]]], reference: ModuleType
) -> None:
    period = parse_period(name)
    tree = [
        {"code": unit.code, "parent": unit.parent, "level": unit.level}
        for unit in load_tree(TREE).units
    ]
    counted = reference.counts(records, tree, period.start, period.end, period=name)
    truth = {
        (row.unit, row.indicator): (row.numerator, row.denominator)
        for row in read_counts(demo / "truth" / f"{name}.csv").itertuples()
    }
    assert counted == truth
