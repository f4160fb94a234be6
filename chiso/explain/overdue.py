"""Dossiers that are open and overdue: how many each agency has, how long, of which procedures."""

from __future__ import annotations

from bisect import bisect_right, insort
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from statistics import median

import pandas as pd

from chiso.contract.evidence import read_open_overdue
from chiso.explain.orders import Compared, Held, compared, deadline_of, share_of
from chiso.rules.explain_rules import explain_rules
from chiso.rules.indicators import ON_TIME
from chiso.rules.units import Unit
from chiso.store.figures import Figures

_WAITING = ("waiting", "supplement")


@dataclass(frozen=True)
class Overdue:
    """Dossiers of indicator 5 at and below a unit that have not ended and are past their limit.

    `waiting`: those of them that wait for a supplement; `long`: over the limit by more days than
    params/explain.yml says; `procedures`: the names with most of them, and how many. `share`:
    of the province's, `share_of_cases`: of its dossiers of indicator 5, 0 to 1. `place`: from the
    greatest part of its own dossiers among the `of` members of its cohort; None where the tree
    holds only a part of it. `deadline`: orders.deadline_of.
    """

    unit: Unit
    cases: int
    waiting: int
    long: int
    procedures: tuple[tuple[str, int], ...]
    share: Decimal
    share_of_cases: Decimal
    includes_below: bool
    place: int | None
    of: int | None
    deadline: date


def overdue_in_province(figures: Figures) -> Overdue | None:
    """All of them; None where there are none, or no records to tell."""
    rows = _rows(figures)
    if rows.empty:
        return None
    unit = figures.tree.unit(figures.tree.province)
    return _overdue(figures, unit, rows, Decimal(1), None)


def overdue_agencies(figures: Figures) -> tuple[Overdue, ...]:
    """The agencies whose share of them clearly exceeds their share of the dossiers
    (params/explain.yml), most first; never one that is better than the median of its cohort, by its
    rate on time or by the part of its dossiers that is open and overdue."""
    rows = _rows(figures)
    whole = figures.province.counts.get(ON_TIME)
    if rows.empty or whole is None or not whole.denominator:
        return ()
    among = next(one for one in compared(figures) if one.rule.indicator.number == ON_TIME)
    by_unit = rows.groupby("unit").size().to_dict()
    parts = {
        one.unit.code: share_of(_at_and_below(figures, one.unit, by_unit), one.denominator)
        for one in among.held
    }
    cohorts = defaultdict[str, list[Decimal]](list)
    for one in among.held:
        insort(cohorts[one.unit.cohort], parts[one.unit.code])
    found = [
        _overdue(figures, one.unit, rows, share_of(one.denominator, whole.denominator), place)
        for one in among.held
        if (own := parts[one.unit.code])
        and (place := _place(one, among, own, cohorts[one.unit.cohort], figures)) is not None
    ]
    ratio = explain_rules().orders.ratio
    named = [one for one in found if one.share >= ratio * one.share_of_cases]
    return tuple(sorted(named, key=lambda one: -one.cases))


def _place(
    one: Held, among: Compared, own: Decimal, cohort: list[Decimal], figures: Figures
) -> tuple[int | None, int | None] | None:
    """Place and size among its cohort; None where it is better than the median there. `own`: the part
    of its cases that is overdue, `cohort`: that of all members, least first."""
    if one.rate > among.cohorts[one.unit.cohort].median or own < median(cohort):
        return None
    if figures.tree.cohorts[one.unit.cohort].partial:
        return None, None
    return 1 + len(cohort) - bisect_right(cohort, own), len(cohort)


def _overdue(
    figures: Figures,
    unit: Unit,
    rows: pd.DataFrame,
    share_of_cases: Decimal,
    place: tuple[int | None, int | None] | None,
    shown: int = 3,
) -> Overdue:
    own = rows[rows["unit"].isin(list(figures.tree.below(unit.code)))]
    sizes = own.groupby("procedure").size()
    most = sorted(sizes.items(), key=lambda item: (-item[1], item[0]))[:shown]
    return Overdue(
        unit=unit,
        cases=len(own),
        waiting=int(own["reason"].isin(_WAITING).sum()),
        long=int((own["days_late"] > explain_rules().orders.long_overdue_days).sum()),
        procedures=tuple((str(name), int(number)) for name, number in most),
        share=share_of(len(own), len(rows)),
        share_of_cases=share_of_cases,
        includes_below=bool(figures.tree.children(unit.code)),
        place=place[0] if place else None,
        of=place[1] if place else None,
        deadline=deadline_of(figures.settings),
    )


def _rows(figures: Figures) -> pd.DataFrame:
    return figures.once("open_overdue", lambda: read_open_overdue(figures.folder))


def _at_and_below(figures: Figures, unit: Unit, by_unit: dict[str, int]) -> int:
    codes: Iterable[str] = figures.tree.below(unit.code)
    return sum(by_unit.get(code, 0) for code in codes)
