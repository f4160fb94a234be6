"""The way to the store: which earlier periods a period is compared with, and which never."""

import itertools
from datetime import UTC, datetime, timedelta

import pytest

from chiso.base.errors import InputError
from chiso.base.period import parse_period
from chiso.base.versions import package_versions
from chiso.commands.providing import provide_records
from chiso.explain.revised import DATA, SET, differing
from chiso.explain.trends import unit_trend
from chiso.pages.commentary import headline, province_lead
from chiso.pages.tables import (
    agencies_set_aside_table,
    difference_table,
    rows_sentence,
    rows_table,
    set_aside_table,
    silent_table,
)
from chiso.rules.settings import ILLUSTRATION_MARK, load_settings
from chiso.store.figures import load_figures, store_dir
from chiso.store.pipeline import score_period
from chiso.store.revisions import history, last_stored

HEADER = "unit,indicator,numerator,denominator\n"


def hand_in(project, period, numerator, folder=None):
    """Counts of one district for a period."""
    place = folder or project / "data" / period
    place.mkdir(parents=True, exist_ok=True)
    rows = "".join(f"323,{number},{numerator},10\n" for number in range(1, 22))
    (place / "counts.csv").write_text(HEADER + rows, encoding="utf-8")
    return place


@pytest.fixture
def score(project):
    def scored(period):
        return score_period(load_settings(parse_period(period)), print)

    return scored


def names(figures):
    return [one.settings.period.name for one in figures.earlier]


def test_earlier_months_come_along_oldest_first_and_are_kept(project, score):
    for period, numerator in (("2022-07", 1), ("2022-08", 2), ("2022-09", 3)):
        hand_in(project, period, numerator)
    figures = score("2022-09")
    assert names(figures) == ["2022-07", "2022-08"]
    assert figures.previous.settings.period.name == "2022-08"
    totals = [one.standing("323").total for one in (*figures.earlier, figures)]
    assert totals == sorted(totals) and len(set(totals)) == 3
    assert [item.period for item in history(store_dir())] == ["2022-07", "2022-08", "2022-09"]


def test_the_period_that_was_asked_for_is_the_last_not_one_that_came_along(
    project, score, monkeypatch
):
    moments = itertools.count()
    monkeypatch.setattr(
        "chiso.base.clock.now",
        lambda: datetime(2022, 10, 3, tzinfo=UTC) + timedelta(seconds=next(moments)),
    )
    for period in ("2022-07", "2022-08", "2022-09"):
        hand_in(project, period, 1)
    score("2022-09")
    assert last_stored(store_dir()).period == "2022-09"
    hand_in(project, "2022-07", 2)
    score("2022-07")
    assert last_stored(store_dir()).period == "2022-07", "which was asked for since"


def test_a_month_without_figures_is_a_gap_not_an_end(project, score):
    hand_in(project, "2022-07", 1)
    hand_in(project, "2022-09", 3)
    # The invented records would cover August; they are never compared with real figures.
    figures = score("2022-09")
    assert names(figures) == ["2022-07"]
    assert figures.previous is None


def test_other_kinds_of_period_are_not_compared(project, score):
    hand_in(project, "2022-08", 1)
    hand_in(project, "2022-Q3", 2)
    hand_in(project, "2022-09", 3)
    assert names(score("2022-Q3")) == []
    assert names(score("2022-09")) == ["2022-08"]


def test_invented_figures_are_compared_with_invented_ones_only(project, score):
    hand_in(project, "2022-07", 1)
    for period in ("2022-08", "2022-09"):
        folder = hand_in(project, period, 2)
        (folder / ILLUSTRATION_MARK).write_text("", encoding="utf-8")
    assert names(score("2022-09")) == ["2022-08"]
    (project / "data/2022-08" / ILLUSTRATION_MARK).unlink()
    assert names(score("2022-09")) == []


def test_another_set_or_tree_is_not_compared(project, score):
    hand_in(project, "2022-08", 1)
    hand_in(project, "2022-09", 2)
    text = (project / "params/indicators/766-2022.yml").read_text("utf-8")
    text = text.replace("code: 766-2022\n", "code: cua-tinh\n")
    (project / "params/indicators/cua-tinh.yml").write_text(text, encoding="utf-8")
    own = project / "params/periods/2022-08.yml"
    own.write_text("indicator_set: cua-tinh\n", encoding="utf-8")
    assert names(score("2022-09")) == []


def test_a_stored_month_stays_as_it_was_until_it_is_scored_again(project, score):
    hand_in(project, "2022-08", 1)
    hand_in(project, "2022-09", 2)
    before = score("2022-09").previous.standing("323").total
    hand_in(project, "2022-08", 5)
    assert score("2022-09").previous.standing("323").total == before
    score("2022-08")
    assert score("2022-09").previous.standing("323").total != before


def test_a_page_can_be_made_again_from_the_revisions_it_names(project, score):
    hand_in(project, "2022-08", 1)
    hand_in(project, "2022-09", 2)
    figures = score("2022-09")
    again = load_figures("2022-09", 1, "2022-08:1")
    assert again.previous.standing("323") == figures.previous.standing("323")


def test_unchanged_inputs_are_not_scored_again(project, score, monkeypatch):
    place = hand_in(project, "2022-09", 1)
    first = score("2022-09").provenance

    def scored(*_inputs):
        raise AssertionError("scored again")

    with monkeypatch.context() as patched:
        patched.setattr("chiso.store.pipeline.score", scored)
        assert score("2022-09").provenance == first
        (project / "params/calendar.yml").write_text(
            (project / "params/calendar.yml").read_text("utf-8") + "\n# changed\n", encoding="utf-8"
        )
        with pytest.raises(AssertionError, match="scored again"):
            score("2022-09")
    hand_in(project, "2022-09", 2, place)
    assert score("2022-09").provenance.revision == 2
    hand_in(project, "2022-09", 1, place)
    assert score("2022-09").provenance.revision == 3, "back to the first figures is a change too"


def test_other_comments_in_the_set_and_the_tree_change_no_stored_revision(project, score):
    hand_in(project, "2022-09", 1)
    first = score("2022-09").provenance
    set_file = project / "params/indicators/766-2022.yml"
    for path in (set_file, project / "params/units/hung-yen-2022.yml"):
        lines = path.read_text("utf-8").splitlines(keepends=True)
        kept = [line for line in lines if not line.lstrip().startswith("#")]
        assert kept != lines
        path.write_text("# Chú thích khác.\n" + "".join(kept), encoding="utf-8")
    assert score("2022-09").provenance == first
    # Stored anew, because a figure is another: still with the same rules.
    hand_in(project, "2022-09", 2)
    second = score("2022-09").provenance
    assert (second.revision, differing(first, second)) == (2, (DATA,))
    hand_in(project, "2022-10", 2)
    assert score("2022-10").provenance.set_hash == first.set_hash
    assert load_figures("2022-09", 1).standing("323") != load_figures("2022-09", 2).standing("323")
    text = set_file.read_text("utf-8")
    assert text.count(": 70") == 2, "an edge of two classes"
    set_file.write_text(text.replace(": 70", ": 71"), encoding="utf-8")
    third = score("2022-09").provenance
    assert (third.revision, differing(second, third)) == (3, (SET,))


@pytest.mark.parametrize(
    "name", ["holidays", "duckdb", "ibis-framework", "babel", "typst", "pandas"]
)
def test_another_version_of_a_dependency_is_scored_again(project, score, monkeypatch, name):
    hand_in(project, "2022-09", 1)
    score("2022-09")

    def scored(*_inputs):
        raise AssertionError("scored again")

    monkeypatch.setattr("chiso.store.pipeline.score", scored)
    score("2022-09")
    held = package_versions()
    monkeypatch.setattr("chiso.store.pipeline.package_versions", lambda: held | {name: "0"})
    assert held[name] != "0"
    with pytest.raises(AssertionError, match="scored again"):
        score("2022-09")


def test_a_broken_note_of_the_inputs_only_costs_time(project, score):
    hand_in(project, "2022-09", 1)
    first = score("2022-09").provenance
    note = store_dir() / first.province / "2022-09" / "inputs.json"
    note.write_text("{", encoding="utf-8")
    assert score("2022-09").provenance == first


def hand_in_records(project, period):
    """One dossier of a district, and what was published of it: fewer points than it has."""
    place = project / "data" / period
    place.mkdir(parents=True)
    (place / "procedures.csv").write_text("procedure_id\nP1\n", encoding="utf-8")
    (place / "dossiers.csv").write_text(
        "dossier_id,procedure_id,unit,status,received_at,due_at,done_at\n"
        "a,P1,323,9,2022-09-05,2022-09-09,2022-09-06\n",
        encoding="utf-8",
    )
    (place / "official.csv").write_text(
        "unit,item,value\n323,5,19.00\n323,8,5.00\n", encoding="utf-8"
    )


def test_published_results_beside_records_are_compared_and_fill_what_is_absent(project, score):
    hand_in_records(project, "2022-09")
    figures = score("2022-09")
    assert figures.unit("323").differences.values.tolist() == [["323", "5", "20.00", "19.00"]]
    # 8 has no data in these records: what was published of it stands in, and is no comparison.
    assert dict(figures.published) == {"323": 1}
    bases = figures.unit("323").indicators.set_index("indicator")["basis"]
    assert (bases[5], bases[8]) == ("computed", "official")


def test_agreement_is_told_with_the_number_of_figures_compared(project, score):
    hand_in_records(project, "2022-09")
    path = project / "data/2022-09/official.csv"
    path.write_text(path.read_text("utf-8").replace("19.00", "20.00"), encoding="utf-8")
    told = difference_table(score("2022-09").unit("323")).data
    assert "Đã so 1 số liệu tự tính" in told


def test_published_results_of_a_unit_nobody_knows_are_refused_beside_records_too(project, score):
    hand_in_records(project, "2022-09")
    (project / "data/2022-09/official.csv").write_text("unit,item,value\nX,5,19.00\n")
    with pytest.raises(InputError, match=r"official\.csv"):
        score("2022-09")


def higher_target(project):
    """From 2023 on a higher target of indicator 8."""
    path = project / "params/indicators/766-2022.yml"
    first = "      - from: 2022-06-23\n        value: 0.50\n"
    added = f"{first}        source: {{vi: a}}\n      - from: 01/01/2023\n        value: 60%\n"
    text = path.read_text("utf-8")
    assert first in text
    path.write_text(text.replace(first, added, 1), encoding="utf-8")


def test_an_earlier_period_is_scored_by_the_target_of_its_own_day(project, score):
    for period in ("2022-12", "2023-01"):
        hand_in(project, period, 4)
    higher_target(project)
    (before,) = score("2023-01").earlier
    assert before.scores.totals["total"][0] > score("2023-01").scores.totals["total"][0]
    after = {path.name for path in store_dir().rglob("r0*")}
    assert score("2022-12").provenance.revision == 1 and after == {"r001"}


def test_a_changed_target_starts_a_new_baseline_of_the_stored_totals(project, score):
    periods = [f"2022-{month:02d}" for month in range(7, 13)] + [
        f"2023-{month:02d}" for month in range(1, 7)
    ]
    for number, period in enumerate(periods):
        hand_in(project, period, 4 + number % 2)
    higher_target(project)
    found = unit_trend(score("2023-06").unit("323"))
    assert [point.period for point in found.points] == periods
    assert [(line.first, line.last) for line in found.baselines] == [(0, 5), (6, 11)]


def test_an_own_file_that_ends_the_defaults_earlier_ends_the_comparison(project, score):
    path = project / "params/defaults.yml"
    text = path.read_text("utf-8").replace("from: 23/06/2022", "from: 01/08/2022")
    path.write_text(text, encoding="utf-8")
    for period in ("2022-07", "2022-08", "2022-09"):
        hand_in(project, period, 1)
    assert names(score("2022-09")) == ["2022-08"]


def test_a_quarter_whose_months_are_real_is_never_illustrative(project):
    assert load_settings(parse_period("2022-Q3")).is_illustrative
    hand_in(project, "2022-08", 1)
    assert not load_settings(parse_period("2022-Q3")).is_illustrative
    assert load_settings(parse_period("2022-09")).is_illustrative


def test_invented_figures_and_folders_of_no_period_are_told_each_time(project):
    (project / "data/2022_12").mkdir(parents=True)
    (project / "data/demo").mkdir()
    told = []
    provide_records(load_settings(parse_period("2022-09")), told.append)
    assert len(told) == 2
    assert "data/2022_12 không phải tên kỳ" in told[0] and "Số liệu minh họa" in told[1]


def test_an_agency_that_handed_in_nothing_is_named_and_has_neither_points_nor_rank(project):
    hand_in_records(project, "2022-09")
    told = []
    figures = score_period(load_settings(parse_period("2022-09")), told.append)
    silent = figures.unit("325")
    assert silent.unit in figures.silent and figures.unit("323").unit not in figures.silent
    assert (silent.standing.total, silent.standing.rank) == (None, None)
    points = silent.indicators.set_index("indicator")["points"]
    assert points[5] is None and points[8] is None
    assert "chưa nộp số liệu của kỳ này" in headline(silent).data
    assert f"{len(figures.silent)} đơn vị chưa có số liệu kỳ này" in province_lead(figures).data
    assert len(silent_table(figures).rows) == len(figures.silent)
    assert any("không xếp hạng" in line for line in told)


def test_a_page_says_so_where_most_rows_were_set_aside(project):
    hand_in_records(project, "2022-09")
    path = project / "data/2022-09/dossiers.csv"
    bad = "".join(f"b{i},P1,323,9,hôm qua,,\n" for i in range(3)) + "c,P1,325,9,hôm qua,,\n"
    path.write_text(path.read_text("utf-8") + bad, encoding="utf-8")
    figures = score_period(load_settings(parse_period("2022-09")), print)
    assert "3/4 hồ sơ" in headline(figures.unit("323")).data.replace("\\", "")
    assert "Cả 1 hồ sơ" in headline(figures.unit("325")).data.replace("\\", "")
    assert figures.unit("325").indicators.set_index("indicator")["denominator"][5] is None


def test_pages_tell_rows_that_stand_twice_from_wrong_ones(project):
    hand_in_records(project, "2022-09")
    path = project / "data/2022-09/dossiers.csv"
    head, row = path.read_text("utf-8").splitlines()
    path.write_text(f"{head}\n{row}\nb,P1,325,9,hôm qua,,\n", encoding="utf-8")
    path.with_name("week.csv").write_text(f"{head}\n{row}\n", encoding="utf-8")
    told = []
    figures = score_period(load_settings(parse_period("2022-09")), told.append)
    assert "1/4 bản ghi không hợp lệ, chưa tính." in told
    assert "1/4 bản ghi trùng hoặc đã được thay: không tính hai lần." in told
    # Read, accepted, wrong, twice, files.
    assert [row[1:] for row in rows_table(figures).rows] == [[3, 1, 1, 1, 2], [1, 1, 0, 0, 1]]
    sentence = rows_sentence(figures).data.replace("\\", "")
    assert sentence.startswith("1 trong 4 bản ghi không hợp lệ, chưa tính.")
    assert "1 bản ghi khác bị trùng (chẳng hạn tệp tuần và tệp tháng có chung bản ghi)" in sentence
    own, other = (set_aside_table(figures.unit(code)) for code in ("323", "325"))
    assert own.caption.startswith(
        "0 bản ghi không hợp lệ, chưa tính; 1 bản ghi trùng hoặc đã được thay, không tính hai lần"
    )
    assert [row[1:] for row in own.rows] == [["bị lặp lại, nội dung giống nhau", 1]]
    assert other.caption.startswith("1 bản ghi không hợp lệ, chưa tính, xếp theo lỗi")
    wrong = agencies_set_aside_table(figures).rows
    assert [(name.shown, rows) for name, rows in wrong] == [("[UBND huyện Văn Lâm](325.html)", 1)]
