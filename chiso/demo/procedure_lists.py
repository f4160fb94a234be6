"""The list of the national database beside the demo's procedures; changes if its differences do.

The difference of every procedure is chosen first (`Planted`), the row of the list follows from it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from chiso.demo.agencies import Agencies
from chiso.demo.decisions import Decisions
from chiso.demo.draws import Draws
from chiso.demo.procedures import Procedures, term_length, term_unit
from chiso.demo.span import as_date

STREAM = 10
HEADER = "kind,field,procedure_id,national_id"
# What hangs on every other code.
SUFFIX = ".000.00.00.H31"
_LEVELS = {"tinh": "Cấp tỉnh", "huyen": "Cấp huyện", "xa": "Cấp xã"}
_UNITS = {"hour": "giờ", "day": "ngày", "working_day": "ngày làm việc", "month": "tháng"}
_FIELDS = ("name", "levels", "agency", "term", "fee", "parts", "online")
_EXTRA = 9


@dataclass(frozen=True)
class Planted:
    """One difference: missing, hidden (there, but not shown: missing too), extra, or differing in
    `field`, which is `code` for one that only its name tells. An id is empty where a list lacks it."""

    kind: str
    field: str
    procedure_id: str
    national_id: str


@dataclass(frozen=True)
class NationalList:
    """The rows of national_procedures, and how they differ from the province's."""

    rows: tuple[dict[str, Any], ...]
    planted: tuple[Planted, ...]


def make_national_list(
    procedures: Procedures, agencies: Agencies, decisions: Decisions, seed: int
) -> NationalList:
    """Six of a hundred procedures are missing, two have another code, twelve differ; nine are extra."""
    draws = Draws(seed, STREAM)
    signed: dict[int, date] = {}
    for decision in decisions.rows:
        signed[decision.procedure] = max(decision.signed, signed.get(decision.procedure, date.min))
    rows: list[dict[str, Any]] = []
    planted: list[Planted] = []
    for i, code in enumerate(procedures.ids):
        row = _row(procedures, agencies, i) | {"decision_date": signed.get(i)}
        chosen = _choice(draws, row)
        if chosen.kind != "missing":
            rows.append(row | _changed(chosen, row, draws, len(rows)))
        if chosen.kind:
            there = {"missing": "", "hidden": code}.get(chosen.kind, code)
            other = (
                rows[-1]["national_id"].removesuffix(SUFFIX) if chosen.field == "code" else there
            )
            planted.append(replace(chosen, procedure_id=code, national_id=other))
    for n in range(_EXTRA):
        lead = int(procedures.agency[draws.one(len(procedures.ids))])
        row = {
            "national_id": f"3.{n + 1:06d}{SUFFIX}",
            "name": f"Thủ tục đặc thù số {n + 1} của cơ sở dữ liệu",
            "handled_by": agencies.codes[lead],
            "levels": _LEVELS["tinh"],
            "decision_id": f"QD-8{n:03d}",
            "decision_date": as_date(-30) + timedelta(days=draws.one(25)),
        }
        rows.append(row)
        planted.append(Planted("extra", "", "", f"3.{n + 1:06d}"))
    return NationalList(tuple(rows), tuple(planted))


def truth_text(made: NationalList) -> str:
    """The planted differences as CSV."""
    lines = [f"{p.kind},{p.field},{p.procedure_id},{p.national_id}" for p in made.planted]
    return "\n".join([HEADER, *lines, ""])


def _choice(draws: Draws, row: dict[str, Any]) -> Planted:
    choice, field = draws.one(1000), _FIELDS[draws.one(len(_FIELDS))]
    nothing = Planted("", "", "", "")
    if choice < 50:
        return replace(nothing, kind="missing")
    if choice < 60:
        return replace(nothing, kind="hidden")
    if choice < 80:
        return replace(nothing, kind="differing", field="code")
    if choice < 200 and row["term" if field == "term" else "name"]:
        return replace(nothing, kind="differing", field=field)
    return nothing


def _row(procedures: Procedures, agencies: Agencies, i: int) -> dict[str, Any]:
    """A procedure as the national database writes it, nothing changed."""
    length, unit = term_length(procedures, i), term_unit(procedures, i)
    return {
        "national_id": procedures.ids[i] + (SUFFIX if i % 2 else ""),
        "name": procedures.names[i],
        "handled_by": agencies.codes[procedures.agency[i]],
        "levels": "; ".join(_LEVELS[level] for level in procedures.levels[i].split(";")),
        "term": f"{length} {_UNITS[unit]}" if length and unit else None,
        "fee": "50.000 đồng" if procedures.has_fee[i] else "Không",
        "parts_complete": bool(procedures.parts_complete[i]),
        "online": procedures.online[i],
        "public": True,
    }


def _changed(chosen: Planted, row: dict[str, Any], draws: Draws, n: int) -> dict[str, Any]:
    """The cells that make the chosen difference."""
    if chosen.kind == "hidden":
        return {"public": False}
    number = (row["term"] or "0").split(" ", 1)
    cells: dict[str, dict[str, Any]] = {
        "": {},
        "code": {"national_id": f"4.{n:06d}{SUFFIX}"},
        "name": {"name": f"{row['name']} (bản cũ)"},
        "levels": {"levels": "Cấp tỉnh; Cấp huyện; Cấp xã"},
        "agency": {"handled_by": "vp-ubnd" if row["handled_by"] != "vp-ubnd" else "so-noi-vu"},
        "term": {"term": f"{int(number[0]) + 5 + draws.one(5)} {number[-1]}"},
        "fee": {"fee": "Không" if row["fee"] != "Không" else "20.000 đồng"},
        "parts": {"parts_complete": not row["parts_complete"]},
        "online": {"online": "none" if row["online"] != "none" else "full"},
    }
    return cells[chosen.field]
