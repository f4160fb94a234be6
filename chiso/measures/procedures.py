"""Measures of procedures, services and certified copies: distinct things of a unit's scope."""

from __future__ import annotations

import numpy as np
import pandas as pd

from chiso.measures.scope import (
    Scope,
    column_or_empty,
    day_numbers,
    flags,
    second_numbers,
)
from chiso.rules.units import Unit
from chiso.rules.working_days import SECONDS_A_DAY, days_since_1970

DECISION_DAYS = 5  # working days: signing before the legal basis, making public after signing


class ScopedProcedures:
    """Procedures and the verdicts on them, by the scope of a unit: its agency's procedures (so), its
    level's (huyen, xa), or all (tinh). Units of the same scope share what is found."""

    def __init__(self, procedures: pd.DataFrame, decisions: pd.DataFrame, scope: Scope) -> None:
        self._procedures = procedures
        signed = signed_in_period(decisions, scope)
        public = procedures[second_numbers(procedures, "made_public_at") <= scope.t]
        online = column_or_empty(procedures, "online").isin(["partial", "full"])
        # When it was due and when it was done, by verdict and procedure.
        self.moments = {
            "published": published_on_time(signed, scope),
            "made_public": made_public_on_time(signed, scope),
        }
        self._verdicts = {
            **{which: held["passed"].to_dict() for which, held in self.moments.items()},
            "complete": dict(
                zip(public["procedure_id"], flags(public, "parts_complete"), strict=True)
            ),
            "online": dict(zip(procedures["procedure_id"], online, strict=True)),
        }
        self._found: dict[tuple[str, str, str | None], frozenset[str]] = {}

    def ids(self, unit: Unit, flag: str | None = None) -> frozenset[str]:
        """procedure_id of the unit's scope, of those with a flag if one is named."""
        key = (unit.level, unit.code if unit.level == "so" else "", flag)
        if key not in self._found:
            held = self._in_scope(unit)
            held = held if flag is None else held[flags(held, flag)]
            self._found[key] = frozenset(held["procedure_id"])
        return self._found[key]

    def verdicts(self, unit: Unit, which: str) -> dict[str, bool]:
        """The verdicts (published, made_public, complete, online) on procedures of the scope."""
        mine = self.ids(unit)
        return {name: value for name, value in self._verdicts[which].items() if name in mine}

    def _in_scope(self, unit: Unit) -> pd.DataFrame:
        if unit.level == "tinh":
            return self._procedures
        if unit.level == "so":
            return self._procedures[column_or_empty(self._procedures, "agency") == unit.code]
        levels = column_or_empty(self._procedures, "levels").str.split(";")
        return self._procedures[levels.map(lambda held: unit.level in held).astype(bool)]


def signed_in_period(decisions: pd.DataFrame, scope: Scope) -> pd.DataFrame:
    """The decisions signed in the period, with `signed` as days since 1970."""
    signed = day_numbers(decisions, "decision_date")
    first, after = (days_since_1970(m.date()) for m in (scope.period.start, scope.period.end))
    held = signed.notna() & (signed >= first) & (signed < after)
    return decisions.assign(signed=signed)[held]


def published_on_time(decisions: pd.DataFrame, scope: Scope) -> pd.DataFrame:
    """Indicator 1, as `_every`: whether every decision was signed by the 5th working day before its
    legal basis takes effect; a decision without that date is left out."""
    held = decisions.assign(basis=day_numbers(decisions, "basis_effective_date")).dropna(
        subset=["basis"]
    )
    limit = scope.calendar.earlier(held["basis"].to_numpy(np.int64), DECISION_DAYS)
    signed = held["signed"].to_numpy()
    return _every(held, signed <= limit, limit, signed)


def made_public_on_time(decisions: pd.DataFrame, scope: Scope) -> pd.DataFrame:
    """Indicator 2, as `_every`: whether every decision was public by the end of the 5th working day
    after signing; one not public at T whose day is not over is left out."""
    limit = scope.calendar.later(decisions["signed"].to_numpy(np.int64), DECISION_DAYS)
    public = second_numbers(decisions, "made_public_at")
    seen = (public <= scope.t).to_numpy()
    over = scope.t >= (limit + 1) * SECONDS_A_DAY
    day = np.where(seen, np.floor(public.to_numpy() / SECONDS_A_DAY), np.nan)
    known = seen | over
    return _every(decisions[known], (day <= limit)[known], limit[known], day[known])


def _every(
    decisions: pd.DataFrame, passed: np.ndarray, due_day: np.ndarray, done_day: np.ndarray
) -> pd.DataFrame:
    """By procedure_id: `passed`, whether all of its decisions passed, and of the one that is
    furthest behind `due_day` and `done_day` (days since 1970; empty: not done)."""
    rows = pd.DataFrame(
        {
            "procedure_id": decisions["procedure_id"].to_numpy(),
            "passed": np.asarray(passed, dtype=bool),
            "due_day": np.asarray(due_day, dtype=float),
            "done_day": np.asarray(done_day, dtype=float),
        }
    )
    behind = (rows["done_day"] - rows["due_day"]).fillna(np.inf)
    order = rows.assign(behind=behind).sort_values(["passed", "behind"], ascending=[True, False])
    return order.drop_duplicates("procedure_id").set_index("procedure_id").drop(columns="behind")
