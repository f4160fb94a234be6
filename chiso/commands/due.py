"""`chiso due`: what falls due in the coming working days, by agency, and whose letters go out now."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING

import click

from chiso.base.errors import InputError, ParameterError
from chiso.base.i18n import _
from chiso.base.terminal import tell, tell_aside, watched
from chiso.commands.options import end_of_day, moment_option, period_option
from chiso.commands.providing import provide_records, without_records

if TYPE_CHECKING:
    from pathlib import Path

    from chiso.measures.falling_due import FallingDue
    from chiso.rules.settings import Settings
    from chiso.rules.units import Tree

SHOWN = 20


def command() -> click.Command:
    """The command with its options."""
    return click.Command(
        "due",
        callback=_due,
        help=_(
            "Dossiers in process that fall due in the coming working days, by agency; first those"
            " whose letter of apology with a new day of return has to go out now. A workbook in"
            " reports/_due/, without personal data."
        ),
        epilog=_("Example: chiso due --period 2022-09 --as-of 2022-09-14"),
        params=[
            period_option(),
            click.Option(
                ["--days"],
                type=click.IntRange(1, 60),
                help=_("So many working days after the day; without it as params/daily.yml says."),
            ),
            moment_option(
                "--as-of",
                _(
                    "The moment at which dossiers are looked at (a day alone: its end); without it"
                    " the newest one in the records, at the latest the period's last."
                ),
            ),
            click.Option(
                ["--records"],
                help=_(
                    "A folder of exports, or a database such as postgres://user@host/name;"
                    " without it the records of the period's settings."
                ),
            ),
        ],
    )


def _due(period: str, days: int | None, as_of: datetime | None, records: str | None) -> None:
    from chiso.base.excel import write_workbook
    from chiso.base.locations import project_root
    from chiso.base.period import parse_period
    from chiso.explain.falling_due import due_soon
    from chiso.measures.falling_due import by_day
    from chiso.pages.commentary.falling_due import due_words
    from chiso.pages.tables.falling_due import due_by_agency, due_cover, due_sheets, left_out_words
    from chiso.rules.settings import load_settings, tree_in_force
    from chiso.store.pipeline import require_figures

    settings = load_settings(parse_period(period))
    moment = _moment(settings, as_of)
    tree = tree_in_force(settings, of_records=True)
    if not records:
        provide_records(settings, tell_aside)
        require_figures(settings)
        if not settings.has_records:
            raise without_records(settings, _("Name a folder of records with --records."))
    found = _found(settings, tree, records or settings.folder, moment, days)
    soon = due_soon(by_day(found.dossiers), tree, found.now.date(), found.last_day)
    for line in (*due_words(soon), *left_out_words(found, tree)):
        tell(line)
    if soon.agencies:
        table = due_by_agency(soon)
        tell()
        tell(table.iloc[:SHOWN, :-1].to_string(index=False))
    folder = project_root() / "reports" / "_due" / settings.period.name
    target = folder / f"{soon.today.isoformat()}.xlsx"
    write_workbook(target, due_sheets(soon, found, tree), due_cover(settings, soon, found, tree))
    tell()
    tell(str(target))


def _found(
    settings: Settings, tree: Tree, place: str | Path, moment: datetime | None, days: int | None
) -> FallingDue:
    """What falls due by the records in a place; InputError where they can't tell."""
    from chiso.measures.counts import hold
    from chiso.measures.falling_due import falling_due
    from chiso.rules.daily_rules import daily_rules
    from chiso.rules.indicators import load_rules
    from chiso.sources.records import load_records

    held = load_records(place, tree, partial(watched, words=_("Reading")))
    options = load_rules(settings.indicator_set, settings.period.last_day).set.measures
    measured = hold(held.tables, tree, settings.period, options, moment, held.gaps)
    found = falling_due(measured, days or daily_rules().due_days.value)
    if found is None:
        raise InputError(
            _("The records do not tell when dossiers are due or whether they have ended."),
            file=place,
            hint=_("Hand in dossiers with received_at, due_at and done_at or returned_at."),
        )
    return found


def _moment(settings: Settings, as_of: datetime | None) -> datetime | None:
    """The moment asked for; ParameterError where it is not in the period."""
    if as_of is None:
        return None
    moment = end_of_day(as_of)
    if not settings.period.start <= moment < settings.period.end:
        raise ParameterError(
            _("{moment} is not in {period}.").format(
                moment=f"{moment:%d/%m/%Y %H:%M}", period=settings.period.label
            ),
            hint=_("Name the period that it lies in with --period."),
        )
    return moment
