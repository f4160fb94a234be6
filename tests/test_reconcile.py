"""Our figures beside the portal's: every difference explained by dossiers, none counted twice."""

from pathlib import Path

import ibis
import pandas as pd
import pytest
from planted import PERIOD, PLANTS, World

from chiso.demo.portal import CAPTURED as DEMO_CAPTURED
from chiso.demo.write import DemoRequest, write_demo
from chiso.reconcile.causes import CAUSES
from chiso.reconcile.reconciliation import PortalSide, Reconciliation, reconcile
from chiso.sources.given import read_counts

SIZE = 900


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


def test_equal_sides_have_nothing_to_explain(world: World) -> None:
    records, side = world.planted()
    found = reconcile(records, world.tree, PERIOD, world.book, side)
    assert residue(found) == []
    assert found.dossiers.empty
    assert found.parts.empty
