"""Which figures stand on a page, and since which stored revision they are what they are.

A page is of the revision in which the figures on it were last changed, and everything on it, the
origin included, is of that one. An agency's page shows its own figures and those of the agencies below
it; of its cohort what explain.said_by_others says, while the strip of dots is the one of that
revision.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass, replace

from chiso.base.errors import UserError
from chiso.base.files import sha256, write_files
from chiso.base.locations import params_dir, project_root
from chiso.base.versions import code_hash, package_versions
from chiso.explain import said_by_others
from chiso.explain.national import NationalView
from chiso.explain.outcomes import all_outcomes, last_outcomes
from chiso.explain.owed import owed_in
from chiso.explain.revised import revisions_up_to
from chiso.rules.units import Tree
from chiso.store import revisions
from chiso.store.figures import Figures, load_figures, store_dir
from chiso.store.reconciled import Reconciled
from chiso.store.revisions import Provenance


@dataclass(frozen=True)
class Content:
    """`shows`: a digest of the figures on a page; `revision`: the one that they came with."""

    shows: str
    revision: int


def whole_content(figures: Figures) -> Content:
    """The content of a page about all units."""
    periods = (*figures.before, figures)
    hashes = [one.provenance.figures_hash for one in periods]
    compared = [f"{unit} {items}" for unit, items in sorted(figures.published.items())]
    beside = figures.reconciled.made_from if figures.reconciled else ""
    letters = repr((last_outcomes(figures), owed_in(figures, figures.settings.as_of)))
    text = " ".join([_told(figures), *hashes, *compared, beside, letters])
    return Content(_digest(text), figures.provenance.revision)


def with_national(content: Content, view: NationalView | None) -> Content:
    """The content of a page that shows the captured results of all provinces too."""
    return replace(content, shows=_digest(f"{content.shows} {view}")) if view else content


def daily_content(figures: Figures) -> Content | None:
    """The content of the page of changes by day; None while there is one revision alone.

    It shows when revisions were stored, and every older one stays as it is.
    """
    found = revisions_up_to(figures)
    if len(found) < 2:
        return None
    known = [
        (
            item.revision,
            item.recorded_at,
            item.as_of,
            item.figures_hash,
            sorted(item.inputs.items()),
        )
        for item in found
    ]
    return Content(_digest(_told(figures) + repr(known)), figures.provenance.revision)


def unit_contents(figures: Figures) -> dict[str, Content]:
    """By unit: the rows that its page shows, now and in the earlier periods."""
    texts = {unit.code: [_told(figures)] for unit in figures.units}
    for one in (*figures.earlier, figures):
        for unit, rows in _shown(one.provenance).items():
            if unit in texts:
                texts[unit].append(f"{one.settings.period.name} {one.published.get(unit)} {rows}")
    for one in figures.retold:
        shown = _shown(one.provenance)
        for unit, before in (one.predecessors or {}).items():
            theirs = [shown.get(old.code) for old in before]
            texts.get(unit, []).append(f"{one.settings.period.name} {theirs}")
    for code, told in _beside_portal(figures).items():
        texts.get(code, []).append(told)
    for outcome in all_outcomes(figures):
        if outcome.letter.is_issued:
            texts.get(outcome.letter.addressee, []).append(repr(outcome))
    for owed in owed_in(figures, figures.settings.as_of):
        texts.get(owed.agency, []).append(repr(owed))
    since = _last_changes(figures)
    return {unit: Content(_digest("\n".join(lines)), since[unit]) for unit, lines in texts.items()}


def _last_changes(figures: Figures) -> dict[str, int]:
    """By unit, the oldest stored revision since which what its page shows is as now."""
    now = figures.provenance
    rows = _shown(now)
    since = {unit.code: now.revision for unit in figures.units}
    same = set(since)
    for older in reversed(revisions.history(store_dir(), now.province, now.period)):
        if older.revision >= now.revision:
            continue
        if not same or _source(older) != _source(now):
            break
        try:
            before = _shown(older)
        except UserError:
            break  # altered since: nothing is built on it
        same = {unit for unit in same if before.get(unit) == rows[unit]}
        since |= dict.fromkeys(same, older.revision)
    return since


def _shown(origin: Provenance) -> dict[str, str]:
    """By unit, a digest of its rows in a stored revision, of those below it, and of what is said of
    it by others."""
    params = {path.name: sha256(path) for path in sorted(params_dir().glob("*.yml"))}
    made_from = _digest(repr((code_hash(), package_versions(), params, origin)))
    return _kept("shown", origin, made_from, lambda: _read_shown(origin))


def _beside_portal(figures: Figures) -> dict[str, str]:
    """By unit, a digest of what its page tells of the reconciliation; empty without one."""
    found, origin = figures.reconciled, figures.provenance
    if found is None:
        return {}
    made_from = _digest(repr((code_hash(), package_versions(), found.made_from, origin)))
    return _kept("reconciled", origin, made_from, lambda: _told_beside(found, figures.tree))


def _told_beside(found: Reconciled, tree: Tree) -> dict[str, str]:
    return {code: _digest(told) for code, told in found.by_unit(tree).items()}


def _kept(
    kind: str, origin: Provenance, made_from: str, work: Callable[[], dict[str, str]]
) -> dict[str, str]:
    """What `work` gives of a revision, unless that is kept beside the cache of pages: reading a
    revision again takes seconds."""
    folder = project_root() / "reports" / ".cache" / kind / origin.province
    name = f"{origin.period}-{origin.revision}.json"
    try:
        kept = json.loads((folder / name).read_text(encoding="utf-8"))
        if kept["made_from"] == made_from:
            return kept["found"]
    except (OSError, ValueError, KeyError, TypeError):
        pass  # not there, or damaged: it is made again
    found = work()
    write_files(folder, {name: json.dumps({"made_from": made_from, "found": found})})
    return found


def _read_shown(origin: Provenance) -> dict[str, str]:
    figures = load_figures(origin.period, origin.revision)
    rows: dict[str, list[str]] = {}
    for table, row in revisions.stored_rows(store_dir(), origin):
        rows.setdefault(row.pop("unit"), []).append(f"{table} {list(row.values())}")
    below: dict[str, list[str]] = {}
    for unit, lines in rows.items():
        for parent in figures.tree.above(unit) if unit in figures.tree.by_code else ():
            below.setdefault(parent, []).append(f"{unit} {lines}")
    return {
        unit.code: _digest(
            "\n".join(
                [
                    *rows[unit.code],
                    repr(said_by_others(figures.unit(unit.code))),
                    *below.get(unit.code, ()),
                ]
            )
        )
        for unit in figures.units
    }


def _source(origin: Provenance) -> tuple[object, ...]:
    return (
        origin.units,
        origin.indicator_set,
        origin.source,
        origin.captured,
        origin.as_of,
        origin.is_illustrative,
        origin.set_hash,
        origin.tree_hash,
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
