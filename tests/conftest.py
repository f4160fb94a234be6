"""What tests share: a project of their own to write in, the command line, a browser."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from few_pages import keep_few
from hypothesis import settings

from chiso.base.i18n import use_language

ROOT = Path(__file__).resolve().parent.parent
SAMPLE = ROOT / "data" / "samples" / "dak-lak-2026-10-10"
Run = Callable[..., subprocess.CompletedProcess[str]]

# No test asserts a time.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")


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


@pytest.fixture(scope="session")
def sample_site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site of the published sample, built once as `make report PERIOD=2026` builds it."""
    folder = make_project(tmp_path_factory.mktemp("sample") / "project")
    done = run_chiso("report", "--period", "2026", project=folder)
    assert done.returncode == 0, done.stderr
    return folder / "reports" / "_site" / "2026"


@pytest.fixture(scope="session")
def browser() -> Iterator:
    """Headless Chromium, as installed by tests/install-browser.sh."""
    from playwright.sync_api import sync_playwright

    program = shutil.which("chromium") or shutil.which("chromium-browser")
    assert program, "Chromium is missing: apt-get install chromium"
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(
            executable_path=program,
            args=[
                "--no-sandbox",
                "--disable-gpu",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
            ],
        )
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
