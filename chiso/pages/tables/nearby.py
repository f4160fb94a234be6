"""The agencies that a reader goes to from here: those below, or those of the same parent."""

from __future__ import annotations

from IPython.display import Markdown

from chiso.base.i18n import _
from chiso.base.markdown import division, escape, link
from chiso.store.figures import UnitFigures


def nearby(unit: UnitFigures) -> Markdown:
    """Links to a district's communes; else to the other agencies of the parent.

    Names alone: a page does not change with the figures of another agency.
    """
    figures, own = unit.figures, unit.unit
    scored = {item.code for item in figures.units}
    below = [item for item in figures.tree.children(own.code) if item.code in scored]
    words = _("Communes in its area:")
    if not below and own.parent:
        below = [
            item
            for item in figures.tree.children(own.parent)
            if item.code in scored and item.code != own.code and item.level == own.level
        ]
        words = _("Beside {unit}:").format(unit=own.name)
    if not below:
        return Markdown("")
    items = "\n".join(f"- {link(str(item.name), f'{item.code}.html')}" for item in below)
    return Markdown(division(f"{escape(words)}\n\n{items}", "nearby"))


def downloads(page: str) -> Markdown:
    """The workbook of the page called `page`."""
    return _files([_workbook(page)])


def unit_downloads(unit: UnitFigures) -> Markdown:
    """The files that go with a unit's page: its tables, and the page as one files it on paper."""
    name = unit.unit.code
    return _files(
        [
            _workbook(name),
            *_cases(unit),
            link(_("For printing (PDF)"), f"{name}.pdf"),
            link(_("For editing (Word)"), f"{name}.docx"),
        ]
    )


def _cases(unit: UnitFigures) -> list[str]:
    """Where the cases of the unit are listed one by one."""
    name = f"{unit.unit.code}-cases.xlsx"
    if not len(unit.case_counts):
        return []
    if unit.figures.settings.cases == "public":
        return [link(_("Cases that fail (Excel)"), name)]
    return [escape(_("Cases that fail: internal file {name}").format(name=name))]


def quality_link() -> Markdown:
    """The way to the page about data quality."""
    return Markdown(link(_("Data quality of the whole period"), "data-quality.html"))


def _workbook(page: str) -> str:
    return link(_("Download the tables (Excel)"), f"{page}.xlsx")


def _files(links: list[str]) -> Markdown:
    return Markdown(division("\n".join(f"- {item}" for item in links), "files"))
