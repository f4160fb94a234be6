"""How a notebook begins: its language, its figures, and how it shows what is the analyst's own."""

from __future__ import annotations

import traceback
from types import TracebackType
from typing import Any

from IPython import get_ipython

from chiso.base.i18n import _, use_language
from chiso.pages.own_parts import show_own_parts
from chiso.store.figures import Figures, load_figures


def begin(period: str, revision: int, history: str, lang: str) -> Figures:
    """The figures that the notebook shows; from now on it speaks `lang`, shows data frames and figures
    of the analyst's own in the house style, and tells of an error where it is in the notebook.

    No `revision`: the newest stored one of `period`, or of any period where it is empty: what one
    opens JupyterLab for. There a form offers the choice of what the parameters leave empty.
    """
    use_language(lang)
    shell = get_ipython()
    if shell:
        show_own_parts(shell)
        shell.set_custom_exc((Exception,), tell_error)
    if revision:
        return load_figures(period, revision, history)
    # Deferred: a page's kernel needs none of it.
    if shell is None:
        from chiso.store.pipeline import newest_stored

        return newest_stored(period)
    from chiso.pages.parameter_form import chosen_figures

    return chosen_figures(period, shell.user_ns)


def tell_error(
    shell: Any,
    kind: type[BaseException],
    error: BaseException,
    trace: TracebackType,
    tb_offset: int | None = None,
) -> None:
    """Show what went wrong and in which line of the cell, without the frames of libraries."""
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
    told = " ".join(filter(None, [first, f"({'; '.join(places)})"])) + newline + hint
    shell._showtraceback(kind, told, [f"{kind.__name__}: {told}"])


def _line(number: int | None, text: str | None) -> str:
    return _("line {line} of the cell: {text}").format(line=number, text=text)
