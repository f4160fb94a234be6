"""Which figures stand on a page, and since which stored revision they are what they are.

A page is of the revision in which the figures on it were last changed, and everything on it, the
origin included, is of that one. An agency's page shows its own figures; of its cohort what the page
says in numbers (the edges, how many are level with it or above, the next total, its place without
petitions), while the strip of dots is the one of that revision; and of the agencies below it who
carries the cases lost.
"""

from __future__ import annotations

import hashlib
from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Set
from dataclasses import dataclass
from decimal import Decimal

from chiso.explain.standing import PETITIONS
from chiso.rules.units import Tree
from chiso.store import revisions
from chiso.store.figures import Figures, store_dir
from chiso.store.revisions import Provenance


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
    for older in reversed(revisions.history(store_dir(), now.province, now.period)):
        if older.revision >= now.revision:
            continue
        if not same or _source(older) != _source(now):
            break
        before = _shown_rows(figures, older)
        same = {unit for unit in same if before.get(unit) == rows[unit]}
        since |= dict.fromkeys(same, older.revision)
    return since


def _shown_rows(figures: Figures, origin: Provenance) -> dict[str, str]:
    """By unit, its rows in a stored revision and what of others stands on its page."""
    rows: dict[str, list[str]] = {}
    totals: dict[str, Decimal] = {}
    petitions: dict[str, Decimal] = {}
    unknown: set[str] = set()
    for table, row in revisions.stored_rows(store_dir(), origin):
        unit = row.pop("unit")
        rows.setdefault(unit, []).append(f"{table} {list(row.values())}")
        if table == "totals" and row["total"]:
            totals[unit] = Decimal(row["total"])
        if table == "indicators" and int(row["indicator"]) in PETITIONS:
            petitions[unit] = petitions.get(unit, Decimal(0)) + Decimal(row["points"] or 0)
            unknown |= set() if row["basis"] else {unit}
    below: dict[str, list[str]] = {}
    for unit, lines in rows.items():
        for parent in figures.tree.above(unit) if unit in figures.tree.by_code else ():
            below.setdefault(parent, []).append(f"{unit} {lines}")
    places = _places(figures.tree, totals, petitions, unknown)
    return {
        unit.code: "\n".join(
            [*rows[unit.code], places.get(unit.code, ""), *below.get(unit.code, ())]
        )
        for unit in figures.tree.units
        if unit.code in rows
    }


def _places(
    tree: Tree,
    totals: Mapping[str, Decimal],
    petitions: Mapping[str, Decimal],
    unknown: Set[str],
) -> dict[str, str]:
    """By unit with a total, what its page says about the totals of its cohort. `petitions`: the
    points of the petition indicators; `unknown`: the units without figures of one of them."""
    cohorts: dict[str, list[str]] = {}
    for unit in tree.units:
        if unit.code in totals:
            cohorts.setdefault(unit.cohort, []).append(unit.code)
    said = {}
    for members in cohorts.values():
        every = sorted(totals[code] for code in members)
        left = sorted(totals[code] - petitions[code] for code in members)
        edges = f"{every[0]} {every[-1]} {len(every)} {unknown.isdisjoint(members)}"
        for code in members:
            own = totals[code]
            lower, equal = bisect_left(every, own), bisect_right(every, own)
            following = every[equal] if equal < len(every) else None
            without = bisect_right(left, own - petitions[code])
            said[code] = f"{edges} {lower} {equal} {following} {without}"
    return said


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
