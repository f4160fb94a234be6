"""One way through, up to the store: source -> counts -> points -> a kept revision."""

from __future__ import annotations

from pathlib import Path

from chiso import __version__, store
from chiso.errors import InputError
from chiso.figures import Figures, load_figures, store_dir
from chiso.files import sha256
from chiso.i18n import _
from chiso.indicators import load_rules
from chiso.locations import locate, project_root
from chiso.scoring import score
from chiso.settings import Settings
from chiso.sources.given import read_figures
from chiso.units import Tree, load_tree


def score_period(settings: Settings) -> Figures:
    """Score the figures of a period by its settings and keep them in the store."""
    tree = load_tree(settings.units)
    book = load_rules(settings.indicator_set, settings.period.last_day)
    counts, official = read_figures(_require_counts(settings), settings.official, tree)
    scores = score(counts, official, book, tree)
    revision = store.record(store_dir(), scores, _provenance(settings, tree))
    return load_figures(settings.period.name, revision.provenance.revision)


def _require_counts(settings: Settings) -> Path:
    """The file of counts; InputError that says how to hand it in where it is absent."""
    if settings.counts is None:
        raise InputError(
            _("There are no figures for {period}.").format(period=settings.period.name),
            file=settings.folder / "counts.csv",
            hint=_(
                "Put counts.csv (unit,indicator,numerator,denominator) there, or name another"
                " folder in params/periods/{period}.yml. A published sample: PERIOD=2026"
            ).format(period=settings.period.name),
        )
    return settings.counts


def _provenance(settings: Settings, tree: Tree) -> store.Provenance:
    inputs = (
        settings.counts,
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
