"""Records in a database: the same checks and counts through DuckDB's files and PostgreSQL."""

import re
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
from chiso.sources.personal import ID, OF_A_PERSON, WITHIN_TEXT
from chiso.sources.records import load_records
from chiso.sources.rules import TYPES, Known, Raw, row_rules

TREE = load_tree("hung-yen-2022")
CASES = load_cases()
PERIODS = ("2022-09", "2022-Q3", "2022-9T", "2022")


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


@pytest.fixture(scope="module")
def read(filled):
    """What was read, by table, and the counts of each period, from a database that was opened once and
    is closed: DuckDB's file is one process's, and commands open it too."""
    records = load_records(filled, TREE)
    counts = {
        period: measure(records.tables, TREE, parse_period(period), gaps=records.gaps)
        for period in PERIODS
    }
    records.tables["dossiers"].get_backend().disconnect()
    return records.counts, counts


@pytest.mark.parametrize("period", PERIODS)
def test_the_demos_true_counts_come_back_exactly(read, demo, period):
    _rows, counts = read
    true = read_counts(demo / f"truth/{period}.csv")
    assert counts[period].values.tolist() == true.values.tolist()


def test_every_row_is_accepted_or_set_aside_as_it_was_made(read, demo):
    counts, _counts = read
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


TOLD = [
    "H31-2209-0000001", "000.17.22.H56-210531-0001", "Nguyễn Văn A", "0987654321", "0987.654.321",
    "033112000111", "A", "1.000001", "Khai sinh 0987654321", "x 033 112 000 111", "a@b.vn", "123456789",
    "1.001193.000.00.00.H31", "tới +84 987 654 321", "34/QĐ-UBND", "0987\u00a0654\u00a0321 A", "300.000.000 đồng",
]  # fmt: skip


def test_forms_of_texts_are_the_same_in_every_engine(server):
    """Each has regular expressions of its own kind; Python's is the reference."""
    patterns = (ID, OF_A_PERSON, WITHIN_TEXT)
    wanted = [[bool(re.search(one, text)) for one in patterns] for text in TOLD]
    for url in (server, "duckdb://"):
        engine = ibis.connect(url)
        rows = ibis.memtable({"n": range(len(TOLD)), "text": TOLD})
        found = rows.select("n", *(rows.text.re_search(one).name(f"p{i}") for i, one in enumerate(patterns)))  # fmt: skip
        frame = engine.execute(found.order_by("n")).drop(columns="n")
        assert frame.to_numpy().tolist() == wanted, url


@pytest.mark.parametrize("dialect", ["duckdb", "postgres", "pyspark"])
def test_forms_of_texts_are_looked_at_where_the_rows_lie(dialect):
    """All rules of a table are one statement of the engine's own SQL: no row comes to this process."""
    for table in TABLES.values():
        kinds = {"_part": "int64"}
        # Without a session the compiler for Spark does not know what it does with floats.
        held = [column for column in table.columns if column.kind != "float64"]
        for column in held:
            kinds |= {f"t_{column.name}": "string", column.name: TYPES[column.kind]}
        names = frozenset(column.name for column in held)
        rows = ibis.table(kinds, name="rows_of_the_engine")
        raw = Raw(table, rows, names, {0: frozenset()})
        rules = row_rules(raw, Known(TREE, frozenset(), None))
        sql = ibis.to_sql(rows.filter([rule.keeps for rule in rules]), dialect=dialect)
        texts = [rule for rule in rules if rule.fault in ("id", "person")]
        assert bool(texts) == bool(re.search(r" ~ |RLIKE|REGEXP", sql.upper())), table.name
