"""The way to the store: which earlier periods a period is compared with, and which never."""

import pytest

from chiso.base.period import parse_period
from chiso.rules.settings import ILLUSTRATION_MARK, load_settings
from chiso.store.figures import load_figures, store_dir
from chiso.store.pipeline import score_period
from chiso.store.revisions import history

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
    defaults = (project / "params/defaults.yml").read_text("utf-8")
    own = defaults.replace("indicator_set: 766-2022", "indicator_set: cua-tinh")
    (project / "params/periods/2022-08.yml").write_text(own, encoding="utf-8")
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


def test_a_broken_note_of_the_inputs_only_costs_time(project, score):
    hand_in(project, "2022-09", 1)
    first = score("2022-09").provenance
    note = store_dir() / first.province / "2022-09" / "inputs.json"
    note.write_text("{", encoding="utf-8")
    assert score("2022-09").provenance == first
