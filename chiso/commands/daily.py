"""`chiso daily`: what a timer runs every day."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import click

from chiso.base.errors import SOME_FAILED
from chiso.base.i18n import _
from chiso.base.terminal import tell
from chiso.commands.options import end_of_day, jobs_option, moment_option

if TYPE_CHECKING:
    from chiso.store.figures import Figures
    from chiso.store.reading import Reading


def command() -> click.Command:
    """The command with its options."""
    return click.Command(
        "daily",
        callback=_daily,
        help=_(
            "Open periods brought up to date, closed ones watched for later changes; one line in"
            " data/daily.log. For a timer: run again, it does only what is new."
        ),
        epilog=_("Example: chiso daily"),
        params=[
            moment_option(
                "--as-of",
                _(
                    "The moment at which open periods are looked at (a day alone: its end); without"
                    " it the newest one in the records."
                ),
            ),
            jobs_option(),
        ],
    )


def _daily(as_of: datetime | None, jobs: int) -> int:
    from chiso.publishing.daily import DailyRequest, run_daily
    from chiso.publishing.report import ReportRequest, bring_up_to_date

    def publish(figures: Figures, reading: Reading) -> int:
        request = ReportRequest(figures.settings.period, jobs=jobs)
        return len(bring_up_to_date(request, figures, reading, lambda _done, _total: None).failed)

    runs = run_daily(DailyRequest(as_of and end_of_day(as_of)), publish, tell)
    return SOME_FAILED if any(run.failed for run in runs) else 0
