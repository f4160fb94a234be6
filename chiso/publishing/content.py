"""Which figures stand on a page, and since which stored revision they are what they are.

A page is of the revision in which its own figures were last changed, and everything on it, the
origin included, is of that one: what moves another agency's figures does not make it anew.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from chiso import store
from chiso.figures import Figures, store_dir
from chiso.store import Provenance


@dataclass(frozen=True)
class Content:
    """`shows`: a digest of the figures on a page; `revision`: the one that they came with."""

    shows: str
    revision: int


def whole_content(figures: Figures) -> Content:
    """The content of a page about all units."""
    hashes = [one.provenance.figures_hash for one in (*figures.earlier, figures)]
    text = " ".join([_told(figures), *hashes, *sorted(figures.published)])
    return Content(_digest(text), figures.provenance.revision)


def unit_contents(figures: Figures) -> dict[str, Content]:
    """By unit: its own rows, now and in the earlier periods. Rank and size of the cohort are among
    them, so a page follows where another agency's figures move them."""
    texts = {unit.code: [_told(figures)] for unit in figures.units}
    for one in (*figures.earlier, figures):
        for unit, rows in store.unit_rows(store_dir(), one.provenance).items():
            if unit in texts:
                texts[unit].append(f"{one.settings.period.name} {unit in one.published} {rows}")
    since = _last_changes(figures)
    return {unit: Content(_digest("\n".join(lines)), since[unit]) for unit, lines in texts.items()}


def _last_changes(figures: Figures) -> dict[str, int]:
    """By unit, the oldest stored revision since which its rows and their source are as now."""
    now = figures.provenance
    rows = store.unit_rows(store_dir(), now)
    since = {unit.code: now.revision for unit in figures.units}
    same = set(since)
    for older in reversed(store.history(store_dir(), now.province, now.period)):
        if older.revision >= now.revision:
            continue
        if not same or _source(older) != _source(now):
            break
        before = store.unit_rows(store_dir(), older)
        same = {unit for unit in same if before.get(unit) == rows[unit]}
        since |= dict.fromkeys(same, older.revision)
    return since


def _source(origin: Provenance) -> tuple[object, ...]:
    return (
        origin.units,
        origin.indicator_set,
        origin.source,
        origin.captured,
        origin.as_of,
        origin.is_illustrative,
    )


def _told(figures: Figures) -> str:
    """What pages say of the period and its source; folders are left out, no page names them."""
    settings, origin = figures.settings, figures.provenance
    return repr(
        (
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
    )


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8")).hexdigest()
