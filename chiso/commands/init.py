"""`chiso init`: the folder of a new project, for who installed the program without its source."""

from __future__ import annotations

from pathlib import Path

import click

from chiso.base.i18n import _
from chiso.base.terminal import tell


def command() -> click.Command:
    """The command with its options."""
    return click.Command(
        "init",
        callback=_init,
        help=_(
            "Makes a project in a new folder: notebooks, parameters, templates, the published sample, a"
            " Makefile and what explains them. Whole or not at all; a folder that holds anything is left"
            " alone."
        ),
        epilog=_("Examples: chiso init hung-yen; chiso init /srv/chiso"),
        params=[click.Argument(["folder"], type=click.Path(path_type=Path), metavar=_("FOLDER"))],
    )


def _init(folder: Path) -> None:
    from chiso.base.new_project import make_project

    made = make_project(folder)
    tell(_("The project is ready: {folder}").format(folder=made))
    tell(_("Then, one after the other:"))
    tell(f"  cd {made}")
    tell("  make report PERIOD=2026")
    tell("  make new-period PERIOD=2026-10")
    tell(_("What each of them does: {file}").format(file=made / "README.vi.md"))
    tell(
        _("Another province than Hưng Yên, file by file: {file}").format(
            file=made / "docs/vi/tinh-khac.md"
        )
    )
