"""The command line: `chiso ...`, what the Makefile calls."""

from __future__ import annotations

import os
import sys

import click

from chiso import __version__
from chiso.base.errors import WRONG_INPUT, UserError
from chiso.base.files import fault_of, keep_temporary_things_together
from chiso.base.i18n import LANGUAGES, _, current_language, use_language
from chiso.base.processes import collect_seldom
from chiso.base.terminal import tell
from chiso.commands import (
    cases,
    check,
    comment,
    daily,
    demo,
    digest,
    due,
    explain,
    fetch,
    history,
    init,
    letters,
    measure,
    new_period,
    open,
    preview,
    publish,
    reconcile,
    register,
    report,
    rules,
    score,
    sources,
    status,
    unpublish,
    verify,
)
from chiso.commands.meant import hint_for, option_hint

COMMANDS = (
    init, demo, new_period, status, check, rules, sources, fetch, measure, score, report, preview, open, daily, digest, due, letters, explain, cases, comment,
    reconcile, register, history, publish, unpublish, verify,
)  # fmt: skip
INTERRUPTED = 130


class _Commands(click.Group):
    """The commands; who types another word is told which one it may be."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        word = args[0] if args else ""
        if word and not word.startswith("-") and word not in self.commands:
            all_of_them = _("All commands: {names}").format(names=", ".join(self.commands))
            hints = (hint_for(word, self.commands), all_of_them)
            raise UserError(
                _("There is no command “{word}”.").format(word=word),
                hint="\n  → ".join(filter(None, hints)),
            )
        return super().resolve_command(ctx, args)


def main() -> None:
    """Run `chiso`; a user's mistake is one message and exit code 2, never a traceback."""
    use_language(_language_of(sys.argv[1:]))
    # Arrow's own keeps what it no longer needs: some 40 MB in each process that makes pages.
    os.environ.setdefault("ARROW_DEFAULT_MEMORY_POOL", "system")
    collect_seldom()
    try:
        keep_temporary_things_together()
        code = commands()(standalone_mode=False)
    except UserError as error:
        tell(_("Error: {message}").format(message=error), err=True)
        code = WRONG_INPUT
    except OSError as error:
        # A folder that is a file, a full disk, no permission: told like any other mistake.
        tell(_("Error: {message}").format(message=fault_of(error)), err=True)
        code = WRONG_INPUT
    except click.ClickException as error:
        error.show()
        if isinstance(error, click.NoSuchOption) and (hint := option_hint(error.option_name)):
            tell(f"  → {hint}", err=True)
        code = WRONG_INPUT
    except (click.Abort, KeyboardInterrupt):
        tell(_("Stopped; what was there before is unchanged."), err=True)
        code = INTERRUPTED
    sys.exit(code or 0)


def commands() -> click.Group:
    """All commands, with help in the language in use."""
    group = _Commands(
        "chiso",
        help=_("Scores and reports of indicator set 766 for the agencies of a province."),
        epilog=_("Example: chiso report --period 2026"),
        commands=[module.command() for module in COMMANDS],
        params=[
            click.Option(
                ["--lang"],
                type=click.Choice(LANGUAGES),
                default=current_language,
                expose_value=False,
                help=_("Language of messages and reports: vi or en."),
            )
        ],
        context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    )
    return click.version_option(__version__, prog_name="chiso")(group)


def _language_of(arguments: list[str]) -> str:
    """The language asked for with --lang, needed before the commands' own help is written."""
    for i, argument in enumerate(arguments):
        value = argument.partition("=")[2] if argument.startswith("--lang=") else ""
        if argument == "--lang" and i + 1 < len(arguments):
            value = arguments[i + 1]
        if value in LANGUAGES:
            return value
    return current_language()
