"""`chiso explain`: one agency's score explained in a terminal."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from chiso.base.errors import InputError
from chiso.base.i18n import _
from chiso.base.terminal import tell, tell_aside
from chiso.commands.options import period_option, unit_option
from chiso.commands.providing import provide_records

if TYPE_CHECKING:
    from chiso.store.figures import Figures


def command() -> click.Command:
    """The command with its options."""
    return click.Command(
        "explain",
        callback=_explain,
        help=_(
            "Whose the lost points of an agency are, what moved, the fewest cases to a class, a rank"
            " or a total, how certain its rank is; for the province, which agencies are named."
        ),
        epilog=_(
            "Example: chiso explain --period 2022-09 --unit so-y-te --target rank:3"
            " | chiso explain --counts counts.csv --set 766-2022 --units hung-yen-2022"
            " --unit so-y-te --format json"
        ),
        params=[
            period_option(required=False),
            click.Option(
                ["--counts"],
                type=click.Path(path_type=Path),
                help=_("CSV or Parquet: unit,indicator,numerator,denominator"),
            ),
            click.Option(
                ["--set", "set_name"],
                help=_("An indicator set of params/indicators/, or the path of a .yml file."),
            ),
            click.Option(
                ["--units", "units_name"],
                help=_("A tree of params/units/, or the path of a .yml file; none: one cohort."),
            ),
            unit_option(),
            click.Option(
                ["--target"],
                default="class",
                show_default=True,
                help=_("What the way up leads to: class (the next one), rank:N or points:X."),
            ),
            click.Option(
                ["--format", "form"],
                type=click.Choice(["text", "json"]),
                default="text",
                show_default=True,
                help=_("For a reader or for a program."),
            ),
        ],
    )


def _explain(
    period: str | None,
    counts: Path | None,
    set_name: str | None,
    units_name: str | None,
    unit: str,
    target: str,
    form: str,
) -> None:
    from chiso.explain.explanation import explain
    from chiso.pages.explained import as_json, as_text

    figures = _figures(period, counts, set_name, units_name)
    figures.tree.unit(unit)
    if unit not in {one.code for one in figures.units}:
        raise InputError(
            _("There are no figures of the unit “{code}”.").format(code=unit),
            file=counts,
            hint=_("Name a unit that has figures."),
        )
    found = explain(figures.unit(unit), target, has_period=period is not None)
    tell(as_json(found) if form == "json" else as_text(found))


def _figures(
    period: str | None, counts: Path | None, set_name: str | None, units_name: str | None
) -> Figures:
    """The figures of a period, else those of a file of counts; a click error for other choices."""
    if period and not (counts or set_name or units_name):
        return _of_period(period)
    if counts and set_name and not period:
        from chiso.rules.indicators import load_rules
        from chiso.rules.units import load_tree
        from chiso.store.bare import bare_figures

        tree = load_tree(units_name) if units_name else None
        return bare_figures(counts, load_rules(set_name), tree)
    raise click.UsageError(
        _("Give either --period, or --counts with --set (and --units for a tree of agencies).")
    )


def _of_period(period: str) -> Figures:
    from chiso.base.period import parse_period
    from chiso.rules.settings import load_settings
    from chiso.store.pipeline import score_period

    settings = load_settings(parse_period(period))
    provide_records(settings, tell_aside)
    return score_period(settings, tell_aside)
