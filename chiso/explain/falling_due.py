"""What falls due soon, by agency and day, and whose letter of apology has to go out now."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import pandas as pd

from chiso.rules.daily_rules import daily_rules
from chiso.rules.handling_rules import ApologyLetter, handling_rules
from chiso.rules.units import Tree, Unit
from chiso.rules.working_days import day_of, load_calendar
from chiso.store.figures import Figures


@dataclass(frozen=True)
class DueAgency:
    """The dossiers of a unit itself that fall due soon, by day; `letters`: see DueSoon."""

    unit: Unit
    by_day: dict[date, int]
    letters: int

    @property
    def cases(self) -> int:
        """All of them."""
        return sum(self.by_day.values())


@dataclass(frozen=True)
class DueSoon:
    """What falls due on the day `today` and up to `until`, by unit: those first whose letters have to
    go out now, most of them first.

    A dossier that can't be finished needs its letter of apology so many working days before it is due
    (`rule`, params/handling.yml). `letters`: how many are due after today, up to `letters_until`, so
    that their letters are to be sent by `letter_day`, today or before.
    """

    today: date
    until: date
    agencies: tuple[DueAgency, ...]
    rule: ApologyLetter
    letters_until: date
    letter_day: date

    @property
    def cases(self) -> int:
        """All of them."""
        return sum(one.cases for one in self.agencies)

    @property
    def cases_today(self) -> int:
        """Those that are due on the day itself."""
        return sum(one.by_day.get(self.today, 0) for one in self.agencies)

    @property
    def letters(self) -> int:
        """See the class."""
        return sum(one.letters for one in self.agencies)

    def letter_of(self, due: date) -> date:
        """The last day for the letter of a dossier that is due on a day."""
        return load_calendar().day_before(due, self.rule.working_days_before)


def due_soon(rows: pd.DataFrame, tree: Tree, today: date, until: date) -> DueSoon:
    """Counts by unit and day (evidence.DUE) as they are told on a day."""
    rule, calendar = handling_rules().apology_letter(today), load_calendar()
    letters_until = calendar.day_after(today, rule.working_days_before)
    found = []
    for code, own in rows.groupby("unit"):
        by_day = {day_of(row.due_day): int(row.dossiers) for row in own.itertuples()}
        letters = sum(n for day, n in by_day.items() if today < day <= letters_until)
        found.append(DueAgency(tree.unit(str(code)), dict(sorted(by_day.items())), letters))
    found.sort(key=lambda one: (-one.letters, -one.cases, one.unit.code))
    letter_day = calendar.day_before(letters_until, rule.working_days_before)
    return DueSoon(today, until, tuple(found), rule, letters_until, letter_day)


def due_soon_of(figures: Figures) -> DueSoon | None:
    """What falls due after the last day that the figures of an open period cover; None where nothing
    does, where the period is over, or where nobody can tell."""
    rows, today = figures.evidence("due"), figures.settings.as_of
    if rows.empty or not figures.settings.is_provisional:
        return None
    until = load_calendar().day_after(today, daily_rules().due_days.value)
    return due_soon(rows, figures.tree, today, until)
