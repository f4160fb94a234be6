"""What tests share: a project of their own to write in, the command line, a browser."""

from __future__ import annotations

import gc
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from few_pages import keep_few, keep_short
from hypothesis import settings
from quick import keep_quick, pytest_addoption, pytest_collection_finish, pytest_ignore_collect

from chiso.base.files import only_one
from chiso.base.i18n import use_language

ROOT = Path(__file__).resolve().parent.parent
SAMPLE = ROOT / "data" / "samples" / "dak-lak-2026-10-10"
Run = Callable[..., subprocess.CompletedProcess[str]]

# The files that take longest: they begin first, so that no worker is left with one of them at the end.
LONGEST = (
    "test_demo_site.py", "test_report_again.py", "test_canaries.py", "test_measures.py", "test_hostile.py",
    "test_faults.py", "test_databases.py", "test_reconcile.py", "test_spark_cluster.py", "test_also.py",
    "test_kill.py", "test_quarto.py", "test_letters_story.py", "test_records.py", "test_report.py",
    "test_publish.py", "test_set_aside.py", "test_way_up.py", "test_pages.py", "test_exports.py",
    "test_fanout.py", "test_any_folder.py", "test_workbench.py", "test_preview.py", "test_verify.py",
    "test_letter_files.py", "test_tables_in_browser.py", "test_kernel.py", "test_correction.py",
)  # fmt: skip

# Spark's short runs end before what its JVM compiles best pays.
os.environ.setdefault("JAVA_TOOL_OPTIONS", "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC")

# What builds expressions and tables makes many objects that stay: to look through all of them a hundred times for
# rings of forgotten ones takes a tenth of the time.
gc.set_threshold(50_000, 20, 20)

# No test asserts a time.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")


# Hooks of this file too.
__all__ = ["pytest_addoption", "pytest_collection_finish", "pytest_ignore_collect"]


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """The files of LONGEST before all others; quick ones alone where they are asked for."""
    keep_quick(config, items)
    place = {name: number for number, name in enumerate(LONGEST)}
    items.sort(key=lambda item: place.get(item.path.name, len(place)))


@pytest.fixture(autouse=True)
def vietnamese() -> None:
    """Every test starts in the users' language."""
    use_language("vi")


def make_project(folder: Path) -> Path:
    """A copy of what a report needs, so that nothing is written into the real project."""
    for name in ("notebooks", "params"):
        shutil.copytree(ROOT / name, folder / name)
    shutil.copytree(ROOT / "data" / "samples", folder / "data" / "samples")
    built = shutil.ignore_patterns(
        *("_site", "_failed", "_internal", "_digest", "_due", "_letters", "_published", ".*")
    )
    shutil.copytree(ROOT / "reports", folder / "reports", ignore=built)
    return folder


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project of the test's own, in use for calls in this process too."""
    folder = make_project(tmp_path / "project")
    monkeypatch.setenv("CHISO_PROJECT", str(folder))
    return folder


@pytest.fixture
def small(project: Path) -> Path:
    """A project whose sample has three units."""
    keep_few(project)
    return project


@pytest.fixture
def chiso() -> Run:
    """Runs the command line in a process of its own, as a user does."""
    return run_chiso


def run_chiso(
    *arguments: str | Path, project: Path = ROOT, path: str = ""
) -> subprocess.CompletedProcess[str]:
    """`chiso ARGUMENTS` for a project; `path` goes before the PATH."""
    return subprocess.run(
        [str(Path(sys.executable).with_name("chiso")), *map(str, arguments)],
        env={
            **os.environ,
            "CHISO_PROJECT": str(project),
            "LANGUAGE": "vi",
            "PATH": f"{path}{os.pathsep if path else ''}{os.environ['PATH']}",
        },
        capture_output=True,
        text=True,
        check=False,
    )


def once(
    factory: pytest.TempPathFactory, name: str, build: Callable[[Path], None]
) -> Iterator[Path]:
    """A folder that `build` fills once in a run of the tests, whichever worker is the first to need it. Who
    uses it reads it or makes a copy: whoever has written into it fails at the end."""
    base = factory.getbasetemp()
    shared = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    folder, ready = shared / "once" / name, shared / "once" / f"{name}.ready"
    with only_one(folder):
        if not ready.exists():
            shutil.rmtree(folder, ignore_errors=True)
            build(folder)
            ready.touch()
    built = _written(folder)
    yield folder
    assert _written(folder) == built, f"other tests read {folder}, and one has written into it"


def _written(folder: Path) -> dict[Path, tuple[int, int]]:
    found = ((path, path.lstat()) for path in folder.rglob("*") if not path.is_dir())
    return {path: (stat.st_size, stat.st_mtime_ns) for path, stat in found}


def reported(folder: Path) -> None:
    """The first report of a project on the published sample."""
    done = run_chiso("report", "--period", "2026", project=folder)
    assert done.returncode == 0, done.stderr


@pytest.fixture(scope="session")
def sample_project(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A project after the report of the published sample, built as `make report PERIOD=2026` builds it."""
    yield from once(tmp_path_factory, "sample", lambda folder: reported(make_project(folder)))


@pytest.fixture(scope="session")
def sample_site(sample_project: Path) -> Path:
    """The site of the published sample."""
    return sample_project / "reports" / "_site" / "2026"


@pytest.fixture(scope="session")
def small_project(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A project whose sample has three units, after its first report."""

    def build(folder: Path) -> None:
        keep_few(make_project(folder))
        reported(folder)

    yield from once(tmp_path_factory, "small", build)


def own_copy(project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of a project that was built once, in use for calls in this process too."""
    folder = shutil.copytree(project, tmp_path / "project", symlinks=True)
    monkeypatch.setenv("CHISO_PROJECT", str(folder))
    return folder


@pytest.fixture
def built(small_project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of that project, of the test's own: what comes after a first report."""
    return own_copy(small_project, tmp_path, monkeypatch)


@pytest.fixture(scope="session")
def short_project(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The same with pages of a few lines: for tests of which pages are made, kept and lost, not of what they
    say."""

    def build(folder: Path) -> None:
        keep_few(make_project(folder))
        keep_short(folder)
        reported(folder)

    yield from once(tmp_path_factory, "short", build)


@pytest.fixture
def short(short_project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of that project, of the test's own."""
    return own_copy(short_project, tmp_path, monkeypatch)


@pytest.fixture(scope="session")
def browser() -> Iterator:
    """Headless Chromium, as installed by tests/install-browser.sh."""
    from chromium import launch
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        started = launch(playwright)
        yield started
        started.close()


@pytest.fixture
def open_page(browser, request):
    """Opens a page from its file, of the sample's site unless told; any request beyond the site's
    files fails the test."""
    contexts, elsewhere = [], []

    def opened(name, width=1280, scheme="light", site=None):
        context = browser.new_context(
            viewport={"width": width, "height": 900}, color_scheme=scheme, accept_downloads=True
        )
        contexts.append(context)
        page = context.new_page()
        page.on(
            "request", lambda r: r.url.startswith(("file:", "data:")) or elsewhere.append(r.url)
        )
        page.on("pageerror", lambda error: elsewhere.append(str(error)))
        folder = site or request.getfixturevalue("sample_site")
        page.goto((folder / f"{name}.html").as_uri())
        return page

    yield opened
    for context in contexts:
        context.close()
    assert elsewhere == []


def first_screen_ends(page):
    """Where the picture and who moved a class end, in pixels from the top."""
    page.set_viewport_size({"width": 1280, "height": 800})
    parts = page.locator(".brief > .chart, .brief > .fold").all()
    return [part.bounding_box()["y"] + part.bounding_box()["height"] for part in parts]
