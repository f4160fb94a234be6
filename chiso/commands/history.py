"""`chiso history`: the stored revisions."""

from __future__ import annotations

import click

from chiso.base.i18n import _
from chiso.base.terminal import tell


def command() -> click.Command:
    """The command with its options."""
    return click.Command(
        "history",
        callback=_history,
        help=_("The stored revisions of scored periods, with where they came from."),
        epilog=_("Example: chiso history --period 2026"),
        params=[click.Option(["--period"], help=_("Only this period."))],
    )


def _history(period: str | None) -> None:
    from chiso.base.period import parse_period
    from chiso.store.figures import store_dir
    from chiso.store.revisions import history

    found = history(store_dir(), period=parse_period(period).name if period else None)
    if not found:
        tell(_("Nothing is stored yet; `chiso report --period 2026` scores a sample."))
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
        cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        tell("  ".join(cells).rstrip())
