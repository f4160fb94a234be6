"""All 21 numerators and denominators for every unit of a tree, from contract tables.

Dossiers are aggregated in the engine to units and procedures; from there on everything is small.
Counts of dossiers, petitions and services add up along the tree; procedures are counted distinct.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from datetime import datetime

import pandas as pd

from chiso.deadlines import load_calendar
from chiso.indicators import NUMBERS, MeasureOptions
from chiso.measures.dossiers import SUMS, dossier_facts, dossier_sums
from chiso.measures.petitions import petition_facts
from chiso.measures.procedures import ScopedProcedures
from chiso.measures.scope import (
    Gap,
    Scope,
    Tables,
    ancestors,
    flags,
    has_data,
    moment_of,
    units_without_data,
)
from chiso.period import Period
from chiso.sources.given import COUNT_COLUMNS
from chiso.units import Tree, Unit

Share = tuple[int, int]
Sums = Mapping[str, int]
_NOTHING: Sums = defaultdict(int)


def measure(
    tables: Tables,
    tree: Tree,
    period: Period,
    options: MeasureOptions | None = None,
    as_of: datetime | None = None,
    gaps: frozenset[Gap] = frozenset(),
) -> pd.DataFrame:
    """Counts: unit, indicator (1..21), numerator, denominator (int or None), for every unit.

    `tables`: contract tables by name, accepted rows only; an absent table or column leaves the
    indicators that need it without data. `as_of`: the moment of an open period; without it the
    newest moment in the records. `gaps`: columns that the records of single units lack; what needs
    them has no data for these units and those above.
    """
    now = moment_of(period, as_of, tables)
    scope = Scope(tree, period, options or MeasureOptions(), load_calendar(), now)
    return measured(tables, scope, gaps)


def measured(tables: Tables, scope: Scope, gaps: frozenset[Gap] = frozenset()) -> pd.DataFrame:
    """The counts of one scope, as `measure` gives them."""
    held = Held(tables, scope)
    without = {number: _without_data(tables, scope.tree, gaps, number) for number in NUMBERS}
    rows = []
    for unit in scope.tree.units:
        for number in NUMBERS:
            known = unit.code not in without[number]
            share = _MEASURES[number](held, unit) if known else (None, None)
            rows.append((unit.code, number, *share))
    return pd.DataFrame(rows, columns=COUNT_COLUMNS, dtype=object)


def _without_data(tables: Tables, tree: Tree, gaps: frozenset[Gap], number: int) -> frozenset[str]:
    """The units that have no data for an indicator."""
    everyone = frozenset(tree.by_code)
    if not has_data(tables, number):
        return everyone
    lacking = units_without_data(gaps, number)
    if None in lacking:
        return everyone
    above = ancestors(tree)
    return frozenset(above[above["unit"].isin(lacking)]["above"])


class Held:
    """The small tables that all measures are taken from, each made once."""

    def __init__(self, tables: Tables, scope: Scope) -> None:
        self.scope = scope
        self._above = ancestors(scope.tree)
        small = {name: table.to_pandas() for name, table in tables.items() if name != "dossiers"}
        procedures = small.get("procedures", pd.DataFrame(columns=["procedure_id"]))
        sums = _dossier_table(tables, scope)
        by_procedure = self._climb(sums, ["unit", "procedure_id"])
        flagged = _flagged(by_procedure, procedures)
        self.dossiers = _by_unit(self._climb(sums.drop(columns="procedure_id"), ["unit"]))
        self.dossiers_by_procedure = dict(iter(flagged.groupby("unit")))
        self.no_dossiers = flagged.iloc[:0]
        self.petitions = self._climbed(small.get("petitions"), lambda t: petition_facts(t, scope))
        self.services = self._climbed(small.get("services"), lambda t: _services(t, by_procedure))
        self.copies = self._climbed(small.get("certified_copies"), self._copies)
        self._national = small.get("national_counts")
        self.procedures = ScopedProcedures(procedures, small.get("decisions", procedures), scope)

    def by_procedure(self, unit: Unit) -> pd.DataFrame:
        """The dossier sums of the unit and below by procedure, with the procedure's own flags."""
        return self.dossiers_by_procedure.get(unit.code, self.no_dossiers)

    def national(self, unit: Unit) -> int | None:
        """The national count of the period: the unit's own row, else the sum of those below."""
        if self._national is None:
            return None
        rows = self._national[
            (self._national["unit"] == unit.code)
            & (self._national["period"] == self.scope.period.name)
            & self._national["received"].notna()
        ]
        if len(rows):
            return int(rows["received"].iloc[0])
        below = [self.national(child) for child in self.scope.tree.children(unit.code)]
        known = [number for number in below if number is not None]
        return sum(known) if known else None

    def _climb(self, table: pd.DataFrame, keys: list[str]) -> pd.DataFrame:
        """Sums of the units and everything below them."""
        if table.empty:
            return table
        joined = table.merge(self._above, on="unit").drop(columns="unit")
        return joined.rename(columns={"above": "unit"}).groupby(keys, as_index=False).sum()

    def _climbed(
        self, table: pd.DataFrame | None, facts: Callable[[pd.DataFrame], pd.DataFrame]
    ) -> dict[str, Sums]:
        """Flags of rows as sums of the units and everything below them."""
        if table is None or table.empty:
            return {}
        flags = facts(table)
        numbers = flags.select_dtypes("bool").astype("int64")
        return _by_unit(self._climb(numbers.assign(unit=flags["unit"]), ["unit"]))

    def _copies(self, copies: pd.DataFrame) -> pd.DataFrame:
        """Indicator 15: rows of communes; those that offer certified copies."""
        communes = {unit.code for unit in self.scope.tree.units if unit.level == "xa"}
        commune = copies["unit"].isin(communes)
        offered = commune & flags(copies, "offered")
        return pd.DataFrame({"unit": copies["unit"], "commune": commune, "offered": offered})


def _services(services: pd.DataFrame, by_procedure: pd.DataFrame) -> pd.DataFrame:
    """Indicator 7: public services; those with an online dossier at or below their unit."""
    online = by_procedure[by_procedure["online_or_submitted"] > 0]
    with_dossier = pd.MultiIndex.from_frame(online[["unit", "procedure_id"]])
    pairs = pd.MultiIndex.from_frame(services[["unit", "procedure_id"]])
    public = flags(services, "public")
    used = public & pairs.isin(with_dossier)
    return pd.DataFrame({"unit": services["unit"], "public": public, "used": used})


def _dossier_table(tables: Tables, scope: Scope) -> pd.DataFrame:
    """unit, procedure_id and the sums of SUMS; no rows without dossiers."""
    needed = {"dossier_id", "procedure_id", "unit", "status"}
    if "dossiers" not in tables or not needed <= set(tables["dossiers"].columns):
        return pd.DataFrame(columns=["unit", "procedure_id", *SUMS])
    sums = dossier_sums(dossier_facts(tables, scope)).to_pandas()
    return sums.astype(dict.fromkeys(SUMS, "int64"))


def _flagged(sums: pd.DataFrame, procedures: pd.DataFrame) -> pd.DataFrame:
    """The sums with has_fee and returns_paper of their procedures."""
    about = pd.DataFrame(
        {
            "procedure_id": procedures["procedure_id"],
            "has_fee": flags(procedures, "has_fee"),
            "returns_paper": flags(procedures, "returns_paper"),
        }
    )
    joined = sums.merge(about, on="procedure_id", how="left")
    for name in ("has_fee", "returns_paper"):
        joined[name] = flags(joined, name)
    return joined


def _by_unit(table: pd.DataFrame) -> dict[str, Sums]:
    """unit -> its sums by name."""
    return {
        row.pop("unit"): {name: int(value) for name, value in row.items()}
        for row in table.to_dict("records")
    }


def _dossiers(numerator: str, denominator: str = "received") -> Callable[[Held, Unit], Share]:
    """A measure of dossiers alone: two sums."""

    def share(held: Held, unit: Unit) -> Share:
        sums = held.dossiers.get(unit.code, _NOTHING)
        return sums[numerator], sums[denominator]

    return share


def _with_flag(flag: str, numerator: str, denominator: str) -> Callable[[Held, Unit], Share]:
    """A measure of dossiers whose procedure has a flag."""

    def share(held: Held, unit: Unit) -> Share:
        rows = held.by_procedure(unit)
        rows = rows[rows[flag]]
        return int(rows[numerator].sum()), int(rows[denominator].sum())

    return share


def _with_dossier(flag: str, of: str) -> Callable[[Held, Unit], Share]:
    """Procedures in scope with a flag; those with a dossier of the unit that has the flag `of`."""

    def share(held: Held, unit: Unit) -> Share:
        procedures = held.procedures.ids(unit, flag)
        rows = held.by_procedure(unit)
        return len(procedures & set(rows[rows[of] > 0]["procedure_id"])), len(procedures)

    return share


def _procedures(which: str) -> Callable[[Held, Unit], Share]:
    """A measure of procedures alone: a verdict on those of the unit's scope."""

    def share(held: Held, unit: Unit) -> Share:
        verdicts = held.procedures.verdicts(unit, which)
        return sum(verdicts.values()), len(verdicts)

    return share


def _synchronised(held: Held, unit: Unit) -> Share:
    sums = held.dossiers.get(unit.code, _NOTHING)
    return sums["synced"], max(sums["received"], held.national(unit) or 0)


def _services_used(held: Held, unit: Unit) -> Share:
    sums = held.services.get(unit.code, _NOTHING)
    return sums["used"], sums["public"]


def _digitised(held: Held, unit: Unit) -> Share:
    """Components and, where the procedure returns a paper, the result as files."""
    rows = held.by_procedure(unit)
    complete = rows["components_and_result"].where(rows["returns_paper"], rows["components"])
    return int(complete.sum()), int(rows["received"].sum())


def _certified_copies(held: Held, unit: Unit) -> Share:
    if unit.level == "so":
        return 0, 0
    sums = held.copies.get(unit.code, _NOTHING)
    return sums["offered"], sums["commune"]


def _petitions(numerator: str, denominator: str) -> Callable[[Held, Unit], Share]:
    """A measure of petitions: two sums."""

    def share(held: Held, unit: Unit) -> Share:
        sums = held.petitions.get(unit.code, _NOTHING)
        return sums[numerator], sums[denominator]

    return share


def _satisfied(held: Held, unit: Unit) -> Share:
    """Each dossier counts once a cause, so one can be taken off twice; never below 0."""
    sums = held.dossiers.get(unit.code, _NOTHING)
    return max(0, sums["on_time"] - sums["complained"]), sums["population"]


_MEASURES: dict[int, Callable[[Held, Unit], Share]] = {
    1: _procedures("published"),
    2: _procedures("made_public"),
    3: _procedures("complete"),
    4: _synchronised,
    5: _dossiers("on_time", "population"),
    6: _procedures("online"),
    7: _services_used,
    8: _dossiers("online"),
    9: _with_dossier("has_fee", "paid"),
    10: _with_dossier("has_fee", "fee_filled"),
    11: _with_flag("has_fee", "to_pay_paid", "to_pay"),
    12: _with_flag("returns_paper", "result", "received"),
    13: _digitised,
    14: _dossiers("reused"),
    15: _certified_copies,
    16: _dossiers("from_store"),
    17: _with_dossier("for_citizens", "population_data"),
    18: _dossiers("population_data"),
    19: _petitions("in_time", "population"),
    20: _petitions("content", "received"),
    21: _satisfied,
}
