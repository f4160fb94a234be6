"""Pages of agencies: ours, the command lines of papermill and nbconvert, and plain function calls.

    python benchmarks/reports.py --pages 190 --sample 6

Makes counts for so many agencies of the default province, then its pages in five ways, and prints a
Markdown table of wall and CPU seconds. The command lines take long: they make `--sample` pages, and
what they take for all is scaled from that. Plain calls, which no report could do with, are the
floor: the cells of each notebook in one process, without isolation, then the same two writers.
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
PERIOD = "2022-09"
# One notebook by the command lines, as a user of them would write it into a Makefile.
RULE = """
pages := {pages}
all: $(pages:%=out/%.html)
out/%.ipynb:
\t@{bin}/papermill --no-progress-bar notebooks/unit.ipynb $@ -p period {period} -p unit $* -r lang vi
out/%.html: out/%.ipynb
\t@{bin}/jupyter nbconvert --log-level=ERROR --to html --no-input $<
"""


@dataclass(frozen=True)
class Taken:
    """What a way took: seconds of the clock, of all processors, and pages made."""

    wall: float
    cpu: float
    pages: int


def main() -> None:
    """Measure and print."""
    options = _options()
    with tempfile.TemporaryDirectory(prefix="chiso-bench-") as name:
        project = Path(name) / "project"
        codes = _make_project(project, options.pages)
        few = codes[1 : options.sample + 1]
        report = [str(BIN / "chiso"), "report", "--period", PERIOD]
        rows = {
            "ours": _run([*report, "--jobs", "2"], project, len(codes)),
            "ours again, nothing changed": _run([*report, "--jobs", "2"], project, len(codes)),
        }
        _change_one(project, codes[-1])
        rows["ours again, one agency changed"] = _run(report, project, len(codes))
        rows["plain function calls"] = _run(
            [sys.executable, __file__, "--plain", *codes], project, len(codes)
        )
        rule = RULE.format(pages=" ".join(few), bin=BIN, period=PERIOD)
        (project / "Makefile").write_text(rule, encoding="utf-8")
        for label, jobs in (("serial", "-j1"), ("make -j2", "-j2")):
            (project / "out").mkdir()
            rows[f"papermill + nbconvert, {label}"] = _run(["make", jobs, "all"], project, len(few))
            shutil.rmtree(project / "out")
    _print(rows, len(codes))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pages", type=int, default=20, help="agencies, the province among them")
    parser.add_argument("--sample", type=int, default=4, help="pages made by the command lines")
    return parser.parse_args()


def _make_project(project: Path, pages: int) -> list[str]:
    """A project with seeded counts; the codes of its units, the province first."""
    built = shutil.ignore_patterns("_site", "_failed", ".*")
    for name in ("notebooks", "params", "reports"):
        shutil.copytree(ROOT / name, project / name, ignore=built)
    os.environ["CHISO_PROJECT"] = str(project)
    from chiso.units import load_tree

    codes = [unit.code for unit in load_tree("hung-yen-2022").units][:pages]
    if len(codes) < pages:
        sys.exit(f"the tree has only {len(codes)} units")
    chance = random.Random(766)  # noqa: S311 - no secret
    lines = ["unit,indicator,numerator,denominator"]
    for code in codes:
        for number in range(1, 22):
            whole = chance.randint(20, 900)
            lines.append(f"{code},{number},{chance.randint(whole // 2, whole)},{whole}")
    folder = project / "data" / PERIOD
    folder.mkdir(parents=True)
    (folder / "counts.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return codes


def _change_one(project: Path, code: str) -> None:
    path = project / "data" / PERIOD / "counts.csv"
    lines = path.read_text(encoding="utf-8").splitlines()
    at = next(i for i, line in enumerate(lines) if line.startswith(f"{code},8,"))
    lines[at] = f"{code},8,1,3"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def _run(command: list[str], project: Path, pages: int) -> Taken:
    """Run a way to its end; the CPU seconds are those of all its processes."""
    began = time.monotonic()
    running = subprocess.Popen(
        command,
        cwd=project,
        env={**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )
    said = running.stderr.read() if running.stderr else b""
    _pid, status, used = os.wait4(running.pid, 0)
    if status:
        sys.exit(f"{command[0]} failed: {said.decode(errors='replace')[-800:]}")
    return Taken(time.monotonic() - began, used.ru_utime + used.ru_stime, pages)


def _print(rows: dict[str, Taken], pages: int) -> None:
    print(f"| way | pages made | wall s | CPU s | wall s for {pages} pages | CPU s a page |")
    print("|---|--:|--:|--:|--:|--:|")
    for way, taken in rows.items():
        print(
            f"| {way} | {taken.pages} | {taken.wall:.1f} | {taken.cpu:.1f} "
            f"| {taken.wall / taken.pages * pages:.0f} | {taken.cpu / taken.pages:.2f} |"
        )


def plain(codes: list[str]) -> None:
    """The pages of `codes` by running the cells of their notebooks in this process."""
    from chiso.figures import keep_figures
    from chiso.publishing.execute import _markdown, write_document
    from chiso.publishing.pages import unit_pages
    from chiso.publishing.render import render

    figures = keep_figures(PERIOD, 1)
    with tempfile.TemporaryDirectory(prefix="chiso-bench-") as name:
        folder = Path(name)
        for page in unit_pages(figures, tuple(codes)):
            executed = folder / f"{page.name}.ipynb"
            _call_cells(page, executed)
            write_document(page, folder, _markdown(executed, page.name))
        render(folder, codes, "pandoc")


def _call_cells(page, executed: Path) -> None:
    """Run a notebook's cells one after the other in one namespace; keep what the last line shows."""
    import ast

    import nbformat
    from IPython.core.formatters import DisplayFormatter

    show = DisplayFormatter()
    notebook = nbformat.read(page.notebook, as_version=4)
    space: dict[str, object] = {}
    for cell in notebook.cells:
        if cell.cell_type != "code":
            continue
        body = ast.parse(cell.source).body
        last = body.pop() if body and isinstance(body[-1], ast.Expr) else None
        exec(compile(ast.Module(body, []), page.name, "exec"), space)  # noqa: S102 - our own notebook
        if "parameters" in cell.metadata.get("tags", ()):
            space.update(page.parameters)
        if last is not None:
            value = eval(compile(ast.Expression(last.value), page.name, "eval"), space)  # noqa: S307
            if value is not None:
                data, metadata = show.format(value)
                cell.outputs = [nbformat.v4.new_output("display_data", data, metadata=metadata)]
    nbformat.write(notebook, executed)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--plain"]:
        plain(sys.argv[2:])
    else:
        main()
