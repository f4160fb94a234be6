"""`chiso report`: the site of a period."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from chiso.base.errors import SOME_FAILED
from chiso.base.i18n import _
from chiso.base.terminal import tell
from chiso.commands.options import jobs_option, period_option
from chiso.commands.providing import provide_records

if TYPE_CHECKING:
    from chiso.publishing.report import Summary


def command() -> click.Command:
    """The command with its options."""
    return click.Command(
        "report",
        callback=_report,
        help=_("The site of a period: a page for every agency, the province, and an index."),
        epilog=_("Example: chiso report --period 2026 --unit H15.15"),
        params=[
            period_option(),
            click.Option(
                ["--unit", "units"],
                multiple=True,
                help=_("Only this agency, the province and the index; can be given again."),
            ),
            jobs_option(),
            click.Option(
                ["--writer"],
                type=click.Choice(["auto", "quarto", "pandoc"]),
                default="auto",
                show_default=True,
                help=_("Who writes the pages; auto: Quarto if it is installed."),
            ),
            click.Option(
                ["--engine"],
                default="",
                help=_("A dask scheduler, tcp://host:8786, whose workers share this folder."),
            ),
            click.Option(
                ["--force"], is_flag=True, help=_("Make pages again that have not changed.")
            ),
        ],
    )


def _report(
    period: str, units: tuple[str, ...], jobs: int, writer: Any, engine: str, force: bool
) -> int:
    from chiso.base.period import parse_period
    from chiso.publishing.report import ReportRequest, build_report
    from chiso.rules.settings import load_settings

    request = ReportRequest(parse_period(period), units, jobs, writer, engine, force)
    provide_records(load_settings(request.period), tell)
    with _Bar() as bar:
        summary = build_report(request, bar.show, tell)
    _tell(summary)
    return SOME_FAILED if summary.failed else 0


class _Bar:
    """A bar on the terminal with the time that is left, from the first page on."""

    def __enter__(self) -> _Bar:
        self.bar: Any = None
        return self

    def show(self, done: int, total: int) -> None:
        """`done` of `total` pages are made."""
        from tqdm import tqdm

        if self.bar is None:
            self.bar = tqdm(total=total, desc=_("Reports"), unit=_("page"))
        self.bar.update(done - self.bar.n)

    def __exit__(self, *_error: object) -> None:
        if self.bar is not None:
            self.bar.close()


def _tell(summary: Summary) -> None:
    index = summary.site / "index.html"
    if summary.made or summary.failed:
        words = _("{ready} of {pages} pages, {made} of them made now, revision {revision}: {index}")
    else:
        words = _("Nothing has changed: {pages} pages, revision {revision}: {index}")
    tell(
        words.format(
            ready=summary.pages - len(summary.failed),
            pages=summary.pages,
            made=summary.made,
            revision=summary.revision,
            index=index,
        )
    )
    if not summary.is_published:
        tell(_("Nothing was published: the site is as it was before."), err=True)
    if summary.failed:
        tell(_("These pages failed:"), err=True)
        for name, error in sorted(summary.failed.items()):
            tell(f"  {name:<12} {error.partition(chr(10))[0]}", err=True)
        tell(
            _("Their notebooks, with the error in them, are in {folder}.").format(
                folder=summary.failed_notebooks
            ),
            err=True,
        )
