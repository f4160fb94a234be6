"""Known vulnerabilities of the locked packages, by advisories that lie in a folder: no request is made.

    python tools/audit.py FOLDER [LOCK ...]

FOLDER: advisories in the form of OSV as YAML or JSON, one a file, such as a clone of
https://github.com/pypa/advisory-database. Exit code 1 where a locked version is named. How old the copy
is, is told by its newest advisory: what became known after it is not found.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import yaml
from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version

ROOT = Path(__file__).parent.parent
# Days after which a copy of the advisories is told to be old.
OLD = 90
_PINNED = re.compile(r"^([A-Za-z0-9._-]+)==([^\s;\\]+)", re.MULTILINE)


def locked(path: Path) -> dict[str, set[str]]:
    """Package -> the versions that a lock has of it."""
    found: dict[str, set[str]] = {}
    for name, version in _PINNED.findall(path.read_text("utf-8")):
        found.setdefault(canonicalize_name(name), set()).add(version)
    return found


@dataclass(frozen=True)
class Audit:
    """How many advisories were read, the day of the newest one if they tell theirs, and those that a lock's
    version is named by."""

    read: int
    newest: date | None
    told: list[str]

    def age(self, today: date) -> str:
        """How old the copy is, in words, with what to do where it is old."""
        if self.newest is None:
            return "WARNING: the advisories tell no day: how old this copy is, nobody knows"
        days = (today - self.newest).days
        text = f"newest advisory: {self.newest} ({days} days old)"
        if days <= OLD:
            return text
        return (
            f"{text}\nWARNING: this copy is older than {OLD} days: what became known since is not found."
            " Fetch a new one: git clone https://github.com/pypa/advisory-database"
        )


def advisories(folder: Path) -> Iterator[dict[str, Any]]:
    """The advisories of a folder, withdrawn ones too."""
    for path in sorted([*folder.rglob("*.yaml"), *folder.rglob("*.json")]):
        text = path.read_text("utf-8")
        read = json.loads(text) if path.suffix == ".json" else yaml.load(text, yaml.CSafeLoader)
        if isinstance(read, dict) and "affected" in read:
            yield read


def day_of(advisory: dict[str, Any]) -> date | None:
    """When an advisory was last changed."""
    told = advisory.get("modified") or advisory.get("published")
    if isinstance(told, date):  # YAML knows days and moments
        return told.date() if isinstance(told, datetime) else told
    return datetime.fromisoformat(told).date() if told else None


def is_affected(version: str, affected: dict[str, Any]) -> bool:
    """Whether a version is one of those listed, or lies in a range."""
    if version in affected.get("versions", ()):
        return True
    events = [
        event
        for one in affected.get("ranges", ())
        if one["type"] == "ECOSYSTEM"
        for event in one["events"]
    ]
    return _is_within(Version(version), events)


def _is_within(version: Version, events: list[dict[str, str]]) -> bool:
    """By the events in the order of their versions: the last one up to `version` decides."""
    within = False
    told = []
    for event in events:
        kind, text = next(iter(event.items()))
        try:
            told.append((Version(text), kind))
        except InvalidVersion:
            continue
    for limit, kind in sorted(told):
        if kind == "introduced" and limit <= version:
            within = True
        elif (kind == "fixed" and limit <= version) or (
            kind == "last_affected" and limit < version
        ):
            within = False
    return within


def found(folder: Path, locks: list[Path]) -> Audit:
    """What the advisories of a folder say of the packages of locks; withdrawn ones say nothing."""
    pinned: dict[str, set[str]] = {}
    for lock in locks:
        for name, versions in locked(lock).items():
            pinned.setdefault(name, set()).update(versions)
    read, days, told = 0, [], []
    for advisory in advisories(folder):
        days.append(day_of(advisory))
        if advisory.get("withdrawn"):
            continue
        read += 1
        for affected in advisory["affected"]:
            package = affected.get("package", {})
            if package.get("ecosystem") != "PyPI":
                continue
            name = canonicalize_name(package["name"])
            told += [
                f"{name} {version}: {advisory['id']} {' '.join(advisory.get('aliases', ()))}"
                for version in sorted(pinned.get(name, ()))
                if is_affected(version, affected)
            ]
    return Audit(read, max((day for day in days if day), default=None), told)


def main() -> int:
    """Print what was found."""
    if len(sys.argv) < 2 or not Path(sys.argv[1]).is_dir():
        print(__doc__, file=sys.stderr)
        return 2
    locks = [Path(name) for name in sys.argv[2:]] or [
        ROOT / "requirements.lock",
        ROOT / "requirements-dev.lock",
    ]
    done = found(Path(sys.argv[1]), locks)
    if not done.read:
        print(f"{sys.argv[1]}: no advisories here", file=sys.stderr)
        return 2
    print(*done.told, f"{done.read} advisories read, {len(done.told)} findings", sep="\n")
    print(done.age(datetime.now(UTC).date()))
    return 1 if done.told else 0


if __name__ == "__main__":
    sys.exit(main())
