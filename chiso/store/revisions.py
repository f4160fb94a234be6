"""Every scored period and revision, append-only, with where its figures came from.

One folder a revision: data/store/<province>/<period>/r001/ with the four tables of scores (a class
by its code), official.csv (what an authority published), provenance.json and, where records were
measured, the evidence. A revision is written beside and renamed into place, so it is there whole or
not at all; an existing one is never touched. The set and the tree that a revision was scored with are
kept in data/store/rules/ under the hash of their bytes; a file that says the same in other bytes (comments,
layout) is no other set or tree.
"""

from __future__ import annotations

import csv
import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime
from pathlib import Path

import pandas as pd

from chiso.base import clock
from chiso.base.errors import InputError
from chiso.base.files import are_intact, sealed, sha256, staging_folder, unsealed, write_files
from chiso.base.i18n import _
from chiso.base.params import said_by
from chiso.base.period import parse_period
from chiso.contract.counts import OFFICIAL_COLUMNS
from chiso.contract.evidence import CASES, PRINTS, Evidence, Published
from chiso.scoring.score import Scores
from chiso.scoring.score_files import read_scores, score_texts

PROVENANCE = "provenance.json"
_NOTE = "inputs.json"
_RULES = "rules"
_OFFICIAL = "official.csv"
_REVISION = re.compile(r"r(\d{3,})")


@dataclass(frozen=True)
class Provenance:
    """Where a revision's figures came from; every field is text, a hash is a SHA-256.

    `inputs`: file (relative to the project) -> hash, the set and the tree among them. `set_hash`,
    `tree_hash`: of their copies in the store, which say the same as those files; empty in the form before there were copies.
    `cases_hash`, `prints_hash`: of the files of cases and of prints, empty where there are none
    (`prints_hash` also in a revision of a program that kept none).
    `recorded_at`: when it was stored (UTC); shown on no page but that of changes by day, which is about it:
    others must not know the clock.
    """

    period: str
    province: str
    units: str
    indicator_set: str
    source: dict[str, str]
    captured: str
    as_of: str
    inputs: dict[str, str]
    code_version: str
    code_hash: str
    packages: dict[str, str]
    is_illustrative: bool = False
    revision: int = 0
    figures_hash: str = ""
    cases_hash: str = ""
    prints_hash: str = ""
    recorded_at: str = ""
    set_hash: str = ""
    tree_hash: str = ""

    @property
    def stored_on(self) -> date:
        """The day in Viet Nam on which it was stored."""
        return clock.vietnam_day(datetime.fromisoformat(self.recorded_at))

    @property
    def is_provisional(self) -> bool:
        """Whether the period was still open on the last day that the figures cover."""
        return not parse_period(self.period).is_closed(date.fromisoformat(self.as_of))


@dataclass(frozen=True)
class Revision:
    """A stored revision: its scores, where they came from, and what an authority had published
    (contract/counts.OFFICIAL_COLUMNS)."""

    scores: Scores
    provenance: Provenance
    official: pd.DataFrame


def record(
    store: Path,
    scores: Scores,
    provenance: Provenance,
    evidence: Evidence | Published | None = None,
    official: pd.DataFrame | None = None,
    moment: datetime | None = None,
) -> Revision:
    """Keep `scores` as a new revision, unless the newest one of the period has the same figures, the
    same evidence, the same set and tree and are invented or not as it was, and where records were
    measured the same last day.

    Returns the revision that holds these figures, the new or the older one. `moment`: of the run that
    stores it, where that stores several; else now.
    """
    published = pd.DataFrame(columns=OFFICIAL_COLUMNS) if official is None else official
    texts = revision_texts(scores, published, evidence.texts if evidence else {})
    blobs = (
        {CASES: evidence.parquet, PRINTS: evidence.prints_parquet}
        if isinstance(evidence, Evidence)
        else {}
    )
    figures = fingerprint(texts)

    def is_same(other: Provenance) -> bool:
        # Counts that were handed in and stay as they are say nothing of later days.
        return (
            (other.figures_hash, other.set_hash, other.tree_hash, other.is_illustrative)
            == (figures, provenance.set_hash, provenance.tree_hash, provenance.is_illustrative)
        ) and (evidence is None or other.as_of == provenance.as_of)

    while True:
        newest = latest(store, provenance.province, provenance.period)
        if newest and is_same(newest.provenance):
            return newest
        complete = replace(
            provenance,
            revision=newest.provenance.revision + 1 if newest else 1,
            figures_hash=figures,
            cases_hash=hashlib.sha256(blobs[CASES]).hexdigest() if blobs else "",
            prints_hash=hashlib.sha256(blobs[PRINTS]).hexdigest() if blobs else "",
            recorded_at=(moment or clock.now()).isoformat(timespec="seconds"),
        )
        if _append(_period_folder(store, complete), complete, {**texts, **blobs}):
            return Revision(scores, complete, published)


def keep_copy(store: Path, path: Path) -> str:
    """Keep a copy of a set's or a tree's file in the store, unless one that says the same is there; the hash
    of the copy, by which it is found."""
    found = kept_as(store, path)
    if not are_intact({store / _RULES / f"{found}.yml": found}):
        write_files(store / _RULES, {f"{found}.yml": path.read_bytes().decode("utf-8")})
    return found


def kept_as(store: Path, path: Path) -> str:
    """The hash of the copy in the store that says what a set's or a tree's file says, of its very bytes
    where there is one; the hash of the file where there is none."""
    own = sha256(path)
    if (store / _RULES / f"{own}.yml").exists():
        return own
    said = said_by(path)
    others = sorted((store / _RULES).glob("*.yml"))
    # One that was altered holds nothing of what revisions were scored with.
    intact = (one for one in others if sha256(one) == one.stem)
    return next((one.stem for one in intact if said_by(one) == said), own)


def copy_of(store: Path, wanted: str) -> Path:
    """The copy of a set or a tree with a hash; InputError if it is gone or was altered."""
    path = store / _RULES / f"{wanted}.yml"
    if not path.is_file() or sha256(path) != wanted:
        raise InputError(
            _("The set or tree that a stored revision was scored with is gone or was altered."),
            file=path,
            hint=_restore(),
        )
    return path


def _append(folder: Path, provenance: Provenance, contents: Mapping[str, str | bytes]) -> bool:
    """Write one revision; False if another process took its number in the meantime."""
    target = folder / _name(provenance.revision)
    try:
        with staging_folder(target) as staged:
            write_files(staged, {**contents, PROVENANCE: provenance_text(provenance)})
            staged.rename(target)
    except OSError:
        if target.exists():
            return False
        raise
    return True


def provenance_text(provenance: Provenance) -> str:
    """The content of a revision's PROVENANCE."""
    return sealed(asdict(provenance))


def history(
    store: Path, province: str | None = None, period: str | None = None
) -> list[Provenance]:
    """The provenance of every revision, by province, period and number; filtered if asked."""
    places = (province or "*", period or "*", "r*")
    return [
        read_provenance(path / PROVENANCE)
        for path in sorted(store.glob("/".join(places)))
        if _REVISION.fullmatch(path.name)
    ]


def last_stored(store: Path, period: str | None = None) -> Provenance | None:
    """The newest revision of the period that was stored last, or of `period`; None if nothing is stored.

    Of one period the newest is the one with the highest number: a clock may have been set back. Of
    periods that one run stored it is the latest: the others are what that one is compared with.
    """
    newest = {(one.province, one.period): one for one in history(store, period=period)}
    return max(
        newest.values(),
        key=lambda one: (one.recorded_at, parse_period(one.period).last_day),
        default=None,
    )


def latest(store: Path, province: str, period: str) -> Revision | None:
    """The newest revision of a period, or None."""
    found = history(store, province, period)
    if not found:
        return None
    return load(store, province, period, max(item.revision for item in found))


def load(store: Path, province: str, period: str, revision: int) -> Revision:
    """One stored revision; InputError if the store does not have it or any of it was altered."""
    folder = store / province / period / _name(revision)
    if not folder.is_dir():
        raise InputError(
            _("There is no revision {revision} of {period}.").format(
                revision=revision, period=period
            ),
            file=folder,
            hint=_("`chiso history` lists what there is."),
        )
    provenance = read_provenance(folder / PROVENANCE)
    if not provenance.set_hash:
        raise InputError(
            _("This stored revision has the form of an earlier version of the program."),
            file=folder,
            hint=_("`chiso report --period {period}` carries it over.").format(period=period),
        )
    if not _is_intact(folder, provenance):
        raise altered(folder)
    return Revision(read_scores(folder), provenance, read_published(folder))


def _is_intact(folder: Path, provenance: Provenance) -> bool:
    """Whether all files that a revision's figures are in are as they were written."""
    try:
        texts = {path.name: path.read_bytes().decode() for path in folder.glob("*.csv")}
    except ValueError:
        return False
    found = fingerprint(texts), cases_hash(folder)
    return found == (provenance.figures_hash, provenance.cases_hash)


def remember(store: Path, provenance: Provenance, inputs: str) -> None:
    """Note that the newest revision is what inputs with the hash `inputs` give."""
    note = {"inputs": inputs, "revision": provenance.revision}
    write_files(_period_folder(store, provenance), {_NOTE: json.dumps(note) + "\n"})


def remembered(store: Path, province: str, period: str, inputs: str) -> Provenance | None:
    """The newest revision of a period, if it is what inputs with this hash give."""
    newest = max(history(store, province, period), key=lambda item: item.revision, default=None)
    try:
        note = json.loads((store / province / period / _NOTE).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None  # without a note the figures are scored again, no more
    wanted = {"inputs": inputs, "revision": newest.revision if newest else None}
    return newest if note == wanted else None


def stored_rows(store: Path, provenance: Provenance) -> list[tuple[str, dict[str, str]]]:
    """Table and cells of every row of a unit in a stored revision, as they stand there, to be
    compared.

    They are not checked against the revision's hash: `load` does that.
    """
    rows = []
    for path in sorted(folder_of(store, provenance).glob("*.csv")):
        with path.open(encoding="utf-8", newline="") as file:
            rows += [(path.stem, row) for row in csv.DictReader(file) if "unit" in row]
    return rows


def read_provenance(path: Path) -> Provenance:
    """The provenance in a revision's folder; InputError if it is none, or is gone."""
    try:
        return Provenance(**unsealed(path.read_text(encoding="utf-8")))
    except (FileNotFoundError, ValueError, TypeError):
        raise altered(path) from None


def altered(place: Path) -> InputError:
    """The error for a file or folder of the store that is not as it was written."""
    return InputError(
        _("This stored revision was altered after it was written."), file=place, hint=_restore()
    )


def _restore() -> str:
    return _("Restore the folder from a backup, or move it away and run the report again.")


def revision_texts(
    scores: Scores, official: pd.DataFrame, evidence: Mapping[str, str]
) -> dict[str, str]:
    """The CSV files of a revision by name, which its fingerprint is made of."""
    published = official.to_csv(index=False, lineterminator="\n")
    return {**score_texts(scores), _OFFICIAL: published, **evidence}


def read_published(folder: Path) -> pd.DataFrame:
    """What an authority had published, as a revision's folder keeps it; all text."""
    path = folder / _OFFICIAL
    if not path.is_file():
        return pd.DataFrame(columns=OFFICIAL_COLUMNS)
    return pd.read_csv(path, dtype=str, keep_default_na=False)


def cases_hash(folder: Path) -> str:
    """The hash of a revision's file of cases; empty where it has none."""
    path = folder / CASES
    return sha256(path) if path.is_file() else ""


def fingerprint(texts: Mapping[str, str]) -> str:
    """The hash of a revision's CSV files, names and contents."""
    joined = "\0".join(f"{name}\0{texts[name]}" for name in sorted(texts))
    return hashlib.sha256(joined.encode("utf-8")).hexdigest()


def folder_of(store: Path, provenance: Provenance) -> Path:
    """The folder of a stored revision."""
    return _period_folder(store, provenance) / _name(provenance.revision)


def _period_folder(store: Path, provenance: Provenance) -> Path:
    return store / provenance.province / provenance.period


def _name(revision: int) -> str:
    return f"r{revision:03d}"
