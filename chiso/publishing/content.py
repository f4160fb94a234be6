"""Which figures stand on a page, and since which stored revision they are what they are.

A page is of the revision in which the figures on it were last changed, and everything on it, the
origin included, is of that one. An agency's page shows its own figures; of its cohort the totals (the
strip of dots, the way to the next rank) and what decides the rank without petitions; and of the
agencies below it who carries the cases lost.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from chiso import store
from chiso.explain.standing import PETITIONS
from chiso.figures import Figures, store_dir
from chiso.store import Provenance

# Rows of others, as the store tells them, that stand on the pages of their cohort.
_COHORT_ROWS = ("totals ", *(f"indicators ['{number}'" for number in PETITIONS))


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
    """By unit: the rows that its page shows, now and in the earlier periods."""
    texts = {unit.code: [_told(figures)] for unit in figures.units}
    for one in (*figures.earlier, figures):
        for unit, rows in _shown_rows(figures, one.provenance).items():
            if unit in texts:
                texts[unit].append(f"{one.settings.period.name} {unit in one.published} {rows}")
    since = _last_changes(figures)
    return {unit: Content(_digest("\n".join(lines)), since[unit]) for unit, lines in texts.items()}


def _last_changes(figures: Figures) -> dict[str, int]:
    """By unit, the oldest stored revision since which what its page shows is as now."""
    now = figures.provenance
    rows = _shown_rows(figures, now)
    since = {unit.code: now.revision for unit in figures.units}
    same = set(since)
    for older in reversed(store.history(store_dir(), now.province, now.period)):
        if older.revision >= now.revision:
            continue
        if not same or _source(older) != _source(now):
            break
        before = _shown_rows(figures, older)
        same = {unit for unit in same if before.get(unit) == rows[unit]}
        since |= dict.fromkeys(same, older.revision)
    return since


def _shown_rows(figures: Figures, origin: Provenance) -> dict[str, str]:
    """By unit, its rows in a stored revision and those of others that stand on its page."""
    rows = store.unit_rows(store_dir(), origin)
    cohorts: dict[str, list[str]] = {}
    below: dict[str, list[str]] = {}
    for unit in figures.tree.units:
        lines = rows.get(unit.code, "").splitlines()
        found = [line for line in lines if line.startswith(_COHORT_ROWS)]
        cohorts.setdefault(unit.cohort, []).append(f"{unit.code} {found}")
        for parent in figures.tree.above(unit.code):
            below.setdefault(parent, []).append(f"{unit.code} {lines}")
    shared = {cohort: _digest("\n".join(lines)) for cohort, lines in cohorts.items()}
    carried = {unit: _digest("\n".join(lines)) for unit, lines in below.items()}
    return {
        unit.code: f"{rows[unit.code]}\n{shared[unit.cohort]} {carried.get(unit.code, '')}"
        for unit in figures.tree.units
        if unit.code in rows
    }


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
