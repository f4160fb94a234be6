"""A period scored from a capture: the points agree, what the portal notes and where it computes anew."""

from __future__ import annotations

import copy
import json
import re
import time
from datetime import datetime, timedelta

import pytest
from portal_stand_in import GROUPS, Portal, answers, ask, hurry, save, serving

from chiso.base.errors import UserError
from chiso.base.period import parse_period
from chiso.pages import tables
from chiso.portal.agreement import divergence
from chiso.portal.captures import captures, newest
from chiso.portal.handed_in import take_in
from chiso.rules.settings import load_settings
from chiso.store.pipeline import score_period

YEAR = parse_period("2026")
SETTINGS = """units: dak-lak-2026-sample
indicator_set: 766-portal-2026
source: portal
"""


@pytest.fixture
def hurried(project):
    hurry(project)
    (project / "params/periods/2026.yml").write_text(SETTINGS, encoding="utf-8")
    return project


@pytest.fixture
def portal():
    with serving(Portal(copy.deepcopy(answers()))) as one:
        yield one


def scored():
    return score_period(load_settings(YEAR), lambda _text: None)


def metric(portal, group, unit, code):
    data = portal.answers[group]
    its = data["overview"] if unit is None else data["evaluation"][unit]
    return next(one for one in its["metrics"] if one["code"] == code)


def test_points_from_the_portals_counts_are_the_portals(hurried, portal):
    capture = ask(portal, YEAR)
    figures = scored()
    assert len(figures.scores.differences) == 0
    assert sum(figures.published.values()) > 21 * 15
    assert figures.settings.captured == capture.captured.date()
    assert figures.settings.as_of == capture.reference_day
    total = figures.scores.totals.set_index("unit").loc["H15", "total"]
    assert str(total) == "65.49"
    assert scored().provenance.revision == figures.provenance.revision
    days = tables.published_days(figures.unit("H15.16")).data
    assert "3,84 ngày" in days.replace("\\", "")


def test_a_newer_capture_is_a_new_revision_and_differences_are_listed(hurried, portal):
    ask(portal, YEAR)
    first = scored()
    metric(portal, "dossier-digitized", 0, "REUSED_DIGITIZED_DATA")["score"] = 1.0
    metric(portal, "transparency", 0, "DOSSIER_SYNC")["note"] = "TEMP_NATIONAL_REPORT_DENOMINATOR"
    metric(portal, "transparency", 1, "DOSSIER_SYNC").update(numerator=2, denominator=1)
    later(portal)
    second = scored()
    assert second.provenance.revision == first.provenance.revision + 1
    unit = portal.answers["transparency"]["evaluation"][0]["departmentCode"]
    assert [(row.unit, row.item) for row in second.scores.differences.itertuples()] == [
        (unit, "14")
    ]
    assert "mẫu số tạm thời" in tables.flag_sentences(second.unit(unit)).data
    shown = tables.flag_table(second)
    assert [row[3] for row in shown.rows] == [1, 1]
    assert tables.flag_sentences(second.province).data == ""
    assert len(tables.flag_table(first).rows) == 0


def later(portal):
    """A capture of another second."""
    time.sleep(1.05)
    return ask(portal, YEAR)


def test_since_when_the_portal_computes_differently(hurried, portal, monkeypatch):
    times = iter(datetime(2026, 10, 1, 8) + timedelta(days=i) for i in range(1000))
    day = {"now": next(times)}
    monkeypatch.setattr("chiso.portal.asking.now", lambda: day["now"])
    monkeypatch.setattr("chiso.portal.fetching.now", lambda: day["now"])
    good = metric(portal, "dossier-digitized", None, "REUSED_DIGITIZED_DATA")["score"]

    def capture(score):
        metric(portal, "dossier-digitized", None, "REUSED_DIGITIZED_DATA")["score"] = score
        day["now"] = next(times)
        return ask(portal, YEAR)

    seen = []
    for score in (good, 1.5, good, good + 0.01, 1.5, 1.6):
        found = divergence(capture(score)).values.tolist()
        seen.append(found[0][1:] if found else None)
    # One capture that differs is no rule; a last digit is no other way of computing.
    assert seen == [None, None, None, None, None, ["2026-10-06", 3]]
    sentence = tables.divergence_sentence(scored()).data
    assert "06/10/2026" in sentence.replace("\\", "")


def test_a_capture_that_never_agreed_says_nothing(hurried, portal):
    metric(portal, "dossier-digitized", None, "REUSED_DIGITIZED_DATA")["score"] = 1.5
    assert divergence(ask(portal, YEAR)).empty


def test_without_a_capture_there_are_no_figures(hurried):
    with pytest.raises(UserError) as error:
        scored()
    assert "2026" in str(error.value)


def test_unknown_agencies_stop_the_scoring(hurried, portal):
    for group in GROUPS:
        data = portal.answers[group]
        one = (data.get("evaluation") or data["children"])[0]
        one |= {"departmentCode": "H15.900", "departmentName": "Sở Lạ"}
    ask(portal, YEAR)
    with pytest.raises(UserError) as error:
        scored()
    assert "Sở Lạ" in str(error.value)
    assert not (hurried / "data/store/H15").exists()


def test_a_period_without_figures_of_its_own_takes_the_capture(project, tmp_path):
    hurry(project)
    period = parse_period("2026-09")
    assert not load_settings(period).is_portal
    found = answers()
    for group, data in found.items():
        if group != "service-results":
            text = json.dumps(data, ensure_ascii=False)
            found[group] = json.loads(re.sub(r"H15\b", "H31", text))
    take_in(save(tmp_path / "saved", found), period, "H31")
    assert load_settings(period).is_portal
    assert newest(period, "H31") == captures()[0]
    assert load_settings(parse_period("2022-09")).is_illustrative
    (project / "data/2026-09").mkdir()
    (project / "data/2026-09/counts.csv").write_text("unit,indicator,numerator,denominator\n")
    assert not load_settings(period).is_portal


def test_a_capture_of_2025_gives_official_groups_and_no_counts(project):
    period = parse_period("2025")
    take_in(project / "data/samples/portal-2025-10", period, "H31")
    figures = score_period(load_settings(period), lambda _text: None)
    (total,) = figures.scores.totals.itertuples()
    assert (total.unit, str(total.total), total.basis) == ("H31", "86.32", "official")
    assert set(figures.scores.groups["basis"]) == {"official"}
    assert divergence(captures()[-1]).empty
