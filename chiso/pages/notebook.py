"""How a notebook begins: its language, its figures, and how it shows what is the analyst's own."""

from __future__ import annotations

from IPython import get_ipython

from chiso.base.i18n import use_language
from chiso.pages.cell_errors import EXTENSION
from chiso.pages.own_parts import show_own_parts
from chiso.store.figures import Figures, load_figures


def begin(period: str, revision: int, history: str, lang: str) -> Figures:
    """The figures that the notebook shows; from now on it speaks `lang`, shows data frames and figures
    of the analyst's own in the house style, and tells of an error where it is in the notebook.

    No `revision`: the newest stored one of `period`, or of any period where it is empty: what one
    opens JupyterLab for. There a form offers the choice of what the parameters leave empty.
    """
    shell = get_ipython()
    if shell:
        # For a kernel that was not started by `make lab` or for a page.
        shell.extension_manager.load_extension(EXTENSION)
        show_own_parts(shell)
    use_language(lang)
    if revision:
        return load_figures(period, revision, history)
    # Deferred: a page's kernel needs none of it.
    if shell is None:
        from chiso.store.pipeline import newest_stored

        return newest_stored(period)
    from chiso.pages.parameter_form import chosen_figures

    return chosen_figures(period, shell.user_ns)
