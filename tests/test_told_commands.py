"""Every command that a document tells one to type is one that make, or chiso, understands: it is parsed, not run."""

import os
import re
import shlex
import subprocess

import click
import pytest
from conftest import ROOT

from chiso.cli import commands

# The changelog tells of commands that were.
DOCUMENTS = {*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")} - {ROOT / "CHANGELOG.md"}
BLOCK = re.compile(r"^ *```\w*\n(.*?)^ *```", re.MULTILINE | re.DOTALL)
# Where a command ends, and where one begins in what the program says: → make fetch, rồi make reconcile.
BETWEEN = re.compile(r"&&|[;|>→]|#.*|,\s|\brồi\b")
CHISO = re.compile(r"^(\.venv/bin/)?chiso ")


def commands_in(text):
    """The commands among lines that somebody types."""
    for line in text.replace("\\\n", " ").splitlines():
        for piece in BETWEEN.split(line):
            if re.match(r"make\s|" + CHISO.pattern, piece.strip()):
                yield piece.strip()


def told_in_blocks():
    """Commands that are there to be copied."""
    blocks = (block for path in DOCUMENTS for block in BLOCK.findall(path.read_text("utf-8")))
    return {command for block in blocks for command in commands_in(block)}


def told_within_lines():
    """Those of make that a sentence speaks of; what they need may be left out there."""
    texts = (BLOCK.sub("", path.read_text("utf-8")) for path in DOCUMENTS)
    found = {one for text in texts for one in re.findall(r"`(make\s[^`]*)`", text)}
    return {re.sub(r"\s\.\.\.(?=\s|$)", "", one) for one in found}


def make(*words):
    """What make would run for these words, all of it."""
    own = {
        key: value for key, value in os.environ.items() if not key.startswith(("MAKE", "MFLAGS"))
    }
    done = subprocess.run(
        ["make", "--dry-run", "--always-make", *words],
        cwd=ROOT,
        env=own,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def understood_by_make(words, is_whole):
    """AssertionError for a target that is none, a variable that it does not look at, a command of chiso that
    comes of it and is none."""
    given = [word for word in words if "=" in word]
    targets = [word for word in words if "=" not in word and not word.startswith("-")]
    would_run = make(*words)
    for target in targets:
        assert f"chiso '{target}' --help" not in would_run, f"no target: {target}"
    for one in given:
        others = [word for word in words if word != one]
        assert make(*others) != would_run, f"{targets} does not look at {one}"
    for line in would_run.replace("\\\n", " ").splitlines():
        if CHISO.match(line) and not line.endswith("--help"):
            understood_by_chiso(shlex.split(line)[1:], commands(), is_whole)


def understood_by_chiso(words, command, is_whole):
    """click's error, or AssertionError, for a command or an option that is none, or one that is missing."""
    context = click.Context(command)
    values, rest, _order = command.make_parser(context).parse_args(list(words))
    if isinstance(command, click.Group):
        assert rest and rest[0] in command.commands, f"no command: {words}"
        understood_by_chiso(rest[1:], command.commands[rest[0]], is_whole)
        return
    assert rest == [], f"nothing asks for {rest}"
    for parameter in command.params:
        value = values.get(parameter.name)
        is_lacking = is_whole and parameter.required and not value
        assert not is_lacking, f"{words}: {parameter.name}"
        if value is not None and isinstance(parameter.type, click.Choice | click.IntRange):
            parameter.type_cast_value(context, value)


def understood(command, is_whole=True):
    program, *words = shlex.split(command)
    if program == "make":
        understood_by_make(words, is_whole)
    else:
        understood_by_chiso(words, commands(), is_whole)


@pytest.mark.programs
def test_every_command_to_be_copied_is_understood():
    found = told_in_blocks()
    assert len(found) > 40
    for command in sorted(found):
        understood(command)


@pytest.mark.programs
def test_every_command_of_make_in_a_sentence_is_understood():
    found = told_within_lines()
    assert len(found) > 40
    for command in sorted(found):
        understood(command, is_whole=False)


@pytest.mark.parametrize(
    "command",
    [
        "make raport PERIOD=2026",
        "make report PERIODE=2026",
        "make status PERIOD=2026",
        "make cases PERIOD=2026 UNIT=H15",
        ".venv/bin/chiso raport --period 2026",
        "chiso report --perriod 2026",
        "chiso report 2026",
        "chiso cases --period 2026 --unit H15",
        "chiso explain --unit H15 --period 2026 --format xml",
        "chiso sources old FILE",
    ],
)
@pytest.mark.programs
def test_one_that_is_wrong_is_noticed(command):
    with pytest.raises((AssertionError, click.UsageError)):
        understood(command)


def test_commands_are_found_wherever_they_stand():
    lines = "cd x && make -s daily  # now\n → make fetch PERIOD=1, rồi make open\n$(make no)\nchiso \\\n rules"
    assert list(commands_in(lines)) == [
        "make -s daily",
        "make fetch PERIOD=1",
        "make open",
        "chiso   rules",
    ]
