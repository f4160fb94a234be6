"""The reconciliation of a stored revision with the portal's newest capture, kept beside the store.

data/store/reconciled/<province>/<period>/r001/ holds the one of a revision: it is made again where
the capture, a parameter or the program is another, and replaced in one step.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from chiso.base.files import (
    are_intact,
    hashes,
    replace_folder,
    sealed,
    sha256,
    staging_folder,
    unsealed,
)
from chiso.base.locations import params_dir
from chiso.base.versions import code_hash
from chiso.reconcile.portal_side import PortalSide
from chiso.rules.units import Tree
from chiso.store.revisions import Provenance

if TYPE_CHECKING:
    # What reads the kept one has no need of the engine that a reconciliation is made with.
    from chiso.reconcile.reconciliation import Reconciliation

_ABOUT = "about.json"
# Columns of the kept tables that are text.
_TEXT = {"unit", "portal_unit", "cause", "dossier_id", "procedure_id", "indicators"}
_UNEXPLAINED = ("unexplained_numerator", "unexplained_denominator")


@dataclass(frozen=True)
class Reconciled:
    """What is kept of a reconciliation: the moment of the capture, `lines`
    (reconciliation.LINE_COLUMNS with what is unexplained of numerator and denominator), `parts`
    (steps.STEP_COLUMNS), `dossiers` (dossier_id, unit, portal_unit, procedure_id, cause,
    indicators). `made_from`: a hash of all that it is made from. `table`: gives one of the tables by
    its name, which is read when it is first asked for: a run that makes nothing asks for none."""

    captured: datetime
    has_list: bool
    made_from: str
    table: Callable[[str], pd.DataFrame]

    @cached_property
    def lines(self) -> pd.DataFrame:
        """Our counts beside the portal's."""
        return self.table("lines")

    @cached_property
    def parts(self) -> pd.DataFrame:
        """The steps from ours to the portal's."""
        return self.table("parts")

    @cached_property
    def dossiers(self) -> pd.DataFrame:
        """The dossiers that make the difference."""
        return self.table("dossiers")

    def by_unit(self, tree: Tree) -> dict[str, str]:
        """By unit, a text that is another where anything that is told of it is."""
        lines = {code: rows.to_csv() for code, rows in self.lines.groupby("unit")}
        found = self.dossiers
        sizes: dict[str, list[str]] = {}
        known = set(tree.by_code)
        for row in found[["unit", "portal_unit", "cause"]].itertuples(index=False):
            for code in {row.unit, row.portal_unit} & known:
                for above in (code, *tree.above(code)):
                    sizes.setdefault(above, []).append(f"{row.unit} {row.portal_unit} {row.cause}")
        return {
            code: f"{self.captured} {lines.get(code, '')} {sorted(sizes.get(code, []))}"
            for code in tree.by_code
        }


def folder_of(store: Path, origin: Provenance) -> Path:
    """Where the reconciliation of a revision is kept."""
    return store / "reconciled" / origin.province / origin.period / f"r{origin.revision:03d}"


def made_from(origin: Provenance, capture: dict[str, str]) -> str:
    """A text that is another where anything that a reconciliation is made from is: the figures, the
    files of the capture with their hashes, the parameters, the program."""
    params = {path.name: sha256(path) for path in sorted(params_dir().glob("*.yml"))}
    return json.dumps([origin.figures_hash, origin.cases_hash, capture, params, code_hash()])


def keep(
    store: Path, origin: Provenance, found: Reconciliation, side: PortalSide, key: str
) -> None:
    """Keep a reconciliation as the one of a revision."""
    rows = found.lines.to_dict("records")
    left = [found.unexplained(row) or (None, None) for row in rows]
    # As objects: beside an empty cell pandas would make floats of whole numbers.
    lines = found.lines.assign(
        **{
            name: pd.Series([pair[i] for pair in left], found.lines.index, dtype=object)
            for i, name in enumerate(_UNEXPLAINED)
        }
    )
    about = {
        "captured": found.captured.isoformat(),
        "has_list": side.listed is not None,
        "made_from": key,
    }
    target = folder_of(store, origin)
    target.parent.mkdir(parents=True, exist_ok=True)
    with staging_folder(target) as folder:
        lines.to_csv(folder / "lines.csv", index=False, lineterminator="\n")
        found.parts.to_csv(folder / "parts.csv", index=False, lineterminator="\n")
        dossiers = found.dossiers.reset_index(names="dossier_id")
        dossiers.to_csv(folder / "dossiers.csv", index=False, lineterminator="\n")
        told = {**about, "files": hashes(folder.iterdir())}
        (folder / _ABOUT).write_text(sealed(told), encoding="utf-8")
        replace_folder(folder, target)


def is_kept(store: Path, origin: Provenance, key: str) -> bool:
    """Whether a whole reconciliation of a revision is kept that was made from all that `key` says."""
    try:
        return _about(folder_of(store, origin))["made_from"] == key
    except (OSError, ValueError, KeyError):
        return False


def read(store: Path, origin: Provenance) -> Reconciled | None:
    """The reconciliation of a revision; None where none is kept, or what is there is damaged."""
    folder = folder_of(store, origin)
    try:
        about = _about(folder)
        return Reconciled(
            captured=datetime.fromisoformat(about["captured"]),
            has_list=about["has_list"],
            made_from=about["made_from"],
            table=lambda name: _table(folder / f"{name}.csv"),
        )
    except (OSError, ValueError, KeyError):
        return None


def _about(folder: Path) -> dict[str, Any]:
    """What is told of a kept reconciliation; ValueError where a file is not as it was written."""
    about = unsealed((folder / _ABOUT).read_text(encoding="utf-8"))
    if not are_intact({folder / name: found for name, found in about["files"].items()}):
        raise ValueError(folder)
    return about


def _table(path: Path) -> pd.DataFrame:
    """Texts as text or None, counts as int or None, points as Decimal or None."""
    table = pd.read_csv(path, dtype=str, keep_default_na=False)
    for name in table.columns:
        convert = str if name in _TEXT else Decimal if name == "points" else int
        table[name] = pd.Series([convert(v) if v else None for v in table[name]], dtype=object)
    return table
