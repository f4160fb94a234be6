"""What a page is made from: a stored revision with its indicator set, its tree and its settings."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar, cast

import pandas as pd

from chiso.base.locations import project_root
from chiso.base.params import Text
from chiso.base.period import parse_period
from chiso.contract.evidence import read_cases, read_small, whole_number
from chiso.rules.indicators import ClassBand, Rule, RuleBook, load_rules
from chiso.rules.mergers import Origin, load_mergers
from chiso.rules.settings import Settings, load_settings
from chiso.rules.units import Tree, Unit, load_tree
from chiso.scoring.retold import retold, retold_official
from chiso.scoring.score import Count, Scores, UnitScore, applied, compared_items, score_unit
from chiso.store import reconciled, revisions
from chiso.store.reconciled import Reconciled
from chiso.store.revisions import Provenance

T = TypeVar("T")

# The tables of the scores.
_SCORES = {field.name for field in fields(Scores)}
_kept: dict[tuple[Path, str, int, str], Figures] = {}


def store_dir() -> Path:
    """data/store/ of the project."""
    return project_root() / "data" / "store"


@dataclass(frozen=True)
class Standing:
    """A unit's total and where it stands; None where there is nothing to say."""

    total: Decimal | None
    max_total: Decimal
    band: ClassBand | None
    rank: int | None
    cohort_size: int | None
    rank_is_published: bool
    basis: str


@dataclass(frozen=True)
class UnitFigures:
    """One unit's part of the figures; tables as `score` makes them, for this unit only."""

    unit: Unit
    figures: Figures
    standing: Standing

    @cached_property
    def indicators(self) -> pd.DataFrame:
        """Its rows of the scores' table of indicators."""
        return self.figures.part("indicators", self.unit.code)

    @property
    def indicator_rows(self) -> Sequence[Any]:
        """The same row by row, by the names of the columns."""
        return self.figures.rows("indicators", self.unit.code)

    @cached_property
    def groups(self) -> pd.DataFrame:
        """Its rows of the scores' table of groups."""
        return self.figures.part("groups", self.unit.code)

    @property
    def group_rows(self) -> Sequence[Any]:
        """The same row by row, by the names of the columns."""
        return self.figures.rows("groups", self.unit.code)

    @cached_property
    def differences(self) -> pd.DataFrame:
        """Where its figures differ from published ones."""
        return self.figures.part("differences", self.unit.code)

    @property
    def groups_before(self) -> dict[str, Decimal | None]:
        """Its points by group in `previous`; empty without one."""
        previous = self.previous
        if previous is None:
            return {}
        return dict(zip(previous.groups["group"], previous.groups["points"], strict=True))

    @property
    def previous(self) -> UnitFigures | None:
        """Its figures in the period before this one, if it can be compared with."""
        before = self.figures.settings.period.previous
        return next(
            (
                one.unit(self.unit.code)
                for one in self.figures.before
                if one.settings.period == before
                and (one.predecessors is None or self.unit.code in one.predecessors)
            ),
            None,
        )

    @cached_property
    def counts(self) -> dict[int, Count]:
        """Its counts by indicator, with those of the province where a rule says so."""
        return {row.indicator: Count(row.numerator, row.denominator) for row in self.indicator_rows}

    @cached_property
    def rules(self) -> dict[int, Rule]:
        """The rules by indicator as they hold for this unit: each with its factor, and with its
        maximum where indicators left the group."""
        book = self.figures.book
        return {
            row.indicator: applied(book.rule(row.indicator), self.counts, row.max_points)
            for row in self.indicator_rows
        }

    @cached_property
    def official(self) -> dict[str, str]:
        """What an authority published of it, by item."""
        table = self.figures.official
        own = table[table["unit"] == self.unit.code]
        return dict(zip(own["item"], own["value"], strict=True))

    def scored(self, counts: Mapping[int, Count]) -> UnitScore:
        """Its score by these counts and by what is published of it."""
        return score_unit(counts, self.official, self.figures.book, self.unit.level)

    @cached_property
    def case_counts(self) -> pd.DataFrame:
        """Its cases by indicator (evidence.CASE_COUNTS); no rows where counts were handed in."""
        return self.figures.part("case_counts", self.unit.code)

    @property
    def set_aside(self) -> pd.DataFrame:
        """What was wrong with rows at and below it (evidence.SET_ASIDE)."""
        return self.figures.part("set_aside", self.unit.code)

    @property
    def gaps(self) -> pd.DataFrame:
        """What its indicators need and the records at or below it lack (evidence.GAPS)."""
        return self.figures.part("gaps", self.unit.code)

    @property
    def handed_in(self) -> tuple[int, int]:
        """Dossiers at and below it that count, and those that wait for a correction."""
        rows = self.figures.part("handed_in", self.unit.code)
        return (int(rows["accepted"][0]), int(rows["set_aside"][0])) if len(rows) else (0, 0)

    @cached_property
    def handling(self) -> dict[str, int | None]:
        """Its figures of evidence.HANDLING (None: no data); empty where counts were handed in."""
        rows = self.figures.part("handling", self.unit.code).drop(columns="unit").to_dict("records")
        return {str(name): whole_number(cell) for row in rows for name, cell in row.items()}

    @cached_property
    def processing_times(self) -> pd.DataFrame:
        """Its rows of evidence.PROCESSING_TIMES."""
        return self.figures.part("processing_times", self.unit.code)

    @property
    def flags(self) -> pd.DataFrame:
        """What the national portal says of its figures (evidence.FLAGS)."""
        return self.figures.part("flags", self.unit.code)

    @property
    def published_days(self) -> pd.DataFrame:
        """Its row of evidence.PUBLISHED_DAYS; none where the portal says nothing."""
        return self.figures.part("published_days", self.unit.code)

    @cached_property
    def procedure_dossiers(self) -> pd.DataFrame:
        """Its rows of evidence.PROCEDURE_DOSSIERS."""
        return self.figures.part("procedure_dossiers", self.unit.code)

    @property
    def procedure_differences(self) -> pd.DataFrame:
        """What it has to put right between two lists of procedures (evidence.PROCEDURE_DIFFERENCES)."""
        return self.figures.part("procedure_differences", self.unit.code)

    @property
    def cases(self) -> pd.DataFrame:
        """The cases themselves (evidence.CASE_COLUMNS)."""
        return read_cases(self.figures.folder, self.figures.tree, self.unit.code)


@dataclass(frozen=True)
class Figures:
    """A scored period."""

    settings: Settings
    book: RuleBook
    tree: Tree
    scores: Scores
    provenance: Provenance
    # What an authority published of the period (contract/counts.OFFICIAL_COLUMNS).
    official: pd.DataFrame
    # Closed periods of the same kind, indicator set and tree before this one, oldest first.
    earlier: tuple[Figures, ...] = ()
    # Those of the tree before, by the agencies of this one that were the same or can be summed. For
    # single agencies alone: their cohorts were others.
    retold: tuple[Figures, ...] = ()
    # Of figures that are retold: code -> agencies of the tree before whose figures these are.
    predecessors: Mapping[str, tuple[Unit, ...]] | None = None

    @property
    def before(self) -> tuple[Figures, ...]:
        """All closed periods before this one whose figures may be those of an agency, oldest first: those
        that are `retold`, which need not hold it, then those of the same tree."""
        return (*self.retold, *self.earlier)

    @property
    def previous(self) -> Figures | None:
        """The period before this one, if it is of the same tree and can be compared with."""
        before = self.settings.period.previous
        return next((one for one in self.earlier if one.settings.period == before), None)

    @cached_property
    def published(self) -> dict[str, int]:
        """Units that have official results -> how many of these a figure of ours stands against."""
        return compared_items(self.scores, self.official, self.tree)

    @cached_property
    def _worked_out(self) -> dict[object, Any]:
        return {}

    def once(self, key: object, work: Callable[[], T]) -> T:
        """What `work` makes of these figures, made when it is first asked for and kept with them;
        `key`: the asking room's own."""
        if key not in self._worked_out:
            self._worked_out[key] = work()
        return cast(T, self._worked_out[key])

    @cached_property
    def units(self) -> tuple[Unit, ...]:
        """The units that have figures, in the order of the tree."""
        scored = set(self.scores.totals["unit"])
        return tuple(unit for unit in self.tree.units if unit.code in scored)

    @property
    def province(self) -> UnitFigures:
        """The figures of the province itself."""
        return self.unit(self.tree.province)

    @property
    def agencies(self) -> tuple[Unit, ...]:
        """The units below the province that have figures."""
        return tuple(unit for unit in self.units if unit.level != "tinh")

    @property
    def silent(self) -> tuple[Unit, ...]:
        """Agencies of which no dossier counts: they handed in nothing, or nothing that can be read."""
        gaps = self.evidence("gaps")
        whole = set(gaps[(gaps["table"] == "dossiers") & (gaps["column"] == "")]["unit"])
        if self.tree.province in whole:
            return ()
        return tuple(unit for unit in self.agencies if unit.code in whole)

    @property
    def folder(self) -> Path:
        """Where the revision is stored."""
        return revisions.folder_of(store_dir(), self.provenance)

    @cached_property
    def reconciled(self) -> Reconciled | None:
        """The reconciliation with the portal's newest capture; None without one."""
        return reconciled.read(store_dir(), self.provenance)

    @property
    def has_lists(self) -> bool:
        """Whether there were two lists of procedures, the province's and the national database's."""
        return not self.evidence("procedure_lists").empty

    def evidence(self, name: str) -> pd.DataFrame:
        """One of the small tables of the evidence, by its file's name; the caller may change it. None of
        it is retold: a code may have been another agency's."""
        found = self.once(("evidence", name), lambda: read_small(self.folder, name))
        if self.predecessors is not None:
            found = found.iloc[:0]
        return found.copy(deep=False)

    def part(self, name: str, code: str) -> pd.DataFrame:
        """The rows of one unit of a table of the scores (by its field) or of the evidence (by its file's
        name); the caller may change them."""
        table = getattr(self.scores, name) if name in _SCORES else self.evidence(name)
        places = self.once(("places", name), lambda: table.groupby("unit", sort=False).indices)
        return table.iloc[places.get(code, [])].reset_index(drop=True)

    def rows(self, name: str, code: str) -> Sequence[Any]:
        """The rows of one unit of a table of the scores (by its field), by the names of the columns: of all
        units at once, which takes pandas hardly longer than those of one."""
        return self.once(("rows", name), lambda: _rows(getattr(self.scores, name))).get(code, ())

    def unit(self, code: str) -> UnitFigures:
        """The figures of one unit."""
        return self.once(("unit", code), lambda: self._unit(code))

    def _unit(self, code: str) -> UnitFigures:
        return UnitFigures(
            unit=self.tree.unit(code),
            figures=self,
            standing=self.standing(code),
        )

    def standing(self, code: str) -> Standing:
        """Where one unit stands."""
        totals = self.once("totals", lambda: _by_unit(self.scores.totals))
        row = totals.get(code) or dict.fromkeys(self.scores.totals.columns)
        total, cohort = row["total"], self.tree.cohorts[self.tree.unit(code).cohort]
        return Standing(
            total=total,
            max_total=self.book.set.total,
            band=None if row["class"] is None else self.book.band_of(row["class"]),
            rank=row["rank"],
            cohort_size=row["cohort_size"],
            rank_is_published=cohort.partial,
            basis=row["basis"] or "",
        )


def _rows(table: pd.DataFrame) -> dict[str, list[Any]]:
    """The rows of a table of the scores by unit."""
    found: dict[str, list[Any]] = {}
    for row in table.itertuples(index=False):
        found.setdefault(str(row.unit), []).append(row)
    return found


def _by_unit(totals: pd.DataFrame) -> dict[str, dict[Hashable, Any]]:
    return {row["unit"]: row for row in totals.to_dict("records")}


def load_figures(period: str, revision: int, history: str = "") -> Figures:
    """The figures of a stored revision of `period` (its name), by the set and the tree that it was
    scored with; UserError if anything is amiss.

    `history`: the stored revisions to compare with, as `history_text` writes them.
    """
    kept = _kept.get((project_root(), period, revision, history))
    if kept:
        return kept
    settings = load_settings(parse_period(period))
    stored = revisions.load(store_dir(), load_tree(settings.units).province, period, revision)
    origin = stored.provenance
    tree = load_tree(str(revisions.copy_of(store_dir(), origin.tree_hash)))
    set_file = str(revisions.copy_of(store_dir(), origin.set_hash))
    book = load_rules(set_file, settings.period.last_day)
    pairs = [item.rpartition(":")[::2] for item in history.split()]
    before = [load_figures(name, int(number)) for name, number in pairs]
    return Figures(
        _as_recorded(settings, origin),
        book,
        tree,
        stored.scores,
        origin,
        stored.official,
        tuple(one for one in before if one.provenance.units == origin.units),
        _retold([one for one in before if one.provenance.units != origin.units], tree),
    )


def _retold(older: list[Figures], tree: Tree) -> tuple[Figures, ...]:
    """Figures of the tree before by the agencies of a later one, as its mergers allow."""
    mergers = load_mergers(tree) if older else None
    origins = {unit.code: mergers.origin(unit.code) for unit in tree.units} if mergers else {}
    return tuple(_retold_by(origins, one, tree) for one in older)


def _retold_by(origins: Mapping[str, Origin], figures: Figures, tree: Tree) -> Figures:
    codes = {
        code: origin.codes
        for code, origin in origins.items()
        if origin.codes and all(one in figures.tree.by_code for one in origin.codes)
    }
    return replace(
        figures,
        tree=tree,
        scores=retold(figures.scores, codes, figures.book, tree),
        official=retold_official(figures.official, codes),
        predecessors={
            code: tuple(figures.tree.unit(one) for one in found) for code, found in codes.items()
        },
    )


def _as_recorded(settings: Settings, origin: Provenance) -> Settings:
    """The settings of a period with what they were when a revision was stored."""
    return replace(
        settings,
        units=origin.units,
        indicator_set=origin.indicator_set,
        source_name=Text(**origin.source),
        captured=date.fromisoformat(origin.captured) if origin.captured else None,
        as_of=date.fromisoformat(origin.as_of),
        is_illustrative=origin.is_illustrative,
    )


def keep_figures(period: str, revision: int, history: str = "") -> Figures:
    """`load_figures`, and keep them for every later call in this process and those forked from it.

    For a process that lives as long as one report: files that change meanwhile are not seen.
    """
    figures = load_figures(period, revision, history)
    _kept[project_root(), period, revision, history] = figures
    return figures


def newest_figures(settings: Settings) -> Figures | None:
    """The newest stored revision of a period, by itself; None where nothing is stored."""
    newest = revisions.latest(store_dir(), load_tree(settings.units).province, settings.period.name)
    return load_figures(settings.period.name, newest.provenance.revision) if newest else None


def history_text(compared: Iterable[Provenance]) -> str:
    """Revisions as the text that a notebook's parameter holds: 2022-07:1 2022-08:2."""
    return " ".join(f"{item.period}:{item.revision}" for item in compared)
