"""One way through, up to the store: source -> counts -> points -> a kept revision."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import cached_property

import pandas as pd

from chiso import __version__
from chiso.base import clock
from chiso.base.errors import InputError, UserError
from chiso.base.files import sha256
from chiso.base.i18n import _
from chiso.base.locations import locate, params_dir, project_root
from chiso.base.period import Period, parse_period
from chiso.base.versions import code_hash, package_versions
from chiso.contract.evidence import Evidence, Published
from chiso.portal.as_source import in_newest_capture, read_captured
from chiso.portal.captures import MANIFEST
from chiso.rules.indicators import RuleBook, load_rules
from chiso.rules.mergers import load_mergers
from chiso.rules.settings import NotInForceError, Settings, load_settings, tree_in_force
from chiso.rules.units import Tree
from chiso.rules.working_days import load_calendar
from chiso.scoring.score import score
from chiso.sources.given import read_given, read_results
from chiso.store import revisions
from chiso.store.carrying_over import carry_over
from chiso.store.figures import Figures, history_text, load_figures, store_dir
from chiso.store.reading import Reading


def score_period(
    settings: Settings,
    tell: Callable[[str], None],
    as_of: datetime | None = None,
    is_lenient: bool = False,
    reading: Reading | None = None,
) -> Figures:
    """Score the figures of a period by its settings and keep them in the store.

    Counts that were handed in or that the national portal published are taken as they are; else they are measured from records. Earlier periods that can be compared with come along:
    their newest stored revision, or scored now. `tell` gets what the user should know meanwhile.

    `as_of`: the moment at which an open period is looked at, for records the newest one in them where
    it is not given. The figures cover no later day than that (and no later one than the settings say).
    `is_lenient`: an earlier period that can't be read is told and not compared with; else UserError.
    `reading`: keeps the records that are read here for who wants them afterwards.
    """
    tree = tree_in_force(settings, of_records=settings.has_records)
    settings = in_newest_capture(settings, tree.province)
    book = load_rules(settings.indicator_set, settings.period.last_day)
    way = _Way(settings.units, tree, book, tell, reading or Reading(tell))
    own = way.recorded(settings, as_of)
    earlier = []
    for before, its_way in _comparable(settings, way):
        try:
            earlier.append(its_way.newest(before) or its_way.recorded(before))
        except UserError as error:
            if not is_lenient:
                raise
            words = _("{period} can't be read and is not compared with: {error}")
            tell(words.format(period=before.period.label, error=error.message))
    closed = [one for one in reversed(earlier) if not one.is_provisional]
    return load_figures(settings.period.name, own.revision, history_text(closed))


def compared_revisions(settings: Settings) -> str:
    """The stored revisions that the newest one of a period is compared with (history_text), those of the
    tree before among them; nothing is scored."""
    tree = tree_in_force(settings, of_records=settings.counts is None)
    book = load_rules(settings.indicator_set, settings.period.last_day)
    way = _Way(settings.units, tree, book, _unsaid, Reading(_unsaid))
    earlier = [its_way.newest(before) for before, its_way in _comparable(settings, way)]
    closed = [one for one in reversed(earlier) if one and not one.is_provisional]
    return history_text(closed)


def compared_with(settings: Settings) -> tuple[Figures, ...]:
    """The closed periods of the same tree that one is compared with, as they are stored, oldest first;
    nothing is scored."""
    pairs = (item.rpartition(":") for item in compared_revisions(settings).split())
    found = (load_figures(name, int(number)) for name, _colon, number in pairs)
    return tuple(one for one in found if one.provenance.units == settings.units)


def _unsaid(_text: str) -> None:
    """For what tells nothing."""


def newest_stored(period: str = "") -> Figures:
    """The revision that was stored last, of `period` or of any, and what it is compared with; InputError
    if nothing is stored."""
    newest = revisions.last_stored(store_dir(), parse_period(period).name if period else None)
    if newest is None:
        raise InputError(
            _("Nothing is stored of {period}.").format(period=period)
            if period
            else _("Nothing is stored yet."),
            hint=_("Score it first: make report PERIOD={period}").format(period=period or "2026"),
        )
    compared = compared_revisions(load_settings(parse_period(newest.period)))
    return load_figures(newest.period, newest.revision, compared)


def _comparable(settings: Settings, way: _Way) -> Iterator[tuple[Settings, _Way]]:
    """Closed periods of the same kind and set before this one that have figures of the same sort, each
    with its way, the newest first: of the same tree, and of the one that it says was before it;
    invented figures are never compared with real ones."""
    older = way.older
    ways = {one.name: one for one in (way, older) if one}
    period = settings.period.previous
    while way.holds_set(period) and (older or way.is_in_force(period)):
        try:
            before = load_settings(period)
        except NotInForceError:
            return
        its_way = ways.get(before.units)
        # Across the first day of a tree lies a period that is neither's.
        if its_way and its_way.is_in_force(period):
            before = in_newest_capture(before, its_way.tree.province)
            same = (before.indicator_set, before.is_illustrative) == (
                settings.indicator_set,
                settings.is_illustrative,
            )
            is_there = has_figures(before) or its_way.newest(before)
            if same and not before.is_provisional and is_there:
                yield before, its_way
        period = period.previous


def is_scored(settings: Settings) -> bool:
    """Whether the newest stored revision is what the files, parameters and program of now give."""
    tree = tree_in_force(settings, of_records=settings.has_records)
    settings = in_newest_capture(settings, tree.province)
    require_figures(settings)
    provenance = _provenance(settings, tree)
    inputs = _inputs_hash(settings, provenance, None)
    return revisions.remembered(store_dir(), tree.province, provenance.period, inputs) is not None


@dataclass(frozen=True)
class _Way:
    """The way of one tree (`name`: its file) and one set from a folder of figures to the store."""

    name: str
    tree: Tree
    book: RuleBook
    tell: Callable[[str], None]
    reading: Reading
    # All that one run stores bears one moment.
    began: datetime = field(default_factory=lambda: clock.now())

    @cached_property
    def older(self) -> _Way | None:
        """The way of the tree that this one says was before it."""
        mergers, before = load_mergers(self.tree), self.tree.before
        if mergers is None or mergers.old is None or before is None or before.units is None:
            return None
        return replace(self, name=before.units, tree=mergers.old)

    def holds_set(self, period: Period) -> bool:
        """Whether the set holds on the last day of a period."""
        return self.book.set.valid_from <= period.last_day

    def is_in_force(self, period: Period) -> bool:
        """Whether tree and set hold for the whole of a period."""
        first = period.start.date()
        return self.tree.is_in_force(first) and self.holds_set(period)

    def newest(self, settings: Settings) -> revisions.Provenance | None:
        """The newest stored revision made by the same tree, set and sort of figures."""
        carry_over(store_dir(), self.tree.province, settings)
        found = revisions.history(store_dir(), self.tree.province, settings.period.name)
        wanted = (settings.units, settings.indicator_set, settings.is_illustrative)
        return next(
            (
                item
                for item in reversed(found)
                if (item.units, item.indicator_set, item.is_illustrative) == wanted
            ),
            None,
        )

    def recorded(self, settings: Settings, as_of: datetime | None = None) -> revisions.Provenance:
        """The stored revision of the figures as they are now; scored only if anything changed."""
        require_figures(settings)
        carry_over(store_dir(), self.tree.province, settings)
        provenance = _provenance(settings, self.tree)
        inputs = _inputs_hash(settings, provenance, None if settings.counts else as_of)
        known = revisions.remembered(store_dir(), provenance.province, provenance.period, inputs)
        if known:
            return known
        # By the rules of its own day: since then a target may have changed.
        book = load_rules(settings.indicator_set, settings.period.last_day)
        evidence: Evidence | Published | None = None
        moment = as_of
        if settings.is_portal:
            # A capture says itself which day its figures are of.
            moment = None
            counts, official, evidence = read_captured(settings, self.tree)
        elif settings.counts:
            counts, official = read_given(settings.counts, settings.official, self.tree, book)
        else:
            official = read_results(settings.official, self.tree, book)
            counts, evidence, moment = self._measured(settings, as_of)
        provenance = replace(provenance, as_of=_last_day(settings, moment).isoformat())
        scores = score(counts, official, book, self.tree)
        recorded = revisions.record(
            store_dir(), scores, provenance, evidence, official, self.began
        ).provenance
        revisions.remember(store_dir(), recorded, inputs)
        return recorded

    def _measured(
        self, settings: Settings, as_of: datetime | None
    ) -> tuple[pd.DataFrame, Evidence, datetime | None]:
        """The counts of the records in the settings' folder, which is read once for all periods, what
        stands behind them, and the moment at which they were looked at."""
        # Deferred: with nothing to measure, the engine is not worth its half second.
        from chiso.measures.findings import find

        records = self.reading.records(settings.folder, self.tree)
        self.tell(_("Counting {period} ...").format(period=settings.period.label))
        moment = as_of or self.reading.newest_moment(settings.folder, self.tree)
        return *find(records, self.tree, settings.period, self.book.set.measures, moment), moment


def _last_day(settings: Settings, moment: datetime | None) -> date:
    """The last day that figures cover which were taken at `moment`: its own, or that of the settings
    where no working day of the period comes after it, for then hardly a record can be missing."""
    if moment is None or moment >= settings.period.end:
        return settings.as_of
    day = max(moment.date(), settings.period.start.date())
    is_whole = load_calendar().day_after(day, 1) > settings.period.last_day
    return settings.as_of if is_whole else min(day, settings.as_of)


def has_figures(settings: Settings) -> bool:
    """Whether the folder of a period's figures is there; of the portal's, a whole capture."""
    needed = settings.folder / MANIFEST if settings.is_portal else settings.folder
    return needed.exists()


def require_figures(settings: Settings) -> None:
    """InputError where there are no figures of a period."""
    if not has_figures(settings):
        raise InputError(
            _("There are no figures for {period}.").format(period=settings.period.name),
            file=settings.folder,
            hint=_(
                "Put counts.csv (unit,indicator,numerator,denominator) or records"
                " (dossiers.parquet, procedures.csv ...) there, name another folder in"
                " params/periods/{period}.yml, or take what the national portal publishes: make fetch"
                " PERIOD={period}. A published sample: PERIOD=2026"
            ).format(period=settings.period.name),
        )


def _inputs_hash(
    settings: Settings, provenance: revisions.Provenance, as_of: datetime | None
) -> str:
    """The hash of all that the figures of a period are made from: files, parameters, code, moment."""
    params = params_dir()
    files = [
        *settings.folder.rglob("*"),
        *(params / "sources").rglob("*"),
        *params.glob("*.yml"),
    ]
    found = {
        path.relative_to(project_root()).as_posix(): sha256(path)
        for path in sorted(files)
        if path.is_file()
    }
    return hashlib.sha256(repr((provenance, as_of, found)).encode()).hexdigest()


def _provenance(settings: Settings, tree: Tree) -> revisions.Provenance:
    figures = [settings.counts] if settings.counts else sorted(settings.folder.glob("*.*"))
    rules = [locate(settings.indicator_set, "indicators"), locate(settings.units, "units")]
    set_hash, tree_hash = (revisions.keep_copy(store_dir(), path) for path in rules)
    inputs = {path: sha256(path) for path in (*figures, settings.official) if path}
    # By what they say: a comment in them is nothing that figures are made from.
    inputs |= dict(zip(rules, (set_hash, tree_hash), strict=True))
    return revisions.Provenance(
        period=settings.period.name,
        province=tree.province,
        units=settings.units,
        indicator_set=settings.indicator_set,
        source={"vi": settings.source_name.vi, "en": settings.source_name.en},
        captured=settings.captured.isoformat() if settings.captured else "",
        as_of=settings.as_of.isoformat(),
        is_illustrative=settings.is_illustrative,
        inputs={
            path.relative_to(project_root()).as_posix(): value for path, value in inputs.items()
        },
        code_version=__version__,
        code_hash=code_hash(),
        packages=package_versions(),
        set_hash=set_hash,
        tree_hash=tree_hash,
    )
