"""The tutorial's commands, one after the other as they stand there, in a project of their own."""

import os
import re
import subprocess

import pytest
from conftest import ROOT, make_project

TEXT = (ROOT / "docs/vi/tutorial.md").read_text("utf-8")
STEPS = re.findall(r"^```sh\n(.*?)^```", TEXT, re.MULTILINE | re.DOTALL)
# From here on pages are made.
PAGES = next(i for i, step in enumerate(STEPS) if step.startswith("make report"))


def project_with_make(folder):
    """A project as it is after `make setup`, with the programs of the one that is tested."""
    make_project(folder)
    (folder / "chiso").symlink_to(ROOT / "chiso")
    programs = folder / ".venv/bin"
    programs.mkdir(parents=True)
    for name in ("chiso", "python", "uv", "pybabel"):
        (programs / name).symlink_to(ROOT / ".venv/bin" / name)
    (folder / ".venv/.ready").write_text(str(folder), "utf-8")
    # All older than the catalogue: nothing is to be made.
    shipped = ("Makefile", "develop.mk", "requirements.lock", "pyproject.toml")
    for name in shipped:
        (folder / name).write_bytes((ROOT / name).read_bytes())
    for age, name in enumerate((*shipped, ".venv/.ready")):
        os.utime(folder / name, (age, age))
    return folder


def follow(folder, steps):
    """Run them as a reader would; what was said."""
    own = {k: v for k, v in os.environ.items() if not k.startswith(("MAKE", "MFLAGS"))}
    told = []
    for step in steps:
        done = subprocess.run(
            ["sh", "-e", "-c", step],
            cwd=folder,
            env={**own, "CHISO_PROJECT": str(folder), "LANGUAGE": "vi"},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, f"{step}\n{done.stdout}\n{done.stderr}"
        told.append(done.stdout)
    return told


def test_up_to_the_check_the_tutorial_does_what_it_says(tmp_path):
    folder = project_with_make(tmp_path / "chiso")
    told = "".join(follow(folder, STEPS[:PAGES]))
    assert "Đã tạo data/2022-09/" in told and "Sổ so-tu-phap_2022_10_03" in told
    assert (folder / "data/2022-09/set-aside/2022-09.xlsx").is_file()


@pytest.mark.long
def test_the_whole_tutorial_ends_with_a_published_period(tmp_path):
    folder = project_with_make(tmp_path / "chiso")
    follow(folder, STEPS)
    assert any((folder / "reports/_letters/2022-09").rglob("*.docx"))
    assert any((folder / "data/dang-thu").rglob("so-tu-phap.html"))
    page = (folder / "reports/_site/2022-09/so-tu-phap.html").read_text("utf-8")
    assert "bố trí thêm người tiếp nhận" in page
