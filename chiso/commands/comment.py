"""`chiso comment`: the file of an analyst's own text on a unit."""

from __future__ import annotations

import click

from chiso.base.errors import InputError
from chiso.base.i18n import _
from chiso.base.terminal import tell
from chiso.commands.options import period_option, unit_option


def command() -> click.Command:
    """The command with its options."""
    return click.Command(
        "comment",
        callback=_comment,
        help=_(
            "Writes the file of your own text on an agency, with the figures it is written on; in"
            " one that is there only the figures are renewed."
        ),
        epilog=_("Example: chiso comment --period 2026 --unit H15.15"),
        params=[
            period_option(),
            unit_option(),
        ],
    )


def _comment(period: str, unit: str) -> None:
    from chiso.base.period import parse_period
    from chiso.pages.own_text import write_own_text
    from chiso.rules.settings import load_settings
    from chiso.rules.units import load_tree
    from chiso.store.figures import newest_figures

    settings = load_settings(parse_period(period))
    load_tree(settings.units).unit(unit)
    figures = newest_figures(settings)
    if figures is None:
        raise InputError(
            _("Nothing is stored for {period}.").format(period=settings.period.name),
            hint=_("Run `chiso report --period {period}` first.").format(
                period=settings.period.name
            ),
        )
    path = write_own_text(figures.unit(unit))
    tell(_("Write your text below the second line of --- in {file}.").format(file=path))
