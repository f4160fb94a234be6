"""Which of the options hold in which agency: those whose dossiers make up the difference in counts.

An agency's options are tried together, all of them for as many as a machine can try; the work is
bounded by their number, never by that of the dossiers.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from chiso.reconcile.dossiers import Bits, Numbers

# Of more options in one agency only those that change most are tried: 2 ** 12 ways.
MOST_OPTIONS = 12
# So many ways and groups of dossiers are held at a time.
_BLOCK = 1 << 20
# How often agencies are looked at again after dossiers were moved between them.
_ROUNDS = 3
Reals = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Candidates:
    """What the options would change, dossier by dossier (rows) and in the order of their causes.

    `cells`: which cell of counts a dossier belongs to on our side. `base`: what it adds there.
    `absent`: a column an option that makes it absent; `targets`: one an option that moves it, the
    cell it goes to or -1; `judged`: an option, what it would add (its row of `base` where nothing
    changes), with `changes` a column each.
    """

    cells: Numbers
    base: Numbers
    absent: Bits
    targets: Numbers
    judged: tuple[Numbers, ...]
    changes: Bits
    # A flag an option: whether the records themselves state it.
    stated: Bits

    @cached_property
    def applies(self) -> Bits:
        """Dossiers x options: which of them an option concerns."""
        return np.hstack([self.absent, self.targets >= 0, self.changes])

    @property
    def options(self) -> int:
        """How many options there are."""
        return self.absent.shape[1] + self.targets.shape[1] + len(self.judged)


@dataclass(frozen=True)
class _Cell:
    """One cell: groups of dossiers alike in what applies to them, and what each would change.

    `bits`: the options that apply, by group. `changes[option]`: by group, base less what the portal
    would have under it.
    """

    sizes: dict[int, int]
    # Options of dossiers that add to nothing that is summed up: the counts don't tell.
    silent: tuple[int, ...]
    # As bits: what the records state of so few that it holds here if it does elsewhere.
    stated: int
    bits: Numbers
    changes: dict[int, Numbers]


def choose(found: Candidates, residual: Reals, found_part: float) -> Bits:
    """Cells x options: which options hold in which cell.

    `residual`: cells x parts, ours less the portal's; NaN where either has no data. Chosen is what
    leaves least of it unexplained, with `found_part` of each change against it, so that what fits by
    less than this is not taken.
    """
    search = _Search(found, np.nan_to_num(residual), ~np.isnan(residual), found_part)
    return search.run()


class _Search:
    """The state of one search: the options that hold so far, and what they move between cells."""

    def __init__(self, found: Candidates, residual: Reals, known: Bits, part: float) -> None:
        self.found, self.residual, self.known, self.part = found, residual, known, part
        self.moves = range(found.absent.shape[1], found.absent.shape[1] + found.targets.shape[1])
        self.cells = [self._cell(i) for i in range(len(residual))]
        self.active = np.zeros((len(residual), found.options), dtype=bool)
        # By cell what the portal has otherwise by what the records state.
        stated = np.array([self._bits(np.flatnonzero(found.stated))])
        self.stated = [self._changed(cell, stated) for cell in self.cells]
        self._moved_key, self._moved = b"", np.zeros(residual.shape)
        self.common = 0

    def run(self) -> Bits:
        self.common = self._common()
        for i in range(len(self.cells)):
            self._settle(i)
        for _turn in range(_ROUNDS):
            # All of them, each time: one move may make room for another.
            tried = [self._try_move(i, o) for i in range(len(self.cells)) for o in self.moves]
            if not any(tried):
                break
        useful = set(np.flatnonzero(self.active.any(axis=0)))
        for i, cell in enumerate(self.cells):
            for option in cell.silent:
                self.active[i, option] = option in useful
        return self.active

    def _common(self) -> int:
        """The options, as bits, that explain most where they hold wherever they apply: one portal
        counts for all agencies by one rule."""
        free = [1 << o for o in range(self.found.options) if o not in self.moves]
        pairs = [one | other for i, one in enumerate(free) for other in free[:i]]
        chosen = self._bits(np.flatnonzero(self.found.stated))
        best = float(self._totals([chosen])[0])
        while True:
            # One option more or fewer; where none is better, two: what one takes another may give.
            for changes in (free, pairs):
                costs = self._totals([chosen ^ change for change in changes])
                place = int(np.argmin(costs)) if changes else 0
                if changes and costs[place] < best - 1e-9:
                    chosen, best = chosen ^ changes[place], float(costs[place])
                    break
            else:
                return chosen

    def _totals(self, ways: list[int]) -> Reals:
        """What each of the ways leaves in all cells together, with what speaks against it."""
        chosen = np.array(ways, dtype=np.int64)
        total = np.zeros(len(ways))
        for i, cell in enumerate(self.cells):
            total += self._left(i, self._changed(cell, chosen))[1]
        return total

    def _cell(self, place: int) -> _Cell:
        found = self.found
        rows = np.flatnonzero(found.cells == place)
        columns = found.applies[rows]
        some = columns.any(axis=1)
        rows, columns = rows[some], columns[some]
        if not len(rows):
            return _Cell({}, (), 0, np.zeros(0, dtype=np.int64), {})
        powers = 1 << np.arange(columns.shape[1], dtype=np.int64)
        bits, group = np.unique(columns @ powers, return_inverse=True)
        groups = np.zeros((len(bits), found.base.shape[1]), dtype=np.int64)
        np.add.at(groups, group, found.base[rows])
        changes = {}
        for o in np.flatnonzero(columns.any(axis=0)):
            if o < self.moves.stop:
                changes[int(o)] = groups
                continue
            other = np.zeros_like(groups)
            np.add.at(other, group, found.judged[o - self.moves.stop][rows])
            changes[int(o)] = groups - other
        size = {o: int(np.abs(c[(bits >> o) & 1 == 1]).sum()) for o, c in changes.items()}
        sizes = {o: size[o] for o in changes if o not in self.moves and size[o]}
        silent = tuple(o for o in changes if o not in self.moves and not size[o])
        # What the records themselves state of few dossiers is not doubted for what is left over.
        few = found.stated * (2 * columns.sum(axis=0) <= len(found.base[found.cells == place]))
        return _Cell(sizes, silent, int(few @ powers), bits, changes)

    def _settle(self, i: int) -> float:
        """Choose the options of a cell, those that move dossiers from it left as they are; what is
        left then."""
        cell = self.cells[i]
        options = self._tried(cell)
        moving = [o for o in self.moves if self.active[i, o]]
        fixed = self._bits(moving)
        ways = np.arange(1 << len(options), dtype=np.int64)
        chosen = np.full(len(ways), fixed, dtype=np.int64)
        for place, option in enumerate(options):
            chosen |= ((ways >> place) & 1) << option
        changed = self._changed(cell, chosen)
        left, cost = self._left(i, changed)
        # A common option may be left only where all is explained then, one that is stated never.
        without = (self.common & self._bits(options)) & ~chosen
        cost = np.where(
            ((without != 0) & (left > 0)) | ((without & cell.stated) != 0), np.inf, cost
        )
        # Of ways that explain as much: those with options that hold elsewhere, then fewer of them.
        for option in options:
            sign = -1 if (self.common >> option) & 1 else 1
            cost = cost + sign * 1e-6 * ((chosen >> option) & 1)
        best = int(np.argmin(cost))
        for option in options:
            self.active[i, option] = bool((chosen[best] >> option) & 1)
        return float(cost[best])

    def _tried(self, cell: _Cell) -> list[int]:
        """The options of a cell that are tried together: those that hold elsewhere, then those that
        would change most."""
        order = sorted(cell.sizes, key=lambda o: (not (self.common >> o) & 1, -cell.sizes[o]))
        return sorted(order[:MOST_OPTIONS])

    @staticmethod
    def _bits(options: Iterable[int]) -> int:
        return sum(1 << int(option) for option in options)

    def _changed(self, cell: _Cell, chosen: Numbers) -> Reals:
        """Ways x parts: what ours would lose on the portal under each way."""
        total = np.zeros((len(chosen), self.residual.shape[1]))
        block = max(1, _BLOCK // max(1, len(cell.bits)))
        for start in range(0, len(chosen), block):
            acting = chosen[start : start + block, None] & cell.bits
            # The lowest bit comes first in the order of causes: absent, moved, judged.
            first = acting & -acting
            for option, changes in cell.changes.items():
                total[start : start + block] += (first == (1 << option)).astype(float) @ changes
        return total

    def _left(self, i: int, changed: Reals) -> tuple[Reals, Reals]:
        """By way: what is left unexplained, and that with the part of each change that speaks against
        it; what the records state is no change."""
        wanted = self.residual[i] + self._incoming(i)
        left = (np.abs(wanted - changed) * self.known[i]).sum(axis=1)
        size = np.abs(changed - self.stated[i]) * self.known[i]
        return left, left + self.part * size.sum(axis=1)

    def _incoming(self, i: int) -> Reals:
        """What the cell would have more on the portal by dossiers that are moved to it."""
        key = self.active.tobytes()
        if key != self._moved_key:
            self._moved_key, self._moved = key, self._all_moved()
        return self._moved[i]

    def _all_moved(self) -> Reals:
        """Cells x parts: what is moved to each cell by the options that hold."""
        found = self.found
        sums = np.zeros(self.residual.shape)
        if not self.active[:, self.moves].any():
            return sums
        rows = np.flatnonzero((found.targets >= 0).any(axis=1))
        acting = found.applies[rows] & self.active[found.cells[rows]]
        option = np.where(acting.any(axis=1), acting.argmax(axis=1), -1)
        moved = np.isin(option, self.moves)
        rows, option, acting = rows[moved], option[moved], acting[moved]
        portal = found.base[rows].astype(float)
        for place in reversed(range(len(found.judged))):
            otherwise = acting[:, self.moves.stop + place]
            portal[otherwise] = found.judged[place][rows[otherwise]]
        np.add.at(sums, found.targets[rows, option - self.moves.start], portal)
        return sums

    def _try_move(self, i: int, option: int) -> bool:
        """Move the dossiers of a cell, or leave them again, if less is left then; whether it is so."""
        found, place = self.found, option - self.moves.start
        rows = (found.cells == i) & (found.targets[:, place] >= 0)
        if not rows.any():
            return False
        concerned = sorted({i, *(int(t) for t in np.unique(found.targets[rows, place]))})
        if not any(self._open(j) for j in concerned):
            return False
        cost = sum(self._settle(j) for j in concerned)
        before = self.active[concerned].copy()
        self.active[i, option] = not self.active[i, option]
        moved = sum(self._settle(j) for j in concerned)
        if moved < cost - 1e-9:
            return True
        self.active[concerned] = before
        return False

    def _open(self, i: int) -> bool:
        """Whether anything of a cell's difference is left, or something was moved from it."""
        cell = self.cells[i]
        chosen = np.array([self._bits(np.flatnonzero(self.active[i]))])
        left, _cost = self._left(i, self._changed(cell, chosen))
        return bool(left[0])
