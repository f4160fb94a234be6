"""Which pages a site has, what each is made from, and the content that it depends on."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from chiso.errors import InputError, ParameterError
from chiso.figures import Figures
from chiso.i18n import _, current_language, day
from chiso.locations import project_root
from chiso.markdown import escape
from chiso.scoring import Scores
from chiso.units import Tree

INDEX = "index"
# Parameters and words that say which revision a page shows. They change with every new figure of
# any agency, and are put into a page when it is published (stamp.py): see `page_key`.
_OF_THE_REVISION = ("revision",)
_WORDS_OF_THE_REVISION = ("subtitle",)


@dataclass(frozen=True)
class Page:
    """One page to make: its name (file name without ending), notebook and parameters.

    `front`: what the document says about itself (title, language, links) for the writer.
    `shows`: a digest of all figures that stand on the page, or that its sentences rest on.
    """

    name: str
    notebook: Path
    parameters: Mapping[str, str | int]
    front: Mapping[str, object]
    shows: str = ""


def check_parameters(pages: Iterable[Page]) -> None:
    """ParameterError where a notebook lacks a parameter that it gets, or one has no value.

    papermill itself only warns of it.
    """
    import papermill

    declared: dict[Path, set[str]] = {}
    for page in pages:
        if page.notebook not in declared:
            declared[page.notebook] = set(papermill.inspect_notebook(str(page.notebook)))
        odd = declared[page.notebook] ^ set(page.parameters)
        if odd:
            raise ParameterError(
                _("the parameters cell and the report do not agree on: {names}.").format(
                    names=", ".join(sorted(odd))
                ),
                file=page.notebook,
                hint=_("Restore the cell tagged “parameters”."),
            )


def unit_pages(figures: Figures, wanted: tuple[str, ...]) -> list[Page]:
    """The pages of the units `wanted` and of the province; of all units where none is named."""
    scored = [unit.code for unit in figures.units]
    for code in wanted:
        if figures.tree.unit(code).code not in scored:
            raise InputError(
                _("There are no figures of {unit} for {period}.").format(
                    unit=code, period=figures.settings.period.name
                ),
                file=figures.settings.folder,
                hint=_("Hand in its counts, or leave it out."),
            )
    if wanted:
        scored = [code for code in scored if code in wanted or code == figures.tree.province]
    shown = _shown_by_unit(figures)
    return [_unit_page(figures, code, shown[code]) for code in scored]


def index_page(figures: Figures, failed: Iterable[str], absent: Iterable[str]) -> Page:
    """The list of all agencies, which names those whose page failed or was never made."""
    provinces = [unit for unit in figures.units if unit.code == figures.tree.province]
    crumbs = [(f"{unit.code}.html", str(unit.name)) for unit in provinces]
    front = _front(figures, _("All agencies"), crumbs)
    front["chiso"]["script"] = "index.js"
    parameters = {
        **_common_parameters(figures),
        "failed": " ".join(failed),
        "absent": " ".join(absent),
    }
    return Page(INDEX, _notebook("index"), parameters, front, _all_shown(figures))


def page_key(page: Page, files: str) -> str:
    """The hash of everything that a page is made from; `files`: the hash of the files behind it.

    The revision that a page names is left out: it moves with the figures of any agency, and a page
    whose own figures stayed is not made again for it.
    """
    parameters = {k: v for k, v in page.parameters.items() if k not in _OF_THE_REVISION}
    front = {k: v for k, v in page.front.items() if k not in _WORDS_OF_THE_REVISION}
    content = [page.name, page.notebook.name, parameters, front, page.shows, files]
    return _digest(json.dumps(content, ensure_ascii=False, sort_keys=True))


def _unit_page(figures: Figures, code: str, shown: str) -> Page:
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
        shows=_all_shown(figures) if is_province else shown,
    )


def _shown_by_unit(figures: Figures) -> dict[str, str]:
    """What the page of a unit shows: its own rows, now and in the earlier periods. Rank and size
    of the cohort are among them, so a page follows where another agency's figures move them."""
    texts: dict[str, list[str]] = {unit.code: [_settings_text(figures)] for unit in figures.units}
    for one in (*figures.earlier, figures):
        for unit, text in _rows_by_unit(one.scores):
            if unit in texts:
                published = unit in one.published
                texts[unit].append(f"{one.settings.period.name} {published} {text}")
    return {code: _digest("\n".join(lines)) for code, lines in texts.items()}


def _rows_by_unit(scores: Scores) -> Iterable[tuple[str, str]]:
    """Every unit's rows of the four tables, as text."""
    for table in (scores.indicators, scores.groups, scores.totals, scores.differences):
        for unit, *cells in table.itertuples(index=False, name=None):
            yield unit, " ".join(map(str, cells))


def _all_shown(figures: Figures) -> str:
    """What a page shows that is about all units."""
    hashes = [one.provenance.figures_hash for one in (*figures.earlier, figures)]
    return _digest(" ".join([_settings_text(figures), *hashes, *sorted(figures.published)]))


def _settings_text(figures: Figures) -> str:
    """What pages say of the period and its source; folders are left out, no page names them."""
    settings, origin = figures.settings, figures.provenance
    told = (
        settings.period.name,
        settings.units,
        settings.indicator_set,
        settings.assignments,
        settings.source_name,
        settings.captured,
        settings.as_of,
        settings.is_illustrative,
        origin.source,
    )
    return repr(told)


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def _notebook(name: str) -> Path:
    return project_root() / "notebooks" / f"{name}.ipynb"


def _common_parameters(figures: Figures) -> dict[str, str | int]:
    return {
        "period": figures.settings.period.name,
        "revision": figures.provenance.revision,
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
            "crumbs": [{"href": href, "text": escape(text)} for href, text in crumbs],
            "footer": escape(
                _("{source}. Made with chiso {version}.").format(
                    source=figures.book.set.source, version=figures.provenance.code_version
                )
            ),
        },
    }
