"""Options that several commands have, each worded once."""

from __future__ import annotations

from datetime import datetime, time

import click

from chiso.base.i18n import _


def period_option(required: bool = True) -> click.Option:
    """The period that a command is about."""
    return click.Option(
        ["--period"], required=required, help=_("2022-09, 2022-Q3, 2022-6T, 2022-9T or 2022")
    )


def as_of_option(help_text: str) -> click.Option:
    """The moment at which dossiers are looked at; what stands for it otherwise is in the help."""
    forms = ["%Y-%m-%d", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M:%S"]
    return click.Option(["--as-of"], type=click.DateTime(forms), help=help_text)


def end_of_day(moment: datetime) -> datetime:
    """A day alone stands for its end."""
    return datetime.combine(moment, time(23, 59, 59)) if moment.time() == time.min else moment


def jobs_option() -> click.Option:
    """How many pages are made at a time."""
    return click.Option(
        ["--jobs"],
        type=click.IntRange(1, 64),
        default=2,
        show_default=True,
        help=_("How many notebooks run at a time."),
    )
