"""Which pages a site has, what each is made from, and the content that it depends on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from chiso import __version__
from chiso.base.errors import InputError, ParameterError
from chiso.base.i18n import _, current_language, day
from chiso.base.locations import project_root
from chiso.base.markdown import escape
from chiso.explain.national import national_view
from chiso.explain.revised import corrected
from chiso.pages.marks import mark_of
from chiso.publishing import paper
from chiso.publishing.content import (
    Content,
    daily_content,
    unit_contents,
    whole_content,
    with_national,
)
from chiso.rules.units import (
    COMPARE,
    CORRECTION,
    DAILY,
    INDEX,
    METHOD,
    NATIONAL,
    PROCEDURES_PAGE,
    QUALITY,
    RECONCILE,
)
from chiso.store.figures import Figures, history_text, keep_figures


@dataclass(frozen=True)
class Page:
    """One page to make: its name (file name without ending), notebook and parameters.

    `front`: what the document says about itself (title, language, links) for the writer.
    `shows`: a digest of all figures that stand on the page, or that its sentences rest on.
    `unit`: the code of the unit that it is about, if it is about one.
    """

    name: str
    notebook: Path
    parameters: Mapping[str, str | int]
    front: Mapping[str, object]
    shows: str = ""
    unit: str = ""

    @property
    def has_papers(self) -> bool:
        """Whether it is filed on paper too: pages of agencies are."""
        return "format" not in self.front


def page_figures(page: Page) -> Figures:
    """The stored figures that a page shows."""
    period, revision = str(page.parameters["period"]), int(page.parameters["revision"])
    return keep_figures(period, revision, str(page.parameters["history"]))


def check_parameters(pages: Iterable[Page]) -> None:
    """ParameterError where a notebook can't be read, lacks a parameter that it gets, or one has no value.

    papermill itself only warns of it.
    """
    declared: dict[Path, set[str]] = {}
    for page in pages:
        if page.notebook not in declared:
            declared[page.notebook] = set(_declared(page.notebook))
        odd = declared[page.notebook] ^ set(page.parameters)
        if odd:
            raise ParameterError(
                _("the parameters cell and the report do not agree on: {names}.").format(
                    names=", ".join(sorted(odd))
                ),
                file=page.notebook,
                hint=_("Restore the cell tagged “parameters”."),
            )


def _declared(notebook: Path) -> Iterable[str]:
    """The parameters that a notebook has; ParameterError where it is none."""
    from chiso.publishing.engine import papermill

    try:
        return papermill.inspect_notebook(str(notebook))
    except OSError:
        raise
    except Exception:  # of what is no notebook its readers tell in many ways
        raise ParameterError(
            _("This file is no notebook that can be read, or was not saved wholly."),
            file=notebook,
            hint=_("Save it again in JupyterLab, or restore an earlier version of it."),
        ) from None


def check_units(figures: Figures, wanted: Iterable[str]) -> None:
    """InputError for a unit that is not in the tree, or of which there are no figures."""
    scored = {unit.code for unit in figures.units}
    for code in wanted:
        if figures.tree.unit(code).code not in scored:
            raise InputError(
                _("There are no figures of {unit} for {period}.").format(
                    unit=code, period=figures.settings.period.name
                ),
                file=figures.settings.folder,
                hint=_("Hand in its counts, or leave it out."),
            )


def unit_pages(figures: Figures, wanted: tuple[str, ...]) -> list[Page]:
    """The pages of the units `wanted` and of the province; of all units where none is named."""
    scored = [unit.code for unit in figures.units]
    if wanted:
        scored = [code for code in scored if code in wanted or code == figures.tree.province]
    content = unit_contents(figures)
    return [_unit_page(figures, code, content[code]) for code in scored]


def index_page(figures: Figures, failed: Iterable[str], absent: Iterable[str]) -> Page:
    """The list of all agencies, which names those whose page failed or was never made."""
    provinces = [unit for unit in figures.units if unit.code == figures.tree.province]
    crumbs = [(f"{unit.code}.html", str(unit.name)) for unit in provinces]
    crumbs += [*_national_crumb(figures), (f"{COMPARE}.html", _("Compare two agencies"))]
    crumbs += _daily_crumb(figures)
    content = whole_content(figures)
    front = _front(figures, _("All agencies"), crumbs, content.revision)
    front["chiso"]["script"] = "index.js"
    parameters = {
        **_common_parameters(figures, content.revision),
        "failed": " ".join(failed),
        "absent": " ".join(absent),
    }
    return Page(INDEX, _notebook("index"), parameters, front, content.shows)


def common_pages(figures: Figures) -> list[Page]:
    """The pages about all units: how indicators are measured, what the figures lack, and, where there
    is something to say, all provinces, the portal's side, two lists of procedures, what moved."""
    content, daily = whole_content(figures), daily_content(figures)
    crumbs = [("index.html", _("All agencies"))]
    return [
        _compare_page(figures, content, crumbs),
        *_national_pages(figures, content, crumbs),
        *(
            Page(
                name=name,
                notebook=_notebook(notebook),
                parameters=_common_parameters(figures, shown.revision),
                front=_front(figures, title, crumbs, shown.revision),
                shows=shown.shows,
            )
            for name, notebook, title, shown in (
                *((*one, content) for one in _reconciliation(figures)),
                (METHOD, "method", _("Method"), content),
                (QUALITY, "data_quality", _("Data quality"), content),
                *((*one, content) for one in _lists(figures)),
                *(((DAILY, "daily", _("Changes by day"), daily),) if daily else ()),
                *((*one, daily) for one in _correction(figures) if daily),
            )
        ),
    ]


def _reconciliation(figures: Figures) -> list[tuple[str, str, str]]:
    """Name, notebook and title of the page beside the portal, where it was captured."""
    title = _("Reconciliation with the portal")
    return [(RECONCILE, "reconcile", title)] if figures.reconciled else []


def _lists(figures: Figures) -> list[tuple[str, str, str]]:
    """Name, notebook and title of the page of the two lists of procedures, where there are two."""
    title = _("Procedures beside the national database")
    return [(PROCEDURES_PAGE, "procedures", title)] if figures.has_lists else []


def _correction(figures: Figures) -> list[tuple[str, str, str]]:
    """Name, notebook and title of the page of what a later revision changed, of a period that is over."""
    moves = corrected(figures)
    if not moves:
        return []
    # Deferred, as in _national_pages: few periods have such a page, and its room takes long to import.
    from chiso.pages.tables.correction import correction_title

    return [(CORRECTION, "correction", correction_title(moves))]


def _daily_crumb(figures: Figures) -> list[tuple[str, str]]:
    """The way to the page of changes by day, from the pages about all units; none while there is no
    such page. The pages of agencies have none: they stay as they are while others move."""
    if not daily_content(figures):
        return []
    found = [(f"{name}.html", title) for name, _book, title in _correction(figures)]
    return [(f"{DAILY}.html", _("Changes by day")), *found]


def _compare_page(figures: Figures, content: Content, crumbs: list[tuple[str, str]]) -> Page:
    """Two agencies beside each other, by a script from the file of figures that lies beside it."""
    front = _front(figures, _("Compare two agencies"), crumbs, content.revision)
    front["chiso"]["script"] = "compare.js"
    parameters = _common_parameters(figures, content.revision)
    return Page(COMPARE, _notebook("compare"), parameters, front, content.shows)


def _national_pages(
    figures: Figures, content: Content, crumbs: list[tuple[str, str]]
) -> list[Page]:
    """The province among all provinces, where their results of the period were captured."""
    view = national_view(figures)
    if view is None:
        return []
    from chiso.pages.commentary import national_title

    province = figures.province.unit
    crumbs = [*crumbs, (f"{province.code}.html", str(province.name))]
    front = _front(figures, national_title(figures, view), crumbs, content.revision)
    # Its figures are published ones of another day, even where the period's own are invented.
    front["subtitle"] = escape(
        _("Indicator set 766, {period}; results published up to {day}").format(
            period=figures.settings.period.label, day=day(view.capture.reference_day)
        )
    )
    front["chiso"].pop("mark", None)
    return [
        Page(
            name=NATIONAL,
            notebook=_notebook("national"),
            parameters=_common_parameters(figures, content.revision),
            front=front,
            shows=with_national(content, view).shows,
        )
    ]


def _national_crumb(figures: Figures) -> list[tuple[str, str]]:
    if national_view(figures) is None:
        return []
    return [(f"{NATIONAL}.html", _("Among all provinces"))]


def _unit_page(figures: Figures, code: str, content: Content) -> Page:
    unit = figures.tree.unit(code)
    is_province = code == figures.tree.province
    if is_province:
        content = with_national(whole_content(figures), national_view(figures))
    parameters = _common_parameters(figures, content.revision)
    if not is_province:
        parameters["unit"] = code
    crumbs = [("index.html", _("All agencies"))]
    if unit.parent:
        crumbs += [
            (f"{parent}.html", str(figures.tree.unit(parent).name))
            for parent in figures.tree.above(code)
            if any(known.code == parent for known in figures.units)
        ]
    if is_province:
        crumbs += [*_national_crumb(figures), *_daily_crumb(figures)]
    else:
        crumbs.append((f"{COMPARE}.html?a={quote(code)}", _("Compare with another agency")))
    front = _front(figures, str(unit.name), crumbs, content.revision)
    del front["format"]
    front["chiso"]["paper"] = {
        **paper.frame(figures.tree, code, figures.settings.period),
        **paper.origin(figures, content.revision),
    }
    return Page(
        name=code,
        notebook=_notebook("province" if is_province else "unit"),
        parameters=parameters,
        front=front,
        shows=content.shows,
        unit=code,
    )


def _notebook(name: str) -> Path:
    return project_root() / "notebooks" / f"{name}.ipynb"


def _common_parameters(figures: Figures, revision: int) -> dict[str, str | int]:
    return {
        "period": figures.settings.period.name,
        "revision": revision,
        "history": history_text(one.provenance for one in figures.before),
        "lang": current_language(),
    }


def _front(figures: Figures, name: str, crumbs: list[tuple[str, str]], revision: int) -> dict:
    """What a document says about itself; all words from data are escaped."""
    settings = figures.settings
    subtitle = _("Indicator set 766, {period}; figures up to {day}, revision {revision}").format(
        period=settings.period.label,
        day=day(settings.as_of),
        revision=revision,
    )
    return {
        "title": escape(name),
        # For the window: the page among others that are open.
        "pagetitle": escape(
            _("{name}, {period} - Indicator set 766").format(
                name=name, period=settings.period.label
            )
        ),
        "subtitle": escape(subtitle),
        "lang": current_language(),
        "format": "html",
        "chiso": {
            **({"mark": escape(mark)} if (mark := mark_of(settings)) else {}),
            "skip": escape(_("Skip to the content")),
            "navigation": escape(_("Navigation")),
            "period": settings.period.name,
            "words": {
                "periods": escape(_("Other periods")),
                "contents": escape(_("On this page")),
                "save": escape(_("Save the picture:")),
                "unfold": escape(_("Show all {number} rows").format(number="#")),
            },
            "crumbs": [
                {"href": href, "text": escape(text)}
                for href, text in (
                    *crumbs,
                    *(
                        (f"{name}.html", title)
                        for name, _book, title in (*_reconciliation(figures), *_lists(figures))
                    ),
                    (f"{QUALITY}.html", _("Data quality")),
                    (f"{METHOD}.html", _("Method")),
                )
            ],
            "footer": escape(
                _("{source}. Made with chiso {version}.").format(
                    source=figures.book.set.source, version=__version__
                )
            ),
        },
    }
