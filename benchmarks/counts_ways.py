"""One run of one way of counting dossiers: prints seconds, peak MB and a digest of the sums.

python benchmarks/counts_ways.py WAY FOLDER MEMORY_LIMIT
"""

from __future__ import annotations

import hashlib
import resource
import sys
import time
from datetime import datetime
from typing import cast

import duckdb as engine
import ibis
import ibis.backends.duckdb
import pandas as pd
from counts_made import BARE, PROCEDURES

from chiso.base.period import parse_period
from chiso.measures.definitions import dossier_shares, summed_flags
from chiso.measures.dossiers import dossier_sums
from chiso.measures.scope import Scope
from chiso.rules.indicators import MeasureOptions
from chiso.rules.units import load_tree
from chiso.rules.working_days import make_calendar

SUMS = summed_flags(dossier_shares(MeasureOptions()))
NOW = datetime(2022, 9, 30, 23, 59, 59)


def ours(folder: str, limit: str) -> pd.DataFrame:
    """The measures' pass over the dossiers."""
    settings = {"memory_limit": limit} if limit else {}
    period, tree = parse_period("2022-09"), load_tree("hung-yen-2022")
    scope = Scope(tree, period, MeasureOptions(), make_calendar(), NOW)
    tables = {
        "dossiers": ibis.duckdb.connect(**settings).read_parquet(f"{folder}/*/*.parquet"),
        "procedures": ibis.memtable(
            {
                "procedure_id": [f"P{number}" for number in range(PROCEDURES)],
                "max_term": [3, 15] * (PROCEDURES // 2),
                "term_unit": ["working_day", "month"] * (PROCEDURES // 2),
            }
        ),
    }
    return dossier_sums(tables, scope, SUMS).to_pandas()


def duckdb(folder: str, limit: str) -> pd.DataFrame:
    """The same sums written by hand."""
    return cast(engine.DuckDBPyRelation, engine.sql(BARE.format(folder=folder))).df()


def pandas(folder: str, limit: str) -> pd.DataFrame:
    """The same sums by a groupby of everything in memory."""
    table = pd.read_parquet(folder)
    table["end"] = table["done_at"].fillna(table["returned_at"]).fillna(table["ended_at"])
    start, after = pd.Timestamp("2022-09-01"), pd.Timestamp("2022-10-01")
    here = table["received_at"].between(start, after, inclusive="left")
    counted = here | ((table["received_at"] < start) & ~(table["end"] < start))
    table, here = table[counted], here[counted]
    moment = table["end"].where(table["end"] < after, pd.Timestamp(NOW))
    waited = (table["supplement_done_at"] - table["supplement_asked_at"]).fillna(pd.Timedelta(0))
    paid = here & table["paid_online"].isin([1, 2])
    flags = {
        "population": here | True,
        "on_time": moment - waited <= table["due_at"],
        "complained": table["disliked"] | table["petitioned"],
        "received": here,
        "synced": here & table["synced_at"].notna(),
        "online": here & (table["channel"] == 2),
        "paid": paid,
        "fee_filled": here & (table["fee_total"].fillna(0) != 0),
        "online_or_submitted": here & (table["channel"] == 2),
        "to_pay": here & ~table["fee_lines_zero"],
        "to_pay_paid": paid & ~table["fee_lines_zero"],
        "result": here & table["result_file"],
        "components": here & table["components_file"],
        "components_and_result": here & table["components_file"] & table["result_file"],
        **{name: here & table[name] for name in ("reused", "from_store", "population_data")},
        "connected": here & table["population_data"],
    }
    keys = [table["unit"], table["procedure_id"]]
    return pd.DataFrame(flags).groupby(keys).sum().reset_index()


def main(way: str, folder: str, limit: str) -> None:
    """Run and print."""
    make_calendar()  # once a process, however many periods it measures
    count = {"ours": ours, "duckdb": duckdb, "pandas": pandas}[way.split(",")[0]]
    begin = time.perf_counter()
    sums = count(folder, limit)
    seconds = time.perf_counter() - begin
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    ordered = sums.sort_values(["unit", "procedure_id"])[["unit", "procedure_id", *SUMS]]
    text = ordered.astype(dict.fromkeys(SUMS, "int64")).to_csv(index=False)
    print(seconds, memory, hashlib.sha256(text.encode()).hexdigest())


if __name__ == "__main__":
    main(*sys.argv[1:])
