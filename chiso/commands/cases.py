"""`chiso cases`: the records that an indicator lacks."""

from __future__ import annotations

from pathlib import Path

import click

from chiso.base.i18n import _
from chiso.base.terminal import tell, tell_aside
from chiso.commands.options import period_option, unit_option
from chiso.commands.providing import provide_records, without_records

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
            period_option(),
            click.Option(
                ["--indicator"], type=click.IntRange(1, 21), required=True, help=_("1 to 21")
            ),
            unit_option(),
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
    from chiso.base.excel import write_workbook
    from chiso.base.period import parse_period
    from chiso.pages.tables.cases import case_sheet
    from chiso.rules.settings import load_settings
    from chiso.rules.units import load_tree
    from chiso.store.pipeline import score_period

    settings = load_settings(parse_period(period))
    load_tree(settings.units).unit(unit)
    if settings.counts:
        hint = _("Cases are known where counts are measured from records.")
        raise without_records(settings, hint)
    provide_records(settings, tell_aside)
    figures = score_period(settings, tell_aside)
    sheet = case_sheet(figures.unit(unit), indicator)
    if out:
        write_workbook(out, [sheet])
        tell(f"{sheet.note} {out}")
        return
    tell(sheet.note)
    if len(sheet.table):
        tell(sheet.table.head(SHOWN).map(_shown).to_string(index=False))
    if len(sheet.table) > SHOWN:
        tell(_("The first {number}; all of them with --out.").format(number=SHOWN))


def _shown(value: object) -> str:
    if value is None:
        return ""
    return f"{value:%d/%m/%Y %H:%M}" if hasattr(value, "strftime") else str(value)
