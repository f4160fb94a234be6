"""Where the first day of the tree lies between periods: what an agency was before, and what moved."""

from __future__ import annotations

from chiso.explain.comparison import Change, changes
from chiso.rules.mergers import Mergers, Origin, load_mergers
from chiso.store.figures import Figures, UnitFigures


def origin(unit: UnitFigures) -> Origin | None:
    """What an agency was before its tree, where that was another agency, several, or nothing that it
    can be compared with; None where it was the same, or where the tree doesn't say."""
    mergers = _mergers(unit.figures)
    found = mergers.origin(unit.unit.code) if mergers else None
    return None if found is None or found.codes == (unit.unit.code,) else found


def begins_with_tree(figures: Figures) -> bool:
    """Whether the period before this one began before the tree."""
    return figures.settings.period.previous.start.date() < figures.tree.valid_from


def moved_since_merger(unit: UnitFigures) -> tuple[Change, ...]:
    """Of an agency formed from several: the indicators that have points before, which are those whose
    counts add up, and other ones now; the greatest difference first."""
    found = [(abs(one.difference), one) for one in changes(unit) if one.difference]
    return tuple(one for _moved, one in sorted(found, key=lambda pair: (-pair[0], pair[1].number)))


def untold_before(unit: UnitFigures) -> tuple[int, ...]:
    """The indicators that have points now and none in the period before."""
    return tuple(
        one.number for one in changes(unit) if one.before is None and one.after is not None
    )


def _mergers(figures: Figures) -> Mergers | None:
    return figures.once("mergers", lambda: load_mergers(figures.tree))
