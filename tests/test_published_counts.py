"""Whose dossiers the portal counts in 2026: the published denominators against the set's options."""

import sys
from dataclasses import asdict
from datetime import timedelta
from pathlib import Path

import ibis
import pytest

sys.path.insert(0, str(Path(__file__).parent / "reference"))

from conftest import ROOT
from engines import engine_counts
from random_records import random_records

from chiso.base.period import parse_period
from chiso.rules.indicators import load_rules
from chiso.sources.given import read_counts

SAMPLE = ROOT / "data/samples/dak-lak-2026-10-10/counts.csv"
# Indicators whose denominators the options decide, and 21, whose is that of 5 by rule.
CHOSEN = (12, 13, 14, 16, 18)
# Indicators of dossiers received in the period.
SYNCHRONISED, ONLINE = 4, 8


def denominators(counts, number):
    """unit -> what was published or counted of an indicator, where there is anything."""
    return {unit: pair[1] for (unit, n), pair in counts.items() if n == number and pair is not None}


@pytest.fixture(scope="module")
def published():
    table = read_counts(SAMPLE).dropna()
    return {
        (row.unit, row.indicator): (row.numerator, row.denominator) for row in table.itertuples()
    }


def measured(name):
    """Records with every column, as the set counts them."""
    records, tree = random_records(0, 700)
    options, period = asdict(load_rules(name).set.measures), parse_period("2022-09")
    now = period.end - timedelta(seconds=1)
    return engine_counts(ibis.duckdb.connect(), records, tree, period.name, now, options)


def test_the_portal_published_one_denominator_for_six_indicators(published):
    whole = denominators(published, 21)
    assert len(whole) == 21
    for number in (5, *CHOSEN):
        assert denominators(published, number) == whole
    received = denominators(published, SYNCHRONISED)
    assert all(received[unit] < whole[unit] for unit in whole)


def test_the_set_of_2026_counts_them_as_published():
    found = measured("766-portal-2026")
    whole = denominators(found, 21)
    for number in (5, *CHOSEN):
        assert denominators(found, number) == whole
    assert denominators(found, ONLINE)["H31"] < whole["H31"]


def test_the_decisions_own_set_counts_what_was_received():
    found = measured("766-2022")
    received = denominators(found, ONLINE)
    for number in (13, 14, 16, 18):
        assert denominators(found, number) == received
    assert 0 < denominators(found, 12)["H31"] < received["H31"] < denominators(found, 21)["H31"]
