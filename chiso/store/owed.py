"""The register of obligations that are no figures, in data/obligations/: what was reported when."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from datetime import date
from pathlib import Path

from chiso.base.locations import project_root
from chiso.contract.owed import Reported
from chiso.store import event_log
from chiso.store.event_log import Event

# Tree, agency, obligation.
Key = tuple[str, str, str]


def owed_dir() -> Path:
    """data/obligations/ of the project."""
    return project_root() / "data" / "obligations"


def report(folder: Path, entries: Iterable[Reported]) -> None:
    """Keep what is reported; what the register says already adds nothing."""
    wanted = tuple(entries)

    def decide(kept: list[Reported]) -> tuple[list[Event], None]:
        now = newest(kept)
        return [_plain(one) for one in wanted if now.get(key_of(one)) != one], None

    event_log.append(folder, _parsed, decide)


def reported(folder: Path, entries: int | None = None) -> tuple[Reported, ...]:
    """All that was reported, oldest first, or what was after the first `entries`. InputError if the
    register was damaged."""
    return tuple(event_log.read(folder, _parsed, entries))


def newest(found: Iterable[Reported]) -> dict[Key, Reported]:
    """What was reported last of each obligation of each agency, in the order of its keeping."""
    return {key_of(one): one for one in found}


def key_of(one: Reported) -> Key:
    """What is reported of."""
    return one.tree, one.agency, one.obligation


def _plain(one: Reported) -> Event:
    return {**asdict(one), "day": one.day.isoformat() if one.day else None}


def _parsed(event: Event) -> Reported:
    return Reported(**{**event, "day": date.fromisoformat(event["day"]) if event["day"] else None})
