"""Records in a database: the same checks and counts through DuckDB's files and PostgreSQL."""

import sys
from pathlib import Path

import ibis
import pandas as pd
import postgres
import pyarrow.parquet as pq
import pytest

sys.path.insert(0, str(Path(__file__).parent / "reference"))

from case_files import load_cases
from engines import engine_counts
from test_also import CASES as ALSO
from test_also import agrees, holds

from chiso.base.errors import InputError
from chiso.base.period import parse_period
from chiso.contract.tables import TABLES
from chiso.demo.write import DemoRequest, write_demo
from chiso.measures.counts import measure
from chiso.rules.units import load_tree
from chiso.sources.given import read_counts
from chiso.sources.records import load_records

TREE = load_tree("hung-yen-2022")
CASES = load_cases()


@pytest.fixture(scope="module")
def server():
    with postgres.server() as url:
        yield url


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    out = tmp_path_factory.mktemp("demo") / "records"
    write_demo(DemoRequest(out, dossiers_per_month=1_000))
    return out


def fill(url, demo):
    """The demo's tables as they lie in its Parquet files, bad rows and all."""
    engine = ibis.connect(url)
    for name in TABLES:
        path = demo / f"{name}.parquet"
        if not path.is_file():
            continue
        if engine.name == "duckdb":
            engine.raw_sql(f"CREATE TABLE {name} AS FROM '{path}'")
        else:
            engine.create_table(name, pq.read_table(path))
    engine.disconnect()


@pytest.fixture(scope="module", params=["duckdb", "postgres"])
def filled(request, demo, tmp_path_factory):
    """The URL of a database with the demo."""
    if request.param == "postgres":
        url = request.getfixturevalue("server")
    else:
        url = f"duckdb://{tmp_path_factory.mktemp('db') / 'records.duckdb'}"
    fill(url, demo)
    return url


@pytest.mark.parametrize("period", ["2022-09", "2022-Q3", "2022-9T", "2022"])
def test_the_demos_true_counts_come_back_exactly(filled, demo, period):
    records = load_records(filled, TREE)
    counts = measure(records.tables, TREE, parse_period(period), gaps=records.gaps)
    assert counts.values.tolist() == read_counts(demo / f"truth/{period}.csv").values.tolist()


def test_every_row_is_accepted_or_set_aside_as_it_was_made(filled, demo):
    counts = load_records(filled, TREE).counts
    assert (counts["rows_in"] == counts["accepted"] + counts["set_aside"]).all()
    made = pd.read_csv(demo / "truth/set-aside.csv")
    made = made[made["file"].str.endswith(".parquet")]
    made = (
        made.assign(table=made["file"].str.removesuffix(".parquet")).groupby("table")["rows"].sum()
    )
    assert counts.set_index("table")["set_aside"].to_dict() == made.to_dict()


@pytest.fixture(scope="module")
def engine(server):
    return ibis.connect(server)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_hand_made_case(case, engine):
    given = case.arguments
    found = engine_counts(
        engine, given["records"], given["tree"], given["period"], given["as_of"], given["options"],
        given["extra_holidays"],
    )  # fmt: skip
    assert {key: found[key] for key in case.expected} == case.expected


@pytest.mark.parametrize("case", ALSO, ids=lambda case: case["name"])
def test_hand_made_case_without_points(case, engine):
    holds(case, engine)


def test_random_measures_without_points(engine):
    agrees(engine, 3, 200)


@pytest.mark.parametrize("command", ["check", "measure"])
def test_commands_take_a_url(filled, chiso, project, tmp_path, command):
    done = chiso(
        command,
        "--period",
        "2022-09",
        "--records",
        filled,
        "--out",
        tmp_path / "out.xlsx",
        project=project,
    )
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "out.xlsx").is_file()


@pytest.mark.parametrize(
    "url", ["postgres://x@127.0.0.1:1/x", "duckdb:///no/such/folder/x.duckdb", "what://x"]
)
def test_a_database_that_cant_be_opened_is_one_clear_error(url):
    with pytest.raises(InputError) as caught:
        load_records(url, TREE)
    assert "→" in str(caught.value)


def test_a_database_without_the_tables_or_their_columns(tmp_path):
    url = f"duckdb://{tmp_path / 'x.duckdb'}"
    engine = ibis.connect(url)
    engine.raw_sql("CREATE TABLE khac AS SELECT 1 AS a")
    engine.disconnect()
    with pytest.raises(InputError, match="dossiers"):
        load_records(url, TREE)
    engine = ibis.connect(url)
    engine.raw_sql("CREATE TABLE dossiers AS SELECT 'a' AS dossier_id")
    engine.disconnect()
    with pytest.raises(InputError, match="procedure_id"):
        load_records(url, TREE)
