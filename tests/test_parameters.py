"""Files of params/: what ships is whole, and a wrong file is refused with file, line and reason."""

from datetime import date

import pytest
from conftest import ROOT

from chiso.base.errors import ParameterError
from chiso.base.period import parse_period
from chiso.rules.assignments import duties, load_assignments, unknown_units
from chiso.rules.indicators import load_rules
from chiso.rules.settings import load_settings
from chiso.rules.units import load_tree

SET = (ROOT / "params/indicators/766-2022.yml").read_text("utf-8")
TREE = (ROOT / "params/units/dak-lak-2026-sample.yml").read_text("utf-8")


def line_of(text: str, part: str) -> int:
    return text[: text.index(part)].count("\n") + 1


@pytest.mark.parametrize("name", ["766-2022", "766-portal-2026"])
def test_both_sets_are_whole(name):
    book = load_rules(name)
    assert len(book.rules) == 21
    assert sum(rule.indicator.max_points for rule in book.rules) == 100
    assert all(rule.indicator.source and rule.indicator.name.en for rule in book.rules)


def test_the_sets_differ_where_the_portal_was_seen_to_differ():
    old, new = load_rules("766-2022"), load_rules("766-portal-2026")
    assert (str(old.rule(13).target), new.rule(13).target) == ("0.80", None)
    rounded = [rule.indicator.number for rule in new.rules if rule.indicator.round_percentage]
    assert rounded == [9, 10, 11]
    assert not any(rule.indicator.round_percentage for rule in old.rules)


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("    max_points: 20\n    when", "    max_points: 19\n    when", "99"),
        ("value: 0.50", "value: 0", "0"),
        ("value: 0.50", "value: 1.2", "1.2"),
        ("value: 0.50", "value: .nan", "nan"),
        ("  - number: 7\n", "  - number: 8\n", "8"),
        ("at_least: 80, below: 90", "at_least: 80, below: 85", "90"),
        ("at_least: 70, below: 80", "at_least: 85, below: 80", "85"),
        ("at_least: 0, below: 50", "at_least: 10, below: 50", "0"),
        ("when_empty: full", "when_empty: half", "half"),
        ("    when_empty: full", "    when_empti: full", "when_empti"),
        ("digits: 2", "digits: two", "two"),
        ("digits: 2", "digits: 2\ndigits: 3", "digits"),
        ("total: 100", "total: [", "YAML"),
        ("last_confirmed: 2026-11-23", "last_confirmed: 2026-02-30", "YAML"),
        ("digits: 2", "digits: !!python/name:os.system x", "YAML"),
        ("digits: 2", "digits: !x 2", "YAML"),
        ("- {code: II,", "- {code: VI,", "VI"),
        ("max_points: 18}", "max_points: 17}", "17"),
    ],
)  # fmt: skip
def test_a_wrong_set_is_refused_with_file_line_and_reason(tmp_path, old, new, says):
    assert old in SET
    path = tmp_path / "wrong.yml"
    path.write_text(SET.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(ParameterError) as caught:
        load_rules(str(path))
    message = str(caught.value)
    assert message.startswith(f"{path}:")
    assert says in message


def test_the_line_is_the_one_to_correct(tmp_path):
    text = SET.replace("value: 0.50", "value: 5", 1)
    path = tmp_path / "wrong.yml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ParameterError) as caught:
        load_rules(str(path))
    assert caught.value.line == line_of(text, "value: 5")
    assert "dòng" in str(caught.value)


def test_all_mistakes_are_told_at_once(tmp_path):
    path = tmp_path / "wrong.yml"
    text = SET.replace("value: 0.50", "value: 5", 1).replace("below: 90", "below: 91", 1)
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ParameterError) as caught:
        load_rules(str(path))
    assert "5" in str(caught.value) and "90" in str(caught.value)
    assert str(caught.value).count("dòng") == 2


def test_a_set_is_refused_for_a_day_before_it_was_in_force():
    with pytest.raises(ParameterError, match="31/05/2022"):
        load_rules("766-2022", date(2022, 5, 31))


def test_the_target_in_force_is_the_newest_one_that_has_begun(tmp_path):
    path = tmp_path / "dated.yml"
    began = "from: 2022-06-23\n        value: 0.50"
    added = "from: 2024-01-01\n        value: 0.60\n        source: {vi: Giả định, en: Assumed}"
    assert began in SET
    path.write_text(SET.replace(began, f"{added}\n      - {began}", 1), encoding="utf-8")
    assert str(load_rules(str(path), date(2023, 12, 31)).rule(8).target) == "0.50"
    assert str(load_rules(str(path), date(2024, 1, 1)).rule(8).target) == "0.60"


@pytest.mark.parametrize("name", ["../units/hung-yen-2022", "nothing", "", "a..b", "/etc/passwd"])
def test_a_name_never_leaves_its_folder(name):
    with pytest.raises(ParameterError) as caught:
        load_rules(name)
    assert "766-2022" in str(caught.value)


def test_hung_yen_2022_has_its_190_units():
    tree = load_tree("hung-yen-2022")
    levels = [unit.level for unit in tree.units]
    assert [levels.count(level) for level in ("tinh", "so", "huyen", "xa")] == [1, 18, 10, 161]
    assert tree.unit("11950").parent == "323"
    assert len(tree.children("323")) == 17
    assert tree.is_in_force(date(2022, 9, 30)) and not tree.is_in_force(date(2025, 7, 1))


def test_dak_lak_sample_has_21_units_in_partial_cohorts():
    tree = load_tree("dak-lak-2026-sample")
    assert len(tree.units) == 21
    assert all(cohort.partial for cohort in tree.cohorts.values())


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("code: H15.16,", "code: H15.15,", "H15.15"),
        ("code: H15.16,", "code: ../x,", "../x"),
        ("code: H15.16,", "code: index,", "index"),
        ("code: H15.16,", "code: 16,", "16"),
        ("level: so, cohort: so, parent: H15", "level: so, cohort: bo, parent: H15", "bo"),
        ("level: so, cohort: so, parent: H15", "level: so, cohort: so, parent: H99", "cấp trên"),
        ("level: so,", "level: bo,", "bo"),
        ("province: H15", "province: H16", "H16"),
        ("  so: {name", '  "so} <b>": {name', "so} <b>"),
    ],
)
def test_a_wrong_tree_is_refused(tmp_path, old, new, says):
    assert old in TREE
    path = tmp_path / "wrong.yml"
    path.write_text(TREE.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(ParameterError) as caught:
        load_tree(str(path))
    assert says in str(caught.value)
    assert caught.value.line is not None


def test_the_annex_has_21_rows_with_lead_and_coordinating():
    annex, tree = load_assignments("hung-yen-2022"), load_tree("hung-yen-2022")
    assert [entry.number for entry in annex.indicators] == list(range(1, 22))
    assert unknown_units(annex, tree) == ()
    roles = {
        code: {(duty.number, duty.role) for duty in duties(annex, tree.unit(code))}
        for code in ("vp-ubnd", "so-tu-phap", "so-y-te", "323", "11950")
    }
    assert {number for number, role in roles["vp-ubnd"] if role == "lead"} >= {2, 3, 4}
    assert (5, "coordinating") in roles["vp-ubnd"]
    assert {(1, "lead"), (2, "coordinating"), (15, "coordinating")} <= roles["so-tu-phap"]
    assert (15, "coordinating") not in roles["so-y-te"]
    for code in ("323", "11950"):
        assert {(4, "coordinating"), (5, "lead"), (21, "lead")} <= roles[code]
        assert not {number for number, _role in roles[code]} & {1, 2, 3}


def test_settings_of_a_period_of_its_own_and_of_any_other():
    sample = load_settings(parse_period("2026"))
    assert (sample.units, sample.is_provisional) == ("dak-lak-2026-sample", True)
    other = load_settings(parse_period("2023-09"))
    assert (other.units, other.indicator_set) == ("hung-yen-2022", "766-2022")
    assert other.folder == ROOT / "data" / "2023-09"
    assert not other.is_provisional


def test_invented_records_stand_in_only_where_a_covered_period_has_no_folder(project):
    for name, invented in (
        ("2022-09", True),
        ("2022", True),
        ("2022-06", False),
        ("2023-01", False),
    ):
        assert load_settings(parse_period(name)).is_illustrative == invented, name
    (project / "data/2022-09").mkdir()
    assert not load_settings(parse_period("2022-09")).is_illustrative
    (project / "data/2022-09/DEMO").touch()
    assert load_settings(parse_period("2022-09")).is_illustrative


@pytest.mark.parametrize("text", ["", "units: [", "\xff", "units: hung-yen-2022\n"])
def test_a_wrong_period_file_is_refused(project, text):
    path = project / "params/periods/2022-09.yml"
    path.write_bytes(text.encode("latin-1"))
    with pytest.raises(ParameterError) as caught:
        load_settings(parse_period("2022-09"))
    assert str(path) in str(caught.value)
