"""Fetching the portal's results: shapes, errors, slowness, half answers, refusals, kills."""

from __future__ import annotations

import copy
import json
import os
import random
import signal
import subprocess
import sys
import time
import zipfile
from decimal import Decimal
from pathlib import Path

import pytest
from conftest import ROOT, SAMPLE
from portal_stand_in import GROUPS, NATIONAL, Portal, answers, body_of, hurry, rows, save, serving
from portal_stand_in import ask as fetched

from chiso.base.errors import UserError
from chiso.base.period import parse_period
from chiso.portal.captures import captures, now
from chiso.portal.handed_in import take_in
from chiso.portal.history import provinces
from chiso.portal.results import MORE_THAN_ALL, Results, provinces_of
from chiso.rules.units import load_tree

YEAR = parse_period("2026")


@pytest.fixture(scope="module")
def whole() -> dict:
    return answers()


@pytest.fixture
def portal(whole):
    with serving(Portal(copy.deepcopy(whole))) as one:
        yield one


@pytest.fixture
def hurried(project):
    hurry(project)
    return project


def ask(portal: Portal, period=YEAR, **how):
    return fetched(portal, period, **how)


def refused(portal: Portal, **how) -> str:
    with pytest.raises(UserError) as error:
        ask(portal, **how)
    return str(error.value)


def test_a_capture_is_whole_and_kept_byte_for_byte(hurried, portal):
    capture = ask(portal)
    assert [kept.group for kept in capture.answers] == [NATIONAL, *GROUPS]
    assert capture.folder.parent == hurried / "data/portal/2026"
    assert [path.name for path in capture.folder.iterdir()].count("capture.json") == 1
    assert len(list(capture.folder.iterdir())) == 8
    for kept in capture.answers:
        assert (capture.folder / kept.file).read_bytes() == capture.raw(kept)
    assert captures(YEAR, "H15") == (capture,)
    assert captures(YEAR, "H31") == ()
    assert portal.most_at_once == 1


def test_questions_are_those_of_the_portal(hurried, portal):
    ask(portal, parse_period("2026-08"))
    asked = dict(portal.asked)
    assert asked[NATIONAL] == {
        "timeType": "month", "year": 2026, "month": 8, "departmentType": "ADMINISTRATIVE_UNIT",
    }  # fmt: skip
    assert asked["dvc-progress-tree"] == {
        "timeType": "month", "year": 2026, "month": 8, "rootDepartmentId": "id-H15",
        "currentPage": 1, "pageSize": 100,
    }  # fmt: skip
    assert asked["handling-satisfaction"] == {
        "fromDate": "2026-08-01", "toDate": "2026-08-31", "rootDepartmentId": "id-H15",
        "currentPage": 1, "pageSize": 200,
    }  # fmt: skip


def test_counts_and_official_points_are_those_of_the_published_sample(hurried, portal):
    results = Results(ask(portal), load_tree("dak-lak-2026-sample"))
    counts = {
        (row.unit, row.indicator): (row.numerator, row.denominator)
        for row in results.counts.itertuples()
    }
    for row in rows(SAMPLE / "counts.csv"):
        pair = tuple(int(row[key]) if row[key] else None for key in ("numerator", "denominator"))
        assert counts[row["unit"], int(row["indicator"])] == pair
    official = {(row.unit, row.item): row.value for row in results.official.itertuples()}
    sample = {(row["unit"], row["item"]): row["value"] for row in rows(SAMPLE / "official.csv")}
    not_published = {"class", "rank", "cohort_size", "total"}
    for (unit, item), value in sample.items():
        if item not in not_published or (unit, item) == ("H15", "total"):
            assert official[unit, item] == value
    assert set(results.processing_days["days"]) == {Decimal("3.84")}


def test_the_34_provinces_are_in_the_published_order(hurried, portal):
    capture = ask(portal)
    table = provinces()
    ours = table[(table["captured"] == capture.captured) & (table["item"] == "total")]
    ordered = ours.sort_values("value", ascending=False, kind="stable")
    published = {
        row["unit"]: int(row["value"])
        for row in rows(ROOT / "data/samples/provinces-2026-10-10/official.csv")
        if row["item"] == "rank"
    }
    assert len(ordered) == 34
    places = [published[code] for code in ordered["province"]]
    assert places == sorted(places)
    assert ordered["province"].iloc[27] == "H31"
    assert str(ordered["value"].iloc[27]) == "59.63"


@pytest.mark.parametrize("paging", [True, False])
def test_pages_are_read_to_the_end(hurried, portal, paging):
    hurry(hurried, **dict.fromkeys(GROUPS, 7))
    portal.paging = paging
    capture = ask(portal)
    assert len(Results(capture).counts) == 21 * 21
    assert len(capture.answers) == (1 + 6 * 3 if paging else 7)


def test_a_fault_of_the_server_is_asked_again_a_bounded_number_of_times(hurried, portal):
    told: list[str] = []
    portal.fault = lambda _g, _b, n: (503, b"busy") if n in (2, 3) else None
    ask(portal, told=told)
    assert len(portal.asked) == 9
    assert len(told) == 2 and "HTTP 503" in told[0]
    portal.fault, portal.asked = lambda *_: (500, b""), []
    assert "HTTP 500" in refused(portal, period=parse_period("2026-09"))
    assert len(portal.asked) == 3


@pytest.mark.parametrize("address", ["ftp://127.0.0.1/x", "nowhere", "http://"])
def test_an_address_that_is_none(hurried, portal, address):
    told: list[str] = []
    portal.url = address
    assert "--base-url" in refused(portal, told=told)
    assert told == []


def test_half_an_answer_is_no_answer(hurried, portal):
    portal.fault = lambda _g, _b, n: (0, b'{"code":"OK","data":') if n == 2 else None
    assert len(Results(ask(portal)).counts) == 21 * 21
    assert len(portal.asked) == 8


def test_a_slow_portal_is_given_up(hurried, portal):
    hurry(hurried, timeout_seconds=0.2, retries=1)
    portal.slow = 0.6
    assert "0 giây" in refused(portal) or "giây" in refused(portal)
    assert captures() == ()


@pytest.mark.parametrize("status", [403, 429])
def test_a_refusal_stops_at_once_and_what_came_is_not_asked_again(hurried, portal, status):
    portal.fault = lambda group, _b, _n: (status, b"") if group == "provide-online-tree" else None
    assert str(status) in refused(portal)
    assert [group for group, _body in portal.asked] == [
        NATIONAL, "transparency", "dvc-progress-tree", "provide-online-tree",
    ]  # fmt: skip
    assert captures() == ()
    portal.fault, portal.asked = lambda *_: None, []
    ask(portal)
    assert [group for group, _body in portal.asked] == list(GROUPS)[2:]


def test_answers_that_are_too_old_are_asked_for_again(hurried, portal):
    portal.fault = lambda group, _b, _n: (403, b"") if group == "transparency" else None
    refused(portal)
    hurry(hurried, resume_hours=0)
    time.sleep(1.1)
    portal.fault, portal.asked = lambda *_: None, []
    ask(portal)
    assert len(portal.asked) == 7


def test_a_page_instead_of_figures(hurried, portal):
    portal.fault = lambda *_: (200, b"<html>Request Rejected</html>")
    assert "JSON" in refused(portal)
    assert len(portal.asked) == 1


CHANGED = {
    "a field is gone": ("transparency", lambda d: d["evaluation"][3]["metrics"][1].pop("numerator"),
                        "data.evaluation[3].metrics.1.numerator"),
    "another kind": ("transparency", lambda d: d["overview"]["metrics"][0].update(score="5,9"),
                     "data.overview.metrics.0.score"),
    "a metric is gone": ("dossier-digitized", lambda d: d["evaluation"][0]["metrics"].pop(0),
                         "ORIGINAL_RESULT_AVAILABLE"),
    "a list is gone": ("dvc-progress-tree", lambda d: d.pop("children"), "data.children"),
    "a count is broken": ("dvc-progress-tree", lambda d: d["parent"].update(totalReceived=1.5),
                          "data.parent.totalReceived"),
    "a group is gone": (NATIONAL, lambda d: d["evaluation"][0]["groupScores"].pop("MDHL"),
                        "data.evaluation[0].groupScores.MDHL"),
}  # fmt: skip


@pytest.mark.parametrize("case", CHANGED)
def test_a_changed_form_names_group_and_field_and_leaves_the_last_capture(hurried, portal, case):
    group, how, field = CHANGED[case]
    good = ask(portal)
    how(portal.answers[group])
    message = refused(portal)
    assert f"“{group}”" in message and field in message
    assert captures(YEAR) == (good,)


def test_unknown_fields_are_kept_and_change_nothing(hurried, portal):
    before = Results(ask(portal)).counts
    time.sleep(1.1)
    portal.answers["transparency"]["evaluation"][0]["new"] = {"more": [1]}
    portal.answers["transparency"]["overview"]["metrics"].append({
        "code": "NEW", "name": "x", "numerator": 1, "denominator": 2, "ratio": 50, "score": 1,
        "maxScore": 2,
    })  # fmt: skip
    capture = ask(portal)
    assert Results(capture).counts.equals(before)
    assert b'"new": {"more": [1]}' in (capture.folder / "transparency-1.json").read_bytes()


def test_flags_temporary_denominators_and_impossible_counts(hurried, portal):
    def mark(metrics, code, **extra):
        next(m for m in metrics if m["code"] == code).update(extra)

    units = portal.answers["transparency"]["evaluation"]
    mark(portal.answers["transparency"]["overview"]["metrics"], "DOSSIER_SYNC",
         note="TEMP_NATIONAL_REPORT_DENOMINATOR: chờ báo cáo")  # fmt: skip
    mark(units[0]["metrics"], "DOSSIER_SYNC", dataQualityStatus="NO_NATIONAL_REPORT_DATA")
    mark(units[1]["metrics"], "DOSSIER_SYNC", numerator=9, denominator=8)
    results = Results(ask(portal))
    first, second = (units[i]["departmentCode"] for i in (0, 1))
    assert list(results.flags.itertuples(index=False, name=None)) == [
        ("H15", 4, "TEMP_NATIONAL_REPORT_DENOMINATOR"),
        (first, 4, "NO_NATIONAL_REPORT_DATA"),
        (second, 4, MORE_THAN_ALL),
    ]
    held = results.counts.set_index(["unit", "indicator"]).loc[(second, 4)]
    assert held.isna().all()


INCOMPLETE = {
    "fewer agencies than announced": ("transparency", lambda d: None),
    "other agencies than in the other groups": (
        "dvc-progress-tree", lambda d: d["children"].pop(4)),
    "not all provinces": (NATIONAL, lambda d: d["evaluation"].pop()),
}  # fmt: skip


@pytest.mark.parametrize("case", INCOMPLETE)
def test_half_a_capture_never_replaces_a_whole_one(hurried, portal, case, whole):
    group, how = INCOMPLETE[case]
    good = ask(portal)
    if case.startswith("fewer"):
        data = {**portal.answers[group], "pagination": {"total": 40, "totalPages": 1}}
        portal.fault = lambda g, _b, _n: (201, body_of(data)) if g == group else None
    how(portal.answers[group])
    message = refused(portal)
    assert group in message
    assert captures(YEAR) == (good,)
    portal.fault, portal.answers, portal.asked = lambda *_: None, copy.deepcopy(whole), []
    time.sleep(1.1)
    newer = ask(portal)
    assert [g for g, _body in portal.asked] == [group]
    assert captures(YEAR) == (good, newer)


def test_an_answer_of_another_province_or_period(hurried, portal):
    assert "H99" in refused(portal, province="H99")
    portal.answers["transparency"]["overview"]["departmentCode"] = "H31"
    assert "tỉnh Đắk Lắk" in refused(portal)
    portal.answers["transparency"]["overview"]["departmentCode"] = "H15"
    portal.answers["dvc-progress-tree"]["year"] = 2025
    assert "2025" in refused(portal)
    assert captures() == ()


def test_periods_that_the_portal_does_not_publish(hurried, portal):
    for name in ("2026-6T", "2099"):
        assert refused(portal, period=parse_period(name))
    assert refused(portal, province="../x")
    assert portal.asked == []


# Handed in by hand


def test_a_folder_and_a_zip_of_saved_answers_are_the_same_capture(hurried, whole, tmp_path):
    folder = save(tmp_path / "saved", whole)
    stamp = time.mktime((2026, 10, 10, 12, 0, 0, 0, 0, 0))
    for path in folder.iterdir():
        os.utime(path, (stamp, stamp))
    (kept,) = take_in(folder, YEAR, "H15")
    assert len(Results(kept).counts) == 21 * 21
    assert take_in(folder, YEAR, "H15") == (kept,)
    packed = tmp_path / "saved.zip"
    with zipfile.ZipFile(packed, "w") as archive:
        for path in kept.folder.iterdir():
            archive.write(path, f"any/{path.name}")
    assert take_in(packed, YEAR, "H15") == (kept,)
    assert captures() == (kept,)


def wrong(source: Path, period="2026", province="H15") -> str:
    with pytest.raises(UserError) as error:
        take_in(source, parse_period(period), province)
    assert captures() == ()
    return str(error.value)


def test_handed_in_answers_that_are_wrong_are_one_message_and_nothing_is_stored(
    hurried, whole, tmp_path
):
    lacks = {group: data for group, data in whole.items() if group != "dossier-digitized"}
    assert "dossier-digitized" in wrong(save(tmp_path / "a", lacks))
    good = save(tmp_path / "b", whole)
    assert "UBND tỉnh Đắk Lắk" in wrong(good, province="H31")
    assert "H98" in wrong(good, province="H98")
    other = copy.deepcopy(whole)
    other["transparency"]["year"] = 2025
    assert "2025" in wrong(save(tmp_path / "c", other))
    assert "2099" in wrong(good, period="2099")
    (good / "readme.json").write_text("{}")
    assert "readme.json" in wrong(good)
    assert wrong(tmp_path / "nowhere") and wrong(tmp_path)
    (tmp_path / "no.zip").write_bytes(b"PK nothing")
    assert wrong(tmp_path / "no.zip")
    doubled = save(tmp_path / "d", whole)
    (doubled / "again.json").write_bytes((doubled / "transparency.json").read_bytes())
    assert "transparency" in wrong(doubled)


def test_a_hostile_zip(hurried, whole, tmp_path):
    outside = tmp_path / "outside.zip"
    with zipfile.ZipFile(outside, "w") as archive:
        archive.writestr("../../up.json", "{}")
    assert "up.json" in wrong(outside)
    hurry(hurried, largest_megabytes=1)
    bomb = tmp_path / "bomb.zip"
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.json", b" " * 20_000_000)
    assert "MB" in wrong(bomb)
    many = tmp_path / "many.zip"
    with zipfile.ZipFile(many, "w") as archive:
        for i in range(600):
            archive.writestr(f"{i}.json", "{}")
    assert "500" in wrong(many)


def test_the_captures_of_2025_come_by_the_same_door(hurried):
    sample = hurried / "data/samples/portal-2025-10"
    for name in ("2025", "2025-10"):
        kept = take_in(sample, parse_period(name), "H01")
        assert [one.folder.name for one in kept] == ["2025-10-11a", "2025-10-11b"]
    assert len(captures()) == 4
    for capture in captures():
        results = Results(capture)
        assert len(results.counts) == 0
        wanted = 103 if capture.period == "2025" else 16
        assert len(results.official) == wanted * 7
        assert set(results.official["item"]) == {"I", "II", "III.a", "III.b", "IV", "V", "total"}
        assert len(provinces_of(capture)) == 34 * 7
    with pytest.raises(UserError):
        take_in(sample, YEAR, "H01")


def test_unknown_agencies_are_listed_at_once(hurried, portal):
    for group in GROUPS:
        data = portal.answers[group]
        listed = data.get("evaluation") or data["children"]
        listed[0] |= {"departmentCode": "H15.900", "departmentName": "Sở Lạ"}
        listed[1] |= {"departmentCode": "H15.901", "departmentName": "UBND xã Không Có"}
    capture = ask(portal)
    tree = load_tree("dak-lak-2026-sample")
    with pytest.raises(UserError) as error:
        Results(capture, tree)
    assert "H15.900 Sở Lạ; H15.901 UBND xã Không Có" in str(error.value)
    path = hurried / "params/portal.yml"
    path.write_text(
        path.read_text("utf-8").replace("units: {}", 'units: {H15.900: "", H15.901: H15.198}'),
        "utf-8",
    )
    with pytest.raises(UserError):  # one unit of the tree twice
        Results(capture, tree)
    path.write_text(path.read_text("utf-8").replace("H15.901: H15.198", 'H15.901: ""'), "utf-8")
    assert len(Results(capture, tree).counts) == 19 * 21


def test_an_answer_that_was_altered_is_not_read(hurried, portal):
    capture = ask(portal)
    (capture.folder / "transparency-1.json").write_bytes(b"{}")
    with pytest.raises(UserError):
        Results(capture)


# The command, killed


def start(project: Path, portal: Portal) -> subprocess.Popen:
    return subprocess.Popen(
        [
            str(Path(sys.executable).with_name("chiso")), "fetch", "--period", "2026",
            "--province", "H15", "--base-url", portal.url,
        ],
        env={**os.environ, "CHISO_PROJECT": str(project), "LANGUAGE": "vi"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )  # fmt: skip


def test_killed_at_any_moment_it_is_taken_up_again(hurried, portal):
    chance = random.Random(766)
    portal.slow = 0.05
    for group in (NATIONAL, *list(GROUPS)[::2]):  # at the latest when this group is asked for
        process = start(hurried, portal)
        until = time.monotonic() + 20
        while group not in dict(portal.asked) and time.monotonic() < until:
            time.sleep(0.005)
        time.sleep(chance.random() * 0.05)
        process.send_signal(signal.SIGKILL)
        process.wait()
    assert captures() == () or len(captures()) == 1
    portal.slow = 0
    assert start(hurried, portal).wait() == 0
    assert captures()
    for capture in captures():
        assert len(Results(capture).counts) == 21 * 21
        assert sorted(p.name for p in capture.folder.iterdir()) == sorted(
            ["capture.json", *(kept.file for kept in capture.answers)]
        )
    asked = [group for group, _body in portal.asked]
    # Killed between an answer and its keeping, a group is asked for twice; never all again.
    assert all(asked.count(group) <= 4 for group in asked)


def test_the_command_says_what_it_kept(hurried, portal, chiso):
    done = chiso(
        "fetch", "--period", "2026", "--province", "H15", "--base-url", portal.url, project=hurried
    )
    assert done.returncode == 0, done.stderr
    assert "data/portal/2026/" in done.stdout
    portal.fault = lambda *_: (403, b"")
    failed = chiso(
        "fetch", "--period", "2026-09", "--province", "H15", "--base-url", portal.url,
        project=hurried,
    )  # fmt: skip
    assert failed.returncode == 2
    assert "403" in failed.stderr and "Traceback" not in failed.stderr
    manifest = json.loads((captures()[0].folder / "capture.json").read_text("utf-8"))
    assert manifest["captured"].endswith("+07:00")
    assert manifest["reference_day"] == min(now().date(), YEAR.last_day).isoformat()
