"""What a release consists of: one version, a changelog that release notes are made from, conda's way to the lock."""

import re
import tomllib

import audit
import pytest
import release_notes
import yaml
from conftest import ROOT
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name
from packaging.version import Version

import chiso

CHANGELOG = (ROOT / "CHANGELOG.md").read_text("utf-8")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
# What conda brings: programs, and Python itself.
PROGRAMS = {"python", "make", "git", "quarto"}


def test_the_version_stands_in_one_place_and_is_a_semantic_one():
    assert re.fullmatch(r"\d+\.\d+\.\d+", chiso.__version__)
    assert "version" not in PROJECT and PROJECT["dynamic"] == ["version"]


def test_sections_of_the_changelog_run_from_the_newest_to_the_oldest():
    released = [one for one in release_notes.sections(CHANGELOG) if one != release_notes.UNRELEASED]
    assert [Version(one) for one in released] == sorted(map(Version, released), reverse=True)
    assert all(re.search(rf"^## {one} \(\d\d/\d\d/\d{{4}}\)$", CHANGELOG, re.M) for one in released)
    # What is not released yet comes after what is.
    assert not released or Version(chiso.__version__) >= Version(released[0])


def test_every_entry_of_the_changelog_has_a_kind_and_is_in_the_notes():
    for title, section in release_notes.sections(CHANGELOG).items():
        found = release_notes.entries(section)
        assert len(found) == len(re.findall(r"^- ", section, re.M)), title
        assert {kind for kind, _words in found} <= set(release_notes.KINDS), title
        told = release_notes.notes(CHANGELOG, title)
        assert all(f"- {words}\n" in told for _kind, words in found)


def test_notes_are_those_of_the_newest_section_or_of_the_version_that_is_asked_for():
    text = (
        "# Changelog\n\n## Unreleased\n\n- **Fixed** A number\n  of two lines.\n- **New** A page.\n\n"
        "## 0.2.0 (01/12/2026)\n\n- **Changed** Words.\n\n## 0.1.0 (30/11/2026)\n\n- **New** All.\n"
    )
    newest = "# chiso Unreleased\n\n## New\n\n- A page.\n\n## Mended\n\n- A number of two lines.\n"
    assert release_notes.notes(text) == newest
    assert release_notes.notes(text, "0.2.0") == "# chiso 0.2.0\n\n## Changed\n\n- Words.\n"
    with pytest.raises(KeyError):
        release_notes.notes(text, "0.3.0")


def test_a_version_that_is_not_there_is_told(capsys):
    assert release_notes.main(["9.9.9"]) == 2
    assert "9.9.9" in capsys.readouterr().err


def test_conda_brings_programs_and_every_package_of_python_comes_from_the_lock():
    """So that both ways end with the same versions: `make setup` puts the lock's into .venv in either."""
    listed = yaml.safe_load((ROOT / "environment.yml").read_text("utf-8"))
    assert listed["channels"] == ["conda-forge"]
    assert all(isinstance(one, str) for one in listed["dependencies"]), "no part for pip"
    pins = dict(re.fullmatch(r"([\w-]+)(.*)", one).groups() for one in listed["dependencies"])
    assert set(pins) == PROGRAMS
    assert not {canonicalize_name(name) for name in pins} & set(
        audit.locked(ROOT / "requirements.lock")
    )
    # The Python for which the lock was made.
    made_for = re.search(r"--python-version (\S+)", (ROOT / "develop.mk").read_text("utf-8"))[1]
    assert pins["python"] == f"={made_for}" and made_for in SpecifierSet(PROJECT["requires-python"])
    assert "pip sync --python $(BIN)/python --quiet requirements.lock" in (
        ROOT / "develop.mk"
    ).read_text("utf-8")
