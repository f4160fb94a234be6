"""Stored facts stay as stored: sets and trees that are edited later, revisions of the form before."""

import json
from dataclasses import asdict, replace

import pandas as pd
import pytest

from chiso.base.errors import InputError, ParameterError
from chiso.base.period import parse_period
from chiso.rules.settings import load_settings
from chiso.store import revisions
from chiso.store.figures import load_figures, store_dir
from chiso.store.pipeline import score_period

SET, TREE = "766-portal-2026", "dak-lak-2026-sample"


@pytest.fixture
def score(project):
    def scored():
        return score_period(load_settings(parse_period("2026")), print)

    return scored


def edit(project, name, old, new):
    path = project / "params" / name
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def test_an_old_revision_is_shown_by_the_rules_it_was_scored_with(project, score):
    before = score()
    assert str(before.standing("H15.15").band) == "Khá"
    edit(project, f"indicators/{SET}.yml", "at_least: 70, below: 80", "at_least: 77, below: 80")
    edit(project, f"indicators/{SET}.yml", "at_least: 50, below: 70", "at_least: 50, below: 77")
    edit(project, f"units/{TREE}.yml", "Sở Văn hóa, Thể thao và Du lịch", "Sở Văn hóa")
    edit(project, "periods/2026.yml", "as_of: 2026-10-10", "as_of: 2026-10-11")
    old, new = load_figures("2026", 1), score()
    assert (old.provenance.revision, new.provenance.revision) == (1, 2)
    assert [str(one.standing("H15.15").band) for one in (old, new)] == ["Khá", "Trung bình"]
    assert [one.book.band_of("kha").at_least for one in (old, new)] == [70, 77]
    assert str(old.tree.unit("H15.15").name) == "Sở Văn hóa, Thể thao và Du lịch"
    assert [one.settings.as_of.day for one in (old, new)] == [10, 11]


def test_what_was_published_is_kept_with_the_revision(project, score):
    before = score()
    official = project / "data/samples/dak-lak-2026-10-10/official.csv"
    official.write_text("unit,item,value\n", encoding="utf-8")
    assert load_figures("2026", 1).published == before.published != {}
    after = score()
    assert (after.provenance.revision, after.published) == (2, {})


def into_the_form_before(figures):
    """Rewrite a stored revision as earlier versions of the program wrote it."""
    folder, origin = figures.folder, figures.provenance
    names = {band.code: band.name.vi for band in figures.book.set.classes}
    path = folder / "totals.csv"
    table = pd.read_csv(path, dtype=str, keep_default_na=False)
    table["class"] = table["class"].replace(names)
    table.to_csv(path, index=False, lineterminator="\n")
    (folder / "official.csv").unlink()
    texts = {one.name: one.read_text("utf-8") for one in folder.glob("*.csv")}
    old = asdict(replace(origin, figures_hash=revisions.fingerprint(texts)))
    del old["set_hash"], old["tree_hash"]
    (folder / "provenance.json").write_text(json.dumps(old), encoding="utf-8")
    for copy in (store_dir() / "rules").iterdir():
        copy.unlink()


def test_a_revision_of_the_form_before_is_carried_over_by_the_first_run(project, score):
    before = score()
    into_the_form_before(before)
    with pytest.raises(InputError, match="chiso report --period 2026"):
        load_figures("2026", 1)
    after = score()
    assert after.provenance == before.provenance
    assert after.published == before.published
    for name in ("indicators", "groups", "totals", "differences"):
        pd.testing.assert_frame_equal(getattr(after.scores, name), getattr(before.scores, name))


def test_an_indicator_without_a_score_is_carried_over_without_one(project):
    folder = project / "data/2022-09"
    folder.mkdir(parents=True)
    rows = "".join(f"323,{n},{0 if n == 12 else 5},{0 if n == 12 else 10}\n" for n in range(1, 22))
    (folder / "counts.csv").write_text("unit,indicator,numerator,denominator\n" + rows, "utf-8")
    settings = load_settings(parse_period("2022-09"))
    before = score_period(settings, print)
    assert before.unit("323").indicators["points"].tolist()[11] is None
    into_the_form_before(before)
    assert score_period(settings, print).provenance == before.provenance


def test_one_whose_set_gives_other_figures_now_is_left_as_it_is(project, score):
    before = score()
    into_the_form_before(before)
    files = {path.name: path.read_bytes() for path in before.folder.iterdir()}
    edit(project, f"indicators/{SET}.yml", "at_least: 70, below: 80", "at_least: 77, below: 80")
    edit(project, f"indicators/{SET}.yml", "at_least: 50, below: 70", "at_least: 50, below: 77")
    with pytest.raises(InputError, match="params/indicators/") as caught:
        score()
    assert str(before.folder) in str(caught.value)
    assert {path.name: path.read_bytes() for path in before.folder.iterdir()} == files


def test_one_that_was_altered_is_not_carried_over(project, score):
    before = score()
    into_the_form_before(before)
    path = before.folder / "indicators.csv"
    path.write_text(path.read_text("utf-8").replace(",19.73,", ",19.74,"), encoding="utf-8")
    with pytest.raises(InputError, match="bị sửa"):
        score()


def test_a_set_without_a_code_for_a_class_says_where(project, score):
    edit(project, f"indicators/{SET}.yml", "{code: kha, ", "{")
    with pytest.raises(ParameterError, match=r"classes\.2\.code: thiếu khóa này"):
        score()
