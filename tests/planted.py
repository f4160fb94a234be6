"""Records with a portal's side of their own: differences of every cause, planted dossier by dossier.

What the portal has is made here from the records by plain table work and counted; which cause each
dossier has is written down while planting.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

import ibis
import pandas as pd

from chiso.base.period import Period, parse_period
from chiso.contract.records import Records
from chiso.measures.counts import measure
from chiso.reconcile.portal_side import PortalSide
from chiso.rules.indicators import RuleBook, load_rules
from chiso.rules.units import Tree, load_tree
from chiso.sources.records import held_in_engine, load_records

PERIOD = parse_period("2022-09")
CAPTURED = datetime(2022, 10, 8, 9)
NEXT_MONTH = pd.Timestamp("2022-10-01")


@dataclass
class Planted:
    """Both sides' dossiers, by dossier_id, while differences are planted."""

    ours: pd.DataFrame
    portal: pd.DataFrame
    procedures: pd.DataFrame
    comparison: str = "instant"

    def some(self, which: pd.Series, most: int = 25) -> pd.Index:
        """Dossiers of which nothing is planted, spread over the units."""
        same = self.portal.reindex(self.ours.index).eq(self.ours) | self.ours.isna()
        free = self.ours.index[which & same[["unit", "received_at", "status"]].all(axis=1)]
        return free[:: max(1, len(free) // most)][:most]


@dataclass(frozen=True)
class World:
    """Records of the demo's, whose dossiers are exchanged for planted ones."""

    records: Records
    tree: Tree
    book: RuleBook
    period: Period = PERIOD

    @staticmethod
    def of(folder: Path) -> "World":
        tree = load_tree("hung-yen-2022")
        book = load_rules("766-2022", PERIOD.last_day)
        return World(held_in_engine(load_records(folder, tree)), tree, book)

    def planted(self, *plant: Callable[[Planted], None]) -> tuple[Records, PortalSide]:
        """Our records and the portal's counts, with differences planted one after the other."""
        table = self.records.tables["dossiers"]
        own = table.to_pandas().set_index("dossier_id")
        seen = own["synced_at"].notna() & (own["synced_at"] <= CAPTURED)
        own = own[seen & ~(own["received_at"] > CAPTURED)]
        sides = Planted(own, own.copy(), self.records.tables["procedures"].to_pandas())
        for one in plant:
            one(sides)
        options = replace(self.book.set.measures, comparison=sides.comparison)
        counts = measure(
            self._tables(sides.portal), self.tree, self.period, options, None, self.records.gaps
        )
        return replace(self.records, tables=self._tables(sides.ours)), PortalSide(counts, CAPTURED)

    def _tables(self, dossiers: pd.DataFrame) -> dict:
        schema = self.records.tables["dossiers"].schema()
        rows = dossiers.reset_index(names="dossier_id")[list(schema.names)]
        return {**self.records.tables, "dossiers": ibis.memtable(rows, schema=schema)}


def here(rows: pd.DataFrame) -> pd.Series:
    """Received in the period."""
    return rows["received_at"].between(pd.Timestamp(PERIOD.start), NEXT_MONTH, inclusive="left")


def not_synced(sides: Planted) -> None:
    ids = sides.some(here(sides.ours), 60)
    sides.ours.loc[ids, "synced_at"] = pd.NaT
    sides.portal = sides.portal.drop(ids)


def synced_later(sides: Planted) -> None:
    ids = sides.some(here(sides.ours), 60)
    sides.ours.loc[ids, "synced_at"] = pd.Timestamp("2022-10-20 08:00")
    sides.portal = sides.portal.drop(ids)


def other_system(sides: Planted) -> None:
    ids = sides.some(here(sides.ours), 60)
    copies = sides.ours.loc[ids].copy()
    copies.index = pd.Index([f"000.00.15.H31-220914-{1500000 + i}" for i in range(len(ids))])
    sides.ours = pd.concat([sides.ours, copies])


def duplicate(sides: Planted) -> None:
    ids = sides.some(here(sides.ours) & sides.ours["channel"].eq(2).fillna(False), 30)
    copies = sides.ours.loc[ids].assign(channel=1)
    copies.index = pd.Index([f"{code}-B" for code in ids])
    sides.ours = pd.concat([sides.ours, copies])


def mapping(sides: Planted) -> None:
    agency = sides.procedures.set_index("procedure_id")["agency"]
    other = sides.ours["procedure_id"].map(agency)
    departments = sides.ours["unit"].str.match(r"^(so|vp)-")
    ids = sides.ours.index[departments & (other != sides.ours["unit"]) & here(sides.ours)]
    ids = ids.intersection(sides.portal.index)
    # The rule holds for all of them, those carried into the month too.
    carried = sides.ours.index[departments & (other != sides.ours["unit"])]
    ids = ids.union(carried.intersection(sides.portal.index))
    sides.portal.loc[ids, "unit"] = other[ids]


def whole_unit(sides: Planted) -> None:
    """The portal counts all of one department for another."""
    sides.portal.loc[sides.portal["unit"] == "so-giao-thong", "unit"] = "so-xay-dung"


def received_late(sides: Planted) -> None:
    october = sides.ours["received_at"].between(NEXT_MONTH, pd.Timestamp("2022-10-07"))
    ids = sides.some(october & sides.ours["due_at"].notna(), 20)
    for rows in (sides.ours, sides.portal):
        rows.loc[ids, "channel"] = 2
        rows.loc[ids, "submitted_at"] = pd.Timestamp("2022-09-28 08:30")
        rows.loc[ids, "received_at"] = pd.Timestamp("2022-10-03 09:00")
    sides.portal.loc[ids, "received_at"] = pd.Timestamp("2022-09-28 08:30")


def edge(sides: Planted) -> None:
    october = sides.ours["received_at"].between(NEXT_MONTH, pd.Timestamp("2022-10-07"))
    ids = sides.some(october & sides.ours["due_at"].notna(), 20)
    for rows in (sides.ours, sides.portal):
        rows.loc[ids, "channel"] = 1
        rows.loc[ids, "submitted_at"] = pd.NaT
        rows.loc[ids, "received_at"] = pd.Timestamp("2022-10-01 03:00")
    sides.portal.loc[ids, "received_at"] = pd.Timestamp("2022-09-30 20:00")


def status(sides: Planted) -> None:
    done = sides.ours["done_at"] < NEXT_MONTH
    late = sides.ours["due_at"] < pd.Timestamp("2022-09-29")
    # Time that was waited for could bring such a dossier back by days: a second cause in one.
    plain = sides.ours["supplement_asked_at"].isna() & sides.ours["status"].isin([9, 10])
    ids = sides.some(here(sides.ours) & done & late & plain, 40)
    for rows in (sides.ours, sides.portal):
        rows.loc[ids, "status"] = 4
    sides.portal.loc[ids, ["done_at", "returned_at", "ended_at"]] = pd.NaT


def comparison(sides: Planted) -> None:
    sides.comparison = "date"


PLANTS: dict[str, Callable[[Planted], None]] = {
    "not_synced": not_synced,
    "synced_later": synced_later,
    "other_system": other_system,
    "duplicate": duplicate,
    "mapping": mapping,
    "received_late": received_late,
    "edge": edge,
    "status": status,
    "comparison": comparison,
}
