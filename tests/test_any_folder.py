"""The project set up and used in a folder whose name has spaces, accents and an apostrophe, in the
locales that know none of them."""

import os
import shutil
import subprocess
import sys

import pytest
from conftest import ROOT, make_project
from few_pages import keep_few

FOLDER = "Báo cáo tỉnh Đắk Lắk's/chỉ số"
LOCALE = ("LANG", "LANGUAGE", "LC_ALL", "LC_CTYPE", "PYTHONUTF8")
SAMPLE = "data/samples/dak-lak-2026-10-10/counts.csv"


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A copy of the project that holds nothing built, with three units in its sample."""
    project = make_project(tmp_path_factory.mktemp("any") / FOLDER)
    for name in (
        "Makefile",
        "develop.mk",
        "hatch_build.py",
        "pyproject.toml",
        "requirements.lock",
        "requirements-dev.lock",
        "README.md",
    ):
        shutil.copy(ROOT / name, project / name)
    ignored = shutil.ignore_patterns("__pycache__", "*.mo")
    shutil.copytree(ROOT / "chiso", project / "chiso", ignore=ignored)
    keep_few(project)
    return project


def run(folder, *command, **locale):
    """What a program says in the folder, in a locale and with nothing else of this process's one."""
    # The tests may be run by make, which speaks to the makes below it through the environment.
    ours = (*LOCALE, "MAKEFLAGS", "MAKELEVEL", "MFLAGS")
    kept = {name: value for name, value in os.environ.items() if name not in ours}
    return subprocess.run(
        command, cwd=folder, env={**kept, **locale}, capture_output=True, text=True, check=False
    )


def make(folder, *words, **locale):
    done = run(folder, "make", f"PYTHON={sys._base_executable}", *words, **locale)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_every_target_works_in_any_folder(folder):
    plain = {"LANG": "C"}
    make(folder, "setup", **plain)
    said = make(folder, "report", "PERIOD=2026", "UNIT=H15.15", **plain)
    site = folder / "reports/_site/2026"
    assert f"{site}/index.html" in said
    assert {"H15.15.html", "H15.15.pdf", "H15.15.docx"} <= {path.name for path in site.iterdir()}
    assert "H15   2026  1" in make(folder, "history", **plain)
    assert "H15.15.md" in make(folder, "comment", "PERIOD=2026", "UNIT=H15.15", **plain)
    out = "data/điểm's"
    make(folder, "score", f"COUNTS={SAMPLE}", "SET=766-portal-2026", f"OUT={out}", **plain)
    assert (folder / out / "totals.csv").is_file()
    done = run(folder, "make", "cases", "PERIOD=2026", "UNIT=H15.15", "INDICATOR=5", **plain)
    assert "không có hồ sơ đi kèm" in done.stderr and "Traceback" not in done.stderr
    # Those that take minutes or a browser: the shell can read what make would have it do.
    for target in ("demo", "check", "lab", "lint", "test", "bench", "lock", "clean"):
        lines = make(folder, "--dry-run", target, f"OUT={out}", f"RECORDS={out}", **plain)
        read = subprocess.run(
            ["sh", "-n"], input=lines, text=True, capture_output=True, check=False
        )
        assert read.returncode == 0, (target, read.stderr)
    # Python reads .pth files in the locale's encoding, whatever it speaks itself.
    none = {"LC_ALL": "C"}
    assert "lần này lập 1 trang" in make(folder, "report", "PERIOD=2026", "UNIT=H15.15", **none)
    done = run(folder, ".venv/bin/chiso", "history", **none)
    assert done.returncode == 0 and "H15   2026  1" in done.stdout, done.stderr
    # Moved or copied, it does not go on with the program of the folder that it was.
    moved = folder.rename(folder.parent / "nơi khác")
    assert "H15   2026  1" in make(moved, "history", **plain)
    assert str(moved) in run(moved, ".venv/bin/python", "-c", "import chiso; print(chiso)").stdout
