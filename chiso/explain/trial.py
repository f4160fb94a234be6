"""What of a period is other under other rules: totals, classes, ranks, points, letters."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from chiso.base.params import Text
from chiso.store.figures import Figures

# What letters ask, in words, by the code of the agency.
Letters = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True)
class Result:
    """What a unit has of a period; None where there is nothing to say, of `asked` where it gets no
    letter. `points`: by indicator."""

    name: Text
    total: Decimal | None
    band: Text | None
    rank: int | None
    cohort_size: int | None
    points: Mapping[int, Decimal | None]
    asked: tuple[str, ...] | None


@dataclass(frozen=True)
class Moved:
    """A unit whose result is other; `before` is None where only the new rules know it, `after` where
    they no longer do."""

    code: str
    before: Result | None
    after: Result | None

    @property
    def has_other_total(self) -> bool:
        """Whether its total is other, or it came or went."""
        return self._is_other("total")

    @property
    def has_other_class(self) -> bool:
        """Whether its class is other, or it came or went."""
        return self._is_other("band")

    @property
    def has_other_rank(self) -> bool:
        """Whether its rank is other, or it came or went."""
        return self._is_other("rank")

    @property
    def has_other_letter(self) -> bool:
        """Whether it gets a letter now, gets none any more, or is asked for something else."""
        asked = [one.asked if one else None for one in (self.before, self.after)]
        return asked[0] != asked[1]

    @property
    def moved_points(self) -> dict[int, Decimal]:
        """How much more or less it has on the indicators that are other and that it has both times."""
        if self.before is None or self.after is None:
            return {}
        found = {}
        for number, now in self.after.points.items():
            was = self.before.points.get(number)
            if was is not None and now is not None and was != now:
                found[number] = now - was
        return found

    def _is_other(self, key: str) -> bool:
        if self.before is None or self.after is None:
            return True
        return bool(getattr(self.before, key) != getattr(self.after, key))


def results(figures: Figures, letters: Letters) -> dict[str, Result]:
    """The result of every unit with figures, by its code."""
    found = {}
    for unit in figures.units:
        held = figures.unit(unit.code)
        standing = held.standing
        found[unit.code] = Result(
            unit.name,
            standing.total,
            standing.band.name if standing.band else None,
            standing.rank,
            standing.cohort_size,
            {row.indicator: row.points for row in held.indicators.itertuples()},
            letters.get(unit.code),
        )
    return found


def moved(before: Mapping[str, Result], after: Mapping[str, Result]) -> tuple[Moved, ...]:
    """The units whose results are other, in the order of the new rules; those that are gone last."""
    codes = [*after, *(code for code in before if code not in after)]
    return tuple(
        Moved(code, before.get(code), after.get(code))
        for code in codes
        if before.get(code) != after.get(code)
    )
