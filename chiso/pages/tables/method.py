"""How each indicator is measured and scored: a card for every one, with this period's numbers."""

from __future__ import annotations

from IPython.display import Markdown

from chiso.base.i18n import _
from chiso.base.markdown import division, escape, heading, strong
from chiso.pages.method import MethodEntry, method_entries
from chiso.store.figures import Figures


def method_cards(figures: Figures) -> tuple[Markdown, ...]:
    """The 21 indicators in their order."""
    return tuple(method_card(entry) for entry in method_entries(figures.book, figures))


def method_card(entry: MethodEntry) -> Markdown:
    """One indicator: what is true of it in a list."""
    lines = [
        (_("Group"), entry.group),
        (_("Maximum"), _("{points} points").format(points=entry.max_points)),
        (_("Definition"), entry.definition),
        *entry.options,
        (_("Example"), entry.example),
        (_("Source"), entry.source),
    ]
    body = "\n".join(f"- {strong(name)}: {escape(value)}" for name, value in lines if value)
    title = heading(f"{entry.number}. {entry.label}", f"indicator-{entry.number}", level=3)
    return Markdown(division(f"{title}\n\n{body}", "card"))
