"""Options that several commands have, each worded once."""

from __future__ import annotations

from datetime import datetime, time

import click

from chiso.base.errors import UserError
from chiso.base.i18n import _


def period_option(required: bool = True) -> click.Option:
    """The period that a command is about; where it has to be named and is not, the one that was reported
    last is proposed."""
    return click.Option(
        ["--period"],
        callback=_named if required else None,
        help=_("2022-09, 2022-Q3, 2022-6T, 2022-9T or 2022"),
    )


def _named(_context: click.Context, _option: click.Parameter, period: str | None) -> str:
    if period:
        return period
    from chiso.store.figures import store_dir
    from chiso.store.revisions import history

    last = max(history(store_dir()), key=lambda item: item.recorded_at, default=None)
    raise UserError(
        _("No period is named."),
        hint=_(
            "The one that was reported last: {period}. So: PERIOD={period} or --period {period}"
        ).format(period=last.period)
        if last
        else _("For example the sample: PERIOD=2026 or --period 2026"),
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
