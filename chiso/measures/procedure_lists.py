"""The province's procedures beside those of the national database: missing, extra, differing.

Matched by code first (without what systems hang on it), then by name (params/procedure_lists.yml); a
pair by name is a guess. It counts for no indicator. Source of the duty: công văn 2283/UBND-PVHCC&KSTT
(number and content of the TTHC on the national database match the province's decisions), within the
five working days of indicator 2 after a decision was signed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd
from rapidfuzz import fuzz, process, utils

from chiso.base.letters import plain
from chiso.contract.evidence import (
    BY_CODE,
    BY_NAME,
    COMPARED_FIELDS,
    DIFFERING,
    EXTRA,
    MISSING,
    PROCEDURE_DIFFERENCES,
    PROCEDURE_LISTS,
)
from chiso.contract.records import Records
from chiso.contract.tables import bare_code
from chiso.measures.counts import Held
from chiso.measures.procedures import DECISION_DAYS
from chiso.measures.scope import column_or_empty, day_numbers, flags
from chiso.rules.procedure_list_rules import ProcedureListRules, procedure_list_rules
from chiso.rules.units import Tree
from chiso.rules.working_days import Calendar, days_since_1970

_WAYS = {"by_code": BY_CODE, "by_name": BY_NAME}
# One list in the form in which two are compared: id without what hangs on it, the texts of COMPARED_FIELDS
# (empty: not told, so not compared), `signed`: day of the newest decision since 1970 (NaN: none).
LISTED = ["id", *COMPARED_FIELDS, "signed"]
_PAIRS = ["ours", "theirs", "matched_by", "similarity"]
_AMOUNT = re.compile(r"(\d[\d.,]*)\s*(đồng|đ\b|vnđ|vnd)")


@dataclass(frozen=True)
class ListsCompared:
    """`differences` (PROCEDURE_DIFFERENCES), and how many procedures of which sort there are
    (PROCEDURE_LISTS)."""

    differences: pd.DataFrame
    numbers: pd.DataFrame


def compare_records(held: Held, records: Records) -> ListsCompared | None:
    """The two lists of the records; None where one of them is absent.

    What the national database has without showing it is missing there. A procedure that was set
    aside in one list is neither missing there nor extra in the other, nor is one whose decisions are
    all signed after T: it is still to come.
    """
    tables, tree = held.tables, held.scope.tree
    if not {"procedures", "national_procedures"} <= set(tables):
        return None
    rules, day = procedure_list_rules(), days_since_1970(held.scope.now.date())
    decisions = tables["decisions"].to_pandas() if "decisions" in tables else held.names
    ours = listed_by_province(held.names, decisions, day)
    national = tables["national_procedures"].to_pandas()
    is_shown = _is_shown(national)
    theirs = listed_nationally(national[is_shown], rules, tree)
    hidden = set(national.loc[~is_shown, "national_id"])
    to_come = {code for one in (ours, theirs) for code in one.loc[one["signed"] > day, "id"]}
    aside = _set_aside(records)
    found = compare_lists(ours, theirs, rules)
    alone = found["procedure_id"].where(found["procedure_id"] != "", found["national_id"])
    found = found[(found["kind"] == DIFFERING) | ~alone.isin(aside | to_come)]
    is_hidden = (found["kind"] == MISSING) & found["procedure_id"].isin(hidden)
    found = with_deadlines(found, ours, theirs, held.scope.calendar, day, tree)
    found["national_id"] = found["national_id"].mask(is_hidden, found["procedure_id"])
    numbers = _numbers(ours, theirs, rules)
    numbers |= {"hidden": len(hidden), "set_aside": len(aside), "to_come": len(to_come)}
    return ListsCompared(
        found[PROCEDURE_DIFFERENCES].reset_index(drop=True),
        pd.DataFrame(list(numbers.items()), columns=PROCEDURE_LISTS),
    )


def _is_shown(national: pd.DataFrame) -> pd.Series:
    """Which procedures the national database shows: all that it does not say otherwise of."""
    if "public" not in national:
        return pd.Series(True, index=national.index)
    return flags(national.assign(public=national["public"].fillna(True)), "public")


def compare_lists(
    ours: pd.DataFrame, theirs: pd.DataFrame, rules: ProcedureListRules
) -> pd.DataFrame:
    """How two lists (LISTED, ids unique) differ, one row a procedure and field, in the order of ids:
    procedure_id, national_id, procedure (a name of it), kind, field, ours, theirs, matched_by,
    similarity. A procedure of one list alone has one row without field."""
    own, other = (table.set_index("id").to_dict("index") for table in (ours, theirs))
    pairs = _pairs(ours, theirs, rules)
    rows = [
        (p, n, own[p]["name"] or other[n]["name"], DIFFERING, field, one, two, by, alike)
        for p, n, by, alike in pairs.itertuples(index=False)
        for field, one, two in [*_codes(p, n), *_fields(own[p], other[n])]
    ]
    for mine, kind, table in ((True, MISSING, ours), (False, EXTRA, theirs)):
        alone = table[~table["id"].isin(pairs["ours" if mine else "theirs"])]
        rows += [
            (*((row.id, "") if mine else ("", row.id)), row.name_, kind, "", "", "", "", np.nan)
            for row in alone.rename(columns={"name": "name_"}).itertuples()
        ]
    columns = [
        "procedure_id", "national_id", "procedure", "kind", "field", "ours", "theirs", "matched_by",
        "similarity",
    ]  # fmt: skip
    found = pd.DataFrame(rows, columns=columns).astype({"similarity": "float64"})
    return found.sort_values(["procedure_id", "national_id", "field"], ignore_index=True)


def _codes(one: str, two: str) -> Iterable[tuple[str, str, str]]:
    """The codes themselves, where they differ."""
    if one != two:
        yield "code", one, two


def _fields(one: dict[str, str], two: dict[str, str]) -> Iterable[tuple[str, str, str]]:
    """Field and both texts of what two procedures that belong together do not have alike."""
    for field in COMPARED_FIELDS:
        if one[field] and two[field] and not _is_same(field, one[field], two[field]):
            yield field, one[field], two[field]


def _is_same(field: str, one: str, two: str) -> bool:
    if field == "name":
        return _bare_name(one) == _bare_name(two)
    if field == "term" and one.endswith(" hour") != two.endswith(" hour"):
        return True  # hours against days: how many make a day is not known
    return one == two


def _bare_name(name: str) -> str:
    """A name as names are compared: no case, no punctuation, no ways of writing."""
    return " ".join(utils.default_process(plain(name)).split())


def _pairs(ours: pd.DataFrame, theirs: pd.DataFrame, rules: ProcedureListRules) -> pd.DataFrame:
    """Ids that belong together (_PAIRS): by code, the others by name."""
    same = sorted(set(ours["id"]) & set(theirs["id"]))
    rows: list[tuple[str, str, str, float]] = [(code, code, BY_CODE, np.nan) for code in same]
    rest, others = (
        table[~table["id"].isin(same) & (table["name"] != "")] for table in (ours, theirs)
    )
    if len(rest) and len(others):
        alike = process.cdist(
            [_bare_name(name) for name in rest["name"]],
            [_bare_name(name) for name in others["name"]],
            scorer=fuzz.token_sort_ratio,
            dtype=np.float64,
        )
        at_least = 100 * float(rules.name_alike.at_least)
        for x, y in zip(*np.nonzero(_mutual(alike) & (alike >= at_least)), strict=True):
            pair = rest["id"].iloc[x], others["id"].iloc[y]
            rows.append((*pair, BY_NAME, round(float(alike[x, y]) / 100, 4)))
    return pd.DataFrame(rows, columns=_PAIRS)


def _mutual(alike: np.ndarray) -> np.ndarray:
    """Which cells are the only greatest ones of their row and of their column."""
    found = np.ones_like(alike, dtype=bool)
    for axis in (0, 1):
        is_greatest = alike == alike.max(axis=axis, keepdims=True)
        found &= is_greatest & (is_greatest.sum(axis=axis, keepdims=True) == 1)
    return found


def with_deadlines(
    differences: pd.DataFrame,
    ours: pd.DataFrame,
    theirs: pd.DataFrame,
    calendar: Calendar,
    today: int,
    tree: Tree,
) -> pd.DataFrame:
    """The differences with `unit`, who has to put them right (the lead agency; the province where it
    is not told), `due_day`, the fifth working day after the decision, and `working_days_left` (below
    0: so many have passed since); both empty where no decision is dated up to `today`. Days since
    1970."""
    is_extra = differences["kind"] == EXTRA
    by_id = [table.drop_duplicates("id").set_index("id") for table in (ours, theirs)]

    def told(column: str) -> pd.Series:
        mine, other = (
            differences[key].map(table[column])
            for key, table in zip(("procedure_id", "national_id"), by_id, strict=True)
        )
        return mine.where(~is_extra, other)

    agency, signed = told("agency"), told("signed").astype("float64")
    known = (signed <= today).to_numpy()
    due = np.full(len(differences), np.nan)
    due[known] = calendar.later(signed[known].to_numpy(np.int64), DECISION_DAYS)
    left = np.full(len(differences), np.nan)
    until = calendar.up_to[due[known].astype(np.int64) - calendar.first]
    left[known] = until - calendar.up_to[today - calendar.first]
    return differences.assign(
        unit=agency.where(agency.isin(tree.by_code), tree.province),
        due_day=pd.array(due, dtype="Float64").astype("Int64"),
        working_days_left=pd.array(left, dtype="Float64").astype("Int64"),
    )


def listed_by_province(
    procedures: pd.DataFrame, decisions: pd.DataFrame, today: int
) -> pd.DataFrame:
    """The contract's procedures as LISTED; `decisions` dates them: the newest signed by `today`, else
    the first to come."""
    signed = pd.DataFrame(
        {"id": decisions["procedure_id"], "signed": day_numbers(decisions, "decision_date")}
    ).dropna()
    past = signed[signed["signed"] <= today].groupby("id")["signed"].max()
    coming = signed[signed["signed"] > today].groupby("id")["signed"].min()
    ids = procedures["procedure_id"]
    found = pd.DataFrame({"id": ids.map(bare_code)})
    for field, column in {"name": "name", "agency": "agency", "online": "online"}.items():
        found[field] = column_or_empty(procedures, column)
    levels = column_or_empty(procedures, "levels")
    found["levels"] = levels.map(lambda text: ";".join(sorted(filter(None, text.split(";")))))
    terms = zip(
        column_or_empty(procedures, "max_term"),
        column_or_empty(procedures, "term_unit"),
        strict=True,
    )
    found["term"] = [f"{int(float(many))} {unit}" if many and unit else "" for many, unit in terms]
    found["fee"] = _yes_no(procedures, "has_fee")
    found["parts"] = _yes_no(procedures, "parts_complete")
    found["signed"] = ids.map(past).fillna(ids.map(coming)).astype("float64")
    return found[LISTED]


def listed_nationally(
    national: pd.DataFrame, rules: ProcedureListRules, tree: Tree
) -> pd.DataFrame:
    """The contract's national_procedures as LISTED. An agency is told only where it is a department of
    the tree: “UBND cấp xã” says who handles a procedure, not who leads it."""
    departments = {unit.code for unit in tree.units if unit.level == "so"}
    agency = column_or_empty(national, "handled_by")
    return pd.DataFrame(
        {
            "id": national["national_id"].map(bare_code),
            "name": column_or_empty(national, "name"),
            "levels": column_or_empty(national, "levels").map(_reader(levels_in, rules)),
            "agency": agency.where(agency.isin(departments), ""),
            "term": column_or_empty(national, "term").map(_reader(term_in, rules)),
            "fee": column_or_empty(national, "fee").map(_reader(fee_in, rules)),
            "parts": _yes_no(national, "parts_complete"),
            "online": column_or_empty(national, "online"),
            "signed": day_numbers(national, "decision_date"),
        },
        columns=LISTED,
    )


def _reader(
    read: Callable[[str, ProcedureListRules], str], rules: ProcedureListRules
) -> Callable[[str], str]:
    return lambda text: read(text, rules)


def levels_in(text: str, rules: ProcedureListRules) -> str:
    """Levels in the contract's words (tinh;xa); empty where a part of the text is none that is
    known."""
    parts = [plain(part) for part in re.split(r"[;,\n/+]|\bvà\b", text)]
    found = [rules.level_of.get(part) for part in parts if part]
    return ";".join(sorted({level for level in found if level})) if all(found) else ""


def term_in(text: str, rules: ProcedureListRules) -> str:
    """The longest term with its unit (15 working_day); empty where there is none, where it has several
    units, or where a number is a fraction."""
    units = sorted(rules.unit_of, key=len, reverse=True)
    pattern = rf"(?<![\d.,/])(\d+)[\s()]*({'|'.join(map(re.escape, units))})(?!\w)"
    found = re.findall(pattern, plain(text))
    broken = re.search(r"\d[.,/]\d", text)
    kinds = {rules.unit_of[unit] for _number, unit in found}
    if len(kinds) != 1 or broken:
        return ""
    return f"{max(int(number) for number, _unit in found)} {kinds.pop()}"


def fee_in(text: str, rules: ProcedureListRules) -> str:
    """yes or no; empty where the text says neither, as “theo Nghị quyết ...” does."""
    word = plain(text)
    if word in rules.has_fee:
        return "yes" if rules.has_fee[word] else "no"
    amounts = [amount for amount, _unit in _AMOUNT.findall(word)]
    if re.fullmatch(r"\d[\d.,]*", word):
        amounts.append(word)
    if not amounts:
        return ""
    return "yes" if any(re.search("[1-9]", amount) for amount in amounts) else "no"


def _yes_no(table: pd.DataFrame, name: str) -> pd.Series:
    """A flag as yes, no, or empty where it is not told."""
    if name not in table.columns:
        return pd.Series("", index=table.index, dtype=object)
    return table[name].map({True: "yes", False: "no"}).fillna("").astype(object)


def _set_aside(records: Records) -> set[str]:
    """Codes of procedures that one of the lists has in rows that were set aside."""
    keys = {"procedures": "procedure_id", "national_procedures": "national_id"}
    return {
        bare_code(code)
        for name, key in keys.items()
        if name in records.cells
        for code in records.cells[name][key].dropna()
    }


def _numbers(ours: pd.DataFrame, theirs: pd.DataFrame, rules: ProcedureListRules) -> dict[str, int]:
    """How many procedures each list has, how many belong together, and of how many of these both
    lists tell a field (compared_<field>)."""
    pairs = _pairs(ours, theirs, rules)
    own = ours.set_index("id").loc[pairs["ours"], list(COMPARED_FIELDS)].to_numpy() != ""
    other = theirs.set_index("id").loc[pairs["theirs"], list(COMPARED_FIELDS)].to_numpy() != ""
    compared = (own & other).sum(axis=0)
    return {
        "ours": len(ours),
        **{f"of:{unit}": int(n) for unit, n in ours.groupby("agency").size().items() if unit},
        "national": len(theirs),
        **{by: int((pairs["matched_by"] == way).sum()) for by, way in _WAYS.items()},
        **{f"compared_{field}": int(n) for field, n in zip(COMPARED_FIELDS, compared, strict=True)},
    }
