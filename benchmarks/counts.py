"""Counts from dossiers: ours, a bare DuckDB query of the same aggregates, and pandas, side by side.

    python benchmarks/counts.py 1000000 10000000

Makes the dossiers by DuckDB into a temporary Parquet file, runs each way in a process of its own,
and prints a Markdown table of seconds (median of three) and peak memory.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

UNITS, PROCEDURES = 190, 400
WAYS = ("ours", "duckdb", "pandas")
RUNS = 3

MAKE = """
COPY (SELECT 'd' || i AS dossier_id, 'P' || (hash(i) % {procedures}) AS procedure_id,
  CAST(hash(i + 1) % {units} AS VARCHAR) AS unit, CAST(9 AS BIGINT) AS status,
  CAST(1 + hash(i + 2) % 2 AS BIGINT) AS channel, received AS submitted_at, received AS received_at,
  received + INTERVAL 5 DAY AS due_at, received + to_hours(CAST(hash(i + 3) % 140 AS INT)) AS done_at,
  hash(i + 4) % 3 = 0 AS components_file, hash(i + 5) % 2 = 0 AS result_file,
  hash(i + 6) % 4 = 0 AS reused, hash(i + 7) % 9 = 0 AS from_store, hash(i + 8) % 3 = 0 AS population_data,
  CAST(hash(i + 9) % 3 AS BIGINT) AS paid_online, received AS synced_at
  FROM (SELECT i, TIMESTAMP '2022-09-01' + to_seconds(CAST(hash(i) % 2592000 AS BIGINT)) AS received
        FROM range({rows}) t(i))) TO '{path}' (FORMAT parquet)
"""

BARE = """
SELECT unit, procedure_id, count(*), count(*) FILTER (done_at <= due_at), count(*) FILTER (channel = 2),
  count(*) FILTER (paid_online IN (1, 2)), count(*) FILTER (result_file),
  count(*) FILTER (components_file), count(*) FILTER (components_file AND result_file),
  count(*) FILTER (reused), count(*) FILTER (from_store), count(*) FILTER (population_data),
  count(synced_at) FROM read_parquet('{path}')
WHERE received_at >= TIMESTAMP '2022-09-01' AND received_at < TIMESTAMP '2022-10-01' GROUP BY ALL
"""


def ours(path: str) -> None:
    """The measures' pass over the dossiers."""
    from datetime import datetime

    import ibis

    from chiso.deadlines import make_calendar
    from chiso.indicators import MeasureOptions
    from chiso.measures.dossiers import dossier_facts, dossier_sums
    from chiso.measures.scope import Scope
    from chiso.period import parse_period
    from chiso.units import load_tree

    now = datetime(2022, 9, 30, 23, 59, 59)
    period, tree = parse_period("2022-09"), load_tree("hung-yen-2022")
    scope = Scope(tree, period, MeasureOptions(), make_calendar(), now)
    tables = {"dossiers": ibis.duckdb.connect().read_parquet(path)}
    dossier_sums(dossier_facts(tables, scope)).to_pandas()


def duckdb(path: str) -> None:
    """The same aggregates written by hand."""
    import duckdb as engine

    engine.sql(BARE.format(path=path)).df()


def pandas(path: str) -> None:
    """The same aggregates by a groupby of everything in memory."""
    import pandas as pd

    table = pd.read_parquet(path)
    flags = pd.DataFrame(
        {
            "on_time": table["done_at"] <= table["due_at"],
            "online": table["channel"] == 2,
            "paid": table["paid_online"].isin([1, 2]),
            "both": table["components_file"] & table["result_file"],
            "synced": table["synced_at"].notna(),
            **{
                name: table[name]
                for name in (
                    "components_file",
                    "result_file",
                    "reused",
                    "from_store",
                    "population_data",
                )
            },
        }
    )
    flags.groupby([table["unit"], table["procedure_id"]]).sum()


def timed(way: str, path: Path) -> tuple[float, float]:
    """Seconds inside a fresh process, imports left out, and its peak memory in MB."""
    code = (
        "import resource, sys, time; sys.path.insert(0, 'benchmarks'); import counts\n"
        "import duckdb, ibis, pandas, chiso.measures.dossiers, chiso.deadlines\n"
        "chiso.deadlines.make_calendar(); begin = time.perf_counter()\n"
        f"getattr(counts, {way!r})({str(path)!r})\n"
        "print(time.perf_counter() - begin, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    # DuckDB may draw a progress bar before the two figures.
    seconds, memory = done.stdout.split()[-2:]
    return float(seconds), float(memory)


def main(sizes: list[int]) -> None:
    """Print the table for the sizes asked for."""
    import duckdb as engine

    print("| dossiers | way | seconds (median, min to max) | times bare DuckDB | peak MB |")
    print("|---:|---|---:|---:|---:|")
    for size in sizes:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "dossiers.parquet"
            made = {"rows": size, "path": path, "units": UNITS, "procedures": PROCEDURES}
            engine.sql(MAKE.format(**made))
            runs: dict[str, list[tuple[float, float]]] = {way: [] for way in WAYS}
            for _ in range(RUNS):
                for way in WAYS:
                    runs[way].append(timed(way, path))
            bare = statistics.median(seconds for seconds, _ in runs["duckdb"])
            for way, found in runs.items():
                seconds = sorted(seconds for seconds, _ in found)
                median = statistics.median(seconds)
                memory = statistics.median(memory for _, memory in found)
                print(
                    f"| {size:,} | {way} | {median:.2f} ({seconds[0]:.2f} to {seconds[-1]:.2f}) "
                    f"| {median / bare:.2f} | {memory:,.0f} |"
                )


if __name__ == "__main__":
    main([int(size) for size in sys.argv[1:]] or [1_000_000, 10_000_000])
