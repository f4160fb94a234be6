"""Every scored period and revision, append-only, with where its figures came from.

One folder a revision: data/store/<province>/<period>/r001/ with the four tables of `chiso score`
and provenance.json. A revision is written beside and renamed into place, so it is there whole or
not at all; an existing one is never touched.
"""

from __future__ import annotations

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

from chiso.errors import InputError
from chiso.files import write_files
from chiso.i18n import _
from chiso.score_files import read_scores, score_texts
from chiso.scoring import Scores

PACKAGES = ("pandas", "matplotlib", "seaborn", "papermill", "nbconvert", "pypandoc_binary")
_REVISION = re.compile(r"r(\d{3,})")


@dataclass(frozen=True)
class Provenance:
    """Where a revision's figures came from; every field is text, a hash is a SHA-256.

    `inputs`: file (relative to the project) -> hash, the set and the tree among them.
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
    recorded_at: str = ""


@dataclass(frozen=True)
class Revision:
    """A stored revision: its scores and their provenance."""

    scores: Scores
    provenance: Provenance


def code_hash() -> str:
    """The hash of the package's own source files, names and contents."""
    package = Path(__file__).parent
    digest = hashlib.sha256()
    for path in sorted(package.rglob("*.py")):
        digest.update(str(path.relative_to(package)).encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


def package_versions() -> dict[str, str]:
    """The versions of Python and of the packages that make a page."""
    return {"python": python_version(), **{name: version(name) for name in PACKAGES}}


def record(store: Path, scores: Scores, provenance: Provenance) -> Revision:
    """Keep `scores` as a new revision, unless the newest one of the period has the same figures.

    Returns the revision that holds these figures, the new or the older one.
    """
    texts = score_texts(scores)
    fingerprint = _fingerprint(texts)
    while True:
        newest = latest(store, provenance.province, provenance.period)
        if newest and newest.provenance.figures_hash == fingerprint:
            return newest
        complete = replace(
            provenance,
            revision=newest.provenance.revision + 1 if newest else 1,
            figures_hash=fingerprint,
            recorded_at=datetime.now(UTC).isoformat(timespec="seconds"),
        )
        if _append(_period_folder(store, complete), complete, texts):
            return Revision(scores, complete)


def _append(folder: Path, provenance: Provenance, texts: Mapping[str, str]) -> bool:
    """Write one revision; False if another process took its number in the meantime."""
    folder.mkdir(parents=True, exist_ok=True)
    staged = Path(tempfile.mkdtemp(prefix=f".{_name(provenance.revision)}.", dir=folder))
    staged.chmod(0o755)
    details = json.dumps(asdict(provenance), ensure_ascii=False, indent=1) + "\n"
    write_files(staged, {**texts, "provenance.json": details})
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
    """One stored revision; InputError if the store does not have it or its figures were altered."""
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
    if _fingerprint(score_texts(scores)) != provenance.figures_hash:
        raise InputError(
            _("This stored revision was altered after it was written."),
            file=folder,
            hint=_restore(),
        )
    return Revision(scores, provenance)


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


def _period_folder(store: Path, provenance: Provenance) -> Path:
    return store / provenance.province / provenance.period


def _name(revision: int) -> str:
    return f"r{revision:03d}"
