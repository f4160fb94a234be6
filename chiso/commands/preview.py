"""`chiso preview`: one page in a browser, made again as its files are saved."""

from __future__ import annotations

import click

from chiso.base.i18n import _
from chiso.base.terminal import tell
from chiso.commands.options import period_option, unit_option


def command() -> click.Command:
    """The command with its options."""
    return click.Command(
        "preview",
        callback=_preview,
        help=_(
            "Shows the page of one agency in a browser of this machine and makes it again whenever a"
            " notebook, a parameter, a text of yours, a word of the catalogue or something of reports/"
            " is saved. The figures are those stored last: what changes them is shown after a report."
            " Site and store stay as they are."
        ),
        epilog=_("Example: chiso preview --period 2026 --unit H15.15"),
        params=[
            period_option(),
            unit_option(),
            click.Option(
                ["--port"],
                type=click.IntRange(0, 65535),
                default=8766,
                show_default=True,
                help=_("Where the browser finds it; 0: any port that is free."),
            ),
        ],
    )


def _preview(period: str, unit: str, port: int) -> None:
    from chiso.base.period import parse_period
    from chiso.publishing.pages import check_units
    from chiso.publishing.preview import preview
    from chiso.store.pipeline import newest_stored

    wanted = parse_period(period)
    check_units(newest_stored(wanted.name), (unit,))
    preview(wanted, unit, port, tell)
