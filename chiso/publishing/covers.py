"""The first sheet of a page's workbooks: what they are about, how certain, how to read them."""

from __future__ import annotations

from chiso.base.excel import Cover
from chiso.base.i18n import _, day
from chiso.publishing.pages import NATIONAL, Page, page_figures


def cover(page: Page, title: str) -> Cover:
    """The cover of a workbook of the page; `title` says which of them it is."""
    figures = page_figures(page)
    settings = figures.settings
    about = figures.tree.unit(page.unit or figures.tree.province)
    facts = [
        (_("Agency") if page.unit else _("Province"), str(about.name)),
        (_("Period"), settings.period.label),
        (_("Indicator set"), str(figures.book.set.name)),
    ]
    if page.name == NATIONAL:
        # The sheet on the origin says the rest; no difference here is one of periods.
        facts.append((_("Source"), _("National Public Service Portal, published results")))
        whole = f"{title}: {about.name}, {settings.period.label}"
        return Cover(whole, tuple(facts), _notes()[:-1])
    facts += [
        (_("Source"), str(settings.source_name)),
        (_("Figures up to"), day(settings.as_of)),
        (_("Revision"), str(page.parameters["revision"])),
    ]
    if settings.is_illustrative:
        facts.append((_("Mind"), _("Illustrative data: invented, no agency's results.")))
    if settings.is_provisional:
        facts.append((_("Mind"), _("Provisional: the period had not ended on that day.")))
    return Cover(f"{title}: {about.name}, {settings.period.label}", tuple(facts), _notes())


def _notes() -> tuple[str, ...]:
    return (
        _("One table a sheet: the title in cell A1, the headers in row 3, the table below."),
        _("An empty cell (“–” on the page): no figure, or none that could be; it is never a zero."),
        _("Points, rates and differences are rounded half up to the digits shown, as on the page."),
        _("A difference is this period less the one before: + is a rise, - a fall."),
    )
