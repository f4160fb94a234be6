"""One period's report from end to end: score, record, make what changed, put in place."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from chiso.base.files import only_one, replace_folder, staging_folder, tidy_staged
from chiso.base.i18n import _, current_language
from chiso.base.locations import project_root
from chiso.base.period import Period
from chiso.base.processes import do_apart
from chiso.pages.own_text import check_texts
from chiso.publishing.cache import Cache, period_cache
from chiso.publishing.pages import (
    INDEX,
    Page,
    check_parameters,
    check_units,
    common_pages,
    index_page,
    unit_pages,
)
from chiso.publishing.parameter_files import check_shared
from chiso.publishing.periods import write_periods
from chiso.publishing.reconciling import reconcile_figures
from chiso.publishing.remake import Remake
from chiso.publishing.render import WriterName, choose_writer
from chiso.publishing.site import Folders, Site, State, Written, folders_of, read_site
from chiso.rules.settings import Settings, load_settings
from chiso.rules.units import Tree, load_tree
from chiso.store.figures import Figures
from chiso.store.pipeline import score_period
from chiso.store.reading import MustReadError, Reading

if TYPE_CHECKING:
    # What makes pages is imported where one has to be made.
    from chiso.publishing.assemble import Source
    from chiso.publishing.execute import Outcome
    from chiso.publishing.kernel import Preparation

# Told how many of how many pages are done.
Progress = Callable[[int, int], None]
Watch = Callable[[int], None]
# Pages of a cohort from which on it is sooner to work out once, in every worker, what they share.
_ENOUGH = 4
# Page -> what became of it instead, where it could not be made.
Failures = dict[str, "Outcome"]


@dataclass(frozen=True)
class ReportRequest:
    """What to make: a period, some units (none named: all), how many at a time, which writer.

    `engine`: the address of a dask scheduler, or empty. `force`: also pages that did not change.
    """

    period: Period
    units: tuple[str, ...] = ()
    jobs: int = 2
    writer: WriterName = "auto"
    engine: str = ""
    force: bool = False


@dataclass(frozen=True)
class Summary:
    """What became of a run: the site, the revision that it shows, how many pages it was asked for
    and how many it made, and those that failed, with why. `is_published`: whether the site is of
    this run; it stays as it was where all pages failed, or the index."""

    site: Path
    failed_notebooks: Path
    revision: int
    pages: int
    made: int
    failed: dict[str, str]
    is_published: bool = True


def build_report(
    request: ReportRequest, progress: Progress, tell: Callable[[str], None]
) -> Summary:
    """Bring the site of a period under reports/_site/<period>/ up to date, or leave it as it was.

    The figures are scored and kept in the store first. A page is made again only if something that
    it is made from has changed. A page that fails is replaced by one that says so and does not stop
    the others; where the machine is at fault, the one of an earlier run stays and is marked. Raises
    UserError for wrong parameters or figures before anything of the site is written.
    """
    # Told before minutes of counting, as are mistyped names.
    choose_writer(request.writer)
    check_shared()
    settings = load_settings(request.period)
    for code in request.units:
        load_tree(settings.units).unit(code)
    try:
        figures = _counted(settings, Reading(tell, may_read=False))
    except MustReadError:
        # Pages are made from figures: the memory that reading and counting take is given back before.
        do_apart(lambda told: _counted(settings, Reading(told)), tell)
        figures = _counted(settings, Reading(tell))
    return _make_site(request, figures, progress, tell)


def _counted(settings: Settings, reading: Reading) -> Figures:
    """The figures of a period, scored and reconciled, or as they are kept."""
    figures = score_period(settings, reading.tell, reading=reading)
    reconcile_figures(figures, reading)
    return figures


def bring_up_to_date(
    request: ReportRequest, figures: Figures, reading: Reading, progress: Progress
) -> Summary:
    """The same for figures that are scored already, with `reading`; `request` is of their period."""
    reconcile_figures(figures, reading)
    reading.forget()  # pages are made from figures
    return _make_site(request, figures, progress, reading.tell)


def _make_site(
    request: ReportRequest, figures: Figures, progress: Progress, tell: Callable[[str], None]
) -> Summary:
    """Bring the site up to date with figures that are scored and reconciled; no records are read."""
    writer = choose_writer(request.writer)
    check_units(figures, request.units)
    check_texts(figures, tell)
    folders = folders_of(figures.settings)
    with only_one(folders.pages, tell):
        tidy_staged(folders.pages.parent)
        site = read_site(folders, figures.provenance.revision)
        run = _Run(request, figures, writer, site, period_cache(request.period.name))
        summary = run.bring_up_to_date(progress, tell)
    write_periods(folders.pages.parent)
    return summary


@dataclass(frozen=True)
class _Run:
    """One run over one site, on which nobody else works meanwhile."""

    request: ReportRequest
    figures: Figures
    writer: Literal["quarto", "pandoc"]
    site: Site
    cache: Cache

    def bring_up_to_date(self, progress: Progress, tell: Callable[[str], None]) -> Summary:
        """Make what changed, then publish it if there is anything new."""
        # A site that shows other figures is looked at as a whole, so that no page is left behind.
        wanted = self.request.units if self.site.written.revision in (None, self._revision) else ()
        if self.request.units and not wanted:
            tell(_("The figures are others than the site shows: all pages are brought up to date."))
        pages = [*unit_pages(self.figures, wanted), *common_pages(self.figures)]
        keys = self._remake.keys(pages)
        todo = [page for page in pages if not self._remake.is_ready(page.name, keys)]
        index = self._index(pages, {})
        keys |= self._remake.keys([index])
        if not todo and self._remake.is_complete([*_names(pages), INDEX], keys):
            return self._summary(pages, 0, {})
        check_parameters([*todo, index])
        self.cache.tidy({*(unit.code for unit in self.figures.units), *_names([*pages, index])})
        jobs = min(self.request.jobs, max(len(todo), 1))
        with staging_folder(self.site.folders.pages) as work:
            prepared = preparation([*todo, index], self.figures.tree)
            make = partial(self._make, keys=keys, jobs=jobs, prepared=prepared, work=work)
            failed = make(todo, watch=lambda done: progress(done, len(todo)))
            index = self._index(pages, failed)
            keys |= self._remake.keys([index])
            if not self._remake.is_ready(INDEX, keys):
                failed |= make([index], keys=keys, watch=lambda _done: None)
                todo = [*todo, index]
            agencies = {page.name for page in pages if page.unit}
            is_published = INDEX not in failed and not agencies <= set(failed)
            if is_published:
                self._publish([*pages, index], keys, set(_names(todo)), failed, work)
        return self._summary(pages, len(todo) - len(failed), failed, is_published)

    @property
    def _revision(self) -> int:
        return self.figures.provenance.revision

    @cached_property
    def _remake(self) -> Remake:
        return Remake(self.figures.settings, self.writer, self.site, self.cache, self.request.force)

    def _index(self, pages: list[Page], failed: Failures) -> Page:
        states = self._states(pages, failed)
        named = {
            state: [code for code, found in states.items() if found == state]
            for state in ("failed", "absent")
        }
        return index_page(self.figures, named["failed"], named["absent"])

    def _states(self, pages: list[Page], failed: Failures) -> dict[str, State]:
        """The state of every unit's page after this run, pages that stay included."""
        planned = {page.name for page in pages}
        states: dict[str, State] = {}
        for unit in self.figures.units:
            if unit.code in planned:
                states[unit.code] = "failed" if unit.code in failed else "ready"
            else:
                states[unit.code] = self.site.state(unit.code)
        return states

    def _make(
        self,
        todo: list[Page],
        *,
        keys: dict[str, str],
        jobs: int,
        prepared: Preparation,
        work: Path,
        watch: Watch,
    ) -> Failures:
        """Make pages into the cache; those that failed, with why."""
        if not todo:
            return {}
        from chiso.publishing.execute import Outcome, new_job
        from chiso.publishing.fanout import make_pages

        notebooks = _failed_notebooks(self.request.period)
        job = new_job(self.cache, notebooks, self.writer, prepared)
        failed: Failures = {}
        # A document that a run before left unwritten needs no notebook.
        fresh = [page for page in todo if not self._remake.has_document(page.name, keys)]
        for outcome in make_pages(fresh, keys, job, jobs, self.request.engine, watch):
            if outcome.error:
                failed[outcome.name] = outcome
            else:
                (notebooks / f"{outcome.name}.ipynb").unlink(missing_ok=True)
        if self.writer == "quarto":
            from chiso.publishing.quarto import write_pages

            made = [page for page in todo if page.name not in failed]
            refused = write_pages(made, keys, self.cache, work)
            failed |= {name: Outcome(name, error) for name, error in refused.items()}
        return failed

    def _publish(
        self,
        pages: list[Page],
        keys: dict[str, str],
        made: set[str],
        failed: Failures,
        work: Path,
    ) -> None:
        """Put the new site together and into the place of the last one, in one step."""
        from chiso.publishing.assemble import Source, assemble

        sources = []
        for page in pages:
            name, entry = page.name, self.cache.entry(page.name, keys[page.name])
            if name in failed:
                stays = failed[name].is_machines and self.site.holds(name)
                kept = self.site.folders if stays else None
                sources.append(Source(name, kept, page, failed[name].error or ""))
            elif name not in made and self._remake.is_kept(name, keys):
                sources.append(self._from_site(name))
            else:
                sources.append(Source(name, Folders(entry, entry)))
        states = self._states(pages, failed)
        planned = set(_names(pages))
        sources += [
            self._from_site(code)
            for code, state in states.items()
            if code not in planned and state != "absent"
        ]
        made_here, files = assemble(sources, work, self.figures.settings.cases == "public")
        known = {**self.site.written.keys, **keys}
        # Without its key a failed page is made again by the next run.
        good = {name: known[name] for name in files if name in known and name not in failed}
        told = self.figures.settings
        Written(
            self._revision,
            states,
            good,
            files,
            as_of=told.as_of.isoformat(),
            is_illustrative=told.is_illustrative,
            province=str(self.figures.province.unit.name),
            language=current_language(),
            writer=self.writer,
        ).save(made_here.pages)
        # The cases first: a run that is killed in between leaves the pages of the last run, which
        # then makes those again whose cases are no more the same.
        if made_here.cases != made_here.pages:
            place = self.site.folders.cases
            place.parent.mkdir(parents=True, exist_ok=True)
            replace_folder(made_here.cases, place)
        replace_folder(made_here.pages, self.site.folders.pages)

    def _from_site(self, name: str) -> Source:
        from chiso.publishing.assemble import Source

        return Source(name, self.site.folders)

    def _summary(
        self, pages: list[Page], made: int, failed: Failures, is_published: bool = True
    ) -> Summary:
        return Summary(
            site=self.site.folders.pages,
            failed_notebooks=_failed_notebooks(self.request.period),
            revision=self._revision,
            pages=len(pages) + 1,
            made=made,
            failed={name: outcome.error or "" for name, outcome in failed.items()},
            is_published=is_published,
        )


def is_published(figures: Figures) -> bool:
    """Whether the site of the period shows these figures."""
    return read_site(folders_of(figures.settings), figures.provenance.revision).is_current


def is_up_to_date(figures: Figures) -> bool:
    """Whether a report made now would leave the whole site of these figures as it is."""
    site = read_site(folders_of(figures.settings), figures.provenance.revision)
    cache = period_cache(figures.settings.period.name)
    remake = Remake(figures.settings, site.written.writer, site, cache, force=False)
    pages = [*unit_pages(figures, ()), *common_pages(figures), index_page(figures, (), ())]
    return remake.is_complete(_names(pages), remake.keys(pages))


def preparation(pages: list[Page], tree: Tree) -> Preparation:
    """Load the figures that these pages are about: those of the current revision, of older ones
    where pages are made again whose figures have not changed since; and what pages of one cohort
    share, where there are enough of them."""
    from chiso.publishing.kernel import Preparation

    found: defaultdict[tuple[str | int, ...], Counter[str]] = defaultdict(Counter)
    for page in pages:
        figures = tuple(page.parameters[name] for name in ("period", "revision", "history"))
        found[figures].update([tree.unit(page.unit).cohort] if page.unit else ())
    call = "chiso.publishing.prepare:prepare"
    return Preparation(
        tuple(
            (call, *figures, *sorted(one for one in cohorts if cohorts[one] >= _ENOUGH))
            for figures, cohorts in sorted(found.items())
        )
    )


def _names(pages: Iterable[Page]) -> list[str]:
    return [page.name for page in pages]


def _failed_notebooks(period: Period) -> Path:
    return project_root() / "reports" / "_failed" / period.name
