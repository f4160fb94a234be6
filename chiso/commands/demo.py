"""`chiso demo`: records of an invented half year, with their true counts."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import click

from chiso.base.i18n import _
from chiso.base.terminal import tell


def command() -> click.Command:
    """The command with its options."""
    return click.Command(
        "demo",
        callback=_demo,
        help=_(
            "Illustrative records of the agencies of Hưng Yên, July to December 2022, and their"
            " true counts."
        ),
        epilog=_("Example: chiso demo --out data/demo --seed 766"),
        params=[
            click.Option(
                ["--out"],
                type=click.Path(path_type=Path),
                default=Path("data/demo"),
                show_default=True,
                help=_("The folder for the tables; an earlier demo there is replaced."),
            ),
            click.Option(
                ["--seed"],
                type=click.IntRange(0, 2**32 - 1),
                default=766,
                show_default=True,
                help=_("The same seed gives the same records."),
            ),
            click.Option(
                ["--dossiers-per-month"],
                type=click.IntRange(100, 2_000_000),
                default=60_000,
                show_default=True,
                help=_("About how many dossiers are received in a month."),
            ),
            click.Option(
                ["--as-excel"],
                is_flag=True,
                help=_(
                    "The month 2022-09 as registers of one-stop systems, a file an agency, instead of"
                    " one table."
                ),
            ),
        ],
    )


def _demo(out: Path, seed: int, dossiers_per_month: int, as_excel: bool) -> None:
    from chiso.base.i18n import count
    from chiso.demo.write import DemoRequest, write_demo

    summary = write_demo(DemoRequest(out, seed, dossiers_per_month, as_excel), _progress)
    tell(
        _("{dossiers} dossiers, {bad} rows to be set aside, true counts in truth/: {out}").format(
            dossiers=count(summary.dossiers), bad=count(summary.set_aside), out=summary.out
        )
    )


def _progress(months: Iterable[int]) -> Iterable[int]:
    """A bar on the terminal while months are written."""
    from tqdm import tqdm

    return tqdm(months, desc=_("Demo data"), unit=_("month"))
