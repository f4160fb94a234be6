"""What the procedures of an agency cost it: points at stake, dossiers late, time against the term."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import pandas as pd

from chiso.contract.evidence import read_procedure_cases, whole_number
from chiso.explain.ownership import has_dossiers, ownership
from chiso.rules.handling_rules import handling_rules
from chiso.store.figures import UnitFigures


@dataclass(frozen=True)
class ProcedureCost:
    """One procedure of a unit, those below it included.

    `points`: its part of the unit's own lost points, `numbers`: the indicators on which it has any,
    most points first.
    `dossiers`: the population of indicator 5, `late`: those of them that were not on time (None: no
    data). `mean`: average time of the dossiers returned, in `term_unit`, beside `max_term` (None: no
    dossier, or no such term).
    """

    code: str
    name: str
    points: Fraction
    numbers: tuple[int, ...]
    dossiers: int | None
    late: int | None
    mean: Fraction | None
    max_term: int | None
    term_unit: str


def costs_by_procedure(unit: UnitFigures) -> tuple[ProcedureCost, ...]:
    """The procedures with points at stake or late dossiers, most points first; none of a unit without
    dossiers or without records.

    The points that a unit loses of its own on an indicator are divided among all its failing cases
    alike; a procedure has as many parts as it has cases. Cases that the records do not hold (4: those
    that only the national count knows) keep their part.
    """
    cases = read_procedure_cases(unit.figures.folder, unit.figures.tree, unit.unit.code)
    if cases.empty or not has_dossiers(unit):
        return ()
    points = _points(unit, cases)
    about = _about(unit)
    first = cases.drop_duplicates("procedure_id")
    names = dict(zip(first["procedure_id"], first["procedure"], strict=True))
    found = [
        ProcedureCost(
            code=code,
            name=str(names[code]) if pd.notna(names[code]) else code,
            points=sum(points.get(code, {}).values(), Fraction(0)),
            numbers=tuple(sorted(own := points.get(code, {}), key=lambda n: (-own[n], n))),
            **_facts(about.get(code)),
        )
        for code in names
    ]
    told = [one for one in found if one.points or one.late]
    return tuple(sorted(told, key=lambda one: (-one.points, -(one.late or 0), one.code)))


def _points(unit: UnitFigures, cases: pd.DataFrame) -> dict[str, dict[int, Fraction]]:
    """Procedure -> indicator -> points at stake."""
    held = dict(zip(unit.case_counts["indicator"], unit.case_counts["cases"], strict=True))
    # In loops: pandas takes longer to begin with so few.
    sizes: dict[int, Counter[str]] = defaultdict(Counter)
    for number, code in zip(cases["indicator"], cases["procedure_id"], strict=True):
        sizes[number][code] += 1
    points: dict[str, dict[int, Fraction]] = {}
    for lost in ownership(unit):
        if len(lost.numbers) != 1 or not lost.own or lost.numbers[0] not in held:
            continue
        number = lost.numbers[0]
        count = unit.counts[number]
        lacking = (count.denominator or 0) - (count.numerator or 0)
        part = Fraction(lost.own) / max(lacking, int(held[number]))
        for code, many in sizes[number].items():
            points.setdefault(code, {})[number] = part * many
    return points


def _about(unit: UnitFigures) -> dict[str, dict[str, Any]]:
    rows = unit.procedure_dossiers.to_dict("records")
    return {row["procedure_id"]: row for row in rows}


def _facts(row: dict[str, Any] | None) -> dict[str, Any]:
    """Dossiers, late, mean, max_term and term_unit of a row of PROCEDURE_DOSSIERS."""
    if row is None:
        return {"dossiers": 0, "late": 0, "mean": None, "max_term": None, "term_unit": ""}
    timed, term_unit = int(row["timed"]), row["term_unit"]
    mean = Fraction(int(row["seconds"]), timed) if timed else None
    return {
        "dossiers": whole_number(row["dossiers"]),
        "late": whole_number(row["late"]),
        "mean": None if mean is None else handling_rules().in_term_unit(mean, term_unit),
        "max_term": whole_number(row["max_term"]),
        "term_unit": term_unit,
    }
