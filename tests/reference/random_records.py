"""Seeded random records, full of edges, for comparing one engine with another.

Every row would be accepted: keys are unique, units and procedures known, nothing is due, ended or
done before it was received, nothing received more than a day before it was submitted. Moments lie
close to the ends of periods, holidays and worked Saturdays, and are often equal to one another.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

# Where things happen: ends of months, quarters and years, 1-2 September, Tết and a Saturday that
# was worked for the Monday before (2024-05-04), the days around them included.
ANCHORS = [
    datetime(2021, 12, 31),
    datetime(2022, 1, 1),
    datetime(2022, 1, 28),
    datetime(2022, 2, 1),
    datetime(2022, 2, 7),
    datetime(2022, 2, 28),
    datetime(2022, 7, 1),
    datetime(2022, 8, 31),
    datetime(2022, 9, 1),
    datetime(2022, 9, 5),
    datetime(2022, 9, 9),  # 15 working days before the last of the month
    datetime(2022, 9, 15),
    datetime(2022, 9, 23),  # 5 working days before it
    datetime(2022, 9, 30),
    datetime(2022, 10, 1),
    datetime(2024, 4, 26),
    datetime(2024, 5, 2),
    datetime(2024, 5, 31),
]
PERIODS = ["2022-01", "2022-02", "2022-09", "2022-Q3", "2022-6T", "2022-9T", "2022", "2024-05"]
TIMES = [0, 1, 7 * 3600 + 1800, 8 * 3600, 10 * 3600, 16 * 3600 + 59, 17 * 3600, 86399]
TERMS = [
    (None, None),
    (None, "day"),
    (3, None),
    (0, "hour"),
    (8, "hour"),
    (48, "hour"),
    (1, "day"),
    (15, "day"),
    (0, "working_day"),
    (1, "working_day"),
    (3, "working_day"),
    (15, "working_day"),
    (1, "month"),
    (6, "month"),
]
LEVELS = ["tinh", "huyen", "xa", "tinh;huyen", "huyen;xa", "tinh;xa", "tinh;huyen;xa"]

# What an export may lack; of these a few are absent now and then, a table or a column.
OPTIONAL_TABLES = ["decisions", "services", "petitions", "national_counts", "certified_copies"]
OPTIONAL_COLUMNS = {
    "dossiers": [
        *("channel", "submitted_at", "due_at", "returned_at", "ended_at", "supplement_count"),
        *("supplement_asked_at", "supplement_done_at", "supplement_hours", "components_file"),
        *("result_file", "reused", "from_store", "population_data", "fee_total", "fee_lines_zero"),
        *("paid_online", "synced_at", "disliked", "petitioned", "vneid_account"),
    ],
    "procedures": [
        *("decision_date", "basis_effective_date", "made_public_at", "parts_complete"),
        *("has_fee", "returns_paper", "for_citizens", "max_term", "term_unit"),
    ],
    "decisions": ["basis_effective_date", "made_public_at"],
    "petitions": [
        *("forwarded_at", "first_received_at", "refused_at", "supplement_asked_at"),
        *("answered_at", "published_at", "disliked", "raised_again", "kind"),
    ],
}


def random_records(
    seed: int, dossiers: int
) -> tuple[dict[str, list[dict] | None], list[dict[str, str | None]]]:
    """Tables of accepted rows with so many dossiers, and the tree of their units."""
    random = Random(seed)
    tree = _tree(random)
    units = [unit["code"] for unit in tree]
    agencies = [unit["code"] for unit in tree if unit["level"] == "so"]
    procedures = [
        _procedure(random, number, agencies)
        for number in range(random.randint(3, 3 + dossiers // 8))
    ]
    numbers = [row["procedure_id"] for row in procedures]

    def rows(how_many: int, make: Callable[[int], dict]) -> list[dict]:
        return [make(number) for number in range(how_many)]

    some = max(4, dossiers // 3)
    records: dict[str, list[dict] | None] = {
        "dossiers": rows(dossiers, lambda n: _dossier(random, n, units, numbers)),
        "procedures": procedures,
        "decisions": rows(random.randint(0, some), lambda n: _decision(random, n, numbers)),
        "services": rows(random.randint(0, some), lambda n: _service(random, n, units, numbers)),
        "petitions": rows(random.randint(0, some), lambda n: _petition(random, n, units)),
        "national_counts": [
            {"unit": unit, "period": period, "received": _maybe(random, 0.9, random.randint(0, 60))}
            for unit in units
            for period in PERIODS
            if random.random() < 0.3
        ],
        "certified_copies": [
            {"unit": unit["code"], "offered": _flag(random)}
            for unit in tree
            if random.random() < (0.8 if unit["level"] == "xa" else 0.1)
        ],
    }
    for rows_of_table in records.values():
        random.shuffle(rows_of_table)
    _leave_out(random, records)
    return records, tree


def _tree(random: Random) -> list[dict[str, str | None]]:
    """A province with departments, communes, and mostly districts; one may have a unit below."""
    units = [("H31", "tinh", None)]
    for number in range(random.randint(1, 4)):
        units.append((f"so-{number}", "so", "H31"))
    if random.random() < 0.4:
        units.append(("so-0-chi-cuc", "so", "so-0"))
    districts = random.choice([0, 1, 2, 3])
    for number in range(districts):
        units.append((f"{320 + number}", "huyen", "H31"))
    for number in range(random.randint(1, 8)):
        parent = f"{320 + random.randrange(districts)}" if districts else "H31"
        units.append((f"{11950 + 3 * number}", "xa", parent))
    random.shuffle(units)
    return [{"code": code, "level": level, "parent": parent} for code, level, parent in units]


def _procedure(random: Random, number: int, agencies: list[str]) -> dict:
    term, unit = random.choice(TERMS)
    return {
        "procedure_id": f"1.{number:06d}",
        "name": f"thủ tục {number}",
        "agency": random.choice(agencies),
        "levels": random.choice(LEVELS),
        **_decided(random, 0.6),
        "parts_complete": _flag(random),
        "online": random.choice(["none", "partial", "full"]),
        "has_fee": _flag(random),
        "returns_paper": _flag(random),
        "for_citizens": _flag(random),
        "max_term": term,
        "term_unit": unit,
    }


def _decision(random: Random, number: int, procedures: list[str]) -> dict:
    return {
        "decision_id": f"QD-{number}",
        "procedure_id": random.choice(procedures),
        **_decided(random, 1.0),
    }


def _decided(random: Random, share: float) -> dict:
    """A decision, its basis about five working days later, made public about five after."""
    signed = _moment(random)
    public = _near(random, signed, days=range(13))
    return {
        "decision_date": _maybe(random, share, signed.date()),
        "basis_effective_date": _maybe(random, 0.8, _day_after(random, signed.date())),
        "made_public_at": _maybe(random, 0.8, public),
    }


def _service(random: Random, number: int, units: list[str], procedures: list[str]) -> dict:
    return {
        "service_id": f"dv-{number}",
        "procedure_id": random.choice(procedures),
        "unit": random.choice(units),
        "public": random.random() < 0.8,
    }


def _dossier(random: Random, number: int, units: list[str], procedures: list[str]) -> dict:
    received = _moment(random)
    asked = _near(random, received, days=range(21))
    was_received = random.random() < 0.93
    status = random.choice([1, 2, 3, 4, 4, 5, 5, 6, 7, 8, 9, 9, 10, 10])
    # Ends of every kind, whatever the status says: a third has none, some have several.
    done, returned, ended = (
        _maybe(random, share, _near(random, received, days=range(46))) for share in (0.45, 0.3, 0.2)
    )
    due = _near(random, received, days=range(31))
    if random.random() < 0.3:  # due at the very end, or a second beside it
        due = first = done or returned or ended or due
        due = max(received, first + timedelta(seconds=random.choice([-1, 0, 1])))
    supplement_done = _near(random, asked, days=range(16))
    if random.random() < 0.3:  # completed when it ended, or before it was asked
        supplement_done = random.choice([done or returned or asked, asked - timedelta(days=2)])
    return {
        "dossier_id": f"H31.{number:06d}",
        "procedure_id": random.choice(procedures),
        "unit": random.choice(units),
        "status": status,
        "channel": random.choice([None, 1, 2, 2, 3]),
        "submitted_at": _maybe(random, 0.8, _submitted(random, received)),
        "received_at": received if was_received else None,
        "due_at": _maybe(random, 0.75, due),
        "done_at": done,
        "returned_at": returned,
        "ended_at": ended,
        "supplement_count": random.choice([None, None, 0, 1, 1, 2, 3]),
        "supplement_asked_at": _maybe(random, 0.5, asked),
        "supplement_done_at": _maybe(random, 0.5, supplement_done),
        "supplement_hours": _maybe(random, 0.15, random.choice([0, 1, 24, 48, 200])),
        "components_file": _flag(random),
        "result_file": _flag(random),
        "reused": _flag(random),
        "from_store": _flag(random),
        "population_data": _flag(random),
        "fee_total": random.choice([None, 0, 8000, 150000]),
        "fee_lines_zero": _flag(random),
        "paid_online": random.choice([None, 0, 1, 2]),
        "synced_at": _maybe(random, 0.7, _near(random, received, days=range(61))),
        "disliked": _maybe(random, 0.9, random.random() < 0.1),
        "petitioned": _maybe(random, 0.9, random.random() < 0.1),
        "vneid_account": _flag(random),
    }


def _submitted(random: Random, received: datetime) -> datetime:
    """Mostly before the receipt, at most a day after it."""
    return received + timedelta(seconds=random.choice([-3 * 86400, -3600, -1, 0, 0, 1, 86400]))


def _petition(random: Random, number: int, units: list[str]) -> dict:
    sent = _moment(random)
    forwarded = _near(random, sent, days=range(6))
    first_received = _near(random, forwarded, days=range(6))
    start = random.choice([sent, forwarded, forwarded, first_received])
    # 2, 5 and 15 working days are mostly 2 or 4, 7 and 21 days.
    refused = _near(random, start, days=[1, 2, 2, 4, 6])
    asked = _near(random, start, days=[3, 7, 7, 7, 9])
    answered = _near(random, start, days=[3, 14, 21, 21, 21, 22, 28])
    published = _near(random, answered, days=[0, 1, 2, 2, 4, 5])
    return {
        "petition_id": f"PAKN-{number}",
        "unit": random.choice(units),
        "sent_at": sent,
        "forwarded_at": _maybe(random, 0.7, forwarded),
        "first_received_at": _maybe(random, 0.8, first_received),
        "refused_at": _maybe(random, 0.15, refused),
        "supplement_asked_at": _maybe(random, 0.3, asked),
        "answered_at": _maybe(random, 0.5, answered),
        "published_at": _maybe(random, 0.6, published),
        "disliked": _maybe(random, 0.9, random.random() < 0.2),
        "raised_again": _maybe(random, 0.9, random.random() < 0.2),
        "kind": random.choice([None, "policy", "policy", "conduct"]),
    }


def _leave_out(random: Random, records: dict[str, list[dict] | None]) -> None:
    """No decisions for a third of the seeds; some tables and columns missing for half of them."""
    if random.random() < 0.35:
        records["decisions"] = None
    if random.random() < 0.5:
        return
    for table in OPTIONAL_TABLES:
        if random.random() < 0.2:
            records[table] = None
    for table, columns in OPTIONAL_COLUMNS.items():
        for column in columns:
            if random.random() < 0.06:
                for row in records[table] or []:
                    row.pop(column, None)


def _moment(random: Random) -> datetime:
    """A moment within two days of an anchor, half of the time on a round one."""
    anchor = random.choice(ANCHORS) + timedelta(days=random.randint(-2, 2))
    seconds = random.choice(TIMES) if random.random() < 0.5 else random.randrange(86400)
    return anchor + timedelta(seconds=seconds)


def _near(random: Random, moment: datetime, days: Sequence[int]) -> datetime:
    """Not before the moment: often the same time of day, a second off, or an end of a period."""
    later = moment + timedelta(days=random.choice(days))
    kind = random.random()
    if kind < 0.4:
        return later
    if kind < 0.6:
        return max(moment, later + timedelta(seconds=random.choice([-1, 1])))
    if kind < 0.75:
        edges = [anchor - timedelta(seconds=n) for anchor in ANCHORS for n in (0, 1)]
        soon = [edge for edge in edges if moment <= edge < moment + timedelta(days=30)]
        return random.choice(soon or [moment])
    return later + timedelta(seconds=random.randrange(86400))


def _day_after(random: Random, day: date) -> date:
    return day + timedelta(days=random.choice([-3, 0, 5, 6, 7, 7, 8, 9, 10, 12, 14, 30]))


def _maybe(random: Random, share: float, value: Any) -> Any:
    return value if random.random() < share else None


def _flag(random: Random) -> bool | None:
    return random.choice([None, False, True])
