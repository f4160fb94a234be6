"""`chiso report`: the site of a period."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import click

from chiso.errors import SOME_FAILED
from chiso.i18n import _

if TYPE_CHECKING:
    from chiso.publishing.execute import Outcome
    from chiso.publishing.report import Summary


def command() -> click.Command:
    """The command with its options."""
    return click.Command(
        "report",
        callback=_report,
        help=_("The site of a period: a page for every agency, the province, and an index."),
        epilog=_("Example: chiso report --period 2026 --unit H15.15"),
        params=[
            click.Option(
                ["--period"], required=True, help=_("2022-09, 2022-Q3, 2022-6T, 2022-9T or 2022")
            ),
            click.Option(
                ["--unit", "units"],
                multiple=True,
                help=_("Only this agency, the province and the index; can be given again."),
            ),
            click.Option(
                ["--jobs"],
                type=click.IntRange(1, 64),
                default=2,
                show_default=True,
                help=_("How many notebooks run at a time."),
            ),
            click.Option(
                ["--writer"],
                type=click.Choice(["auto", "quarto", "pandoc"]),
                default="auto",
                show_default=True,
                help=_("Who writes the pages; auto: Quarto if it is installed."),
            ),
        ],
    )


def _report(period: str, units: tuple[str, ...], jobs: int, writer: Any) -> int:
    from chiso.period import parse_period
    from chiso.publishing.report import Request, build_report

    summary = build_report(
        Request(parse_period(period), units, jobs, writer), _progress, click.echo
    )
    _tell(summary)
    return SOME_FAILED if summary.failed else 0


def _progress(outcomes: Iterable[Outcome], total: int) -> Iterable[Outcome]:
    """A bar on the terminal while notebooks run."""
    from tqdm import tqdm

    return tqdm(outcomes, total=total, desc=_("Reports"), unit=_("page"))


def _tell(summary: Summary) -> None:
    click.echo(
        _("{made} of {pages} pages, revision {revision}: {index}").format(
            made=summary.pages - len(summary.failed),
            pages=summary.pages,
            revision=summary.revision,
            index=summary.site / "index.html",
        )
    )
    if summary.failed:
        click.echo(_("These pages failed:"), err=True)
        for outcome in summary.failed:
            click.echo(f"  {outcome.name:<12} {outcome.reason}", err=True)
        click.echo(
            _("Their notebooks, with the error in them, are in {folder}.").format(
                folder=summary.failed_notebooks
            ),
            err=True,
        )
