"""Our figures beside the portal's: every difference explained by dossiers, none counted twice."""

import json
import tracemalloc
from pathlib import Path

import ibis
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from planted import CAPTURED, PERIOD, PLANTS, World, whole_unit

from chiso.base.errors import InputError
from chiso.demo.portal import CAPTURED as DEMO_CAPTURED
from chiso.demo.write import DemoRequest, write_demo
from chiso.reconcile.beside import side_from_files
from chiso.reconcile.causes import CAUSES
from chiso.reconcile.choice import Candidates, choose
from chiso.reconcile.portal_side import PortalSide
from chiso.reconcile.reconciliation import Reconciliation, reconcile
from chiso.sources.given import read_counts

SIZE = 900


@pytest.fixture(scope="module", autouse=True)
def embedded_engine() -> None:
    """The engine that a command starts with, whatever another test chose in this process."""
    ibis.options.default_backend = None


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("reconcile") / "demo"
    write_demo(DemoRequest(folder, dossiers_per_month=SIZE))
    return folder


@pytest.fixture(scope="module")
def world(demo: Path) -> World:
    return World.of(demo)


def residue(found: Reconciliation) -> list[tuple]:
    """What is left, where anything is."""
    lines = found.lines.to_dict("records")
    left = [(row["unit"], row["indicator"], found.unexplained(row)) for row in lines]
    return [row for row in left if row[2] not in (None, (0, 0))]


def check_sums(found: Reconciliation) -> None:
    """Causes and unexplained add up to the difference, in every line."""
    for row in found.lines.to_dict("records"):
        left = found.unexplained(row)
        if left is None:
            continue
        causes = list(found.causes(row["unit"], row["indicator"]))
        for i, side in enumerate(("numerator", "denominator")):
            difference = row[f"ours_{side}"] - row[f"portal_{side}"]
            assert sum(cause[1 + i] for cause in causes) + left[i] == difference
        ids = [code for *_words, codes in causes for code in codes]
        assert len(ids) == len(set(ids))


def test_the_demos_portal_is_explained_completely(demo: Path, world: World) -> None:
    place = demo / "portal" / "2022-09" / f"{DEMO_CAPTURED:%Y%m%dT%H%M%S}"
    listed = ibis.memtable(
        pd.read_parquet(place / "dossiers.parquet"),
        schema={
            name: kind
            for name, kind in world.records.tables["dossiers"].schema().items()
            if name != "vneid_account"
        },
    )
    side = PortalSide(read_counts(place / "counts.csv"), DEMO_CAPTURED, listed)
    found = reconcile(world.records, world.tree, PERIOD, world.book, side)
    truth = pd.read_csv(demo / "truth" / "portal-2022-09.csv", index_col="dossier_id")["cause"]
    assert set(truth) == set(CAUSES)
    assert residue(found) == []
    assert found.dossiers["cause"].sort_index().to_dict() == truth.sort_index().to_dict()
    assert found.dossiers.index.is_unique
    check_sums(found)


@pytest.mark.parametrize("cause", PLANTS)
def test_a_cause_is_found_from_counts_alone(world: World, cause: str) -> None:
    records, side = world.planted(PLANTS[cause])
    found = reconcile(records, world.tree, PERIOD, world.book, side)
    assert residue(found) == []
    assert set(found.dossiers["cause"]) == {cause}
    check_sums(found)


def test_all_causes_at_once_are_found_from_counts_alone(world: World) -> None:
    records, side = world.planted(*PLANTS.values())
    found = reconcile(records, world.tree, PERIOD, world.book, side)
    assert residue(found) == []
    assert set(found.dossiers["cause"]) == set(CAUSES)
    check_sums(found)


def test_a_whole_agency_counted_for_another_is_found(world: World) -> None:
    records, side = world.planted(whole_unit)
    found = reconcile(records, world.tree, PERIOD, world.book, side)
    assert residue(found) == []
    assert set(found.dossiers["cause"]) == {"mapping"}
    assert set(found.dossiers["portal_unit"]) == {"so-xay-dung"}


def test_equal_sides_have_nothing_to_explain(world: World) -> None:
    records, side = world.planted()
    found = reconcile(records, world.tree, PERIOD, world.book, side)
    assert residue(found) == []
    assert found.dossiers.empty
    assert found.parts.empty


def candidates(options: int, dossiers: int, seed: int = 1) -> Candidates:
    """One agency with many dossiers that any of many options may concern."""
    rng = np.random.default_rng(seed)
    base = np.ones((dossiers, 19), dtype=np.int64)
    return Candidates(
        cells=np.zeros(dossiers, dtype=np.int64),
        base=base,
        absent=rng.random((dossiers, options)) < 0.3,
        targets=np.full((dossiers, 0), -1, dtype=np.int64),
        judged=(),
        changes=np.zeros((dossiers, 0), dtype=bool),
        stated=np.zeros(options, dtype=bool),
    )


def test_memory_of_the_choice_does_not_grow_with_its_ways() -> None:
    tracemalloc.start()
    try:
        choose(candidates(options=13, dossiers=20_000), np.full((2, 19), 17.0), 0.5)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 200_000_000


@given(st.data())
@settings(max_examples=60, deadline=None)
def test_what_holds_is_found_where_dossiers_of_options_are_apart(data: st.DataObject) -> None:
    """Options of different dossiers: those that make up the difference are taken, no other."""
    sizes = data.draw(st.lists(st.integers(1, 6), min_size=2, max_size=6))
    held = np.array(data.draw(st.lists(st.booleans(), min_size=len(sizes), max_size=len(sizes))))
    option = np.repeat(np.arange(len(sizes)), sizes)
    # Each option has a part of its own, so that no two of them look alike.
    base = np.eye(len(sizes), dtype=np.int64)[option]
    one = Candidates(
        cells=np.zeros(len(option), dtype=np.int64),
        base=base,
        absent=np.eye(len(sizes), dtype=bool)[option],
        targets=np.full((len(option), 0), -1, dtype=np.int64),
        judged=(),
        changes=np.zeros((len(option), 0), dtype=bool),
        stated=np.zeros(len(sizes), dtype=bool),
    )
    residual = (base * held[option][:, None]).sum(axis=0).astype(float)
    assert (choose(one, residual[None, :], 0.5)[0] == held).all()


def write_side(world: World, folder: Path, *plant) -> tuple[Path, Path]:
    """Records and the portal's counts as files."""
    records, side = world.planted(*plant)
    (folder / "records").mkdir()
    for name, table in records.tables.items():
        table.to_pandas().to_parquet(folder / "records" / f"{name}.parquet", index=False)
    counts = folder / "portal.csv"
    side.counts.to_csv(counts, index=False)
    return folder / "records", counts


def test_the_command_prints_lines_that_add_up(world: World, tmp_path: Path, chiso) -> None:
    records, counts = write_side(world, tmp_path, PLANTS["not_synced"], PLANTS["status"])
    place = ["--records", str(records), "--portal", str(counts), "--captured", f"{CAPTURED:%FT%T}"]
    done = chiso("reconcile", "--period", "2022-09", *place, "--format", "json")
    assert done.returncode == 0, done.stderr
    lines = json.loads(done.stdout)
    assert len(lines) == 21 * len(world.tree.units)
    seen = set()
    for line in lines:
        assert list(line) == [
            "unit", "indicator", "ours", "portal", "points_at_stake", "causes", "unexplained",
        ]  # fmt: skip
        if None in line["unexplained"]:
            continue
        for i, side in enumerate(("numerator", "denominator")):
            parts = sum(cause[side] for cause in line["causes"]) + line["unexplained"][i]
            assert parts == line["ours"][i] - line["portal"][i]
        seen |= {cause["cause"] for cause in line["causes"]}
        assert all(cause["dossiers"] for cause in line["causes"])
    assert seen == {"not_synced", "status"}
    text = chiso("reconcile", "--period", "2022-09", *place)
    assert text.returncode == 0
    assert "H31, chỉ số 5: tỉnh" in text.stdout
    assert "Chưa đồng bộ" in text.stdout


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--portal", "x.csv"], "--captured"),
        (["--captured", "2022-10-08"], "--portal"),
        (["--portal", "x.csv", "--captured", "2022-10-08"], "x.csv"),
        (["--portal", "x.csv", "--captured", "yesterday"], "yesterday"),
        (["--records", "nowhere", "--portal", "c.csv", "--captured", "2022-10-08"], "nowhere"),
        (["--portal", "unknown.csv", "--captured", "2022-10-08"], "so-khong-co"),
    ],
)
def test_a_mistake_is_one_message(
    arguments: list[str], told: str, small: Path, chiso, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(small)
    head = "unit,indicator,numerator,denominator\n"
    Path("c.csv").write_text(head + "H31,5,1,2\n", encoding="utf-8")
    Path("unknown.csv").write_text(head + "so-khong-co,5,1,2\n", encoding="utf-8")
    done = chiso("reconcile", "--period", "2022-09", "--records", ".", *arguments)
    assert done.returncode == 2
    assert told in done.stderr
    assert "Traceback" not in done.stderr


def test_counts_without_records_have_nothing_to_reconcile(small: Path, chiso) -> None:
    done = chiso("reconcile", "--period", "2026")
    assert done.returncode == 2
    assert "--records" in done.stderr


def test_a_unit_the_portal_does_not_count_is_told_with_the_one_above(world: World) -> None:
    records, side = world.planted(PLANTS["not_synced"])
    districts = {unit.code for unit in world.tree.units if unit.level != "xa"}
    counts = side.counts[side.counts["unit"].isin(districts)]
    found = reconcile(records, world.tree, PERIOD, world.book, PortalSide(counts, side.captured))
    assert set(found.lines["unit"]) == districts
    assert residue(found) == []


def test_what_nothing_tells_stays_unexplained(world: World) -> None:
    records, side = world.planted()
    counts = side.counts.copy()
    row = counts[(counts["unit"] == "H31") & (counts["indicator"] == 5)].index[0]
    counts.loc[row, "numerator"] -= 3
    found = reconcile(records, world.tree, PERIOD, world.book, PortalSide(counts, side.captured))
    assert residue(found) == [("H31", 5, (3, 0))]
    assert found.dossiers.empty


def portal_folder(demo: Path, folder: Path, rows: int, **changes: object) -> Path:
    """The demo's portal side as files, with a cell of one row of its list changed."""
    place = next((demo / "portal" / "2022-09").iterdir())
    listed = pd.read_parquet(place / "dossiers.parquet")
    for name, value in changes.items():
        listed.loc[rows, name] = value
    folder.mkdir()
    listed.to_parquet(folder / "dossiers.parquet", index=False)
    (folder / "counts.csv").write_bytes((place / "counts.csv").read_bytes())
    return folder / "counts.csv"


def test_a_list_with_unknown_units_is_refused_and_names_their_rows(
    demo: Path, world: World, tmp_path: Path
) -> None:
    """Not what stands there: in a row that was shifted it is somebody's name, and the message stands in
    the log of every day."""
    counts = portal_folder(demo, tmp_path / "portal", 3, unit="Nguyễn Bí Mật")
    with pytest.raises(InputError, match=r"dossiers\.parquet.* 1 dòng.*: 4\.") as caught:
        side_from_files(counts, DEMO_CAPTURED, world.tree, world.book)
    assert "Bí Mật" not in str(caught.value)


def test_of_a_row_of_the_list_that_cannot_be_read_nothing_is_told(
    demo: Path, world: World, tmp_path: Path
) -> None:
    counts = portal_folder(demo, tmp_path / "portal", 3, status=77)
    side = side_from_files(counts, DEMO_CAPTURED, world.tree, world.book)
    found = reconcile(world.records, world.tree, PERIOD, world.book, side)
    assert len(side.unreadable) == 1
    assert side.unreadable[0] not in found.dossiers.index
