"""The fewest cases to a class, a rank or a total: proved minimal, re-scored by `scoring`.

HiGHS solves a model that no true way lies outside of: gains in whole steps of points against lines
below the exact thresholds that `scoring` gives. So its optimum is never above the true minimum; where
scoring then confirms the total, it is the minimum. Where it doesn't, the point between line and
threshold is cut off and the model is solved again.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import cache
from itertools import pairwise
from math import ceil, floor

import highspy

from chiso.contract.evidence import read_mendable
from chiso.rules.indicators import ClassBand, Rule
from chiso.scoring.score import OFFICIAL, Count, UnitScore, applied, indicator_part
from chiso.store.figures import UnitFigures

Signature = tuple[int, ...]


@dataclass(frozen=True)
class Bundle:
    """Cases that lack the same indicators and are mended for all of them at once."""

    indicators: Signature
    cases: int


@dataclass(frozen=True)
class WayStep:
    """What mending brings on one indicator: cases that count there, points gained, rate reached.
    `lifted`: indicators without cases of their own that its rate multiplies; `points` holds theirs."""

    number: int
    cases: int
    points: Decimal
    rate: Decimal
    lifted: tuple[int, ...] = ()


@dataclass(frozen=True)
class WayUp:
    """The fewest cases that bring a total of at least `aim`; `needed`: points that are lacking.

    `cases` are distinct; one that counts for several indicators stands in several `steps`.
    `total_after`: what scoring gives for the counts with these cases mended.
    `from_records`: only what can still be mended; else every failing case is taken as mendable.
    `is_proved`: no way is shorter; False where the set multiplies one rate by another and cases can
    lift both: a shorter way is then not ruled out.
    """

    aim: Decimal
    needed: Decimal
    bundles: tuple[Bundle, ...]
    steps: tuple[WayStep, ...]
    cases: int
    total_after: Decimal
    from_records: bool
    is_proved: bool


def next_band(unit: UnitFigures) -> ClassBand | None:
    """The class right above the unit's own; None at the top or without a total."""
    total = unit.standing.total
    if total is None:
        return None
    higher = [band for band in unit.figures.book.set.classes if band.at_least > total]
    return min(higher, key=lambda band: band.at_least, default=None)


def way_up(unit: UnitFigures, aim: Decimal, every_case: bool = False) -> WayUp | None:
    """The fewest cases that lift a unit's total to `aim` points (0 cases where it is there already).

    `every_case`: of all that fail, as if each could still be mended: what it takes in a period to come.
    None where there is no total, or no mending of cases can bring it there.
    """
    key = ("way", unit.unit.code, aim, every_case)
    return unit.figures.once(key, lambda: _way_up(unit, aim, every_case))


def _way_up(unit: UnitFigures, aim: Decimal, every_case: bool) -> WayUp | None:
    total = unit.standing.total
    if total is None:
        return None
    from_records = not every_case and not unit.case_counts.empty
    problem = _Problem(unit, _signatures(unit, from_records), aim)
    mended = problem.solve() if total < aim else {}
    if mended is None:
        return None
    after = problem.scored(mended)
    return WayUp(
        aim=aim,
        needed=max(aim - total, Decimal(0)),
        bundles=tuple(Bundle(key, number) for key, number in sorted(mended.items())),
        steps=_steps(problem, mended, after),
        cases=sum(mended.values()),
        total_after=total if after.total.points is None else after.total.points,
        from_records=from_records,
        is_proved=total >= aim or problem.is_separable,
    )


def most_reachable(unit: UnitFigures) -> Decimal | None:
    """The total with every failing case of the unit's own mended; None where it has none."""
    total = unit.standing.total
    if total is None:
        return None
    every = _signatures(unit, from_records=False)
    return _Problem(unit, every, total).scored(every).total.points


def _signatures(unit: UnitFigures, from_records: bool) -> dict[Signature, int]:
    """How many cases lack which indicators of those that the unit's own cases can lift."""
    open_to = _liftable(unit)
    if not from_records:
        return {(number,): failing for number, failing in open_to.items() if failing}
    rows = read_mendable(unit.figures.folder, unit.figures.tree, unit.unit.code)
    rows = rows[rows["indicator"].isin(list(open_to))].drop_duplicates(["kind", "id", "indicator"])
    # A bit an indicator: distinct ones of a case add up to its signature.
    bits = (2 ** rows["indicator"].astype("int64")).groupby([rows["kind"], rows["id"]], sort=False)
    return {
        tuple(number for number in sorted(open_to) if mask >> number & 1): int(cases)
        for mask, cases in bits.sum().value_counts().items()
    }


def _liftable(unit: UnitFigures) -> dict[int, int]:
    """Failing cases by indicator, where mending the unit's cases moves its total."""
    book, level = unit.figures.book, unit.unit.level
    published = set(unit.groups.loc[unit.groups["basis"] == OFFICIAL, "group"])
    found = {}
    for row in unit.indicator_rows:
        indicator = book.rule(row.indicator).indicator
        is_own = level == "tinh" or indicator.scope != "province"
        is_scored = level not in indicator.zero_levels and indicator.group not in published
        if is_own and is_scored and row.denominator and row.points_lost:
            found[row.indicator] = max(row.denominator - row.numerator, 0)
    return found


@dataclass
class _Problem:
    """One unit, what it can mend, and the total that is wanted."""

    unit: UnitFigures
    signatures: dict[Signature, int]
    aim: Decimal

    def __post_init__(self) -> None:
        self.counts = self.unit.counts
        self.step = Decimal(1).scaleb(-self.unit.figures.book.set.digits)

    def solve(self) -> dict[Signature, int] | None:
        """Cases to mend by signature; None where all of them are not enough."""
        everything = self.scored(self.signatures)
        if everything.total.points is None or everything.total.points < self.aim:
            return None
        wanted = self._wanted()
        mended = self._gaining(wanted)
        while not self._is_enough(mended):  # a rescaled total was rounded down
            wanted += 1
            mended = self._gaining(wanted)
        return mended if self.is_separable else self._shortened(mended, wanted)

    def _gaining(self, wanted: int) -> dict[Signature, int]:
        """The fewest cases that gain so many steps in the model; all where it has none."""
        thresholds = {number: self._thresholds(number, wanted) for number in self._numbers()}
        cuts: list[tuple[int, int]] = []
        while True:
            solved = _solved(self.signatures, thresholds, wanted, cuts)
            if (
                solved is None
            ):  # only with rates that multiply each other, which it does not know of
                return dict(self.signatures)
            mended, gains = solved
            new = [
                (number, gain)
                for number, gain in gains.items()
                if gain and thresholds[number][gain] > _cases_of(mended, number)
            ]
            if not new:
                return mended
            cuts += new

    def _shortened(self, mended: dict[Signature, int], wanted: int) -> dict[Signature, int]:
        """Rates that multiply each other bring more than the model: ask it for less, while the score
        is still enough."""
        low, high = 1, wanted
        while low < high:
            middle = (low + high) // 2
            found = self._gaining(middle)
            if self._is_enough(found):
                mended, high = min(mended, found, key=lambda one: sum(one.values())), middle
            else:
                low = middle + 1
        return mended

    def _is_enough(self, mended: Mapping[Signature, int]) -> bool:
        total = self.scored(mended).total.points
        return total is not None and total >= self.aim

    def scored(self, mended: Mapping[Signature, int]) -> UnitScore:
        """The unit's score with these cases mended, by `scoring`."""
        counts = {number: self._count(number, _cases_of(mended, number)) for number in self.counts}
        return self.unit.scored(counts)

    def points(self, number: int, cases: int) -> int:
        """The points of an indicator with so many cases mended, and of those that its rate multiplies
        by their counts of now, in steps of the set's digits."""
        count, unit = self._count(number, cases), self.unit
        points = self._part(unit.rules[number], count)
        counts = unit.counts | {number: count}
        for rule in unit.rules.values():
            if rule.indicator.factor_of == number:
                lifted = applied(rule, counts, rule.max_points)
                points += self._part(lifted, unit.counts[rule.indicator.number])
        return int(points / self.step)

    def _part(self, rule: Rule, count: Count) -> Decimal:
        part = indicator_part(rule, count, self.unit.unit.level, self.unit.figures.book)
        return part.points or Decimal(0)

    @property
    def is_separable(self) -> bool:
        """Whether no two indicators that can be lifted have rates that multiply each other."""
        numbers = self._numbers()
        return not any(
            rule.indicator.factor_of in numbers and rule.indicator.number in numbers
            for rule in self.unit.rules.values()
        )

    def _numbers(self) -> list[int]:
        return sorted({number for signature in self.signatures for number in signature})

    def _count(self, number: int, cases: int) -> Count:
        count = self.counts[number]
        if count.numerator is None or count.denominator is None:
            return count
        return Count(
            min(count.numerator + cases, max(count.denominator, count.numerator)), count.denominator
        )

    def _wanted(self) -> int:
        """Steps that are lacking at least; fewer where the set rescales what is applicable."""
        lacking = self.aim - (self.unit.standing.total or Decimal(0))
        held = sum((points for points in self.unit.indicators["max_points"]), Decimal(0))
        whole = self.unit.figures.book.set.total
        if held == whole:
            return ceil(lacking / self.step)
        return max(1, floor((lacking / self.step - 1) * held / whole))

    def _thresholds(self, number: int, wanted: int) -> list[int]:
        """The fewest cases for a gain of 0, 1, 2 ... steps on one indicator, as scoring has it."""
        most = sum(cases for key, cases in self.signatures.items() if number in key)
        now = self.points(number, 0)
        top = min(self.points(number, most) - now, wanted)

        @cache  # steps are smaller than what one case brings: most are asked for again
        def gained(cases: int) -> int:
            return self.points(number, cases) - now

        found, low = [0], 0
        for gain in range(1, top + 1):
            low = _first(gained, gain, low, most, found)
            found.append(low)
        return found


def _first(gained: Callable[[int], int], gain: int, low: int, high: int, found: list[int]) -> int:
    """The fewest cases of low .. high that gain so much: near where the last steps point to."""
    step = found[-1] - found[-2] if len(found) > 1 else 1
    near, width = min(max(found[-1] + step, low), high), 1
    while gained(near) < gain:
        low, near, width = near + 1, min(near + width, high), width * 2
    high, width = near, 1
    while high > low:
        lower = max(high - width, low)
        if gained(lower) < gain:
            low = lower + 1
            break
        high, width = lower, width * 2
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if gained(middle) >= gain else (middle + 1, high)
    return low


def _cases_of(mended: Mapping[Signature, int], number: int) -> int:
    return sum(cases for key, cases in mended.items() if number in key)


def _solved(
    signatures: Mapping[Signature, int],
    thresholds: Mapping[int, list[int]],
    wanted: int,
    cuts: list[tuple[int, int]],
) -> tuple[dict[Signature, int], dict[int, int]] | None:
    """The optimum of the model: cases by signature and gains by indicator; None if it has none.

    `cuts`: (indicator, gain) for which the lines were too low: the gain is smaller, or the cases
    are as many as its threshold asks for.
    """
    model, whole = _solver(), highspy.HighsVarType.kInteger
    cases = {key: model.addVariable(0, most, 1.0, whole) for key, most in signatures.items()}
    gains = {}
    for number, least in thresholds.items():
        gains[number] = model.addVariable(0, len(least) - 1, 0.0, whole)
        mended = sum(variable for key, variable in cases.items() if number in key)
        for slope, start in _hull(least):
            model.addConstr(mended - slope * gains[number] >= start)
        for gain in [gain for cut, gain in cuts if cut == number]:
            reached = model.addVariable(0, 1, 0.0, whole)
            model.addConstr(gains[number] - len(least) * reached <= gain - 1)
            model.addConstr(mended - least[gain] * reached >= 0)
    model.addConstr(sum(gains.values()) >= wanted)
    model.run()
    if model.getModelStatus() == highspy.HighsModelStatus.kInfeasible:
        return None
    if model.getModelStatus() != highspy.HighsModelStatus.kOptimal:
        raise RuntimeError(f"HiGHS ended with {model.getModelStatus()} on the way up")
    return (
        {key: number for key, one in cases.items() if (number := round(model.val(one)))},
        {number: round(model.val(one)) for number, one in gains.items()},
    )


def _solver() -> highspy.Highs:
    """One thread, no gap: the same way every time, and no other is shorter."""
    model = highspy.Highs()
    model.silent()
    for name, value in (
        ("threads", 1),
        ("mip_rel_gap", 0.0),
        ("mip_abs_gap", 0.5),
        ("presolve", "off"),
    ):
        model.setOptionValue(name, value)
    return model


def _hull(least: list[int]) -> list[tuple[float, float]]:
    """Lines (slope, start) below the points (gain, fewest cases), which touch them from below."""
    corners: list[tuple[int, int]] = []
    for point in enumerate(least):
        while len(corners) > 1 and _turns_down(corners[-2], corners[-1], point):
            corners.pop()
        corners.append(point)
    lines = []
    for (x, y), (u, v) in pairwise(corners):
        slope = Fraction(v - y, u - x)
        lines.append((float(slope), float(y - slope * x)))
    return lines


def _turns_down(one: tuple[int, int], two: tuple[int, int], three: tuple[int, int]) -> bool:
    """Whether `two` lies on or above the line from `one` to `three`."""
    return (two[1] - one[1]) * (three[0] - one[0]) >= (three[1] - one[1]) * (two[0] - one[0])


def _steps(
    problem: _Problem, mended: Mapping[Signature, int], after: UnitScore
) -> tuple[WayStep, ...]:
    now = dict(
        zip(problem.unit.indicators["indicator"], problem.unit.indicators["points"], strict=True)
    )
    gained = {
        number: (part.points or Decimal(0)) - (now[number] or Decimal(0))
        for number, part in after.indicators.items()
    }
    numbers = sorted({number for key in mended for number in key})
    found = []
    for number in numbers:
        lifted = tuple(
            rule.indicator.number
            for rule in problem.unit.rules.values()
            if rule.indicator.factor_of == number
            and rule.indicator.number not in numbers
            and gained[rule.indicator.number] > 0
        )
        count, points = after.counts[number], sum(gained[one] for one in (number, *lifted))
        rate = Decimal(count.numerator or 0) / Decimal(count.denominator or 1)
        cases = _cases_of(mended, number)
        found.append(WayStep(number, cases, Decimal(points), rate, lifted))
    return tuple(sorted(found, key=lambda step: (-step.points, step.number)))
