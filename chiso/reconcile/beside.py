"""Where the portal's side of a reconciliation comes from: files that were handed in, or captures."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

import pandas as pd

from chiso.base.errors import InputError
from chiso.base.files import sha256
from chiso.base.i18n import _, count
from chiso.portal.captures import MANIFEST, Capture, newest
from chiso.portal.results import Results
from chiso.reconcile.portal_side import PortalSide
from chiso.rules.indicators import RuleBook
from chiso.rules.settings import Settings
from chiso.rules.units import Tree
from chiso.sources.given import read_given

# How the folder of an invented capture is called by its moment.
STAMP = "%Y%m%dT%H%M%S"
# The portal's own list of dossiers, an export from its administration site, lies beside its counts.
_LIST = "dossiers.*"
_SHOWN = 10


def side_from_files(
    counts: Path, captured: datetime, tree: Tree, book: RuleBook, ours: Path | None = None
) -> PortalSide:
    """The portal's counts, with its own list of dossiers if that lies beside them.

    `ours`: the folder of our records, whose dossiers are not the portal's list. Raises InputError
    where a file is wrong or names units that `tree` does not have.
    """
    known, _official = read_given(counts, None, tree, book)
    folder = counts.parent
    side = PortalSide(known, captured)
    is_ours = ours is not None and ours.resolve() == folder.resolve()
    return side if is_ours else _with_list(side, folder, tree)


def _with_list(side: PortalSide, folder: Path, tree: Tree) -> PortalSide:
    """The same with the portal's own list of dossiers, where `folder` has one.

    Raises InputError that names the rows whose units `tree` does not have: their dossiers would look as
    if the portal had none of them. What stands there is not told: in a row that was shifted it is
    somebody's name.
    """
    from chiso.sources.records import held_in_engine, load_records

    files = sorted(folder.glob(_LIST))
    if not files:
        return side
    records = held_in_engine(load_records(folder, tree))
    aside = records.set_aside[records.set_aside["table"] == "dossiers"]
    unknown = sorted(set(aside[aside["fault"] == "unit"]["row"]))
    if unknown:
        raise InputError(
            _(
                "The agency in {number} rows of the portal's list is not in “{tree}”; the first rows: {rows}."
            ).format(
                number=count(len(unknown)),
                tree=tree.name,
                rows=", ".join(map(str, unknown[:_SHOWN])),
            ),
            file=files[0],
            hint=_("Correct them in the portal's list, or take it out of the folder."),
        )
    listed = records.tables.get("dossiers")
    return replace(side, listed=listed, unreadable=pd.Index(aside["key"]))


def capture_files(settings: Settings, tree: Tree) -> dict[str, str]:
    """The files that the portal's side is read from, by name, with their hashes; none without one."""
    place = _place(settings, tree)
    if place is None:
        return {}
    files = [*place.counts.parent.iterdir(), *place.lists.glob(_LIST)]
    return {path.name: sha256(path) for path in sorted(files) if path.is_file()}


def newest_side(settings: Settings, tree: Tree, book: RuleBook) -> PortalSide | None:
    """The newest capture of the period; None where there is none, or where it has no counts."""
    place = _place(settings, tree)
    if place is None:
        return None
    if place.capture is None:
        return side_from_files(place.counts, place.captured, tree, book)
    counts = Results(place.capture, tree).counts
    if not len(counts):
        return None
    return _with_list(PortalSide(counts, place.captured), place.lists, tree)


@dataclass(frozen=True)
class _Place:
    """Where a portal's side lies: a file of its folder, the folder of the portal's own lists."""

    counts: Path
    lists: Path
    captured: datetime
    capture: Capture | None = None


def _place(settings: Settings, tree: Tree) -> _Place | None:
    """The newest capture of the real portal, or of the invented one where the records are invented."""
    if settings.is_illustrative:
        found = sorted((settings.folder / "portal" / settings.period.name).glob("*/counts.csv"))
        if not found:
            return None
        captured = datetime.strptime(found[-1].parent.name, STAMP)
        return _Place(found[-1], found[-1].parent, captured)
    capture = newest(settings.period, tree.province)
    if capture is None:
        return None
    # Lists are handed in for the period, beside its captures.
    lists = capture.folder.parent
    return _Place(capture.folder / MANIFEST, lists, capture.captured, capture)


def require_side(settings: Settings, tree: Tree, book: RuleBook) -> PortalSide:
    """The newest capture; InputError where there is none."""
    side = newest_side(settings, tree, book)
    if side is None:
        raise InputError(
            _("There is no capture of the national portal for {period}.").format(
                period=settings.period.name
            ),
            file=settings.folder,
            hint=_(
                "Fetch it: chiso fetch --period {period}; or name the portal's counts with --portal"
                " and the moment they were taken with --captured."
            ).format(period=settings.period.name),
        )
    return side
