"""Contract tables from a folder of exports or from a database, bad rows set aside with reasons."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from pathlib import Path

import duckdb
import ibis.expr.types as ir
import pandas as pd

from chiso.base.errors import InputError
from chiso.base.i18n import _
from chiso.base.letters import plain
from chiso.contract.faults import is_lost
from chiso.contract.records import AGENCY_COLUMNS, Gap, Records
from chiso.contract.tables import TABLES
from chiso.rules.units import Tree
from chiso.sources.agencies import Agencies
from chiso.sources.checks import Judged, judge
from chiso.sources.codes import Procedures
from chiso.sources.database import Database
from chiso.sources.folder import Folder, Watch, unwatched
from chiso.sources.rules import Known, Raw


def load_records(
    place: Path | str, tree: Tree, watch: Watch = unwatched, engine: str | None = None
) -> Records:
    """The records in a folder or at a database's URL, checked against the contract and `tree`.

    `watch` goes between the steps, of which it is told the number, as a progress bar does.
    `engine`: the address of a Spark session that reads the folder and holds the rows.

    Raises InputError for what makes records unreadable: no table, a missing key column, a broken
    or empty file, text that is not in Unicode; all files at once.
    """
    is_database = engine or "://" in str(place)
    source = Database(str(place), engine) if is_database else Folder(_folder(Path(place)), watch)
    agencies = Agencies(tree)
    judged: dict[str, Judged] = {}
    gaps: set[Gap] = set()
    by_name: Procedures = {}
    # Procedures first: the others' codes are looked up there.
    order = sorted(TABLES.values(), key=lambda item: item.name != "procedures")
    by_agency = [pd.DataFrame(columns=AGENCY_COLUMNS)]
    for table in watch(order, len(order)):
        procedures = judged["procedures"].accepted if "procedures" in judged else None
        raw = source.raw(table, agencies, by_name)
        if raw is None:
            continue
        try:
            rows = _rows_by_unit(raw)
            known = Known(tree, agencies.ambiguous(rows["unit"].unique()), procedures)
            judged[table.name] = judge(raw, known)
        except duckdb.Error:
            if isinstance(source, Folder):
                source.require_readable(table)
            raise
        by_agency.append(_by_agency(rows, judged[table.name], table.name))
        if table.name == "procedures":
            by_name = _by_name(judged[table.name].accepted)
        gaps |= _gaps(raw)
    counts = pd.concat([item.counts for item in judged.values()], ignore_index=True)
    counts = counts.merge(source.other_rows(), on=["table", "file"], how="outer")
    numbers = counts.columns.drop(["table", "file"])
    handed_in = pd.concat([frame for frame in by_agency if len(frame)] or by_agency)
    gaps |= _silent(judged, handed_in, tree) | _national_gaps(judged, tree)
    return Records(
        {name: item.accepted for name, item in judged.items()},
        pd.concat([item.set_aside for item in judged.values()], ignore_index=True),
        {name: item.cells for name, item in judged.items() if len(item.cells)},
        counts.fillna(dict.fromkeys(numbers, 0)).astype(dict.fromkeys(numbers, "int64")),
        frozenset(gaps),
        tuple(source.remarks),
        handed_in.reset_index(drop=True),
    )


def held_in_engine(records: Records) -> Records:
    """The same records with their accepted rows as tables of the engine, for who asks often: what is
    read and checked for each question otherwise is so once. The engine puts on disk what it has no
    memory for. Not for databases, whose rows stay where they lie."""
    tables = {
        name: table.get_backend().create_table(f"held_{name}", table, temp=True)
        for name, table in records.tables.items()
    }
    return replace(records, tables=tables)


def _folder(folder: Path) -> Path:
    if not folder.is_dir():
        raise InputError(
            _("There is no such folder of records."),
            file=folder,
            hint=_("Name a folder of exports, or a database such as postgres://host/name."),
        )
    return folder


def _by_name(procedures: ir.Table) -> Procedures:
    """The ids of procedures by their name as it is compared."""
    ids: dict[str, set[str]] = defaultdict(set)
    if "name" in procedures.columns:
        for row in procedures.select("procedure_id", "name").to_pandas().itertuples():
            if isinstance(row.name, str):
                ids[plain(row.name)].add(row.procedure_id)
    return {name: frozenset(found) for name, found in ids.items()}


def _rows_by_unit(raw: Raw) -> pd.DataFrame:
    """_file, unit, rows: what stands in the column of units, and how often."""
    if "unit" not in raw.held:
        return pd.DataFrame({"_file": [], "unit": [], "rows": []}).astype(
            {"_file": "str", "unit": "str"}
        )
    rows = raw.rows.filter(raw.rows.unit.notnull())
    return rows.group_by("_file", "unit").aggregate(rows=rows.count()).to_pandas()


def _by_agency(rows: pd.DataFrame, judged: Judged, table: str) -> pd.DataFrame:
    """AGENCY_COLUMNS of one table."""
    aside = judged.set_aside.drop_duplicates(["file", "sheet", "row"])
    aside = aside.assign(lost=is_lost(aside["fault"]))
    sizes = aside.groupby(["file", "unit"])["lost"].agg(set_aside="sum", out="size").reset_index()
    sizes = sizes.astype({"file": "str", "unit": "str"})
    found = rows.rename(columns={"_file": "file"}).merge(sizes, on=["file", "unit"], how="left")
    found[["set_aside", "out"]] = found[["set_aside", "out"]].fillna(0).astype("int64")
    found = found.assign(table=table, accepted=found["rows"] - found["out"])
    return found.sort_values(["file", "unit"])[AGENCY_COLUMNS]


def _silent(judged: dict[str, Judged], handed_in: pd.DataFrame, tree: Tree) -> set[Gap]:
    """Agencies without a dossier or a petition that counts, at or below them: they handed in nothing,
    or nothing that could be read. Of one for which the national system counts no dossier it is
    known that there is none."""
    if "dossiers" not in judged:
        return set()
    own = handed_in[handed_in["table"].isin(["dossiers", "petitions"])]
    heard = set(own[own["accepted"] > 0]["unit"]) | _without_dossiers(judged)
    return {
        (table, "", unit.code)
        for unit in tree.units
        if not tree.below(unit.code) & heard
        for table in ("dossiers", "petitions")
        if table in judged
    }


def _without_dossiers(judged: dict[str, Judged]) -> set[str]:
    if "national_counts" not in judged:
        return set()
    counts = judged["national_counts"].accepted.select("unit", "received").to_pandas()
    most = counts.groupby("unit")["received"].max()
    return set(most[most == 0].index)


def _national_gaps(judged: dict[str, Judged], tree: Tree) -> set[Gap]:
    """Agencies whose national count was set aside."""
    if "national_counts" not in judged:
        return set()
    aside = judged["national_counts"].set_aside
    lost = aside[is_lost(aside["fault"])]["unit"]
    return {("national_counts", "received", unit) for unit in lost if unit in tree.by_code}


def _gaps(raw: Raw) -> set[Gap]:
    """Which columns the records of which unit lack; no unit: those of all."""
    gaps: set[Gap] = set()
    for part, columns in raw.lacks.items():
        if not columns:
            continue
        units: list[str | None] = [None]
        if "unit" in raw.held:
            rows = raw.rows.filter(raw.rows._part == part)
            units = rows.select("unit").distinct().unit.to_pandas().dropna().tolist()
        gaps |= {(raw.table.name, column, unit) for column in columns for unit in units}
    return gaps
