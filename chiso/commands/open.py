"""`chiso open`: the built pages in a browser."""

from __future__ import annotations

import click

from chiso.base.i18n import _
from chiso.base.terminal import tell
from chiso.commands.options import period_option


def command() -> click.Command:
    """The command with its options."""
    return click.Command(
        "open",
        callback=_open,
        help=_(
            "Opens the pages of a period in the browser; without a period the list of all periods."
        ),
        epilog=_("Example: chiso open --period 2022-09"),
        params=[period_option(required=False)],
    )


def _open(period: str | None) -> None:
    import webbrowser

    from chiso.base.errors import InputError
    from chiso.base.locations import project_root
    from chiso.base.period import parse_period

    name = parse_period(period).name if period else ""
    page = project_root() / "reports" / "_site" / name / "index.html"
    if not page.is_file():
        raise InputError(
            _("There is no report yet."),
            file=page,
            hint=_("Make it first: make report PERIOD={period}").format(period=name or "2026"),
        )
    tell(str(page))
    if not webbrowser.open(page.as_uri()):
        tell(_("No browser can be opened from here: open this file in one."), err=True)
