"""Who gets a reminder of a period and what it asks, who gets none and why; nothing is worded here.

It stands on orders: an agency is asked only for what costs points of its own, what it leads by the
annex, and what is beyond chance beside the others of its cohort.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property

import pandas as pd

from chiso.contract.letters import LEAD, MEND, OBLIGATION, OVERDUE, PRACTICE, Asked, Choice
from chiso.explain.chance import is_beyond_chance, is_late_beyond_chance
from chiso.explain.obligations import assignments_in_force
from chiso.explain.orders import (
    STAYS,
    Order,
    deadline_of,
    is_from_counts,
    orders,
    own_orders,
    working_days_after,
)
from chiso.explain.overdue import overdue_agencies
from chiso.explain.owed import Owed, open_obligations
from chiso.explain.ownership import all_lost, without_dossiers
from chiso.rules.assignments import duties
from chiso.rules.explain_rules import explain_rules
from chiso.rules.indicators import ON_TIME
from chiso.rules.letter_rules import letter_rules
from chiso.rules.settings import Settings
from chiso.rules.units import Unit
from chiso.store.figures import Figures

_SATISFIED = 21
# Why an agency gets no letter, the first that holds.
LEFT_OUT, ISSUED, SILENT, WITHOUT_DOSSIERS = "left_out", "issued", "silent", "without_dossiers"
NOTHING_LOST, NOT_OWN, NOT_LEAD = "nothing_lost", "not_own", "not_lead"
ASKED_ABOVE, CHANCE, NOT_NAMED, STAY = "asked_above", "chance", "not_named", "stay"
# Why an agency gets one.
OWN, LEADS, ADDED = "own", "leads", "added"


@dataclass(frozen=True)
class Task:
    """One thing to ask. `order`: what the figures say of it; None of what a lead agency is asked for
    all, of overdue dossiers (`long`: those over the limit by more days than params/explain.yml says)
    and of an obligation that is no figure (`owed`)."""

    asked: Asked
    order: Order | None = None
    long: int = 0
    owed: Owed | None = None


@dataclass(frozen=True)
class Draft:
    """A letter to be written: `why` is OWN, LEADS or ADDED; `choice`: the analyst's, if one added it."""

    unit: Unit
    why: str
    tasks: tuple[Task, ...]
    choice: Choice | None = None


@dataclass(frozen=True)
class Unaddressed:
    """An agency that gets no letter, and why (a word above); `choice`: the analyst's."""

    unit: Unit
    why: str
    choice: Choice | None = None


@dataclass(frozen=True)
class Addressed:
    """Who gets a letter and who gets none, in the order of the tree."""

    drafts: tuple[Draft, ...]
    without: tuple[Unaddressed, ...]


def addressed(
    figures: Figures, choices: Mapping[str, Choice], issued: Collection[str] = ()
) -> Addressed:
    """Decide on every agency below the province. `choices`: an analyst's, by code; `issued`: codes of
    those whose letter of this period has a number already. An agency that was added and loses
    nothing of its own that it leads is among those without a letter."""
    naming, drafts, without = _Naming(figures), [], []
    for unit in figures.agencies:
        choice = choices.get(unit.code)
        if choice and choice.leave_out and unit.code not in issued:
            without.append(Unaddressed(unit, LEFT_OUT, choice))
            continue
        tasks = naming.tasks(unit, is_added=choice is not None)
        if unit.code in issued:
            without.append(Unaddressed(unit, ISSUED))
        elif tasks:
            is_own = any(task.asked.what != LEAD for task in tasks)
            drafts.append(Draft(unit, ADDED if choice else OWN if is_own else LEADS, tasks, choice))
        else:
            without.append(Unaddressed(unit, naming.why_none(unit), choice))
    return Addressed(tuple(drafts), tuple(without))


def drafting_day(settings: Settings, today: date) -> date:
    """The day that letters are drafted on: today; invented figures play on days of their own."""
    return settings.as_of if settings.is_illustrative else today


def letter_deadline(settings: Settings, drafted_on: date) -> date:
    """Until when a letter asks: not before the day that pages name, nor sooner after it is drafted
    than an order gives time (params/explain.yml)."""
    return max(deadline_of(settings), working_days_after(drafted_on))


def shortfalls(figures: Figures) -> dict[str, frozenset[int]]:
    """Code -> the indicators for which an agency is written to by the figures alone: its own, led by
    it, beyond chance, and not asked of a unit above it; whatever an analyst chose."""
    return figures.once("shortfalls", lambda: _shortfalls(figures))


def _shortfalls(figures: Figures) -> dict[str, frozenset[int]]:
    naming = _Naming(figures)
    found: dict[str, frozenset[int]] = {}
    for unit in figures.agencies:
        above = (found[code] for code in figures.tree.above(unit.code) if code in found)
        found[unit.code] = naming.short_in(unit).difference(*above)
    return found


class _Naming:
    """Who is named for what in a period, asked from above to below: what a unit above is asked for is
    not asked once more of the one below it."""

    def __init__(self, figures: Figures) -> None:
        self.figures = figures
        self.annex = assignments_in_force(figures)
        self.from_counts = is_from_counts(figures)
        self.named: dict[str, list[Order]] = defaultdict(list)
        self.by_chance: set[str] = set()
        for order in orders(figures):
            if is_beyond_chance(figures, order):
                self.named[order.unit.code].append(order)
            else:
                self.by_chance.add(order.unit.code)
        late = [one for one in overdue_agencies(figures) if is_late_beyond_chance(figures, one)]
        self.late = {one.unit.code for one in late}
        self.asked: dict[str, set[tuple[int | None, str]]] = {}

    def tasks(self, unit: Unit, is_added: bool) -> tuple[Task, ...]:
        """What the unit is asked; of one that was added all that it loses of its own and leads."""
        leads = self._leads(unit)
        wanted = own_orders(self.figures, unit.code) if is_added else self.named[unit.code]
        found = [order for order in wanted if leads is None or order.indicator in leads]
        is_late = unit.code in self.late and (leads is None or ON_TIME in leads)
        tasks = self._own(unit, found) if found or is_late else []
        tasks += self._as_lead(unit, leads or frozenset(), has_letter=bool(tasks))
        tasks += self._owed(unit, has_letter=bool(tasks) or is_added)
        above = set().union(*(self.asked[code] for code in self._agencies_above(unit)))
        tasks = [one for one in tasks if one.owed or _key(one) not in above]
        self.asked[unit.code] = above | {_key(one) for one in tasks}
        return tuple(tasks)

    def short_in(self, unit: Unit) -> frozenset[int]:
        """The indicators that the unit leads and is named for."""
        leads = self._leads(unit)
        numbers = {order.indicator for order in self.named[unit.code]}
        numbers |= {ON_TIME} if unit.code in self.late else set()
        return frozenset(numbers if leads is None else numbers & leads)

    def why_none(self, unit: Unit) -> str:
        """Why a unit without tasks gets no letter."""
        if unit.code in self._silent:
            return SILENT
        if unit.code in self._without_dossiers:
            return WITHOUT_DOSSIERS
        if self.named[unit.code] or unit.code in self.late:
            short = self.short_in(unit)
            return ASKED_ABOVE if short - self._not_asked else STAY if short else NOT_LEAD
        lost = all_lost(self.figures.unit(unit.code))
        if not lost.own:
            return NOT_OWN if lost.points else NOTHING_LOST
        return CHANCE if unit.code in self.by_chance else NOT_NAMED

    @cached_property
    def _not_asked(self) -> frozenset[int]:
        """What no letter asks for: of bare counts what stays as it is, but for dossiers that may be open."""
        return STAYS - {ON_TIME} if self.from_counts else frozenset()

    @cached_property
    def _silent(self) -> frozenset[str]:
        return frozenset(unit.code for unit in self.figures.silent)

    @cached_property
    def _without_dossiers(self) -> frozenset[str]:
        return without_dossiers(self.figures)

    @cached_property
    def _weak(self) -> dict[int, tuple[int, bool]]:
        """Indicators that are weak in the province: how many cases fail, and whether their figures are
        the province's for every agency."""
        least = letter_rules().weak_from.value
        return {
            row.indicator: (
                row.denominator - row.numerator,
                self.figures.book.rule(row.indicator).indicator.scope == "province",
            )
            for row in self.figures.province.indicator_rows
            if row.points_lost and row.denominator and row.points_lost >= least * row.max_points
        }

    @cached_property
    def _cases(self) -> dict[tuple[str, int], int]:
        """(unit, indicator) -> its cases; of what the province's figures count, its own procedures."""
        table = self.figures.evidence("case_counts")
        keys = zip(table["unit"], table["indicator"], strict=True)
        return dict(zip(keys, (int(number) for number in table["cases"]), strict=True))

    def _agencies_above(self, unit: Unit) -> Iterable[str]:
        return (code for code in self.figures.tree.above(unit.code) if code in self.asked)

    def _leads(self, unit: Unit) -> frozenset[int] | None:
        """What the unit leads; None where no annex says who leads."""
        if self.annex is None:
            return None
        return frozenset(one.number for one in duties(self.annex, unit) if one.role == "lead")

    def _own(self, unit: Unit, found: list[Order]) -> list[Task]:
        """Overdue dossiers first, then what can be mended, then what is for the next period."""
        cases = self.figures.unit(unit.code).cases
        tasks = _overdue(cases)
        for order in found:
            number = order.indicator
            # What makes 5 fail makes 21 fail too: it is asked for once.
            if number == _SATISFIED and any(one.indicator == ON_TIME for one in found):
                continue
            if number in self._not_asked:
                continue
            if not order.mendable:
                tasks.append(Task(Asked(number, PRACTICE, order.failures), order))
            elif self.from_counts:
                tasks.append(Task(Asked(number, MEND, order.failures), order))
            else:
                ids = _ids(cases[(cases["indicator"] == number) & cases["mendable"]])
                tasks.append(Task(Asked(number, MEND, len(ids), ids), order))
        kinds = (OVERDUE, MEND, PRACTICE)
        return sorted(tasks, key=lambda one: kinds.index(one.asked.what))

    def _as_lead(self, unit: Unit, leads: frozenset[int], has_letter: bool) -> list[Task]:
        """What the unit leads alone, or beside others for its own procedures, and that is weak in the
        province. An agency that only shares such a loss is not written to for it alone."""
        if self.annex is None:
            return []
        alone = {
            entry.number
            for entry in self.annex.indicators
            if [self.annex.bodies[body].unit for body in entry.lead] == [unit.code]
        }
        found = []
        for number in sorted(leads & self._weak.keys()):
            failures, is_shared = self._weak[number]
            if number in alone:
                found.append(Task(Asked(number, LEAD, failures)))
            elif is_shared and has_letter and self._cases.get((unit.code, number)):
                found.append(Task(Asked(number, LEAD, self._cases[unit.code, number])))
        return found

    def _owed(self, unit: Unit, has_letter: bool) -> list[Task]:
        """What the unit was reported to have open besides the indicators; alone it is reason enough
        for a letter where its last day is over."""
        found = open_obligations(self.figures, unit.code, self.figures.settings.as_of)
        return [
            Task(Asked(None, OBLIGATION, 1, obligation=one.obligation.id), owed=one)
            for one in found
            if has_letter or one.is_past
        ]


def _overdue(cases: pd.DataFrame) -> list[Task]:
    """All dossiers of a unit's cases that are open and past their limit."""
    is_open = (cases["days_late"].fillna(0) > 0) & cases["ended_s"].isna()
    rows = cases[(cases["indicator"] == ON_TIME) & is_open].drop_duplicates("id")
    if rows.empty:
        return []
    long = int((rows["days_late"] > explain_rules().orders.long_overdue_days).sum())
    ids = _ids(rows)
    return [Task(Asked(ON_TIME, OVERDUE, len(ids), ids), long=long)]


def _key(task: Task) -> tuple[int | None, str]:
    return task.asked.indicator, task.asked.what


def _ids(cases: pd.DataFrame) -> tuple[str, ...]:
    return tuple(sorted(set(cases["id"])))
