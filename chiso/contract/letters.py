"""Letters as the register hands them on: what was asked of whom until when, and what was answered."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

REMINDER, REPORT = "reminder", "report"
KINDS = (REMINDER, REPORT)
# What is asked. Of an indicator: that dossiers that are open and past their limit be finished
# (explain/overdue.py); that cases be mended which still can be, or, of bare counts, be looked through
# and mended; that what stays as it is be done better from the next period on; that who leads an
# indicator see to it. Else an obligation that is no figure (rules/owed.py).
OVERDUE, MEND, PRACTICE, LEAD, OBLIGATION = "overdue", "mend", "practice", "lead", "obligation"
WHAT = (OVERDUE, MEND, PRACTICE, LEAD, OBLIGATION)


@dataclass(frozen=True)
class Asked:
    """One thing that a letter asks.

    `indicator`: its number, None of an obligation. `what`: a word of WHAT. `count`: how many cases
    (1 of an obligation). `dossiers`: their ids (evidence.CASE_COLUMNS.id: of dossiers, else of
    petitions, procedures, services or communes); empty where only their number is known, which then
    can't be followed. `obligation`: its id in params/obligations/, else None.
    """

    indicator: int | None
    what: str
    count: int
    dossiers: tuple[str, ...] = ()
    obligation: str | None = None


@dataclass(frozen=True)
class Letter:
    """A letter that was drafted; from its number and date on it counts as issued.

    `id`: <period>/<kind>/<addressee>, and /2, /3 ... of later ones. `kind`: of KINDS. `period`: its
    name. `revision`: of the stored figures of the period that it was drafted from. `addressee`: code
    of the unit in the tree of the period, of a report the province's.
    `deadline`: the last day for what is asked and for the answer, None where none is owed.
    `reason`: why it was written, in words. `number`: as the clerk of records gave it
    ("05/UBND-KSTT"), on the day `dated`; None until told, so too `answered_on` and `answer`.
    """

    id: str
    kind: str
    period: str
    revision: int
    addressee: str
    asked: tuple[Asked, ...]
    deadline: date | None
    drafted_on: date
    reason: str
    number: str | None = None
    dated: date | None = None
    answered_on: date | None = None
    answer: str | None = None

    @property
    def is_issued(self) -> bool:
        """Whether the register knows its number and date; what has none may never have been sent."""
        return self.number is not None and self.dated is not None


@dataclass(frozen=True)
class Choice:
    """That an analyst leaves an agency out, or adds it, against the rules; why, and on which day."""

    period: str
    addressee: str
    leave_out: bool
    reason: str
    by_day: date


@dataclass(frozen=True)
class Told:
    """What the office tells of a letter, all four as they hold from now on."""

    id: str
    number: str | None
    dated: date | None
    answered_on: date | None
    answer: str | None


def id_of(period: str, kind: str, addressee: str) -> str:
    """The id of the first letter of its kind to an addressee in a period; later ones have /2, /3 ..."""
    return f"{period}/{kind}/{addressee}"
