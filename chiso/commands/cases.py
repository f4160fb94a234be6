"""`chiso cases`: the records that an indicator lacks."""

from __future__ import annotations

from pathlib import Path

import click

from chiso.errors import InputError
from chiso.i18n import _

SHOWN = 20


def command() -> click.Command:
    """The command with its options."""
    return click.Command(
        "cases",
        callback=_cases,
        help=_(
            "The records in the denominator of an indicator but not in its numerator: numbers,"
            " procedure, dates and reason."
        ),
        epilog=_("Example: chiso cases --period 2022-09 --indicator 5 --unit so-tu-phap"),
        params=[
            click.Option(
                ["--period"], required=True, help=_("2022-09, 2022-Q3, 2022-6T, 2022-9T or 2022")
            ),
            click.Option(
                ["--indicator"], type=click.IntRange(1, 21), required=True, help=_("1 to 21")
            ),
            click.Option(["--unit"], required=True, help=_("Code of the agency.")),
            click.Option(
                ["--out"],
                type=click.Path(path_type=Path),
                help=_("An Excel file for all of them; without it the first {number}.").format(
                    number=SHOWN
                ),
            ),
        ],
    )


def _cases(period: str, indicator: int, unit: str, out: Path | None) -> None:
    from chiso.excel import write_workbook
    from chiso.period import parse_period
    from chiso.pipeline import score_period
    from chiso.settings import load_settings
    from chiso.tables.cases import case_sheet
    from chiso.units import load_tree

    settings = load_settings(parse_period(period))
    load_tree(settings.units).unit(unit)
    if settings.counts:
        raise InputError(
            _("The counts of {period} were handed in: there are no records behind them.").format(
                period=settings.period.name
            ),
            file=settings.counts,
            hint=_("Cases are known where counts are measured from records."),
        )
    figures = score_period(settings, lambda text: click.echo(text, err=True))
    sheet = case_sheet(figures.unit(unit), indicator)
    if out:
        write_workbook(out, [sheet])
        click.echo(f"{sheet.note} {out}")
        return
    click.echo(sheet.note)
    if len(sheet.table):
        click.echo(sheet.table.head(SHOWN).map(_shown).to_string(index=False))
    if len(sheet.table) > SHOWN:
        click.echo(_("The first {number}; all of them with --out.").format(number=SHOWN))


def _shown(value: object) -> str:
    if value is None:
        return ""
    return f"{value:%d/%m/%Y %H:%M}" if hasattr(value, "strftime") else str(value)
