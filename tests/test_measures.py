"""The engine against cases made by hand, and against the slow reference on random records."""

import sys
from datetime import timedelta
from pathlib import Path

import ibis
import pytest

sys.path.insert(0, str(Path(__file__).parent / "reference"))

from case_files import load_cases
from engines import engine_counts
from random_records import PERIODS, random_records
from reference import counts

from chiso.period import parse_period

CASES = load_cases(Path(__file__).parent / "reference" / "cases")


@pytest.fixture(scope="module")
def duckdb():
    return ibis.duckdb.connect()


@pytest.mark.parametrize("case", CASES, ids=str)
def test_hand_made_case(case, duckdb):
    given = case.arguments
    found = engine_counts(
        duckdb, given["records"], given["tree"], given["period"], given["as_of"], given["options"],
        given["extra_holidays"],
    )  # fmt: skip
    assert {key: found[key] for key in case.expected} == case.expected


@pytest.mark.parametrize("seed", range(40))
def test_random_records_are_counted_as_the_reference_counts_them(seed, duckdb):
    records, tree = random_records(seed, 150)
    options = {
        "comparison": ("instant", "date")[seed % 2],
        "no_due_date": ("term", "on_time")[seed // 2 % 2],
        "suspended": ("portal", "on_time")[seed // 4 % 2],
    }
    name = PERIODS[seed % len(PERIODS)]
    period = parse_period(name)
    as_of = period.end - timedelta(seconds=1) if seed % 3 else period.end - timedelta(days=4)
    expected = counts(records, tree, period.start, period.end, as_of, options, name)
    found = engine_counts(duckdb, records, tree, name, as_of, options)
    assert found == expected
