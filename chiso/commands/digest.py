"""`chiso digest`: a period in brief, to be sent by hand."""

from __future__ import annotations

import click

from chiso.base.i18n import _
from chiso.base.terminal import tell


def command() -> click.Command:
    """The command with its options."""
    return click.Command(
        "digest",
        callback=_digest,
        help=_(
            "A period in brief: at most 2,000 characters of text, a picture and a mail file in"
            " reports/_digest/. Nothing is sent; nothing is written where nothing changed."
        ),
        epilog=_("Example: chiso digest --period 2026"),
        params=[
            click.Option(["--period"], help=_("Without it the period that was stored last.")),
        ],
    )


def _digest(period: str | None) -> None:
    from chiso.base import clock
    from chiso.base.period import parse_period
    from chiso.publishing.digest import write_digest

    found = write_digest(parse_period(period) if period else None, clock.vietnam_day(clock.now()))
    if found.reason:
        tell(found.reason)
        return
    tell(found.text)
    for path in found.files:
        tell(str(path))
