"""Random whole numbers that are the same on every machine; changes if the stream does."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.int64]
Flags = NDArray[np.bool_]


class Draws:
    """A stream of whole numbers, its own for every seed and path.

    Only PCG64's raw words are used, which numpy promises to keep, and integer arithmetic on them:
    what numpy's Generator makes of the words may change between its releases.
    """

    def __init__(self, seed: int, *path: int) -> None:
        self._bits = np.random.PCG64(np.random.SeedSequence([seed, *path]))

    def below(self, limit: int | Numbers, size: int) -> Numbers:
        """`size` numbers from 0 to `limit` - 1; `limit` is one number or one for each draw."""
        words = self._bits.random_raw(size) >> np.uint64(32)
        return ((words * np.asarray(limit).astype(np.uint64)) >> np.uint64(32)).astype(np.int64)

    def low_below(self, limit: int | Numbers, size: int) -> Numbers:
        """Like `below`, small numbers more often than large ones."""
        return self.below(self.below(limit, size) + 1, size)

    def chance(self, permille: int | Numbers, size: int) -> Flags:
        """True in `permille` of 1000 cases."""
        return self.below(1000, size) < permille

    def weighted(self, weights: Numbers, size: int) -> Numbers:
        """Positions in `weights`, each as often as its weight says."""
        edges = np.cumsum(weights)
        return np.searchsorted(edges, self.below(int(edges[-1]), size), side="right")

    def shuffled(self, count: int) -> Numbers:
        """The numbers from 0 to `count` - 1 in some order."""
        return np.argsort(self.below(2**31, count), kind="stable")

    def one(self, limit: int) -> int:
        """A number from 0 to `limit` - 1."""
        return int(self.below(limit, 1)[0])

    def between(self, first: int, last: int) -> int:
        """A number from `first` to `last`, both included."""
        return first + self.one(last - first + 1)

    def happens(self, permille: int) -> bool:
        """True in `permille` of 1000 cases."""
        return self.one(1000) < permille
