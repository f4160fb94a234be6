"""The notebook of recipes: each shows what the figures of a small invented month say."""

from __future__ import annotations

import json
from decimal import Decimal
from fractions import Fraction
from math import ceil

import pandas as pd
import pytest
from conftest import ROOT, make_project

from chiso.base.errors import UserError
from chiso.base.period import parse_period
from chiso.contract.evidence import read_cases
from chiso.demo.write import DemoRequest, write_demo
from chiso.explain.way_up import next_band, way_up
from chiso.pages.lookups import procedure_frame, what_if_frame
from chiso.pages.tables import MIME
from chiso.publishing.engine import papermill
from chiso.rules.settings import load_settings
from chiso.store.figures import history_text
from chiso.store.pipeline import score_period

RATES = {5: Fraction(95, 100), 12: Fraction(90, 100)}


@pytest.fixture(scope="module")
def explored(tmp_path_factory):
    """The figures of the month, and by cell what the notebook shows of one unit."""
    folder = tmp_path_factory.mktemp("explore")
    project = make_project(folder / "project")
    write_demo(DemoRequest(project / "data/demo", dossiers_per_month=12_000))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CHISO_PROJECT", str(project))
        figures = score_period(load_settings(parse_period("2022-09")), lambda _said: None)
        # One that has cases, and that the recipes are of use to.
        unit = next(
            one.code
            for one in figures.agencies
            if all((figures.unit(one.code).counts[n].rate or 1) < RATES[n] for n in RATES)
        )
        parameters = {
            "period": "2022-09",
            "unit": unit,
            "revision": figures.provenance.revision,
            "history": history_text(one.provenance for one in figures.earlier),
            "lang": "vi",
        }
        papermill.execute_notebook(
            str(project / "notebooks/explore.ipynb"),
            str(folder / "run.ipynb"),
            parameters=parameters,
            cwd=str(project / "notebooks"),
            progress_bar=False,
        )
        cells = json.loads((folder / "run.ipynb").read_text("utf-8"))["cells"]
        shown = {
            cell["id"]: [output["data"] for output in cell.get("outputs", ()) if "data" in output]
            for cell in cells
        }
        yield figures, figures.unit(unit), shown


def table(shown, cell):
    (data,) = shown[cell]
    return data[MIME]


def test_cases_of_an_agency_are_those_that_are_kept(explored):
    figures, unit, shown = explored
    cases = read_cases(figures.folder, figures.tree, unit.unit.code)
    cases = cases[cases["indicator"] == 5]
    told = table(shown, "cases")
    assert len(cases) > 5 and told["caption"].startswith("Hồ sơ chưa đạt chỉ số 5")
    column = [heading for heading, _kind in told["fields"]].index("Mã hồ sơ, mã khác")
    listed = [row[column] for row in told["rows"]]
    assert set(listed) <= set(cases["id"]) and len(listed) == min(len(cases), 60)


def test_a_procedure_stands_by_commune_with_its_late_dossiers(explored):
    figures, _unit, shown = explored
    communes = {one.code: str(one.name) for one in figures.units if one.level == "xa"}
    rows = pd.read_csv(figures.folder / "procedure_dossiers.csv", dtype=str)
    rows = rows[rows["unit"].isin(list(communes))].fillna("0")
    late = rows["late"].astype(int).groupby(rows["procedure_id"]).sum()
    own = rows[rows["procedure_id"] == late.idxmax()]
    wanted = {
        communes[row.unit]: (int(row.dossiers), int(row.late))
        for row in own.itertuples()
        if int(row.dossiers)
    }
    frame = procedure_frame(figures)
    found = {name: (many, slow) for name, many, slow in frame.iloc[:, :3].itertuples(index=False)}
    assert found == wanted and late.max() > 0
    assert list(frame.iloc[:, 2]) == sorted(frame.iloc[:, 2], reverse=True)
    assert frame.iloc[0, 3] == round(
        Decimal(100 * int(frame.iloc[0, 2])) / int(frame.iloc[0, 1]) + Decimal("1e-9"), 2
    )
    told = table(shown, "procedure")
    assert [row[:3] for row in told["rows"]] == [list(row[:3]) for row in frame.head(60).values]
    assert procedure_frame(figures, "khong-co").empty


def test_a_rate_that_is_reached_gives_the_points_of_its_rule(explored):
    _figures, unit, shown = explored
    rows = {row[0].partition(".")[0]: row for row in table(shown, "what-if")["rows"]}
    gained = Decimal(0)
    for number, rate in RATES.items():
        count, rule = unit.counts[number], unit.rules[number]
        assert rule.target is None and count.rate < rate
        needed = ceil(rate * count.denominator)
        after = round(rule.max_points * Decimal(needed) / count.denominator + Decimal("1e-9"), 2)
        before = next(unit.indicators.loc[unit.indicators["indicator"] == number, "points"].items())
        told = [Decimal(str(one)) for one in rows[str(number)][1:]]
        assert told[1:] == [100 * rate, needed - count.numerator, before[1], after]
        gained += after - before[1]
    total = [Decimal(str(one)) for one in rows["Tổng điểm"][4:]]
    assert total == [unit.standing.total, unit.standing.total + gained]


def test_what_is_there_already_stays_and_what_is_no_rate_is_told(explored):
    unit = explored[1]
    assert list(what_if_frame(unit, {5: "0%"}).iloc[0, 3:]) == [
        0,
        *[unit.indicators.loc[unit.indicators["indicator"] == 5, "points"].iloc[0]] * 2,
    ]
    for wrong in ("950%", "nhiều", "-1%"):
        with pytest.raises(UserError, match="0% đến 100%"):
            what_if_frame(unit, {5: wrong})
    empty = next(number for number, count in unit.counts.items() if not count.denominator)
    with pytest.raises(UserError, match=f"Chỉ số {empty} của"):
        what_if_frame(unit, {empty: "95%"})


def test_the_way_and_the_chart_are_shown(explored):
    _figures, unit, shown = explored
    way = way_up(unit, next_band(unit).at_least)
    assert way is not None
    rows = table(shown, "way")["rows"]
    assert [row[0] for row in rows] == [step.number for step in way.steps]
    (chart,) = shown["chart"]
    assert "image/svg+xml" in chart or "svg" in str(chart)
    assert "Điểm mất theo chỉ số" in str(chart)


def test_it_is_on_no_page():
    for path in (ROOT / "chiso").rglob("*.py"):
        assert '"explore"' not in path.read_text("utf-8")
