"""The national portal's side of one month: what it has of the demo's dossiers, and the true causes.

It counts by days, lacks some dossiers, has others that the province does not export, and holds some
under another unit, period or state. Counts come from classes, as the demo's own do. Changes if the
portal differs in other ways.
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields, replace
from datetime import datetime
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from chiso.demo.columns import DOSSIERS
from chiso.demo.dossiers import DIRECT, ONLINE, Dossiers, Supplement, World
from chiso.demo.draws import Draws, Flags
from chiso.demo.span import NEVER, STARTS
from chiso.demo.tally import Tally, count_dossiers, empty_tally, in_time

STREAM = 11
PERIOD, MONTH = "2022-09", 2
CAPTURED = datetime(2022, 10, 8, 9)
# So many in a thousand are counted otherwise for each of the causes that are planted.
PLANTED = 8


@dataclass(frozen=True)
class PortalSide:
    """`tally`: what the portal counts; `dossiers`: its own list (the contract table); `causes`:
    dossier_id and cause of each dossier that the two sides count differently."""

    tally: Tally
    dossiers: pa.Table
    causes: pd.DataFrame


@dataclass
class Portal:
    """The portal's side while the months come in, one after the other."""

    world: World
    seed: int
    _months: list[tuple[Dossiers, pd.DataFrame]] = field(default_factory=list)

    def take(self, chosen: Dossiers, table: pa.Table) -> None:
        """Look at a month's dossiers; those after the capture are not needed."""
        if chosen.month <= MONTH + 1:
            self._months.append((chosen, table.to_pandas()))

    def side(self) -> PortalSide:
        """What the portal has at the capture."""
        tally, lists, causes = empty_tally(self.world), [], []
        for chosen, table in self._months:
            plan = _Plan(self.world, chosen, table, Draws(self.seed, STREAM, chosen.month))
            for part, rows in plan.parts():
                count_dossiers(tally, part, self.world)
                lists.append(rows)
            causes.append(plan.causes)
        listed = pa.Table.from_pandas(pd.concat(lists), schema=DOSSIERS, preserve_index=False)
        return PortalSide(tally, listed, pd.concat(causes))


class _Plan:
    """One month: which dossiers the portal has, which of them otherwise."""

    def __init__(self, world: World, chosen: Dossiers, table: pd.DataFrame, draws: Draws) -> None:
        self.world, self.chosen, self.table, self.draws = world, chosen, table, draws
        synced = table["synced_at"]
        self.present: Flags = np.asarray((synced <= pd.Timestamp(CAPTURED)).to_numpy(dtype=bool))
        self.used = ~self.present
        self.cause = np.full(len(table), "", dtype=object)
        self.extra: list[pd.DataFrame] = []

    def parts(self) -> list[tuple[Dossiers, pd.DataFrame]]:
        """The portal's dossiers, as classes and as rows of its list."""
        if self.chosen.month > MONTH:
            return [self._brought_in(name) for name in ("received_late", "edge")]
        self._absent()
        parts = []
        if self.chosen.month == MONTH:
            parts = [self._extra("duplicate"), self._extra("other_system")]
            self._moved()
            self._behind()
        return [self._compared_by_days(), *parts]

    @property
    def causes(self) -> pd.DataFrame:
        """dossier_id, cause of this month's dossiers and of those that only the portal has."""
        own = pd.DataFrame({"dossier_id": self.table["dossier_id"], "cause": self.cause})
        return pd.concat([own[own["cause"] != ""], *self.extra])

    def _pick(self, name: str, which: Flags) -> Flags:
        """Some of those that may be chosen and are not yet."""
        free = np.flatnonzero(which & ~self.used)
        most = max(1, len(self.table) * PLANTED // 1000)
        rows = free[self.draws.shuffled(len(free))[:most]]
        picked = np.zeros(len(self.table), dtype=bool)
        picked[rows] = True
        self.used |= picked
        self.cause[picked] = name
        return picked

    def _absent(self) -> None:
        """Never synchronised, or after the capture: told of those that the month counts."""
        synced, counts = self.table["synced_at"], self._counts()
        self.cause[counts & synced.isna().to_numpy()] = "not_synced"
        self.cause[counts & (synced > pd.Timestamp(CAPTURED)).to_numpy()] = "synced_later"

    def _counts(self) -> Flags:
        """Whether the month that is compared counts a dossier anywhere."""
        receipt, handling = self.chosen.receipt, self.chosen.handling
        if self.chosen.month < MONTH:
            return receipt.is_received & (handling.end_month >= MONTH)
        marks = self.chosen.marks
        noted = marks.fee_known & ~marks.fee_lines_zero
        submitted = receipt.is_dated & ((marks.channel == ONLINE) | noted)
        return receipt.is_received | submitted

    def _extra(self, name: str) -> tuple[Dossiers, pd.DataFrame]:
        """Dossiers that the portal alone has: the same request filed online, one of a ministry's
        system. Each is like one of ours but for its code."""
        receipt = self.chosen.receipt
        like = self._like(receipt.is_received & (self.chosen.marks.channel == DIRECT))
        part, rows = _rows(self.chosen, like), self.table[like].copy()
        numbers = range(len(rows))
        if name == "duplicate":
            part = replace(part, marks=replace(part.marks, channel=np.full(len(rows), ONLINE)))
            rows["channel"] = ONLINE
            rows["dossier_id"] = [f"H31-2209-P{number:06d}" for number in numbers]
        else:
            rows["dossier_id"] = [f"000.00.15.H31-220914-15{number:05d}" for number in numbers]
        self.extra.append(pd.DataFrame({"dossier_id": rows["dossier_id"], "cause": name}))
        return _by_days(part), rows

    def _like(self, which: Flags) -> Flags:
        cause = self.cause.copy()
        picked = self._pick("", which)
        self.cause = cause
        return picked

    def _moved(self) -> None:
        """Dossiers of communes that the portal counts for their district alone."""
        agencies, receipt = self.world.agencies, self.chosen.receipt
        communes = np.isin(receipt.unit, agencies.at_level("xa"))
        moved = self._pick("mapping", receipt.is_received & communes)
        parent = np.where(moved, np.asarray(agencies.parents)[receipt.unit], receipt.unit)
        self.chosen = replace(self.chosen, receipt=replace(receipt, unit=parent))
        self.table.loc[moved, "unit"] = np.asarray(agencies.codes, dtype=object)[parent[moved]]

    def _behind(self) -> None:
        """Dossiers that ended in time, of which the portal knows no end, and whose limit has passed."""
        handling = self.chosen.handling
        ended = handling.kept & handling.has_due & (handling.supplement == Supplement.NONE)
        last = STARTS[MONTH + 1] - 1
        passed = (handling.limit_day < last) & (handling.end_month == MONTH)
        behind = self._pick("status", self.chosen.receipt.is_received & ended & passed)
        end = np.where(behind, NEVER, handling.end_month)
        self.chosen = replace(self.chosen, handling=replace(handling, end_month=end))
        self.table.loc[behind, ["done_at", "returned_at", "ended_at"]] = pd.NaT
        self.table.loc[behind, "status"] = 4

    def _compared_by_days(self) -> tuple[Dossiers, pd.DataFrame]:
        """All that are there, judged by days."""
        judged = _by_days(self.chosen)
        changed = in_time(judged, MONTH) != in_time(self.chosen, MONTH)
        told = changed & self.chosen.receipt.is_received & self._counts()
        told &= self.present & (self.cause == "")
        self.cause[told] = "comparison"
        return _rows(judged, self.present), self.table[self.present]

    def _brought_in(self, name: str) -> tuple[Dossiers, pd.DataFrame]:
        """Dossiers of the next month that the portal counts in this one: from their submission on, or
        by another clock."""
        receipt, marks = self.chosen.receipt, self.chosen.marks
        edge = pd.Timestamp("2022-10-01")
        before = (self.table["submitted_at"] < edge).to_numpy()
        online = marks.channel == ONLINE
        soon = receipt.day < STARTS[MONTH + 1] + 4
        late = receipt.is_received & self.chosen.handling.has_due & self.present
        which = late & (online & before if name == "received_late" else soon & ~online)
        picked = self._pick(name, which)
        part = replace(_rows(self.chosen, picked), month=MONTH)
        rows = self.table[picked].copy()
        at_the_edge = edge - pd.Timedelta(seconds=1)
        if name == "edge":
            rows["submitted_at"] = rows["submitted_at"].where(rows["submitted_at"] < at_the_edge)
        rows["received_at"] = rows["submitted_at"] if name == "received_late" else at_the_edge
        return part, rows


def _by_days(dossiers: Dossiers) -> Dossiers:
    """Ended on the evening of its last day: in time; open on it: within its term."""
    handling = dossiers.handling
    on_the_day = handling.has_due & (handling.end_day == handling.limit_day)
    last = STARTS[MONTH + 1] - 1
    within = np.where(
        handling.has_due & (handling.limit_day == last) & (handling.within_until == MONTH),
        MONTH + 1,
        handling.within_until,
    )
    return replace(
        dossiers,
        handling=replace(handling, kept=handling.kept | on_the_day, within_until=within),
    )


def _rows(dossiers: Dossiers, which: Flags) -> Dossiers:
    """Some of the dossiers."""

    def some(part: Any) -> Any:
        return replace(part, **{one.name: getattr(part, one.name)[which] for one in fields(part)})

    return replace(
        dossiers,
        receipt=some(dossiers.receipt),
        handling=some(dossiers.handling),
        marks=some(dossiers.marks),
    )
