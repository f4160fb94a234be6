"""`chiso reconcile`: our figures beside the portal's, each difference with its dossiers."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from chiso.base.errors import ParameterError
from chiso.base.i18n import _
from chiso.base.terminal import tell, tell_aside
from chiso.commands.options import moment_option, period_option
from chiso.commands.providing import provide_records, without_records

if TYPE_CHECKING:
    from chiso.reconcile.reconciliation import Reconciliation


def command() -> click.Command:
    """The command with its options."""
    path = click.Path(path_type=Path)
    return click.Command(
        "reconcile",
        callback=_reconcile,
        help=_(
            "Our counts beside the national portal's, by agency and indicator: which dossiers make"
            " the difference, and why."
        ),
        epilog=_("Example: chiso reconcile --period 2022-09"),
        params=[
            period_option(),
            click.Option(
                ["--records"], type=path, help=_("Our records; without it the period's own.")
            ),
            click.Option(
                ["--portal"],
                type=path,
                help=_(
                    "The portal's counts (unit,indicator,numerator,denominator), its own list of"
                    " dossiers beside them if there is one; without it the newest capture."
                ),
            ),
            moment_option(
                "--captured", _("When the portal's counts were taken, in Viet Nam's time.")
            ),
            click.Option(
                ["--units", "units_name"],
                help=_("A tree of params/units/; without it the one of the period's settings."),
            ),
            click.Option(
                ["--format", "form"],
                type=click.Choice(["text", "json"]),
                default="text",
                show_default=True,
                help=_("For reading, or for a program."),
            ),
        ],
    )


def _reconcile(
    period: str,
    records: Path | None,
    portal: Path | None,
    captured: datetime | None,
    units_name: str | None,
    form: str,
) -> None:
    from chiso.base.period import parse_period
    from chiso.reconcile.beside import require_side, side_from_files
    from chiso.reconcile.reconciliation import reconcile
    from chiso.rules.indicators import load_rules
    from chiso.rules.settings import load_settings, tree_in_force
    from chiso.sources.records import held_in_engine, load_records

    if (portal is None) != (captured is None):
        raise ParameterError(
            _("--portal and --captured go together."),
            hint=_("Say when the counts were taken, like --captured 2022-10-08T09:00."),
        )
    settings = load_settings(parse_period(period))
    tree = tree_in_force(settings, of_records=True, name=units_name)
    book = load_rules(settings.indicator_set, settings.period.last_day)
    if records is None:
        provide_records(settings, tell_aside)
        if not settings.has_records:
            raise without_records(settings, _("Name a folder of records with --records."))
    side = (
        side_from_files(portal, captured, tree, book, records)
        if portal and captured
        else require_side(settings, tree, book)
    )
    held = held_in_engine(load_records(records or settings.folder, tree))
    found = reconcile(held, tree, settings.period, book, side)
    if form == "json":
        tell(json.dumps(list(_lines(found)), ensure_ascii=False))
    else:
        _tell(found)


def _lines(found: Reconciliation) -> Any:
    """The lines in the form that programs read (docs/vi/reconcile.md)."""
    for row in found.lines.to_dict("records"):
        left = found.unexplained(row)
        yield {
            "unit": row["unit"],
            "indicator": int(row["indicator"]),
            "ours": [_whole(row["ours_numerator"]), _whole(row["ours_denominator"])],
            "portal": [_whole(row["portal_numerator"]), _whole(row["portal_denominator"])],
            "points_at_stake": _points(row),
            "causes": [
                {"cause": cause, "numerator": n, "denominator": d, "dossiers": ids}
                for cause, n, d, ids in found.causes(row["unit"], row["indicator"])
            ],
            "unexplained": list(left) if left else [None, None],
        }


def _whole(number: Any) -> int | None:
    return None if number is None else int(number)


def _points(row: dict[Any, Any]) -> float | None:
    """The size of the difference in points."""
    return None if row["points"] is None else float(abs(row["points"]))


def _tell(found: Reconciliation) -> None:
    """What differs, a line each."""
    from chiso.pages.cause_words import cause_words

    differing, words = 0, cause_words()
    for row in _lines(found):
        if row["ours"] == row["portal"]:
            continue
        differing += 1
        tell(
            _("{unit}, indicator {number}: ours {ours}, the portal {portal}").format(
                unit=row["unit"],
                number=row["indicator"],
                ours=_share(row["ours"]),
                portal=_share(row["portal"]),
            )
        )
        for cause in row["causes"]:
            tell(
                "  "
                + _("{cause}: {numerator}/{denominator}, {number} dossiers").format(
                    cause=words[cause["cause"]].name,
                    numerator=f"{cause['numerator']:+d}",
                    denominator=f"{cause['denominator']:+d}",
                    number=len(cause["dossiers"]),
                )
            )
        if any(row["unexplained"]):
            numerator, denominator = row["unexplained"]
            tell("  " + _("unexplained: {n:+d}/{d:+d}").format(n=numerator, d=denominator))
    lines = len(found.lines)
    if not differing:
        tell(_("All {number} figures are the same on both sides.").format(number=lines))


def _share(pair: list[int | None]) -> str:
    from chiso.base.i18n import count

    return "–" if pair[0] is None or pair[1] is None else f"{count(pair[0])}/{count(pair[1])}"
