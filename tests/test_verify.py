"""A published period made again from what was kept of it: the same bytes, or file by file what differs."""

from __future__ import annotations

import json
import shutil
from datetime import date, datetime
from pathlib import Path

import pytest
from conftest import make_project, run_chiso
from daily_world import World, small_province
from few_pages import text_of

from chiso.base.errors import UserError
from chiso.base.period import parse_period
from chiso.contract.letters import OVERDUE, REMINDER, Asked, Letter, Told
from chiso.contract.owed import NOT_DONE, Reported
from chiso.publishing import verify as verifying
from chiso.publishing.place import open_place
from chiso.publishing.publish import publish, published
from chiso.publishing.verify import verify
from chiso.store import letters, owed

MONTH = parse_period("2022-09")
_OWED = """\
name: {vi: "Nghĩa vụ của tỉnh Nhỏ", en: "Obligations"}
source: "invented"
last_confirmed: 2026-11-30
units: tinh-nho
bodies:
  so: {name: {vi: "Sở", en: "Departments"}, levels: [so]}
obligations:
  - id: accounts
    name: {vi: "Đăng ký tài khoản theo dõi", en: "Accounts registered"}
    by: [so]
    from: 30/08/2022
    deadline: {vi: "tháng 9/2022", en: "September 2022"}
    source: "invented"
"""


def quiet(_said: str) -> None:
    pass


@pytest.fixture(scope="module")
def made(tmp_path_factory) -> Path:
    """A project with two months from records, the second compared with the first and with a letter on it,
    obligations that are laid down and reported, published."""
    project = make_project(tmp_path_factory.mktemp("verify") / "project")
    small_province(project)
    world = World(project)
    world.export("2022-08", datetime(2022, 10, 5))
    world.export("2022-09", datetime(2022, 10, 5))
    fill_registers(project)
    for command in (("report", "--period", "2022-09"), ("publish", "--period", "2022-09")):
        done = run_chiso(*command, project=project)
        assert done.returncode == 0, done.stderr
    return project


@pytest.fixture
def project(made, monkeypatch) -> Path:
    monkeypatch.setenv("CHISO_PROJECT", str(made))
    return made


def fill_registers(project: Path) -> None:
    """A letter that was issued and not answered, and an obligation that is open."""
    asked = (Asked(5, OVERDUE, 2, ("2022-08-1", "2022-08-2")),)
    letter = Letter(
        "", REMINDER, "2022-08", 1, "so-a", asked, date(2022, 9, 20), date(2022, 9, 5), "chậm"
    )
    (drafted,) = letters.drafted(project / "data/letters", [letter])
    number = Told(drafted.id, "05/UBND-KSTT", date(2022, 9, 6), None, None)
    letters.told(project / "data/letters", [number])
    (project / "params/obligations/tinh-nho.yml").write_text(_OWED, encoding="utf-8")
    entry = Reported("tinh-nho", "so-b", "accounts", NOT_DONE, date(2022, 9, 7), None)
    owed.report(project / "data/obligations", [entry])


def kept_file(project: Path) -> Path:
    (path,) = (project / "data/kept/2022-09").glob("*.json")
    return path


def version_of(project: Path) -> Path:
    site = project / "reports/_published/public"
    return site / "2022-09" / published(open_place(str(site)), "public").periods["2022-09"].version


def test_made_again_every_byte_is_the_same_even_after_all_inputs_are_gone(made, tmp_path):
    """What was handed in, the parameters and the notebooks are others by now; the clock is another."""
    project = shutil.copytree(made, tmp_path / "elsewhere", symlinks=True)
    inputs = ("2022-09", "2022-08", "store", "letters", "obligations")
    for gone in (*(f"data/{name}" for name in inputs), "notebooks", "reports/.cache"):
        shutil.rmtree(project / gone)
    (project / "params/explain.yml").write_text("x: 1\n", encoding="utf-8")
    done = run_chiso("verify", "--period", "2022-09", project=project)
    assert done.returncode == 0, done.stderr
    assert "giống hệt, từng byte" in done.stdout
    inputs = json.loads(kept_file(made).read_text("utf-8"))["inputs"]
    assert {"data/2022-09/dossiers.csv", "data/letters/000001.json"} <= inputs.keys()


def test_what_is_made_again_says_what_the_registers_say(made):
    """Without them the same pages would be made of less."""
    assert "05/UBND-KSTT" in text_of(version_of(made) / "so-a.html")
    assert "Đăng ký tài khoản theo dõi" in text_of(version_of(made) / "so-b.html")
    inputs = json.loads(kept_file(made).read_text("utf-8"))["inputs"]
    assert {"data/obligations/000001.json", "params/obligations/tinh-nho.yml"} <= inputs.keys()


@pytest.fixture
def made_again(project, monkeypatch):
    """In the place of the minute that it takes: what was published, as it was."""
    version, held = version_of(project), {}
    for path in version.iterdir():
        held[path.name] = path.read_bytes()

    def copy(_kept, _project, target):
        for name, content in held.items():
            (target / name).write_bytes(content)

    monkeypatch.setattr(verifying, "_make_again", copy)
    yield version
    for path in version.iterdir():
        path.unlink()
    for name, content in held.items():
        (version / name).write_bytes(content)


def test_what_differs_is_told_file_by_file(made_again):
    page = made_again / "so-a.html"
    page.write_text(
        page.read_text("utf-8").replace("<main", "<b>x</b>\n<main", 1), encoding="utf-8"
    )
    (made_again / "so-b.pdf").write_bytes((made_again / "so-b.pdf").read_bytes()[:-1] + b"\xff")
    (made_again / "so-c.html").unlink()
    (made_again / "more.html").write_text("x", encoding="utf-8")
    line = page.read_text("utf-8").partition("<b>x</b>")[0].count("\n") + 1
    found = verify(MONTH, "public", None, quiet).differences
    assert found["so-a.html"] == f"khác từ dòng {line}"
    assert found["so-b.pdf"].startswith("khác từ byte thứ")
    assert found["so-c.html"] == "không còn tại nơi đăng"
    assert found["more.html"] == "đã đăng, nhưng lập lại không có"
    assert len(found) == 4


def test_the_same_is_told_as_the_same(made_again):
    done = verify(MONTH, "public", None, quiet)
    assert done.differences == {} and done.packages == ()
    assert done.compared == len(list(made_again.iterdir()))


def test_a_kept_file_that_was_altered_is_named_by_what_it_was(project):
    kept = json.loads(kept_file(project).read_text("utf-8"))
    digest = kept["inputs"]["data/2022-09/dossiers.csv"]
    path = project / "data/kept/files" / digest[:2] / digest
    before = path.read_bytes()
    try:
        path.write_bytes(before + b"x")
        with pytest.raises(UserError, match=r"data/2022-09/dossiers\.csv"):
            verify(MONTH, "public", None, quiet)
    finally:
        path.write_bytes(before)


def test_what_is_not_kept_or_not_published_is_told(project, tmp_path):
    with pytest.raises(UserError, match="Chưa đăng tháng 9/2022"):
        verify(MONTH, "public", str(tmp_path / "none"), quiet)
    path = kept_file(project)
    before = path.read_text("utf-8")
    try:
        path.write_text("{}", encoding="utf-8")
        with pytest.raises(UserError, match="không còn lưu"):
            verify(MONTH, "public", None, quiet)
    finally:
        path.write_text(before, encoding="utf-8")


def test_packages_that_are_others_by_now_are_named(made_again, monkeypatch):
    now = dict(verifying.package_versions()) | {"pandas": "99"}
    monkeypatch.setattr(verifying, "package_versions", lambda: now)
    (other,) = verify(MONTH, "public", None, quiet).packages
    assert other[0] == "pandas" and other[2] == "99"


def test_a_version_published_again_is_kept_once(project):
    before = sorted(path for path in (project / "data/kept").rglob("*"))
    publish(MONTH, "public", None, quiet)
    assert sorted(path for path in (project / "data/kept").rglob("*")) == before
