"""The command line: `chiso ...`, what the Makefile calls."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from chiso import __version__
from chiso.errors import UserError
from chiso.i18n import LANGUAGES, _, current_language, use_language

if TYPE_CHECKING:
    from collections.abc import Iterable

    from chiso.publishing.execute import Outcome
    from chiso.publishing.report import Summary

SOME_FAILED, WRONG_INPUT = 1, 2


def main() -> None:
    """Run `chiso`; a user's mistake is one message and exit code 2, never a traceback."""
    use_language(_language_of(sys.argv[1:]))
    try:
        code = _commands()(standalone_mode=False)
    except UserError as error:
        click.echo(_("Error: {message}").format(message=error), err=True)
        code = WRONG_INPUT
    except click.ClickException as error:
        error.show()
        code = WRONG_INPUT
    except (click.Abort, KeyboardInterrupt):
        click.echo(_("Stopped; what was there before is unchanged."), err=True)
        code = 130
    sys.exit(code or 0)


def _language_of(arguments: list[str]) -> str:
    """The language asked for with --lang, needed before the commands' own help is written."""
    for i, argument in enumerate(arguments):
        value = argument.partition("=")[2] if argument.startswith("--lang=") else ""
        if argument == "--lang" and i + 1 < len(arguments):
            value = arguments[i + 1]
        if value in LANGUAGES:
            return value
    return current_language()


def _commands() -> click.Group:
    """The commands, with help in the language in use."""
    group = click.Group(
        "chiso",
        help=_("Scores and reports of indicator set 766 for the agencies of a province."),
        epilog=_("Example: chiso report --period 2026"),
        commands=[_score_command(), _report_command(), _history_command()],
        params=[
            click.Option(
                ["--lang"],
                type=click.Choice(LANGUAGES),
                default=current_language,
                expose_value=False,
                help=_("Language of messages and reports: vi or en."),
            )
        ],
        context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    )
    return click.version_option(__version__, prog_name="chiso")(group)


def _score_command() -> click.Command:
    file = click.Path(path_type=Path)
    return click.Command(
        "score",
        callback=_score,
        help=_("Points, groups, totals, classes and ranks from counts and published results."),
        epilog=_(
            "Example: chiso score --counts data/samples/dak-lak-2026-10-10/counts.csv"
            " --set 766-portal-2026 --out /tmp/scores"
        ),
        params=[
            click.Option(
                ["--counts"],
                type=file,
                required=True,
                help=_("CSV or Parquet: unit,indicator,numerator,denominator"),
            ),
            click.Option(
                ["--set", "set_name"],
                required=True,
                help=_("An indicator set of params/indicators/, or the path of a .yml file."),
            ),
            click.Option(
                ["--official"], type=file, help=_("Published results: unit,item,value")
            ),
            click.Option(
                ["--units", "units_name"],
                help=_("A tree of params/units/, or the path of a .yml file; none: one cohort."),
            ),
            click.Option(
                ["--out"],
                type=file,
                required=True,
                help=_("The folder for indicators.csv, groups.csv, totals.csv, differences.csv"),
            ),
        ],
    )


def _report_command() -> click.Command:
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


def _history_command() -> click.Command:
    return click.Command(
        "history",
        callback=_history,
        help=_("The stored revisions of scored periods, with where they came from."),
        epilog=_("Example: chiso history --period 2026"),
        params=[click.Option(["--period"], help=_("Only this period."))],
    )


def _score(counts: Path, set_name: str, official: Path | None, units_name: str | None, out: Path):
    from chiso.files import write_files
    from chiso.indicators import load_rules
    from chiso.score_files import score_texts
    from chiso.scoring import score
    from chiso.sources.given import no_official, read_counts, read_official, refuse_unknown_units
    from chiso.units import load_tree

    book = load_rules(set_name)
    tree = load_tree(units_name) if units_name else None
    counted = read_counts(counts)
    published = read_official(official) if official else no_official()
    if tree:
        refuse_unknown_units(counts, counted["unit"], tree)
        if official:
            refuse_unknown_units(official, published["unit"], tree)
    scores = score(counted, published, book, tree)
    write_files(out, score_texts(scores))
    complete = sum(scores.totals["complete"])
    click.echo(
        _("{units} units scored, {complete} with a total, {differences} differences: {out}").format(
            units=len(scores.totals),
            complete=complete,
            differences=len(scores.differences),
            out=out,
        )
    )


def _report(period: str, units: tuple[str, ...], jobs: int, writer: Any) -> int:
    from chiso.period import parse_period
    from chiso.publishing.report import Request, build_report

    request = Request(parse_period(period), units, jobs, writer)
    summary = build_report(request, _progress)
    _tell(summary)
    return SOME_FAILED if summary.failed else 0


def _progress(outcomes: Iterable[Outcome], total: int) -> Iterable[Outcome]:
    """A bar on the terminal while notebooks run."""
    from tqdm import tqdm

    return tqdm(outcomes, total=total, desc=_("Reports"), unit=_("page"))


def _tell(summary: Summary) -> None:
    made = summary.pages - len(summary.failed)
    click.echo(
        _("{made} of {pages} pages, revision {revision}: {index}").format(
            made=made,
            pages=summary.pages,
            revision=summary.revision,
            index=summary.site / "index.html",
        )
    )
    if summary.failed:
        click.echo(_("These pages failed:"), err=True)
        for outcome in summary.failed:
            reason = (outcome.error or "").splitlines()[0]
            click.echo(f"  {outcome.name:<12} {reason}", err=True)


def _history(period: str | None) -> None:
    from chiso.figures import store_dir
    from chiso.period import parse_period
    from chiso.store import history

    wanted = parse_period(period).name if period else None
    found = history(store_dir(), period=wanted)
    if not found:
        click.echo(_("Nothing is stored yet; `chiso report --period 2026` scores a sample."))
        return
    rows = [
        (_("province"), _("period"), _("revision"), _("stored at"), _("figures"), _("set")),
        *(
            (
                item.province,
                item.period,
                str(item.revision),
                item.recorded_at,
                item.figures_hash[:12],
                item.indicator_set,
            )
            for item in found
        ),
    ]
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    for row in rows:
        click.echo("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())
