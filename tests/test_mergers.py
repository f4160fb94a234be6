"""Trends across a change of the tree: who was whom, what adds up, and what is never compared."""

import re
import shutil
from dataclasses import replace
from decimal import Decimal

import pandas as pd
import pytest
import yaml
from by_hand import TREE
from by_hand import figures as by_hand
from conftest import ROOT

from chiso import explain
from chiso.base.errors import ParameterError
from chiso.base.i18n import use_language
from chiso.base.period import parse_period
from chiso.contract.counts import OFFICIAL_COLUMNS
from chiso.explain.trends import unit_trend
from chiso.pages import charts
from chiso.pages.commentary import headline
from chiso.publishing.content import unit_contents
from chiso.rules.mergers import ABSENT, EXTENT, PART, TIERS, load_mergers
from chiso.rules.settings import load_settings
from chiso.rules.units import load_tree
from chiso.scoring.retold import _hide_unknown, retold, retold_official
from chiso.store.figures import load_figures
from chiso.store.pipeline import compared_with, score_period

HEADER = "old_code,old_name,province,part,code\n"
# a and b whole into ab; c in part into cd with d; e, f as they were; g under another code.
ROWS = """\
a,Xã A,T,,ab
b,Xã B,T,,ab
c,Xã C,T,x,cd
c,Xã C,T,x,e2
d,Xã D,T,,cd
g,Xã G,T,,g2
"""
BEFORE_TREE = {"units": "cu", "mergers": "nhap.csv"}
OLD = ("a", "b", "c", "d", "e", "g")
NEW = ("ab", "cd", "e", "e2", "g2")
FIRST = "2023-01-01"


def tree_text(communes, valid, before="", levels=("so", "xa")):
    units = [{"code": "P", "name": {"vi": "UBND tỉnh"}, "level": "tinh", "cohort": "tinh"}]
    units += [
        {
            "code": code,
            "name": {"vi": f"UBND xã {code}"},
            "level": "xa",
            "cohort": "xa",
            "parent": "P",
        }
        for code in communes
    ]
    units += [
        {
            "code": f"1-{level}",
            "name": {"vi": level},
            "level": level,
            "cohort": level,
            "parent": "P",
        }
        for level in levels
        if level != "xa"
    ]
    content = {
        "name": {"vi": f"Danh mục {valid}"},
        "source": "tự đặt",
        "last_confirmed": "2022-01-01",
        **valid,
        **({"before": before} if before else {}),
        "province": "P",
        "cohorts": {level: {"name": {"vi": level}} for level in ("tinh", "so", "huyen", "xa")},
        "units": units,
    }
    return yaml.safe_dump(content, allow_unicode=True)


def write_trees(project, rows=ROWS, old=OLD, new=NEW, before=None, old_levels=("so", "xa")):
    """A tree until the end of 2022, one from 2023 on, and what went where."""
    units = project / "params/units"
    before = BEFORE_TREE if before is None else before
    (units / "cu.yml").write_text(
        tree_text(old, {"valid_from": "2022-01-01", "valid_to": "2022-12-31"}, levels=old_levels),
        encoding="utf-8",
    )
    (units / "moi.yml").write_text(tree_text(new, {"valid_from": FIRST}, before), encoding="utf-8")
    (units / "nhap.csv").write_text(HEADER + rows, encoding="utf-8")
    defaults = yaml.safe_load((project / "params/defaults.yml").read_text("utf-8"))
    defaults["units"] = [{"from": "2022-01-01", "use": "cu"}, {"from": FIRST, "use": "moi"}]
    defaults["assignments"] = []
    defaults["indicator_set"] = [{"from": "2022-01-01", "use": "766-2022"}]
    defaults.pop("illustration", None)
    text = yaml.safe_dump(defaults, allow_unicode=True)
    (project / "params/defaults.yml").write_text(text, encoding="utf-8")


@pytest.fixture
def trees(project):
    write_trees(project)
    return project


def origins():
    tree = load_tree("moi")
    mergers = load_mergers(tree)
    return {unit.code: mergers.origin(unit.code) for unit in tree.units}


def test_who_was_whom(trees):
    found = origins()
    assert found["ab"].codes == ("a", "b") and found["g2"].codes == ("g",)
    assert found["e"].codes == ("e",) and not found["e"].mergers
    assert (found["P"].codes, found["1-so"].codes) == (("P",), ("1-so",))
    assert (found["cd"].codes, found["cd"].why) == ((), PART)
    assert [one.old_name for one in found["cd"].mergers if one.is_part] == ["Xã C"]
    assert found["e2"].why == PART


def test_a_code_that_lost_a_part_is_not_what_it_was(project):
    write_trees(project, "a,Xã A,T,x,b\nb,Xã B,T,,b\n", old=("a", "b"), new=("a", "b"))
    found = origins()
    assert (found["a"].codes, found["a"].why) == ((), EXTENT)
    assert (found["b"].codes, found["b"].why) == ((), PART)


def test_a_province_that_took_in_another_is_not_what_it_was(project):
    write_trees(project, f"{ROWS}z,Xã Z,Tỉnh khác,,e\ne,Xã E,T,,e\n")
    found = origins()
    assert {found[code].why for code in ("P", "1-so")} == {EXTENT}
    assert found["e"].why == ABSENT, "of the other province nothing is known"
    assert found["ab"].codes == ("a", "b")


def test_other_tiers_mean_other_tasks_but_the_same_province(project):
    write_trees(project, old_levels=("so", "huyen", "xa"))
    found = origins()
    assert {found[code].why for code in ("1-so", "e", "ab")} == {TIERS}
    assert found["P"].codes == ("P",)


def test_without_the_tree_before_it_is_known_from_whom_and_no_more(project):
    write_trees(project, before={"mergers": "nhap.csv"})
    found = origins()
    assert (found["ab"].codes, found["ab"].why) == ((), ABSENT)
    assert [one.old_name for one in found["ab"].mergers] == ["Xã A", "Xã B"]


def test_hung_yen_of_2025_says_from_whom_and_compares_nothing():
    tree = load_tree("hung-yen-2025")
    mergers = load_mergers(tree)
    found = [mergers.origin(unit.code) for unit in tree.units]
    assert len(mergers.rows) == 384 and not any(one.codes for one in found)
    assert mergers.origin("H31").why == mergers.origin("so-tu-phap").why == EXTENT


@pytest.mark.parametrize(
    ("rows", "line", "says"),
    [
        ("q,Xã Q,T,,khong-co\n", 8, "“khong-co” không có trong"),
        (",Xã A,T,,ab\n", 8, "“old_code”"),
        ("q,,T,,ab\n", 8, "“old_name”"),
        ("q,Xã Q,,,ab\n", 8, "“province”"),
        ("a,Xã A,T,,ab\n", 2, "nhiều lần"),
        ("a,Xã A,T,,cd\n", 2, "ghi x ở cột “part”"),
        ("q,Xã Q,T,một nửa,ab\n", 8, "“part”"),
    ],
)
def test_a_wrong_line_is_told_with_its_number(project, rows, line, says):
    write_trees(project, ROWS + rows)
    with pytest.raises(ParameterError) as caught:
        origins()
    assert caught.value.line == line and says in str(caught.value)
    assert f"nhap.csv:{line}" in str(caught.value)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "old_code, old_name, province, part, code"),
        ("old_code;old_name;province;part;code\na;A;T;;ab\n", "old_code"),
        ("old_code,old_name,province,code\na,A,T,ab\n", "part"),
        ("a,Xã A,T,,ab\n" * 2, "old_code"),
    ],
)
def test_a_file_without_its_columns_is_told_so(trees, text, says):
    (trees / "params/units/nhap.csv").write_text(text, encoding="utf-8")
    with pytest.raises(ParameterError, match=says) as caught:
        origins()
    assert caught.value.line == 1


def test_a_file_as_spreadsheets_save_it_is_read(trees):
    path = trees / "params/units/nhap.csv"
    text = (HEADER + ROWS).replace("\n", ",,\r\n").replace("code,,", "code,ghi chú,", 1)
    path.write_text(f"\ufeff{text},,,,,,\r\n", encoding="utf-8", newline="")
    assert origins()["ab"].codes == ("a", "b")
    path.write_bytes(b"\xff\xfe" + text.encode("utf-16-le"))
    with pytest.raises(ParameterError, match="UTF-8"):
        origins()
    path.unlink()
    with pytest.raises(ParameterError, match=r"nhap\.csv"):
        origins()


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ((*OLD, "h"), NEW, "h"),  # gone, and nobody says where
        ((*OLD, "ab"), NEW, "ab"),  # its code lives on as another agency
    ],
)
def test_an_old_agency_that_went_nowhere_is_told(project, chiso, old, new, code):
    write_trees(project, old=old, new=new)
    done = chiso("rules", project=project)
    assert done.returncode == 2 and "Traceback" not in done.stderr
    assert f"“{code}” (UBND xã {code})" in done.stderr and "nhap.csv" in done.stderr


def test_an_agency_with_another_name_needs_a_row(trees):
    path = trees / "params/units/moi.yml"
    path.write_text(
        path.read_text("utf-8").replace("UBND xã e\n", "UBND xã E mới\n"), encoding="utf-8"
    )
    with pytest.raises(ParameterError, match="“e”") as caught:
        origins()
    assert caught.value.line == 7
    (trees / "params/units/nhap.csv").write_text(f"{HEADER}{ROWS}e,Xã e,T,,e\n", encoding="utf-8")
    assert origins()["e"].codes == ("e",)


def test_the_tree_before_ends_the_day_before(trees):
    path = trees / "params/units/cu.yml"
    path.write_text(path.read_text("utf-8").replace("2022-12-31", "2022-11-30"), encoding="utf-8")
    with pytest.raises(ParameterError, match="31/12/2022"):
        origins()


def test_a_mapping_cant_reach_outside_its_folder(project):
    write_trees(project, before={"units": "cu", "mergers": "../nhap.csv"})
    with pytest.raises(ParameterError, match="mergers"):
        load_tree("moi")


# What every agency counts; 5 is told by each test.
FULL = dict.fromkeys(range(1, 22), (100, 100)) | {19: (0, 0), 20: (0, 0)}


def hand_in(project, period, counts):
    """Counts of a period; each agency has FULL but for what `counts` says; "" is no data."""
    rows = [
        f"{code},{number},{numerator},{denominator}\n"
        for code, own in counts.items()
        for number, (numerator, denominator) in {**FULL, **own}.items()
    ]
    folder = project / "data" / period
    folder.mkdir(parents=True, exist_ok=True)
    text = "unit,indicator,numerator,denominator\n" + "".join(rows)
    (folder / "counts.csv").write_text(text, encoding="utf-8")


def scored(period):
    return score_period(load_settings(parse_period(period)), print)


BEFORE = {
    "P": {},
    "1-so": {5: (70, 100)},
    "a": {5: (80, 100), 12: (10, 20)},
    "b": {5: (30, 50), 12: (None, None)},
    "c": {},
    "d": {},
    "e": {5: (60, 100)},
    "g": {5: (90, 100)},
}
AFTER = {code: {5: (95, 100)} for code in ("P", "1-so", *NEW)}


@pytest.fixture
def merged(trees):
    """December by the old tree, January by the new one."""
    blank = {
        code: {number: ("", "") if pair == (None, None) else pair for number, pair in own.items()}
        for code, own in BEFORE.items()
    }
    hand_in(trees, "2022-12", blank)
    hand_in(trees, "2023-01", AFTER)
    return scored("2023-01")


def points(unit):
    return dict(unit.indicators[["indicator", "points"]].to_numpy())


def test_an_agency_that_was_the_same_keeps_its_trend(merged):
    for code, before in (("P", "P"), ("1-so", "1-so"), ("e", "e"), ("g2", "g")):
        unit = merged.unit(code)
        old = scored("2022-12").unit(before)
        assert unit.previous.standing.total == old.standing.total is not None
        assert [p.value for p in unit_trend(unit).points] == [
            old.standing.total,
            unit.standing.total,
        ]
        assert explain.total_change(unit).difference == (unit.standing.total - old.standing.total)
        assert unit.previous.standing.rank is None and unit.previous.standing.cohort_size is None


def test_counts_of_agencies_that_went_together_are_summed_where_they_add_up(merged):
    unit = merged.unit("ab")
    before = unit.previous
    # 5: (80 + 30) of (100 + 50), 20 points x 110/150.
    assert before.counts[5].numerator == 110 and before.counts[5].denominator == 150
    assert points(before)[5] == Decimal("14.67")
    # 3: the province's figure; 6: 0 for every commune by rule; 7, 9, 21: nothing adds up.
    assert points(before)[3] == Decimal("2.00") or before.counts[3].denominator == 100
    assert points(before)[6] == 0
    assert points(before)[7] is points(before)[9] is points(before)[21] is None
    # 12: b has none, so nothing is known of both.
    assert before.counts[12].denominator is None and points(before)[12] is None
    groups = dict(before.groups[["group", "points"]].to_numpy())
    assert groups["II"] == Decimal("14.67") and groups["IV"] is groups["V"] is None
    assert before.standing.total is None and before.standing.band is None
    assert [point.value for point in unit_trend(unit).points] == [None, unit.standing.total]
    change = explain.total_change(unit)
    assert change.difference is None
    (five,) = [one for one in explain.changes(unit) if one.difference]
    assert (five.number, five.difference) == (5, Decimal("4.33"))


def said(unit):
    """The first words of its page, as they are read."""
    return headline(unit).data.replace("\\", "")


def test_what_is_compared_is_told(merged):
    text = said(merged.unit("ab"))
    assert "UBND xã ab thành lập ngày 01/01/2023 từ: Xã A, Xã B" in text
    assert "So với tháng 12/2022, tính từ số liệu của Xã A, Xã B: " in text and "14,67" in text
    assert "không so sánh được" in text
    part = said(merged.unit("cd"))
    assert (
        "Xã C (một phần), Xã D" in part
        and "Không so sánh với số liệu trước ngày 01/01/2023" in part
    )
    assert merged.unit("cd").previous is None and explain.changes(merged.unit("cd")) == ()
    one = said(merged.unit("g2"))
    assert "từ: Xã G" in one and "So với tháng 12/2022, tổng điểm" in one
    assert "thành lập" not in said(merged.unit("e"))
    assert (
        "Trước ngày 01/01/2023: tính từ số liệu của Xã G"
        in charts.trend_chart(merged.unit("g2")).note
    )
    use_language("en")
    assert "formed on 01/01/2023 from: Xã A, Xã B" in said(merged.unit("ab"))


def test_cohorts_and_classes_of_two_trees_stand_in_no_table(merged):
    assert merged.previous is None and merged.earlier == ()
    assert explain.changes_by_agency(merged) == ()
    assert all(row.before is None for row in explain.class_table(merged))
    assert compared_with(merged.settings) == ()


def test_the_gap_stays_in_later_months_and_is_told_under_the_chart(merged, trees):
    hand_in(trees, "2023-02", AFTER)
    found = scored("2023-02")
    assert [one.settings.period.name for one in found.earlier] == ["2023-01"]
    cd = found.unit("cd")
    assert [point.value is None for point in unit_trend(cd).points] == [True, False, False]
    assert "Xã C (một phần)" in charts.trend_chart(cd).note
    assert "thành lập" not in said(cd), "said once, where a change would stand"
    assert "không cộng lại được" in charts.trend_chart(found.unit("ab")).note
    assert charts.trend_chart(found.unit("e")).note.count("ngày") == 0


def test_a_page_is_made_again_from_the_revisions_it_names(merged):
    again = load_figures("2023-01", 1, "2022-12:1")
    assert again.unit("ab").previous.counts[5] == merged.unit("ab").previous.counts[5]
    assert again.unit("ab").previous.case_counts.empty


def test_a_tree_that_says_nothing_is_compared_with_nothing(trees):
    write_trees(trees, before={}, rows="")
    hand_in(trees, "2022-12", {"P": {}, "e": {}})
    hand_in(trees, "2023-01", {"P": {}, "e": {}})
    found = scored("2023-01")
    assert found.retold == () and found.unit("e").previous is None
    assert "01/01/2023" not in said(found.unit("e"))


def test_a_year_across_the_first_day_is_neither_trees(trees):
    shutil.copy(trees / "params/units/moi.yml", trees / "params/units/x.yml")
    for name, first, last in (("cu", None, "2023-06-30"), ("moi", "2023-07-01", None)):
        path = trees / f"params/units/{name}.yml"
        text = path.read_text("utf-8")
        text = text.replace("2022-12-31", last) if last else text.replace(FIRST, first)
        path.write_text(text, encoding="utf-8")
    (trees / "params/units/x.yml").unlink()
    path = trees / "params/defaults.yml"
    path.write_text(path.read_text("utf-8").replace(FIRST, "2023-07-01"), encoding="utf-8")
    for period in ("2022", "2023", "2024"):
        hand_in(trees, period, {"P": {}, "e": {}})
    found = scored("2024")
    assert [one.settings.period.name for one in found.retold] == ["2022"]
    assert found.earlier == () and found.unit("e").previous is None


def test_a_dry_run_says_who_is_compared_with_whom(project, chiso):
    """The merger of the how-to: one commune goes into the next one, all others go on."""
    folder = project / "params-thu"
    write_trees(project)
    shutil.copytree(project / "params/units", folder / "units")
    path = folder / "units/nhap.csv"
    path.write_text(
        path.read_text("utf-8").replace("g,Xã G,T,,g2", "g,Xã G,T,,e"), encoding="utf-8"
    )
    done = chiso("rules", "--params", folder, project=project)
    assert done.returncode == 2 and "“e” (UBND xã e)" in done.stderr
    path.write_text(f"{path.read_text('utf-8')}e,Xã E,T,,e\n", encoding="utf-8")
    done = chiso("rules", "--params", folder, project=project)
    assert done.returncode == 0, done.stderr
    assert (
        "2 đơn vị tiếp tục, 2 đơn vị so sánh theo các chỉ số cộng được, 3 đơn vị không"
        in done.stdout
    )
    rows = {line.split("  ")[0]: line for line in done.stdout.splitlines() if "UBND" in line}
    assert "Xã G, Xã E" in rows["UBND xã e (e)"] and "không có tổng điểm" in rows["UBND xã e (e)"]
    assert "Xã C (một phần), Xã D" in rows["UBND xã cd (cd)"]
    assert not list((project / "data").glob("store/*"))


def test_a_page_is_made_again_where_a_predecessor_moved(merged, trees):
    before = unit_contents(merged)
    counts = BEFORE | {"a": {5: (70, 100), 12: (10, 20)}, "b": {5: (30, 50)}}
    hand_in(trees, "2022-12", counts)
    scored("2022-12")
    after = unit_contents(scored("2023-01"))
    moved = {code for code, content in after.items() if content.shows != before[code].shows}
    assert "ab" in moved and not moved & {"cd", "e2"}


def test_the_page_of_a_merged_agency_tells_it_as_text(trees, chiso):
    path = trees / "params/units/nhap.csv"
    path.write_text(path.read_text("utf-8").replace("Xã A", "Xã <b>*A*"), encoding="utf-8")
    for period in ("2022-12", "2023-01", "2023-02"):
        hand_in(trees, period, AFTER if period > "2023" else BEFORE | {"b": {}})
    done = chiso("report", "--period", "2023-01", "--unit", "ab", project=trees)
    assert done.returncode == 0, done.stderr
    page = (trees / "reports/_site/2023-01/ab.html").read_text("utf-8")
    assert page.count("Xã &lt;b&gt;*A*, Xã B") == 3, (
        "formed from, against, under the chart of groups"
    )
    assert "<b>*A*" not in page and "<em>A" not in page


def together(one, other, indicator_set):
    """Points and numerators of the agency formed from two communes with these counts."""
    counts = {"11950": one, "11953": other}
    before = by_hand("2025-08", counts, indicator_set=indicator_set, assignments=None)
    tree = replace(TREE, units=(*TREE.units, replace(TREE.unit("11950"), code="m")))
    found = retold(before.scores, {"m": ("11950", "11953")}, before.book, tree)
    rows = found.indicators.set_index("indicator")
    assert set(found.totals["unit"]) == {"m"} and found.totals["total"][0] is None
    return rows["points"].to_dict(), rows["numerator"].to_dict()


def test_points_that_hang_on_what_is_not_known_are_not_known(tmp_path):
    points_of, numerators = together({}, {}, "766-portal-2025")
    # 8 is multiplied by the rate of 4, the greater of two counts in each commune.
    assert numerators[8] == 200 and points_of[8] is None and points_of[4] is None
    # 15 leaves its group where there is nothing to count: then nobody knows what 12 was worth.
    text = (ROOT / "params/indicators/766-2022.yml").read_text("utf-8")
    path = tmp_path / "rescaled.yml"
    edited = re.sub(r"(number: 15\n.*?when_empty: )full", r"\g<1>rescale", text, flags=re.S)
    path.write_text(edited, encoding="utf-8")
    assert together({}, {}, "766-2022")[0][12] == Decimal("6.00")
    points_of, numerators = together({}, {}, str(path))
    assert numerators[12] == 200 and points_of[12] is None


def test_where_everything_is_known_nothing_is_hidden():
    now = by_hand("2025-08", {"11950": {}}, assignments=None)
    tables = (now.scores.indicators, now.scores.groups, now.scores.totals)
    before = [table.copy() for table in tables]
    _hide_unknown(now.scores, "11950", set(), now.book)
    for table, same in zip(tables, before, strict=True):
        pd.testing.assert_frame_equal(table, same)


def test_a_figure_of_the_province_stands_for_both_and_is_not_summed():
    points_of, numerators = together({}, {}, "766-2022")
    assert (numerators[1], numerators[5]) == (100, 200) and points_of[1] == Decimal("6.00")
    points_of, numerators = together({1: (None, None)}, {}, "766-2022")
    assert numerators[1] is None and points_of[1] is None


def test_what_was_published_of_one_agency_stays_but_for_its_rank():
    rows = [("g", "15", "1.00"), ("g", "rank", "3"), ("a", "15", "2.00"), ("x", "15", "1.00")]
    official = pd.DataFrame(rows, columns=OFFICIAL_COLUMNS, dtype=object)
    found = retold_official(official, {"g2": ("g",), "ab": ("a", "b")})
    assert found.to_numpy().tolist() == [["g2", "15", "1.00"]]
