"""Measures without points: cases made by hand, the slow reference, the identities of form II.06."""

import sys
from datetime import timedelta
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import ibis
import pandas as pd
import pytest
import yaml

sys.path.insert(0, str(Path(__file__).parent / "reference"))

from case_files import period_bounds, read_records
from engines import engine_held
from random_records import PERIODS, random_records
from reference_also import handling as plain_handling
from reference_also import processing_times as plain_times
from reference_world import World

from chiso.base.errors import InputError, ParameterError
from chiso.base.period import parse_period
from chiso.contract.evidence import FORM_IDENTITIES, HANDLING
from chiso.demo.write import DemoRequest, write_demo
from chiso.measures.also import ALSO, also_table
from chiso.measures.counts import counted
from chiso.measures.handling import HANDLING_MEASURES, check_identities, handling
from chiso.measures.processing_times import most_handled, processing_times
from chiso.pages import tables
from chiso.rules.handling_rules import handling_rules
from chiso.sources.warehouse import connect
from chiso.store.figures import load_figures

HERE = Path(__file__).parent
CASES = yaml.safe_load((HERE / "cases/also.yml").read_text("utf-8"))
TREE = yaml.safe_load((HERE / "reference/cases/tree.yml").read_text("utf-8"))
PROCEDURE = {"procedures": "procedure_id | agency | levels\nP1 | so-a | xa"}
START, END = period_bounds("2022-09")
T = END - timedelta(seconds=1)


@pytest.fixture(scope="module")
def duckdb():
    return ibis.duckdb.connect()


def records_of(case):
    return read_records({**PROCEDURE, **case["records"]}, case.get("absent", []))


def counts_of(held):
    """unit -> figure -> number; None: no data."""
    table = handling(held).astype(object)
    rows = table.where(table.notna(), None).to_dict("records")
    return {row.pop("unit"): row for row in rows}


def times_of(held):
    """unit -> (unit of term, procedure) -> dossiers, mean and median in seconds."""
    found = {}
    for row in processing_times(held).itertuples():
        times = (row.dossiers, Fraction(int(row.seconds), int(row.dossiers)), row.median_seconds)
        found.setdefault(row.unit, {})[row.term_unit, row.procedure_id] = times
    return found


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_hand_made_case(case, duckdb):
    holds(case, duckdb)


def holds(case, engine):
    """A case holds for the engine and for the plain reference."""
    records = records_of(case)
    held = engine_held(engine, records, TREE, "2022-09", T)
    world = World(records, TREE, START, END, T, period="2022-09")
    found = counts_of(held)
    for unit, figures in case["expected"].items():
        wanted = {name: None if n == "no data" else n for name, n in figures.items()}
        assert {name: found[unit][name] for name in wanted} == wanted, unit
        plain = plain_handling(world, unit)
        assert {name: plain[name] for name in wanted} == wanted, unit
    for unit, times in case.get("times", {}).items():
        wanted = {}
        for key, figures in times.items():
            term_unit, procedure = key.split(",")
            dossiers, *amounts = (Fraction(text) for text in figures.split(", "))
            one = handling_rules().in_term_unit(Fraction(1), term_unit)
            wanted[term_unit, procedure] = (dossiers, *(round(a / one) for a in amounts))
        assert times_of(held).get(unit, {}) == wanted, unit
        assert plain_times(world, unit) == wanted, unit


def agrees(engine, seed, dossiers):
    """Random records give what the plain reference counts, in every unit."""
    records, tree = random_records(seed, dossiers)
    options = {
        "comparison": ("instant", "date")[seed % 2],
        "no_due_date": ("term", "on_time")[seed // 2 % 2],
        "suspended": ("portal", "on_time")[seed // 4 % 2],
    }
    name = PERIODS[(seed + seed // 8) % len(PERIODS)]
    period = parse_period(name)
    as_of = period.end - timedelta(seconds=1) if seed % 3 else period.end - timedelta(days=4)
    world = World(records, tree, period.start, period.end, as_of, options, name)
    held = engine_held(engine, records, tree, name, as_of, options)
    counts, times = counts_of(held), times_of(held)
    for unit in world.units:
        assert counts[unit] == plain_handling(world, unit), unit
        found = {
            key: (n, float(mean), median) for key, (n, mean, median) in times.get(unit, {}).items()
        }
        wanted = plain_times(world, unit)
        assert found.keys() == wanted.keys(), unit
        for key, figures in wanted.items():
            assert found[key] == pytest.approx(figures, rel=1e-12), (unit, key)


@pytest.mark.parametrize("seed", range(24))
def test_random_records_are_counted_as_the_reference_counts_them(seed, duckdb):
    agrees(duckdb, seed, 250)


@pytest.fixture(scope="module")
def spark():
    backend = connect("local[2]")
    yield backend
    backend._session.stop()


def test_spark_agrees(spark):
    agrees(spark, 1, 300)
    for case in CASES[2], CASES[5]:
        holds(case, spark)


@pytest.mark.parametrize("seed", range(8))
def test_the_identities_of_form_ii06_hold_in_every_unit_and_period(seed, duckdb):
    records, tree = random_records(100 + seed, 300)
    for name in PERIODS:
        as_of = parse_period(name).end - timedelta(seconds=1)
        table = handling(engine_held(duckdb, records, tree, name, as_of))
        for whole, parts in FORM_IDENTITIES:
            held = table[[whole, *parts]].dropna()
            assert (held[whole] == held[list(parts)].sum(axis=1)).all(), (name, whole)


@pytest.mark.parametrize("whole", range(len(FORM_IDENTITIES)))
def test_a_broken_identity_is_refused_and_named(whole):
    name, parts = FORM_IDENTITIES[whole]
    row = dict.fromkeys(HANDLING, 0) | {"unit": "so-a"}
    table = pd.DataFrame([row]).astype(dict.fromkeys(HANDLING[1:], "Int64"))
    check_identities(table)
    table.loc[0, parts[-1]] = 1
    with pytest.raises(ArithmeticError, match="so-a"):
        check_identities(table)
    table.loc[0, parts[-1]] = pd.NA  # what is not known is no contradiction
    table.loc[0, name] = 0
    check_identities(table)


def test_the_table_has_every_measure_of_every_unit(duckdb):
    held = engine_held(duckdb, records_of(CASES[0]), TREE, "2022-09", T)
    table = also_table(held, counted(held))
    assert list(table.columns) == ALSO
    rows = {(r.unit, r.measure, r.part): r.value for r in table.itertuples() if not r.term_unit}
    for unit in TREE:
        for measure, parts in HANDLING_MEASURES.items():
            assert all((unit["code"], measure, part) in rows for part in parts)
    shares = [rows["xa-11", "channels", f"{name}_share"] for name in ("online", "post", "direct")]
    assert sum(shares) == 1
    assert rows["xa-11", "on_time_rate", "circular_01"] == Decimal("0.666667")
    assert rows["xa-12", "on_time_rate", "indicator_5"] == Decimal("0.5")
    assert rows["so-a", "on_time_rate", "circular_01"] is None
    assert rows["so-a", "channels", "online_share"] is None


def test_the_procedures_with_most_dossiers_come_first(duckdb):
    held = engine_held(duckdb, records_of(CASES[5]), TREE, "2022-09", T)
    own = most_handled(processing_times(held), 1).query("unit == 'huyen-1'")
    assert own["procedure_id"].tolist() == ["", "", "", "W"]
    assert own["dossiers"].tolist() == [3, 2, 1, 3]


def test_rules_of_handling_are_checked(project):
    path = project / "params/handling.yml"
    text = path.read_text("utf-8")
    for old, new, says in (
        ('from: "13:30"', 'from: "11:00"', "giờ"),
        ("from: 2025-07-01", "from: 2018-06-21", "cùng"),
        ("hours: 8", "hours: 0", "0"),
        ("days_a_month", "days_a_mont", "days_a_mont"),
    ):
        path.write_text(text.replace(old, new, 1), "utf-8")
        with pytest.raises(ParameterError, match=says):
            handling_rules()
    path.write_text(text, "utf-8")
    with pytest.raises(ParameterError, match="31/05/2018"):
        handling_rules().receipt_limit(parse_period("2018-05").last_day)


def test_pages_show_what_was_stored_and_nothing_where_nothing_was(chiso, project):
    write_demo(DemoRequest(project / "data" / "demo", dossiers_per_month=1_500))
    call = ("cases", "--period", "2022-09", "--indicator", "5", "--unit", "H31")
    done = chiso(*call, project=project)
    assert done.returncode == 0, done.stderr
    page = load_figures("2022-09", 1).unit("H31")
    total, *levels = [row[1:] for row in tables.form_table(page).rows]
    assert total == [sum(column) for column in zip(*levels, strict=True)]
    five = page.indicators.set_index("indicator").loc[5]
    rates = tables.rate_table(page).rows
    assert (
        rates[1][1:3] == [five["numerator"], five["denominator"]] == [five["numerator"], total[0]]
    )
    assert rates[0][1:3] == [total[5] + total[6], total[4]]
    assert "TT\\-VPCP" in tables.rate_note(page).data
    assert 10 < len(tables.processing_time_table(page).rows) <= 14
    assert sum(row[2] for row in tables.petition_kind_table(page).rows) == 1
    (folder,) = (project / "data/store").glob("*/2022-09/r001")
    path = folder / "handling.csv"
    path.write_text(path.read_text("utf-8").replace("\nH31,", "\nH31,1"), "utf-8")
    with pytest.raises(InputError):
        load_figures("2022-09", 1)


def test_counts_that_were_handed_in_have_no_measures_without_points(built):
    page = load_figures("2026", 1).unit("H15")
    shown = (
        tables.form_table(page),
        tables.rate_table(page),
        tables.rate_note(page).data,
        tables.processing_time_table(page),
        tables.petition_kind_table(page),
    )
    assert not any(shown)
    assert "Tình hình tiếp nhận" not in (built / "reports/_site/2026/H15.html").read_text("utf-8")


def test_the_command_writes_them_beside_the_counts(chiso, project, tmp_path):
    write_demo(DemoRequest(project / "data" / "demo", dossiers_per_month=300))
    out, also = tmp_path / "counts.csv", tmp_path / "also.csv"
    call = ("measure", "--period", "2022-09", "--records", project / "data/demo", "--out", out)
    assert chiso(*call, "--also", also, project=project).returncode == 0
    rows = pd.read_csv(also, dtype=str, keep_default_na=False)
    assert list(rows.columns) == ALSO
    assert set(rows["measure"]) == {*HANDLING_MEASURES, "on_time_rate", "processing_time"}
    assert rows["unit"].nunique() == 190
