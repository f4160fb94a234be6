"""Every scored period and revision, append-only, with where its figures came from.

One folder a revision: data/store/<province>/<period>/r001/ with the four tables of `chiso score`,
provenance.json and, where records were measured, the evidence. A revision is written beside and
renamed into place, so it is there whole or not at all; an existing one is never touched.
"""

from __future__ import annotations

import csv
import hashlib
import json
import re
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from platform import python_version

from chiso.base.errors import InputError
from chiso.base.files import sha256, write_files
from chiso.base.i18n import _
from chiso.contract.evidence import CASES, Evidence, small_texts
from chiso.scoring.score import Scores
from chiso.scoring.score_files import read_scores, score_texts

PACKAGES = ("pandas", "matplotlib", "seaborn", "papermill", "nbconvert", "pypandoc_binary")
_NOTE = "inputs.json"
_REVISION = re.compile(r"r(\d{3,})")


@dataclass(frozen=True)
class Provenance:
    """Where a revision's figures came from; every field is text, a hash is a SHA-256.

    `inputs`: file (relative to the project) -> hash, the set and the tree among them.
    `cases_hash`: of the file of cases, empty where there are none.
    `recorded_at`: when it was stored (UTC); never shown on a page, which must not know the clock.
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
    recorded_at: str = ""


@dataclass(frozen=True)
class Revision:
    """A stored revision: its scores and their provenance."""

    scores: Scores
    provenance: Provenance


def code_hash() -> str:
    """The hash of the package's own source files, names and contents."""
    package = Path(__file__).parent.parent
    digest = hashlib.sha256()
    for path in sorted(package.rglob("*.py")):
        digest.update(str(path.relative_to(package)).encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


def package_versions() -> dict[str, str]:
    """The versions of Python and of the packages that make a page."""
    return {"python": python_version(), **{name: version(name) for name in PACKAGES}}


def record(
    store: Path, scores: Scores, provenance: Provenance, evidence: Evidence | None = None
) -> Revision:
    """Keep `scores` as a new revision, unless the newest one of the period has the same figures and
    the same evidence.

    Returns the revision that holds these figures, the new or the older one.
    """
    texts = {**score_texts(scores), **(evidence.texts if evidence else {})}
    fingerprint = _fingerprint(texts)
    while True:
        newest = latest(store, provenance.province, provenance.period)
        if newest and newest.provenance.figures_hash == fingerprint:
            return newest
        complete = replace(
            provenance,
            revision=newest.provenance.revision + 1 if newest else 1,
            figures_hash=fingerprint,
            cases_hash=hashlib.sha256(evidence.parquet).hexdigest() if evidence else "",
            recorded_at=datetime.now(UTC).isoformat(timespec="seconds"),
        )
        if _append(_period_folder(store, complete), complete, texts, evidence):
            return Revision(scores, complete)


def _append(
    folder: Path, provenance: Provenance, texts: Mapping[str, str], evidence: Evidence | None
) -> bool:
    """Write one revision; False if another process took its number in the meantime."""
    folder.mkdir(parents=True, exist_ok=True)
    staged = Path(tempfile.mkdtemp(prefix=f".{_name(provenance.revision)}.", dir=folder))
    staged.chmod(0o755)
    details = json.dumps(asdict(provenance), ensure_ascii=False, indent=1) + "\n"
    write_files(staged, {**texts, "provenance.json": details})
    if evidence:
        (staged / CASES).write_bytes(evidence.parquet)
    try:
        staged.rename(folder / _name(provenance.revision))
    except OSError:
        shutil.rmtree(staged)
        if (folder / _name(provenance.revision)).exists():
            return False
        raise
    return True


def history(
    store: Path, province: str | None = None, period: str | None = None
) -> list[Provenance]:
    """The provenance of every revision, by province, period and number; filtered if asked."""
    found = [
        _read_provenance(path)
        for path in sorted(store.glob("*/*/r*/provenance.json"))
        if _REVISION.fullmatch(path.parent.name)
    ]
    return [
        item
        for item in found
        if province in (None, item.province) and period in (None, item.period)
    ]


def latest(store: Path, province: str, period: str) -> Revision | None:
    """The newest revision of a period, or None."""
    revisions = history(store, province, period)
    if not revisions:
        return None
    newest = max(item.revision for item in revisions)
    return load(store, province, period, newest)


def load(store: Path, province: str, period: str, revision: int) -> Revision:
    """One stored revision; InputError if the store does not have it or any of it was altered."""
    folder = store / province / period / _name(revision)
    if not (folder / "provenance.json").is_file():
        raise InputError(
            _("There is no revision {revision} of {period}.").format(
                revision=revision, period=period
            ),
            file=folder,
            hint=_("`chiso history` lists what there is."),
        )
    provenance = _read_provenance(folder / "provenance.json")
    scores = read_scores(folder)
    cases = folder / CASES
    cases_hash = sha256(cases) if cases.is_file() else ""
    texts = {**score_texts(scores), **small_texts(folder)}
    if (_fingerprint(texts), cases_hash) != (provenance.figures_hash, provenance.cases_hash):
        raise InputError(
            _("This stored revision was altered after it was written."),
            file=folder,
            hint=_restore(),
        )
    return Revision(scores, provenance)


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


def _read_provenance(path: Path) -> Provenance:
    try:
        return Provenance(**json.loads(path.read_text(encoding="utf-8")))
    except (ValueError, TypeError):
        raise InputError(
            _("This stored revision was altered after it was written."), file=path, hint=_restore()
        ) from None


def _restore() -> str:
    return _("Restore the folder from a backup, or move it away and run the report again.")


def _fingerprint(texts: Mapping[str, str]) -> str:
    joined = "\0".join(f"{name}\0{texts[name]}" for name in sorted(texts))
    return hashlib.sha256(joined.encode("utf-8")).hexdigest()


def folder_of(store: Path, provenance: Provenance) -> Path:
    """The folder of a stored revision."""
    return _period_folder(store, provenance) / _name(provenance.revision)


def _period_folder(store: Path, provenance: Provenance) -> Path:
    return store / provenance.province / provenance.period


def _name(revision: int) -> str:
    return f"r{revision:03d}"
