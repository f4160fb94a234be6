"""A slow, plain reading of the 21 indicators: one unit, one indicator, one row at a time.

It checks the fast engine, so the obvious comes before the quick: every unit is counted anew from
its rows, nothing is carried up from the units below. It takes accepted rows only.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import NamedTuple

from reference_world import World, add_months, first_filled

SUPPLEMENT_ASKED, STOPPED, ONLINE = 5, 8, 2  # two statuses and a channel of a dossier
PAID_ONLINE = (1, 2)  # on the national portal, on a local gateway
DECISION_DAYS = 5  # working days from signing to the legal basis, and to being made public
REFUSE, ASK, ANSWER, PUBLISH = 2, 5, 15, 2  # working days of a petition

END = "done_at returned_at ended_at"
ANY_END = END.replace(" ", "|")  # one kind is enough: registers often know only the return
ON_TIME = f"received_at due_at {ANY_END}"
IN_TIME = "sent_at forwarded_at refused_at supplement_asked_at answered_at published_at"


def needs(options: dict) -> dict[int, dict[str, str]]:
    """Tables and columns that an indicator cannot do without. Not here: what only steps in for an
    empty cell or refines it (supplement_hours, submitted_at, the term of a procedure,
    national_counts). Without the table of decisions its columns are looked for in procedures."""
    needed = {
        1: {"procedures": "", "decisions": "decision_date basis_effective_date"},
        2: {"procedures": "", "decisions": "decision_date made_public_at"},
        3: {"procedures": "made_public_at parts_complete"},
        4: {"dossiers": "received_at synced_at"},
        5: {"dossiers": ON_TIME},
        6: {"procedures": "online"},
        7: {"services": "public", "dossiers": "received_at channel"},
        8: {"dossiers": "received_at channel"},
        9: {"procedures": "has_fee", "dossiers": "received_at paid_online"},
        10: {"procedures": "has_fee", "dossiers": "received_at fee_total"},
        11: {"procedures": "has_fee", "dossiers": "received_at fee_lines_zero paid_online"},
        12: {"procedures": "returns_paper", "dossiers": "received_at result_file"},
        13: {"procedures": "returns_paper", "dossiers": "received_at components_file result_file"},
        14: {"dossiers": "received_at reused"},
        15: {"certified_copies": "offered"},
        16: {"dossiers": "received_at from_store"},
        17: {"procedures": "for_citizens", "dossiers": "received_at population_data"},
        18: {"dossiers": "received_at population_data"},
        19: {"petitions": IN_TIME},
        20: {"petitions": f"first_received_at disliked raised_again {IN_TIME}"},
        21: {"dossiers": f"{ON_TIME} petitioned disliked"},
    }
    if options["dossier_population"] == "processed":
        for number in (12, 13, 14, 16, 18):
            needed[number]["dossiers"] += f" {ANY_END}"
    if options["result_scope"] == "all":
        del needed[12]["procedures"]
    if options["population_data"] == "vneid":
        needed[17]["dossiers"] = "received_at vneid_account"
        needed[18]["dossiers"] = needed[18]["dossiers"].replace("population_data", "vneid_account")
    if options["strict_online"]:
        needed[8] = {"procedures": "returns_paper", "dossiers": "received_at channel result_file"}
    return needed


class Verdict(NamedTuple):
    """What indicator 5 says of one dossier."""

    counted: bool
    on_time: bool
    reason: str


def share(rows: list[dict], passes) -> tuple[int, int]:
    """How many of the rows pass, and how many rows there are."""
    return sum(1 for row in rows if passes(row)), len(rows)


def term_limit(world: World, dossier: dict) -> datetime | None:
    """The receipt plus the longest term of the procedure; nothing without term or unit."""
    procedure, received = world.procedures[dossier["procedure_id"]], dossier["received_at"]
    number, unit = procedure.get("max_term"), procedure.get("term_unit")
    if number is None or unit is None:
        return None
    if unit == "hour":
        return received + timedelta(hours=number)
    if unit == "day":
        return received + timedelta(days=number)
    if unit == "month":
        return add_months(received, number)
    if unit == "working_day":
        return world.add_working_days(received, number)
    raise ValueError(f"term_unit {unit!r}: allowed are hour, day, working_day, month")


def supplement_time(dossier: dict, moment: datetime) -> timedelta:
    """How long the applicant was waited for, if the supplement was complete before the moment."""
    asked, done = dossier.get("supplement_asked_at"), dossier.get("supplement_done_at")
    if done is not None and done >= moment:
        return timedelta(0)
    if dossier.get("supplement_hours") is not None:
        return timedelta(hours=dossier["supplement_hours"])
    if asked is not None and done is not None and asked <= done:
        return done - asked
    return timedelta(0)


def classify_dossier(world: World, dossier: dict) -> Verdict:
    """Whether indicator 5 counts the dossier, whether it is on time, and what decided it.

    The reason is one word: `not_received`, `ended_before`, `suspended` and `no_due_date` (options),
    `asked_again`, `no_limit`, or what was compared: `supplement`, `ended`, `in_process`.
    """
    received, due = dossier.get("received_at"), dossier.get("due_at")
    if received is None or received >= world.end:
        return Verdict(False, False, "not_received")
    end = first_filled(dossier, END)
    if received < world.start and end is not None and end < world.start:
        return Verdict(False, False, "ended_before")

    ended = world.seen(end)
    waiting = not ended and dossier["status"] == SUPPLEMENT_ASKED
    if world.options["suspended"] == "on_time" and (waiting or dossier["status"] == STOPPED):
        return Verdict(True, True, "suspended")
    if world.options["no_due_date"] == "on_time" and due is None:
        return Verdict(True, True, "no_due_date")
    if waiting and (dossier.get("supplement_count") or 0) > 1:
        return Verdict(True, False, "asked_again")
    limit = due if due is not None else term_limit(world, dossier)
    if limit is None:
        return Verdict(True, False, "no_limit")

    if waiting:
        asked = dossier.get("supplement_asked_at")
        moment, reason = asked if world.seen(asked) else world.now, "supplement"
    else:
        moment, reason = (end, "ended") if ended else (world.now, "in_process")
        moment -= supplement_time(dossier, moment)
    if world.options["comparison"] == "date":
        return Verdict(True, moment.date() <= limit.date(), reason)
    return Verdict(True, moment <= limit, reason)


def petition_start(petition: dict) -> datetime:
    """When the time of an agency begins: the latest forwarding; of a petition sent directly, the
    sending; else the first receipt."""
    return first_filled(petition, "forwarded_at sent_at first_received_at")


def petition_in_time(world: World, petition: dict) -> bool:
    """Refused, answered and published, supplement asked, or open: the first that applies."""
    start, answered = petition_start(petition), petition.get("answered_at")
    if world.seen(petition.get("refused_at")):
        return petition["refused_at"] <= world.add_working_days(start, REFUSE)
    if world.seen(answered):
        published = petition.get("published_at")
        published_or_now = published if world.seen(published) else world.now
        if published_or_now > world.add_working_days(answered, PUBLISH):
            return False
        return answered <= world.add_working_days(start, ANSWER)
    if world.seen(petition.get("supplement_asked_at")):
        return petition["supplement_asked_at"] <= world.add_working_days(start, ASK)
    return world.now <= world.add_working_days(start, ANSWER)


def signed_decisions(world: World, procedure: dict) -> list[dict]:
    """The decisions on a procedure that were signed in the period."""
    rows = [procedure]
    if world.records.get("decisions") is not None:
        number = procedure["procedure_id"]
        rows = [row for row in world.rows("decisions") if row["procedure_id"] == number]
    first, after = world.start.date(), world.end.date()
    return [r for r in rows if r.get("decision_date") and first <= r["decision_date"] < after]


def national_count(world: World, unit: str) -> int | None:
    """The unit's own count for the period, else the sum of the units below, else nothing."""
    for row in world.rows("national_counts"):
        if (row["unit"], row["period"]) == (unit, world.period) and row["received"] is not None:
            return row["received"]
    below = [national_count(world, child) for child in world.children(unit)]
    known = [number for number in below if number is not None]
    return sum(known) if known else None


def indicator_01(world: World, unit: str) -> tuple[int, int]:
    """Procedures decided in the period; every decision signed by the 5th working day before its
    legal basis takes effect. A decision without that date is left out."""
    procedures = []
    for procedure in world.scope(unit):
        rows = signed_decisions(world, procedure)
        procedures.append([row for row in rows if row.get("basis_effective_date")])

    def early(row: dict) -> bool:
        limit = world.working_day(row["basis_effective_date"], -DECISION_DAYS)
        return row["decision_date"] <= limit

    return share([rows for rows in procedures if rows], lambda rows: all(map(early, rows)))


def indicator_02(world: World, unit: str) -> tuple[int, int]:
    """Procedures decided in the period; every decision public by the end of the 5th working day
    after signing. A decision not public at T, with that day not over, is left out."""
    procedures = []
    for procedure in world.scope(unit):
        in_time = []
        for row in signed_decisions(world, procedure):
            day = world.working_day(row["decision_date"], DECISION_DAYS)
            if world.seen(row.get("made_public_at")):
                in_time.append(row["made_public_at"].date() <= day)
            elif world.now >= datetime.combine(day + timedelta(days=1), time.min):
                in_time.append(False)
        procedures.append(in_time)
    return share([in_time for in_time in procedures if in_time], all)


def indicator_03(world: World, unit: str) -> tuple[int, int]:
    """Procedures in scope that are public at T; those with all seven parts."""
    public = [p for p in world.scope(unit) if world.seen(p.get("made_public_at"))]
    return share(public, lambda p: p.get("parts_complete"))


def indicator_04(world: World, unit: str) -> tuple[int, int]:
    """The larger of dossiers received and the national count; those received and ever synced."""
    synced, received = share(world.received(unit), lambda d: d.get("synced_at") is not None)
    return synced, max(received, national_count(world, unit) or 0)


def indicator_05(world: World, unit: str) -> tuple[int, int]:
    """Dossiers received in the period or carried into it; those on time."""
    verdicts = [classify_dossier(world, d) for d in world.rows_of("dossiers", unit)]
    return share([v for v in verdicts if v.counted], lambda v: v.on_time)


def indicator_06(world: World, unit: str) -> tuple[int, int]:
    """Procedures in scope; those with an online service, partial or full."""
    return share(world.scope(unit), lambda p: p["online"] in ("partial", "full"))


def indicator_07(world: World, unit: str) -> tuple[int, int]:
    """Public services of the unit and below; those with an online dossier of their procedure in the
    period, handled by the unit of the service or one below it."""

    def used(service: dict) -> bool:
        rows = world.received_or_submitted(service["unit"])
        online = [d["procedure_id"] for d in rows if d.get("channel") == ONLINE]
        return service["procedure_id"] in online

    return share([s for s in world.rows_of("services", unit) if s.get("public")], used)


def indicator_08(world: World, unit: str) -> tuple[int, int]:
    """Dossiers received in the period; those online. An empty channel means handed in. Strictly, a
    due paper must be there as a file too."""

    def online(dossier: dict) -> bool:
        if dossier.get("channel") != ONLINE:
            return False
        strict = world.options["strict_online"] and returns_paper(world, dossier)
        return bool(dossier.get("result_file")) or not strict

    return share(world.received(unit), online)


def indicator_09(world: World, unit: str) -> tuple[int, int]:
    """Procedures in scope with a fee; those with a dossier of the unit paid online."""
    rows = [d for d in world.received(unit) if d.get("paid_online") in PAID_ONLINE]
    paid = {d["procedure_id"] for d in rows}
    return share(world.scope_with(unit, "has_fee"), lambda p: p["procedure_id"] in paid)


def indicator_10(world: World, unit: str) -> tuple[int, int]:
    """Procedures in scope with a fee; those with a dossier of the unit whose fee is filled in and
    not 0."""
    rows = [d for d in world.received_or_submitted(unit) if d.get("fee_total") not in (None, 0)]
    filled = {d["procedure_id"] for d in rows}
    return share(world.scope_with(unit, "has_fee"), lambda p: p["procedure_id"] in filled)


def indicator_11(world: World, unit: str) -> tuple[int, int]:
    """Dossiers received in the period with something to pay; those paid online."""
    rows = [d for d in world.received(unit) if world.procedures[d["procedure_id"]].get("has_fee")]
    to_pay = [d for d in rows if not d.get("fee_lines_zero")]
    return share(to_pay, lambda d: d.get("paid_online") in PAID_ONLINE)


def returns_paper(world: World, dossier: dict) -> bool:
    """Whether the procedure of a dossier ends in a paper."""
    return bool(world.procedures[dossier["procedure_id"]].get("returns_paper"))


def with_files(world: World, unit: str) -> list[dict]:
    """Whose files and data count: dossiers received in the period, or all that indicator 5 counts."""
    if world.options["dossier_population"] == "received":
        return world.received(unit)
    return [d for d in world.rows_of("dossiers", unit) if classify_dossier(world, d).counted]


def uses_population_data(world: World, dossier: dict) -> bool:
    """Any use of population data, or the verified login alone."""
    way = world.options["population_data"]
    return bool(dossier.get({"any": "population_data", "vneid": "vneid_account"}[way]))


def indicator_12(world: World, unit: str) -> tuple[int, int]:
    """Dossiers, mostly those that end in a paper; those with the result as a file."""
    rows = with_files(world, unit)
    if world.options["result_scope"] == "paper":
        rows = [d for d in rows if returns_paper(world, d)]
    return share(rows, lambda d: d.get("result_file"))


def indicator_13(world: World, unit: str) -> tuple[int, int]:
    """Dossiers; those with files of the components and of a due paper."""

    def digitised(dossier: dict) -> bool:
        result = dossier.get("result_file") or not returns_paper(world, dossier)
        return bool(dossier.get("components_file") and result)

    return share(with_files(world, unit), digitised)


def indicator_14(world: World, unit: str) -> tuple[int, int]:
    """Dossiers; those that reuse digitised data."""
    return share(with_files(world, unit), lambda d: d.get("reused"))


def indicator_15(world: World, unit: str) -> tuple[int, int]:
    """Rows of communes in the unit; those offering certified copies. None in a sở."""
    if world.units[unit]["level"] == "so":
        return 0, 0
    rows = world.rows_of("certified_copies", unit)
    communes = [row for row in rows if world.units[row["unit"]]["level"] == "xa"]
    return share(communes, lambda row: row.get("offered"))


def indicator_16(world: World, unit: str) -> tuple[int, int]:
    """Dossiers; those tied to the document store."""
    return share(with_files(world, unit), lambda d: d.get("from_store"))


def indicator_17(world: World, unit: str) -> tuple[int, int]:
    """Procedures in scope for citizens; those with a dossier that used population data."""
    rows = [d for d in world.received(unit) if uses_population_data(world, d)]
    used = {d["procedure_id"] for d in rows}
    return share(world.scope_with(unit, "for_citizens"), lambda p: p["procedure_id"] in used)


def indicator_18(world: World, unit: str) -> tuple[int, int]:
    """Dossiers; those that used population data."""
    return share(with_files(world, unit), lambda d: uses_population_data(world, d))


def indicator_19(world: World, unit: str) -> tuple[int, int]:
    """Petitions begun in the period, or before it and not closed before it; those in time."""
    rows = []
    for petition in world.rows_of("petitions", unit):
        start = petition_start(petition)
        closed = first_filled(petition, "refused_at published_at answered_at")
        carried_over = start < world.start and (closed is None or closed >= world.start)
        if world.in_period(start) or carried_over:
            rows.append(petition)
    return share(rows, lambda p: petition_in_time(world, p))


def indicator_20(world: World, unit: str) -> tuple[int, int]:
    """Petitions first received in the period; not disliked, not raised again, in time."""
    rows = world.rows_of("petitions", unit)
    received = [p for p in rows if world.in_period(p.get("first_received_at"))]
    content = [p for p in received if not p.get("disliked") and not p.get("raised_again")]
    return sum(petition_in_time(world, p) for p in content), len(received)


def indicator_21(world: World, unit: str) -> tuple[int, int]:
    """Dossiers as in 5; less those not on time, less those complained about, not below 0."""
    on_time, population = indicator_05(world, unit)
    rows = [d for d in world.rows_of("dossiers", unit) if classify_dossier(world, d).counted]
    complaints = [d for d in rows if d.get("petitioned") or d.get("disliked")]
    return max(0, on_time - len(complaints)), population


INDICATORS = dict(
    enumerate(
        [
            indicator_01,
            indicator_02,
            indicator_03,
            indicator_04,
            indicator_05,
            indicator_06,
            indicator_07,
            indicator_08,
            indicator_09,
            indicator_10,
            indicator_11,
            indicator_12,
            indicator_13,
            indicator_14,
            indicator_15,
            indicator_16,
            indicator_17,
            indicator_18,
            indicator_19,
            indicator_20,
            indicator_21,
        ],
        1,
    )
)


def has_data(world: World, indicator: int) -> bool:
    """Whether the tables are there, with the columns; a table without rows has all of them."""
    for name, columns in needs(world.options)[indicator].items():
        without = name == "decisions" and world.records.get(name) is None
        rows = world.records.get("procedures" if without else name)
        if rows is None:
            return False
        held = set().union(*rows)
        if rows and not all(held & set(choice.split("|")) for choice in columns.split()):
            return False
    return True


def counts(
    records: dict[str, list[dict] | None],
    tree: list[dict],
    start: datetime,
    end: datetime,
    as_of: datetime | None = None,
    options: dict | None = None,
    period: str | None = None,
    extra_holidays: frozenset[date] = frozenset(),
) -> dict[tuple[str, int], tuple[int, int] | None]:
    """Numerator and denominator for every unit and indicator; None where there is no data."""
    world = World(records, tree, start, end, as_of, options, period, extra_holidays)
    return {
        (unit, number): rule(world, unit) if has_data(world, number) else None
        for unit in world.units
        for number, rule in INDICATORS.items()
    }
