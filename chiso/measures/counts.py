"""All 21 numerators and denominators for every unit of a tree, from contract tables.

Dossiers are aggregated in the engine to units and procedures; from there on everything is small.
Counts of dossiers, petitions and services add up along the tree; procedures are counted distinct.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from copy import copy
from datetime import datetime
from functools import cached_property

import ibis.expr.types as ir
import pandas as pd
from ibis.util import gen_name

from chiso.base.period import Period
from chiso.contract.counts import COUNT_COLUMNS
from chiso.contract.records import Gap
from chiso.measures.definitions import (
    COMPLAINED,
    COPIES,
    ONLINE_OF_SERVICE,
    PETITIONS,
    PROCEDURE_VERDICTS,
    PROCEDURES_WITH_DOSSIERS,
    SERVICES,
    Definition,
    dossier_shares,
    needs_of,
    summed_flags,
)
from chiso.measures.dossiers import dossier_facts, dossier_sums, sums_of_facts
from chiso.measures.petitions import petition_facts
from chiso.measures.procedures import ScopedProcedures
from chiso.measures.scope import (
    Scope,
    Tables,
    ancestors,
    flags,
    moment_of,
    without_data,
)
from chiso.rules.indicators import NUMBERS, MeasureOptions
from chiso.rules.units import Tree, Unit
from chiso.rules.working_days import load_calendar

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
    them has no data for these units and those above. A unit that lacks all of a table has no data
    itself.
    """
    return counted(hold(tables, tree, period, options, as_of, gaps))


def hold(
    tables: Tables,
    tree: Tree,
    period: Period,
    options: MeasureOptions | None = None,
    as_of: datetime | None = None,
    gaps: frozenset[Gap] = frozenset(),
    keeps_facts: bool = False,
) -> Held:
    """What `measure` counts, held for counts and cases alike; the arguments are its own.

    `keeps_facts`: the engine works out once what every dossier is and keeps it beside the tables, for
    who asks more of the dossiers than counts. Not for databases, where nothing is written.
    """
    now = moment_of(period, as_of, tables)
    scope = Scope(tree, period, options or MeasureOptions(), load_calendar(), now)
    return Held(tables, scope, gaps, keeps_facts)


def counted(held: Held, numbers: Iterable[int] = NUMBERS) -> pd.DataFrame:
    """The counts of tables that are held already, as `measure` gives them, or some of them."""
    rows = []
    for unit in held.scope.tree.units:
        for number in numbers:
            known = unit.code not in held.without[number]
            share = _MEASURES[number](held, unit) if known else (None, None)
            rows.append((unit.code, number, *share))
    return pd.DataFrame(rows, columns=COUNT_COLUMNS, dtype=object)


class Held:
    """The small tables that all measures and their cases are taken from, each made once.

    `shares`: what the set's options make of the indicators of dossiers. `without`: indicator -> the
    units that have no data for it. `facts`: petitions, services and
    certified_copies row by row, with the flags of their definitions.
    """

    def __init__(
        self,
        tables: Tables,
        scope: Scope,
        gaps: frozenset[Gap] = frozenset(),
        keeps_facts: bool = False,
    ) -> None:
        self.scope, self.tables, self.gaps = scope, tables, gaps
        self._kept = _kept_facts(tables, scope) if keeps_facts and has_dossiers(tables) else None
        self.shares = dossier_shares(scope.options)
        self.without = {
            number: without_data(tables, scope.tree, gaps, needs)
            for number, needs in needs_of(scope.options).items()
        }
        self._above = ancestors(scope.tree)
        small = {name: table.to_pandas() for name, table in tables.items() if name != "dossiers"}
        procedures = small.get("procedures", pd.DataFrame(columns=["procedure_id"]))
        self.names, self._small = procedures, small
        self.facts: dict[str, pd.DataFrame] = {
            name: facts(small[name])
            for name, facts in (
                ("petitions", lambda t: petition_facts(t, scope)),
                ("certified_copies", self._copies),
            )
            if name in small
        }
        self.petitions, self.copies = (
            self._climbed(self.facts.get(name)) for name in ("petitions", "certified_copies")
        )
        self._national = _national(small.get("national_counts"), scope)
        self.procedures = ScopedProcedures(procedures, small.get("decisions", procedures), scope)
        self._take(sums_of_dossiers(tables, scope, self._kept))

    @cached_property
    def dossier_facts(self) -> ir.Table:
        """`dossiers.dossier_facts` of these tables, which must have dossiers (has_dossiers)."""
        return dossier_facts(self.tables, self.scope) if self._kept is None else self._kept

    def with_dossiers(self, sums: pd.DataFrame) -> Held:
        """The same, with other dossiers: unit, procedure_id and how many have each flag."""
        other = copy(self)
        other.facts = dict(self.facts)
        other._take(sums)
        return other

    def _take(self, sums: pd.DataFrame) -> None:
        """Hold what the sums of dossiers make."""
        by_procedure = self.climb(sums, ["unit", "procedure_id"])
        flagged = _flagged(by_procedure, self.names)
        self.dossiers = _by_unit(self.climb(sums.drop(columns="procedure_id"), ["unit"]))
        self.dossiers_where = {
            where: _by_unit(rows.drop(columns="procedure_id").groupby("unit", as_index=False).sum())
            for where in _wheres(self.shares)
            for rows in (flagged[flagged[where[0]] == where[1]],)
        }
        self.procedures_with = {
            of: rows.groupby("unit")["procedure_id"].agg(frozenset).to_dict()
            for _flag, of in PROCEDURES_WITH_DOSSIERS.values()
            for rows in (flagged[flagged[of] > 0],)
        }
        self.dossiers_by_procedure = dict(iter(flagged.groupby("unit")))
        self.no_dossiers = flagged.iloc[:0]
        if "services" in self._small:
            self.facts["services"] = _services(self._small["services"], by_procedure)
        self.services = self._climbed(self.facts.get("services"))

    def by_procedure(self, unit: Unit) -> pd.DataFrame:
        """The dossier sums of the unit and below by procedure, with the procedure's own flags."""
        return self.dossiers_by_procedure.get(unit.code, self.no_dossiers)

    def national(self, unit: Unit) -> int | None:
        """The national count of the period: the unit's own row, else the sum of those below."""
        if unit.code in self._national:
            return self._national[unit.code]
        below = [self.national(child) for child in self.scope.tree.children(unit.code)]
        known = [number for number in below if number is not None]
        return sum(known) if known else None

    def climb(self, table: pd.DataFrame, keys: list[str]) -> pd.DataFrame:
        """Sums of the units and everything below them."""
        if table.empty:
            return table
        joined = table.merge(self._above, on="unit").drop(columns="unit")
        return joined.rename(columns={"above": "unit"}).groupby(keys, as_index=False).sum()

    def _climbed(self, facts: pd.DataFrame | None) -> dict[str, Sums]:
        """Flags of rows as sums of the units and everything below them."""
        if facts is None or facts.empty:
            return {}
        numbers = facts.select_dtypes("bool").astype("int64")
        return _by_unit(self.climb(numbers.assign(unit=facts["unit"]), ["unit"]))

    def _copies(self, copies: pd.DataFrame) -> pd.DataFrame:
        """Indicator 15: rows of communes; those that offer certified copies."""
        communes = {unit.code for unit in self.scope.tree.units if unit.level == "xa"}
        commune = copies["unit"].isin(communes)
        offered = commune & flags(copies, "offered")
        return pd.DataFrame({"unit": copies["unit"], "commune": commune, "offered": offered})


def _national(counts: pd.DataFrame | None, scope: Scope) -> dict[str, int]:
    """unit -> the dossiers of the period that the national reporting system knows of."""
    if counts is None:
        return {}
    rows = counts[(counts["period"] == scope.period.name) & counts["received"].notna()]
    return {row.unit: int(row.received) for row in rows.itertuples()}


def _services(services: pd.DataFrame, by_procedure: pd.DataFrame) -> pd.DataFrame:
    """Indicator 7: public services; those with an online dossier at or below their unit."""
    online = by_procedure[by_procedure[ONLINE_OF_SERVICE] > 0]
    with_dossier = pd.MultiIndex.from_frame(online[["unit", "procedure_id"]])
    pairs = pd.MultiIndex.from_frame(services[["unit", "procedure_id"]])
    public = flags(services, "public")
    used = public & pairs.isin(with_dossier)
    return services[["service_id", "procedure_id", "unit"]].assign(public=public, used=used)


def has_dossiers(tables: Tables) -> bool:
    """Whether there are dossiers with all that every measure of them needs."""
    needed = {"dossier_id", "procedure_id", "unit", "status"}
    return "dossiers" in tables and needed <= set(tables["dossiers"].columns)


def sums_of_dossiers(tables: Tables, scope: Scope, kept: ir.Table | None = None) -> pd.DataFrame:
    """unit, procedure_id and how many dossiers have each of the flags that the indicators of `scope`
    sum up; no rows without dossiers. `kept`: their facts, where they are there already."""
    names = summed_flags(dossier_shares(scope.options))
    if not has_dossiers(tables):
        return pd.DataFrame(columns=["unit", "procedure_id", *names])
    sums = dossier_sums(tables, scope, names) if kept is None else sums_of_facts(kept, names)
    # Spark's way to count what is not there is an empty cell.
    return sums.to_pandas().fillna(dict.fromkeys(names, 0)).astype(dict.fromkeys(names, "int64"))


def _kept_facts(tables: Tables, scope: Scope) -> ir.Table:
    """The facts of dossiers as a table of their engine, which goes when the engine does."""
    facts = dossier_facts(tables, scope)
    return facts.get_backend().create_table(gen_name("facts"), facts, temp=True)


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


def _wheres(shares: Mapping[int, tuple[Definition, ...]]) -> set[tuple[str, bool]]:
    """The flags of procedures, with their values, that dossiers are parted by."""
    return {part.where for parts in shares.values() for part in parts if part.where}


def _by_unit(table: pd.DataFrame) -> dict[str, Sums]:
    """unit -> its sums by name."""
    return {
        row.pop("unit"): {name: int(value) for name, value in row.items()}
        for row in table.to_dict("records")
    }


def _dossiers(number: int) -> Callable[[Held, Unit], Share]:
    """A measure of dossiers: sums, of those whose procedure has a flag where one is named."""

    def share(held: Held, unit: Unit) -> Share:
        numerator = denominator = 0
        for part in held.shares[number]:
            sums: Sums = held.dossiers.get(unit.code, _NOTHING)
            if part.where:
                sums = held.dossiers_where[part.where].get(unit.code, _NOTHING)
            numerator += int(sums[part.numerator])
            denominator += int(sums[part.denominator])
        return numerator, denominator

    return share


def _with_dossier(flag: str, of: str) -> Callable[[Held, Unit], Share]:
    """Procedures in scope with a flag; those with a dossier of the unit that has the flag `of`."""

    def share(held: Held, unit: Unit) -> Share:
        procedures = held.procedures.ids(unit, flag)
        done = held.procedures_with[of].get(unit.code, frozenset())
        return len(procedures & done), len(procedures)

    return share


def _procedures(which: str) -> Callable[[Held, Unit], Share]:
    """A measure of procedures alone: a verdict on those of the unit's scope."""

    def share(held: Held, unit: Unit) -> Share:
        verdicts = held.procedures.verdicts(unit, which)
        return sum(verdicts.values()), len(verdicts)

    return share


def _synchronised(held: Held, unit: Unit) -> Share:
    """More may have been received by the national count than the records hold."""
    synced, received = _dossiers(4)(held, unit)
    return synced, max(received, held.national(unit) or 0)


def _small(
    sums_of: Callable[[Held], dict[str, Sums]], share: Definition
) -> Callable[[Held, Unit], Share]:
    """A measure of petitions, services or certified copies: two sums."""

    def measure_of(held: Held, unit: Unit) -> Share:
        sums = sums_of(held).get(unit.code, _NOTHING)
        return sums[share.numerator], sums[share.denominator]

    return measure_of


def _certified_copies(held: Held, unit: Unit) -> Share:
    if unit.level == "so":
        return 0, 0
    return _small(lambda h: h.copies, COPIES[15])(held, unit)


def _satisfied(held: Held, unit: Unit) -> Share:
    """Each dossier counts once a cause, so one can be taken off twice; never below 0."""
    on_time, population = _dossiers(21)(held, unit)
    complained = held.dossiers.get(unit.code, _NOTHING)[COMPLAINED]
    return max(0, on_time - complained), population


_MEASURES: dict[int, Callable[[Held, Unit], Share]] = {
    **{number: _dossiers(number) for number in dossier_shares(MeasureOptions())},
    **{number: _procedures(which) for number, which in PROCEDURE_VERDICTS.items()},
    **{number: _with_dossier(*flags) for number, flags in PROCEDURES_WITH_DOSSIERS.items()},
    **{number: _small(lambda h: h.services, share) for number, share in SERVICES.items()},
    **{number: _small(lambda h: h.petitions, share) for number, share in PETITIONS.items()},
    4: _synchronised,
    15: _certified_copies,
    21: _satisfied,
}
