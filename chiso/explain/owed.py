"""Obligations that are no figures: what of them an agency has open on a day, and since when."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from chiso.contract.owed import DONE, Reported
from chiso.rules.owed_rules import Obligation, load_obligations
from chiso.rules.units import Tree
from chiso.store.figures import Figures
from chiso.store.owed import owed_dir, reported


@dataclass(frozen=True)
class Owed:
    """An obligation of an agency as it stood on a day.

    `agency`: a unit's code or the key of a body outside the tree; `name`: how it is called. `state`:
    of contract.owed.STATES; None: nothing was reported, which says nothing. `since`: from which
    reported day on it has been open, or done. `is_past`: its last day is over and it is not done.
    """

    agency: str
    name: str
    obligation: Obligation
    state: str | None
    since: date | None
    evidence: str
    is_past: bool

    @property
    def is_open(self) -> bool:
        """Whether it was reported, and as not done: what is not reported is not called open."""
        return self.state not in (None, DONE)


def owed_in(figures: Figures, on: date) -> tuple[Owed, ...]:
    """All that is owed on a day in the tree of the figures, by agency; empty where nothing is laid
    down."""
    return figures.once(("owed", on), lambda: _owed_in(figures.settings.units, figures.tree, on))


def open_obligations(figures: Figures, agency: str, on: date) -> tuple[Owed, ...]:
    """What an agency was reported to have open on a day, what is longest open first."""
    found = [one for one in owed_in(figures, on) if one.agency == agency and one.is_open]
    return tuple(sorted(found, key=lambda one: one.since or date.max))


def is_in_use(owed: Iterable[Owed]) -> bool:
    """Whether anything at all was reported: else the register says nothing of anybody."""
    return any(one.state is not None for one in owed)


def _owed_in(name: str, tree: Tree, on: date) -> tuple[Owed, ...]:
    content = load_obligations(name, tree)
    if content is None:
        return ()
    found: dict[tuple[str, str], list[Reported]] = {}
    for one in reported(owed_dir()):
        if one.tree == name:
            found.setdefault((one.agency, one.obligation), []).append(one)
    return tuple(
        _owed(agency, said, obligation, found.get((agency, obligation.id), ()), on)
        for agency, said in content.agencies(tree).items()
        for obligation in content.owed_by(agency, tree, on)
    )


def _owed(
    agency: str, name: str, obligation: Obligation, entries: Iterable[Reported], on: date
) -> Owed:
    """By the entries about days up to `on`: of one day the one that was kept last, and nothing where
    that takes the others back."""
    by_day: dict[date, Reported] = {}
    for one in entries:
        if one.day is None:
            by_day.clear()
        elif one.day <= on:
            by_day[one.day] = one
    known = [by_day[day] for day in sorted(by_day)]
    last = known[-1] if known else None
    since = None
    for one in reversed(known):
        if last is None or (one.state == DONE) != (last.state == DONE):
            break
        since = one.day
    state = last.state if last else None
    return Owed(
        agency=agency,
        name=name,
        obligation=obligation,
        state=state,
        since=since,
        evidence=(last.evidence or "") if last else "",
        is_past=bool(obligation.due and obligation.due < on and state != DONE),
    )
