"""`chiso measure`: records to counts."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click

from chiso.base.i18n import _
from chiso.base.terminal import tell
from chiso.commands.options import moment_option, period_option


def command() -> click.Command:
    """The command with its options."""
    folder = click.Path(path_type=Path)
    return click.Command(
        "measure",
        callback=_measure,
        help=_("Numerators and denominators of all units and indicators from records."),
        epilog=_("Example: chiso measure --period 2022-09 --records data/demo --out counts.csv"),
        params=[
            period_option(),
            click.Option(
                ["--records"],
                required=True,
                help=_("A folder of exports, or a database such as postgres://user@host/name."),
            ),
            click.Option(
                ["--units", "units_name"],
                help=_("A tree of params/units/; without it the one of the period's settings."),
            ),
            moment_option(
                "--as-of",
                _("The moment of an open period; without it the newest one in the records."),
            ),
            click.Option(
                ["--engine"],
                help=_(
                    "Spark that reads the records: spark://host:7077, sc://host:15002 or local[2]."
                ),
            ),
            click.Option(["--out"], type=folder, required=True, help=_("The file of counts.")),
            click.Option(
                ["--also"], type=folder, help=_("A file of the measures without points (CSV).")
            ),
        ],
    )


def _measure(
    period: str,
    records: str,
    units_name: str | None,
    as_of: datetime | None,
    engine: str | None,
    out: Path,
    also: Path | None,
) -> None:
    from chiso.base.files import require_targets, write_files
    from chiso.base.period import parse_period
    from chiso.measures.also import also_table
    from chiso.measures.counts import counted, hold
    from chiso.rules.indicators import load_rules
    from chiso.rules.settings import load_settings, tree_in_force
    from chiso.sources.folder import files_of_records
    from chiso.sources.records import load_records

    targets = [out, *([also] if also else [])]
    require_targets(targets, files_of_records(Path(records)))
    wanted = parse_period(period)
    settings = load_settings(wanted)
    tree = tree_in_force(settings, of_records=True, name=units_name)
    options = load_rules(settings.indicator_set).set.measures
    held = load_records(records, tree, engine=engine)
    measured = hold(held.tables, tree, wanted, options, as_of, held.gaps)
    counts = counted(measured)
    beside = also_table(measured, counts) if also else None
    write_files(out.parent, {out.name: counts.to_csv(index=False, lineterminator="\n")})
    if also and beside is not None:
        write_files(also.parent, {also.name: beside.to_csv(index=False, lineterminator="\n")})
    for row in held.counts.itertuples():
        tell(
            _(
                "{file}: {rows_in} rows, {accepted} accepted, {lost} set aside,"
                " {not_lost} twice or replaced"
            ).format(
                file=row.file,
                rows_in=row.rows_in,
                accepted=row.accepted,
                lost=row.lost,
                not_lost=row.not_lost,
            )
        )
    tell(_("Counts of {units} units: {out}").format(units=len(tree.units), out=out))
