"""Working time up to a moment, in the engine: the difference of two is the time between them."""

from __future__ import annotations

from functools import cache

import ibis
import ibis.expr.types as ir
import numpy as np
import pandas as pd

from chiso.rules.handling_rules import Spans
from chiso.rules.working_days import SECONDS_A_DAY, Calendar

WHOLE_DAY: Spans = ((0, SECONDS_A_DAY),)
_DAYS = {"date": "date", "before": "int64", "works": "int64"}


def with_working_time(
    table: ir.Table, calendar: Calendar, spans: Spans, **moments: str
) -> ir.Table:
    """`table` with a column for each of `moments` (new name -> column of timestamps): the seconds of
    `spans` on all working days up to that moment; empty where the moment is.

    By whole days a working day is 86,400 seconds; by office hours as long as these are.
    """
    length = sum(end - start for start, end in spans)
    for name, moment in moments.items():
        days = _calendar_days(calendar).rename({f"{name}_{column}": column for column in _DAYS})
        joined = table.left_join(days, table[moment].date() == days[f"{name}_date"])
        second = joined[moment].epoch_seconds() % SECONDS_A_DAY
        today = ibis.literal(0)
        for start, end in spans:
            today = today + ibis.least(ibis.greatest(second - start, 0), end - start)
        before, works = joined[f"{name}_before"], joined[f"{name}_works"]
        worked = (before * length + works * today).cast("int64")
        table = joined.select(*table.columns, **{name: worked})
    return table


@cache
def _calendar_days(calendar: Calendar) -> ir.Table:
    """date, how many working days there are before it, whether it is one (0, 1); one table a
    calendar, so that an engine is given it once."""
    numbers = np.arange(calendar.first, calendar.first + len(calendar.up_to))
    before = np.concatenate([[0], calendar.up_to[:-1]])
    days = pd.DataFrame({"before": before, "works": calendar.up_to - before})
    days.insert(0, "date", numbers.astype("datetime64[D]").astype("datetime64[s]"))
    return ibis.memtable(days, schema=_DAYS)
