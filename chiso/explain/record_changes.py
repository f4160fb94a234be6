"""Which records came, went and changed between two revisions of a period: how many, by unit."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, fields

from chiso.contract.evidence import read_prints
from chiso.rules.units import Tree
from chiso.store.figures import Figures


@dataclass(frozen=True)
class RecordChanges:
    """Dossiers and petitions at and below a unit: new ones, ones that are there no more or that another
    agency has now, ones of which anything is another."""

    dossiers_added: int = 0
    dossiers_removed: int = 0
    dossiers_changed: int = 0
    petitions_added: int = 0
    petitions_removed: int = 0
    petitions_changed: int = 0

    def __bool__(self) -> bool:
        """Whether any record is another."""
        return any(getattr(self, one.name) for one in fields(self))


def record_changes(before: Figures, after: Figures) -> dict[str, RecordChanges] | None:
    """By unit; None where records were not counted, or a revision is of a program that kept no prints."""
    prints = [read_prints(one.folder, one.provenance.prints_hash) for one in (before, after)]
    if prints[0] is None or prints[1] is None:
        return None
    both = prints[0].merge(prints[1], on=["kind", "key"], how="outer", suffixes=("", "_now"))
    is_other = (both["unit"] != both["unit_now"]) | (both["row"] != both["row_now"])
    numbers: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for row in both[is_other].itertuples():
        then, now = _above(before.tree, row.unit), _above(after.tree, row.unit_now)
        for what, units in (
            ("added", now - then),
            ("removed", then - now),
            ("changed", then & now),
        ):
            for unit in units:
                numbers[unit][f"{row.kind}_{what}"] += 1
    return {unit: RecordChanges(**found) for unit, found in numbers.items()}


def _above(tree: Tree, unit: object) -> frozenset[str]:
    """The unit of a record and all above it; none where the record is not there."""
    if not isinstance(unit, str):
        return frozenset()
    return frozenset((unit, *tree.above(unit))) if unit in tree.by_code else frozenset()
