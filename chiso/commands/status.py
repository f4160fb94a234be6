"""`chiso status`: where every period stands."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from chiso.base.i18n import _, count, day
from chiso.base.terminal import tell, tell_table

if TYPE_CHECKING:
    from chiso.publishing.status import Status


def command() -> click.Command:
    """The command with its options."""
    return click.Command(
        "status",
        callback=_status,
        help=_("Where every period stands: data, scores, report, letters, publication."),
        epilog=_("Example: chiso status"),
    )


def _status() -> None:
    from chiso.publishing.status import statuses

    found = statuses()
    if not found:
        tell(_("There is no period yet. Begin with: make new-period PERIOD=2022-11"))
        return
    head = (
        _("period"),
        _("data"),
        _("scores"),
        _("up to"),
        _("report"),
        _("letters"),
        _("published"),
    )
    tell_table([head, *map(_row, found)])


def _row(one: Status) -> tuple[str, ...]:
    none = "–"
    words = _("{issued} of {drafted} issued")
    letters = words.format(issued=count(one.issued), drafted=count(one.drafted))
    return (
        one.period.name,
        _("{number} files").format(number=count(one.files)) if one.files else none,
        _revision(one, one.revision) + (_(", invented") if one.is_illustrative else ""),
        (day(one.as_of) if one.as_of else none)
        + (_(", provisional") if one.is_provisional else ""),
        _revision(one, one.reported),
        letters if one.drafted else none,
        _revision(one, one.published),
    )


def _revision(one: Status, shown: int | None) -> str:
    """A revision, and whether there is a newer one."""
    if shown is None:
        return "–"
    told = _("revision {number}").format(number=shown)
    is_old = one.revision is not None and shown < one.revision
    return _("{told}, not the newest").format(told=told) if is_old else told
