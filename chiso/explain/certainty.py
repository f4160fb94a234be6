"""How certain a rank and a class are: the cases of all units of a cohort drawn anew, many times.

Each draw gives a unit as many cases as it has, at a rate that is drawn from its own cases beside a
few at the rate of its cohort (Beta-binomial), so that a denominator of one case says little. What is
the province's, decided by rule or only published stays as it is, and so do denominators. Parameters:
params/explain.yml.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from zlib import crc32

import numpy as np
import pandas as pd

from chiso.base.rounding import half_up
from chiso.rules.explain_rules import CertaintyRules, explain_rules
from chiso.rules.indicators import Rule, RuleBook
from chiso.scoring.score import COMPUTED, Count, competition_ranks, indicator_part, score_unit
from chiso.store.figures import Figures

Numbers = np.ndarray
Streams = Sequence[np.random.Generator]
# Rates 0, 0,001 ... 1 of which scoring is asked for the points; targets lie on it.
_GRID = 1000


@dataclass(frozen=True)
class Certainty:
    """How certain one unit's place is. `low` to `high`: ranks that hold the set part of all draws
    and its own, best first; None where its cohort is not ranked by us. `class_probability`: the part
    of the draws (0 to 1) in which it has the class that it has."""

    low: int | None
    high: int | None
    class_probability: float

    @property
    def shown_probability(self) -> Decimal:
        """The chance as pages say it, in whole percents: never all or nothing unless it is."""
        whole = half_up(Decimal(self.class_probability) * 100, 0)
        if 0 < self.class_probability < 1:
            whole = min(max(whole, Decimal(1)), Decimal(99))
        return whole / 100


@dataclass(frozen=True)
class OtherRanks:
    """The rank of a unit by the total without parts of it, or with 5 and 21 by the other comparison
    of moments (evidence.COMPARED); None where it has none."""

    code: str
    rank: int | None
    without_petitions: int | None
    without_shared: int | None
    compared: int | None


def certainty(figures: Figures, cohort: str) -> dict[str, Certainty]:
    """How certain the places of the units of a cohort are, by code; those with a total.

    Worked out once and kept with the figures: 161 units take about a second.
    """
    return figures.once(("certainty", cohort), lambda: _certainty(figures, cohort))


def _certainty(figures: Figures, cohort: str) -> dict[str, Certainty]:
    rules = explain_rules().certainty
    standings = {
        unit.code: figures.standing(unit.code) for unit in figures.units if unit.cohort == cohort
    }
    codes = [code for code, one in standings.items() if one.total is not None]
    if not codes:
        return {}
    drawn = _drawn_totals(figures, codes, rules)
    edges = sorted(band.at_least for band in figures.book.set.classes)
    classes = np.searchsorted(np.array([float(edge) for edge in edges]), drawn, side="right")
    ranks = _ranks(drawn)
    outer = float(1 - rules.interval) / 2
    lows = np.quantile(ranks, outer, axis=1, method="inverted_cdf")
    highs = np.quantile(ranks, 1 - outer, axis=1, method="inverted_cdf")
    is_partial = figures.tree.cohorts[cohort].partial
    found = {}
    for place, code in enumerate(codes):
        one = standings[code]
        own = sum(edge <= (one.total or 0) for edge in edges)
        rank = None if is_partial else one.rank
        found[code] = Certainty(
            low=None if rank is None else min(int(lows[place]), rank),
            high=None if rank is None else max(int(highs[place]), rank),
            class_probability=float(np.mean(classes[place] == own)),
        )
    return found


def other_ranks(figures: Figures, cohort: str) -> tuple[OtherRanks, ...]:
    """The ranks of a cohort without the points of petitions (19, 20), without those of the province's
    figures, and with the other comparison of what is on time, in the order of the tree; empty where
    it is not ranked by us."""
    units = [unit.code for unit in figures.units if unit.cohort == cohort]
    totals = {code: figures.standing(code).total for code in units}
    if figures.tree.cohorts[cohort].partial:
        return ()
    shared = {
        rule.indicator.number for rule in figures.book.rules if rule.indicator.scope == "province"
    }
    others = {
        "all": totals,
        "petitions": _without(figures, totals, {19, 20}),
        "shared": _without(figures, totals, shared),
        "compared": _compared(figures, totals),
    }
    ranks = {
        name: competition_ranks(other, dict.fromkeys(units, "")) for name, other in others.items()
    }
    return tuple(
        OtherRanks(code, *(ranks[name].get(code, (None, 0))[0] for name in ranks)) for code in units
    )


def _compared(figures: Figures, totals: Mapping[str, Decimal | None]) -> dict[str, Decimal | None]:
    """Totals scored again with the counts of the other comparison; None without such counts, or
    where a total was published."""
    counts = {
        (row.unit, row.indicator): Count(int(row.numerator), int(row.denominator))
        for row in figures.evidence("compared").dropna().itertuples()
    }
    found: dict[str, Decimal | None] = dict.fromkeys(totals)
    for code in totals if counts else ():
        unit = figures.unit(code)
        if unit.standing.total is not None and unit.standing.basis == COMPUTED:
            other = {n: counts.get((code, n), count) for n, count in unit.counts.items()}
            found[code] = score_unit(other, {}, figures.book, unit.unit.level).total.points
    return found


def _without(
    figures: Figures, totals: Mapping[str, Decimal | None], left_out: Iterable[int]
) -> dict[str, Decimal | None]:
    """Totals without some indicators; None where their points are not known."""
    table = figures.scores.indicators
    rows = table[table["indicator"].isin(list(left_out)) & table["unit"].isin(list(totals))]
    left = dict(totals)
    for row in rows.itertuples():
        total = left[row.unit]
        left[row.unit] = None if total is None or not row.basis else total - (row.points or 0)
    return left


def _ranks(drawn: Numbers) -> Numbers:
    """Competition ranks of every draw (1, 2, 2, 4), of units in rows and draws in columns."""
    ordered = np.sort(drawn, axis=0)
    ranks = [
        len(drawn) + 1 - np.searchsorted(ordered[:, i], drawn[:, i], side="right")
        for i in range(drawn.shape[1])
    ]
    return np.stack(ranks, axis=1)


def _drawn_totals(figures: Figures, codes: list[str], rules: CertaintyRules) -> Numbers:
    """Totals of units (rows) in every draw (columns), rounded as scoring rounds."""
    totals = np.array([float(figures.standing(code).total or 0) for code in codes])
    drawn = np.repeat(totals[:, None], rules.draws, axis=1)
    # A stream of each unit's own: what one of them has more does not draw the others anew.
    streams = [np.random.default_rng([rules.seed, crc32(code.encode())]) for code in codes]
    table = figures.scores.indicators
    rows = table[table["unit"].isin(codes) & (table["basis"] == COMPUTED)]
    rates, counted, numerators = _Rates(totals, rules), dict[int, _Own](), dict[int, Numbers]()
    # Rates that are factors of others come first.
    for rule in sorted(figures.book.rules, key=lambda rule: rule.indicator.factor_of is not None):
        number = rule.indicator.number
        own = _resampled(figures, rows[rows["indicator"] == number], codes)
        if not len(own.places):
            continue
        random = [streams[place] for place in own.places]
        if number == 21 and 5 in counted and own.is_like(counted[5]):
            drawn_anew = _on_time_and_liked(own, counted[5], numerators[5], random, rules)
        else:
            drawn_anew = _drawn(own.numerators, own.denominators, random, rules)
        counted[number], numerators[number] = own, drawn_anew
        now, then = rates.of(rule, own, drawn_anew)
        points = [_interpolated(figures.book, number, value) for value in (now, then)]
        drawn[own.places] += (points[1] - points[0][:, None]) * own.worth[:, None]
    return np.round(drawn, figures.book.set.digits)


class _Rates:
    """Rates of all units by indicator, as counted and as drawn, for those that are factors."""

    def __init__(self, totals: Numbers, rules: CertaintyRules) -> None:
        self.now: dict[int, Numbers] = defaultdict(lambda: np.ones(len(totals)))
        self.then: dict[int, Numbers] = defaultdict(lambda: np.ones((len(totals), rules.draws)))

    def of(self, rule: Rule, own: _Own, numerators: Numbers) -> tuple[Numbers, Numbers]:
        """The rates of `own`, with their factor where the rule has one, counted and drawn."""
        now, then = own.numerators / own.denominators, numerators / own.denominators[:, None]
        number, factor = rule.indicator.number, rule.indicator.factor_of
        if factor is not None:
            now, then = now * self.now[factor][own.places], then * self.then[factor][own.places]
        self.now[number][own.places], self.then[number][own.places] = now, then
        return now, then


@dataclass(frozen=True)
class _Own:
    """Units whose own cases decide an indicator: their places among the codes, and their counts."""

    places: Numbers
    numerators: Numbers
    denominators: Numbers
    # What it is worth to them, 1 for the maximum of the set.
    worth: Numbers

    def is_like(self, other: _Own) -> bool:
        """Whether both are of the same units and as many cases."""
        return np.array_equal(self.places, other.places) and np.array_equal(
            self.denominators, other.denominators
        )


def _resampled(figures: Figures, rows: pd.DataFrame, codes: list[str]) -> _Own:
    place = {code: i for i, code in enumerate(codes)}
    found = []
    for row in rows.itertuples():
        indicator = figures.book.rule(row.indicator).indicator
        level = figures.tree.unit(row.unit).level
        is_own = level == "tinh" or indicator.scope != "province"
        if is_own and level not in indicator.zero_levels and row.denominator:
            worth = float(row.max_points / indicator.max_points)
            numerator = min(row.numerator, row.denominator)
            found.append((place[row.unit], numerator, row.denominator, worth))
    columns = np.array(found, dtype=float).reshape(-1, 4)
    places, numerators, denominators = columns[:, :3].astype(np.int64).T
    return _Own(places, numerators, denominators, columns[:, 3])


def _drawn(
    numerators: Numbers, denominators: Numbers, random: Streams, rules: CertaintyRules
) -> Numbers:
    """Numerators of every draw: binomial, at rates from the Beta of own cases and the prior's."""
    prior = float(rules.prior_cases)
    # In whole percents, so that one case elsewhere does not move what is drawn here; off the ends, so
    # that a cohort without failures is not called faultless.
    rate = np.clip(np.round(numerators.sum() / max(denominators.sum(), 1), 2), 0.005, 0.995)
    met, missed = numerators + prior * rate, denominators - numerators + prior * (1 - rate)
    drawn = np.empty((len(numerators), rules.draws), dtype=np.int64)
    for i, stream in enumerate(random):
        rates = stream.beta(met[i], missed[i], size=rules.draws)
        drawn[i] = stream.binomial(denominators[i], rates)
    return drawn


def _on_time_and_liked(
    own: _Own, late: _Own, on_time: Numbers, random: Streams, rules: CertaintyRules
) -> Numbers:
    """Numerators of 21: the drawn dossiers on time of 5, less complaints that are drawn anew."""
    complaints = np.maximum(late.numerators - own.numerators, 0)
    return np.maximum(on_time - _drawn(complaints, own.denominators, random, rules), 0)


def _interpolated(book: RuleBook, number: int, rates: Numbers) -> Numbers:
    """The points of rates (0 to 1), between those that scoring gives for whole thousandths."""
    return np.interp(rates, np.linspace(0, 1, _GRID + 1), _grid(book, number))


_grids: dict[tuple[str, Decimal | None, int], Numbers] = {}


def _grid(book: RuleBook, number: int) -> Numbers:
    """The points of an indicator at each rate of the grid, as scoring gives them."""
    key = (book.fingerprint, book.rule(number).target, number)
    if key not in _grids:
        rule = book.rule(number)
        if rule.indicator.factor_of:
            rule = replace(rule, factor=Fraction(1))
        parts = (indicator_part(rule, Count(n, _GRID), None, book) for n in range(_GRID + 1))
        _grids[key] = np.array([float(part.points or 0) for part in parts])
    return _grids[key]
