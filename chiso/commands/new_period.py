"""`chiso new-period`: the folder of a period, and what to put into it."""

from __future__ import annotations

import click

from chiso.base.i18n import _, count
from chiso.base.terminal import tell
from chiso.commands.options import period_option


def command() -> click.Command:
    """The command with its options."""
    return click.Command(
        "new-period",
        callback=_new_period,
        help=_(
            "Makes the folder of a period and says what to put there; what is there already stays."
        ),
        epilog=_("Example: chiso new-period --period 2022-11"),
        params=[period_option()],
    )


def _new_period(period: str) -> None:
    from chiso.base.locations import project_root
    from chiso.base.period import parse_period
    from chiso.rules.indicators import load_rules
    from chiso.rules.settings import load_settings, tree_in_force

    parsed = parse_period(period)
    settings = load_settings(parsed)
    tree = tree_in_force(settings, of_records=settings.has_records)
    book = load_rules(settings.indicator_set, parsed.last_day)
    # Not what is taken while there is nothing of one's own.
    is_own = not (settings.is_illustrative or settings.is_portal)
    folder = settings.folder if is_own else project_root() / "data" / parsed.name
    folder.mkdir(parents=True, exist_ok=True)
    held = sum(not path.name.startswith(".") for path in folder.iterdir())
    place = f"{folder.relative_to(project_root())}/"
    if held:
        tell(_("{place} is there: {number} files.").format(place=place, number=count(held)))
    else:
        tell(_("{place} is ready.").format(place=place))
    tell(
        _("Tree “{tree}”: {units} units; indicator set “{set}”.").format(
            tree=tree.name, units=count(len(tree.units)), set=book.set.name
        )
    )
    tell(
        _(
            "Put there what systems export (registers, JSON of the synchronisation service, tables of"
            " docs/vi/records.md), or counts.csv (unit,indicator,numerator,denominator), with official.csv"
            " (unit,item,value) where results were published."
        )
    )
    tell(_("Then, one after the other:"))
    for target in ("check", "report", "letters", "publish"):
        tell(f"  make {target} PERIOD={parsed.name}")
