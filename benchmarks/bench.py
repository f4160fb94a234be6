"""All benchmarks one after the other, as one document: docs/en/benchmarks.md and its plots.

python benchmarks/bench.py            # what `make bench` runs, on a machine that does nothing else
python benchmarks/bench.py --quick    # small sizes: whether everything runs, not a measurement
"""

from __future__ import annotations

import argparse
import operator
import os
import platform
import re
import subprocess
import sys
import timeit
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from tqdm import tqdm

from reports import FIRST, MAIN

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("duckdb", "ibis-framework", "pandas", "papermill", "nbconvert", "python-calamine",
            "pypandoc_binary", "typst")  # fmt: skip


@dataclass(frozen=True)
class Part:
    """A benchmark: its script, arguments for a measurement and for a quick run, heading and bar."""

    script: str
    full: str
    quick: str
    heading: str
    bar: str


PARTS = (
    Part(
        "reports.py", "--pages 190 --sample 4 --times 1", "--pages 3 --sample 1", "Reports of a province",
        "The goals at the end of this page, and at most 1.5 times the CPU of plain calls that make the "
        "same pages.",
    ),
    Part(
        "counts.py", "1000000 10000000 100000000", "100000", "Counts from dossiers",
        "At most 1.5 times a bare DuckDB query of the same sums at 10 million dossiers; memory that "
        "grows with units, not with dossiers.",
    ),
    Part(
        "excel.py", "--rows 100000", "--rows 2000", "An Excel register",
        "At most 2 times bare python-calamine at 100,000 rows.",
    ),
    Part(
        "startup.py", "", "", "Start-up",
        "`chiso --help` under 0.3 s, `chiso score` of 190 units under 1 s.",
    ),
    Part(
        "country.py", "--dossiers 25000000 --pages 190 800 3810", "--dossiers 20000 --pages 4 8",
        "A country in one run", "A page of 3,810 takes what a page of 190 takes; what breaks first is said.",
    ),
)  # fmt: skip


def main() -> None:
    """Run every part, then write the document."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="small sizes; writes nothing")
    quick = parser.parse_args().quick
    found: dict[Part, str] = {}
    for part in tqdm(PARTS, desc="Benchmarks", file=sys.stderr):
        found[part] = _output(part.script, part.quick if quick else part.full)
        # What was measured is told even if a later part fails.
        tqdm.write(f"## {part.heading}\n\n{found[part]}\n", file=sys.stdout)
    text = document(found, quick)
    print(goals(found))
    if not quick:
        (ROOT / "docs" / "en" / "benchmarks.md").write_text(text, encoding="utf-8")
        plot_reports(found[PARTS[0]], ROOT / "docs" / "en" / "reports.svg")


def _output(script: str, arguments: str) -> str:
    call = [sys.executable, str(ROOT / "benchmarks" / script), *arguments.split()]
    done = subprocess.run(call, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    if done.returncode:
        sys.exit(f"{script} failed")
    return done.stdout.strip()


def document(found: dict[Part, str], quick: bool) -> str:
    """The Markdown of docs/en/benchmarks.md from what each part printed."""
    parts = [
        "# Benchmarks\n\nWritten by `make bench`; every table comes from the command above it, ours and "
        "its rivals in the same run.\n\n" + machine()
    ]
    for part, text in found.items():
        command = f"python benchmarks/{part.script} {part.quick if quick else part.full}".strip()
        plot = _PLOTS.get(part.script, "")
        parts.append(f"## {part.heading}\n\n`{command}`\n\nThe bar: {part.bar}\n\n{text}{plot}")
    parts.append(cost_model(found[PARTS[0]], found[PARTS[1]]))
    parts.append(goals(found))
    return "\n\n".join(parts) + "\n"


_PLOTS = {
    "reports.py": "\n\n![Seconds by the clock for a province, by way of making the pages](reports.svg)",
    "counts.py": "\n\n![Seconds by number of dossiers](counts.svg)",
}


_ADDING = "total = 0\nfor number in range(10**7): total += number"


def machine() -> str:
    """What the figures were measured on, and how quick it was that day: a machine that others use too
    may take twice the seconds of another day."""
    cpu = next(
        (line.partition(":")[2].strip() for line in Path("/proc/cpuinfo").read_text().splitlines()
         if line.startswith("model name")),
        platform.machine(),
    )  # fmt: skip
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    packages = ", ".join(f"{name} {version(name)}" for name in PACKAGES)
    return (
        f"Machine: {cpu}, {os.cpu_count()} cores, {memory:.0f} GB, {platform.system()} "
        f"{platform.release()}, Python {platform.python_version()}; {packages}. Python adds ten million "
        f"numbers in {min(timeit.repeat(_ADDING, number=1, repeat=5)):.2f} s."
    )


def figures(table: str) -> list[dict[str, str]]:
    """The rows of the first Markdown table of a text by heading."""
    first = table.partition("\n\n")[0].splitlines()
    # The bars at both ends, but no empty cell.
    lines = [[cell.strip() for cell in line.strip().strip("|").split("|")] for line in first]
    heads, _marks, *rows = lines
    return [dict(zip(heads, row, strict=True)) for row in rows]


def by_way(reports: str) -> dict[str, dict[str, str]]:
    """The rows of the reports' table by the way that they are of."""
    return {row["way"]: row for row in figures(reports)}


def number(cell: str) -> float:
    """The first number of a cell."""
    return float(re.findall(r"[\d.,]+", cell)[0].replace(",", ""))


def plot_reports(table: str, path: Path) -> None:
    """Bars of seconds by the clock for all pages, the slowest way first."""
    import matplotlib

    matplotlib.use("svg")
    matplotlib.rcParams["svg.hashsalt"] = "reports"
    from matplotlib import pyplot

    wall = next(name for name in figures(table)[0] if name.startswith("wall s for"))
    # The first page of a new clone is no way to make them all.
    rows = sorted((number(row[wall]), row["way"]) for row in figures(table) if row[wall])
    drawn, axes = pyplot.subplots(figsize=(7, 3))
    bars = axes.barh([way for _, way in rows], [seconds for seconds, _ in rows], color="#4c72b0")
    axes.bar_label(bars, fmt="%.0f s", padding=3)
    axes.spines[["top", "right", "bottom"]].set_visible(False)
    axes.set(xticks=[])
    drawn.savefig(path, bbox_inches="tight", metadata={"Date": None})


PROVINCES, UNITS = 34, 3_300 + 34 * 15
DOSSIERS_A_YEAR = 300_000_000


def cost_model(reports: str, counts: str) -> str:
    """What a country takes a month, from the slopes of this run."""
    page = number(by_way(reports)[MAIN]["CPU s a page"])
    ours = [row for row in figures(counts) if row["way"] == "ours"]
    biggest = ours[-1]
    seconds = number(biggest["seconds (median)"]) / number(biggest["dossiers"])
    dossiers = DOSSIERS_A_YEAR / 12
    rows = [
        ("reports", f"{UNITS:,} pages", f"{page:.2f} CPU s each", f"{UNITS * page / 3600:.2f}"),
        (
            "counts", f"{dossiers:,.0f} dossiers", f"{seconds * 1e6:.2f} s a million, on all cores",
            f"{dossiers * seconds * (os.cpu_count() or 1) / 3600:.3f}",
        ),
    ]  # fmt: skip
    lines = [
        "## A country a month",
        "",
        f"The slopes above, carried to {PROVINCES} provinces with 3,300 communes and 15 agencies each "
        f"besides, and {DOSSIERS_A_YEAR:,} dossiers a year (an assumption, not a count). Pages "
        "are made one by one, sums in one pass; how much more a page takes among many is measured above.",
        "",
        "| what | how much | slope | CPU hours a month |",
        "|---|---:|---:|---:|",
        *("| " + " | ".join(row) + " |" for row in rows),
        "",
        f"Disk: {_disk()}",
    ]
    return "\n".join(lines)


def goals(found: dict[Part, str]) -> str:
    """What is wanted of this run beside what it gave, a line each: met or not met."""
    reports, counts, excel, startup, _country = (found[part] for part in PARTS)
    ways = by_way(reports)

    def of(way: str, heading: str = "wall s") -> float:
        return number(ways[way][heading])

    cpu = of(MAIN, "CPU s a page")
    rival = of("papermill + nbconvert, in a row", "CPU s a page")
    engine = [number(row["times bare DuckDB"]) for row in figures(counts) if row["way"] == "ours"]
    register = {row["way"]: number(row["times calamine"]) for row in figures(excel)}
    starts = {
        row["command"]: number(row["wall s: median (least to most)"]) for row in figures(startup)
    }
    rows = [
        ("CPU s a page, from records", cpu, "at most", 1.0),
        ("seconds for the month from records, once set up", of(MAIN), "under", 120),
        ("times fewer CPU s than papermill + nbconvert make HTML alone with", rival / cpu, "at least", 12),
        ("seconds where nothing changed", of("from records again, nothing changed"), "under", 1),
        ("seconds after one dossier changed", of("from records again, one dossier changed"), "under", 10),
        ("seconds from a fresh clone to the first page", of(FIRST), "under", 60),
        ("MB of all processes together, from records", of(MAIN, "peak MB"), "under", 1500),
        ("times a bare DuckDB query, the worst size", max(engine), "at most", 1.3),
        ("times bare calamine on a register", register["chiso"], "at most", 1.3),
        ("seconds of chiso --help", starts["chiso --help"], "under", 0.3),
        ("seconds of chiso score, 190 units", starts["chiso score, 190 units"], "under", 1),
    ]  # fmt: skip
    holds = {"at most": operator.le, "under": operator.lt, "at least": operator.ge}
    lines = [
        f"| {goal} | {bound} {limit:g} | {value:.2f} | {'met' if holds[bound](value, limit) else 'not met'} |"
        for goal, value, bound, limit in rows
    ]
    return "\n".join(
        ["## Goals", "", "| goal | wanted | measured | |", "|---|---|---:|---|", *lines]
    )


def _disk() -> str:
    """What a page and a revision take, of the newest site here; the counts' files are in their table."""
    sites = sorted((ROOT / "reports" / "_site").glob("*/index.html"))
    if not sites:
        return "no site here to weigh; `make report PERIOD=2026` makes one."
    folder = sites[-1].parent
    pages = list(folder.glob("*.html"))
    size = sum(path.stat().st_size for path in folder.iterdir()) / len(pages) / 1e6
    return (
        f"{size:.2f} MB a page with its workbook, PDF and Word file (mean of {len(pages)} pages), "
        f"{size * UNITS / 1000:.1f} GB a month for {UNITS:,} pages."
    )


if __name__ == "__main__":
    main()
