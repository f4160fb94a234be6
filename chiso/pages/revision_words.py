"""What is other in a revision than in the one before it, in words; for tables and for sentences."""

from __future__ import annotations

from collections.abc import Sequence

from chiso.base.i18n import _, count
from chiso.explain.record_changes import RecordChanges, record_changes
from chiso.explain.revised import DATA, DAY_ONLY, PROGRAM, SET, TREE, corrected
from chiso.store.figures import Figures, load_figures

# The records that are compared, as evidence.RECORD_PRINTS calls them.
KINDS = ("dossiers", "petitions")


def correction_words(one: RecordChanges, kinds: tuple[str, ...] = KINDS) -> str:
    """What became of records of these kinds, in words; empty where nothing did."""
    names = {"dossiers": _("dossiers"), "petitions": _("petitions")}
    found = [(names[kind], words) for kind in kinds if (words := kind_words(one, kind))]
    return "; ".join(_("{kind}: {list}").format(kind=kind, list=words) for kind, words in found)


def kind_words(one: RecordChanges, kind: str) -> str:
    """What became of records of one kind: how many added, removed, changed."""
    words = {
        "added": _("{number} added"),
        "removed": _("{number} removed"),
        "changed": _("{number} changed"),
    }
    numbers = {what: getattr(one, f"{kind}_{what}") for what in words}
    return ", ".join(words[what].format(number=count(n)) for what, n in numbers.items() if n)


def changes_of_records(figures: Figures) -> dict[str, RecordChanges] | None:
    """By unit, what became of records since the revision before; None where that is not known."""
    moves = corrected(figures)
    if moves is None:
        return None
    before = load_figures(moves.since.period, moves.since.revision)
    return figures.once("changes of records", lambda: record_changes(before, figures))


def difference_words(differs: Sequence[str]) -> str:
    """What differs between two revisions (revised.differing), in words."""
    words = {
        SET: _("indicator set"),
        TREE: _("list of agencies"),
        DATA: _("data handed in"),
        DAY_ONLY: _("a later day"),
        PROGRAM: _("program or parameters"),
    }
    return "; ".join(words[one] for one in differs)
