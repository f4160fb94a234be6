"""Catalogues of messages in the form that programs read, made from the texts that people edit."""

from __future__ import annotations

import os
from pathlib import Path

from chiso.base.errors import ParameterError
from chiso.base.files import staged_file
from chiso.base.i18n import LOCALE_DIR, _


def compile_catalogues(folder: Path = LOCALE_DIR) -> None:
    """Make <name>.mo of every <name>.po below `folder` that was saved after it, as `make` does.

    ParameterError for a .po that can't be read; its .mo then stays as it was.
    """
    for text in sorted(folder.rglob("*.po")):
        made = text.with_suffix(".mo")
        if not made.is_file() or made.stat().st_mtime_ns < text.stat().st_mtime_ns:
            _compile(text, made)


def _compile(text: Path, made: Path) -> None:
    # Deferred: of a program's run no more than its catalogue is needed.
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import PoFileError, read_po

    try:
        with text.open("rb") as file:
            catalogue = read_po(file, abort_invalid=True)
    except (PoFileError, UnicodeDecodeError) as error:
        raise ParameterError(
            _("This catalogue of messages can't be read: {problem}").format(problem=error),
            file=text,
            hint=_("Correct the file and run again."),
        ) from None
    with staged_file(made) as staged, staged.open("wb") as file:
        write_mo(file, catalogue)
    os.utime(made)
