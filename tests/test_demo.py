"""The demo province: repeatable, of every kind, and true."""

from __future__ import annotations

import csv
import hashlib
from collections import Counter
from datetime import datetime
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner

from chiso.base.errors import InputError
from chiso.cli import commands
from chiso.demo.agencies import EMPTY, LATE, SLOWEST
from chiso.demo.draws import Draws
from chiso.demo.span import COVERED
from chiso.demo.write import TREE, DemoRequest, write_demo
from chiso.rules.indicators import NUMBERS
from chiso.rules.units import load_tree
from chiso.sources.given import read_counts

SEED, SIZE = 766, 3_000
TABLES = (
    "dossiers",
    "procedures",
    "decisions",
    "services",
    "petitions",
    "national_counts",
    "certified_copies",
    "national_procedures",
)
# The values of all tables of seed 766 with 3,000 dossiers a month, whatever wrote the files. A new
# value means other demo data: raise DEMO_VERSION with it.
CONTENT = "1fff2769c5fff7965d6d8abe9631bbc0310f9710a94dad43f5808383cc707c7f"
END = datetime(2022, 12, 31, 23, 59, 59)


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("demo") / "records"
    write_demo(DemoRequest(out, SEED, SIZE))
    return out


@pytest.fixture(scope="module")
def dossiers(demo: Path) -> pd.DataFrame:
    return pq.read_table(demo / "dossiers.parquet").to_pandas()


def truth(demo: Path, period: str) -> pd.DataFrame:
    table = read_counts(demo / "truth" / f"{period}.csv")
    return table.set_index(["indicator", "unit"]).astype(int)


def files(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def content_hash(folder: Path) -> str:
    digest = hashlib.sha256()
    for table in TABLES:
        read = pq.read_table(folder / f"{table}.parquet")
        for name in read.column_names:
            digest.update(f"{table}.{name}".encode())
            digest.update(repr(read.column(name).to_pylist()).encode())
    for path in sorted((folder / "truth").iterdir()):
        digest.update(path.read_bytes())
    digest.update((folder / "dossiers-bad.csv").read_bytes())
    return digest.hexdigest()


def test_the_same_seed_gives_the_same_bytes(demo: Path, tmp_path: Path) -> None:
    write_demo(DemoRequest(tmp_path / "again", SEED, SIZE))
    assert files(tmp_path / "again") == files(demo)


def test_the_content_is_the_same_on_every_machine(demo: Path) -> None:
    assert content_hash(demo) == CONTENT


def test_another_seed_gives_other_records(demo: Path, tmp_path: Path) -> None:
    write_demo(DemoRequest(tmp_path / "other", SEED + 1, SIZE))
    other, own = files(tmp_path / "other"), files(demo)
    same = {name for name in own if own[name] == other[name]}
    # How many bad rows there are of each kind is no matter of chance.
    assert same == {"truth/set-aside.csv"}


def test_draws_do_not_change() -> None:
    assert Draws(1, 2).below(1000, 5).tolist() == [448, 430, 419, 277, 821]


def test_truth_has_every_unit_indicator_and_period(demo: Path) -> None:
    units = {unit.code for unit in load_tree(TREE).units}
    assert {path.stem for path in (demo / "truth").glob("2022*.csv")} == set(COVERED)
    for period in COVERED:
        table = truth(demo, period)
        assert set(table.index) == {(number, unit) for number in NUMBERS for unit in units}
        assert (table["numerator"] <= table["denominator"]).all()
        assert (table >= 0).all(axis=None)


def test_dossier_counts_add_up_along_the_tree(demo: Path) -> None:
    tree = load_tree(TREE)
    table = truth(demo, "2022-Q4")
    for number in (5, 8, 11, 12, 13, 14, 16, 18, 7, 15, 19, 20):
        counts = table.loc[number]
        below = sum(counts.loc[unit.code] for unit in tree.children("H31"))
        assert (below <= counts.loc["H31"]).all()
    # No dossier is the province's own.
    own = table.loc[5]
    assert (sum(own.loc[unit.code] for unit in tree.children("H31")) == own.loc["H31"]).all()


def test_every_agency_but_one_has_dossiers(demo: Path, dossiers: pd.DataFrame) -> None:
    units = {unit.code for unit in load_tree(TREE).units if unit.level == "so"}
    assert units - set(dossiers["unit"]) == {EMPTY}
    table = truth(demo, "2022")
    for number in (5, 8, 11, 12, 13, 14, 16, 18, 21):
        assert table.loc[(number, EMPTY)].tolist() == [0, 0]
    assert table.loc[(6, EMPTY), "denominator"] > 0


def test_a_third_of_all_late_dossiers_lies_with_one_department(demo: Path) -> None:
    on_time = truth(demo, "2022").loc[5]
    late = on_time["denominator"] - on_time["numerator"]
    assert 0.28 < late[LATE] / late["H31"] < 0.42
    rate = on_time["numerator"] / on_time["denominator"]
    assert rate[SLOWEST] < rate[LATE] < rate["H31"]


def test_population_sizes_are_plausible(demo: Path) -> None:
    received = {period: truth(demo, period).loc[(8, "H31"), "denominator"] for period in COVERED}
    handled = {period: truth(demo, period).loc[(5, "H31"), "denominator"] for period in COVERED}
    months = [
        period for period in COVERED if len(period) == 7 and "Q" not in period and "T" not in period
    ]
    for period in months:
        assert 0.9 * SIZE < received[period] < 1.1 * SIZE
        assert received[period] <= handled[period] < 2 * SIZE
    assert handled["2022-07"] == received["2022-07"]
    assert handled["2022-12"] > received["2022-12"]
    assert sum(received[period] for period in months) == received["2022"] == handled["2022"]
    # Carried over, a dossier counts once in the quarter and in each of its months.
    assert handled["2022-Q4"] < sum(handled[period] for period in months[3:])


def test_most_communes_have_no_petition(demo: Path) -> None:
    petitions = truth(demo, "2022").loc[19, "denominator"]
    communes = [unit.code for unit in load_tree(TREE).units if unit.level == "xa"]
    assert sum(petitions[commune] == 0 for commune in communes) > len(communes) / 2
    assert petitions["H31"] > 100


def test_special_dossiers_are_there(dossiers: pd.DataFrame) -> None:
    sound = dossiers[dossiers["status"].between(1, 10)]
    assert set(sound["status"]) == set(range(1, 11))
    assert sound["due_at"].isna().mean() > 0.01
    assert (sound["supplement_count"] > 1).any()
    assert sound["channel"].isna().any()
    assert (sound["received_at"] == END).any()
    assert (sound["received_at"].isna() & sound["submitted_at"].notna()).any()
    assert (sound["done_at"] == sound["due_at"]).any()


def test_nothing_is_known_after_the_end_of_the_data(demo: Path, dossiers: pd.DataFrame) -> None:
    seen = ("received_at", "done_at", "returned_at", "ended_at", "synced_at", "supplement_done_at")
    for column in (*seen, "supplement_asked_at"):
        known = dossiers[column].dropna()
        # Bad rows have years beyond 2100, and nothing between.
        assert known[known > END].dt.year.isin([2222]).all()
    petitions = pq.read_table(demo / "petitions.parquet").to_pandas()
    for column in petitions.select_dtypes("datetime"):
        assert not (petitions[column] > END).any()


def test_there_are_bad_rows_of_every_kind(demo: Path) -> None:
    with (demo / "truth" / "set-aside.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    kinds: Counter[str] = Counter()
    for row in rows:
        kinds[row["reason"]] += int(row["rows"])
    assert set(kinds) == {
        "key-empty",
        "key-twice-different",
        "key-twice-identical",
        "unknown-unit",
        "unknown-procedure",
        "status",
        "channel",
        "date",
        "received-before-submitted",
        "end-before-received",
        "due-before-received",
    }
    assert min(kinds.values()) >= 30
    assert 400 < kinds.total() < 800


def test_bad_rows_are_as_many_as_said(demo: Path, dossiers: pd.DataFrame) -> None:
    units = {unit.code for unit in load_tree(TREE).units}
    procedures = set(pq.read_table(demo / "procedures.parquet")["procedure_id"].to_pylist())
    received, day = dossiers["received_at"], pd.Timedelta(days=1)
    end = dossiers["done_at"].fillna(dossiers["returned_at"]).fillna(dossiers["ended_at"])
    dates = dossiers.select_dtypes("datetime")
    absurd = ((dates < datetime(1990, 1, 1)) | (dates > datetime(2100, 12, 31))).any(axis=1)
    keyed = dossiers[dossiers["dossier_id"].fillna("") != ""]
    copies = keyed[keyed.duplicated(keep="first")]
    found = {
        "key-empty": len(dossiers) - len(keyed),
        "key-twice-identical": len(copies),
        "key-twice-different": keyed.drop(copies.index).duplicated("dossier_id", keep=False).sum(),
        "unknown-unit": (~dossiers["unit"].isin(units)).sum(),
        "unknown-procedure": (~dossiers["procedure_id"].isin(procedures)).sum(),
        "status": (~dossiers["status"].between(1, 10)).sum(),
        "channel": (~dossiers["channel"].fillna(1).between(1, 3)).sum(),
        "date": absurd.sum(),
        "received-before-submitted": (~absurd & (dossiers["submitted_at"] - received > day)).sum(),
        "end-before-received": (~absurd & (end < received)).sum(),
        "due-before-received": (~absurd & (dossiers["due_at"] < received)).sum(),
    }
    said = pd.read_csv(demo / "truth" / "set-aside.csv")
    said = said[said["file"] == "dossiers.parquet"].set_index("reason")["rows"]
    assert {kind: int(number) for kind, number in found.items()} == said.to_dict()


def test_the_text_file_holds_bad_rows_only(demo: Path) -> None:
    text = pd.read_csv(demo / "dossiers-bad.csv", dtype=str, keep_default_na=False)
    said = pd.read_csv(demo / "truth" / "set-aside.csv")
    assert len(text) == said.loc[said["file"] == "dossiers-bad.csv", "rows"].sum()
    assert {"chưa rõ", "30/02/2022"} <= set(text["received_at"]) | set(text["due_at"])
    dossiers = pq.read_table(demo / "dossiers.parquet", columns=["dossier_id"])
    keys = set(text["dossier_id"]) - {""}
    assert not keys & set(dossiers["dossier_id"].to_pylist())


def test_other_folders_are_left_alone(tmp_path: Path) -> None:
    (tmp_path / "dossiers.xlsx").write_text("real", encoding="utf-8")
    with pytest.raises(InputError):
        write_demo(DemoRequest(tmp_path, SEED, SIZE))
    assert [path.name for path in tmp_path.iterdir()] == ["dossiers.xlsx"]


def test_command_writes_and_replaces_a_demo(tmp_path: Path) -> None:
    arguments = ["demo", "--out", str(tmp_path / "records"), "--dossiers-per-month", "100"]
    for seed in ("1", "2"):
        result = CliRunner().invoke(commands(), [*arguments, "--seed", seed])
        assert result.exit_code == 0, result.output
        marker = (tmp_path / "records" / "DEMO").read_text(encoding="utf-8")
        assert f"seed {seed}," in marker
        assert marker.count("\n") == 1
    assert [path.name for path in tmp_path.iterdir()] == ["records"]
