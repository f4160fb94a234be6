"""Work in a process of its own: what it tells and raises arrives, and it never outlives who wanted it."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from processes import MARK, gone, marked

from chiso.base.errors import InputError, UserError
from chiso.base.processes import do_apart
from chiso.demo.write import DemoRequest, write_demo
from chiso.rules.units import load_tree
from chiso.store.reading import Reading

# A program whose work says its number, waits for ever, and tidies up behind itself.
WAITS = """
import os, pathlib, sys, time
from chiso.base.processes import do_apart

def work(tell):
    half_written = pathlib.Path(sys.argv[1])
    half_written.touch()
    try:
        tell(str(os.getpid()))
        time.sleep(600)
    finally:
        half_written.unlink()

do_apart(work, lambda said: print(said, flush=True))
"""


def test_what_is_told_arrives_in_order_and_from_another_process():
    told: list[str] = []

    def work(tell):
        for number in range(3):
            tell(f"{number} {os.getpid()}")

    do_apart(work, told.append)
    assert [line.split()[0] for line in told] == ["0", "1", "2"]
    assert str(os.getpid()) not in {line.split()[1] for line in told}


def test_a_mistake_of_the_users_is_raised_as_it_was():
    def work(_tell):
        raise InputError("Sai cột.", file=Path("data/a.csv"), line=3, hint="Sửa lại.")

    with pytest.raises(InputError) as raised:
        do_apart(work, print)
    error = raised.value
    assert (error.message, error.file, error.line, error.hint) == (
        "Sai cột.", Path("data/a.csv"), 3, "Sửa lại.",
    )  # fmt: skip
    assert str(error) == "data/a.csv:3: Sai cột.\n  → Sửa lại."


def test_a_fault_of_the_programs_says_where_it_was():
    def work(_tell):
        raise KeyError("dossier_id")

    with pytest.raises(KeyError, match="dossier_id") as raised:
        do_apart(work, print)
    assert "in work" in "".join(raised.value.__notes__)


def test_one_that_is_killed_is_a_message_not_silence():
    def work(_tell):
        os.kill(os.getpid(), signal.SIGKILL)

    with pytest.raises(UserError, match="bị dừng đột ngột") as raised:
        do_apart(work, print)
    assert "bộ nhớ" in (raised.value.hint or "")


@pytest.mark.programs
@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_it_ends_with_who_wanted_it(how, tmp_path):
    half_written = tmp_path / "half-written"
    mark = f"apart-{how.name}-{os.getpid()}"
    running = subprocess.Popen(
        [sys.executable, "-c", WAITS, str(half_written)],
        env={**os.environ, MARK: mark},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        # A shell has what it starts in the background ignore Ctrl-C.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    with running:
        assert running.stdout is not None
        assert int(running.stdout.readline()) in marked(mark)
        running.send_signal(how)
        said = running.communicate()[1]
        assert gone(mark)
    # After Ctrl-C nothing half-written is left, and nothing is said but what who was stopped says.
    if how == signal.SIGINT:
        assert not half_written.exists()
        assert said.count("Traceback") == 1, said


def test_it_counts_where_this_process_has_counted_before(demo_records):
    """The threads of an engine do not come along: who used one of before would wait for ever."""
    folder, tree = demo_records
    expected = Reading(print).newest_moment(folder, tree)
    told: list[str] = []
    do_apart(lambda tell: tell(str(Reading(print).newest_moment(folder, tree))), told.append)
    assert told == [str(expected)]


@pytest.fixture
def demo_records(tmp_path):
    write_demo(DemoRequest(tmp_path / "demo", dossiers_per_month=300))
    return tmp_path / "demo", load_tree("hung-yen-2022")
