"""A project outside the repository: the wheel, `chiso init`, and the commands in what it makes."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest
from conftest import ROOT
from few_pages import keep_few

from chiso.base import new_project
from chiso.base.errors import UserError
from chiso.base.locations import project_root
from chiso.base.period import parse_period
from chiso.base.project_files import PARTS, project_files
from chiso.publishing.parameter_files import faults
from chiso.rules.letter_rules import letter_rules
from chiso.rules.settings import load_settings
from chiso.rules.units import load_tree


def run(*command, cwd, path="", **more):
    """What a program says outside of every project: nothing in the environment names one."""
    kept = {
        k: v
        for k, v in os.environ.items()
        if not k.startswith(("CHISO", "PYTHONPATH", "MAKE", "MFLAGS"))
    }
    own = {**kept, "LANGUAGE": "vi", "PATH": f"{path}{os.pathsep}{kept['PATH']}", **more}
    return subprocess.run(
        [*map(str, command)], cwd=cwd, env=own, capture_output=True, text=True, check=False
    )


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    """The folder of the programs of an environment that has the wheel, and what it stands on from ours."""
    place = tmp_path_factory.mktemp("wheel")
    uv = Path(sys.executable).with_name("uv")
    for command in (
        (
            "build",
            "--wheel",
            "--no-build-isolation",
            "--python",
            sys.executable,
            "--out-dir",
            place,
            ROOT,
        ),
        ("venv", "--python", sys.executable, place / "môi trường"),
        (
            "pip",
            "install",
            "--no-deps",
            "--python",
            place / "môi trường/bin/python",
            place / "WHEEL",
        ),
    ):
        words = [next(place.glob("*.whl")) if one == place / "WHEEL" else one for one in command]
        done = run(uv, "--offline", *words, cwd=place)
        assert done.returncode == 0, done.stderr
    site = next((place / "môi trường/lib").glob("*/site-packages"))
    (site / "ours.pth").write_text(sysconfig.get_path("purelib") + "\n", "utf-8")
    # Programs and templates of Jupyter are not among the modules.
    home = site.parent.parent.parent
    (home / "share").symlink_to(Path(sys.prefix) / "share")
    return home / "bin"


@pytest.mark.programs
def test_who_installed_the_wheel_makes_a_project_and_reports_in_it(installed, tmp_path):
    chiso = installed / "chiso"
    lost = run(chiso, "history", cwd=tmp_path)
    assert lost.returncode == 2 and f"{tmp_path} không phải là dự án" in lost.stderr
    done = run(chiso, "init", "tỉnh ta", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    project = tmp_path / "tỉnh ta"
    assert f"Đã tạo dự án: {project}" in done.stdout
    assert f"{project}/docs/vi/tinh-khac.md" in done.stdout
    assert set(project_files(project)) == set(project_files(ROOT))
    keep_few(project)
    told = run("make", "report", "PERIOD=2026", "UNIT=H15.15", cwd=project, path=installed)
    assert told.returncode == 0, told.stderr
    site = project / "reports/_site/2026"
    assert {"index.html", "H15.15.html", "H15.15.pdf"} <= {path.name for path in site.iterdir()}
    # From a folder below, and of invented records.
    demo = run(chiso, "demo", "--dossiers-per-month", "300", cwd=project)
    assert demo.returncode == 0 and (project / "data/demo/truth").is_dir(), demo.stderr
    counted = run(chiso, "check", "--period", "2022-09", cwd=project / "notebooks")
    assert counted.returncode in (0, 1) and "Traceback" not in counted.stderr, counted.stderr
    said = run(
        installed / "python", "-c", "import chiso; print(chiso.__file__)", cwd=project
    ).stdout
    assert str(installed.parent) in said


@pytest.mark.programs
def test_a_makefile_without_the_program_says_what_to_do(tmp_path):
    shutil.copy(ROOT / "Makefile", tmp_path)
    done = run("make", "history", cwd=tmp_path, PATH="/usr/bin:/bin")
    assert done.returncode == 2 and "chưa" not in done.stdout
    assert "Không tìm thấy chương trình chiso" in done.stderr
    listed = run("make", "-s", "help", cwd=tmp_path).stdout
    assert "report" in listed and "test-long" not in listed


def test_a_project_has_everything_that_its_guide_links_to():
    """tests/test_docs.py asks that the links lead somewhere in the repository."""
    there = {path.as_posix() for path in project_files(ROOT)}
    for target in re.findall(r"\]\(([^)#]+)", (ROOT / "README.vi.md").read_text("utf-8")):
        assert "://" in target or target in there, target
    assert all((ROOT / part).exists() for part in PARTS)


def test_what_is_built_is_no_part_of_a_new_project(project):
    before = set(project_files(project))
    for name in (
        "reports/_site/2026",
        "reports/.cache",
        "notebooks/.ipynb_checkpoints",
        "data/store",
    ):
        (project / name).mkdir(parents=True)
        (project / name / "x.html").touch()
    assert set(project_files(project)) == before != set()


def test_an_editor_knows_the_parameter_files_of_a_new_project(tmp_path):
    """docs/vi/params.md says that nothing is to be installed for it."""
    made = new_project.make_project(tmp_path / "new")
    known = json.loads((made / ".vscode/settings.json").read_text("utf-8"))["yaml.schemas"]
    assert known and all((made / schema).is_file() for schema in known)
    assert all(list(made.glob(files)) for globs in known.values() for files in globs)


@pytest.mark.programs
def test_another_province_begins_as_its_how_to_says(tmp_path, monkeypatch):
    """Its blocks are run and written as they stand there; without assignments nothing is wrong."""
    made = new_project.make_project(tmp_path / "new")
    monkeypatch.setenv("CHISO_PROJECT", str(made))
    how_to = (made / "docs/vi/tinh-khac.md").read_text("utf-8")
    (commands,) = re.findall(r"```sh\n(.*?)```", how_to, re.DOTALL)
    subprocess.run(["/bin/sh", "-ec", commands], cwd=made, check=True)
    written = re.findall(r"```yaml\n# (params/\S+)\n(.*?)```", how_to, re.DOTALL)
    for name, text in written:
        (made / name).write_text(text, "utf-8")
    assert len(written) == 2 and list(faults()) == []
    settings = load_settings(parse_period("2026"))
    tree = load_tree(settings.units)
    assert (tree.province, settings.assignments) == ("H15", None)
    assert letter_rules().office_of(tree) in tree.units and not settings.is_illustrative


@pytest.mark.parametrize("there", ["file", "folder", "link"])
def test_a_folder_that_holds_anything_is_left_alone(tmp_path, chiso, there):
    target = tmp_path / "mine"
    held = tmp_path / "held"
    if there == "file":
        target.write_text("của tôi", "utf-8")
    else:
        folder = target if there == "folder" else held
        folder.mkdir()
        (folder / "a").write_text("của tôi", "utf-8")
        if there == "link":
            target.symlink_to(held)
    before = sorted(tmp_path.rglob("*"))
    done = chiso("init", target)
    assert done.returncode == 2 and "không thay đổi gì" in done.stderr
    assert "Traceback" not in done.stderr and "chiso init THƯ_MỤC" in done.stderr
    assert sorted(tmp_path.rglob("*")) == before


def test_an_empty_folder_becomes_the_project_but_not_the_one_that_one_stands_in(
    tmp_path, monkeypatch
):
    (tmp_path / "new").mkdir()
    monkeypatch.chdir(tmp_path / "new")
    for name in (".", "..", tmp_path):
        with pytest.raises(UserError):
            new_project.make_project(Path(name))
    monkeypatch.chdir(tmp_path)
    made = new_project.make_project(Path("new"))
    assert made == tmp_path / "new" and (made / "params/defaults.yml").is_file()
    assert [path.name for path in tmp_path.iterdir()] == ["new"]


def test_what_somebody_puts_there_meanwhile_stays(tmp_path, monkeypatch):
    def slowly(source, target):
        (tmp_path / "new").mkdir(exist_ok=True)
        (tmp_path / "new/theirs").touch()

    monkeypatch.setattr(new_project.shutil, "copyfile", slowly)
    with pytest.raises(UserError):
        new_project.make_project(tmp_path / "new")
    assert [path.name for path in tmp_path.rglob("*")] == ["new", "theirs"]


KILLED = """
import os, shutil, signal, sys
from pathlib import Path
from chiso.base import new_project
left, copy = int(sys.argv[2]), shutil.copyfile
def copyfile(*paths):
    global left
    left -= 1
    if not left:
        os.kill(os.getpid(), signal.SIGKILL)
    copy(*paths)
shutil.copyfile = copyfile
new_project.make_project(Path(sys.argv[1]))
"""


@pytest.mark.parametrize("file", [1, 60])
@pytest.mark.programs
def test_a_killed_run_leaves_no_half_project_and_the_next_one_nothing_of_it(tmp_path, file):
    target = tmp_path / "new"
    killed = run(sys.executable, "-c", KILLED, target, str(file), cwd=tmp_path)
    assert killed.returncode == -signal.SIGKILL and not target.exists()
    assert len(list(tmp_path.iterdir())) == 1
    new_project.make_project(target)
    assert [path.name for path in tmp_path.iterdir()] == ["new"]


def test_the_project_is_the_one_named_then_the_one_around_then_the_programs(
    project, monkeypatch, tmp_path
):
    assert project_root() == project
    monkeypatch.delenv("CHISO_PROJECT")
    monkeypatch.chdir(project / "notebooks")
    assert project_root() == project
    monkeypatch.chdir(tmp_path)
    assert project_root() == ROOT


def test_the_help_has_examples(chiso):
    assert "Ví dụ: chiso init hung-yen" in chiso("init", "--help").stdout
