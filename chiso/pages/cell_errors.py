"""How a notebook tells of an error: what it means and in which line of the cell, without the frames of libraries.

An extension of IPython, loaded by every kernel from its start: the first cells have mistakes too. It
imports next to nothing.
"""

from __future__ import annotations

import traceback
from types import TracebackType
from typing import Any

from chiso.base.errors import UserError
from chiso.base.i18n import _, current_language, use_language

# The name by which kernels load this module (also in notebooks/lab/kernels/).
EXTENSION = "chiso.pages.cell_errors"


def load_ipython_extension(shell: Any) -> None:
    """From now on `shell` tells of errors here, in the reader's language; IPython calls this."""
    use_language(current_language())
    shell.set_custom_exc((Exception,), tell_error)
    # Of a cell that can't even be split into words IPython tells by a way of its own.
    shell.showsyntaxerror = lambda *_args, **_more: tell_error(shell, *shell._get_exc_info())


def tell_error(
    shell: Any,
    kind: type[BaseException],
    error: BaseException,
    trace: TracebackType,
    tb_offset: int | None = None,
) -> None:
    """Show what went wrong and in which line of the cell."""
    places = [
        _line(frame.lineno, frame.line)
        for frame in traceback.extract_tb(trace)
        if shell.compile.format_code_name(frame.filename)  # only code of cells has one
    ]
    if isinstance(error, SyntaxError):  # it was never run: it knows its line itself
        places = [_line(error.lineno, (error.text or "").strip())]
    first, newline, hint = str(error.msg if isinstance(error, SyntaxError) else error).partition(
        "\n"
    )
    told = " ".join(filter(None, [first, f"({'; '.join(places)})" if places else ""]))
    told += newline + hint
    if not isinstance(error, UserError):  # which says itself what to do
        told += f"\n  → {_meaning(kind)}"
    shell._showtraceback(kind, told, [f"{kind.__name__}: {told}"])


def _line(number: int | None, text: str | None) -> str:
    return _("line {line} of the cell: {text}").format(line=number, text=text)


def _meaning(kind: type[BaseException]) -> str:
    """What Python's own English words mean, and what it is mostly due to."""
    known = {
        ModuleNotFoundError: _("There is no package of this name: is it typed right?"),
        ImportError: _("The module has nothing of this name: is it typed right?"),
        IndentationError: _("Lines are indented unevenly, or tabs and spaces are mixed."),
        SyntaxError: _("The line is not complete: a bracket, a quote or a comma is missing."),
        NameError: _("Nothing has this name: it is mistyped, or the cell above it has not run."),
        AttributeError: _("It has no part of this name: what follows the dot is mistyped."),
        KeyError: _("The table has no such column or code: is it typed right?"),
        TypeError: _("Something is missing in the brackets or of another kind: see explore.ipynb."),
        FileNotFoundError: _("There is no such file: are its name and folder right?"),
        Exception: _(
            "Look at this line again; the cell as it was: Ctrl+Z in it, or git checkout notebooks/"
        ),
    }
    return next(known[one] for one in kind.__mro__ if one in known)
