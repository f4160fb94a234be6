"""What each dossier is for a period, in one pass in the engine: population, on time, flags.

Moments stay the engine's own timestamps: compared as they are they cost nothing, and a filter on
them can skip whole blocks of a file. What only few dossiers need stands in branches that an engine
evaluates for those alone.
"""

from __future__ import annotations

from datetime import datetime
from functools import cache

import ibis
import ibis.expr.types as ir
import numpy as np
import pandas as pd

from chiso.deadlines import Calendar
from chiso.measures.scope import Scope, Tables, column, flag

SUPPLEMENT_ASKED, STOPPED, ONLINE = 5, 8, 2
ENDS = ("done_at", "returned_at", "ended_at")  # the first that is filled
PAID_ONLINE = (1, 2)  # on the national portal, on a local gateway

_DATES = {"date": "date", "day": "int64", "working_days": "int64"}

# Sums of a unit and procedure; every one is a flag of `dossier_facts`.
SUMS = (
    "population", "on_time", "complained", "received", "synced", "online", "paid", "fee_filled",
    "online_or_submitted", "to_pay", "to_pay_paid", "result", "components", "components_and_result",
    "reused", "from_store", "population_data",
)  # fmt: skip


def dossier_facts(tables: Tables, scope: Scope) -> ir.Table:
    """Every dossier that the period counts anywhere: dossier_id, unit, procedure_id, the flags of
    SUMS, and `reason`, the word for what decided indicator 5."""
    judged = _judged(_with_limit(_counted(tables["dossiers"], scope), tables, scope), scope)
    here, there, population = (
        judged.here,
        judged.there,
        judged.received < _literal(scope.period.end),
    )
    pays = here & ~judged.fee_lines_zero
    paid = judged.paid_online.isin(PAID_ONLINE)
    online = judged.channel == ONLINE
    flags = {
        "population": population,
        "on_time": population & judged.in_time,
        "complained": population & judged.complaint,
        "received": here,
        "synced": here & judged.is_synced,
        "online": here & online,
        "paid": here & paid,
        "fee_filled": there & judged.has_fee_total,
        "online_or_submitted": there & online,
        "to_pay": pays,
        "to_pay_paid": pays & paid,
        "result": here & judged.result_file,
        "components": here & judged.components_file,
        "components_and_result": here & judged.components_file & judged.result_file,
        "reused": here & judged.reused,
        "from_store": here & judged.from_store,
        "population_data": here & judged.population_data,
    }
    named = {name: value.fill_null(False) for name, value in flags.items()}
    return judged.select("dossier_id", "unit", "procedure_id", "reason", **named)


def dossier_sums(facts: ir.Table) -> ir.Table:
    """unit, procedure_id and how many dossiers have each flag of SUMS."""
    return facts.group_by("unit", "procedure_id").aggregate(
        **{name: facts.count(where=facts[name]) for name in SUMS}
    )


@cache
def _literal(moment: datetime) -> ir.TimestampScalar:
    return ibis.literal(moment, type="timestamp")


def _in(scope: Scope, moment: ir.TimestampValue) -> ir.BooleanValue:
    return (moment >= _literal(scope.period.start)) & (moment < _literal(scope.period.end))


def _counted(table: ir.Table, scope: Scope) -> ir.Table:
    """The dossiers that the period counts anywhere: `here` received in it, `there` received or, if
    never received, submitted in it, `end` the first of done, returned, ended; cells as they are."""
    rows = table.select(
        "dossier_id",
        "procedure_id",
        "unit",
        status=table.status,
        channel=column(table, "channel", "int64"),
        submitted=_moment(table, "submitted_at"),
        received=_moment(table, "received_at"),
        due=_moment(table, "due_at"),
        end=ibis.coalesce(*(_moment(table, name) for name in ENDS)),
        asked=_moment(table, "supplement_asked_at"),
        completed=_moment(table, "supplement_done_at"),
        times_asked=column(table, "supplement_count", "int64"),
        waited_hours=column(table, "supplement_hours", "float64"),
        is_synced=column(table, "synced_at", "timestamp").notnull(),
        paid_online=column(table, "paid_online", "int64"),
        has_fee_total=column(table, "fee_total", "float64").notnull(),
        complaint=flag(table, "petitioned") | flag(table, "disliked"),
        fee_lines_zero=flag(table, "fee_lines_zero"),
        **{
            name: column(table, name, "boolean")
            for name in (
                "result_file",
                "components_file",
                "reused",
                "from_store",
                "population_data",
            )
        },
    )
    never = rows.received.isnull()
    here = _in(scope, rows.received)
    there = here | (never & _in(scope, rows.submitted))
    open_before = rows.end.isnull() | (rows.end >= _literal(scope.period.start))
    carried = (rows.received < _literal(scope.period.start)) & open_before
    return rows.mutate(here=here, there=there).filter(there | carried)


def _moment(table: ir.Table, name: str) -> ir.TimestampValue:
    return column(table, name, "timestamp").cast("timestamp")


def _with_limit(dossiers: ir.Table, tables: Tables, scope: Scope) -> ir.Table:
    """`deadline`: the due date, else the receipt plus the procedure's longest term, else empty."""
    procedures = tables.get("procedures")
    if procedures is None or not {"max_term", "term_unit"} <= set(procedures.columns):
        return dossiers.mutate(deadline=dossiers.due)
    terms = procedures.select(
        has_term="procedure_id", term=procedures.max_term.cast("int64"), term_unit="term_unit"
    )
    # Only a dossier without a due date has a key to look its term up with.
    term_of = dossiers.due.isnull().ifelse(dossiers.procedure_id, None)
    joined = dossiers.left_join(terms, term_of == terms.has_term)
    joined = _with_working_days(joined, scope.calendar)
    received, term, unit = joined.received, joined.term, joined.term_unit
    limit = ibis.cases(
        (joined.due.notnull(), joined.due),
        (unit == "hour", received + term.as_interval("h")),
        (unit == "day", received + term.as_interval("D")),
        (unit == "month", received + term.as_interval("M")),
        (unit == "working_day", received + (joined.limit_day - joined.day).as_interval("D")),
    )
    return joined.mutate(deadline=limit)


def _with_working_days(dossiers: ir.Table, calendar: Calendar) -> ir.Table:
    """`day`, the number of the day of receipt, and `limit_day`, of the n-th working day after."""
    dates, working_days = _calendar_tables(calendar)
    date = (dossiers.term_unit == "working_day").ifelse(dossiers.received.date(), None)
    joined = dossiers.left_join(dates, date == dates.date)
    rank = joined.working_days + joined.term
    return joined.left_join(working_days, rank == working_days.rank)


@cache
def _calendar_tables(calendar: Calendar) -> tuple[ir.Table, ir.Table]:
    """date, its number (day) and the working days up to it; rank and number (limit_day) of every
    working day. One pair a calendar, so that an engine is given them once."""
    numbers = np.arange(calendar.first, calendar.first + len(calendar.up_to))
    dates = pd.DataFrame({"date": numbers, "day": numbers, "working_days": calendar.up_to})
    dates["date"] = numbers.astype("datetime64[D]").astype("datetime64[s]")
    ranks = np.arange(1, len(calendar.days) + 1)
    working_days = pd.DataFrame({"rank": ranks, "limit_day": calendar.days})
    return ibis.memtable(dates, schema=_DATES), ibis.memtable(working_days)


def _judged(dossiers: ir.Table, scope: Scope) -> ir.Table:
    """`in_time` and `reason` of indicator 5, with the set's options."""
    now = _literal(scope.now)
    ended = dossiers.end <= now
    dossiers = dossiers.mutate(ended=ended.fill_null(False), moment=ended.ifelse(dossiers.end, now))
    waiting = (dossiers.status == SUPPLEMENT_ASKED) & ~dossiers.ended
    asked_again = waiting & (dossiers.times_asked > 1)
    asked = (dossiers.asked <= now).ifelse(dossiers.asked, now)
    compared = waiting.ifelse(asked, _without_waiting(dossiers))
    limit = dossiers.deadline
    if scope.options.comparison == "date":
        compared, limit = compared.date(), limit.date()
    in_time = (compared <= limit) & ~asked_again.fill_null(False)
    reason = ibis.cases(
        (asked_again, "asked_again"),
        (dossiers.deadline.isnull(), "no_limit"),
        (waiting, "supplement"),
        (dossiers.ended, "ended"),
        else_="in_process",
    )
    if scope.options.no_due_date == "on_time":
        in_time = in_time.fill_null(False) | dossiers.due.isnull()
    if scope.options.suspended == "on_time":
        in_time = in_time.fill_null(False) | waiting | (dossiers.status == STOPPED)
    return dossiers.mutate(in_time=in_time, reason=reason)


def _without_waiting(dossiers: ir.Table) -> ir.TimestampValue:
    """The moment less the time that the applicant was waited for, if that was over before it."""
    moment = dossiers.moment
    told = (dossiers.waited_hours * 3600).round().cast("int64").as_interval("s")
    return ibis.cases(
        (dossiers.completed >= moment, moment),
        (dossiers.waited_hours.notnull(), moment - told),
        (
            dossiers.asked <= dossiers.completed,
            moment - (dossiers.completed - dossiers.asked),
        ),
        else_=moment,
    )
