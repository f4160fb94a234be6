"""`chiso explain`: the keys that programs read, both ways in, mistakes told in one message."""

import json

import pytest
from by_hand import FULL
from conftest import SAMPLE

KEYS = ["unit", "period", "revision", "total", "lost", "indicators", "change", "way_up", "rank", "orders"]  # fmt: skip


@pytest.fixture
def counts(tmp_path):
    """Three departments and the province of Hưng Yên."""
    own = {
        "H31": {5: (820, 1000)},
        "so-tu-phap": {5: (28136, 38346), 16: (2260, 7148)},
        "so-y-te": {20: (0, 1)},
        "vp-ubnd": dict.fromkeys(FULL, (0, 0)),
    }
    lines = [
        f"{code},{number},{n},{of}"
        for code, changed in own.items()
        for number, (n, of) in {**FULL, **changed}.items()
    ]
    path = tmp_path / "counts.csv"
    path.write_text("unit,indicator,numerator,denominator\n" + "\n".join(lines), encoding="utf-8")
    return ["--counts", path, "--set", "766-2022", "--units", "hung-yen-2022"]


def explained(chiso, *arguments):
    done = chiso("explain", *arguments, "--format", "json")
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_bare_counts_as_json(chiso, counts):
    found = explained(chiso, *counts, "--unit", "so-tu-phap")
    assert list(found) == KEYS
    assert (found["total"], found["period"], found["change"]) == ("89.93", None, None)
    assert found["lost"] == {
        "own": "8.07", "shared": "0.00", "structural": "2.00", "chance": "0.00",
    }  # fmt: skip
    assert found["indicators"][4] == {
        "indicator": 5, "lost": "5.33", "own": "5.33", "shared": "0.00", "structural": "0.00",
        "chance": "0.00",
    }  # fmt: skip
    assert found["way_up"] == {
        "target": "class",
        "needed": "0.07",
        "steps": [{"indicator": 16, "cases": 90}, {"indicator": 5, "cases": 1}],
        "cases": 91,
        "total_after": "90.00",
    }
    assert list(found["rank"]) == ["rank", "of", "low", "high", "class_probability"]
    assert 0 <= found["rank"]["class_probability"] <= 1
    assert found["orders"] == []
    assert explained(chiso, *counts, "--unit", "so-tu-phap") == found


def test_bare_counts_as_text(chiso, counts):
    done = chiso("explain", *counts, "--unit", "so-tu-phap", "--target", "points:90,5")
    assert done.returncode == 0, done.stderr
    assert "90,50" in done.stdout and "mọi trường hợp chưa đạt" in done.stdout
    empty = chiso("explain", *counts, "--unit", "vp-ubnd")
    assert "không phát sinh hồ sơ" in empty.stdout


def test_without_a_total_the_indicators_that_lack_figures_are_named(chiso, tmp_path):
    path = tmp_path / "counts.csv"
    path.write_text(
        "unit,indicator,numerator,denominator\nso-tu-phap,5,5,10\nso-tu-phap,7,1,2\n", "utf-8"
    )
    rules = ("--set", "766-2022", "--units", "hung-yen-2022")
    said = chiso("explain", "--counts", path, *rules, "--unit", "so-tu-phap").stdout
    assert "Chưa có tổng điểm" in said and "18 chỉ số chưa có số liệu: 1–4, 8–21." in said


def test_the_published_sample_as_a_period(chiso, project):
    done = chiso(
        "explain", "--period", "2026", "--unit", "H15", "--format", "json", project=project
    )
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert list(found) == KEYS
    assert (found["period"], found["revision"], found["total"]) == ("2026", 1, "65.49")
    assert sum(map(float, found["lost"].values())) == pytest.approx(34.51)
    assert {order["place"] for order in found["orders"]} == {None}
    assert found["orders"][0]["deadline"] == "2026-12-31"
    assert list(found["orders"][0]) == [
        "unit", "indicator", "failures", "mendable", "share_of_failures", "share_of_cases", "place",
        "of", "deadline",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--unit", "H15"], "--counts"),
        (["--period", "2026", "--counts", "x.csv", "--unit", "H15"], "--period"),
        (["--counts", SAMPLE / "counts.csv", "--unit", "H15"], "--set"),
        (["--period", "2026", "--unit", "H99"], "H99"),
        (["--period", "2026", "--unit", "H15", "--target", "rank:0"], "rank:0"),
        (["--period", "2026", "--unit", "H15", "--target", "points:101"], "points:101"),
    ],
)
def test_a_mistake_is_one_message(chiso, project, arguments, says):
    done = chiso("explain", *arguments, project=project)
    assert (done.returncode, done.stdout) == (2, "")
    assert says in done.stderr and "Traceback" not in done.stderr


def test_one_agency_without_a_tree(chiso, tmp_path):
    path = tmp_path / "one.csv"
    lines = [f"X,{number},0,0" for number in range(1, 22)]
    path.write_text("unit,indicator,numerator,denominator\n" + "\n".join(lines), encoding="utf-8")
    found = explained(chiso, "--counts", path, "--set", "766-2022", "--unit", "X")
    assert found["way_up"] is None
    assert (found["rank"]["low"], found["rank"]["high"]) == (1, 1)
