"""`chiso rules`: whether the files of params/ are right, and what edited ones would change for whom."""

from __future__ import annotations

from pathlib import Path

import click

from chiso.base.errors import WRONG_INPUT
from chiso.base.i18n import _, count
from chiso.base.terminal import tell, tell_aside, tell_table
from chiso.commands.meant import trial_hint
from chiso.commands.options import period_option
from chiso.commands.providing import provide_records


def command() -> click.Command:
    """The command with its options."""
    return click.Command(
        "rules",
        callback=_rules,
        help=_(
            "Checks every file of params/. With a folder of edited copies, these over params/; with a"
            " period too, what they would change of it: totals, classes, ranks, letters. Nothing is"
            " kept, params/ stays as it is."
        ),
        epilog=_("Example: chiso rules --period 2022-09 --params params-thu"),
        params=[
            period_option(required=False),
            click.Option(
                ["--params", "folder"],
                type=click.Path(path_type=Path),
                help=_("A folder with edited copies of files, as they lie in params/."),
            ),
        ],
    )


def _rules(period: str | None, folder: Path | None) -> int:
    from chiso.publishing.parameter_files import parameter_files
    from chiso.publishing.trial import edited_files, faults_of

    if period and not folder:
        raise click.UsageError(
            _("With a period give --params: the folder with the edited copies of files.")
        )
    edited = edited_files(folder) if folder else ()
    if folder:
        names = ", ".join(path.as_posix() for path in edited)
        tell(_("Other than in params/: {names}").format(names=names or _("nothing")))
    wrong = faults_of(folder)
    for text in wrong:
        tell_aside(text)
    if wrong:
        tell_aside(_("Files with mistakes: {number}").format(number=count(len(wrong))))
        return WRONG_INPUT
    if not folder:
        tell(_("{number} files of params/ are right.").format(number=count(len(parameter_files()))))
        tell(trial_hint())
        return 0
    tell(_("With these files params/ is right."))
    _tell_mergers(folder)
    if period and edited:
        _try(period, folder)
    return 0


def _tell_mergers(folder: Path) -> None:
    """What agencies of edited trees are compared with of the time before."""
    from chiso.pages.trial import in_mergers, merger_rows
    from chiso.publishing.trial import edited_mergers

    for mergers in edited_mergers(folder):
        tell("\n" + in_mergers(mergers))
        table = merger_rows(mergers)
        if table[1:]:
            tell_table(table)


def _try(period: str, folder: Path) -> None:
    from chiso.base import clock
    from chiso.base.period import parse_period
    from chiso.explain.letters import drafting_day
    from chiso.pages.trial import in_figures, in_letters, rows
    from chiso.publishing.trial import try_parameters
    from chiso.rules.settings import load_settings
    from chiso.store.pipeline import require_figures

    settings = load_settings(parse_period(period))
    provide_records(settings, tell_aside)
    require_figures(settings)
    drafted_on = drafting_day(settings, clock.vietnam_day(clock.now()))
    trial = try_parameters(settings.period, folder, tell_aside, drafted_on)
    tell("\n" + in_figures(trial.moved, trial.units))
    table = rows(trial.moved)
    if table[1:]:
        tell_table(table)
    letters = in_letters(trial.moved)
    tell("\n" + (_("Letters:") if letters else _("Letters: as before.")))
    for line in letters:
        tell(line)
    if trial.proposed[0] != trial.proposed[1]:
        tell("\n" + _("Before:") + "\n" + trial.proposed[0])
        tell("\n" + _("After:") + "\n" + trial.proposed[1])
    tell(
        "\n"
        + _("Nothing was kept. To put it into force: cp -r {folder}/. params/").format(
            folder=folder
        )
    )
