"""What moved between two stored revisions of one period, and which revision was in force on which day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any

import pandas as pd

from chiso.base.rounding import shown
from chiso.explain.comparison import Change, changes_from
from chiso.explain.decomposition import decomposed
from chiso.explain.ownership import without_dossiers
from chiso.rules.daily_rules import daily_rules
from chiso.rules.indicators import ON_TIME
from chiso.rules.units import Unit
from chiso.store import revisions
from chiso.store.figures import Figures, UnitFigures, load_figures, store_dir
from chiso.store.revisions import Provenance

DAY, WEEK = timedelta(days=1), timedelta(days=7)
# What differs between two revisions.
SET, TREE, DATA, DAY_ONLY, PROGRAM = "set", "tree", "data", "day", "program"


@dataclass(frozen=True)
class UnitMove:
    """A unit of which any count or point of its own is another than in an older revision.

    `difference`: of the totals as they are shown; None where either is absent, and with it `own`,
    `shared` and `petitions` (see Decomposition). `changes`: its indicators that moved, by their
    number. `dossiers`: how many more of its dossiers count; None where counts were handed in.
    """

    unit: Unit
    before: Decimal | None
    after: Decimal | None
    difference: Decimal | None
    own: Decimal | None
    shared: Decimal | None
    petitions: Decimal | None
    changes: tuple[Change, ...]
    dossiers: int | None

    @property
    def by_dossiers(self) -> Decimal:
        """Its own change without that by petitions, of which one can move many points."""
        return (self.own or Decimal(0)) - (self.petitions or Decimal(0))


@dataclass(frozen=True)
class Step:
    """A revision beside the one before it (None of the first).

    `total`: the province's, `difference` as shown. `units`: the agencies of which any count or point
    of their own is another, greatest change of the total first; `indicators`: the numbers of those of all units.
    `dossiers`: how many more dossiers count in the province; None where counts were handed in.
    `differs`: see `differing`; empty of the first. Nothing is compared where set or tree differ.
    """

    now: Provenance
    total: Decimal | None
    difference: Decimal | None
    units: tuple[Unit, ...]
    indicators: tuple[int, ...]
    dossiers: int | None
    differs: tuple[str, ...]


@dataclass(frozen=True)
class Moves:
    """What moved since another revision (`since`) of the same period.

    `province`: None where nothing of it moved. `agencies`: greatest own gain first, greatest own loss
    last. `is_comparable`: both are of the same set and tree; else nothing is compared.
    """

    since: Provenance
    now: Provenance
    province: UnitMove | None
    agencies: tuple[UnitMove, ...]
    is_comparable: bool

    def __bool__(self) -> bool:
        """Whether anything moved, or the period was closed in the meantime."""
        return bool(
            self.province
            or self.agencies
            or not self.is_comparable
            or self.since.is_provisional != self.now.is_provisional
        )


def revisions_up_to(figures: Figures) -> tuple[Provenance, ...]:
    """The stored revisions of the period up to that of the figures, oldest first."""
    own = figures.provenance
    found = revisions.history(store_dir(), own.province, own.period)
    return tuple(
        sorted(
            (item for item in found if item.revision <= own.revision),
            key=lambda item: item.revision,
        )
    )


def in_force(found: Sequence[Provenance], on: date) -> Provenance | None:
    """The newest of the revisions (oldest first) that was stored on that day or before."""
    return next((item for item in reversed(found) if item.stored_on <= on), None)


def in_force_before(figures: Figures, ago: timedelta) -> Provenance | None:
    """The revision that was in force so long before the day on which the figures were stored; None
    where nothing was stored yet."""
    found = revisions_up_to(figures)
    return in_force(found[:-1], figures.provenance.stored_on - ago)


def moves_since(figures: Figures, since: Provenance) -> Moves:
    """What moved from the revision `since` to `figures`; UserError where that one was altered."""
    own = figures.provenance
    is_comparable = (since.set_hash, since.tree_hash) == (own.set_hash, own.tree_hash)
    if not is_comparable:
        return Moves(since, own, None, (), is_comparable)
    before = load_figures(since.period, since.revision)
    found = {
        unit.code: move
        for unit in figures.units
        if (move := _move(before.unit(unit.code), figures.unit(unit.code)))
    }
    province = found.pop(figures.tree.province, None)
    agencies = sorted(found.values(), key=lambda move: (-move.by_dossiers, move.unit.code))
    return Moves(since, own, province, tuple(agencies), is_comparable)


def moves_of(figures: Figures, ago: timedelta) -> Moves | None:
    """What moved since the revision in force so long before; None where nothing was stored yet."""

    def work() -> Moves | None:
        since = in_force_before(figures, ago)
        return moves_since(figures, since) if since else None

    return figures.once(("moves", ago), work)


def corrected(figures: Figures) -> Moves | None:
    """What moved since the revision before, where the period was over in both; else None."""

    def work() -> Moves | None:
        older = revisions_up_to(figures)[:-1]
        if not older or figures.provenance.is_provisional or older[-1].is_provisional:
            return None
        return moves_since(figures, older[-1])

    return figures.once("corrected", work)


def steps(figures: Figures, most: int) -> tuple[Step, ...]:
    """The newest `most` revisions up to that of the figures, newest first, each beside the one before."""
    found = revisions_up_to(figures)[-most - 1 :]
    loaded = {one.revision: load_figures(one.period, one.revision) for one in found}
    pairs: list[tuple[Figures | None, Figures]] = []
    if len(found) <= most:
        pairs.append((None, loaded[found[0].revision]))
    pairs += [(loaded[one.revision], loaded[two.revision]) for one, two in pairwise(found)]
    return tuple(_step(before, after) for before, after in reversed(pairs))


def _step(before: Figures | None, after: Figures) -> Step:
    now, total = after.provenance, after.province.standing.total
    differs = differing(before.provenance, now) if before else ()
    if before is None or {SET, TREE} & set(differs):
        return Step(now, total, None, (), (), None, differs)
    keys = ["unit", "indicator"]
    columns = [*keys, "numerator", "denominator", "points"]
    joined = before.scores.indicators[columns].merge(
        after.scores.indicators[columns], on=keys, how="outer", suffixes=("", "_now")
    )
    others = joined[[_row_differs(row) for row in joined.to_dict("records")]]
    is_carried = others["indicator"].isin(_provinces(after)) & (
        others["unit"] != after.tree.province
    )
    others = others[~is_carried]
    changed = set(others["unit"])
    units = [unit for unit in after.agencies if unit.code in changed]
    totals = {unit.code: _moved(before, after, unit.code) for unit in units}
    units.sort(key=lambda unit: (-abs(totals[unit.code]), unit.code))
    return Step(
        now=now,
        total=total,
        difference=difference(before.province.standing.total, total),
        units=tuple(units),
        indicators=tuple(sorted({int(number) for number in others["indicator"]})),
        dossiers=_more_dossiers(before.province, after.province),
        differs=differs,
    )


def _row_differs(row: dict[Any, Any]) -> bool:
    return any(
        not (pd.isna(row[name]) and pd.isna(row[f"{name}_now"]))
        and (pd.isna(row[name]) or pd.isna(row[f"{name}_now"]) or row[name] != row[f"{name}_now"])
        for name in ("numerator", "denominator", "points")
    )


def _moved(before: Figures, after: Figures, code: str) -> Decimal:
    return difference(before.standing(code).total, after.standing(code).total) or Decimal(0)


def named_movers(figures: Figures, moves: Moves) -> tuple[UnitMove, ...]:
    """The agencies whose own move may be told by name: with dossiers, enough of them then and now
    (params/daily.yml), and a move of at least 0,01 point of their own, petitions left out."""
    if not moves.agencies:
        return ()
    before = load_figures(moves.since.period, moves.since.revision)
    left_out = without_dossiers(figures)
    least = daily_rules().named_from.value
    return tuple(
        move
        for move in moves.agencies
        if shown(move.by_dossiers)
        and move.unit.code not in left_out
        and min(dossiers_of(one.unit(move.unit.code)) for one in (before, figures)) >= least
    )


def differing(before: Provenance, after: Provenance) -> tuple[str, ...]:
    """What differs between two revisions: SET, TREE, DATA; where none of these does, that only the
    last day is another (DAY_ONLY), or the program or another parameter (PROGRAM)."""
    found = []
    if before.set_hash != after.set_hash:
        found.append(SET)
    if before.tree_hash != after.tree_hash:
        found.append(TREE)
    if _data(before) != _data(after):
        found.append(DATA)
    if not found:
        found.append(DAY_ONLY if before.as_of != after.as_of else PROGRAM)
    return tuple(found)


def _data(origin: Provenance) -> dict[str, str]:
    """The files of figures among the inputs."""
    return {name: value for name, value in origin.inputs.items() if not name.startswith("params/")}


def _move(before: UnitFigures, after: UnitFigures) -> UnitMove | None:
    shared = frozenset() if after.unit.level == "tinh" else _provinces(after.figures)
    changed = tuple(
        one for one in changes_from(before, after) if _is_other(one) and one.number not in shared
    )
    then, now = before.standing, after.standing
    if not changed:
        return None
    parts = decomposed(before, after)
    return UnitMove(
        unit=after.unit,
        before=then.total,
        after=now.total,
        difference=difference(then.total, now.total),
        own=parts.own if parts else None,
        shared=parts.shared if parts else None,
        petitions=parts.petitions if parts else None,
        changes=changed,
        dossiers=_more_dossiers(before, after),
    )


def difference(before: Decimal | None, after: Decimal | None) -> Decimal | None:
    """Of two totals as they are shown; None where either is absent."""
    return None if before is None or after is None else shown(after) - shown(before)


def _provinces(figures: Figures) -> frozenset[int]:
    """The indicators that are the province's and that every agency carries."""
    return frozenset(
        rule.indicator.number for rule in figures.book.rules if rule.indicator.scope == "province"
    )


def _is_other(one: Change) -> bool:
    return (one.before, one.numerator_before, one.denominator_before) != (
        one.after,
        one.numerator_after,
        one.denominator_after,
    )


def _more_dossiers(before: UnitFigures, after: UnitFigures) -> int | None:
    tables = [one.figures.evidence("handed_in") for one in (before, after)]
    if any(table.empty for table in tables):
        return None
    return after.handed_in[0] - before.handed_in[0]


def dossiers_of(unit: UnitFigures) -> int:
    """How many dossiers indicator 5 counts of a unit."""
    count = unit.counts.get(ON_TIME)
    return (count.denominator or 0) if count else 0
