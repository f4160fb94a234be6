"""Reads the worked cases of `cases/`: small text tables, and what each unit counts by hand.

A file has `cases`, and may have `records`: tables of every case that doesn't bring its own. A case:

    name, source, arithmetic    text, never empty
    period                      2022-09 (default), 2022-Q3, 2022-6T, 2022-9T, 2022
    as_of                       the moment of an open period; left out: the period is closed
    options, extra_holidays     options of the count; a list of days
    records                     table: a text table; the first line names the columns, `|` parts
                                the cells, an empty cell is empty
    absent                      list of tables and `table.column` that the source doesn't have
    expected                    unit: {indicator: numerator/denominator, or no data}; `every unit`
                                stands for all units of the tree

Columns that a table doesn't show are there, but empty (or hold DEFAULTS). Tables that a case
doesn't show are there without rows; the table of decisions is absent unless shown.
Cells: text; whole numbers; yes or no; days 2022-09-05; moments 2022-09-05 10:00 (or with seconds).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import yaml

CASES = Path(__file__).parent / "cases"
TREE = "tree.yml"

# Every column with the type of its cells, in the order of the contract.
COLUMNS = {
    "dossiers": {
        **dict.fromkeys(("dossier_id", "procedure_id", "unit"), "text"),
        **dict.fromkeys(("status", "channel"), "number"),
        **dict.fromkeys(("submitted_at", "received_at", "due_at"), "moment"),
        **dict.fromkeys(("done_at", "returned_at", "ended_at"), "moment"),
        "supplement_count": "number",
        **dict.fromkeys(("supplement_asked_at", "supplement_done_at"), "moment"),
        "supplement_hours": "number",
        **dict.fromkeys(("components_file", "result_file", "reused"), "flag"),
        **dict.fromkeys(("from_store", "population_data", "vneid_account"), "flag"),
        "fee_total": "number",
        "fee_lines_zero": "flag",
        "paid_online": "number",
        "synced_at": "moment",
        **dict.fromkeys(("disliked", "petitioned"), "flag"),
    },
    "procedures": {
        **dict.fromkeys(("procedure_id", "name", "field", "agency", "levels"), "text"),
        **dict.fromkeys(("decision_date", "basis_effective_date"), "day"),
        "made_public_at": "moment",
        "parts_complete": "flag",
        "online": "text",
        **dict.fromkeys(("has_fee", "returns_paper", "for_citizens"), "flag"),
        "max_term": "number",
        "term_unit": "text",
    },
    "decisions": {
        **dict.fromkeys(("decision_id", "procedure_id"), "text"),
        **dict.fromkeys(("decision_date", "basis_effective_date"), "day"),
        "made_public_at": "moment",
    },
    "services": {
        **dict.fromkeys(("service_id", "procedure_id", "unit"), "text"),
        "public": "flag",
    },
    "petitions": {
        **dict.fromkeys(("petition_id", "unit"), "text"),
        **dict.fromkeys(("sent_at", "forwarded_at", "first_received_at"), "moment"),
        **dict.fromkeys(("refused_at", "supplement_asked_at"), "moment"),
        **dict.fromkeys(("answered_at", "published_at"), "moment"),
        **dict.fromkeys(("disliked", "raised_again"), "flag"),
        "kind": "text",
    },
    "national_counts": {"unit": "text", "period": "text", "received": "number"},
    "certified_copies": {"unit": "text", "offered": "flag"},
}
# What a column holds when a case doesn't show it and the contract forbids an empty cell.
DEFAULTS = {
    "dossiers": {"procedure_id": "P1", "status": 4},
    "procedures": {"name": "thủ tục", "agency": "so-a", "levels": "tinh", "online": "none"},
}
OPTIONAL_KEYS = {"period", "as_of", "options", "extra_holidays", "records", "absent"}
REQUIRED_KEYS = {"name", "source", "arithmetic", "expected"}

Expected = dict[tuple[str, int], tuple[int, int] | None]


class CaseError(Exception):
    """A case that can't be understood; the message names the file, the case and the place."""


@dataclass(frozen=True)
class Case:
    """One worked case; `arguments` are those of `reference.counts`."""

    file: str
    name: str
    source: str
    arithmetic: str
    arguments: dict[str, Any]
    expected: Expected

    def __str__(self) -> str:
        return f"{self.file}: {self.name}"


def load_cases(folder: Path = CASES) -> list[Case]:
    """All cases of a folder, in the order of the file names."""
    tree = _read(folder / TREE)
    cases = []
    for path in sorted(folder.glob("*.yml")):
        if path.name == TREE:
            continue
        content = _read(path)
        unknown = set(content) - {"cases", "records"}
        if unknown:
            raise CaseError(f"{path.name}: unknown {sorted(unknown)}; allowed: cases, records")
        for raw in content["cases"]:
            case = f"{path.name}: {raw.get('name', '(without name)')}"
            try:
                cases.append(_case(path.name, raw, content.get("records", {}), tree))
            except (CaseError, KeyError, ValueError) as error:
                raise CaseError(f"{case}: {error}") from error
    return cases


def period_bounds(name: str) -> tuple[datetime, datetime]:
    """The first moment of a period and the first moment after it."""
    match = re.fullmatch(r"(\d{4})(?:-(?:(\d{2})|Q([1-4])|([69])T))?", name)
    if match is None:
        raise CaseError(f"period {name!r}: write 2022-09, 2022-Q3, 2022-6T, 2022-9T or 2022")
    year, month, quarter, months = (int(part) if part else None for part in match.groups())
    first, span = 1, months or 12
    if month:
        first, span = month, 1
    elif quarter:
        first, span = 3 * quarter - 2, 3
    after = first + span
    return datetime(year, first, 1), datetime(year + (after > 12), (after - 1) % 12 + 1, 1)


def read_table(table: str, text: str) -> list[dict]:
    """The rows of a text table, every column of the contract present."""
    types = COLUMNS[table]
    lines = [line for line in text.splitlines() if line.strip()]
    header = [name.strip() for name in lines[0].split("|")]
    unknown = [name for name in header if name not in types]
    if unknown or len(set(header)) < len(header):
        raise CaseError(f"{table}: columns {unknown or header}; allowed, once: {list(types)}")
    rows = []
    for line in lines[1:]:
        cells = [cell.strip() for cell in line.split("|")]
        if len(cells) != len(header):
            raise CaseError(f"{table}: {len(cells)} cells for {len(header)} columns in {line!r}")
        row = dict.fromkeys(types) | DEFAULTS.get(table, {})
        for name, cell in zip(header, cells, strict=True):
            row[name] = _cell(f"{table}.{name}", types[name], cell)
        rows.append(row)
    return rows


class _StrictLoader(yaml.SafeLoader):
    """YAML that refuses the same key twice instead of keeping the last one."""

    def construct_mapping(self, node, deep=False):
        keys = [self.construct_object(key, deep=deep) for key, _ in node.value]
        for key in keys:
            if keys.count(key) > 1:
                raise CaseError(f"{key!r} stands twice, {node.start_mark}")
        return super().construct_mapping(node, deep=deep)


def _read(path: Path) -> Any:
    return yaml.load(path.read_text(encoding="utf-8"), Loader=_StrictLoader)


def _case(file: str, raw: dict, common: dict[str, str], tree: list[dict]) -> Case:
    missing = [key for key in sorted(REQUIRED_KEYS) if not raw.get(key)]
    unknown = sorted(set(raw) - REQUIRED_KEYS - OPTIONAL_KEYS)
    if missing or unknown:
        raise CaseError(f"missing or empty {missing}, unknown {unknown}")
    period = str(raw.get("period", "2022-09"))
    start, end = period_bounds(period)
    # A closed period says so with its last moment: no engine has to guess.
    as_of = end - timedelta(seconds=1)
    if "as_of" in raw:
        as_of = _cell("as_of", "moment", str(raw["as_of"]))
    arguments = {
        "records": read_records({**common, **raw.get("records", {})}, raw.get("absent", [])),
        "tree": tree,
        "start": start,
        "end": end,
        "as_of": as_of,
        "options": raw.get("options", {}),
        "period": period,
        "extra_holidays": frozenset(raw.get("extra_holidays", [])),
    }
    expected = _expected(raw["expected"], [unit["code"] for unit in tree])
    return Case(file, raw["name"], raw["source"], raw["arithmetic"], arguments, expected)


def read_records(texts: dict[str, str], absent: list[str]) -> dict[str, list[dict] | None]:
    unknown = sorted(set(texts) - set(COLUMNS))
    if unknown:
        raise CaseError(f"unknown tables {unknown}; allowed: {list(COLUMNS)}")
    records: dict[str, list[dict] | None] = {table: [] for table in COLUMNS}
    records["decisions"] = None
    records |= {table: read_table(table, text) for table, text in texts.items()}
    for name in absent:
        table, _, column = name.partition(".")
        if table not in COLUMNS or (column and column not in COLUMNS[table]):
            raise CaseError(f"absent: {name} is neither a table nor a column")
        if not column:
            records[table] = None
        elif not records[table]:
            raise CaseError(f"absent: {name}: a column can only be absent from a table with rows")
        else:
            for row in records[table]:
                del row[column]
    return records


def _cell(place: str, kind: str, text: str) -> Any:
    if not text:
        return None
    if kind == "text":
        return text
    if kind == "number" and re.fullmatch(r"\d+", text):
        return int(text)
    if kind == "flag" and text in ("yes", "no"):
        return text == "yes"
    if kind == "day" and re.fullmatch(r"\d{4}-\d\d-\d\d", text):
        return date.fromisoformat(text)
    if kind == "moment" and re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d(:\d\d)?", text):
        return datetime.fromisoformat(text)
    raise CaseError(f"{place}: {text!r} is not a {kind}")


def _expected(raw: dict[str, dict[int, str]], codes: list[str]) -> Expected:
    expected: Expected = {}
    for unit, by_indicator in raw.items():
        if unit not in codes and unit != "every unit":
            raise CaseError(f"expected: unknown unit {unit!r}; allowed: every unit, {codes}")
        for indicator, value in by_indicator.items():
            counts = re.fullmatch(r"(\d+)/(\d+)", str(value))
            if indicator not in range(1, 22) or (counts is None and value != "no data"):
                raise CaseError(f"expected: {unit}: {indicator}: {value!r}")
            pair = (int(counts[1]), int(counts[2])) if counts else None
            for code in codes if unit == "every unit" else [unit]:
                expected[code, indicator] = pair
    return expected
