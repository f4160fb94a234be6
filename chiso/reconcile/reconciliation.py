"""Our counts and the portal's side by side, each difference taken apart by causes with their dossiers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from chiso.base.period import Period
from chiso.contract.records import Records
from chiso.measures.counts import Held, counted, hold
from chiso.reconcile.candidates import Seen, seen_by_list, seen_from_records
from chiso.reconcile.causes import CAUSES, UNEXPLAINED
from chiso.reconcile.choice import choose
from chiso.reconcile.dossiers import Bits, Numbers, Parts, contributions
from chiso.reconcile.portal_side import PortalSide
from chiso.reconcile.steps import Explained, Points, less, steps
from chiso.rules.indicators import RuleBook
from chiso.rules.reconcile_rules import reconcile_rules
from chiso.rules.units import Tree

LINE_COLUMNS = [
    "unit", "indicator", "ours_numerator", "ours_denominator", "portal_numerator",
    "portal_denominator", "points",
]  # fmt: skip


@dataclass(frozen=True)
class Reconciliation:
    """`lines`: a row a unit and indicator that both sides know (LINE_COLUMNS; counts int or None,
    points, ours less the portal's, Decimal or None). `parts`: steps.STEP_COLUMNS. `dossiers`: unit, portal_unit (where the
    portal counts it, empty: nowhere), procedure_id and cause by dossier_id, of those that the two
    sides count differently. `ours`, `portal`: what each of them adds to each of the columns
    (indicator, "n" or "d") on either side."""

    tree: Tree
    captured: datetime
    lines: pd.DataFrame
    parts: pd.DataFrame
    dossiers: pd.DataFrame
    columns: tuple[tuple[int, str], ...]
    ours: Numbers
    portal: Numbers

    def unexplained(self, line: Mapping[str, Any]) -> tuple[int, int] | None:
        """What no cause explains of a row of `lines`, ours less the portal's; None without data."""
        numbers = [line[name] for name in LINE_COLUMNS[2:6]]
        if any(number is None for number in numbers):
            return None
        ours_n, ours_d, portal_n, portal_d = (int(number or 0) for number in numbers)
        n, d = self._told.get((line["unit"], line["indicator"]), (0, 0))
        return ours_n - portal_n - n, ours_d - portal_d - d

    def causes(self, unit: str, indicator: int) -> Iterator[tuple[str, int, int, list[str]]]:
        """cause, numerator, denominator (ours less the portal's) and ids of its dossiers."""
        place, here, there = self._dossiers_of(unit)
        mine = [i for i, (number, _side) in enumerate(self.columns) if number == indicator]
        ours = self.ours[place][:, mine] * here[:, None]
        portal = self.portal[place][:, mine] * there[:, None]
        touched = place[(ours != portal).any(axis=1)]
        of = self._cause[touched]
        for cause in CAUSES:
            n, d = self._parts.get((unit, indicator, cause), (0, 0))
            if n or d:
                yield cause, n, d, sorted(self.dossiers.index[touched[of == cause]])

    def _dossiers_of(self, unit: str) -> tuple[Numbers, Bits, Bits]:
        """The places of the dossiers that either side counts for a unit or below it, and which side."""
        if unit not in self._by_unit:
            below = list(self.tree.below(unit))
            here = self.dossiers["unit"].isin(below).to_numpy()
            there = self.dossiers["portal_unit"].isin(below).to_numpy()
            place = np.flatnonzero(here | there)
            self._by_unit[unit] = place, here[place], there[place]
        return self._by_unit[unit]

    @cached_property
    def _by_unit(self) -> dict[str, tuple[Numbers, Bits, Bits]]:
        return {}

    @cached_property
    def _cause(self) -> np.ndarray:
        return self.dossiers["cause"].to_numpy()

    @cached_property
    def _parts(self) -> dict[tuple[str, int, str], tuple[int, int]]:
        return {
            (row.unit, row.indicator, row.cause): (int(row.numerator), int(row.denominator))
            for row in self.parts.itertuples()
        }

    @cached_property
    def _told(self) -> dict[tuple[str, int], tuple[int, int]]:
        sums = self.parts.groupby(["unit", "indicator"])[["numerator", "denominator"]].sum()
        return {key: (int(n), int(d)) for key, n, d in sums.itertuples()}


def reconcile(
    records: Records,
    tree: Tree,
    period: Period,
    book: RuleBook,
    portal: PortalSide,
    as_of: datetime | None = None,
) -> Reconciliation:
    """Take the difference between the counts of records and the portal's apart. The records are looked at
    once an option: best as tables of their engine (sources.records.held_in_engine).

    Every dossier goes to one cause, the first of causes.CAUSES; what is left is unexplained.
    """
    held = hold(records.tables, tree, period, book.set.measures, as_of, records.gaps)
    seen = (
        seen_from_records(held, portal.captured, portal.counts)
        if portal.listed is None
        else seen_by_list(held, portal.listed, portal.captured, portal.unreadable)
    )
    explained = _explained(held, seen, portal.counts)
    told = (explained.cause != UNEXPLAINED).to_numpy()
    names, ours, theirs = contributions(held, explained.ours, explained.portal, told)
    ids = explained.cause.index[told]
    dossiers = pd.DataFrame(
        {
            "unit": explained.ours.rows["unit"].to_numpy()[told],
            "portal_unit": explained.portal.rows["unit"].to_numpy()[told],
            "procedure_id": explained.ours.rows["procedure_id"].to_numpy()[told],
            "cause": explained.cause.to_numpy()[told],
        },
        index=ids,
    )
    moved = (dossiers["unit"] != dossiers["portal_unit"]).to_numpy()[:, None]
    touched = (ours != theirs) | (moved & (ours != 0))
    dossiers["indicators"] = [
        " ".join(
            str(n)
            for n in sorted({number for (number, _s), t in zip(names, row, strict=True) if t})
        )
        for row in touched
    ]
    points = Points(book, tree)
    lines = _lines(counted(held), portal.counts, points, tree)
    parts = steps(held, explained, points)
    return Reconciliation(tree, portal.captured, lines, parts, dossiers, names, ours, theirs)


def _explained(held: Held, seen: Seen, portal: pd.DataFrame) -> Explained:
    """The two sides with the options that hold by the portal's counts."""
    parts = Parts.of_measures(held)
    cells = _Cells.of(held.scope.tree, portal)
    found = seen.candidates(parts, cells.nearest, cells.outside)
    residual = cells.residual(seen, parts, portal, held)
    active = choose(found, residual, float(reconcile_rules().found_part.value))
    return seen.with_options(found, active)


@dataclass(frozen=True)
class _Cells:
    """The units that the portal has counts of, and the one that each unit's dossiers belong to."""

    tree: Tree
    codes: tuple[str, ...]

    @staticmethod
    def of(tree: Tree, portal: pd.DataFrame) -> _Cells:
        known = set(portal["unit"])
        return _Cells(tree, tuple(unit.code for unit in tree.units if unit.code in known))

    @property
    def outside(self) -> int:
        """The place of dossiers of units without any counts: after all others."""
        return len(self.codes)

    @cached_property
    def nearest(self) -> dict[str, int]:
        """unit -> the place of itself or of the next one above it that the portal counts."""
        place = {code: i for i, code in enumerate(self.codes)}
        found = {}
        for unit in self.tree.units:
            way = (unit.code, *reversed(self.tree.above(unit.code)))
            found[unit.code] = next((place[code] for code in way if code in place), self.outside)
        return found

    def residual(self, seen: Seen, parts: Parts, portal: pd.DataFrame, held: Held) -> np.ndarray:
        """Cells x parts: what the portal would have by `seen` less what it has; NaN without data.
        One more row for dossiers of units without any counts."""
        ours = np.zeros((self.outside + 1, len(parts.columns)))
        rows = parts.of(seen.side.flags, seen.side.rows["procedure_id"])
        units = seen.side.rows["unit"].map(self.nearest).fillna(self.outside)
        np.add.at(ours, units.to_numpy(dtype=np.int64), rows)
        theirs = self._own(parts, portal, held)
        return np.vstack([ours[:-1] - theirs, np.full((1, len(parts.columns)), np.nan)])

    def _own(self, parts: Parts, portal: pd.DataFrame, held: Held) -> np.ndarray:
        """What the portal counts in each cell itself, without those below it."""
        counts = {
            (row.unit, row.indicator): (row.numerator, row.denominator)
            for row in portal.itertuples()
        }
        whole = np.full((len(self.codes), len(parts.columns)), np.nan)
        for i, code in enumerate(self.codes):
            for j, (number, side) in enumerate(parts.columns):
                n, d = counts.get((code, number), (None, None))
                value = n if side == "n" else d
                if value is not None and code not in held.without[number]:
                    whole[i, j] = value
        own = whole.copy()
        for i, code in enumerate(self.codes):
            above = next((a for a in reversed(self.tree.above(code)) if a in self.codes), None)
            if above is not None:
                own[self.codes.index(above)] -= whole[i]
        return own


def _lines(ours: pd.DataFrame, portal: pd.DataFrame, points: Points, tree: Tree) -> pd.DataFrame:
    """LINE_COLUMNS of the units and indicators that the portal has a row of."""
    keys = ["unit", "indicator"]
    theirs = portal.astype({"indicator": "int64"}).rename(
        columns={"numerator": "portal_numerator", "denominator": "portal_denominator"}
    )
    own = ours.astype({"indicator": "int64"}).rename(
        columns={"numerator": "ours_numerator", "denominator": "ours_denominator"}
    )
    lines = own.merge(theirs, on=keys)
    here, there = (points.of(counts) for counts in (ours, portal))
    found = lines[keys].itertuples(index=False, name=None)
    lines["points"] = [less(here.get(key), there.get(key)) for key in found]
    lines = lines.astype(object).where(lines.notna(), None)
    order = {unit.code: i for i, unit in enumerate(tree.units)}
    return lines.sort_values(keys, key=lambda c: c.map(order) if c.name == "unit" else c)[
        LINE_COLUMNS
    ].reset_index(drop=True)
