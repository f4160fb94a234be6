"""`chiso register`: the office's workbooks of letters and obligations, read back and written anew."""

from __future__ import annotations

from pathlib import Path

import click

from chiso.base.i18n import _, count
from chiso.base.terminal import tell, tell_aside

# In the folders of the registers, so that they are kept together with them.
LETTERS, OBLIGATIONS = "so-cong-van.xlsx", "so-nghia-vu.xlsx"


def command() -> click.Command:
    """The command with its options."""
    return click.Command(
        "register",
        callback=_register,
        help=_(
            "Reads what the office filled in in its two workbooks, of letters and of obligations"
            " besides the indicators, and writes both anew. Of a file with a mistake nothing is taken"
            " over: its rows are named, and no workbook is written."
        ),
        epilog=_("Example: chiso register --read ~/Downloads/so-cong-van.xlsx"),
        params=[
            click.Option(
                ["--read"],
                type=click.Path(path_type=Path),
                multiple=True,
                help=_("A copy that was filled in elsewhere, beside the workbooks in data/."),
            ),
        ],
    )


def _register(read: tuple[Path, ...]) -> None:
    from chiso.base.files import only_one
    from chiso.pages.registers import write_letters, write_owed
    from chiso.store.letters import register_dir
    from chiso.store.owed import owed_dir

    letters, obligations = register_dir() / LETTERS, owed_dir() / OBLIGATIONS
    own = [path for path in (letters, obligations) if path.is_file()]
    with only_one(letters, tell_aside):
        for path in (*own, *read):
            number = _take_over(path)
            if number or path in read:
                words = _("{file}: {number} rows were new and were taken over.")
                tell(words.format(file=path, number=count(number)))
        write_letters(letters, register_dir())
        write_owed(obligations, owed_dir())
    tell(_("Written: {files}").format(files=f"{letters}, {obligations}"))


def _take_over(path: Path) -> int:
    """Read one workbook into its register; how many rows told anything new."""
    from chiso.sources.office_sheets import has_columns
    from chiso.store import letters, owed
    from chiso.store.letters_workbook import read_told
    from chiso.store.owed_workbook import COLUMNS, read_reported

    if has_columns(path, COLUMNS):
        reported = read_reported(path, owed.owed_dir())
        owed.report(owed.owed_dir(), reported)
        return len(reported)
    told = read_told(path, letters.register_dir())
    letters.told(letters.register_dir(), told)
    return len(told)
