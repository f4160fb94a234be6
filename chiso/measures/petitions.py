"""Measures of petitions: in time, and without complaint."""

from __future__ import annotations

import numpy as np
import pandas as pd

from chiso.measures.scope import Scope, column_or_empty, flags, second_numbers
from chiso.rules.working_days import SECONDS_A_DAY

# Working days (Bộ chỉ số 766, indicator 19).
REFUSE, ASK, ANSWER, PUBLISH = 2, 5, 15, 2


def petition_facts(petitions: pd.DataFrame, scope: Scope) -> pd.DataFrame:
    """petition_id, unit, and flags: population and in_time of indicator 19, received (the
    population) and content (the numerator) of 20, policy and conduct (of those received, by what
    they are about); `complaint`.

    And what tells a case to a reader: `reason`, what decided 19; `start_s`, `limit_s`, `compared_s`
    and `closed_s` (if seen by T), seconds since 1970.
    """
    at = {
        name: second_numbers(petitions, name)
        for name in (
            "sent_at", "forwarded_at", "first_received_at", "refused_at", "supplement_asked_at",
            "answered_at", "published_at",
        )
    }  # fmt: skip
    # Forwarded anew, an agency's time begins anew; the first receipt only says what 20 counts.
    start = at["forwarded_at"].fillna(at["sent_at"]).fillna(at["first_received_at"])
    closed = at["refused_at"].fillna(at["published_at"]).fillna(at["answered_at"])
    judged = _judged(at, start, scope)
    in_time = judged["compared_s"] <= judged["limit_s"]
    population = (start < scope.e) & ((start >= scope.s) | ~(closed < scope.s))
    received = (at["first_received_at"] >= scope.s) & (at["first_received_at"] < scope.e)
    disliked, again = flags(petitions, "disliked"), flags(petitions, "raised_again")
    kind = column_or_empty(petitions, "kind")
    facts = {
        "petition_id": petitions["petition_id"],
        "unit": petitions["unit"],
        "population": population,
        "in_time": population & in_time,
        "received": received,
        "content": received & in_time & ~(disliked | again),
        "policy": received & (kind == "policy"),
        "conduct": received & (kind == "conduct"),
        "complaint": np.select([disliked, again], ["disliked", "raised_again"], ""),
        "start_s": start,
        "closed_s": closed.where(closed <= scope.t),
    }
    return pd.concat([pd.DataFrame(facts), judged], axis=1)


def _judged(at: dict[str, pd.Series], start: pd.Series, scope: Scope) -> pd.DataFrame:
    """`reason`, `limit_s`, `compared_s`: refused, answered and published, supplement asked, or open:
    the first that is seen by T."""
    seen = {name: moments <= scope.t for name, moments in at.items()}
    published = at["published_at"].where(seen["published_at"], scope.t)
    to_answer, to_publish = _later(start, ANSWER, scope), _later(at["answered_at"], PUBLISH, scope)
    ways = (
        ("refused", seen["refused_at"], at["refused_at"], _later(start, REFUSE, scope)),
        # Answered in time, it has to be published in time as well.
        (
            "answered",
            seen["answered_at"] & ~(at["answered_at"] <= to_answer),
            at["answered_at"],
            to_answer,
        ),
        ("published", seen["answered_at"] & seen["published_at"], published, to_publish),
        ("to_publish", seen["answered_at"], published, to_publish),
        (
            "asked",
            seen["supplement_asked_at"],
            at["supplement_asked_at"],
            _later(start, ASK, scope),
        ),
        ("open", start.notna(), pd.Series(scope.t, index=start.index), to_answer),
    )
    reasons, conditions, compared, limits = zip(*ways, strict=True)
    return pd.DataFrame(
        {
            "reason": np.select(conditions, reasons, ""),
            "limit_s": np.select(conditions, limits, np.nan),
            "compared_s": np.select(conditions, compared, np.nan),
        },
        index=start.index,
    )


def _later(moments: pd.Series, number: int, scope: Scope) -> pd.Series:
    """The same time of day on the number-th working day after; NaN where there is no moment."""
    later = pd.Series(np.nan, index=moments.index)
    filled = moments.notna()
    held = moments[filled].to_numpy()
    days = np.floor(held / SECONDS_A_DAY).astype(np.int64)
    later[filled] = scope.calendar.later(days, number) * SECONDS_A_DAY + held % SECONDS_A_DAY
    return later
