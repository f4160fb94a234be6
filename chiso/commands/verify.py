"""`chiso verify`: a published period made again and compared byte by byte."""

from __future__ import annotations

from typing import Any

import click

from chiso.base.errors import SOME_FAILED
from chiso.base.i18n import _, count
from chiso.base.terminal import tell
from chiso.commands.options import period_option
from chiso.commands.publish import place_options


def command() -> click.Command:
    """The command with its options."""
    return click.Command(
        "verify",
        callback=_verify,
        help=_(
            "Makes a published period again from what was kept of it, in a temporary folder, and compares"
            " every file byte by byte. Exit code 1: some differ."
        ),
        epilog=_("Example: chiso verify --period 2026"),
        params=[
            period_option(),
            *place_options(),
        ],
    )


def _verify(period: str, address: str | None, audience: Any) -> int:
    from chiso.base.period import parse_period
    from chiso.publishing.verify import verify

    found = parse_period(period)
    done = verify(found, audience, address, tell)
    words = {"period": found.label, "version": done.version, "files": count(done.compared)}
    for name, then, now in done.packages:
        told = _("The package {name} was {then} then and is {now} now.")
        tell(told.format(name=name, then=then, now=now), err=bool(done.differences))
    if not done.differences:
        tell(
            _("{period} ({version}): all {files} files are the same, byte by byte.").format(**words)
        )
        return 0
    number = count(len(done.differences))
    told = _("{period} ({version}): {number} of {files} files differ:")
    tell(told.format(number=number, **words), err=True)
    for name, what in done.differences.items():
        tell(f"  {name}: {what}", err=True)
    return SOME_FAILED
