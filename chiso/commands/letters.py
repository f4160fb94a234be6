"""`chiso letters`: reminders of a period drafted, for the office to check and send."""

from __future__ import annotations

import click

from chiso.base.i18n import _
from chiso.base.terminal import tell, tell_aside
from chiso.commands.options import period_option
from chiso.commands.providing import provide_records


def command() -> click.Command:
    """The command with its options."""
    return click.Command(
        "letters",
        callback=_letters,
        help=_(
            "Drafts of the reminders of a period and of the office's report in reports/_letters/:"
            " Word, PDF and the cases as Excel. Number and date stay empty, nothing is sent. A draft"
            " that somebody changed is never overwritten."
        ),
        epilog=_(
            "Examples: chiso letters --period 2022-09 --dry-run"
            ' | chiso letters --period 2022-09 --leave-out so-y-te --reason "merged on 1/10"'
        ),
        params=[
            period_option(),
            click.Option(
                ["--unit", "units"],
                multiple=True,
                help=_(
                    "Code of an agency: only its letter, and again if it has its number already."
                ),
            ),
            click.Option(
                ["--dry-run"],
                is_flag=True,
                help=_("Only list who gets a letter and who gets none, and why; nothing is kept."),
            ),
            click.Option(
                ["--leave-out"],
                multiple=True,
                help=_("Code of an agency that gets no letter of this period."),
            ),
            click.Option(
                ["--add"],
                multiple=True,
                help=_("Code of an agency that gets one for all that it loses of its own."),
            ),
            click.Option(
                ["--reason"], help=_("Why one is left out or added; kept in the register.")
            ),
        ],
    )


def _letters(
    period: str,
    units: tuple[str, ...],
    dry_run: bool,
    leave_out: tuple[str, ...],
    add: tuple[str, ...],
    reason: str | None,
) -> None:
    from chiso.base import clock
    from chiso.base.period import parse_period
    from chiso.explain.letters import drafting_day
    from chiso.explain.proposals import proposals
    from chiso.pages.letters.listing import listing, proposed
    from chiso.publishing.lettering import Wanted, decide, draft_letters
    from chiso.rules.settings import load_settings
    from chiso.store.pipeline import score_period

    if (leave_out or add) and not (reason or "").strip():
        raise click.UsageError(_("Give --reason with --leave-out and --add."))
    settings = load_settings(parse_period(period))
    provide_records(settings, tell_aside)
    figures = score_period(settings, tell_aside)
    today = clock.vietnam_day(clock.now())
    wanted = Wanted(
        units, leave_out, add, (reason or "").strip(), drafting_day(figures.settings, today)
    )
    decided = decide(figures, wanted, tell_aside)
    tell(listing(figures, decided.addressed, decided.letters))
    if decided.report:
        tell("\n" + proposed(proposals(figures)))
    if dry_run:
        return
    for path in draft_letters(figures, decided, tell_aside):
        tell(str(path))
