"""What people type first that is no command or option of `chiso`, and what they look for."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

from chiso.base.i18n import _

# A word -> the command that does it.
COMMAND_OF = {
    "new": "new-period",
    "import": "new-period",
    "load": "new-period",
    **dict.fromkeys(
        ("build", "run", "bao-cao", "html", "pdf", "word", "excel", "export"), "report"
    ),
    **dict.fromkeys(("validate", "lint", "kiem-tra"), "check"),
    **dict.fromkeys(("params", "param", "config"), "rules"),
    "new-source": "sources",
    "revisions": "history",
    **dict.fromkeys(("serve", "site", "show", "view"), "open"),
    **dict.fromkeys(("upload", "deploy", "dang"), "publish"),
    "list": "status",
    "cong-van": "letters",
    "rank": "explain",
    "help": "chiso --help",
    "version": "chiso --version",
    **dict.fromkeys(("lab", "jupyter", "notebook", "notebooks", "so-tay"), "make lab"),
    **dict.fromkeys(("setup", "install"), "make setup"),
}
_DRY_RUN = ("dry-run", "dryrun", "dry", "trial")
# How like a word must be to a command to be taken for a slip of the finger.
_ALIKE = 0.7


def hint_for(word: str, commands: Iterable[str]) -> str:
    """Which command a word may mean, or where there is what no command is for; empty if it is like none."""
    if word in _DRY_RUN:
        return trial_hint()
    sending = _(
        "No contacts of agencies are kept: nothing is sent from here. Letters are drafts for the"
        " office: make letters PERIOD=..."
    )
    known = {
        "compare": _(
            "The page “Compare” of every report has two agencies beside each other: make open"
            " PERIOD=...; stored revisions: make history."
        ),
        **dict.fromkeys(("contacts", "send", "email", "mail"), sending),
        "start": _("The first steps: make demo, then make report PERIOD=2022-09"),
        "update": _(
            "Figures: put the new files into the period's folder, then make report PERIOD=...;"
            " the program: git pull"
        ),
    }
    if word in known:
        return known[word]
    near = [COMMAND_OF[word]] if word in COMMAND_OF else []
    near = near or difflib.get_close_matches(word, commands, 2, _ALIKE)
    return _("Did you mean {units}?").format(units=", ".join(near)) if near else ""


def option_hint(option: str) -> str:
    """What an option that there is not may be looked for; empty if that is not known."""
    return trial_hint() if option.strip("-") in _DRY_RUN else ""


def trial_hint() -> str:
    """Where it is tried what a change would do."""
    return _(
        "What edited rules would change, for whom: make rules PERIOD=... PARAMS=FOLDER; who would get"
        " a letter: make letters PERIOD=... DRY=1. Neither keeps anything."
    )
