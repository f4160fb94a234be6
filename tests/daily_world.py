"""A small province whose records grow by the day, and what is known of them by hand."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from pathlib import Path

import pandas as pd

from chiso.base import clock
from chiso.publishing.site import Written
from chiso.store.figures import Figures
from chiso.store.reading import Reading

UNITS = ("so-a", "so-b", "so-c")
_TREE = """\
name: {vi: "Tỉnh nhỏ", en: "Small province"}
source: "invented"
last_confirmed: 2026-11-23
valid_from: 2022-01-01
province: H99
cohorts:
  tinh: {name: {vi: "Cấp tỉnh", en: "Province"}, partial: true, source: "one province"}
  so: {name: {vi: "Sở, ban, ngành", en: "Departments"}}
units:
  - {code: H99, name: {vi: "UBND tỉnh Nhỏ", en: "Small"}, level: tinh, cohort: tinh}
  - {code: so-a, name: {vi: "Sở Ánh sáng", en: "A"}, level: so, cohort: so, parent: H99}
  - {code: so-b, name: {vi: "Sở Biển", en: "B"}, level: so, cohort: so, parent: H99}
  - {code: so-c, name: {vi: "Sở Cây xanh", en: "C"}, level: so, cohort: so, parent: H99}
"""


def small_province(project: Path) -> None:
    """Give the project a tree of four units for every period."""
    (project / "params/units/tinh-nho.yml").write_text(_TREE, encoding="utf-8")
    path = project / "params/defaults.yml"
    text = path.read_text("utf-8").replace("use: hung-yen-2022}", "use: tinh-nho}", 1)
    path.write_text(
        text.replace(
            "assignments:\n  - {from: 30/08/2022, use: hung-yen-2022}\n  -", "assignments:\n  -"
        ),
        encoding="utf-8",
    )


@dataclass
class World:
    """Dossiers that come in on working days, five an agency; every tenth is returned late.

    `as_counts`: what is handed in are their counts, not the dossiers.
    """

    project: Path
    as_counts: bool = False
    corrections: list[tuple[date, dict[str, str]]] = field(default_factory=list)

    def dossiers(self, month: str, until: datetime) -> pd.DataFrame:
        """What an export of a month holds at a moment: what was received and done by then."""
        first = date.fromisoformat(f"{month}-01")
        rows, number = [], 0
        for ahead in range(31):
            on = first + timedelta(days=ahead)
            if on.month != first.month or on.weekday() > 4:
                continue
            for unit in UNITS:
                for hour in range(8, 13):
                    number += 1
                    received = datetime.combine(on, time(hour))
                    done = received + timedelta(days=5 if number % 10 == 0 else 1)
                    if received <= until:
                        rows.append(_row(f"{month}-{number}", unit, received, done, until))
        extra = [
            row for day, row in self.corrections if day <= until.date() and row["month"] == month
        ]
        rows += [{name: row[name] for name in rows[0]} for row in extra if rows]
        return pd.DataFrame(rows)

    def export(self, month: str, until: datetime) -> int:
        """Write the export of a month; how many dossiers it holds. Nothing before the first one."""
        rows = self.dossiers(month, until)
        folder = self.project / "data" / month
        if len(rows):
            folder.mkdir(parents=True, exist_ok=True)
        if len(rows) and self.as_counts:
            _counts(rows).to_csv(folder / "counts.csv", index=False)
        elif len(rows):
            rows.to_csv(folder / "dossiers.csv", index=False)
            pd.DataFrame([{"procedure_id": "P1"}]).to_csv(folder / "procedures.csv", index=False)
        return len(rows)


def _row(
    name: str, unit: str, received: datetime, done: datetime, until: datetime
) -> dict[str, str]:
    is_done = done <= until
    return {
        "dossier_id": name,
        "procedure_id": "P1",
        "unit": unit,
        "status": "9" if is_done else "4",
        "channel": "2",
        "received_at": received.isoformat(),
        "due_at": (received + timedelta(days=3)).isoformat(),
        "done_at": done.isoformat() if is_done else "",
        "synced_at": received.isoformat(),
    }


def _counts(rows: pd.DataFrame) -> pd.DataFrame:
    """Indicator 4 (all reached the portal) and 5 (late where it ended after its limit)."""
    found = []
    for unit in ("H99", *UNITS):
        own = rows[(rows["unit"] == unit) | (unit == "H99")]
        late = int((own["done_at"] > own["due_at"]).sum())
        found += [(unit, 4, len(own), len(own)), (unit, 5, len(own) - late, len(own))]
    return pd.DataFrame(found, columns=["unit", "indicator", "numerator", "denominator"])


def late_entry(month: str, name: str, unit: str, received: str) -> dict[str, str]:
    """A dossier that somebody enters after the month is over."""
    moment = datetime.fromisoformat(received)
    end = moment + timedelta(days=1)
    return _row(name, unit, moment, end, end) | {"month": month}


class Clock:
    """The machine's clock, set by hand (Viet Nam's time)."""

    def __init__(self, monkeypatch) -> None:
        self.moment = datetime(2022, 8, 1, 6, tzinfo=clock.VIETNAM)
        monkeypatch.setattr("chiso.base.clock.now", lambda: self.moment)

    def set(self, text: str) -> None:
        self.moment = datetime.fromisoformat(text).replace(tzinfo=clock.VIETNAM)


def publish(figures: Figures, _reading: Reading) -> int:
    """In the place of the pages: a site that only says which figures it shows."""
    from chiso.base.locations import project_root

    folder = project_root() / "reports/_site" / figures.settings.period.name
    folder.mkdir(parents=True, exist_ok=True)
    Written(figures.provenance.revision).save(folder)
    return 0
