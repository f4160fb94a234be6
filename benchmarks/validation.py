"""Rules in one query, pandera and pointblank on 100,000 dossiers with bad rows: what they find, how long, how much memory.

Every way runs in a process of its own on the same DuckDB table with the same rules; the truth is
told by plain Python, row by row. Results: docs/en/validation.md. pointblank: pip install chiso[dev].
"""

from __future__ import annotations

import argparse
import csv
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pandas as pd
from tqdm import tqdm

from chiso.contract.tables import DOSSIERS, PROCEDURES
from chiso.demo.write import DemoRequest, write_demo
from chiso.rules.units import load_tree
from chiso.sources.agencies import Agencies
from chiso.sources.checks import judge
from chiso.sources.folder import Folder
from chiso.sources.rules import Known, Raw, row_rules

TREE = load_tree("hung-yen-2022")
Fault = tuple[str, int, str]  # file, row, column


def write_records(folder: Path, dossiers: int) -> None:
    """The demo's half year, some rows that break three rules at once, and some empty rows."""
    write_demo(DemoRequest(folder, dossiers_per_month=dossiers // 6))
    with (folder / "dossiers-bad.csv").open(encoding="utf-8", newline="") as file:
        names = next(csv.reader(file))
    bad = {"procedure_id": "1.000001", "unit": "nowhere", "status": "11", "due_at": "01/01/0222"}
    rows = [
        {name: bad.get(name, "") for name in names} | {"dossier_id": f"x{i}"} for i in range(50)
    ]
    rows += [dict.fromkeys(names, "")] * 10
    with (folder / "dossiers-many.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, names)
        writer.writeheader()
        writer.writerows(rows)


def open_table(folder: Path) -> tuple[Raw, Known]:
    """The dossiers as a table of DuckDB, and what their codes are checked against."""
    source = Folder(folder)
    agencies = Agencies(TREE)
    listed, raw = source.raw(PROCEDURES, agencies, {}), source.raw(DOSSIERS, agencies, {})
    if listed is None or raw is None:
        sys.exit(f"{folder} holds no dossiers or no procedures")
    procedures = judge(listed, Known(TREE, frozenset(), None)).accepted
    engine = raw.rows.get_backend()
    engine.raw_sql("CREATE TABLE trial AS SELECT * FROM raw_dossiers")
    engine.create_table("listed", procedures.select("procedure_id"))
    raw = Raw(raw.table, engine.table("trial"), raw.held, raw.lacks)
    return raw, Known(TREE, frozenset(), engine.table("listed"))


def truth(raw: Raw, known: Known) -> set[Fault]:
    """What is wrong, row by row in plain Python; rows that only stand twice are left out."""
    procedures = known.procedures
    listed = set() if procedures is None else set(procedures.procedure_id.to_pandas())
    found = set()
    for row in raw.rows.to_pandas().astype(object).to_dict("records"):
        values = {name: None if pd.isna(value) else value for name, value in row.items()}
        for column in _faults(raw, values, listed):
            found.add((row["_file"], row["_row"], column))
    return found


def _faults(raw: Raw, row: dict[str, Any], listed: set[str]) -> Iterator[str]:
    for column in raw.table.columns:
        name = column.name
        text, value = row.get(f"t_{name}"), row.get(name)
        empty = text is None and (column.filled or name in raw.table.key)
        unknown = (name == "unit" and value not in TREE.by_code) or (
            name == "procedure_id" and value not in listed
        )
        if (
            empty
            or (text is not None and (value is None or unknown))
            or (value is not None and column.allowed and value not in column.allowed)
            or (column.kind == "timestamp" and value and not 1990 <= value.year <= 2100)
        ):
            yield name
    received = row.get("received_at")
    for name in ("due_at", "done_at", "returned_at", "ended_at"):
        if received and row.get(name) and row[name] < received:
            yield name
    submitted = row.get("submitted_at")
    if received and submitted and (submitted - received).total_seconds() > 86_400:
        yield "received_at"


def one_query(raw: Raw, known: Known) -> tuple[set[Fault], int]:
    """All rules answered by one query (what chiso does)."""
    judged = judge(raw, known)
    told = {rule.reason for rule in row_rules(raw, known)}
    own = judged.set_aside[judged.set_aside["reason"].isin(told)]
    return set(zip(own["file"], own["row"], own["column"], strict=True)), _number(judged.accepted)


def pandera_rows(raw: Raw, known: Known) -> tuple[set[Fault], int]:
    """Every rule as a check of the whole row, so that each failure carries our own row number."""
    import pandera.ibis as pa
    from pandera.errors import SchemaErrors

    checks = [
        pa.Check(lambda _data, keeps=rule.keeps: keeps, name=rule.column, error=rule.column)
        for rule in row_rules(raw, known)
    ]
    schema = pa.DataFrameSchema(checks=checks)
    found: set[Fault] = set()
    try:
        schema.validate(raw.rows, lazy=True)
    except SchemaErrors as error:
        cases = zip(error.failure_cases["failure_case"], error.failure_cases["check"], strict=True)
        found = {(case["_file"], case["_row"], column) for case, column in cases}
    return found, _dropped(schema, raw)


def _dropped(schema: Any, raw: Raw) -> int:
    """How many rows pandera's drop_invalid_rows leaves."""
    schema.drop_invalid_rows = True
    return _tried(lambda: schema.validate(raw.rows, lazy=True))


def _tried(accepted: Callable[[], Any]) -> int:
    """How many rows are accepted; -1 if that fails."""
    try:
        return _number(accepted())
    except Exception:
        return -1


def pointblank_steps(raw: Raw, known: Known) -> tuple[set[Fault], int]:
    """A pointblank step for each rule, with extracts of all failing rows."""
    import pointblank

    held = row_rules(raw, known)
    plan = pointblank.Validate(raw.rows)
    for rule in held:
        plan = plan.col_vals_expr(expr=rule.keeps)
    done = plan.interrogate(extract_limit=10**9)
    found: set[Fault] = set()
    for number, rule in enumerate(held, start=1):
        extract = done.get_data_extracts(i=number, frame=True)
        if extract is not None and len(extract):
            files, numbers = extract["_file"].to_list(), extract["_row"].to_list()
            found |= {(file, row, rule.column) for file, row in zip(files, numbers, strict=True)}
    return found, _tried(lambda: done.get_sundered_data(type="pass"))


WAYS = {
    "rules in one query (chiso)": one_query,
    "pandera, checks of rows": pandera_rows,
    "pointblank, a step a rule": pointblank_steps,
}


def _number(table: Any) -> int:
    return int(table.count().execute()) if hasattr(table, "execute") else len(table)


def run(way: str, folder: Path) -> None:
    """One way in this process; prints what it found."""
    raw, known = open_table(folder)
    rows = _number(raw.rows)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    start = time.perf_counter()
    try:
        found, accepted = WAYS[way](raw, known)
    except Exception as error:  # a way that fails is a result of the trial
        print(json.dumps({"way": way, "failed": f"{type(error).__name__}: {str(error)[:200]}"}))
        return
    seconds = time.perf_counter() - start
    more = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    expected = truth(raw, known)
    several = Counter((file, row) for file, row, _column in expected)
    by_row = defaultdict(set)
    for file, row, column in found:
        by_row[file, row].add(column)
    complete = sum(
        by_row[place] == {c for f, r, c in expected if (f, r) == place}
        for place, number in several.items()
        if number > 1
    )
    print(
        json.dumps(
            {
                "way": way,
                "rows": rows,
                "bad": len(several),
                "missed": len(expected - found),
                "wrong": len(found - expected),
                "rows_with_all_reasons": f"{complete}/{sum(n > 1 for n in several.values())}",
                "accepted": accepted,
                "seconds": round(seconds, 2),
                "more_MB": more // 1024,
            }
        )
    )


def main() -> None:
    """All ways, one after the other."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--dossiers", type=int, default=100_000)
    parser.add_argument("--way", help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.way:
        run(arguments.way, arguments.folder)
        return
    with tempfile.TemporaryDirectory() as folder:
        write_records(Path(folder) / "records", arguments.dossiers)
        for way in tqdm(WAYS, desc="Ways"):
            words = [sys.executable, __file__, "--way", way, "--folder", f"{folder}/records"]
            done = subprocess.run(words, capture_output=True, text=True, check=False)
            tqdm.write(done.stdout.strip() or done.stderr[-2000:])


if __name__ == "__main__":
    main()
