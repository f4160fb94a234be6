"""The register of letters in data/letters/: what was drafted, chosen and told, and what that comes to."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, replace
from datetime import date
from pathlib import Path

from chiso.base.locations import project_root
from chiso.contract.letters import Asked, Choice, Letter, Told, id_of
from chiso.store import event_log
from chiso.store.event_log import Event

# What the register keeps, an event each.
Kept = Letter | Choice | Told
_KINDS: dict[type[Kept], str] = {Letter: "drafted", Choice: "chosen", Told: "told"}
_DAYS = ("deadline", "drafted_on", "dated", "answered_on", "by_day")


def register_dir() -> Path:
    """data/letters/ of the project."""
    return project_root() / "data" / "letters"


def drafted(folder: Path, letters: Iterable[Letter]) -> tuple[Letter, ...]:
    """Keep drafts; returns each as the register has it now, with its id and what was told of it.

    A draft that asks what the newest letter of its period, kind and addressee asks, until the same
    day for the same reason, is that letter. Another one replaces it as long as it has no number;
    after that it is a later letter, whatever id it came with.
    """
    wanted = tuple(letters)

    def decide(events: list[Kept]) -> tuple[list[Event], tuple[Letter, ...]]:
        kept, new, result = _folded(events), [], []
        for letter in wanted:
            old = _newest(kept, letter)
            if old and _content(old) == _content(letter):
                result.append(old)
                continue
            made = _named(letter, old)
            kept[made.id] = made
            new.append(_plain(made))
            result.append(made)
        return new, tuple(result)

    return event_log.append(folder, _parsed, decide)


def choice(
    folder: Path, period: str, addressee: str, leave_out: bool, reason: str, by_day: date
) -> None:
    """Keep an analyst's choice; the newest one on an addressee in a period holds."""
    made = Choice(period, addressee, leave_out, reason, by_day)

    def decide(events: list[Kept]) -> tuple[list[Event], None]:
        now = _choices(events, period).get(addressee)
        is_same = now is not None and replace(now, by_day=by_day) == made
        return ([] if is_same else [_plain(made)]), None

    event_log.append(folder, _parsed, decide)


def told(folder: Path, entries: Iterable[Told]) -> None:
    """Keep what the office tells of letters; what the register has already adds nothing."""
    wanted = tuple(entries)

    def decide(events: list[Kept]) -> tuple[list[Event], None]:
        kept = _folded(events)
        new = [one for one in wanted if one.id in kept and _told_of(kept[one.id]) != one]
        return [_plain(one) for one in new], None

    event_log.append(folder, _parsed, decide)


def letters(folder: Path, entries: int | None = None) -> tuple[Letter, ...]:
    """All letters as they are now, or were after the first `entries`, in the order in which they
    were first drafted. InputError if the register was damaged."""
    return tuple(_folded(event_log.read(folder, _parsed, entries)).values())


def choices(folder: Path, period: str) -> dict[str, Choice]:
    """The choices that hold in a period, by addressee."""
    return _choices(event_log.read(folder, _parsed), period)


def _folded(events: Iterable[Kept]) -> dict[str, Letter]:
    found: dict[str, Letter] = {}
    for one in events:
        if isinstance(one, Letter):
            found[one.id] = one
        elif isinstance(one, Told) and one.id in found:
            found[one.id] = replace(found[one.id], **asdict(one))
    return found


def _choices(events: Iterable[Kept], period: str) -> dict[str, Choice]:
    chosen = (one for one in events if isinstance(one, Choice) and one.period == period)
    return {one.addressee: one for one in chosen}


def _newest(kept: dict[str, Letter], like: Letter) -> Letter | None:
    key = (like.period, like.kind, like.addressee)
    same = [one for one in kept.values() if (one.period, one.kind, one.addressee) == key]
    return same[-1] if same else None


def _named(letter: Letter, old: Letter | None) -> Letter:
    """`letter` under the id that it gets after `old`, and with nothing told of it yet."""
    own = id_of(letter.period, letter.kind, letter.addressee)
    if old:
        own = f"{own}/{_place(old) + 1}" if _is_told(old) else old.id
    return replace(letter, id=own, number=None, dated=None, answered_on=None, answer=None)


def _place(letter: Letter) -> int:
    """1 of the first letter of its kind to an addressee in a period, 2 of the next."""
    places = letter.id.split("/")[3:]
    return int(places[0]) if places else 1


def _is_told(letter: Letter) -> bool:
    return any((letter.number, letter.dated, letter.answered_on, letter.answer))


def _content(letter: Letter) -> tuple[object, ...]:
    return letter.asked, letter.deadline, letter.reason


def _told_of(letter: Letter) -> Told:
    return Told(letter.id, letter.number, letter.dated, letter.answered_on, letter.answer)


def _plain(value: Kept) -> Event:
    """An event as JSON has it: its kind and its fields, days as ISO text."""
    fields = {
        key: field.isoformat() if isinstance(field, date) else field
        for key, field in asdict(value).items()
    }
    return {"event": _KINDS[type(value)], **fields}


def _parsed(event: Event) -> Kept:
    fields: Event = {
        key: date.fromisoformat(value) if key in _DAYS and value else value
        for key, value in event.items()
        if key != "event"
    }
    if event["event"] == _KINDS[Letter]:
        asked = tuple(
            Asked(**{**one, "dossiers": tuple(one["dossiers"])}) for one in fields.pop("asked")
        )
        return Letter(**fields, asked=asked)
    return Choice(**fields) if event["event"] == _KINDS[Choice] else Told(**fields)
