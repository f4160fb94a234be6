"""The demo's folder: which files it has and how they are written; changes if that does."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from chiso import __version__
from chiso.base.errors import InputError
from chiso.base.files import replace_folder, staging_folder, write_files
from chiso.base.i18n import _
from chiso.demo import bad_rows, dossier_fields, dossiers, portal
from chiso.demo.agencies import SEASON, make_agencies
from chiso.demo.columns import DOSSIERS
from chiso.demo.decisions import make_decisions
from chiso.demo.dossiers import Dossiers, World, make_dossiers, make_world
from chiso.demo.draws import Draws
from chiso.demo.national import make_national
from chiso.demo.offers import make_offers
from chiso.demo.petitions import make_petitions
from chiso.demo.procedure_lists import make_national_list
from chiso.demo.procedure_lists import truth_text as list_text
from chiso.demo.procedures import make_procedures
from chiso.demo.registers import write_registers
from chiso.demo.small_tables import small_tables
from chiso.demo.span import MONTHS, covered_periods
from chiso.demo.tally import Tally, count_dossiers, empty_tally
from chiso.demo.truth import Facts, truth_text
from chiso.rules.units import load_tree

TREE = "hung-yen-2022"
# To be raised whenever the same seed gives other data.
DEMO_VERSION = 3
MARKER = "DEMO"
# The month that is written as registers.
REGISTERED = "2022-09"
Kinds = dict[str, Counter[str]]
Progress = Callable[[Iterable[int]], Iterable[int]]


@dataclass(frozen=True)
class DemoRequest:
    """What demo data is wanted, and where. `as_excel`: only the month REGISTERED, as registers of the
    agencies."""

    out: Path
    seed: int = 766
    dossiers_per_month: int = 60_000
    as_excel: bool = False


@dataclass(frozen=True)
class Summary:
    """What the files hold: sound dossiers that were received, and rows to be set aside."""

    out: Path
    dossiers: int
    set_aside: int


def write_demo(request: DemoRequest, progress: Progress = iter) -> Summary:
    """Write the demo's folder, whole or not at all; `progress` wraps the months.

    InputError if the folder holds anything but an earlier demo.
    """
    _refuse_other_content(request.out)
    with staging_folder(request.out) as folder:
        agencies = make_agencies(load_tree(TREE), request.seed)
        world = make_world(agencies, make_procedures(agencies, request.seed))
        beside = portal.Portal(world, request.seed)
        write = _write_registers if request.as_excel else _write_dossiers
        tally, kinds = write(folder, world, request, progress, beside)
        facts = _facts(world, tally, request)
        for written in small_tables(facts):
            file = f"{written.name}.parquet"
            with _writer(folder / file, written.table.schema) as writer:
                writer.write_table(written.table)
            kinds[file] = written.set_aside
        write_files(folder, {MARKER: _marker(request)})
        if not request.as_excel:
            text, kinds["dossiers-bad.csv"] = bad_rows.bad_text(world, request.seed)
            write_files(folder, {"dossiers-bad.csv": text})
            _write_portal(folder, facts, beside.side())
        write_files(folder / "truth", _truth(facts, kinds, request))
        replace_folder(folder, request.out)
    return Summary(
        request.out,
        int(tally.flows["received"][: _months_held(request)].sum()),
        sum(kind.total() for kind in kinds.values()),
    )


def _refuse_other_content(out: Path) -> None:
    """Demo data replaces demo data only, never real records."""
    if out.is_dir() and (not any(out.iterdir()) or (out / MARKER).is_file()):
        return
    if out.exists():
        raise InputError(
            _("This folder or file exists and is not demo data; it was left as it is."),
            file=out,
            hint=_("Give another folder with --out, or remove this one yourself."),
        )


def _facts(world: World, tally: Tally, request: DemoRequest) -> Facts:
    """Everything beside the dossiers."""
    procedures, agencies = world.procedures, world.agencies
    decisions = make_decisions(procedures, request.seed)
    return Facts(
        world=world,
        decisions=decisions,
        offers=make_offers(procedures, agencies, request.seed),
        petitions=make_petitions(agencies, request.seed, request.dossiers_per_month),
        tally=tally,
        national=make_national(tally, world, request.seed),
        national_list=make_national_list(procedures, agencies, decisions, request.seed),
    )


def _months_held(request: DemoRequest) -> int:
    """The months whose dossiers stand in the files: all, or those up to the month REGISTERED."""
    if not request.as_excel:
        return MONTHS
    return 1 + next(p.last for p in covered_periods() if p.name == REGISTERED)


def _months(
    world: World, request: DemoRequest, tally: Tally, progress: Progress
) -> Iterator[tuple[int, Dossiers]]:
    """The dossiers month by month, each counted in `tally`."""
    for month in progress(range(MONTHS)):
        size = max(2, request.dossiers_per_month * SEASON[month] // 1_000)
        chosen = make_dossiers(world, month, size, Draws(request.seed, dossiers.STREAM, month))
        count_dossiers(tally, chosen, world)
        yield month, chosen


def _table_of(month: int, chosen: Dossiers, world: World, request: DemoRequest) -> pa.Table:
    draws = Draws(request.seed, dossier_fields.STREAM, month)
    return dossier_fields.dossier_table(chosen, world, draws)


def _write_dossiers(
    folder: Path, world: World, request: DemoRequest, progress: Progress, beside: portal.Portal
) -> tuple[Tally, Kinds]:
    """Write and count the dossiers month by month, so that memory holds one month."""
    tally = empty_tally(world)
    set_aside: Counter[str] = Counter()
    with _writer(folder / "dossiers.parquet", DOSSIERS) as writer:
        for month, chosen in _months(world, request, tally, progress):
            table = _table_of(month, chosen, world, request)
            beside.take(chosen, table)
            copies = bad_rows.copies(table)
            bad, kinds = bad_rows.bad_dossiers(world, month, request.seed)
            writer.write_table(pa.concat_tables([table, copies, bad]).combine_chunks())
            set_aside += kinds + Counter({bad_rows.IDENTICAL: copies.num_rows})
    return tally, {"dossiers.parquet": set_aside}


def _write_registers(
    folder: Path, world: World, request: DemoRequest, progress: Progress, _beside: portal.Portal
) -> tuple[Tally, Kinds]:
    """Write the dossiers received by the end of the month REGISTERED as registers; none is bad."""
    tally = empty_tally(world)
    tables = []
    for month, chosen in _months(world, request, tally, progress):
        if month < _months_held(request):
            tables.append(_table_of(month, chosen, world, request))
    write_registers(folder, pa.concat_tables(tables), world)
    return tally, {}


def _write_portal(folder: Path, facts: Facts, side: portal.PortalSide) -> None:
    """What the portal published, its own list of dossiers, and the true causes of the differences."""
    place = folder / "portal" / portal.PERIOD / f"{portal.CAPTURED:%Y%m%dT%H%M%S}"
    counted = replace(facts, tally=side.tally)
    period = next(one for one in covered_periods() if one.name == portal.PERIOD)
    place.mkdir(parents=True)
    with _writer(place / "dossiers.parquet", side.dossiers.schema) as writer:
        writer.write_table(side.dossiers)
    causes = side.causes.to_csv(index=False, lineterminator="\n")
    write_files(place, {"counts.csv": truth_text(counted, period)})
    write_files(folder / "truth", {f"portal-{portal.PERIOD}.csv": causes})


def _writer(path: Path, schema: pa.Schema) -> pq.ParquetWriter:
    """Fixed settings, and a compression that gives the same bytes on every processor."""
    return pq.ParquetWriter(
        path,
        schema,
        version="2.6",
        data_page_version="1.0",
        compression="zstd",
        compression_level=3,
        use_dictionary=True,
        write_statistics=True,
    )


def _marker(request: DemoRequest) -> str:
    """One line: what this is and what made it."""
    return (
        "Dữ liệu minh họa, không phải số liệu thật / illustrative data, not of real agencies:"
        f" demo version {DEMO_VERSION}, seed {request.seed},"
        f" {request.dossiers_per_month} dossiers a month,"
        f" chiso {__version__}, numpy {np.__version__}, pyarrow {pa.__version__}\n"
    )


def _truth(facts: Facts, kinds: Kinds, request: DemoRequest) -> dict[str, str]:
    """True counts of each period, how the lists of procedures differ, and the rows to be set aside by
    file and kind."""
    lines = [
        f"{file},{kind},{rows}"
        for file, found in sorted(kinds.items())
        for kind, rows in sorted(found.items())
    ]
    return {
        **{
            f"{period.name}.csv": truth_text(facts, period)
            for period in covered_periods()
            if not request.as_excel or period.name == REGISTERED
        },
        "procedure-lists.csv": list_text(facts.national_list),
        "set-aside.csv": "\n".join(["file,reason,rows", *lines, ""]),
    }
