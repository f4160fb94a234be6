"""What each dossier is for a period, in one pass in the engine: population, on time, flags.

Moments stay the engine's own timestamps: compared as they are they cost nothing, and a filter on
them can skip whole blocks of a file. What only few dossiers need stands in branches that an engine
evaluates for those alone.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from functools import cache

import ibis
import ibis.expr.types as ir
import numpy as np
import pandas as pd

from chiso.measures.scope import Scope, Tables, column, flag, is_true
from chiso.rules.working_days import SECONDS_A_DAY, Calendar

SUPPLEMENT_ASKED, STOPPED, ONLINE, POST = 5, 8, 2, 3
ENDS = ("done_at", "returned_at", "ended_at")  # the first that is filled
PAID_ONLINE = (1, 2)  # on the national portal, on a local gateway

FLAGS = ("fee_lines_zero", "result_file", "components_file", "reused", "from_store")
# The column that says whether 17 and 18 count a dossier, by the set's option.
POPULATION_DATA = {"any": "population_data", "vneid": "vneid_account"}
_DATES = {"date": "date", "day": "int64", "working_days": "int64"}


def dossier_facts(tables: Tables, scope: Scope) -> ir.Table:
    """Every dossier that the period counts anywhere: dossier_id, unit, procedure_id, the flags of
    `definitions`, and what tells a case to a reader: `reason`, the word for what decided indicator 5;
    `days_late`, begun days after the limit (not above 0: kept; empty: no limit); `received_s`,
    `due_s` (the limit that applied), `end_s`, seconds since 1970; `received_at`, `worked_end_at`
    (the end less the time that the applicant was waited for), `compared_at` (what indicator 5
    compares with the limit), moments; `channel`, `status`."""
    judged = _judged(_with_limit(_counted(tables["dossiers"], scope), tables, scope), scope)
    return judged.select(
        "dossier_id",
        "unit",
        "procedure_id",
        "channel",
        "status",
        received_s=judged.received.epoch_seconds(),
        due_s=judged.deadline.epoch_seconds(),
        end_s=judged.end.epoch_seconds(),
        received_at=judged.received,
        worked_end_at=_without_waiting(judged, judged.end),
        compared_at=judged.compared,
        reason=_reason(judged, scope),
        days_late=_days_late(judged, scope),
        **_flags(judged, scope),
    )


def dossier_sums(tables: Tables, scope: Scope, flags: Iterable[str]) -> ir.Table:
    """unit, procedure_id and how many dossiers have each of the flags of `dossier_facts`; an engine may
    leave a number of none empty."""
    judged = _judged(_with_limit(_counted(tables["dossiers"], scope), tables, scope), scope)
    return _summed(judged, _flags(judged, scope), flags)


def sums_of_facts(facts: ir.Table, flags: Iterable[str]) -> ir.Table:
    """What `dossier_sums` gives, of `dossier_facts` that are there already."""
    return _summed(facts, facts, flags)


def _summed(
    rows: ir.Table, known: ir.Table | dict[str, ir.BooleanValue], flags: Iterable[str]
) -> ir.Table:
    numbers = {name: rows.count(where=known[name]) for name in flags}
    return rows.group_by("unit", "procedure_id").aggregate(**numbers)


def _flags(judged: ir.Table, scope: Scope) -> dict[str, ir.BooleanValue]:
    """The flags of `definitions` by name."""
    here, there, population = judged.here, judged.there, judged.population
    files = population if scope.options.dossier_population == "processed" else here
    to_pay = here & ~judged.fee_lines_zero
    return {
        "population": population,
        "on_time": population & judged.in_time,
        "complained": population & judged.complaint,
        "received": here,
        "synced": here & judged.is_synced,
        "online": here & judged.is_online,
        "paid": here & judged.is_paid,
        "fee_filled": there & judged.has_fee_total,
        "online_or_submitted": there & judged.is_online,
        "to_pay": to_pay,
        "to_pay_paid": to_pay & judged.is_paid,
        "online_with_result": here & judged.is_online & judged.result_file,
        "result": files & judged.result_file,
        "components": files & judged.components_file,
        "components_and_result": files & judged.components_file & judged.result_file,
        "reused": files & judged.reused,
        "from_store": files & judged.from_store,
        "population_data": files & judged.is_connected,
        "connected": here & judged.is_connected,
    }


@cache
def _literal(moment: datetime) -> ir.TimestampScalar:
    return ibis.literal(moment, type="timestamp")


def _counted(table: ir.Table, scope: Scope) -> ir.Table:
    """The dossiers that the period counts anywhere: `here` received in it, `there` received or, if
    never received, submitted in it, `population` received in it or carried into it; `end` the first
    of done, returned, ended. No flag is empty."""
    paid = [column(table, "paid_online", "int64").identical_to(way) for way in PAID_ONLINE]
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
        is_online=column(table, "channel", "int64").identical_to(ONLINE),
        is_paid=paid[0] | paid[1],
        has_fee_total=column(table, "fee_total", "float64").nullif(0).notnull(),
        is_connected=flag(table, POPULATION_DATA[scope.options.population_data]),
        complaint=flag(table, "petitioned") | flag(table, "disliked"),
        **{name: flag(table, name) for name in FLAGS},
    )
    start, after = _literal(scope.period.start), _literal(scope.period.end)
    received, submitted = rows.received, rows.submitted
    open_before = rows.end.isnull() | (rows.end >= start)
    rows = rows.filter(
        # Alone, so that an engine skips what a file's own figures place after the period.
        received.isnull() | (received < after),
        (received >= start)
        | (received.notnull() & open_before)
        | (received.isnull() & (submitted >= start) & (submitted < after)),
    )
    # What is left and not received in the period was carried into it, or never received.
    here, never = is_true(rows.received >= start), rows.received.isnull()
    return rows.mutate(here=here, there=here | never, population=~never)


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
        # The 0th working day after a day off is that day itself.
        ((unit == "working_day") & (term == 0), received),
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
    """`ended` and `waiting` (for a supplement) at T, `asked_again`, `compared`, the moment that
    indicator 5 compares with the limit, and `in_time`, with the set's options."""
    now = _literal(scope.now)
    ended = is_true(dossiers.end <= now)
    waiting = ~ended & dossiers.status.identical_to(SUPPLEMENT_ASKED)
    dossiers = dossiers.mutate(ended=ended, waiting=waiting, moment=ended.ifelse(dossiers.end, now))
    asked = (dossiers.asked <= now).ifelse(dossiers.asked, now)
    moment = dossiers.waiting.ifelse(asked, _without_waiting(dossiers, dossiers.moment))
    compared, limit = moment, dossiers.deadline
    if scope.options.comparison == "date":
        compared, limit = compared.date(), limit.date()
    asked_again = dossiers.waiting & is_true(dossiers.times_asked > 1)
    in_time = is_true(compared <= limit) & ~asked_again
    if scope.options.no_due_date == "on_time":
        in_time = in_time | dossiers.due.isnull()
    if scope.options.suspended == "on_time":
        in_time = in_time | dossiers.waiting | dossiers.status.identical_to(STOPPED)
    return dossiers.mutate(compared=moment, asked_again=asked_again, in_time=in_time)


def _reason(judged: ir.Table, scope: Scope) -> ir.StringValue:
    """The word for what decided indicator 5."""
    return ibis.cases(
        (judged.asked_again, "asked_again"),
        (judged.deadline.isnull(), "no_limit"),
        (is_true(judged.waiting & (judged.asked <= _literal(scope.now))), "supplement"),
        (judged.waiting, "waiting"),
        (judged.ended, "ended"),
        else_="in_process",
    )


def _days_late(judged: ir.Table, scope: Scope) -> ir.IntegerValue:
    """Begun days from the limit to the moment compared with it."""
    if scope.options.comparison == "date":
        return judged.compared.date().epoch_days() - judged.deadline.date().epoch_days()
    seconds = judged.compared.epoch_seconds() - judged.deadline.epoch_seconds()
    return ((seconds + SECONDS_A_DAY - 1) / SECONDS_A_DAY).floor().cast("int64")


def _without_waiting(dossiers: ir.Table, moment: ir.TimestampValue) -> ir.TimestampValue:
    """The moment less the time that the applicant was waited for, if that was over before it."""
    asked, completed = dossiers.asked, dossiers.completed
    hours = dossiers.waited_hours
    told = (hours * 3600).round().cast("int64").as_interval("s")
    return ibis.cases(
        (completed.isnull() & hours.isnull(), moment),  # nearly all; the rest is for the others
        (completed >= moment, moment),
        (hours.notnull(), moment - told),
        (asked <= completed, moment - (completed - asked)),
        else_=moment,
    )
