"""Files that nobody would wish for: no row is ever lost, no mistake shows a traceback."""

import os
import re
import shutil
from pathlib import Path

import exports
import pandas as pd
import pytest
from conftest import ROOT
from hostile_bytes import HEADER, ROW, parquet, xls
from hostile_records import READABLE, UNREADABLE
from hypothesis import example, given, settings
from hypothesis import strategies as st

from chiso.base.errors import InputError
from chiso.sources.grids import Grid
from chiso.sources.headers import find_table
from chiso.sources.mappings import load_systems
from chiso.sources.records import load_records
from chiso.sources.set_aside import write_set_aside

TREE = exports.tree()
SYSTEMS = load_systems()


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "procedures.csv").write_text(exports.PROCEDURES, encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize("kind", UNREADABLE)
def test_what_cant_be_read_is_one_clear_error(folder, kind):
    name, content, says = UNREADABLE[kind]
    (folder / name).write_bytes(content())
    with pytest.raises(InputError) as caught:
        load_records(folder, TREE)
    message = str(caught.value)
    assert name in message and says in message and "→" in message
    assert "Nguyen" not in message


def test_parquet_whose_end_is_whole_and_whose_rows_are_not_is_named(folder):
    """It opens; that it is broken shows when its rows are read."""
    (folder / "dossiers.parquet").write_bytes(b"\0" + parquet())
    with pytest.raises(InputError, match=r"dossiers\.parquet.*\n.*→"):
        load_records(folder, TREE)


def test_an_old_workbook_cut_off_anywhere_is_one_clear_error(folder):
    """Some cuts end calamine's own process; none of them ends the check."""
    whole = xls()
    for length in [*range(600, len(whole) - 100, len(whole) // 12), len(whole) - 700]:
        (folder / "so.xls").write_bytes(whole[:length])
        with pytest.raises(InputError, match=r"so\.xls.*\n.*→"):
            load_records(folder, TREE)


def test_a_name_that_is_no_text_a_pipe_and_folders_called_like_files(folder, chiso):
    shutil.copytree(ROOT / "params", folder / "params")
    records = folder / "records"
    records.mkdir()
    (records / "dossiers.csv").write_bytes(HEADER + ROW.encode())
    (records / "cu.2022").mkdir()
    done = chiso("check", "--period", "2022-09", "--records", records, project=folder)
    assert done.returncode == 0 and "cu.2022" in done.stdout
    os.mkfifo(records / "ong.csv")
    (records / "cu.xlsx").mkdir()
    (Path(os.fsdecode(os.fsencode(records) + b"/\xff\xfe.csv"))).write_bytes(b"a,b\n1,2\n")
    done = chiso("check", "--period", "2022-09", "--records", records, project=folder)
    assert done.returncode == 2 and "Traceback" not in done.stderr
    assert all(name in done.stderr for name in ("ong.csv", "cu.xlsx", "\\udcff\\udcfe.csv"))


@pytest.mark.parametrize("kind", READABLE)
def test_no_row_is_lost(folder, kind):
    name, content, rows, accepted = READABLE[kind]
    (folder / name).write_bytes(content())
    records = load_records(folder, TREE)
    counts = records.counts.set_index("file").loc[name]
    assert (counts["rows_in"], counts["accepted"]) == (rows, accepted), (
        records.set_aside.to_string()
    )
    assert counts["rows_in"] == counts["accepted"] + counts["set_aside"]
    assert records.tables["dossiers"].count().execute() == accepted
    places = records.set_aside.loc[records.set_aside["file"] == name, ["sheet", "row"]]
    assert len(places.drop_duplicates()) == counts["set_aside"]
    write_set_aside(records, TREE, folder / "set-aside" / "x.xlsx")


def test_a_folder_and_a_link_to_nowhere_called_like_a_table(folder):
    (folder / "dossiers.csv").mkdir()
    (folder / "petitions.csv").symlink_to(folder / "gone.csv")
    with pytest.raises(InputError) as caught:
        load_records(folder, TREE)
    assert "dossiers.csv" in str(caught.value) and "petitions.csv" in str(caught.value)


def test_all_files_that_cant_be_read_are_told_at_once(folder, chiso):
    shutil.copytree(ROOT / "params", folder / "params")
    records = folder / "records"
    records.mkdir()
    for number, (name, content, _says) in enumerate(UNREADABLE.values()):
        stem, dot, ending = name.rpartition(".")
        (records / f"{stem}-{number}{dot}{ending}").write_bytes(content())
    done = chiso("check", "--period", "2022-09", "--records", records, project=folder)
    assert done.returncode == 2
    assert "Traceback" not in done.stdout + done.stderr
    told = set(re.findall(r"-(\d+)\.\w+", done.stderr))
    assert told >= {str(number) for number in range(len(UNREADABLE))}


def test_many_readable_ones_together_lose_nothing(folder, chiso):
    shutil.copytree(ROOT / "params", folder / "params")
    records, rows = folder / "records", 0
    records.mkdir()
    shutil.move(folder / "procedures.csv", records)
    for number, (name, content, own, _accepted) in enumerate(READABLE.values()):
        stem, dot, ending = name.rpartition(".")
        (records / f"{stem}-{number}{dot}{ending}").write_bytes(content())
        rows += own
    done = chiso("check", "--period", "2022-09", "--records", records, project=folder)
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr
    total = next(line for line in done.stdout.splitlines() if line.startswith("tổng cộng"))
    numbers = [int(text.replace(".", "")) for text in total.split()[2:]]
    accepted, aside, twice = numbers[1:4]
    assert numbers[0] == rows + 2 == accepted + aside + twice


CELLS = st.one_of(
    st.none(),
    st.text(max_size=8),
    st.sampled_from(["Mã hồ sơ", "Đơn vị", "Nhận hồ sơ", "Tổng cộng", "A-1", "A-2", "1", "2", "3"]),
    st.integers(-(10**18), 10**18),
    st.floats(),
    st.datetimes(),
    st.booleans(),
)
ROWS = st.lists(st.lists(CELLS, max_size=6), max_size=12)
HEAD = ["TT", "Mã hồ sơ", "Đơn vị", "Nhận hồ sơ", "Trạng thái"]


@given(above=ROWS, below=ROWS)
@settings(max_examples=300, deadline=None)
def test_every_written_row_below_a_header_is_a_record_or_is_counted(above, below):
    grid = Grid("x.xlsx", "Sheet1", [*above, HEAD, *below])
    found = find_table(grid, SYSTEMS)
    assert found is not None
    last = found.header.last_row
    rows = grid.rows[last + 1 :]
    written = [row for row in rows if any(cell not in ("", None) for cell in row)]
    numbers = 1 if len(written) > len(found.frame) + found.others else 0
    assert len(found.frame) + found.others + numbers == len(written)
    assert found.frame["_number"].is_monotonic_increasing
    places = found.frame["_number"]
    assert places.between(last + 2, len(grid.rows)).all() and places.is_unique


@example(rows=[])
@given(rows=st.lists(st.lists(st.text(max_size=9), min_size=5, max_size=5), max_size=20))
@settings(max_examples=25, deadline=None)
def test_whatever_stands_in_the_cells_rows_in_are_accepted_or_set_aside(rows, tmp_path_factory):
    folder = tmp_path_factory.mktemp("random")
    names = HEADER.decode().strip().split(",")
    pd.DataFrame(rows, columns=names).to_parquet(folder / "dossiers.parquet")
    records = load_records(folder, TREE)
    counts = records.counts.set_index("file").loc["dossiers.parquet"]
    assert counts["rows_in"] == len(rows)
    assert counts["rows_in"] == counts["accepted"] + counts["set_aside"]
    write_set_aside(records, TREE, folder / "set-aside" / "x.xlsx")
