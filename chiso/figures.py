"""What a page is made from: a stored revision with its indicator set, its tree and its settings."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import pandas as pd

from chiso import store
from chiso.indicators import RuleBook, load_rules
from chiso.locations import project_root
from chiso.params import Text
from chiso.period import parse_period
from chiso.scoring import Scores
from chiso.settings import Settings, load_settings
from chiso.sources.given import read_official
from chiso.store import Provenance
from chiso.units import Tree, Unit, load_tree


def store_dir() -> Path:
    """data/store/ of the project."""
    return project_root() / "data" / "store"


@dataclass(frozen=True)
class Standing:
    """A unit's total and where it stands; None where there is nothing to say."""

    total: Decimal | None
    max_total: Decimal
    band: Text | None
    rank: int | None
    cohort_size: int | None
    rank_is_published: bool
    basis: str


@dataclass(frozen=True)
class UnitFigures:
    """One unit's part of the figures; tables as `score` makes them, for this unit only."""

    unit: Unit
    figures: Figures
    indicators: pd.DataFrame
    groups: pd.DataFrame
    standing: Standing
    differences: pd.DataFrame


@dataclass(frozen=True)
class Figures:
    """A scored period."""

    settings: Settings
    book: RuleBook
    tree: Tree
    scores: Scores
    provenance: Provenance
    # Codes of the units that have official results to compare with.
    published: frozenset[str]
    # Earlier closed periods of the same kind, set and tree, oldest first, each without `earlier`.
    earlier: tuple[Figures, ...] = ()

    @property
    def previous(self) -> Figures | None:
        """The figures of the period right before this one, if they are there to compare with."""
        before = self.settings.period.previous
        return next((item for item in self.earlier if item.settings.period == before), None)

    @property
    def units(self) -> tuple[Unit, ...]:
        """The units that have figures, in the order of the tree."""
        scored = set(self.scores.totals["unit"])
        return tuple(unit for unit in self.tree.units if unit.code in scored)

    @property
    def agencies(self) -> tuple[Unit, ...]:
        """The units below the province that have figures."""
        return tuple(unit for unit in self.units if unit.level != "tinh")

    def unit(self, code: str) -> UnitFigures:
        """The figures of one unit."""
        return UnitFigures(
            unit=self.tree.unit(code),
            figures=self,
            indicators=_of(self.scores.indicators, code),
            groups=_of(self.scores.groups, code),
            standing=self.standing(code),
            differences=_of(self.scores.differences, code),
        )

    def standing(self, code: str) -> Standing:
        """Where one unit stands."""
        rows = _of(self.scores.totals, code).to_dict("records")
        row = rows[0] if rows else dict.fromkeys(self.scores.totals.columns)
        total, cohort = row["total"], self.tree.cohorts[self.tree.unit(code).cohort]
        return Standing(
            total=total,
            max_total=self.book.set.total,
            band=None if total is None else self.book.band(total).name,
            rank=row["rank"],
            cohort_size=row["cohort_size"],
            rank_is_published=cohort.partial,
            basis=row["basis"] or "",
        )


def load_figures(period: str, revision: int) -> Figures:
    """The figures of a stored revision of `period` (its name); UserError if anything is amiss."""
    settings = load_settings(parse_period(period))
    tree = load_tree(settings.units)
    book = load_rules(settings.indicator_set, settings.period.last_day)
    stored = store.load(store_dir(), tree.province, period, revision)
    published = frozenset(read_official(settings.official)["unit"] if settings.official else ())
    return Figures(settings, book, tree, stored.scores, stored.provenance, published)


def _of(table: pd.DataFrame, code: str) -> pd.DataFrame:
    return table[table["unit"] == code].reset_index(drop=True)
