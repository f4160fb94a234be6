"""The records of folders, read and checked once for everything that is made of them in one run."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from chiso.base.i18n import _, count, some_units
from chiso.base.processes import give_back_memory
from chiso.rules.units import Tree

if TYPE_CHECKING:
    from chiso.contract.records import Records


class MustReadError(Exception):
    """What was asked for is not kept: records have to be read."""


@dataclass(frozen=True)
class Reading:
    """What has been read so far; `tell` gets what the user should know of it. `may_read`: whether records
    may be read at all; else whoever asks for them gets MustReadError."""

    tell: Callable[[str], None]
    may_read: bool = True
    _known: dict[Path, tuple[Tree, Records, datetime | None]] = field(default_factory=dict)

    def records(self, folder: Path, tree: Tree) -> Records:
        """The records in a folder as those of a tree. Raises InputError as load_records does."""
        return self._read(folder, tree)[0]

    def newest_moment(self, folder: Path, tree: Tree) -> datetime | None:
        """The newest moment in these records; None where they hold none."""
        return self._read(folder, tree)[1]

    def forget(self) -> None:
        """Let go of the records, which take memory; whoever asks again makes them be read again."""
        if self._known:
            self._known.clear()
            give_back_memory()

    def _read(self, folder: Path, tree: Tree) -> tuple[Records, datetime | None]:
        known = self._known.get(folder)
        if known is None or known[0] != tree:
            if not self.may_read:
                raise MustReadError
            # Deferred: with nothing to measure, the engine is not worth its half second.
            from chiso.measures.scope import newest_moment
            from chiso.sources.records import held_in_engine, load_records

            records = held_in_engine(load_records(folder, tree))
            self._tell_of(records, tree)
            known = self._known[folder] = tree, records, newest_moment(records.tables)
        return known[1:]

    def _tell_of(self, records: Records, tree: Tree) -> None:
        silent = records.silent
        if silent and tree.province not in silent:
            names = sorted(str(tree.unit(code).name) for code in silent)
            words = _("{number} agencies have no dossier that counts: no points, no rank: {names}")
            self.tell(words.format(number=count(len(names)), names=some_units(names, 10)))
        counts = records.counts[["rows_in", "lost", "not_lost"]].sum()
        rows = count(int(counts.rows_in))
        if counts.lost:
            words = _("{aside} of {rows} rows of the records were set aside.")
            self.tell(words.format(aside=count(int(counts.lost)), rows=rows))
        if counts.not_lost:
            words = _("{number} of {rows} rows stand twice or were replaced: none counts twice.")
            self.tell(words.format(number=count(int(counts.not_lost)), rows=rows))
