"""Which records stand in an indicator's denominator but not in its numerator, and why.

Dossiers, petitions, services and communes are held once, under the unit that they are of; the cases
of a unit are those of the units at and below it. Procedures are counted by the scope of a unit, so
their cases are held for every unit.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np
import pandas as pd

from chiso.contract.evidence import CASE_COLUMNS
from chiso.measures.counts import Held, has_dossiers
from chiso.measures.definitions import (
    COMPLAINED,
    COPIES,
    PETITIONS,
    PROCEDURE_VERDICTS,
    PROCEDURES_WITH_DOSSIERS,
    SERVICES,
    Definition,
)
from chiso.measures.scope import flags
from chiso.rules.working_days import SECONDS_A_DAY

# Flags that an agency can still set on a dossier after its end: files, data, synchronisation.
_TO_ADD = frozenset({4, 12, 13, 14, 16, 18})
# Decided by the term of the dossier.
_BY_TERM = frozenset({5, 21})


def find_cases(held: Held) -> pd.DataFrame:
    """All cases of a measurement (evidence.CASE_COLUMNS), by indicator, unit and id.

    Of every indicator with data, for every unit: the cases at and below it (of procedures: its own)
    are as many as denominator - numerator. Two indicators may differ from that: 4, where the
    national count knows of dossiers that the records do not hold, and 21, whose numerator is never
    below 0.
    """
    parts = [
        *_dossiers(held),
        *_small(held, "petitions", PETITIONS),
        *_small(held, "services", SERVICES),
        *_small(held, "certified_copies", COPIES),
        *_procedures(held),
    ]
    told = [part[part.columns.intersection(CASE_COLUMNS)] for part in parts]
    found = pd.concat(told, ignore_index=True)
    names = held.names.drop_duplicates("procedure_id").set_index("procedure_id")
    known = names["name"] if "name" in names else pd.Series(dtype=object)
    found["procedure"] = found["procedure_id"].map(known)
    return _typed(found).sort_values(["indicator", "unit", "id", "reason"], ignore_index=True)


def _typed(found: pd.DataFrame) -> pd.DataFrame:
    whole = dict.fromkeys(("indicator", "received_s", "due_s", "ended_s", "days_late"), "Int64")
    text = dict.fromkeys(
        ("unit", "kind", "id", "procedure_id", "procedure", "reason"), pd.StringDtype("pyarrow")
    )
    rows = found.reindex(columns=CASE_COLUMNS)
    return rows.astype({**whole, **text, "mendable": bool})


def _without(held: Held, rows: pd.DataFrame, number: int) -> pd.DataFrame:
    """The rows of units that have data for an indicator; a gap below hides those above, not all."""
    return rows.assign(indicator=number)[~rows["unit"].isin(held.without[number])]


def _dossiers(held: Held) -> Iterator[pd.DataFrame]:
    """Dossiers that lack a flag of an indicator; those complained about, once more for 21."""
    if not has_dossiers(held.tables):
        return
    facts = held.dossier_facts
    wanted = sorted({COMPLAINED, *_flags_of(held.shares.values())})
    lacking = [facts[s.denominator] & ~facts[s.numerator] for s in _shares(held.shares.values())]
    lacking.append(facts[COMPLAINED])
    anything = lacking[0]
    for one in lacking[1:]:
        anything = anything | one
    rows = facts.filter(anything).select(
        "dossier_id", "unit", "procedure_id", "reason", "days_late", "received_s", "due_s", "end_s",
        *wanted,
    ).to_pandas()  # fmt: skip
    rows = _about_procedures(rows, held.names)
    ended = rows["end_s"] <= held.scope.t
    rows = rows.rename(columns={"dossier_id": "id"}).assign(
        kind="dossier", ended_s=rows["end_s"].where(ended)
    )
    # Without the flags: every column is copied for every indicator.
    told_of = rows.drop(columns=[*wanted, "end_s", "has_fee", "returns_paper"])
    for number, shares in held.shares.items():
        for share in shares:
            told = {"mendable": False} if number in _BY_TERM else _told(rows, number, share, ended)
            yield _without(held, told_of.assign(**told)[_lacks(rows, share)], number)
    complained = told_of[rows[COMPLAINED]].assign(mendable=False, reason=COMPLAINED)
    yield _without(held, complained, 21)


def _shares(groups: Iterable[Iterable[Definition]]) -> list[Definition]:
    return [share for shares in groups for share in shares]


def _flags_of(groups: Iterable[Iterable[Definition]]) -> set[str]:
    return {
        flag
        for share in _shares(groups)
        for flag in (share.numerator, share.denominator, *share.needs)
    }


def _told(rows: pd.DataFrame, number: int, share: Definition, ended: pd.Series) -> dict[str, Any]:
    """What a dossier lacks, the numerator's flag or the first that this is made of, and whether it
    can still have it. Late is late; an online dossier without its result is not: a file is added."""
    needs = share.needs or (share.numerator,)
    reason = np.select([~rows[flag] for flag in needs], needs, share.numerator)
    mendable = number in _TO_ADD or (reason == "result") | (~ended.to_numpy() & (number == 11))
    return {"reason": reason, "days_late": pd.NA, "mendable": mendable}


def _about_procedures(rows: pd.DataFrame, procedures: pd.DataFrame) -> pd.DataFrame:
    """The rows with has_fee and returns_paper of their procedures."""
    for name in ("has_fee", "returns_paper"):
        marked = set(procedures.loc[flags(procedures, name), "procedure_id"])
        rows[name] = rows["procedure_id"].isin(marked)
    return rows


def _lacks(rows: pd.DataFrame, share: Definition) -> pd.Series:
    lacks = rows[share.denominator] & ~rows[share.numerator]
    if share.where:
        flag, value = share.where
        lacks &= rows[flag] == value
    return lacks


def _small(held: Held, name: str, definitions: dict[int, Definition]) -> Iterator[pd.DataFrame]:
    """Petitions, services or communes that lack a flag of an indicator."""
    facts = held.facts.get(name)
    if facts is None or facts.empty:
        return
    for number, share in definitions.items():
        rows = facts[_lacks(facts, share)]
        if name == "petitions":
            rows = _petition_cases(rows, number)
        elif name == "services":
            rows = rows.assign(
                kind="service", id=rows["service_id"], reason="unused", mendable=True
            )
        else:
            rows = rows.assign(kind="commune", id=rows["unit"], reason="no_copies", mendable=True)
        yield _without(held, rows, number)


def _petition_cases(rows: pd.DataFrame, number: int) -> pd.DataFrame:
    """Indicator 20: in time but complained about, else as 19."""
    reason = rows["reason"]
    if number == 20:
        reason = reason.where(~rows["in_time"] | (rows["complaint"] == ""), rows["complaint"])
    late = (rows["compared_s"] - rows["limit_s"]) / SECONDS_A_DAY
    return rows.assign(
        kind="petition",
        id=rows["petition_id"],
        received_s=rows["start_s"],
        due_s=rows["limit_s"],
        ended_s=rows["closed_s"],
        reason=reason,
        days_late=-(-late // 1),
        mendable=False,
    )


def _procedures(held: Held) -> Iterator[pd.DataFrame]:
    """Procedures of a unit's scope that fail a verdict, or that no dossier of the unit supports."""
    for number, which in PROCEDURE_VERDICTS.items():
        failed = [
            (unit.code, name)
            for unit in held.scope.tree.units
            for name, passed in held.procedures.verdicts(unit, which).items()
            if not passed
        ]
        yield _procedure_cases(held, number, failed, which)
    done = {
        unit.code: {
            of: set(rows.loc[rows[of] > 0, "procedure_id"])
            for _flag, of in PROCEDURES_WITH_DOSSIERS.values()
        }
        for unit in held.scope.tree.units
        for rows in (held.by_procedure(unit),)
    }
    for number, (flag, of) in PROCEDURES_WITH_DOSSIERS.items():
        failed = [
            (unit.code, name)
            for unit in held.scope.tree.units
            for name in held.procedures.ids(unit, flag) - done[unit.code][of]
        ]
        yield _procedure_cases(held, number, failed, of)


def _procedure_cases(
    held: Held, number: int, failed: list[tuple[str, str]], reason: str
) -> pd.DataFrame:
    """Cases of one indicator from pairs of unit and procedure."""
    rows = pd.DataFrame(failed, columns=["unit", "id"], dtype="str")
    rows = rows.assign(
        procedure_id=rows["id"], kind="procedure", reason=reason, mendable=number not in (1, 2)
    )
    if reason in held.procedures.moments:
        moments = held.procedures.moments[reason].reindex(rows["id"])
        rows["due_s"] = moments["due_day"].to_numpy() * SECONDS_A_DAY
        rows["ended_s"] = moments["done_day"].to_numpy() * SECONDS_A_DAY
        rows["days_late"] = (moments["done_day"] - moments["due_day"]).to_numpy()
    return _without(held, rows, number)
