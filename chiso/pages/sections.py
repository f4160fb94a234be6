"""The sections of a page: a heading with a fixed id, what stands below it, nothing where that is nothing."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import pandas as pd
from IPython.display import Markdown, display

from chiso.base.errors import UserError
from chiso.base.i18n import _
from chiso.base.markdown import heading

_FENCE = ":::::::"
_ANCHOR = re.compile(r"[a-z][a-z0-9-]*")


@dataclass(frozen=True)
class Section:
    """A heading with its id and what stands below it: charts, tables, Markdown, parts of one's own."""

    anchor: str
    title: str
    parts: tuple[Any, ...]

    def __bool__(self) -> bool:
        return bool(self.parts)


def section(anchor: str, *parts: Any, title: str = "") -> Section:
    """The section `anchor`; None, empty tables and empty Markdown among `parts` are left out.

    `title`: the words of the heading; only a section of one's own needs them. UserError for one that
    has none, and for an id that can't stand in an address.
    """
    words = title or titles().get(anchor)
    if not words:
        raise UserError(
            _("The section “{anchor}” has no title.").format(anchor=anchor),
            hint=_('Give it one: section("{anchor}", ..., title="...").').format(anchor=anchor),
        )
    if not _ANCHOR.fullmatch(anchor):
        raise UserError(
            _("“{anchor}” can't be the id of a section.").format(anchor=anchor),
            hint=_("Write small letters a to z, digits and hyphens, for example: my-section."),
        )
    return Section(anchor, words, tuple(_flat(parts)))


def show(*sections: Section) -> None:
    """Show a section, or several beside each other where the screen is wide enough.

    A section of which nothing is left has no heading either.
    """
    _display(_as_parts(sections))


def show_brief(*parts: Any) -> None:
    """Show the first page: what stands on one sheet of A4 and is read if nothing else is."""
    inner = [_as_parts([part]) if isinstance(part, Section) else _flat([part]) for part in parts]
    _display(_within("brief", itertools.chain(*inner)))


def beside(*parts: Any) -> tuple[Any, ...]:
    """Parts that stand beside each other where the screen is wide enough."""
    found = _flat(parts)
    if len(found) < 2:
        return tuple(found)
    panels = [(Markdown(":::: {.panel}"), part, Markdown("::::")) for part in found]
    return (Markdown("::::: {.panels}"), *itertools.chain(*panels), Markdown(":::::"))


def titles() -> dict[str, str]:
    """The words of every heading by its id; every page calls a section the same."""
    return {
        "groups": _("Points by group"),
        "lost": _("Where points are lost"),
        "trend": _("Over time"),
        "cohort": _("Place in the cohort"),
        "indicators": _("The 21 indicators"),
        "cases": _("Cases that fail"),
        "handling": _("Dossiers received and handled"),
        "procedures": _("Procedures of the agency"),
        "lists": _("The two lists side by side"),
        "missing": _("Not on the national database"),
        "differing": _("Other content on the national database"),
        "extra": _("Only on the national database"),
        "guesses": _("Pairs told by the name alone"),
        "duties": _("Obligations by the annex"),
        "quality": _("Data quality"),
        "notes": _("What to know when reading"),
        "comparison": _("Comparison with the published results"),
        "causes": _("Why the portal counts otherwise"),
        "reconcile-agencies": _("Which agencies"),
        "reconcile-indicators": _("Which indicators of the province"),
        "related": _("Agencies nearby"),
        "findings": _("What was found when reading the records"),
        "portal": _("What the national portal says of its figures"),
        "gaps": _("Figures that are absent or only taken over"),
        "provenance": _("Where the figures come from"),
        "orders": _("What to order"),
        "letters": _("What became of earlier letters"),
        "owed": _("Obligations besides the indicators"),
        "ranking": _("Ranking by cohort"),
        "other-ranks": _("How ranks depend on petitions and on the province's figures"),
        "communes": _("Communes of the district by indicator"),
        "heat-map": _("Share of the maximum by agency and indicator"),
        "changes": _("What changed"),
        "losses": _("Where points are lost in the province"),
        "losses-table": _("Who loses most points where"),
        "classes": _("Agencies by class"),
        "follow-up": _("Obligations and follow-up"),
        "map": _("Points of districts and communes"),
        "province": _("Results of the whole province"),
        "agencies": _("All agencies"),
        "national-order": _("All provinces and cities by total"),
        "neighbours": _("The provinces next to it"),
        "national-groups": _("Groups beside the national mean"),
        "national-course": _("Over time, between breaks"),
        "national-figures": _("The figures in detail"),
        "national-list": _("All provinces and cities"),
        "method": _("How each indicator is measured and scored"),
        "corrected-agencies": _("Agencies whose figures or records moved"),
        "corrected-indicators": _("Indicators that moved, by agency"),
        "since-yesterday": _("Since the day before"),
        "since-week": _("Since seven days before"),
        "days": _("The last seven days"),
        "revisions": _("Revisions of the figures"),
    }


def _as_parts(sections: Iterable[Section]) -> list[Any]:
    """What sections consist of, with their headings; several are panels of one division."""
    found = [[Markdown(heading(item.title, item.anchor)), *item.parts] for item in sections if item]
    if len(found) < 2:
        return list(itertools.chain(*found))
    return _within("panels", itertools.chain(*(_within("panel", parts) for parts in found)))


def _within(name: str, parts: Iterable[Any]) -> list[Any]:
    """Parts as a division."""
    return [Markdown(f"{_FENCE} {{.{name}}}"), *parts, Markdown(_FENCE)]


def _display(parts: Iterable[Any]) -> None:
    """Show parts; texts that follow each other are one output: each output is a message of its own
    from the kernel, which is checked against a schema."""
    for is_text, run in itertools.groupby(parts, lambda part: isinstance(part, Markdown)):
        shown = list(run)
        display(*([Markdown("\n\n".join(one.data for one in shown))] if is_text else shown))


def _flat(parts: Iterable[Any]) -> list[Any]:
    flat: list[Any] = []
    for part in parts:
        if isinstance(part, list | tuple):
            flat += _flat(part)
        elif isinstance(part, Markdown):
            flat += [part] if part.data else []
        elif isinstance(part, pd.DataFrame | pd.Series):
            flat += [part] if len(part) else []
        elif part:
            flat.append(part)
    return flat
