"""A slow, plain reading of the measures without points: one unit, one row, one day at a time."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from statistics import mean, median

from reference import END, ON_TIME, SUPPLEMENT_ASKED, classify_dossier, supplement_time, term_limit
from reference_world import World, first_filled

ONLINE, POST, DONE = 2, 3, (9, 10)
OFFICE = ((time(7, 30), time(11, 30)), (time(13, 30), time(17, 30)))
HOURS = timedelta(hours=8)
DAY = timedelta(days=1)
FORM_NEEDS = ON_TIME


def has(world: World, table: str, columns: str) -> bool:
    """Whether a table is there with the columns; one without rows has all of them."""
    rows = world.records.get(table)
    if rows is None:
        return False
    held = set().union(*rows)
    return not rows or all(held & set(choice.split("|")) for choice in columns.split())


def working_time(world: World, start: datetime, end: datetime, office: bool) -> timedelta:
    """The time between two moments on working days, whole days or office hours only."""
    total, day = timedelta(0), start.date()
    while day <= end.date():
        midnight = datetime.combine(day, time.min)
        spans = [(midnight, midnight + DAY)]
        if office:
            spans = [(datetime.combine(day, a), datetime.combine(day, b)) for a, b in OFFICE]
        for opens, closes in spans if world.is_working_day(day) else []:
            total += max(timedelta(0), min(end, closes) - max(start, opens))
        day += DAY
    return total


def form(world: World, unit: str) -> dict[str, int]:
    """The columns of form II.06."""
    found = dict.fromkeys(
        [
            "received",
            "received_online",
            "received_direct",
            "carried_over",
            "settled",
            "early",
            "on_time",
            "late",
            "open",
            "within_term",
            "overdue",
        ],
        0,
    )
    for dossier in world.rows_of("dossiers", unit):
        verdict = classify_dossier(world, dossier)
        if not verdict.counted:
            continue
        came = "carried_over"
        if world.in_period(dossier["received_at"]):
            came = "received_online" if dossier.get("channel") == ONLINE else "received_direct"
        end = first_filled(dossier, END)
        if world.seen(end):
            limit = dossier.get("due_at") or term_limit(world, dossier)
            early = limit is not None and end.date() < limit.date()
            went = "settled", ("early" if early else "on_time") if verdict.on_time else "late"
        else:
            within = verdict.on_time or dossier["status"] == SUPPLEMENT_ASKED
            went = "open", "within_term" if within else "overdue"
        for name in ("received", came, *went):
            found[name] += 1
    return found


def channels(world: World, unit: str) -> dict[str, int]:
    """Dossiers received in the period by channel; an empty one means handed in."""
    codes = [dossier.get("channel") for dossier in world.received(unit)]
    online, post = codes.count(ONLINE), codes.count(POST)
    return {"online": online, "post": post, "direct": len(codes) - online - post}


def receipt(world: World, unit: str) -> dict[str, int]:
    """Dossiers submitted online that at some time of the period were still to be received."""
    found = {"submitted_online": 0, "received_late": 0, "not_received": 0}
    for dossier in world.rows_of("dossiers", unit):
        submitted = dossier.get("submitted_at")
        taken = first_filled(dossier, f"received_at {END}")
        if dossier.get("channel") != ONLINE or not world.seen(submitted):
            continue
        if taken is not None and taken < world.start:
            continue
        found["submitted_online"] += 1
        until = taken if world.seen(taken) else world.now
        if working_time(world, submitted, until, office=True) > HOURS:
            found["received_late" if world.seen(taken) else "not_received"] += 1
    return found


def petitions(world: World, unit: str) -> dict[str, int]:
    """Petitions first received in the period by what they are about."""
    rows = [p for p in world.rows_of("petitions", unit) if world.in_period(first(p))]
    kinds = [row.get("kind") for row in rows]
    policy, conduct = kinds.count("policy"), kinds.count("conduct")
    rest = len(rows) - policy - conduct
    return {"petitions": len(rows), "policy": policy, "conduct": conduct, "unclassified": rest}


def first(petition: dict) -> datetime | None:
    """When it was first received."""
    return petition.get("first_received_at")


def handling(world: World, unit: str) -> dict[str, int | None]:
    """All counts of a unit; None where the records lack what a count needs."""
    found: dict[str, int | None] = {}
    for counts, table, needs in (
        (form(world, unit), "dossiers", FORM_NEEDS),
        (channels(world, unit), "dossiers", "received_at channel"),
        (receipt(world, unit), "dossiers", "channel submitted_at received_at"),
        (petitions(world, unit), "petitions", "first_received_at"),
    ):
        found |= counts if has(world, table, needs) else dict.fromkeys(counts)
    if not has(world, "dossiers", f"{FORM_NEEDS} channel"):
        found |= {"received_online": None, "received_direct": None}
    if not has(world, "petitions", "first_received_at kind"):
        found |= {"policy": None, "conduct": None, "unclassified": None}
    return found


def time_taken(world: World, dossier: dict, unit: str) -> float:
    """From receipt to end less the waiting, in seconds of the unit of term."""
    received, end = dossier["received_at"], first_filled(dossier, END)
    worked = max(received, end - supplement_time(dossier, end))
    if unit == "working_day":
        return working_time(world, received, worked, office=False).total_seconds()
    return (worked - received).total_seconds()


def processing_times(world: World, unit: str) -> dict[tuple[str, str], tuple[int, float, float]]:
    """(unit of term, procedure or empty) -> dossiers, mean and median in seconds."""
    needs = "received_at done_at|returned_at|ended_at"
    if not has(world, "dossiers", needs) or not has(world, "procedures", "term_unit"):
        return {}
    taken: dict[tuple[str, str], list[float]] = {}
    for dossier in world.received(unit):
        term_unit = world.procedures[dossier["procedure_id"]].get("term_unit")
        if dossier["status"] in DONE and first_filled(dossier, END) is not None and term_unit:
            seconds = time_taken(world, dossier, term_unit)
            for key in (dossier["procedure_id"], ""):
                taken.setdefault((term_unit, key), []).append(seconds)
    return {key: (len(times), mean(times), median(times)) for key, times in taken.items()}
