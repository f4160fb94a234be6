"""A new year without new files: what holds on a day, what is refused, and the trees that ship."""

import csv
import importlib.util
import shutil
from collections import Counter
from datetime import date

import pytest
from conftest import ROOT

from chiso.base.errors import ParameterError
from chiso.base.period import parse_period
from chiso.rules.assignments import duties, load_assignments, unknown_units
from chiso.rules.indicators import load_rules
from chiso.rules.settings import load_settings, tree_in_force
from chiso.rules.units import load_tree

DEFAULTS = (ROOT / "params/defaults.yml").read_text("utf-8")
MERGERS = ROOT / "params/units/hung-yen-2025-mergers.csv"


def settings(period: str):
    return load_settings(parse_period(period))


def tree_of(period: str, of_records: bool = True):
    return tree_in_force(settings(period), of_records)


def write_settings(project, period: str, text: str):
    (project / f"params/periods/{period}.yml").write_text(text, encoding="utf-8")


@pytest.mark.parametrize(
    ("period", "tree", "indicator_set", "assignments"),
    [
        ("2022-07", "hung-yen-2022", "766-2022", None),
        ("2022-08", "hung-yen-2022", "766-2022", "hung-yen-2022"),
        ("2022", "hung-yen-2022", "766-2022", "hung-yen-2022"),
        ("2024-11", "hung-yen-2022", "766-2022", "hung-yen-2022"),
        ("2025-07", "hung-yen-2025", "766-portal-2025", "hung-yen-2025"),
        ("2025-Q4", "hung-yen-2025", "766-portal-2025", "hung-yen-2025"),
        ("2026-01", "hung-yen-2025", "766-portal-2026", "hung-yen-2025"),
        ("2026-Q1", "hung-yen-2025", "766-portal-2026", "hung-yen-2025"),
        ("2027-6T", "hung-yen-2025", "766-portal-2026", "hung-yen-2025"),
    ],
)
def test_a_period_without_a_file_takes_what_holds_on_its_last_day(
    period, tree, indicator_set, assignments
):
    held = settings(period)
    assert (held.units, held.indicator_set, held.assignments) == (tree, indicator_set, assignments)
    assert tree_of(period).units == load_tree(tree).units
    load_rules(held.indicator_set, held.period.last_day)


def test_every_month_since_the_set_has_all_or_is_in_the_gap_between_the_trees():
    months = [f"{year}-{month:02d}" for year in range(2022, 2029) for month in range(1, 13)]
    refused = []
    for month in months[6:]:
        try:
            tree_of(month)
        except ParameterError:
            refused.append(month)
        held = settings(month)
        load_rules(held.indicator_set, held.period.last_day)
    assert refused == ["2024-12", *(f"2025-{month:02d}" for month in range(1, 7))]


@pytest.mark.parametrize(
    ("period", "line"),
    [
        ("2024-12", "- {from: 01/12/2024, use: TÊN}"),
        ("2024", "- {from: 01/12/2024, use: TÊN}"),
        ("2025-06", "- {from: 01/12/2024, use: TÊN}"),
        ("2021-12", "- {from: 01/12/2021, use: TÊN}"),
    ],
)
def test_a_gap_is_refused_and_names_the_line_to_add(period, line):
    with pytest.raises(ParameterError) as caught:
        tree_of(period)
    assert line in str(caught.value)
    assert "“units” của params/defaults.yml" in str(caught.value)


def test_the_line_that_is_named_is_the_one_that_helps(project):
    text = (project / "params/units/hung-yen-2022.yml").read_text("utf-8")
    text = text.replace("valid_from: 2022-01-01", "valid_from: 01/12/2024")
    text = text.replace("valid_to: 2024-11-30", "valid_to: 30/06/2025")
    (project / "params/units/own.yml").write_text(text, encoding="utf-8")
    old = "units:\n"
    new = f"{old}  - {{from: 01/12/2024, use: own}}\n"
    (project / "params/defaults.yml").write_text(DEFAULTS.replace(old, new), encoding="utf-8")
    assert [settings(period).units for period in ("2024-11", "2024-12", "2025-06", "2025-07")] == [
        "hung-yen-2022",
        "own",
        "own",
        "hung-yen-2025",
    ]
    assert tree_of("2025-Q2").valid_to == date(2025, 6, 30)


def test_a_set_that_is_not_named_for_a_day_is_refused_with_its_line():
    with pytest.raises(ParameterError, match=r"from: 01/01/2022, use: TÊN.*params/indicators/"):
        settings("2022-Q1")


def test_records_of_a_period_that_begins_before_its_tree_are_refused_counts_are_not():
    for period in ("2025-9T", "2025"):
        with pytest.raises(ParameterError, match=r"01/07/2025 trở đi"):
            tree_of(period)
        assert tree_of(period, of_records=False).province == "H31"


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("use: hung-yen-2025}", "use: hung-yen-2025, to: 2030}", "to"),
        ("{from: 01/01/2026, use: 766", "{from: 01/13/2026, use: 766", "01/13/2026"),
        ("{from: 01/01/2026, use: 766", "{from: 23/06/2022, use: 766", "23/06/2022"),
        ("source:\n", "sources:\n", "sources"),
    ],
)
def test_wrong_defaults_are_refused(project, old, new, says):
    assert old in DEFAULTS
    path = project / "params/defaults.yml"
    path.write_text(DEFAULTS.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(ParameterError) as caught:
        settings("2022-09")
    assert str(path) in str(caught.value) and says in str(caught.value)


def test_defaults_without_a_source_are_refused(project):
    text = DEFAULTS[: DEFAULTS.index("source:")]
    (project / "params/defaults.yml").write_text(text, encoding="utf-8")
    with pytest.raises(ParameterError, match="source"):
        settings("2022-09")


def test_one_name_holds_on_every_day(project):
    start, end = DEFAULTS.index("units:"), DEFAULTS.index("indicator_set:")
    text = f"{DEFAULTS[:start]}units: hung-yen-2022\n{DEFAULTS[end:]}"
    (project / "params/defaults.yml").write_text(text, encoding="utf-8")
    assert settings("2023-09").units == settings("2026-01").units == "hung-yen-2022"
    with pytest.raises(ParameterError, match="30/11/2024"):
        tree_of("2026-01")


def test_a_period_file_says_only_what_is_other(project):
    write_settings(project, "2022-09", "as_of: 20/09/2022\n")
    held = settings("2022-09")
    assert (held.units, held.indicator_set, held.assignments) == (
        "hung-yen-2022",
        "766-2022",
        "hung-yen-2022",
    )
    assert held.as_of == date(2022, 9, 20) and held.is_provisional
    assert held.is_illustrative, "the illustration is inherited too"
    write_settings(project, "2022-09", "source: {name: {vi: Khác}, folder: data/khac}\n")
    held = settings("2022-09")
    assert held.folder == project / "data/khac" and not held.is_illustrative
    assert held.assignments == "hung-yen-2022"


def test_assignments_and_invented_figures_are_not_those_of_another_tree(project):
    write_settings(project, "2026-08", "units: dak-lak-2026-sample\n")
    held = settings("2026-08")
    assert (held.indicator_set, held.assignments) == ("766-portal-2026", None)
    write_settings(project, "2022-09", "units: dak-lak-2026-sample\n")
    assert not settings("2022-09").is_illustrative


def test_the_published_sample_goes_on_as_it_was():
    held = settings("2026")
    assert (held.units, held.indicator_set) == ("dak-lak-2026-sample", "766-portal-2026")
    assert held.assignments is None and held.as_of == held.captured == date(2026, 10, 10)
    assert tree_of("2026", of_records=False).province == "H15"


def test_every_command_refuses_a_tree_out_of_force(project, chiso, tmp_path):
    folder = project / "data/2025-03"
    folder.mkdir()
    shutil.copy(ROOT / "tests/conftest.py", folder / "x.txt")
    out = tmp_path / "counts.csv"
    measure = ("measure", "--period", "2025-03", "--records", folder, "--out", out)
    own_tree = ("measure", "--period", "2022-09", "--records", folder, "--units", "hung-yen-2025")
    for command, day in (
        (("check", "--period", "2025-03", "--records", folder), "31/03/2025"),
        (("check", "--period", "2025-03"), "31/03/2025"),
        (measure, "31/03/2025"),
        ((*own_tree, "--out", out), "30/09/2022"),
        (("report", "--period", "2025-03"), "31/03/2025"),
    ):
        run = chiso(*command, project=project)
        assert run.returncode == 2, run.stderr
        assert day in run.stderr and "params/units" in run.stderr
        assert "Traceback" not in run.stderr
    assert not out.exists()


def test_a_new_month_asks_for_figures_not_for_a_tree(project, chiso):
    run = chiso("report", "--period", "2026-11", project=project)
    assert run.returncode == 2
    assert "Chưa có số liệu" in run.stderr or "Không có số liệu" in run.stderr
    assert "counts.csv" in run.stderr and "params/units" not in run.stderr


def test_hung_yen_2025_is_whole():
    tree = load_tree("hung-yen-2025")
    levels = Counter(unit.level for unit in tree.units)
    assert levels == {"tinh": 1, "so": 13, "xa": 104}
    communes = [unit for unit in tree.units if unit.level == "xa"]
    kinds = Counter(unit.name.vi.split(" ")[1] for unit in communes)
    assert kinds == {"xã": 93, "phường": 11}
    assert len({unit.name.vi for unit in tree.units}) == len(tree.units)
    assert all(unit.code.isdigit() and len(unit.code) == 5 for unit in communes)
    assert {unit.parent for unit in tree.units} == {None, "H31"}
    assert all(unit.name.en != unit.name.vi for unit in tree.units)
    assert all("  " not in unit.name.vi for unit in tree.units)
    assert (tree.valid_from, tree.valid_to) == (date(2025, 7, 1), None)


def test_a_department_of_both_trees_has_one_name():
    old, new = load_tree("hung-yen-2022"), load_tree("hung-yen-2025")
    shared = {unit.code for unit in new.units if unit.level == "so"} & set(old.by_code)
    assert shared and all(old.unit(code).name == new.unit(code).name for code in shared)


def test_a_merger_names_communes_of_both_trees():
    old, new = load_tree("hung-yen-2022"), load_tree("hung-yen-2025")
    with MERGERS.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    names = {unit.code: unit.name.vi.casefold() for unit in new.units if unit.level == "xa"}
    assert {row["code"] for row in rows} == set(names)
    assert all(names[row["code"]] == f"ubnd {row['name']}".casefold() for row in rows)
    parts = Counter(row["old_code"] for row in rows)
    assert len(parts) == 381
    assert {row["old_code"] for row in rows if row["part"]} == {
        c for c, n in parts.items() if n > 1
    }
    own = {row["old_code"] for row in rows if row["province"] == "Tỉnh Hưng Yên"}
    communes = {unit.code for unit in old.units if unit.level == "xa"}
    assert len(own) == 139 and own <= communes, "22 of the 161 of 2022 went on 1/12/2024"


def test_a_code_that_lived_on_means_another_commune():
    old, new = load_tree("hung-yen-2022"), load_tree("hung-yen-2025")
    kept = {unit.code for unit in new.units if unit.level == "xa"} & set(old.by_code)
    renamed = {code for code in kept if old.unit(code).name != new.unit(code).name}
    assert renamed, "so old records are never counted under the new tree"


def test_the_script_makes_the_same_bytes_again():
    spec = importlib.util.spec_from_file_location("tool", ROOT / "tools/hung_yen_2025.py")
    tool = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(tool)
    assert tool.tree() == tool.TREE.read_text("utf-8")
    assert tool.mergers() == tool.MERGERS.read_text("utf-8")


@pytest.mark.parametrize("name", ["hung-yen-2022", "hung-yen-2025"])
def test_assignments_name_agencies_of_their_own_tree(name):
    content = load_assignments(name)
    tree = load_tree(content.units)
    assert unknown_units(content, tree) == ()
    assert content.valid_from >= tree.valid_from
    levels = {unit.level for unit in tree.units}
    assert all(set(body.levels) <= levels for body in content.bodies.values())
    unused = [unit.code for unit in tree.units[1:] if not duties(content, unit)]
    assert unused == []
