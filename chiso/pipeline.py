"""One way through, up to the store: source -> counts -> points -> a kept revision."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pandas as pd

from chiso import __version__, store
from chiso.errors import InputError, ParameterError
from chiso.figures import Figures, load_figures, store_dir
from chiso.files import sha256
from chiso.i18n import _, count, day
from chiso.indicators import RuleBook, load_rules
from chiso.locations import locate, project_root
from chiso.measures.counts import measure
from chiso.scoring import score
from chiso.settings import Settings
from chiso.sources.demo.write import Request, write_demo
from chiso.sources.given import no_official, read_figures
from chiso.sources.records import load_records
from chiso.units import Tree, load_tree


def score_period(settings: Settings, tell: Callable[[str], None]) -> Figures:
    """Score the figures of a period by its settings and keep them in the store.

    Counts that were handed in are taken as they are; else they are measured from records, which are
    invented first where the settings say so. `tell` gets what the user should know meanwhile.
    """
    tree = load_tree(settings.units)
    book = load_rules(settings.indicator_set, settings.period.last_day)
    _require_in_force(tree, settings)
    if settings.counts:
        counts, official = read_figures(settings.counts, settings.official, tree, book)
    else:
        counts, official = _measured(settings, tree, book, tell), no_official()
    scores = score(counts, official, book, tree)
    revision = store.record(store_dir(), scores, _provenance(settings, tree))
    return load_figures(settings.period.name, revision.provenance.revision)


def _require_in_force(tree: Tree, settings: Settings) -> None:
    if not tree.is_in_force(settings.period.last_day):
        raise ParameterError(
            _("The tree “{tree}” is not in force on {day}.").format(
                tree=tree.name, day=day(settings.period.last_day)
            ),
            file=locate(settings.units, "units"),
            hint=_("Choose a tree that is in force in params/periods/, key “units”."),
        )


def _measured(
    settings: Settings, tree: Tree, book: RuleBook, tell: Callable[[str], None]
) -> pd.DataFrame:
    """The counts of the records in the settings' folder."""
    records = load_records(records_place(settings, tell), tree)
    aside = int(records.counts["set_aside"].sum())
    if aside:
        tell(
            _("{aside} of {rows} rows of the records were set aside.").format(
                aside=count(aside), rows=count(int(records.counts["rows_in"].sum()))
            )
        )
    return measure(records.tables, tree, settings.period, book.set.measures, gaps=records.gaps)


def records_place(settings: Settings, tell: Callable[[str], None]) -> Path:
    """The folder of the period's records, with invented ones where the settings say so; InputError
    if there are none."""
    if settings.is_illustrative and not settings.folder.exists():
        tell(
            _("There are no figures for {period}: making illustrative data in {folder}.").format(
                period=settings.period.name, folder=settings.folder
            )
        )
        write_demo(Request(settings.folder))
    if not settings.folder.exists():
        raise InputError(
            _("There are no figures for {period}.").format(period=settings.period.name),
            file=settings.folder,
            hint=_(
                "Put counts.csv (unit,indicator,numerator,denominator) or records"
                " (dossiers.parquet, procedures.csv ...) there, or name another folder in"
                " params/periods/{period}.yml. A published sample: PERIOD=2026"
            ).format(period=settings.period.name),
        )
    return settings.folder


def _provenance(settings: Settings, tree: Tree) -> store.Provenance:
    figures = [settings.counts] if settings.counts else sorted(settings.folder.glob("*.*"))
    inputs = (
        *figures,
        settings.official,
        locate(settings.indicator_set, "indicators"),
        locate(settings.units, "units"),
    )
    return store.Provenance(
        period=settings.period.name,
        province=tree.province,
        units=settings.units,
        indicator_set=settings.indicator_set,
        source={"vi": settings.source_name.vi, "en": settings.source_name.en},
        captured=settings.captured.isoformat() if settings.captured else "",
        as_of=settings.as_of.isoformat(),
        inputs={
            path.relative_to(project_root()).as_posix(): sha256(path) for path in inputs if path
        },
        code_version=__version__,
        code_hash=store.code_hash(),
        packages=store.package_versions(),
    )
