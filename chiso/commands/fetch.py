"""`chiso fetch`: the national portal's published results, kept as they came."""

from __future__ import annotations

from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import click

from chiso.base.i18n import _
from chiso.base.terminal import tell


def command() -> click.Command:
    """The command with its options."""
    return click.Command(
        "fetch",
        callback=_fetch,
        help=_(
            "Fetch the results that the National Public Service Portal publishes, or take in saved"
            " answers; every answer is kept as it came, in data/portal/."
        ),
        epilog=_("Example: chiso fetch --period 2026-10 --province H31"),
        params=[
            click.Option(
                ["--period"], required=True, help=_("A month, a quarter or a year, as 2026-10.")
            ),
            click.Option(
                ["--province"],
                help=_("The province's code on the portal; without it the province of the period."),
            ),
            click.Option(["--base-url"], help=_("Another address than that of params/portal.yml.")),
            click.Option(
                ["--from", "source"],
                type=click.Path(path_type=Path),
                help=_("Saved answers instead: a folder or a zip of JSON, or groups.csv of 2025."),
            ),
        ],
    )


def _fetch(period: str, province: str | None, base_url: str | None, source: Path | None) -> None:
    from chiso.base.i18n import count, day
    from chiso.base.period import parse_period
    from chiso.portal.asking import Asking
    from chiso.portal.fetching import fetch
    from chiso.portal.handed_in import take_in
    from chiso.rules.portal_rules import portal_rules

    asked = parse_period(period)
    code = province or _province_of(period)
    if source:
        found = take_in(source, asked, code)
    else:
        asking = Asking(portal_rules(), base_url or portal_rules().base_url, _tell)
        found = (fetch(asked, code, asking, _progress),)
    for capture in found:
        tell(
            _("{answers} answers kept, figures of {day}: {folder}").format(
                answers=count(len(capture.answers)),
                day=day(capture.reference_day),
                folder=capture.folder,
            )
        )


def _province_of(period: str) -> str:
    from chiso.base.period import parse_period
    from chiso.rules.settings import load_settings
    from chiso.rules.units import load_tree

    return load_tree(load_settings(parse_period(period)).units).province


def _tell(text: str) -> None:
    """A line above the bar."""
    from tqdm import tqdm

    from chiso.base.terminal import visible

    tqdm.write(visible(text))


def _progress(groups: int) -> AbstractContextManager[Any]:
    """A bar on the terminal while groups come."""
    from tqdm import tqdm

    return tqdm(total=groups, desc=_("National portal"), unit=_("group"))
