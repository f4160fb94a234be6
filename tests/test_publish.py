"""Results put where they are read: whole or not at all, while others read, and taken away again."""

from __future__ import annotations

import json
import re
import shutil
import threading
import time
import urllib.error
import urllib.request
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace as Namespace

import fsspec
import pytest
from conftest import make_project, run_chiso
from daily_world import World, small_province
from few_pages import keep_few, keep_short, text_of
from kills import Scene, State, kill_at_random
from processes import start_marked
from servers import nginx, object_store

from chiso.base.errors import UserError
from chiso.base.period import parse_period
from chiso.commands import publish as publish_command
from chiso.publishing import publish as publishing
from chiso.publishing.entry import Entry
from chiso.publishing.kept import keep
from chiso.publishing.place import Place, open_place
from chiso.publishing.publish import publish, published, unpublish
from chiso.publishing.release import Release
from chiso.rules.publishing_rules import publishing_rules
from chiso.store import revisions
from chiso.store.revisions import Provenance

MONTH, YEAR = parse_period("2022-09"), parse_period("2026")
FILES = 12


def quiet(_said: str) -> None:
    pass


@pytest.fixture(scope="module")
def made(tmp_path_factory) -> Path:
    """A project with two real periods and an invented one, each with its site: a month from records of four
    units, a year of published counts."""
    project = make_project(tmp_path_factory.mktemp("publish") / "project")
    keep_few(project)
    keep_short(project)
    small_province(project)
    from datetime import datetime

    World(project).export("2022-09", datetime(2022, 10, 5))
    for period in ("2022-09", "2026"):
        done = run_chiso("report", "--period", period, project=project)
        assert done.returncode == 0, done.stderr
    return project


@pytest.fixture
def project(made, monkeypatch) -> Path:
    """That project, in use for calls in this process; what a test publishes goes to a place of its own."""
    monkeypatch.setenv("CHISO_PROJECT", str(made))
    return made


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def test_a_period_goes_out_whole_and_list_and_entry_name_it(project, tmp_path):
    shown, is_new = publish(MONTH, "public", str(tmp_path / "site"), quiet)
    assert is_new
    site, own = tmp_path / "site", project / "reports/_site/2022-09"
    version = site / "2022-09" / shown.version
    assert {path.name: path.read_bytes() for path in version.iterdir()} == {
        path.name: path.read_bytes() for path in own.iterdir() if path.name != "states.json"
    }
    assert not [name for name in names(version) if "cases" in name]
    assert (site / "2022-09/current").resolve() == version
    listed = json.loads((site / "published.json").read_text("utf-8"))
    assert listed["audience"] == "public"
    told = listed["periods"]["2022-09"]
    assert (told["revision"], told["version"]) == (1, shown.version)
    assert re.fullmatch(r"\d{4}-\d\d-\d\d", told["published_on"])
    entry = (site / "index.html").read_text("utf-8")
    assert f'href="2022-09/{shown.version}/index.html">Tháng 9/2022' in entry
    assert "UBND tỉnh Nhỏ" in entry and "trọn kỳ" in entry
    way = (site / "2022-09/index.html").read_text("utf-8")
    assert f"url={shown.version}/index.html" in way


def test_published_again_unchanged_it_stays_as_it_is_and_keeps_its_day(
    project, tmp_path, monkeypatch
):
    first, _new = publish(MONTH, "public", str(tmp_path), quiet)
    monkeypatch.setattr(
        publishing.clock, "vietnam_day", lambda _now: first.published_on.replace(2030)
    )
    again, is_new = publish(MONTH, "public", str(tmp_path), quiet)
    assert (again, is_new) == (first, False)


def test_a_provisional_period_goes_out_and_says_so_everywhere(project, tmp_path):
    shown, _new = publish(YEAR, "public", str(tmp_path), quiet)
    assert "tạm tính" in text_of(tmp_path / "index.html")
    for page in (tmp_path / "2026" / shown.version).glob("H15*.html"):
        assert "Tạm tính đến" in text_of(page), page.name


def test_periods_know_each_other_and_one_leaves_without_the_other(project, tmp_path):
    month, _new = publish(MONTH, "public", str(tmp_path), quiet)
    year, _new = publish(YEAR, "public", str(tmp_path), quiet)
    for name in ("2022-09", "2026"):
        script = (tmp_path / name / "periods.js").read_text("utf-8")
        entries = json.loads(script.partition("=")[2].strip().removesuffix(";"))
        assert [one["path"] for one in entries] == [
            f"../../2022-09/{month.version}",
            f"../../2026/{year.version}",
        ]
    unpublish(YEAR, "public", str(tmp_path), quiet)
    assert names(tmp_path) == {"2022-09", "index.html", "published.json"}
    assert 'href="2026' not in (tmp_path / "index.html").read_text("utf-8")
    assert '"2026"' not in (tmp_path / "2022-09/periods.js").read_text("utf-8")
    with pytest.raises(UserError, match="Chưa đăng năm 2026"):
        unpublish(YEAR, "public", str(tmp_path), quiet)


def test_inside_there_is_everything_with_a_way_to_the_cases(project, tmp_path):
    shown, _new = publish(MONTH, "internal", str(tmp_path), quiet)
    version = tmp_path / "2022-09" / shown.version
    page = (version / "cases.html").read_text("utf-8")
    for name in names(project / "reports/_internal/2022-09"):
        assert (version / name).is_file() and f'href="{name}"' in page, name
    assert f'href="2022-09/{shown.version}/cases.html"' in (tmp_path / "index.html").read_text(
        "utf-8"
    )


def test_what_is_internal_never_comes_beside_what_is_public(project, tmp_path):
    publish(MONTH, "public", str(tmp_path), quiet)
    with pytest.raises(UserError, match="đối tượng khác"):
        publish(MONTH, "internal", str(tmp_path), quiet)


def refused(period, words, tmp_path):
    with pytest.raises(UserError, match=words):
        publish(period, "public", str(tmp_path / "nowhere"), quiet)
    assert not (tmp_path / "nowhere").exists()


def test_what_is_not_finished_does_not_go_out(project, tmp_path):
    refused(parse_period("2025-09"), "chưa tính điểm|không|Không", tmp_path)
    page = project / "reports/_site/2026/H15.html"
    before = page.read_bytes()
    try:
        page.write_bytes(before + b" ")
        refused(YEAR, "đã thay đổi sau khi lập trang", tmp_path)
    finally:
        page.write_bytes(before)
    counts = project / "data/samples/dak-lak-2026-10-10/counts.csv"
    text = counts.read_text("utf-8")
    try:
        counts.write_text(text + "\n", "utf-8")
        refused(YEAR, "đã thay đổi sau khi lập trang", tmp_path)
    finally:
        counts.write_text(text, "utf-8")
    states = project / "reports/_site/2026/states.json"
    told = states.read_text("utf-8")
    try:
        states.write_text(told.replace('"H15.120": "ready"', '"H15.120": "failed"'), "utf-8")
        refused(YEAR, "các trang chưa có hoặc bị lỗi: H15.120", tmp_path)
    finally:
        states.write_text(told, "utf-8")


def test_invented_figures_do_not_go_out(project, tmp_path, monkeypatch):
    from chiso.publishing import release

    real = release.newest_figures
    monkeypatch.setattr(
        release,
        "load_figures",
        lambda *_all: (
            (figures := real(release.load_settings(MONTH)))
            and replace(figures, settings=replace(figures.settings, is_illustrative=True))
        ),
    )
    refused(MONTH, "dữ liệu minh họa: không đăng", tmp_path)


def test_a_site_with_codes_of_dossiers_is_not_public(project, tmp_path, monkeypatch):
    from chiso.publishing import release

    settings = replace(release.load_settings(MONTH), cases="public")
    monkeypatch.setattr(release, "load_settings", lambda _period: settings)
    refused(MONTH, "có mã hồ sơ", tmp_path)


def test_agencies_with_few_dossiers_are_left_out_where_the_province_says_so(
    project, tmp_path, monkeypatch
):
    from chiso.publishing import release

    rules = publishing_rules()
    figures = release.newest_figures(release.load_settings(MONTH))
    least = min(release.dossiers_of(figures.unit(code)) for code in ("so-a", "so-b", "so-c")) + 1
    few = [c for c in ("so-a", "so-b", "so-c") if release.dossiers_of(figures.unit(c)) < least]
    limits = replace(rules.public, fewest_dossiers=least)
    monkeypatch.setattr(release, "publishing_rules", lambda: replace(rules, public=limits))
    shown, _new = publish(MONTH, "public", str(tmp_path), quiet)
    version = tmp_path / "2022-09" / shown.version
    for code in few:
        assert names(version) & {f"{code}.xlsx", f"{code}.pdf", f"{code}.docx"} == set()
        assert f"có dưới {least} hồ sơ" in text_of(version / f"{code}.html")
        assert f'"{code}"' not in (version / "compare-data.js").read_text("utf-8")
    assert "không công khai" in text_of(version / "data-quality.html")
    assert not (version / "data-quality.xlsx").exists()


@pytest.mark.parametrize(
    ("address", "words"),
    [("s3://name:secret@host/x", "mật khẩu"), ("nothing://x/y", "nothing"), ("docs", "")],
)
def test_an_address_that_can_not_be_used_is_told(project, address, words, tmp_path):
    if address == "docs":  # a file where a folder should be
        (tmp_path / "file").write_text("x", "utf-8")
        address, words = str(tmp_path / "file"), "Không dùng được nơi đăng"
    with pytest.raises(UserError, match=words) as error:
        publish(MONTH, "public", address, quiet)
    assert "secret" not in str(error.value)


def test_a_list_that_can_not_be_read_is_told_and_nothing_is_touched(project, tmp_path):
    (tmp_path / "published.json").write_text('{"audience": "public", "periods": {"x": 1}}', "utf-8")
    with pytest.raises(UserError, match=r"published\.json"):
        publish(MONTH, "public", str(tmp_path), quiet)
    assert names(tmp_path) == {"published.json"}


def test_what_is_published_is_not_proposed_to_be(project, tmp_path, monkeypatch, capsys):
    one = Entry(MONTH, "H15", "2022-09/v1", revision=2, as_of=MONTH.last_day, pages=())
    monkeypatch.setattr(publishing, "published", lambda *_: Namespace(entries=[one]))
    # Nor is what would be refused: illustrative figures.
    for revision, is_illustrative, proposals in ((2, False, 0), (3, False, 1), (3, True, 0)):
        last = Namespace(period="2022-09", revision=revision, is_illustrative=is_illustrative)
        monkeypatch.setattr(publish_command, "last_reported", lambda last=last: last)
        publish_command._list(str(tmp_path), "internal")
        proposed = f"make publish PERIOD=2022-09 TO={tmp_path} AUDIENCE=internal"
        assert capsys.readouterr().out.count(proposed) == proposals


def test_the_commands_say_what_they_did(project, tmp_path):
    to = ("--to", str(tmp_path))
    said = run_chiso("publish", "--period", "2022-09", *to, project=project)
    assert said.returncode == 0 and "Đã đăng tháng 9/2022, số liệu lần 1" in said.stdout, (
        said.stderr
    )
    listed = run_chiso("publish", *to, project=project).stdout
    assert "2022-09: số liệu lần 1, đến ngày 30/09/2022, đăng ngày" in listed
    assert f"Kỳ lập báo cáo gần nhất: 2026. Muốn đăng: make publish PERIOD=2026 TO={tmp_path}" in (
        listed
    )
    gone = run_chiso("unpublish", "--period", "2022-09", *to, project=project)
    assert f"Đã gỡ tháng 9/2022 khỏi {tmp_path}" in gone.stdout
    again = run_chiso("unpublish", "--period", "2022-09", *to, project=project)
    assert again.returncode == 2 and "Traceback" not in again.stderr


# Versions that a test makes up: what is swapped need not be a report.


@pytest.fixture
def versions(monkeypatch, tmp_path):
    """Every publication of a month is a new version, of files that all name it."""
    number = iter(range(1, 1000))

    def stage(period, _audience, folder):
        stamp = f"version {next(number)}"
        for i in range(FILES):
            (folder / f"page-{i}.html").write_text(f"<p>{stamp}</p>" * 200, "utf-8")
        (folder / "index.html").write_text(f"<p>{stamp}</p>", "utf-8")
        origin = Provenance(period.name, "H99", "", "", {}, "", "2022-09-30", {}, "", "", {})
        return Release(period, "Tỉnh Nhỏ", replace(origin, revision=1), folder, "vi", "pandoc")

    monkeypatch.setattr(publishing, "stage", stage)
    monkeypatch.setattr(publishing, "keep", lambda *_all: None)
    monkeypatch.setattr(publishing, "entry_page", lambda entries: repr(list(entries)).encode())


class Readers:
    """Readers who go from the way to the newest version through all its files, again and again."""

    def __init__(self, read) -> None:
        self.read, self.served, self.errors, self.seen = read, 0, [], set()
        self.end = threading.Event()
        self.threads = [threading.Thread(target=self._go, daemon=True) for _one in range(4)]

    def __enter__(self):
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_error) -> None:
        self.end.set()
        for thread in self.threads:
            thread.join(60)

    def _go(self) -> None:
        while not self.end.is_set():
            version = re.search(r"url=(r\d+-\w+)/", self.read("2022-09/index.html"))[1]
            pages = ["index.html", *(f"page-{i}.html" for i in range(FILES))]
            try:
                found = {
                    stamp
                    for page in pages
                    for stamp in re.findall("<p>(.*?)</p>", self.read(f"2022-09/{version}/{page}"))
                }
                assert len(found) == 1, found
            except Exception as error:
                # Whoever is slower than three publications begins again; nobody else has trouble.
                listed = json.loads(self.read("published.json"))["periods"]["2022-09"]
                if version in (listed["version"], *listed["older"]):
                    self.errors.append(repr(error))
                    return
                continue
            self.seen |= found
            self.served += len(pages) + 1


def test_who_reads_from_nginx_during_swaps_never_sees_half(versions, project, tmp_path):
    place, work = tmp_path / "site", tmp_path / "nginx"
    work.mkdir()
    publish(MONTH, "public", str(place), quiet)

    def read(url):
        with urllib.request.urlopen(url, timeout=20) as answer:
            return answer.read().decode()

    with nginx(place, work) as address:
        with Readers(lambda name: read(f"{address}/{name}")) as readers:
            for _swap in range(30):
                publish(MONTH, "public", str(place), quiet)
                time.sleep(0.1)
        assert readers.errors == []
        assert readers.served > 100 and len(readers.seen) > 3
        # A version that is gone leads to the same page of the newest one.
        gone = f"{address}/2022-09/r001-000000000000/page-3.html"
        assert read(gone) == (place / "2022-09/current/page-3.html").read_text("utf-8")
    assert len([path for path in (place / "2022-09").iterdir() if path.name.startswith("r")]) == 3


def test_who_reads_from_a_store_of_objects_during_swaps_never_sees_half(versions, project):
    with object_store():
        address = "s3://chiso/766"
        publish(MONTH, "public", address, quiet)
        store = fsspec.filesystem("s3", skip_instance_cache=True, use_listings_cache=False)
        with Readers(lambda name: store.cat_file(f"chiso/766/{name}").decode()) as readers:
            for _swap in range(8):
                publish(MONTH, "public", address, quiet)
        assert readers.errors == []
        assert readers.served > 50 and len(readers.seen) > 2
        place = open_place(address)
        assert len(place.versions("2022-09")) == publishing_rules().kept
        kind = store.info("chiso/766/2022-09/index.html")["ContentType"]
        assert kind == "text/html"
        unpublish(MONTH, "public", address, quiet)
        store.invalidate_cache()
        assert sorted(store.find("chiso/766")) == [
            "chiso/766/index.html",
            "chiso/766/published.json",
        ]


def test_stopped_anywhere_the_last_version_is_whole_and_the_next_run_finishes(
    versions, project, tmp_path, monkeypatch
):
    """Stopped before each of the steps that change the place, of which there are so many."""
    place = str(tmp_path)
    steps = ("put_folder", "put", "point", "remove")
    publish(MONTH, "public", place, quiet)
    publish(MONTH, "public", place, quiet)
    publish(MONTH, "public", place, quiet)
    stopped, at = True, 0
    while stopped:
        before, count = published(open_place(place), "public"), iter(range(100))
        with monkeypatch.context() as patch:
            for name in steps:
                real = getattr(Place, name)

                def step(self, *arguments, real=real, count=count, at=at):
                    if next(count) == at:
                        raise KeyboardInterrupt
                    return real(self, *arguments)

                patch.setattr(Place, name, step)
            try:
                publish(MONTH, "public", place, quiet)
                stopped = False
            except KeyboardInterrupt:
                pass
        way = (tmp_path / "2022-09/index.html").read_text("utf-8")
        leads = re.search(r"url=(r\d+-\w+)/", way)[1]
        assert len(names(tmp_path / "2022-09" / leads)) == FILES + 1
        assert len(names(tmp_path / "2022-09/current/")) == FILES + 1
        for version in before.periods["2022-09"].older[:1]:
            assert len(names(tmp_path / "2022-09" / version)) == FILES + 1
        shown, _new = publish(MONTH, "public", place, quiet)
        own = {shown.version, *shown.older, "current", "index.html", "periods.js"}
        assert names(tmp_path / "2022-09") == own
        at += 1
    assert at > 5


def test_the_newest_versions_stay_and_no_other(versions, project, tmp_path):
    for _version in range(5):
        shown, _new = publish(MONTH, "public", str(tmp_path), quiet)
    assert len(shown.older) == publishing_rules().kept - 1
    folders = {path.name for path in (tmp_path / "2022-09").iterdir() if path.name[0] == "r"}
    assert folders == {shown.version, *shown.older}


def test_what_is_published_nowhere_any_more_is_kept_no_longer(versions, tmp_path, monkeypatch):
    monkeypatch.setattr(publishing, "keep", keep)
    own = make_project(tmp_path / "project")
    monkeypatch.setenv("CHISO_PROJECT", str(own))
    said: list[str] = []
    for _version in range(publishing_rules().kept + 1):
        shown, _new = publish(MONTH, "public", "site", said.append)
    notes = own / "data/kept/2022-09"
    assert {path.stem for path in notes.glob("*.json")} == {shown.version, *shown.older}
    (line,) = said
    assert line.startswith("1 bản của tháng 9/2022 không còn đăng ở đâu")
    unpublish(MONTH, "public", "site", said.append)
    assert said[1].startswith(f"{publishing_rules().kept} bản của tháng 9/2022")
    assert not [path for path in (own / "data/kept").rglob("*") if path.is_file()]


def test_a_store_that_does_not_answer_is_one_clear_message(project, monkeypatch):
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "a")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "b")
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    with pytest.raises(UserError, match="Không dùng được nơi đăng"):
        publish(MONTH, "public", "s3://nobody/766", quiet)


# Killed with all that they started, at random moments.

MOMENTS = pytest.mark.parametrize("moments", [2, pytest.param(50, marks=pytest.mark.long)])


def test_a_run_takes_the_moment_that_a_test_gives_for_this_one(made, tmp_path):
    """On which those below rely: two runs on both sides of midnight write another day."""
    days = []
    for at in ("2030-01-01T23:59", "2030-01-02T00:01"):
        place = tmp_path / at[:10]
        arguments = ("publish", "--period", "2022-09", "--to", str(place))
        assert start_marked(made, at, *arguments, at=at).wait() == 0
        listed = json.loads((place / "published.json").read_text("utf-8"))
        days.append(listed["periods"]["2022-09"]["published_on"])
    assert days == ["2030-01-01", "2030-01-02"]


@MOMENTS
def test_publish_killed_at_random_moments(made, project, tmp_path, monkeypatch, moments):
    """Over an older version beside another period, and to a place where nothing is: what leads somewhere
    leads to a whole version."""
    place, before, kept = tmp_path / "place", tmp_path / "before", made / "data/kept"
    publish(YEAR, "public", str(before), quiet)
    with monkeypatch.context() as patch:
        patch.setattr(publishing, "keep", lambda *_all: None)
        patch.setattr(publishing, "stage", _older)
        publish(MONTH, "public", str(before), quiet)

    def prepare(content: Path | None) -> None:
        for folder in (place, kept):
            shutil.rmtree(folder, ignore_errors=True)
        if content:
            shutil.copytree(content, place, symlinks=True)

    def whole(now: State, after: State) -> None:
        way = now.get(str(place / "2022-09/index.html"))
        if way is None:
            return
        for version in (
            re.search(rb"url=(r\d+-\w+)/", way)[1],
            now[str(place / "2022-09/current")],
        ):
            begin = f"{place}/2022-09/{version.decode()}/"
            ours = {name for name in now if name.startswith(begin)}
            assert ours and ours in (
                {name for name in known if name.startswith(begin)} for known in (after, old)
            )

    old = {str(place / path.relative_to(before)): b"" for path in before.rglob("*.*")}
    arguments = ("publish", "--period", "2022-09", "--to", str(place))
    scenes = [
        Scene(lambda content=content: prepare(content), arguments) for content in (before, None)
    ]
    kill_at_random(made, [place, kept], scenes[: moments // 2], moments, whole)


def _older(period, _audience, folder):
    """A version of a month that was before: two pages."""
    for name in ("index", "so-a"):
        (folder / f"{name}.html").write_text(f"<p>{name}</p>", "utf-8")
    origin = Provenance(period.name, "H99", "", "", {}, "", "2022-09-30", {}, "", "", {})
    return Release(period, "UBND tỉnh Nhỏ", replace(origin, revision=1), folder, "vi", "pandoc")


@pytest.mark.parametrize("moments", [1, pytest.param(20, marks=pytest.mark.long)])
def test_a_report_killed_while_it_counts_and_stores(made, tmp_path, moments):
    """With and without the site of before: the store opens and all its revisions are whole."""
    project = tmp_path / "project"
    shutil.copytree(made, project)
    store, reports = project / "data/store", project / "reports"
    sites = [reports / "_site/2022-09", reports / "_internal/2022-09"]

    def prepare(with_site: bool) -> None:
        shutil.rmtree(store, ignore_errors=True)
        for folder in sites:
            shutil.rmtree(folder, ignore_errors=True)
            if with_site:
                shutil.copytree(made / folder.relative_to(project), folder)

    def whole(_now: State, _after: State) -> None:
        for one in revisions.history(store):
            revisions.load(store, one.province, one.period, one.revision)

    arguments = ("report", "--period", "2022-09", "--jobs", "1")
    scenes = [Scene(lambda with_site=one: prepare(with_site), arguments) for one in (True, False)]
    kill_at_random(
        project,
        [store, reports / "_site", reports / "_internal"],
        scenes[: moments // 2 or 1],
        moments,
        whole,
    )
