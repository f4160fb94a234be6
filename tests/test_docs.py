"""What the READMEs promise is there, and what is there stands in them."""

import re
import subprocess

import pytest
from conftest import ROOT

from chiso.cli import commands

READMES = ("README.md", "README.vi.md")


@pytest.mark.parametrize("name", READMES)
def test_every_command_is_named_and_no_other(name):
    named = set(re.findall(r"^\| `chiso ([\w-]+)", (ROOT / name).read_text("utf-8"), re.MULTILINE))
    assert named == set(commands().commands)


@pytest.mark.parametrize("name", READMES)
def test_every_option_that_is_written_exists(name):
    text = (ROOT / name).read_text("utf-8")
    for command, line in re.findall(r"^\| `chiso ([\w-]+)([^`]*)`", text, re.MULTILINE):
        known = {option for p in commands().commands[command].params for option in p.opts}
        assert set(re.findall(r"--[\w-]+", line)) <= known, command


@pytest.mark.parametrize("name", READMES)
@pytest.mark.programs
def test_every_target_of_make_that_is_written_exists(name):
    listed = subprocess.run(
        ["make", "help"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout
    targets = set(re.findall(r"^([\w-]+) ", listed, re.MULTILINE))
    assert (
        set(re.findall(r"(?:^|`)make ([\w-]+)", (ROOT / name).read_text("utf-8"), re.MULTILINE))
        <= targets
    )


def test_every_link_of_the_documents_leads_somewhere():
    for page in [*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")]:
        for target in re.findall(r"\]\(([^)#]+)\)", page.read_text("utf-8")):
            assert "://" in target or (page.parent / target).exists(), f"{page.name}: {target}"


def test_every_document_is_linked_from_the_front_page():
    text = (ROOT / "README.md").read_text("utf-8")
    missing = [d.name for d in (ROOT / "docs").glob("*.md") if f"docs/{d.name}" not in text]
    assert missing == []
