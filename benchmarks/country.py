"""A country in one run: partitioned records, counts by an engine, reports on two dask workers.

    python benchmarks/country.py --dossiers 25000000 --pages 190 400 800 1600 3810

Invents 34 provinces with 15 agencies and 97 communes each and their dossiers of a month, as Parquet in
a folder a province; `chiso measure` counts them by DuckDB or (`--engine local[2]`) Spark, and
`chiso report` makes the first so many pages of the tree from these counts, on a cluster of two processes
of this machine, all in a new project a size. Prints a row as each size ends, then what a page more takes
and what breaks first: the size that failed, with its words, or what grows fastest and how far it goes.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import random
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import duckdb
import pandas as pd
import yaml
from counts_made import PROCEDURES, ROWS
from measured import Together, Usage, run, table

ROOT = Path(__file__).resolve().parent.parent
CHISO = str(Path(sys.executable).with_name("chiso"))
PERIOD, TREE = "2022-09", "country"
PROVINCES, AGENCIES, COMMUNES = 34, 15, 97
EACH = AGENCIES + COMMUNES
A_PAGE, PEAK, INDEX = "CPU s a page", "peak MB of all processes", "index page MB"
HEADINGS = (
    "pages", "wall s", "CPU s", A_PAGE, PEAK, "files", "MB", INDEX, "comparison page MB",
)  # fmt: skip
_DIGITS = (0, 0, 0, 2, 0, 0, 0, 2, 2)

# The made dossiers with the agencies' codes, in a folder a province.
OF_PROVINCES = """
COPY (
  SELECT * EXCLUDE (unit, part), format('p{{:02d}}', CAST(unit AS INT) // {each}) AS province,
    province || format('-{{:03d}}', CAST(unit AS INT) % {each}) AS unit
  FROM ({rows})
) TO '{folder}/dossiers' (FORMAT parquet, PARTITION_BY (province))
"""
OF_PROCEDURES = """
COPY (
  SELECT 'P' || i AS procedure_id, 'Thủ tục ' || i AS name, CAST(15 AS BIGINT) AS max_term,
    'working_day' AS term_unit, i % 3 = 0 AS has_fee, i % 2 = 0 AS returns_paper, true AS for_citizens
  FROM range({procedures}) t(i)
) TO '{folder}/procedures.parquet' (FORMAT parquet)
"""


def main() -> None:
    """Count, then make pages size by size."""
    options = _options()
    units = country()
    with tempfile.TemporaryDirectory(prefix="chiso-country-") as place:
        records = Path(place) / "records"
        counts, held = counted(records, options, units)
        shutil.rmtree(records)
        print(table(HEADINGS, []), flush=True)
        rows: list[tuple[float, ...]] = []
        broken = ""
        for pages in options.pages:
            row, broken = reported(Path(place) / f"pages-{pages}", units[:pages], counts)
            if broken:
                break
            rows.append(row)
            cells = (f"{value:,.{digits}f}" for value, digits in zip(row, _DIGITS, strict=True))
            print("| " + " | ".join(cells) + " |", flush=True)
        print("\n" + told(rows, broken, held))


def told(rows: list[tuple[float, ...]], broken: str, counting: float) -> str:
    """What a page more takes between the fewest and the most pages, and what broke, or would first:
    `counting` is the memory that counting held, in MB."""
    if len(rows) < 2:
        return broken
    first, last = (dict(zip(HEADINGS, row, strict=True)) for row in (rows[0], rows[-1]))
    more = last["pages"] - first["pages"]
    slope = {name: (last[name] - first[name]) / more for name in HEADINGS}
    times = {name: last[name] / first[name] for name in (A_PAGE, PEAK, INDEX)}
    return (
        f"From {first['pages']:,.0f} to {last['pages']:,.0f} pages, each page more takes "
        f"{slope['CPU s']:.2f} CPU s, {slope['wall s']:.2f} s by the clock, {slope['files']:.1f} files, "
        f"{slope['MB']:.2f} MB on disk, {1000 * slope[PEAK]:.0f} KB of memory at the peak and "
        f"{1000 * slope[INDEX]:.1f} KB of the index page. With {last['pages'] / first['pages']:.0f} "
        f"times as many pages, a page takes {times[A_PAGE]:.2f} times the CPU, all processes "
        f"{times[PEAK]:.1f} times the memory, the index page {times[INDEX]:.0f} times its "
        f"size. {broken or _first(counting, last[PEAK])}"
    )


def _first(counting: float, pages: float) -> str:
    """What is nearest to the end of this machine."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**20
    what, most = max(("counting", counting), ("making pages", pages), key=lambda one: one[1])
    return (
        f"Nothing broke; memory would first: {what} held {most / memory:.0%} of this machine's "
        "(DuckDB takes up to 80% before it writes to disk)."
    )


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--dossiers", type=int, default=25_000_000)
    parser.add_argument("--engine", default="", help="Spark, as chiso measure has it; else DuckDB")
    parser.add_argument("--pages", type=int, nargs="*", default=[190, 400, 800, 1600, 3810])
    return parser.parse_args()


def country() -> list[dict[str, object]]:
    """The units in the order of a file of params/units/, every province before what is below it."""
    units = [_unit("VN", "Cả nước", "tinh", None)]
    for p in range(PROVINCES):
        code = f"p{p:02}"
        units.append(_unit(code, f"Tỉnh {p + 1}", "huyen", "VN"))
        for i in range(EACH):
            level, name = ("so", "Sở") if i < AGENCIES else ("xa", "Xã")
            units.append(_unit(f"{code}-{i:03}", f"{name} {i + 1}, tỉnh {p + 1}", level, code))
    return units


def _unit(code: str, name: str, level: str, parent: str | None) -> dict[str, object]:
    unit: dict[str, object] = {
        "code": code, "name": {"vi": name, "en": name}, "level": level, "cohort": level,
    }  # fmt: skip
    return {**unit, "parent": parent} if parent else unit


def counted(records: Path, options: argparse.Namespace, units: list) -> tuple[pd.DataFrame, float]:
    """The counts of the whole country, in one run of `chiso measure`, and the MB that it held; tells what
    it took."""
    records.mkdir()
    project = records.with_name("counting")
    make_project(project, units)
    made = _make_records(records, options.dossiers)
    source = str(records)
    if not options.engine:
        file = records / "country.duckdb"
        with duckdb.connect(str(file)) as base:
            for name, files in (("dossiers", "dossiers/*/*"), ("procedures", "procedures")):
                base.sql(f"CREATE VIEW {name} AS FROM read_parquet('{records}/{files}.parquet')")
        source = f"duckdb:///{file}"
    out = project / "counts.csv"
    call = [CHISO, "measure", "--period", PERIOD, "--records", source, "--units", TREE]
    call += ["--engine", options.engine] if options.engine else []
    used = run([*call, "--out", str(out)])
    print(
        f"{options.dossiers:,} dossiers of {len(units):,} units ({made:,.0f} MB of Parquet) counted by "
        f"{options.engine or 'DuckDB'}: {used.wall:.1f} s, {used.cpu:.1f} CPU s, "
        f"{used.peak:,.0f} MB at most.\n",
        flush=True,
    )
    return pd.read_csv(out), used.peak


def _make_records(records: Path, dossiers: int) -> float:
    """Parquet of the month, a folder a province, and the procedures; its size in MB."""
    rows = ROWS.format(rows=dossiers, units=PROVINCES * EACH, procedures=PROCEDURES)
    with duckdb.connect() as base:
        base.sql("SET enable_progress_bar = false")
        base.sql(OF_PROVINCES.format(rows=rows, each=EACH, folder=records))
        base.sql(OF_PROCEDURES.format(procedures=PROCEDURES, folder=records))
    return sum(path.stat().st_size for path in records.rglob("*.parquet")) / 1e6


def make_project(project: Path, units: list) -> None:
    """A project with that tree in force, in which the program works from now on."""
    built = shutil.ignore_patterns("_site", "_failed", "_internal", ".*")
    for name in ("notebooks", "params", "reports"):
        shutil.copytree(ROOT / name, project / name, ignore=built)
    cohorts = {"tinh": "Cả nước", "huyen": "Tỉnh", "so": "Sở", "xa": "Xã"}
    there = {unit["cohort"] for unit in units}
    tree = {
        "name": {"vi": "Một nước", "en": "A country"},
        "source": "invented",
        "last_confirmed": "2026-11-30",
        "valid_from": "2022-01-01",
        "province": "VN",
        "cohorts": {
            key: {"name": {"vi": name, "en": name}} for key, name in cohorts.items() if key in there
        },
        "units": units,
    }
    settings = {
        "units": TREE,
        "indicator_set": "766-2022",
        "source": {"name": {"vi": "Bịa đặt", "en": "Invented"}, "folder": "data/{period}"},
        "cases": "internal",
    }
    for path, content in ((f"units/{TREE}.yml", tree), ("defaults.yml", settings)):
        text = yaml.safe_dump(content, allow_unicode=True, sort_keys=False)
        (project / "params" / path).write_text(text, encoding="utf-8")
    os.environ["CHISO_PROJECT"] = str(project)


def reported(project: Path, units: list, counts: pd.DataFrame) -> tuple[tuple[float, ...], str]:
    """The figures of one size, or, where it broke, its last words."""
    from distributed import LocalCluster

    make_project(project, units)
    folder = project / "data" / PERIOD
    folder.mkdir(parents=True)
    _filled(counts, {unit["code"] for unit in units}).to_csv(folder / "counts.csv", index=False)
    before, begin = _cpu(), time.perf_counter()
    with Together(with_own=True) as memory:
        two = {"n_workers": 2, "threads_per_worker": 1, "host": "127.0.0.1"}
        with LocalCluster(**two, dashboard_address=None, worker_dashboard_address=None) as cluster:
            call = [CHISO, "report", "--period", PERIOD, "--engine", cluster.scheduler_address]
            # Not by `run`, which waits for all children: the workers are children too.
            done = subprocess.run(call, capture_output=True, text=True)
    if done.returncode:
        return (), f"With {len(units):,} pages it broke: {done.stderr[-500:].strip()}"
    _reap()
    used = Usage(time.perf_counter() - begin, _cpu() - before, memory.most)
    site = project / "reports" / "_site"
    files = [path for path in site.rglob("*") if path.is_file()]
    pages = len(list((site / PERIOD).glob("*.html")))
    row = (
        pages, used.wall, used.cpu, used.cpu / pages, used.peak, len(files),
        sum(path.stat().st_size for path in files) / 1e6,
        *((site / PERIOD / name).stat().st_size / 1e6 for name in ("index.html", "compare.html")),
    )  # fmt: skip
    shutil.rmtree(project)
    return row, ""


def _reap() -> None:
    """End what is left of processes whose parents ended before them, so that their CPU is counted."""
    with contextlib.suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass


def _cpu() -> float:
    """CPU seconds of this process, which schedules, and of all that ended below it."""
    both = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(used.ru_utime + used.ru_stime for used in both)


def _filled(counts: pd.DataFrame, codes: set) -> pd.DataFrame:
    """The counts of some units; what dossiers alone do not tell is drawn, so that no page is thinner."""
    chance = random.Random(766)  # noqa: S311 - no secret
    found = counts[counts["unit"].isin(codes)].copy()
    for row in found.index[found["denominator"].isna()]:
        whole = chance.randint(20, 900)
        found.loc[row, ["numerator", "denominator"]] = chance.randint(whole // 2, whole), whole
    return found.astype({"numerator": "int64", "denominator": "int64"})


if __name__ == "__main__":
    main()
