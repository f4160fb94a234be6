"""What each dossier is for a period, in one pass in the engine: population, on time, flags.

Times are compared as seconds since 1970, so the same expressions run on every engine.
"""

from __future__ import annotations

import ibis
import ibis.expr.types as ir
import numpy as np

from chiso.deadlines import SECONDS_A_DAY, Calendar
from chiso.measures.scope import Scope, Tables, column, flag, seconds

SUPPLEMENT_ASKED, STOPPED, ONLINE = 5, 8, 2
PAID_ONLINE = (1, 2)  # on the national portal, on a local gateway
_MONTHS = range(1989 * 12, 2102 * 12)

# Sums of a unit and procedure; every one is a flag of `dossier_facts`.
SUMS = (
    "population", "on_time", "complained", "received", "synced", "online", "paid", "fee_filled",
    "online_or_submitted", "to_pay", "to_pay_paid", "result", "components", "components_and_result",
    "reused", "from_store", "population_data",
)  # fmt: skip


def dossier_facts(tables: Tables, scope: Scope) -> ir.Table:
    """Every dossier that the period counts anywhere: dossier_id, unit, procedure_id, the flags of
    SUMS, and `reason`, the word for what decided indicator 5."""
    dossiers = _moments(tables["dossiers"])
    here = _in(scope, dossiers.received)
    there = _in(scope, ibis.coalesce(dossiers.received, dossiers.submitted))
    carried = (dossiers.received < scope.s) & ~(dossiers.end < scope.s).fill_null(False)
    dossiers = dossiers.filter((here | there | carried).fill_null(False))
    judged = _judged(_with_limit(dossiers, tables.get("procedures"), scope), scope)
    here = _in(scope, judged.received)
    there = _in(scope, ibis.coalesce(judged.received, judged.submitted))
    pays = here & ~judged.fee_lines_zero
    paid = judged.paid_online.isin(PAID_ONLINE).fill_null(False)
    online = (judged.channel == ONLINE).fill_null(False)
    population = (judged.received < scope.e).fill_null(False)
    return judged.select(
        "dossier_id",
        "unit",
        "procedure_id",
        "reason",
        population=population,
        on_time=population & judged.in_time,
        complained=population & judged.complaint,
        received=here,
        synced=here & judged.is_synced,
        online=here & online,
        paid=here & paid,
        fee_filled=there & judged.has_fee_total,
        online_or_submitted=there & online,
        to_pay=pays,
        to_pay_paid=pays & paid,
        result=here & judged.result_file,
        components=here & judged.components_file,
        components_and_result=here & judged.components_file & judged.result_file,
        reused=here & judged.reused,
        from_store=here & judged.from_store,
        population_data=here & judged.population_data,
    )


def dossier_sums(facts: ir.Table) -> ir.Table:
    """unit, procedure_id and how many dossiers have each flag of SUMS."""
    return facts.group_by("unit", "procedure_id").aggregate(
        **{name: facts[name].cast("int32").sum() for name in SUMS}
    )


def _in(scope: Scope, moment: ir.IntegerValue) -> ir.BooleanValue:
    return ((moment >= scope.s) & (moment < scope.e)).fill_null(False)


def _moments(table: ir.Table) -> ir.Table:
    """Moments as seconds, flags without empty cells, `end` the first of done, returned, ended."""
    ends = [seconds(table, name) for name in ("done_at", "returned_at", "ended_at")]
    return table.select(
        "dossier_id",
        "procedure_id",
        "unit",
        status=table.status,
        channel=column(table, "channel", "int64"),
        submitted=seconds(table, "submitted_at"),
        received=seconds(table, "received_at"),
        due=seconds(table, "due_at"),
        end=ibis.coalesce(*ends),
        asked=seconds(table, "supplement_asked_at"),
        completed=seconds(table, "supplement_done_at"),
        times_asked=column(table, "supplement_count", "int64").fill_null(0),
        waited_hours=column(table, "supplement_hours", "float64"),
        is_synced=column(table, "synced_at", "timestamp").notnull(),
        paid_online=column(table, "paid_online", "int64"),
        has_fee_total=column(table, "fee_total", "float64").notnull(),
        complaint=flag(table, "petitioned") | flag(table, "disliked"),
        **{
            name: flag(table, name)
            for name in (
                "fee_lines_zero", "result_file", "components_file", "reused", "from_store",
                "population_data",
            )
        },
    )  # fmt: skip


def _with_limit(dossiers: ir.Table, procedures: ir.Table | None, scope: Scope) -> ir.Table:
    """`deadline`: the due date, else the receipt plus the procedure's longest term, else empty."""
    terms = {"max_term", "term_unit"}
    if procedures is None or not terms <= set(procedures.columns):
        return dossiers.mutate(deadline=dossiers.due)
    # Only a dossier without a due date has a key to look its term up with.
    dossiers = dossiers.mutate(term_of=dossiers.due.isnull().ifelse(dossiers.procedure_id, None))
    term = procedures.select(
        term_of="procedure_id", term=procedures.max_term.cast("int64"), term_unit="term_unit"
    )
    joined = dossiers.left_join(term, "term_of").drop("term_of_right")
    joined = _with_working_day_limit(joined, scope.calendar)
    joined = _with_month_limit(joined)
    elapsed = joined.received + joined.term * joined.term_unit.cases(
        ("hour", 3600), ("day", SECONDS_A_DAY), else_=None
    )
    return joined.mutate(
        deadline=ibis.coalesce(joined.due, elapsed, joined.working_day_limit, joined.month_limit)
    )


def _with_working_day_limit(dossiers: ir.Table, calendar: Calendar) -> ir.Table:
    """The same time of day on the n-th working day after the day of receipt."""
    numbers = np.arange(calendar.first, calendar.first + len(calendar.up_to))
    up_to = ibis.memtable({"received_day": numbers, "up_to": calendar.up_to})
    days = ibis.memtable({"rank": np.arange(1, len(calendar.days) + 1), "on_day": calendar.days})
    counted = dossiers.term_unit == "working_day"
    dossiers = dossiers.mutate(
        received_day=counted.ifelse((dossiers.received // SECONDS_A_DAY).cast("int64"), None)
    )
    joined = dossiers.left_join(up_to, "received_day").drop("received_day_right")
    joined = joined.mutate(rank=(joined.up_to + joined.term).cast("int64"))
    joined = joined.left_join(days, "rank").drop("rank_right")
    return joined.mutate(
        working_day_limit=joined.on_day * SECONDS_A_DAY + joined.received % SECONDS_A_DAY
    ).drop("received_day", "up_to", "rank", "on_day")


def _with_month_limit(dossiers: ir.Table) -> ir.Table:
    """The same day and time some months later, or the last day of a shorter month."""
    first = np.array(
        [np.datetime64(f"{m // 12}-{m % 12 + 1:02d}-01", "D").astype(np.int64) for m in _MONTHS]
    )
    length = np.diff(np.append(first, first[-1] + 31))
    months = ibis.memtable(
        {"month": np.arange(_MONTHS[0], _MONTHS[-1] + 1), "first": first, "length": length}
    )
    received = ibis.timestamp("1970-01-01 00:00:00") + dossiers.received.cast("int64").as_interval(
        "s"
    )
    counted = dossiers.term_unit == "month"
    number = received.year() * 12 + received.month() - 1 + dossiers.term
    dossiers = dossiers.mutate(
        month=counted.ifelse(number.cast("int64"), None),
        day_of_month=received.day().cast("int64"),
    )
    joined = dossiers.left_join(months, "month").drop("month_right")
    day = joined.first + ibis.least(joined.day_of_month, joined.length) - 1
    return joined.mutate(month_limit=day * SECONDS_A_DAY + joined.received % SECONDS_A_DAY).drop(
        "month", "first", "length", "day_of_month"
    )


def _judged(dossiers: ir.Table, scope: Scope) -> ir.Table:
    """`in_time` and `reason` of indicator 5, with the set's options."""
    ended = (dossiers.end <= scope.t).fill_null(False)
    waiting = ~ended & (dossiers.status == SUPPLEMENT_ASKED)
    asked_again = waiting & (dossiers.times_asked > 1)
    asked = (dossiers.asked <= scope.t).fill_null(False).ifelse(dossiers.asked, scope.t)
    moment = ended.ifelse(dossiers.end, scope.t)
    compared = waiting.ifelse(asked, moment - _waited(dossiers, moment))
    limit = dossiers.deadline
    if scope.options.comparison == "date":
        compared, limit = ((value // SECONDS_A_DAY).cast("int64") for value in (compared, limit))
    in_time = (compared <= limit).fill_null(False) & ~asked_again
    reason = ibis.cases(
        (asked_again, "asked_again"),
        (dossiers.deadline.isnull(), "no_limit"),
        (waiting, "supplement"),
        (ended, "ended"),
        else_="in_process",
    )
    if scope.options.no_due_date == "on_time":
        in_time = in_time | dossiers.due.isnull()
    if scope.options.suspended == "on_time":
        in_time = in_time | waiting | (dossiers.status == STOPPED)
    return dossiers.mutate(in_time=in_time.fill_null(False), reason=reason)


def _waited(dossiers: ir.Table, moment: ir.IntegerValue) -> ir.IntegerValue:
    """Seconds that the applicant was waited for, if that was over before `moment`."""
    over = ~(dossiers.completed >= moment).fill_null(False)
    told = (dossiers.waited_hours * 3600).cast("int64")
    stamped = (dossiers.asked <= dossiers.completed).ifelse(dossiers.completed - dossiers.asked, 0)
    return over.ifelse(ibis.coalesce(told, stamped, 0), 0)
