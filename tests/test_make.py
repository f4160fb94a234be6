"""What a user gives to make reaches the commands as it is: no value is a command, for the shell or for make."""

import os
import re
import subprocess

import pytest
from conftest import ROOT

PARTS = {name: (ROOT / name).read_text("utf-8") for name in ("Makefile", "develop.mk")}
MAKEFILE = "".join(PARTS.values())
GIVEN = (
    re.search(r"^GIVEN := ((?:.*\\\n)*.*)", MAKEFILE, re.MULTILINE)[1].replace("\\\n", " ").split()
)
TARGETS = [
    name
    for line in re.findall(r"^\.PHONY: (\w.* \w.*)", MAKEFILE, re.MULTILINE)
    for name in line.split()
]
# Each makes a file of its own if any part of it is obeyed.
HOSTILE = (
    "x'; touch DIR/a; echo '",
    'x"; touch DIR/b; echo "',
    "$(shell touch DIR/c)",
    "$$(touch DIR/d)`touch DIR/e`",
    "x\ntouch DIR/f",
    "x'\ntouch DIR/g\n'",
    "x\\",
    "$(call quote,x'; touch DIR/h; ')",
    "*; touch DIR/i #",
)


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    """The Makefile with programs that say how they are called, one argument a line."""
    folder = tmp_path_factory.mktemp("make")
    for name, text in PARTS.items():
        (folder / name).write_text(text, encoding="utf-8")
    for name in ("requirements.lock", "pyproject.toml", "requirements-dev.lock"):
        (folder / name).touch()
    catalogue = folder / "chiso/base/locale/vi/LC_MESSAGES/chiso"
    catalogue.parent.mkdir(parents=True)
    for ending in (".po", ".mo"):
        catalogue.with_suffix(ending).touch()
    (folder / "tests").mkdir()
    for name in ("browser", "postgres", "nginx", "libreoffice"):
        (folder / f"tests/install-{name}.sh").touch()
    bin_folder = folder / ".venv/bin"
    bin_folder.mkdir(parents=True)
    for name in ("chiso", "python", "uv", "pybabel", "jupyter", "ruff", "mypy", "pytest"):
        program = bin_folder / name
        program.write_text("#!/bin/sh\nprintf '%s\\n' \"$@\"\n", encoding="utf-8")
        program.chmod(0o755)
    return folder


def make(project, *words, env=None):
    (project / ".venv/.ready").write_text(str(project), encoding="utf-8")
    (project / ".venv/.develop").touch()
    (project / "chiso/base/locale/vi/LC_MESSAGES/chiso.mo").touch()
    # The checks themselves are started by make, which hands on how it was called.
    own = {k: v for k, v in (env or os.environ).items() if not k.startswith(("MAKE", "MFLAGS"))}
    return subprocess.run(
        ["make", *words], cwd=project, env=own, capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize("target", [one for one in TARGETS if one not in ("help", "clean")])
def test_no_value_of_any_variable_is_obeyed_by_any_target(project, tmp_path, target):
    for text in HOSTILE:
        value = text.replace("DIR", str(tmp_path))
        make(project, target, *(f"{name}={value}" for name in GIVEN))
        assert [path.name for path in tmp_path.iterdir()] == [], (target, value)


def test_a_value_reaches_the_command_as_one_word(project):
    for text in ("x'; touch y; echo '", "hai  chữ", "$(shell touch y)", "$HOME", "--help"):
        said = make(project, "demo", f"OUT={text}").stdout.splitlines()
        assert said == ["demo", "--out", text]


def test_a_target_that_there_is_not_is_asked_of_chiso_and_not_obeyed(project, tmp_path):
    for text in HOSTILE:
        word = text.replace("DIR", str(tmp_path))
        make(project, word)
        assert [path.name for path in tmp_path.iterdir()] == [], word
    assert make(project, "new").stdout.splitlines() == ["new", "--help"]
    assert make(project, "x'; touch y; echo '").stdout.splitlines()[-2:] == [
        "x'; touch y; echo '",
        "--help",
    ]


def test_a_value_of_the_environment_is_none_to_obey_either(project, tmp_path):
    for text in HOSTILE:
        value = text.replace("DIR", str(tmp_path))
        make(project, "report", env={**os.environ, "PERIOD": value, "UNIT": value})
        assert [path.name for path in tmp_path.iterdir()] == [], value


def test_what_make_names_for_itself_is_not_for_users_to_change(project, tmp_path):
    value = f"x; touch {tmp_path}/a"
    own = (
        "RUN",
        "VENV",
        "BIN",
        "READY",
        "DEVELOP",
        "CATALOGUE",
        "LOCK",
        "MOVED",
        "NAMED",
        "PLACE",
        "ROOMS",
        "quote",
        "newline",
    )
    done = make(project, "publish", *(f"{name}={value}" for name in own))
    assert done.stdout.splitlines() == ["publish"]
    assert list(tmp_path.iterdir()) == []


def test_every_variable_that_a_user_gives_is_listed_and_only_used_by_its_text():
    rules = MAKEFILE.partition(".DEFAULT_GOAL")[2]
    assert set(re.findall(r"\$\(value (\w+)\)", MAKEFILE)) - {"NAME"} <= set(GIVEN)
    for name in GIVEN:
        assert f"$({name})" not in MAKEFILE, name
    used = set(re.findall(r"\$\(([A-Z_]+)\)", rules))
    assert used <= {
        "RUN",
        "VENV",
        "BIN",
        "READY",
        "DEVELOP",
        "CATALOGUE",
        "LOCK",
        "MOVED",
        "NAMED",
        "PLACE",
        "ROOMS",
        "CURDIR",
        "MAKEFILE_LIST",
    }


def test_where_no_python_is_named_it_is_python3_that_makes_the_environment(project):
    assert "'python3' -c" in make(project, "--dry-run", "--always-make", "setup").stdout
    named = make(project, "--dry-run", "--always-make", "setup", "PYTHON=/opt/python").stdout
    assert "'/opt/python' -c" in named
