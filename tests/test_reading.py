"""Records are read once for everything that is made of them in a run, and are what was read."""

from pathlib import Path

import pandas as pd
import pytest

from chiso.demo.write import DemoRequest, write_demo
from chiso.rules.units import Tree, load_tree
from chiso.sources import records as reader
from chiso.store.reading import MustReadError, Reading


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("reading") / "demo"
    write_demo(DemoRequest(folder, dossiers_per_month=300))
    return folder


@pytest.fixture(scope="module")
def tree() -> Tree:
    return load_tree("hung-yen-2022")


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """The folders that were read, in their order."""
    found, load = [], reader.load_records

    def noted(folder: Path, tree: Tree):
        found.append(folder)
        return load(folder, tree)

    monkeypatch.setattr(reader, "load_records", noted)
    return found


def test_a_folder_is_read_once_and_told_of_once(demo, tree, read):
    told = []
    reading = Reading(told.append)
    first = reading.records(demo, tree)
    assert reading.newest_moment(demo, tree) is not None
    assert reading.records(demo, load_tree("hung-yen-2022")) is first
    assert read == [demo]
    assert len(told) == len(set(told)) > 0


def test_it_is_read_again_once_it_is_forgotten_and_for_another_tree(demo, tree, read):
    reading = Reading(lambda _said: None)
    reading.records(demo, tree)
    reading.forget()
    reading.records(demo, tree)
    reading.records(demo, load_tree("hung-yen-2025"))
    assert read == [demo] * 3


def test_nothing_is_read_where_that_is_not_wanted(demo, tree, read):
    with pytest.raises(MustReadError):
        Reading(print, may_read=False).newest_moment(demo, tree)
    assert read == []


def test_held_rows_are_those_that_were_accepted(demo, tree):
    records = reader.load_records(demo, tree)
    held = reader.held_in_engine(records)
    assert held.tables.keys() == records.tables.keys()
    for name, table in records.tables.items():
        assert held.tables[name].schema() == table.schema()
        keys = list(table.columns)
        one, other = (
            found.to_pandas().astype(str).sort_values(keys, ignore_index=True)
            for found in (table, held.tables[name])
        )
        pd.testing.assert_frame_equal(one, other)
