"""`chiso unpublish`: a period taken away from where it is read."""

from __future__ import annotations

from typing import Any

import click

from chiso.base.i18n import _
from chiso.base.terminal import tell
from chiso.commands.options import period_option
from chiso.commands.publish import place_options


def command() -> click.Command:
    """The command with its options."""
    return click.Command(
        "unpublish",
        callback=_unpublish,
        help=_("Takes a published period away, with all its versions; other periods stay."),
        epilog=_("Example: chiso unpublish --period 2026"),
        params=[
            period_option(),
            *place_options(),
        ],
    )


def _unpublish(period: str, address: str | None, audience: Any) -> None:
    from chiso.base.period import parse_period
    from chiso.publishing.publish import place_of, unpublish

    found = parse_period(period)
    unpublish(found, audience, address, tell)
    place = place_of(audience, address).address
    tell(_("{period} is no more published at {place}.").format(period=found.label, place=place))
