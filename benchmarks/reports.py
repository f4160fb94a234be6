"""Pages of agencies: ours, the command lines of papermill and nbconvert, and plain function calls.

    python benchmarks/reports.py --pages 190 --sample 6 --times 3

Makes the site of so many agencies of the default province, once from the records of the demo (the
main job) and once from counts, and prints a Markdown table, then what a page takes by stage
(stages.py). Plain function calls, which no report could do with, are the floor: the cells of every
notebook one after the other in one process, without isolation, then the same files (HTML, PDF, Word,
workbook) of the same pages by the same writers. The command lines make HTML alone, of `--sample`
agencies; what they take for all is scaled from that, and the table says so.
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from measured import Usage, run, spread, table

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
PERIOD = "2022-09"
MAIN, FIRST = "ours, from records", "fresh clone, first page with set-up"
# The agency whose records or counts are corrected.
CHANGED = "so-tu-phap"
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
class Way:
    """One way to make pages: how many pages every run was for, and what each run took."""

    name: str
    pages: int
    runs: list[Usage]


def main() -> None:
    """Measure and print."""
    options = _options()
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
        os.environ[name] = "1"
    ways: dict[str, Way] = {}
    stages: dict[str, str] = {}
    for _time in range(options.times):
        with tempfile.TemporaryDirectory(prefix="chiso-bench-") as name:
            folder = Path(name)
            for label, pages, usage in (
                *_first_page(folder / "clone"),
                *_from_records(folder / "records", options),
                *_all_ways(folder / "counts", options),
            ):
                ways.setdefault(label, Way(label, pages, [])).runs.append(usage)
            if not stages:
                stages = {one: _stages(folder / one, options) for one in ("records", "counts")}
    whole = ways[MAIN].pages
    _print(list(ways.values()), whole)
    for source, text in stages.items():
        print(f"\nBy stage, agencies alone, from {source}:\n\n{text}")


def _first_page(clone: Path):
    """What it takes from a new clone to the page of one agency; packages are in the cache of uv if
    anything was set up on the machine before."""
    os.environ.pop("CHISO_PROJECT", None)
    run(["git", "clone", "--quiet", str(ROOT), str(clone)])
    used = run(["make", "--silent", "report", f"PERIOD={PERIOD}", f"UNIT={CHANGED}"], clone)
    yield FIRST, _pages_of(clone), used
    shutil.rmtree(clone)


def _from_records(project: Path, options: argparse.Namespace):
    """The main job in a new project: the name, the pages that it was for, what it took."""
    from chiso.rules.units import load_tree

    _copy_project(project)
    run([str(BIN / "chiso"), "demo"], project)
    codes = [unit.code for unit in load_tree("hung-yen-2022").units]
    few = codes[1 : options.pages] if options.pages < len(codes) else []
    report = [str(BIN / "chiso"), "report", "--period", PERIOD, "--jobs", "2"]
    report += [word for code in few for word in ("--unit", code)]
    used = run(report, project)
    whole = _pages_of(project)
    yield MAIN, whole, used
    yield "from records again, nothing changed", whole, run(report, project)
    _change_dossier(project / "data" / "demo" / "dossiers.parquet")
    yield "from records again, one dossier changed", whole, run(report, project)


def _pages_of(project: Path) -> int:
    return len(list((project / "reports" / "_site" / PERIOD).glob("*.html")))


def _change_dossier(path: Path) -> None:
    """One dossier of September gets its result, or loses it: what a day's correction is."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    rows = pq.read_table(path)
    units, days = rows["unit"].to_pylist(), rows["received_at"].to_pylist()
    at = next(
        i
        for i, (unit, day) in enumerate(zip(units, days, strict=True))
        if unit == CHANGED and day and (day.year, day.month) == (2022, 9)
    )
    name = "result_file"
    values = rows[name].to_pylist()
    values[at] = not values[at]
    place = rows.column_names.index(name)
    pq.write_table(rows.set_column(place, name, pa.array(values, rows[name].type)), path)


def _stages(project: Path, options: argparse.Namespace) -> str:
    """The table of stages.py for the project."""
    pages = str(min(options.pages, 12))
    call = [sys.executable, str(ROOT / "benchmarks" / "stages.py"), "--pages", pages]
    there = {**os.environ, "CHISO_PROJECT": str(project)}
    done = subprocess.run(call, cwd=project, env=there, stdout=subprocess.PIPE, text=True)
    if done.returncode:
        sys.exit("stages.py failed")
    return done.stdout.strip()


def _all_ways(project: Path, options: argparse.Namespace):
    """Every way once, in a new project: its name, the pages that it was for, what it took."""
    codes = _make_project(project, options.pages)
    report = [str(BIN / "chiso"), "report", "--period", PERIOD, "--jobs", "2"]
    used = run(report, project)
    whole = _pages_of(project)
    yield "ours, from counts", whole, used
    yield "from counts again, nothing changed", whole, run(report, project)
    _change_one(project, codes[-1])
    yield "from counts again, one agency changed", whole, run(report, project)
    yield "plain function calls", whole, run([sys.executable, __file__, "--plain"], project)
    few = codes[1 : options.sample + 1]
    rule = RULE.format(pages=" ".join(few), bin=BIN, period=PERIOD)
    (project / "Makefile").write_text(rule, encoding="utf-8")
    for label, jobs in (("in a row", "-j1"), ("make -j2", "-j2")) if few else ():
        (project / "out").mkdir()
        yield f"papermill + nbconvert, {label}", len(few), run(["make", jobs, "all"], project)
        shutil.rmtree(project / "out")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pages", type=int, default=20, help="agencies, the province among them")
    parser.add_argument("--sample", type=int, default=4, help="pages made by the command lines")
    parser.add_argument("--times", type=int, default=3, help="how often each way is run")
    return parser.parse_args()


def _copy_project(project: Path) -> None:
    """A project of its own, in which the program works from now on."""
    built = shutil.ignore_patterns("_site", "_failed", "_internal", ".*")
    for name in ("notebooks", "params", "reports"):
        shutil.copytree(ROOT / name, project / name, ignore=built)
    os.environ["CHISO_PROJECT"] = str(project)


def _make_project(project: Path, pages: int) -> list[str]:
    """A project with seeded counts; the codes of its units, the province first."""
    _copy_project(project)
    from chiso.rules.units import load_tree

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
    """One dossier fewer on one indicator: what a day's correction is."""
    path = project / "data" / PERIOD / "counts.csv"
    lines = path.read_text(encoding="utf-8").splitlines()
    at = next(i for i, line in enumerate(lines) if line.startswith(f"{code},12,"))
    unit, indicator, numerator, denominator = lines[at].split(",")
    lines[at] = f"{unit},{indicator},{int(numerator) - 1},{denominator}"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def _print(ways: list[Way], pages: int) -> None:
    rows = []
    for way in ways:
        cpu = [usage.cpu / way.pages for usage in way.runs]
        wall = statistics.median(usage.wall for usage in way.runs) / way.pages * pages
        scaled = "" if way.name == FIRST else f"{wall:.0f} (scaled)"
        rows.append(
            (
                way.name,
                way.pages,
                spread([usage.wall for usage in way.runs], 1),
                f"{wall:.0f}" if way.pages == pages else scaled,
                spread(cpu),
                f"{max(usage.peak for usage in way.runs):.0f}",
            )
        )
    headings = (
        "way", "pages", "wall s", f"wall s for {pages} pages", "CPU s a page", "peak MB",
    )  # fmt: skip
    print(table(headings, rows))
    print(
        "\nMedian, and least to most; peak of all processes together. Command lines: HTML alone,"
        " agencies alone."
    )


def plain() -> None:
    """All pages of the newest revision, by running the cells of their notebooks in this process."""
    from chiso.base.period import parse_period
    from chiso.publishing.covers import cover
    from chiso.publishing.downloads import write_tables
    from chiso.publishing.execute import _markdown, write_document
    from chiso.publishing.pages import common_pages, index_page, unit_pages
    from chiso.publishing.paper import finish_papers
    from chiso.publishing.render import render
    from chiso.rules.settings import load_settings
    from chiso.store.figures import keep_figures, newest_figures

    figures = newest_figures(load_settings(parse_period(PERIOD)))
    if figures is None:
        sys.exit("the report of ours must be made first")
    pages = [*unit_pages(figures, ()), *common_pages(figures), index_page(figures, (), ())]
    # Loaded once, as any loop over agencies would do it.
    for revision, history in {
        (int(page.parameters["revision"]), str(page.parameters["history"])) for page in pages
    }:
        keep_figures(PERIOD, revision, history)
    with tempfile.TemporaryDirectory(prefix="chiso-bench-") as scratch:
        folder = Path(scratch)
        for page in pages:
            executed = folder / f"{page.name}.ipynb"
            _call_cells(page, executed)
            write_document(page, folder, _markdown(executed, page.name))
            about = partial(cover, page, "Tables of the report")
            write_tables(executed, folder / f"{page.name}.xlsx", about)
        papers = [page.name for page in pages if page.has_papers]
        render(folder, [page.name for page in pages if not page.has_papers])
        render(folder, papers, papers=True)
        for name in papers:
            finish_papers(folder, name)


def _call_cells(page, executed: Path) -> None:
    """Run a notebook's cells one after the other in one namespace; keep what they show."""
    import ast

    import nbformat
    from IPython.core.interactiveshell import InteractiveShell
    from IPython.display import display
    from IPython.utils.capture import capture_output

    # What cells display goes to a shell; the cells are not run by it.
    InteractiveShell.instance(config=_bare_shell())
    notebook = nbformat.read(page.notebook, as_version=4)
    space: dict[str, object] = {}
    for cell in notebook.cells:
        if cell.cell_type != "code":
            continue
        body = ast.parse(cell.source).body
        last = body.pop() if body and isinstance(body[-1], ast.Expr) else None
        with capture_output() as shown:
            exec(compile(ast.Module(body, []), page.name, "exec"), space)  # noqa: S102 - our own notebook
            if "parameters" in cell.metadata.get("tags", ()):
                space.update(page.parameters)
            if last is not None:
                value = eval(compile(ast.Expression(last.value), page.name, "eval"), space)  # noqa: S307
                if value is not None:
                    display(value)
        cell.outputs = [
            nbformat.v4.new_output("display_data", item.data, metadata=item.metadata or {})
            for item in shown.outputs
        ]
    nbformat.write(notebook, executed)


def _bare_shell():
    from traitlets.config import Config

    return Config({"HistoryManager": {"enabled": False}})


if __name__ == "__main__":
    if sys.argv[1:2] == ["--plain"]:
        plain()
    else:
        main()
