"""The wording of letters: templates of params/letters/, filled in strictly; values are escaped."""

from __future__ import annotations

import traceback
from collections.abc import Collection, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from IPython.display import Markdown
from jinja2 import StrictUndefined, Template, TemplateSyntaxError, UndefinedError, nodes
from jinja2.exceptions import SecurityError, TemplateError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from chiso.base.errors import ParameterError
from chiso.base.i18n import _
from chiso.base.locations import params_dir
from chiso.base.markdown import escape
from chiso.base.params import read_text


def fill_in(name: str, words: Mapping[str, Any]) -> str:
    """The body of a letter (Markdown) by the template params/letters/<name>.md.

    `words`: all that a template may use; values are plain text, but for what is Markdown already. ParameterError names file and line
    of a fault of the template and of a word that it may not use.
    """
    path = params_dir() / "letters" / f"{name}.md"
    text = read_text(path)
    template = _compiled(path, text, tuple(sorted(words)))
    try:
        written = template.render(words)
    except (UndefinedError, SecurityError, TemplateError, TypeError, ValueError) as error:
        raise _fault(path, _line(error), str(error)) from None
    return written.strip()


@cache
def _compiled(path: Path, text: str, known: tuple[str, ...]) -> Template:
    environment = ImmutableSandboxedEnvironment(
        undefined=StrictUndefined,
        finalize=_written,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals.clear()
    try:
        tree = environment.parse(text, filename=str(path))
        _require_known(path, tree, known)
        return environment.from_string(tree)
    except TemplateSyntaxError as error:
        raise _fault(path, error.lineno, str(error.message)) from None


def _written(value: object) -> str:
    """A value as it stands in Markdown."""
    if isinstance(value, Markdown):
        return str(value.data)
    return escape(value) if value is not None else ""


def _require_known(path: Path, tree: nodes.Template, known: Collection[str]) -> None:
    """ParameterError for a name that is neither filled in nor made by the template itself."""
    names = list(tree.find_all(nodes.Name))
    made = {name.name for name in names if name.ctx != "load"} | {"loop"}
    for name in names:
        if name.name not in made and name.name not in known:
            raise ParameterError(
                _("the word {word} can't be filled in here; allowed: {allowed}.").format(
                    word=f"{{{{ {name.name} }}}}", allowed=", ".join(known)
                ),
                file=path,
                line=name.lineno,
                hint=_("Correct the file and run again."),
            )


def _fault(path: Path, line: int | None, said: str) -> ParameterError:
    return ParameterError(
        _("This template can't be filled in: {said}").format(said=said),
        file=path,
        line=line,
        hint=_("Correct the file and run again."),
    )


def _line(error: BaseException) -> int | None:
    """The line of the template at which it failed."""
    frames = traceback.extract_tb(error.__traceback__)
    return next((one.lineno for one in reversed(frames) if one.filename == "<template>"), None)
