"""The engine against cases made by hand, and against the slow reference on random records."""

import sys
from datetime import timedelta
from pathlib import Path

import ibis
import pytest

sys.path.insert(0, str(Path(__file__).parent / "reference"))

from case_files import load_cases
from engines import cases_that_differ, counts_of, engine_counts, engine_held
from random_records import PERIODS, random_records
from reference import counts

from chiso.base.errors import ParameterError
from chiso.base.period import parse_period
from chiso.sources.warehouse import connect

CASES = load_cases(Path(__file__).parent / "reference" / "cases")


@pytest.fixture(scope="module")
def duckdb():
    return ibis.duckdb.connect()


@pytest.mark.parametrize("case", CASES, ids=str)
def test_hand_made_case(case, duckdb):
    """Counts as reasoned by hand, and as many cases listed as they lack."""
    given = case.arguments
    held = engine_held(
        duckdb, given["records"], given["tree"], given["period"], given["as_of"], given["options"],
        given["extra_holidays"],
    )  # fmt: skip
    found = counts_of(held)
    assert {key: found[key] for key in case.expected} == case.expected
    assert cases_that_differ(held) == []


def agrees(engine, seed, dossiers):
    """Random records are counted by the engine as the reference counts them."""
    records, tree = random_records(seed, dossiers)
    options = {
        "comparison": ("instant", "date")[seed % 2],
        "no_due_date": ("term", "on_time")[seed // 2 % 2],
        "suspended": ("portal", "on_time")[seed // 4 % 2],
        "dossier_population": ("processed", "received")[seed % 2],
        "result_scope": ("all", "paper")[seed // 3 % 2],
        "population_data": ("any", "vneid")[seed // 2 % 2],
        "strict_online": seed % 3 == 0,
    }
    name = PERIODS[(seed + seed // 8) % len(PERIODS)]
    period = parse_period(name)
    as_of = period.end - timedelta(seconds=1) if seed % 3 else period.end - timedelta(days=4)
    expected = counts(records, tree, period.start, period.end, as_of, options, name)
    found = engine_counts(engine, records, tree, name, as_of, options)
    assert found == expected


# Every period kind with three sets of options; 17,000 dossiers in all.
@pytest.mark.parametrize("seed", range(24))
def test_random_records_are_counted_as_the_reference_counts_them(seed, duckdb):
    agrees(duckdb, seed, 700)


@pytest.fixture(scope="module")
def spark():
    backend = connect("local[2]")
    yield backend
    backend._session.stop()


@pytest.mark.parametrize("seed", [1, 2])
def test_spark_counts_to_the_last_digit_as_the_reference_does(seed, spark):
    agrees(spark, seed, 1000)


def test_an_engine_without_its_package_is_a_clear_error(monkeypatch):
    monkeypatch.setitem(sys.modules, "pyspark.sql", None)
    with pytest.raises(ParameterError, match="pyspark"):
        connect("spark://somewhere:7077")


def test_an_unknown_engine_is_a_clear_error():
    with pytest.raises(ParameterError, match="oracle://host"):
        connect("oracle://host")
