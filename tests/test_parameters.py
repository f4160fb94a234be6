"""Files of params/: what ships is whole, and a wrong file is refused with file, line and reason."""

from datetime import date
from decimal import Decimal

import numpy as np
import pytest
from conftest import ROOT

from chiso.base.errors import ParameterError
from chiso.base.i18n import use_language
from chiso.base.period import parse_period
from chiso.rules.assignments import duties, load_assignments, unknown_units
from chiso.rules.indicators import load_rules
from chiso.rules.settings import load_settings
from chiso.rules.units import load_tree
from chiso.rules.working_days import load_calendar

SET = (ROOT / "params/indicators/766-2022.yml").read_text("utf-8")
TREE = (ROOT / "params/units/dak-lak-2026-sample.yml").read_text("utf-8")


def line_of(text: str, part: str) -> int:
    return text[: text.index(part)].count("\n") + 1


@pytest.mark.parametrize("name", ["766-2022", "766-portal-2025", "766-portal-2026"])
def test_every_set_is_whole(name):
    book = load_rules(name)
    assert len(book.rules) == 21
    assert sum(rule.indicator.max_points for rule in book.rules) == 100
    assert all(rule.indicator.source for rule in book.rules)
    names = [rule.indicator.name for rule in book.rules]
    assert all(name.en != name.vi for name in names), "the shipped ones say it in English too"


def test_the_sets_differ_where_the_portal_was_seen_to_differ():
    old, new = load_rules("766-2022"), load_rules("766-portal-2026")
    assert (str(old.rule(13).target), new.rule(13).target) == ("0.80", None)
    rounded = [rule.indicator.number for rule in new.rules if rule.indicator.round_percentage]
    assert rounded == [9, 10, 11]
    assert not any(rule.indicator.round_percentage for rule in old.rules)


def test_the_set_of_2025_has_its_own_rules():
    book = load_rules("766-portal-2025", date(2025, 10, 31))
    rules = [rule.indicator for rule in book.rules]
    assert [rule.number for rule in rules if rule.when_empty == "rescale"] == [1, 2, 3]
    assert {rule.number: rule.factor_of for rule in rules if rule.factor_of} == {8: 4}
    assert not any(rule.scope == "province" for rule in rules)
    assert book.set.measures.strict_online
    assert not load_rules("766-2022").set.measures.strict_online
    assert not load_rules("766-portal-2026").set.measures.strict_online
    for day in (date(2025, 6, 30), date(2026, 1, 1)):
        with pytest.raises(ParameterError):
            load_rules("766-portal-2025", day)


@pytest.mark.parametrize(
    ("number", "option", "says"),
    [
        (8, "factor_of: 8", "không được nhân"),
        (8, "factor_of: 4", "không được nhân"),  # 4 has a factor too: see below
        (8, "factor_of: 22", "22"),
        (8, "round_percentage: true\n    factor_of: 5", "không làm tròn"),
        (5, "when_empty: rescale", "II"),
    ],
)
def test_a_factor_or_a_rescaling_that_can_not_be_is_refused(number, option, says, tmp_path):
    text = SET
    if option == "factor_of: 4":
        text = _with_option(text, 4, "factor_of: 5")
    path = tmp_path / "set.yml"
    path.write_text(_with_option(text, number, option), "utf-8")
    with pytest.raises(ParameterError) as caught:
        load_rules(str(path))
    assert says in str(caught.value)


def _with_option(text: str, number: int, option: str) -> str:
    """A set's text with an option of an indicator, in place of the one that it has."""
    head, rest = text.split(f"  - number: {number}\n")
    if option.startswith("when_empty"):
        return f"{head}  - number: {number}\n" + rest.replace("when_empty: zero", option, 1)
    return f"{head}  - number: {number}\n    {option}\n{rest}"


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


@pytest.mark.parametrize(
    ("written", "read"),
    [("0.65", "0.65"), ("0,65", "0.65"), ("65%", "0.65"), ('"65 %"', "0.65"), ("62,5%", "0.625")],
)
def test_a_rate_may_be_written_as_offices_do(tmp_path, written, read):
    path = tmp_path / "own.yml"
    path.write_text(SET.replace("value: 0.50", f"value: {written}", 1), encoding="utf-8")
    assert load_rules(str(path)).rule(8).target == Decimal(read)


@pytest.mark.parametrize("written", ["0.6x", "1.234,5", "60 phần trăm", "6,5,0", '"%"', "[60]"])
def test_a_rate_that_is_no_number_is_refused_with_what_to_write(tmp_path, written):
    path = tmp_path / "wrong.yml"
    path.write_text(SET.replace("value: 0.50", f"value: {written}", 1), encoding="utf-8")
    with pytest.raises(ParameterError, match=r"(?s)0,6 hoặc 0\.6 \(tỷ lệ: 60%\)") as caught:
        load_rules(str(path))
    assert caught.value.line == line_of(SET, "value: 0.50")


def test_a_decimal_comma_inside_braces_is_told_to_be_quoted(tmp_path):
    path = tmp_path / "wrong.yml"
    old = "{code: tot, name: {vi: Tốt, en: Good}, at_least: 80, below: 90}"
    assert old in SET
    path.write_text(SET.replace(old, old.replace("80", "80,5")), encoding="utf-8")
    with pytest.raises(ParameterError, match="ngoặc kép"):
        load_rules(str(path))
    path.write_text(SET.replace(old, old.replace("80", '"80,0"')), encoding="utf-8")
    assert load_rules(str(path)).set.classes[1].at_least == 80


@pytest.mark.parametrize("written", ["23/06/2022", "23/6/2022", '"23/06/2022"', "2022-06-23"])
def test_a_date_may_be_written_as_offices_do(tmp_path, written):
    path = tmp_path / "own.yml"
    path.write_text(SET.replace("2022-06-23", written), encoding="utf-8")
    held = load_rules(str(path)).set
    assert held.valid_from == held.indicators[7].target[0].from_ == date(2022, 6, 23)


@pytest.mark.parametrize("written", ["31/02/2022", "06/23/2022", "23/06/22", "2022", "23.06.2022"])
def test_a_date_that_is_none_is_refused_with_what_to_write(tmp_path, written):
    path = tmp_path / "wrong.yml"
    path.write_text(SET.replace("valid_from: 2022-06-23", f"valid_from: {written}"), "utf-8")
    with pytest.raises(ParameterError, match="30/08/2022 hoặc 2022-08-30"):
        load_rules(str(path))


def test_an_english_name_may_be_left_out(tmp_path):
    path = tmp_path / "own.yml"
    text = TREE.replace(', en: "Department of Construction"', "", 1)
    assert text != TREE
    path.write_text(text, encoding="utf-8")
    name = load_tree(str(path)).unit("H15.16").name
    assert str(name) == name.en == "Sở Xây dựng"
    use_language("en")
    assert str(name) == "Sở Xây dựng"


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


def test_what_is_below_a_unit_is_what_it_is_above_of():
    tree = load_tree("hung-yen-2022")
    for unit in tree.units:
        assert tree.children(unit.code) == tuple(u for u in tree.units if u.parent == unit.code)
        below = {u.code for u in tree.units if unit.code in (u.code, *tree.above(u.code))}
        assert tree.below(unit.code) == below


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


@pytest.mark.parametrize(
    "text", ["", "units: [", "\xff", "unit: hung-yen-2022\n", "as_of: 31/09/2022\n", "units: {}\n"]
)
def test_a_wrong_period_file_is_refused(project, text):
    path = project / "params/periods/2022-09.yml"
    path.write_bytes(text.encode("latin-1"))
    with pytest.raises(ParameterError) as caught:
        load_settings(parse_period("2022-09"))
    assert str(path) in str(caught.value)


def test_references_to_references_and_deep_nesting_are_refused(tmp_path):
    path = tmp_path / "set.yml"
    lines = ["a: &a [x, x, x, x, x, x, x, x, x, x]"]
    for this, last in zip("bcdefghij", "abcdefghi", strict=True):
        lines.append(f"{this}: &{this} [{', '.join([f'*{last}'] * 10)}]")
    path.write_text("\n".join(lines), encoding="utf-8")
    with pytest.raises(ParameterError, match="tham chiếu") as caught:
        load_rules(str(path))
    assert str(path) in str(caught.value)
    path.write_text("[" * 100_000, encoding="utf-8")
    with pytest.raises(ParameterError, match="cấp lồng nhau"):
        load_rules(str(path))


@pytest.mark.parametrize("folder", ["/tmp/{period}", "../{period}", "data/../../x"])
def test_figures_come_from_inside_the_project(project, folder):
    path = project / "params" / "periods" / "2022-08.yml"
    path.write_text(f"source:\n  name: {{vi: x}}\n  folder: {folder}\n", encoding="utf-8")
    with pytest.raises(ParameterError, match=r"source\.folder.*ngoài thư mục dự án"):
        load_settings(parse_period("2022-08"))


@pytest.mark.parametrize("said", ["Sở Y tế", "so y te", "So-Y-Te", "so-yte"])
def test_a_name_or_a_mistyped_code_is_answered_with_what_may_be_meant(said):
    with pytest.raises(ParameterError, match=r"Có phải so-y-te \(Sở Y tế\)"):
        load_tree("hung-yen-2022").unit(said)


def test_the_calendars_own_example_is_read_without_quotes(project):
    entry = 'extra_days: [{day: 2022-09-06, kind: off, source: "Công văn"}]\n'
    (project / "params/calendar.yml").write_text(entry, encoding="utf-8")
    calendar = load_calendar()
    day = np.array([(date(2022, 9, 5) - date(1970, 1, 1)).days])
    assert calendar.later(day, 1)[0] - day[0] == 2
