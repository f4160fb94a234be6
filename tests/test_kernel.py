"""Warm kernels: nothing passes from one page to another, limits hold, and none outlives its run."""

from __future__ import annotations

import importlib.util
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import nbformat
import pytest
from few_pages import keep_few
from papermill.exceptions import PapermillExecutionError
from processes import MARK, gone, marked

from chiso.publishing import engine, kernel
from chiso.publishing.cache import Cache
from chiso.publishing.execute import Job, make_page, new_job
from chiso.publishing.kernel import Limits, Preparation, close_servers
from chiso.publishing.pages import Page

# What is printed stands in the log of a cell; what is shown stands on the page.
PRINT = """
from IPython.display import Markdown, display
def print(*words): display(Markdown(" ".join(map(str, words))))
"""
CHISO = str(Path(sys.executable).with_name("chiso"))


@pytest.fixture
def job(project):
    """A job whose prepared process holds next to nothing, so that it starts at once."""
    made = new_job(
        Cache(project / "cache"),
        project / "failed",
        "quarto",  # no HTML here
        Preparation((("importlib:import_module", "chiso.base.i18n"),)),
    )
    yield made
    close_servers()


def run(job: Job, name: str, *cells: str, limits: Limits | None = None) -> str:
    """Run a page of `cells`; the error, or its document with what the cells printed."""
    notebook = nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_code_cell(source) for source in (PRINT, *cells)],
        metadata={"kernelspec": {"name": "python3", "language": "python", "display_name": "x"}},
    )
    notebook.cells.insert(
        0, nbformat.v4.new_code_cell("secret = ''", metadata={"tags": ["parameters"]})
    )
    path = job.cache.folder.parent / f"{name}.ipynb"
    nbformat.write(notebook, path)
    page = Page(name, path, {"secret": f"secret of {name}"}, {"title": name})
    if limits:
        job = Job(**{**vars(job), "limits": limits})
    outcome = make_page(page, "key", job)
    return outcome.error or (job.cache.entry(name, "key") / f"{name}.qmd").read_text("utf-8")


LEAVE_TRACES = """
import builtins, statistics, os, sys, tempfile, threading, random, decimal
from chiso.base import i18n
builtins.left = secret
i18n.left = secret
statistics.mean = lambda *_: secret
os.environ["LEFT"] = secret
os.chdir(tempfile.gettempdir())
sys.path.append(secret)
random.seed(1)
decimal.getcontext().prec = 3
open("/dev/null")
threading.Thread(target=lambda: __import__("time").sleep(60), daemon=True).start()
"""
LOOK_FOR_TRACES = """
import builtins, statistics, os, sys, threading, decimal
from chiso.base import i18n
print([
    hasattr(builtins, "left"), hasattr(i18n, "left"), statistics.mean([1, 3]), os.environ.get("LEFT"),
    os.getcwd() == os.environ["CHISO_PROJECT"], any("secret" in entry for entry in sys.path),
    decimal.getcontext().prec, "secret of " + "one" in repr(globals()), "In [2]",
])
"""


def test_nothing_leaks_from_one_page_to_the_next(job):
    clean = "[False, False, 2, None, True, False, 28, False, 'In [2]']"
    assert clean in run(job, "before", LOOK_FOR_TRACES)
    server = kernel.fork_server(job.preparation).pid
    assert "secret" not in run(job, "one", LEAVE_TRACES).partition("---")[2].partition("---")[2]
    assert clean in run(job, "two", LOOK_FOR_TRACES)
    assert kernel.fork_server(job.preparation).pid == server, "the same prepared process"


def test_each_page_has_a_process_of_its_own_forked_from_the_prepared_one(job):
    ask = "import os; print(os.getppid(), os.getpid())"
    found = [run(job, name, ask).split()[-3:] for name in ("one", "two")]
    numbers = [[int(word) for word in words if word.isdigit()] for words in found]
    server = kernel.fork_server(job.preparation).pid
    assert [pair[0] for pair in numbers] == [server, server]
    assert numbers[0][1] != numbers[1][1]


def test_a_page_that_takes_too_much_memory_is_told_so_and_takes_no_other_with_it(job):
    limits = Limits(memory_mb=200)
    error = run(job, "greedy", "x = bytearray(400_000_000)", limits=limits)
    assert "200 MB" in error
    assert "100000000" in run(job, "modest", "print(len(bytearray(100_000_000)))", limits=limits)
    assert (job.failed / "greedy.ipynb").is_file()


def test_a_cell_that_never_ends_is_ended(job):
    error = run(job, "endless", "while True: pass", limits=Limits(cell_seconds=1))
    assert "1 giây" in error
    assert "still here" in run(job, "next", "print('still here')")


def test_a_kernel_that_dies_is_tried_once_more(job, tmp_path):
    once = f"""
import os, pathlib
mark = pathlib.Path({str(tmp_path / "died")!r})
if not mark.exists():
    mark.touch()
    os.kill(os.getpid(), 9)
print("made at the second try")
"""
    assert "made at the second try" in run(job, "unlucky", once)
    assert "hai lần" in run(job, "hopeless", "import os; os.kill(os.getpid(), 9)")
    assert "hai lần" in run(
        job, "worse", "import os, time; os.kill(os.getppid(), 9); time.sleep(60)"
    )
    assert "fine" in run(job, "after", "print('fine')")


def test_kernels_leave_no_process_thread_or_file_behind(job):
    run(job, "first", "print(1)")

    def held() -> tuple[int, int]:
        return threading.active_count(), len(list(Path("/proc/self/fd").iterdir()))

    before = held()
    for number in range(6):
        run(job, f"page{number}", "import subprocess; subprocess.Popen(['sleep', '300'])")
    assert held()[0] <= before[0] and held()[1] <= before[1] + 1
    server = kernel.fork_server(job.preparation).pid
    children = Path(f"/proc/{server}/task/{server}/children").read_text("ascii").split()
    assert children == []


@pytest.mark.parametrize("pages", [60, pytest.param(400, marks=pytest.mark.long)])
def test_memory_does_not_grow_with_the_number_of_kernels(job, pages):
    """More kernels: neither the worker nor the prepared process holds more for them, at no moment."""
    for number in range(10):
        run(job, f"first{number}", "print(1)")
    server = kernel.fork_server(job.preparation).pid
    for pid in (os.getpid(), server):
        # The peak begins anew here: other tests of this process had theirs.
        Path(f"/proc/{pid}/clear_refs").write_text("5", "ascii")
    before = [memory_mb(pid) for pid in (os.getpid(), server)]
    for number in range(pages):
        run(job, f"page{number}", "print(len(bytearray(10_000_000)))")
    after = [memory_mb(pid) for pid in (os.getpid(), server)]
    for then, now in zip(before, after, strict=True):
        assert all(now[name] - then[name] < 20 for name in now), (before, after)


def memory_mb(pid: int) -> dict[str, float]:
    """The memory that a process holds and the most that it held, in MB."""
    lines = Path(f"/proc/{pid}/status").read_text("ascii").splitlines()
    told = dict(line.split(":", 1) for line in lines)
    return {name: int(told[name].split()[0]) / 1024 for name in ("VmRSS", "VmHWM")}


def test_nothing_listens_on_a_port(job):
    ask = """
import os
LISTENING = "0A"
links = {os.readlink(f"/proc/self/fd/{n}") for n in os.listdir("/proc/self/fd")
         if os.path.lexists(f"/proc/self/fd/{n}")}
inodes = {link[8:-1] for link in links if link.startswith("socket:")}
rows = [line.split() for name in ("tcp", "tcp6") if os.path.exists(f"/proc/net/{name}")
        for line in open(f"/proc/net/{name}")]
print("ports:", [row[1] for row in rows if row[9] in inodes and row[3] == LISTENING])
"""
    assert "ports: []" in run(job, "quiet", ask)


def test_the_stock_kernel_where_fork_is_missing(job, monkeypatch):
    monkeypatch.setattr(engine, "can_fork", lambda: False)
    said = run(job, "stock", "import os; print('parent', os.getppid())")
    assert f"parent {os.getpid()}" in said


# Whatever a notebook may do that ends up on paper, and in which order.
SHOWS = (
    "print('one'); print('two'); import sys; print('three', file=sys.stderr)",
    "from IPython.display import HTML, Markdown, Image, clear_output, display, update_display\n"
    "print('before')\ndisplay(Markdown('**shown**'), HTML('<b>x</b>'))\nprint('after')\n{'a': 1}",
    "1 + 1",
    "1 + 1;",
    "display('first', display_id='x')\ndisplay('other')\nupdate_display('second', display_id='x')",
    "print('gone')\nclear_output()\nprint('stays')",
    "display(Image(data=bytes.fromhex('89504e470d0a1a0a'), format='png'))",
    "held = {'application/json': [1]}\ndisplay(held, raw=True)\nheld['application/json'].append(2)",
    "display({'application/json': {'n': 1.5}, 'text/plain': 'n'}, raw=True, metadata={'m': 1})",
    "import asyncio\nawait asyncio.sleep(0)\n'awaited'",
    "!echo from a program",
    "%precision 3",
    "%%capture kept\nprint('held')",
    "kept.stdout, Out[3], _, In[2][:5]",
    "from matplotlib import pyplot\npyplot.plot([1, 2])\npyplot.title('Hình')",
    "import pandas as pd\npd.DataFrame({'a': [1]})",
)


# A cell that stops a page.
ENDS = (
    "1 / 0",
    "class Odd:\n    def _repr_markdown_(self): raise ValueError('inside')\n    def __repr__(self): return 'odd'\nOdd()",
    "raise SystemExit(3)",
    "def (",
    "%nothing",
)


@pytest.mark.parametrize("last", ENDS)
def test_cells_put_out_what_those_of_an_ordinary_kernel_do(job, tmp_path, monkeypatch, last):
    begin = "from chiso.pages.own_parts import show_own_parts\nshow_own_parts(get_ipython())"
    sources = ("", begin, *(SHOWS if last == "1 / 0" else ()), last, "print('never')")
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(one) for one in sources])
    notebook.metadata["kernelspec"] = {"name": "python3", "display_name": "x"}
    nbformat.write(notebook, tmp_path / "page.ipynb")
    found = []
    for can_fork in (True, False):
        monkeypatch.setattr(engine, "can_fork", lambda can_fork=can_fork: can_fork)
        made = tmp_path / f"{can_fork}.ipynb"
        with pytest.raises(PapermillExecutionError):
            engine.execute(tmp_path / "page.ipynb", made, {}, job.preparation, Limits())
        cells = nbformat.read(made, as_version=4).cells
        for output in (output for cell in cells for output in cell.get("outputs", ())):
            output.pop("traceback", None)  # names the files of either
        found.append([(c.source, c.get("execution_count"), c.get("outputs")) for c in cells])
    for forked, ordinary in zip(*found, strict=True):
        assert forked == ordinary


def test_what_no_notebook_can_hold_is_told_by_the_cell_that_shows_it(job):
    error = run(job, "odd", "display({'application/json': object()}, raw=True)")
    assert error.startswith("ô mã thứ 3: TypeError"), error


def test_a_notebook_may_end_before_its_last_cell(job):
    told = run(job, "short", "print('said')", "exit()", "print('never')")
    assert "said" in told and "never" not in told


def test_no_grammar_of_addresses_is_built_for_a_notebook():
    """jsonschema builds it wherever it is there, which takes longer than a page."""
    assert importlib.util.find_spec("rfc3987_syntax.syntax_helpers"), "it came with JupyterLab"
    said = "import chiso.publishing, nbclient, sys; print('jsonschema' in sys.modules, 'lark' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", said], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["True", "False"]


def test_a_process_whose_answer_nobody_waits_for_ends_without_a_word(job, capfd):
    server = kernel.fork_server(job.preparation)
    with server.cell_process(str(job.project), 200) as process:
        with pytest.raises(TimeoutError):
            process.run("import time; time.sleep(0.5); 'late'", 0.1)
        process.close()
        time.sleep(1)
    with server.cell_process(str(job.project), 200) as process:
        assert process.run("6 * 7", 10)["outputs"][0]["data"] == {"text/plain": "42"}
    assert capfd.readouterr().err == ""


def start_report(project: Path, mark: str, *more: str) -> subprocess.Popen:
    return subprocess.Popen(
        # A shell's job in the background ignores Ctrl-C, and so would all that it starts.
        ["env", "--default-signal=INT", CHISO, "report", "--period", "2026", *more],
        env={**os.environ, "CHISO_PROJECT": str(project), MARK: mark, "LANGUAGE": "vi"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def endless_project(project: Path) -> None:
    """A report in which every agency's page takes for ever."""
    keep_few(project)
    path = project / "notebooks/unit.ipynb"
    notebook = nbformat.read(path, as_version=4)
    endless = "\nopen(f'started-{unit}', 'w').close()\nimport time\ntime.sleep(900)"
    notebook.cells[2].source += endless
    nbformat.write(notebook, path)


@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGKILL])
def test_no_process_outlives_a_run_that_is_ended(project, ending):
    endless_project(project)
    mark = f"{project}-{ending}"
    running = start_report(project, mark)
    deadline = time.monotonic() + 300
    while len(list(project.glob("started-*"))) < 2 and time.monotonic() < deadline:
        time.sleep(0.05)
    assert len(list(project.glob("started-*"))) == 2, "both workers were to be in a notebook"
    assert sum("forkserver" in command for command in marked(mark).values()) == 4
    if ending == signal.SIGINT:
        os.killpg(running.pid, signal.SIGINT)  # what a terminal does at Ctrl-C
    else:
        running.kill()
    _said, errors = running.communicate(timeout=60)
    assert gone(mark), marked(mark)
    if ending == signal.SIGINT:
        assert running.returncode == 130
        assert "Traceback" not in errors
    assert not (project / "reports/_site/2026").exists()


def test_the_worker_refuses_another_version_of_the_program(job):
    other = Job(**{**vars(job), "code": "another"})
    assert "phiên bản" in run(other, "page", "print(1)")
