"""Where every period stands: data, scores, report, letters, publication."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from chiso.base.errors import ParameterError
from chiso.base.locations import project_root
from chiso.base.period import Period, parse_period
from chiso.contract.letters import REMINDER, Letter
from chiso.publishing.publish import place_of, published
from chiso.publishing.site import read_written
from chiso.store import letters as register
from chiso.store import revisions
from chiso.store.figures import store_dir


@dataclass(frozen=True)
class Status:
    """`files`: in the folder of its figures in data/. `revision`, `as_of`: the newest stored one and the
    last day of its figures; `is_provisional`: whether the period was open on that day. `reported`,
    `published`: the revision that the site and the public place show. `drafted`, `issued`: letters. None
    where there is nothing."""

    period: Period
    files: int
    revision: int | None
    as_of: date | None
    is_provisional: bool
    is_illustrative: bool
    reported: int | None
    drafted: int
    issued: int
    published: int | None


def statuses() -> tuple[Status, ...]:
    """Of every period that has a folder in data/, is stored or reported: the oldest first."""
    stored = {one.period: one for one in revisions.history(store_dir())}
    letters = [one for one in register.letters(register.register_dir()) if one.kind == REMINDER]
    shown = published(place_of("public", None), "public").periods
    periods = {
        *_periods(project_root() / "data"),
        *_periods(project_root() / "reports" / "_site"),
        *map(parse_period, stored),
    }
    return tuple(
        _status(
            period,
            stored.get(period.name),
            [one for one in letters if one.period == period.name],
            shown[period.name].revision if period.name in shown else None,
        )
        for period in sorted(periods, key=lambda one: (one.last_day, one.start, one.name))
    )


def _status(
    period: Period,
    newest: revisions.Provenance | None,
    letters: list[Letter],
    shown: int | None,
) -> Status:
    site = project_root() / "reports" / "_site" / period.name
    return Status(
        period=period,
        files=sum(1 for _path in _files(project_root() / "data" / period.name)),
        revision=newest.revision if newest else None,
        as_of=date.fromisoformat(newest.as_of) if newest else None,
        is_provisional=newest is not None and newest.is_provisional,
        is_illustrative=newest is not None and newest.is_illustrative,
        reported=read_written(site).revision,
        drafted=len(letters),
        issued=sum(one.is_issued for one in letters),
        published=shown,
    )


def _periods(folder: Path) -> Iterator[Period]:
    """The periods that folders in a folder are called after."""
    for path in folder.iterdir() if folder.is_dir() else ():
        try:
            period = parse_period(path.name)
        except ParameterError:
            continue
        if path.is_dir() and period.name == path.name:
            yield period


def _files(folder: Path) -> Iterator[Path]:
    for path in folder.iterdir() if folder.is_dir() else ():
        if path.is_file() and not path.name.startswith("."):
            yield path
