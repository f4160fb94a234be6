"""Six months of the demo with few agencies, and a cast that plays its parts in the letters.

What the demo has by itself: agencies that fall short again and again, and one without dossiers. What it
lacks is written into its records here: an agency that loses nothing of its own, and one that mends what
it is asked, as systems still take it; answers are the clerk's.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pandas as pd

from chiso.base.period import parse_period
from chiso.contract.letters import MEND, OVERDUE, REMINDER, Letter, Told
from chiso.demo.write import DemoRequest, write_demo
from chiso.publishing.lettering import Decided, Wanted, decide
from chiso.rules.settings import load_settings
from chiso.store import letters as register
from chiso.store.figures import Figures
from chiso.store.pipeline import score_period

MONTHS = tuple(f"2022-{number:02d}" for number in range(7, 13))
# The parts.
AGAIN, NEVER_ANSWERS, MENDS = "so-tai-nguyen", "323", "so-y-te"
ONLY_STRUCTURAL, WITHOUT = "ban-khu-cong-nghiep", "thanh-tra"
_KEPT = (
    "H31", "vp-ubnd", "so-noi-vu", "so-tu-phap", AGAIN, "so-thong-tin", "so-khoa-hoc", "so-giao-duc", MENDS,
    WITHOUT, ONLY_STRUCTURAL, NEVER_ANSWERS, "325", "11950", "11953", "11992",
)  # fmt: skip
_FLAGS = ("components_file", "result_file", "reused", "from_store", "population_data")


@dataclass
class Play:
    """The months that were played: what was decided in each, and the figures of then."""

    project: Path
    decided: dict[str, Decided] = field(default_factory=dict)
    figures: dict[str, Figures] = field(default_factory=dict)

    def month(self, name: str) -> Figures:
        """Score a month, decide on its letters and keep them in the register."""
        figures = _scored(name)
        wanted = Wanted((), (), (), "", figures.settings.as_of)
        decided = decide(figures, wanted, lambda _said: None)
        register.drafted(register.register_dir(), decided.letters)
        self.decided[name], self.figures[name] = decided, figures
        return figures

    def issue(self, name: str, mends: bool = False) -> None:
        """The clerk gives numbers and dates; the addressees answer, each as its part is. `mends`: the
        agency that mends does so in its records, and the month is counted once more."""
        place = MONTHS.index(name)
        told = []
        for number, letter in enumerate(self._drafted(name), start=1 + 100 * place):
            dated = letter.drafted_on + timedelta(days=1)
            answered = _answered(letter)
            told.append(
                Told(
                    letter.id,
                    f"{number}/UBND-PVHCC&KSTT",
                    dated,
                    answered,
                    "" if answered else None,
                )
            )
        register.told(register.register_dir(), told)
        if mends:
            mend(self.project, of(self._drafted(name), MENDS))
            _scored(name)

    def _drafted(self, name: str) -> list[Letter]:
        kept = register.letters(register.register_dir())
        return [one for one in kept if (one.period, one.kind) == (name, REMINDER)]


def few_agencies(project: Path, codes: tuple[str, ...] = _KEPT) -> None:
    """Leave a project the agencies named; by default those of the cast and a few beside them."""
    path = project / "params/units/hung-yen-2022.yml"
    lines = path.read_text("utf-8").splitlines()
    unit = re.compile(r'  - \{code: "?([\w-]+)"?,')
    kept = [line for line in lines if not (found := unit.match(line)) or found[1] in codes]
    path.write_text("\n".join(kept) + "\n", encoding="utf-8")


def write_records(project: Path, dossiers_per_month: int) -> None:
    """The demo's records of six months with the agency that loses nothing of its own."""
    folder = project / "data/demo"
    write_demo(DemoRequest(folder, dossiers_per_month=dossiers_per_month))
    dossiers = pd.read_parquet(folder / "dossiers.parquet")
    own = dossiers["unit"] == ONLY_STRUCTURAL
    _finish(dossiers, own)
    dossiers.loc[own, [*_FLAGS]] = True
    dossiers.loc[own, ["disliked", "petitioned", "fee_lines_zero"]] = False
    dossiers.loc[own, "channel"] = 2
    dossiers.loc[own, "synced_at"] = dossiers.loc[own, "received_at"]
    _save(dossiers, folder / "dossiers.parquet")
    for name, column, value in (
        ("procedures", "has_fee", False),
        ("procedures", "for_citizens", False),
        ("services", "public", False),
    ):
        table = pd.read_parquet(folder / f"{name}.parquet")
        owner = "agency" if name == "procedures" else "unit"
        table.loc[table[owner] == ONLY_STRUCTURAL, column] = value
        _save(table, folder / f"{name}.parquet")
    for name in ("petitions", "national_counts"):
        table = pd.read_parquet(folder / f"{name}.parquet")
        _save(table[table["unit"] != ONLY_STRUCTURAL], folder / f"{name}.parquet")


def mend(project: Path, letter: Letter) -> None:
    """Do in the records what a letter asks for: finish what is overdue, add what dossiers lack."""
    path = project / "data/demo/dossiers.parquet"
    dossiers = pd.read_parquet(path)
    for asked in letter.asked:
        own = dossiers["dossier_id"].isin(asked.dossiers) & (dossiers["unit"] == letter.addressee)
        if asked.what == OVERDUE:
            end = pd.Timestamp(letter.drafted_on) + pd.Timedelta(days=2)
            dossiers.loc[own, ["done_at", "returned_at"]] = end
            dossiers.loc[own, "status"] = 10
        elif asked.what == MEND:
            dossiers.loc[own, [*_FLAGS]] = True
            dossiers.loc[own, "paid_online"] = 1
            dossiers.loc[own, "synced_at"] = dossiers.loc[own, "received_at"]
    _save(dossiers, path)


def _finish(dossiers: pd.DataFrame, own: pd.Series) -> None:
    """Done on the day of receipt, which is long before it is due."""
    received = dossiers.loc[own, "received_at"]
    dossiers.loc[own, "due_at"] = received + pd.Timedelta(days=10)
    dossiers.loc[own, ["done_at", "returned_at"]] = received + pd.Timedelta(minutes=1)
    dossiers.loc[own, "status"] = 10
    for name in ("ended_at", "supplement_asked_at", "supplement_done_at"):
        dossiers.loc[own, name] = pd.NaT
    for name in ("supplement_count", "supplement_hours"):
        dossiers.loc[own, name] = None


def _save(table: pd.DataFrame, path: Path) -> None:
    table.to_parquet(path, index=False)


def _scored(name: str) -> Figures:
    return score_period(load_settings(parse_period(name)), lambda _said: None)


def _answered(letter: Letter) -> object:
    """On which day an addressee answers: the one that falls short again too late, most in time."""
    if letter.addressee == NEVER_ANSWERS or letter.deadline is None:
        return None
    return letter.deadline + timedelta(days=3 if letter.addressee == AGAIN else -1)


def of(letters: Iterable[Letter], code: str) -> Letter:
    """The letter to an agency."""
    return next(one for one in letters if one.addressee == code)
