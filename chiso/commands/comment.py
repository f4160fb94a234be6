"""`chiso comment`: the file of an analyst's own text on a unit."""

from __future__ import annotations

import click

from chiso.errors import InputError
from chiso.i18n import _


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
            click.Option(
                ["--period"], required=True, help=_("2022-09, 2022-Q3, 2022-6T, 2022-9T or 2022")
            ),
            click.Option(["--unit"], required=True, help=_("Code of the agency.")),
        ],
    )


def _comment(period: str, unit: str) -> None:
    from chiso import store
    from chiso.commentary import write_own_text
    from chiso.figures import load_figures, store_dir
    from chiso.period import parse_period
    from chiso.settings import load_settings
    from chiso.units import load_tree

    wanted = parse_period(period)
    tree = load_tree(load_settings(wanted).units)
    tree.unit(unit)
    newest = store.latest(store_dir(), tree.province, wanted.name)
    if newest is None:
        raise InputError(
            _("Nothing is stored for {period}.").format(period=wanted.name),
            hint=_("Run `chiso report --period {period}` first.").format(period=wanted.name),
        )
    figures = load_figures(wanted.name, newest.provenance.revision)
    path = write_own_text(figures.unit(unit))
    click.echo(_("Write your text below the second line of --- in {file}.").format(file=path))
