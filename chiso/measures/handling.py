"""How dossiers were received and handled: form II.06, channels, those received late, petitions by kind.

Source: Thông tư 01/2020/TT-VPCP, form II.06; Quyết định 766/QĐ-TTg, measures 3.3 and 5.1 without
points. What is within its term is what indicator 5 counts as on time; a dossier that waits for a
supplement is open and within its term.
"""

from __future__ import annotations

import ibis
import ibis.expr.types as ir
import pandas as pd

from chiso.contract.evidence import FORM_IDENTITIES, HANDLING
from chiso.measures.counts import Held, has_dossiers
from chiso.measures.definitions import BY_TERM
from chiso.measures.dossiers import ENDS, ONLINE, POST, SUPPLEMENT_ASKED
from chiso.measures.scope import Scope, column, is_true, without_data
from chiso.measures.working_time import with_working_time
from chiso.rules.handling_rules import handling_rules
from chiso.rules.working_days import SECONDS_A_DAY

# The measures of HANDLING, each with its figures.
HANDLING_MEASURES = {
    "form_ii06": (
        "received", "received_online", "received_direct", "carried_over", "settled", "early",
        "on_time", "late", "open", "within_term", "overdue",
    ),
    "channels": ("online", "post", "direct"),
    "received_late": ("submitted_online", "received_late", "not_received"),
    "petitions_by_kind": ("petitions", "policy", "conduct", "unclassified"),
}  # fmt: skip
# What figures need (as definitions.needs_of); without it there are no data. A later line goes before.
_NEEDED = {
    name: needs
    for names, needs in (
        (HANDLING_MEASURES["form_ii06"], {"dossiers": BY_TERM}),
        (
            ("received_online", "received_direct"),
            {"dossiers": f"{BY_TERM} channel"},
        ),
        (HANDLING_MEASURES["channels"], {"dossiers": "received_at channel"}),
        (
            HANDLING_MEASURES["received_late"],
            {"dossiers": "channel submitted_at received_at"},
        ),
        (HANDLING_MEASURES["petitions_by_kind"], {"petitions": "first_received_at kind"}),
        (("petitions",), {"petitions": "first_received_at"}),
    )
    for name in names
}


def handling(held: Held) -> pd.DataFrame:
    """A row for every unit (evidence.HANDLING): counts of the unit and all below it, empty where the
    records lack what a count needs.

    Raises ArithmeticError where a sum of form II.06 is not that of its parts.
    """
    counts = pd.DataFrame({"unit": [unit.code for unit in held.scope.tree.units]})
    if has_dossiers(held.tables):
        for sums in (_form(held), _receipt(held)):
            counts = counts.merge(held.climb(sums, ["unit"]), on="unit", how="left")
    counts = counts.reindex(columns=HANDLING)
    for name in HANDLING_MEASURES["petitions_by_kind"]:
        counts[name] = [_petitions(held, unit, name) for unit in counts["unit"]]
    numbers = [name for name in HANDLING if name != "unit"]
    counts[numbers] = counts[numbers].fillna(0).astype("Int64")
    for name in numbers:
        lacking = without_data(held.tables, held.scope.tree, held.gaps, _NEEDED[name])
        counts.loc[counts["unit"].isin(lacking), name] = pd.NA
    check_identities(counts)
    return counts


def received(held: Held) -> dict[str, int]:
    """Dossiers received in the period at and below every unit, in the order of the tree, as form
    II.06 counts them (received_online + received_direct); without the units of which nothing is known."""
    if not has_dossiers(held.tables):
        return {}
    facts = held.dossier_facts
    sums = held.climb(_counted(facts, received=facts.received), ["unit"])
    known = {} if sums.empty else dict(zip(sums["unit"], sums["received"], strict=True))
    needs = _NEEDED["received_direct"]
    lacking = without_data(held.tables, held.scope.tree, held.gaps, needs)
    units = (unit.code for unit in held.scope.tree.units)
    return {code: int(known.get(code, 0)) for code in units if code not in lacking}


def check_identities(counts: pd.DataFrame) -> None:
    """ArithmeticError that names unit and figures where an identity of form II.06 fails."""
    for whole, parts in FORM_IDENTITIES:
        sums = counts[list(parts)].sum(axis=1, skipna=False)
        wrong = counts[(counts[whole] != sums).fillna(False).astype(bool)]
        if len(wrong):
            told = wrong[["unit", whole, *parts]].to_dict("records")[0]
            raise ArithmeticError(f"form II.06: {whole} is not {' + '.join(parts)}: {told}")


def _form(held: Held) -> pd.DataFrame:
    """unit and its own dossiers by the columns of form II.06 and by channel."""
    facts, t = held.dossier_facts, held.scope.t
    population, received, in_time = facts.population, facts.received, facts.on_time
    ended = is_true(facts.end_s <= t)
    waiting = facts.status.identical_to(SUPPLEMENT_ASKED)
    settled, open_ = population & ended, population & ~ended
    early = is_true(facts.end_s // SECONDS_A_DAY < facts.due_s // SECONDS_A_DAY)
    online, post = facts.online, received & facts.channel.identical_to(POST)
    return _counted(
        facts,
        received=population,
        received_online=online,
        received_direct=received & ~online,
        carried_over=population & ~received,
        settled=settled,
        early=settled & in_time & early,
        on_time=settled & in_time & ~early,
        late=settled & ~in_time,
        open=open_,
        within_term=open_ & (in_time | waiting),
        overdue=open_ & ~in_time & ~waiting,
        online=online,
        post=post,
        direct=received & ~online & ~post,
    )


def _receipt(held: Held) -> pd.DataFrame:
    """unit and its own dossiers that were submitted online and, at any time of the period, still to
    be received; those received late, and those not received at T although the hours have passed.

    One that ended without a receipt was taken up when it ended.
    """
    scope, rules = held.scope, handling_rules()
    limit = rules.receipt_limit(scope.period.last_day).hours * 3600
    waiting = _to_be_received(held.tables["dossiers"], scope)
    timed = with_working_time(
        waiting, scope.calendar, rules.spans, submitted_work="submitted", until_work="until"
    )
    late = is_true(timed.until_work - timed.submitted_work > limit)
    return _counted(
        timed,
        submitted_online=ibis.literal(True),
        received_late=timed.seen & late,
        not_received=~timed.seen & late,
    )


def _to_be_received(table: ir.Table, scope: Scope) -> ir.Table:
    """unit, submitted, whether its receipt is `seen` by T, and `until`, then or T."""
    now = ibis.literal(scope.now, type="timestamp")
    moments = [
        column(table, name, "timestamp").cast("timestamp") for name in ("received_at", *ENDS)
    ]
    rows = table.select(
        "unit",
        is_online=column(table, "channel", "int64").identical_to(ONLINE),
        submitted=column(table, "submitted_at", "timestamp").cast("timestamp"),
        taken=ibis.coalesce(*moments),
    )
    start = ibis.literal(scope.period.start, type="timestamp")
    here = rows.is_online & (rows.submitted <= now) & (rows.taken.isnull() | (rows.taken >= start))
    rows = rows.filter(here).mutate(seen=is_true(rows.taken <= now))
    return rows.select("unit", "submitted", "seen", until=rows.seen.ifelse(rows.taken, now))


def _counted(rows: ir.Table, **flags: ir.BooleanValue) -> pd.DataFrame:
    numbers = {name: rows.count(where=flag).fill_null(0) for name, flag in flags.items()}
    found = rows.group_by("unit").aggregate(**numbers).to_pandas()
    return found.astype(dict.fromkeys(flags, "int64"))


def _petitions(held: Held, unit: str, name: str) -> int:
    sums = held.petitions.get(unit, {})
    if name == "petitions":
        return sums.get("received", 0)
    if name == "unclassified":
        return sums.get("received", 0) - sums.get("policy", 0) - sums.get("conduct", 0)
    return sums.get(name, 0)
