"""How many dossiers agencies received, beside what they received in the periods before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from chiso.base.period import Period
from chiso.explain.trends import TOO_FEW, trend
from chiso.rules.trend_rules import trend_rules
from chiso.store.figures import Figures

# Columns of evidence.HANDLING that add up to what a period received.
_RECEIVED = ("received_online", "received_direct")


@dataclass(frozen=True)
class Unusual:
    """An agency whose number of dossiers is no common variation (params/trends.yml): what it received
    in the period before (None: not known) and now."""

    code: str
    before: int | None
    now: int


@dataclass(frozen=True)
class Volumes:
    """`unusual`: in the order of the tree; `judged`: how many agencies have periods enough for a
    verdict; `before`, `now`: of the province, None where they are not known."""

    unusual: tuple[Unusual, ...]
    judged: int
    before: int | None
    now: int | None


def volumes(received: Mapping[str, int], period: Period, earlier: Sequence[Figures]) -> Volumes:
    """`received`: dossiers received in `period` at and below every unit, in the order of the tree,
    the province first; `earlier`: periods to compare with, oldest first."""
    past = [(one.settings.period, _received(one)) for one in earlier]
    rules, found, judged = trend_rules(), [], 0
    breaks = [one.from_ for one in rules.breaks if not one.indicators]
    for code, now in received.items():
        series = [(when.name, _decimal(held.get(code))) for when, held in past]
        verdict = trend([*series, (period.name, Decimal(now))], Decimal(0), breaks)
        if verdict.verdict == TOO_FEW:
            continue
        judged += 1
        if verdict.points[-1].mark:
            found.append(Unusual(code, _before(past, period, code), now))
    province = next(iter(received), "")
    return Volumes(tuple(found), judged, _before(past, period, province), received.get(province))


def _received(figures: Figures) -> dict[str, int]:
    table = figures.evidence("handling")
    if table.empty:
        return {}
    sums = table.set_index("unit")[list(_RECEIVED)].astype("Int64").sum(axis=1, skipna=False)
    return {str(code): int(number) for code, number in sums.dropna().items()}


def _before(
    past: Sequence[tuple[Period, Mapping[str, int]]], period: Period, code: str
) -> int | None:
    return next((held.get(code) for when, held in past if when == period.previous), None)


def _decimal(number: int | None) -> Decimal | None:
    return None if number is None else Decimal(number)
