"""The contract tables beside the dossiers, each with a few bad rows; changes if they do.

Bad rows carry keys of their own and nothing refers to them, so they can't move a true count.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pyarrow as pa

from chiso.demo import columns
from chiso.demo.decisions import Decision
from chiso.demo.dossiers import World
from chiso.demo.procedures import term_length, term_unit
from chiso.demo.truth import Facts

Row = dict[str, Any]
NO_UNIT, NO_PROCEDURE = "99999", "9.999999"
ABSURD = datetime(222, 8, 30, 14, 5)


@dataclass(frozen=True)
class Written:
    """A table with its bad rows, and how many of these there are of each kind."""

    name: str
    table: pa.Table
    set_aside: Counter[str]


def small_tables(facts: Facts) -> tuple[Written, ...]:
    """All contract tables but the dossiers."""
    return (
        _procedures(facts),
        _decisions(facts),
        _services(facts),
        _petitions(facts),
        _national_counts(facts),
        _certified_copies(facts),
        _national_procedures(facts),
    )


def _write(name: str, schema: pa.Schema, rows: list[Row], bad: dict[str, list[Row]]) -> Written:
    """The good rows, then the bad ones by kind."""
    spoiled = [row for kind in bad.values() for row in kind]
    kinds = Counter({kind: len(found) for kind, found in bad.items()})
    return Written(name, pa.Table.from_pylist(rows + spoiled, schema=schema), kinds)


def _spoil_keyed(rows: list[Row], key: str, changed: Row) -> dict[str, list[Row]]:
    """Copies of the first row: without a key, twice with different content; and one identical."""
    twice = rows[0] | {key: f"{rows[0][key]}-X"}
    return {
        "key-empty": [rows[0] | {key: ""}],
        "key-twice-different": [twice, twice | changed],
        "key-twice-identical": [dict(rows[-1])],
    }


def _procedures(facts: Facts) -> Written:
    procedures, agencies = facts.world.procedures, facts.world.agencies
    newest: dict[int, Decision] = {}
    for decision in facts.decisions.rows:
        newest[decision.procedure] = decision
    rows = []
    for i, procedure_id in enumerate(procedures.ids):
        last = newest.get(i)
        rows.append(
            {
                "procedure_id": procedure_id,
                "name": procedures.names[i],
                "field": procedures.fields[i],
                "agency": agencies.codes[procedures.agency[i]],
                "levels": procedures.levels[i],
                "decision_date": last.signed if last else None,
                "basis_effective_date": last.basis_date if last else None,
                "made_public_at": facts.decisions.public_at[i],
                "parts_complete": bool(procedures.parts_complete[i]),
                "online": procedures.online[i],
                "has_fee": bool(procedures.has_fee[i]),
                "returns_paper": bool(procedures.returns_paper[i]),
                "for_citizens": bool(procedures.for_citizens[i]),
                "max_term": term_length(procedures, i),
                "term_unit": term_unit(procedures, i),
            }
        )
    bad = _spoil_keyed(rows, "procedure_id", {"name": "?"})
    bad["unknown-unit"] = [rows[0] | {"procedure_id": "9.000001", "agency": NO_UNIT}]
    return _write("procedures", columns.PROCEDURES, rows, bad)


def _decisions(facts: Facts) -> Written:
    rows: list[Row] = [
        {
            "decision_id": f"QD-{n:04d}",
            "procedure_id": facts.world.procedures.ids[decision.procedure],
            "decision_date": decision.signed,
            "basis_effective_date": decision.basis_date,
            "made_public_at": decision.public_at,
        }
        for n, decision in enumerate(facts.decisions.rows, start=1)
    ]
    bad = _spoil_keyed(rows, "decision_id", {"made_public_at": None})
    bad["unknown-procedure"] = [
        rows[i] | {"decision_id": f"QD-9{i}", "procedure_id": NO_PROCEDURE} for i in range(3)
    ]
    return _write("decisions", columns.DECISIONS, rows, bad)


def _services(facts: Facts) -> Written:
    world: World = facts.world
    rows: list[Row] = [
        {
            "service_id": f"DVC-{n:05d}",
            "procedure_id": world.procedures.ids[service.procedure],
            "unit": world.agencies.codes[service.unit],
            "public": service.is_public,
        }
        for n, service in enumerate(facts.offers.services, start=1)
    ]
    bad = _spoil_keyed(rows, "service_id", {"public": not rows[0]["public"]})
    bad["unknown-unit"] = [rows[0] | {"service_id": "DVC-X1", "unit": NO_UNIT}]
    bad["unknown-procedure"] = [
        rows[0] | {"service_id": f"DVC-Y{i}", "procedure_id": NO_PROCEDURE} for i in range(2)
    ]
    return _write("services", columns.SERVICES, rows, bad)


def _petitions(facts: Facts) -> Written:
    rows: list[Row] = [
        {
            "petition_id": f"PAKN-{n:05d}",
            "unit": facts.world.agencies.codes[petition.unit],
            "sent_at": petition.beginning.sent_at,
            "forwarded_at": petition.beginning.forwarded_at,
            "first_received_at": petition.beginning.first_received_at,
            "refused_at": petition.refused_at,
            "supplement_asked_at": petition.asked_at,
            "answered_at": petition.answered_at,
            "published_at": petition.published_at,
            # “No” is left empty in every third row.
            "disliked": petition.disliked or (None if n % 3 == 0 else False),
            "raised_again": petition.raised_again or (None if n % 3 == 1 else False),
            # One in eight is about an official's conduct, one has not been sorted yet.
            "kind": {0: "conduct", 1: None}.get(n % 8, "policy"),
        }
        for n, petition in enumerate(facts.petitions, start=1)
    ]
    bad = _spoil_keyed(rows, "petition_id", {"unit": facts.world.agencies.codes[0]})
    bad["unknown-unit"] = [
        rows[i] | {"petition_id": f"PAKN-X{i}", "unit": NO_UNIT} for i in range(3)
    ]
    bad["date"] = [rows[i] | {"petition_id": f"PAKN-Y{i}", "sent_at": ABSURD} for i in range(2)]
    return _write("petitions", columns.PETITIONS, rows, bad)


def _national_counts(facts: Facts) -> Written:
    codes = facts.world.agencies.codes
    rows: list[Row] = [
        {"unit": codes[unit], "period": period, "received": received}
        for period, counts in facts.national.items()
        for unit, received in counts.items()
    ]
    bad = {"unknown-unit": [rows[0] | {"unit": NO_UNIT}]}
    return _write("national_counts", columns.NATIONAL_COUNTS, rows, bad)


def _certified_copies(facts: Facts) -> Written:
    agencies = facts.world.agencies
    rows: list[Row] = [
        {"unit": agencies.codes[unit], "offered": offers or (None if unit % 4 == 0 else False)}
        for unit, offers in facts.offers.copies.items()
    ]
    # A district is no commune: its row is sound, and not counted.
    rows.append({"unit": agencies.codes[agencies.at_level("huyen")[0]], "offered": True})
    bad = {"unknown-unit": [{"unit": NO_UNIT, "offered": True}]}
    return _write("certified_copies", columns.CERTIFIED_COPIES, rows, bad)


def _national_procedures(facts: Facts) -> Written:
    rows = list(facts.national_list.rows)
    bad = _spoil_keyed(rows, "national_id", {"name": "?"})
    return _write("national_procedures", columns.NATIONAL_PROCEDURES, rows, bad)
