"""Known vulnerabilities of the locked packages, by advisories that lie in a folder: no request is made.

    python tools/audit.py FOLDER [LOCK ...]

FOLDER: advisories in the form of OSV as YAML or JSON, one a file, such as a clone of
https://github.com/pypa/advisory-database. Exit code 1 where a locked version is named.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml
from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version

ROOT = Path(__file__).parent.parent
_PINNED = re.compile(r"^([A-Za-z0-9._-]+)==([^\s;\\]+)", re.MULTILINE)


def locked(path: Path) -> dict[str, set[str]]:
    """Package -> the versions that a lock has of it."""
    found: dict[str, set[str]] = {}
    for name, version in _PINNED.findall(path.read_text("utf-8")):
        found.setdefault(canonicalize_name(name), set()).add(version)
    return found


def advisories(folder: Path) -> Iterator[dict[str, Any]]:
    """The advisories of a folder that were not withdrawn."""
    for path in sorted([*folder.rglob("*.yaml"), *folder.rglob("*.json")]):
        text = path.read_text("utf-8")
        read = json.loads(text) if path.suffix == ".json" else yaml.load(text, yaml.CSafeLoader)
        if isinstance(read, dict) and "affected" in read and not read.get("withdrawn"):
            yield read


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


def found(folder: Path, locks: list[Path]) -> tuple[int, list[str]]:
    """How many advisories were read, and those that a lock's version is named by."""
    pinned: dict[str, set[str]] = {}
    for lock in locks:
        for name, versions in locked(lock).items():
            pinned.setdefault(name, set()).update(versions)
    read, told = 0, []
    for advisory in advisories(folder):
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
    return read, told


def main() -> int:
    """Print what was found."""
    if len(sys.argv) < 2 or not Path(sys.argv[1]).is_dir():
        print(__doc__, file=sys.stderr)
        return 2
    locks = [Path(name) for name in sys.argv[2:]] or [
        ROOT / "requirements.lock",
        ROOT / "requirements-dev.lock",
    ]
    read, told = found(Path(sys.argv[1]), locks)
    if not read:
        print(f"{sys.argv[1]}: no advisories here", file=sys.stderr)
        return 2
    print(*told, f"{read} advisories read, {len(told)} findings", sep="\n")
    return 1 if told else 0


if __name__ == "__main__":
    sys.exit(main())
