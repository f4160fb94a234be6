"""Counts from dossiers: ours beside a bare DuckDB query of the same sums and beside pandas.

    python benchmarks/counts.py 1000000 10000000 100000000

DuckDB makes the dossiers as Parquet in a folder a day. Every run has a process of its own, and all
ways must give the same sums. Prints a Markdown table and draws docs/en/counts.svg.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from counts_made import MAKE, PROCEDURES, UNITS
from tqdm import tqdm

WAYS = ("ours", "ours, small memory", "duckdb", "pandas")
RUNS = 3
MEMORY_LIMIT_FROM = 5_000_000  # dossiers; fewer need less than DuckDB's own buffers
PANDAS_UP_TO = 20_000_000  # dossiers; more do not fit into 24 GB
DOCS = Path(__file__).parents[1] / "docs" / "en"


def timed(way: str, folder: Path, limit: str) -> tuple[float, float, str]:
    """Seconds inside a fresh process, imports left out, its peak memory in MB, and the sums."""
    script = Path(__file__).with_name("counts_ways.py")
    call = [sys.executable, str(script), way, str(folder), limit]
    done = subprocess.run(call, capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"{way}: {done.stderr}")
    # DuckDB may draw a progress bar before the three figures.
    seconds, memory, sums = done.stdout.split()[-3:]
    return float(seconds), float(memory), sums


def measured(size: int, folder: Path, bar: tqdm) -> list[tuple[str, list[float], float]]:
    """way, sorted seconds, peak MB; the ways take turns, so that a busy moment hits all."""
    on_disk = sum(path.stat().st_size for path in folder.rglob("*.parquet"))
    limit = f"{on_disk // 4_000_000}MB"
    unfit = {"ours, small memory": size < MEMORY_LIMIT_FROM, "pandas": size > PANDAS_UP_TO}
    runs: dict[str, list[tuple[float, float]]] = {way: [] for way in WAYS if not unfit.get(way)}
    sums: dict[str, str] = {}
    for _ in range(RUNS):
        for way in WAYS:
            if way in runs:
                given = limit if "memory" in way else ""
                seconds, memory, sums[way] = timed(way, folder, given)
                runs[way].append((seconds, memory))
            bar.update()
    if len(set(sums.values())) > 1:
        sys.exit(f"{size} dossiers: the ways disagree: {sums}")
    return [
        (
            f"{way} ({limit} for {on_disk // 1_000_000} MB of files)" if "memory" in way else way,
            sorted(seconds for seconds, _ in found),
            statistics.median(memory for _, memory in found),
        )
        for way, found in runs.items()
    ]


def table(size: int, rows: list[tuple[str, list[float], float]]) -> list[str]:
    """The Markdown rows of one size."""
    bare = next(statistics.median(seconds) for way, seconds, _ in rows if way == "duckdb")
    return [
        f"| {size:,} | {way} | {statistics.median(seconds):.2f} "
        f"| {seconds[0]:.2f} to {seconds[-1]:.2f} "
        f"| {statistics.median(seconds) / bare:.2f} | {memory:,.0f} |"
        for way, seconds, memory in rows
    ]


def plot(found: dict[int, list[tuple[str, list[float], float]]], path: Path) -> None:
    """Median seconds and their spread by number of dossiers, both in powers of ten."""
    import matplotlib

    matplotlib.use("svg")
    matplotlib.rcParams["svg.hashsalt"] = "counts"
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(figsize=(6.5, 4))
    for way, marker in zip(WAYS, "os^D", strict=True):
        points = [
            (size, seconds)
            for size, rows in found.items()
            for name, seconds, _ in rows
            if name.split(" (")[0] == way
        ]
        if points:
            medians = [statistics.median(seconds) for _, seconds in points]
            below = [m - s[0] for m, (_, s) in zip(medians, points, strict=True)]
            above = [s[-1] - m for m, (_, s) in zip(medians, points, strict=True)]
            sizes = [size for size, _ in points]
            axes.errorbar(sizes, medians, (below, above), marker=marker, capsize=3, label=way)
    axes.set(xscale="log", yscale="log", xlabel="dossiers", ylabel="seconds")
    axes.grid(alpha=0.3)
    axes.legend(frameon=False)
    figure.savefig(path, bbox_inches="tight", metadata={"Date": None})


def main(sizes: list[int]) -> None:
    """Run all sizes, print the table, and draw docs/en/counts.svg."""
    lines = [
        "| dossiers | way | seconds (median) | spread | times bare DuckDB | peak MB |",
        "|---:|---|---:|---:|---:|---:|",
    ]
    found = {}
    with tqdm(total=len(sizes) * (RUNS * len(WAYS) + 1), file=sys.stderr) as bar:
        for size in sizes:
            with tempfile.TemporaryDirectory() as place:
                folder = Path(place) / "dossiers"
                made = {"rows": size, "folder": folder, "units": UNITS, "procedures": PROCEDURES}
                # In a process of its own: a child's peak memory begins at its parent's.
                # Its bar would stand in the table.
                make = "import sys, duckdb; duckdb.sql(sys.argv[1])"
                subprocess.run(
                    [sys.executable, "-c", make, MAKE.format(**made)],
                    check=True,
                    stdout=subprocess.DEVNULL,
                )
                bar.update()
                found[size] = measured(size, folder, bar)
            lines += table(size, found[size])
    print("\n".join(lines))
    if len(sizes) > 1:
        plot(found, DOCS / "counts.svg")


if __name__ == "__main__":
    main([int(size) for size in sys.argv[1:]] or [1_000_000, 10_000_000])
