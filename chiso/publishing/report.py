"""One period's report from end to end: score, record, execute, render, put in place."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from chiso.commentary import check_texts
from chiso.errors import InputError
from chiso.figures import Figures, history_text
from chiso.files import only_one, replace_folder, staging_folder
from chiso.i18n import _, current_language, day
from chiso.locations import project_root
from chiso.markdown import escape
from chiso.period import Period
from chiso.pipeline import score_period
from chiso.publishing.execute import (
    Outcome,
    Page,
    check_parameters,
    execute_pages,
    write_document,
)
from chiso.publishing.periods import write_periods
from chiso.publishing.render import WriterName, choose_writer, render
from chiso.settings import load_settings
from chiso.units import Tree

State = Literal["ready", "failed", "absent"]
Progress = Callable[[Iterable[Outcome], int], Iterable[Outcome]]
STATES_FILE = "states.json"


@dataclass(frozen=True)
class Request:
    """What to make: a period, some units (none named: all), how many at a time, which writer."""

    period: Period
    units: tuple[str, ...] = ()
    jobs: int = 2
    writer: WriterName = "auto"


@dataclass(frozen=True)
class Summary:
    """What was made: the site, the revision that it shows, and the pages that failed, with why."""

    site: Path
    failed_notebooks: Path
    revision: int
    pages: int
    failed: tuple[Outcome, ...]


def build_report(request: Request, progress: Progress, tell: Callable[[str], None]) -> Summary:
    """Make the site of a period under reports/_site/<period>/, or leave the last one as it was.

    The figures are scored and kept in the store first. A page that fails is replaced by one that
    says so and does not stop the others. Raises UserError for wrong parameters or figures before
    anything of the site is written.
    """
    writer = choose_writer(request.writer)
    figures = score_period(load_settings(request.period), tell)
    check_texts(figures, tell)
    site = project_root() / "reports" / "_site" / request.period.name
    check_parameters(
        [
            *_pages(figures, site, request),
            _index_page(figures, {}),
            _method_page(figures),
            _quality_page(figures),
        ]
    )
    with only_one(site), staging_folder(site) as work:
        pages = _pages(figures, site, request)
        outcomes = _make(pages, work, request, lambda found: progress(found, len(pages)))
        states = _states(figures, site, outcomes)
        index = _index_page(figures, states)
        outcomes += _make(
            [index, _method_page(figures), _quality_page(figures)], work, request, iter
        )
        output = render(work, [outcome.name for outcome in outcomes], writer)
        _complete(output, site, figures, states)
        replace_folder(output, site)
    write_periods(site.parent)
    failed = tuple(outcome for outcome in outcomes if outcome.error)
    kept = _failed_notebooks(request.period)
    return Summary(site, kept, figures.provenance.revision, len(outcomes), failed)


def _make(
    pages: list[Page],
    work: Path,
    request: Request,
    watch: Callable[[Iterable[Outcome]], Iterable[Outcome]],
) -> list[Outcome]:
    """A document for every page, by name; one that failed gets a document that says so."""
    by_name = {page.name: page for page in pages}
    outcomes = list(watch(execute_pages(pages, work, request.jobs)))
    for outcome in outcomes:
        if outcome.error:
            _keep_notebook(work, outcome, request.period)
            write_document(by_name[outcome.name], work, _failure_text(outcome))
    return sorted(outcomes, key=lambda outcome: outcome.name)


def _pages(figures: Figures, site: Path, request: Request) -> list[Page]:
    """The pages to make: the units asked for and the province; all of them where none is named or
    the site shows another revision, because a site never mixes two."""
    scored = [unit.code for unit in figures.units]
    for code in request.units:
        if figures.tree.unit(code).code not in scored:
            raise InputError(
                _("There are no figures of {unit} for {period}.").format(
                    unit=code, period=figures.settings.period.name
                ),
                file=figures.settings.folder,
                hint=_("Hand in its counts, or leave it out."),
            )
    shown = _site_states(site).get("revision")
    if request.units and shown in (None, figures.provenance.revision):
        scored = [c for c in scored if c in request.units or c == figures.tree.province]
    return [_unit_page(figures, code) for code in scored]


def _unit_page(figures: Figures, code: str) -> Page:
    unit = figures.tree.unit(code)
    is_province = code == figures.tree.province
    parameters = {**_common_parameters(figures), **({} if is_province else {"unit": code})}
    crumbs = [("index.html", _("All agencies"))]
    if unit.parent:
        crumbs += [
            (f"{parent}.html", str(figures.tree.unit(parent).name))
            for parent in _ancestors(figures.tree, code)
            if any(known.code == parent for known in figures.units)
        ]
    return Page(
        name=code,
        notebook=_notebook("province" if is_province else "unit"),
        parameters=parameters,
        front=_front(figures, str(unit.name), crumbs),
    )


def _index_page(figures: Figures, states: dict[str, State]) -> Page:
    def codes(state: State) -> str:
        return " ".join(code for code, found in states.items() if found == state)

    provinces = [unit for unit in figures.units if unit.code == figures.tree.province]
    crumbs = [(f"{unit.code}.html", str(unit.name)) for unit in provinces]
    front = _front(figures, _("All agencies"), crumbs)
    front["chiso"]["script"] = "index.js"
    return Page(
        name="index",
        notebook=_notebook("index"),
        parameters={
            **_common_parameters(figures),
            "failed": codes("failed"),
            "absent": codes("absent"),
        },
        front=front,
    )


def _method_page(figures: Figures) -> Page:
    crumbs = [("index.html", _("All agencies"))]
    return Page(
        name="method",
        notebook=_notebook("method"),
        parameters=_common_parameters(figures),
        front=_front(figures, _("Method"), crumbs),
    )


def _quality_page(figures: Figures) -> Page:
    crumbs = [("index.html", _("All agencies"))]
    return Page(
        name="data-quality",
        notebook=_notebook("data_quality"),
        parameters=_common_parameters(figures),
        front=_front(figures, _("Data quality"), crumbs),
    )


def _notebook(name: str) -> Path:
    return project_root() / "notebooks" / f"{name}.ipynb"


def _common_parameters(figures: Figures) -> dict[str, str | int]:
    return {
        "period": figures.settings.period.name,
        "revision": figures.provenance.revision,
        "history": history_text(one.provenance for one in figures.earlier),
        "lang": current_language(),
    }


def _ancestors(tree: Tree, code: str) -> list[str]:
    """The codes above `code`, the province first."""
    parent = tree.unit(code).parent
    return [*_ancestors(tree, parent), parent] if parent else []


def _front(figures: Figures, name: str, crumbs: list[tuple[str, str]]) -> dict:
    """What a document says about itself; all words from data are escaped."""
    settings = figures.settings
    subtitle = _("Indicator set 766, {period}; figures up to {day}, revision {revision}").format(
        period=settings.period.label,
        day=day(settings.as_of),
        revision=figures.provenance.revision,
    )
    return {
        "title": escape(name),
        "subtitle": escape(subtitle),
        "lang": current_language(),
        "chiso": {
            **({"mark": escape(_("Illustrative data"))} if settings.is_illustrative else {}),
            "skip": escape(_("Skip to the content")),
            "navigation": escape(_("Navigation")),
            "period": settings.period.name,
            "words": {
                "periods": escape(_("Other periods")),
                "contents": escape(_("On this page")),
                "unfold": escape(_("Show all {number} rows").format(number="#")),
            },
            "crumbs": [
                {"href": href, "text": escape(text)}
                for href, text in (
                    *crumbs,
                    ("data-quality.html", _("Data quality")),
                    ("method.html", _("Method")),
                )
            ],
            "footer": escape(
                _("{source}. Made with chiso {version}.").format(
                    source=figures.book.set.source, version=figures.provenance.code_version
                )
            ),
        },
    }


def _failure_text(outcome: Outcome) -> str:
    words = _("The report of this agency could not be made: {reason}").format(reason=outcome.reason)
    return f"::: {{.failed}}\n{escape(words)}\n:::\n"


def _keep_notebook(work: Path, outcome: Outcome, period: Period) -> None:
    """The executed notebook of a failed page, for the analyst: reports/_failed/<period>/."""
    executed = work / f"{outcome.name}.ipynb"
    if executed.is_file():
        kept = _failed_notebooks(period)
        kept.mkdir(parents=True, exist_ok=True)
        shutil.move(executed, kept / executed.name)


def _failed_notebooks(period: Period) -> Path:
    return project_root() / "reports" / "_failed" / period.name


def _site_states(site: Path) -> dict:
    """What the site's last run wrote down: its revision and the state of every page."""
    try:
        found = json.loads((site / STATES_FILE).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _states(figures: Figures, site: Path, outcomes: list[Outcome]) -> dict[str, State]:
    """The state of every unit's page after this run, pages of the last site included."""
    last = _site_states(site)
    same = last.get("revision") == figures.provenance.revision
    known = last.get("pages", {}) if same else {}
    made: dict[str, State] = {o.name: "failed" if o.error else "ready" for o in outcomes}
    states: dict[str, State] = {}
    for unit in figures.units:
        kept = known.get(unit.code) if (site / f"{unit.code}.html").is_file() else None
        states[unit.code] = made.get(unit.code, kept or "absent")
    return states


def _complete(output: Path, site: Path, figures: Figures, states: dict[str, State]) -> None:
    """Add what this run did not make anew: pages of the last site, and what there is now."""
    for workbook in output.parent.glob("*.xlsx"):
        shutil.move(workbook, output / workbook.name)
    for code, state in states.items():
        page = output / f"{code}.html"
        if state != "absent" and not page.exists():
            for kept in site.glob(f"{code}.*"):
                shutil.copyfile(kept, output / kept.name)
    written = {"revision": figures.provenance.revision, "pages": states}
    text = json.dumps(written, indent=1, sort_keys=True) + "\n"
    (output / STATES_FILE).write_text(text, encoding="utf-8")
