"""Measures of petitions: in time, and without complaint."""

from __future__ import annotations

import numpy as np
import pandas as pd

from chiso.deadlines import SECONDS_A_DAY
from chiso.measures.scope import Scope, flags, second_numbers

# Working days (Bộ chỉ số 766, indicator 19).
REFUSE, ASK, ANSWER, PUBLISH = 2, 5, 15, 2


def petition_facts(petitions: pd.DataFrame, scope: Scope) -> pd.DataFrame:
    """petition_id, unit, and four flags: population and in_time of indicator 19, received (the
    population) and content (the numerator) of 20."""
    at = {
        name: second_numbers(petitions, name)
        for name in (
            "sent_at", "forwarded_at", "first_received_at", "refused_at", "supplement_asked_at",
            "answered_at", "published_at",
        )
    }  # fmt: skip
    start = at["first_received_at"].fillna(at["forwarded_at"]).fillna(at["sent_at"])
    closed = at["refused_at"].fillna(at["published_at"]).fillna(at["answered_at"])
    in_time = _in_time(at, start, scope)
    population = (start < scope.e) & ((start >= scope.s) | ~(closed < scope.s))
    received = (at["first_received_at"] >= scope.s) & (at["first_received_at"] < scope.e)
    complaint = flags(petitions, "disliked") | flags(petitions, "raised_again")
    return pd.DataFrame(
        {
            "petition_id": petitions["petition_id"],
            "unit": petitions["unit"],
            "population": population,
            "in_time": population & in_time,
            "received": received,
            "content": received & in_time & ~complaint,
        }
    )


def _in_time(at: dict[str, pd.Series], start: pd.Series, scope: Scope) -> pd.Series:
    """Refused, answered and published, supplement asked, or open: the first that is seen by T."""
    seen = {name: moments <= scope.t for name, moments in at.items()}
    published = at["published_at"].where(seen["published_at"], scope.t)
    answered_well = (at["answered_at"] <= _later(start, ANSWER, scope)) & (
        published <= _later(at["answered_at"], PUBLISH, scope)
    )
    verdict = np.select(
        [seen["refused_at"], seen["answered_at"], seen["supplement_asked_at"]],
        [
            at["refused_at"] <= _later(start, REFUSE, scope),
            answered_well,
            at["supplement_asked_at"] <= _later(start, ASK, scope),
        ],
        scope.t <= _later(start, ANSWER, scope),
    )
    return pd.Series(verdict.astype(bool), index=start.index)


def _later(moments: pd.Series, number: int, scope: Scope) -> pd.Series:
    """The same time of day on the number-th working day after; NaN where there is no moment."""
    later = pd.Series(np.nan, index=moments.index)
    filled = moments.notna()
    held = moments[filled].to_numpy()
    days = np.floor(held / SECONDS_A_DAY).astype(np.int64)
    later[filled] = scope.calendar.later(days, number) * SECONDS_A_DAY + held % SECONDS_A_DAY
    return later
