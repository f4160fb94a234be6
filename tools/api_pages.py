"""Pages on the functions that notebooks call, and those that somebody calls who carries the project on.
Changes if others are to be told of."""

from __future__ import annotations

import inspect
import pkgutil
import re
from collections.abc import Iterator
from functools import cached_property
from importlib import import_module
from types import ModuleType
from typing import Any

from blocks import block, page, table

import chiso.explain

# File -> its title, what it tells of, and the modules whose public names it has.
PAGES: dict[str, tuple[str, str, tuple[str, ...]]] = {
    "notebooks.md": (
        "What notebooks call",
        "`begin` gives the figures of a period, `figures.unit(code)` those of an agency; everything else here makes a"
        " part of a page from them, and `show(section(...))` puts it there.",
        (
            "chiso.pages.notebook",
            "chiso.store.figures",
            "chiso.pages.sections",
            "chiso.pages.tables",
            "chiso.pages.tables.cases",
            "chiso.pages.charts",
            "chiso.pages.cards",
            "chiso.pages.commentary",
            "chiso.pages.compare",
            "chiso.pages.lookups",
        ),
    ),
    "steps.md": (
        "From exports to explained figures",
        "In the order in which a report goes through them: records are read, measured, scored"
        " ([chiso.scoring](scoring.md)), kept and explained. `chiso/commands/` shows each in use.",
        (
            "chiso.sources.records",
            "chiso.sources.given",
            "chiso.measures.counts",
            "chiso.measures.cases",
            "chiso.measures.handling",
            "chiso.measures.processing_times",
            "chiso.store.pipeline",
            *(f"chiso.explain.{one.name}" for one in pkgutil.iter_modules(chiso.explain.__path__)),
        ),
    ),
}
# Told of with their whole docstrings.
_SCORING = ("chiso.scoring.score", "chiso.scoring.score_files")


def api_pages() -> dict[str, str]:
    """File -> Markdown, of every page."""
    return {"scoring.md": _scoring(), **{name: _listed(*told) for name, told in PAGES.items()}}


def _scoring() -> str:
    """What chiso.scoring offers, by its docstrings."""
    parts = ["# chiso.scoring", "From counts to points: the rules of a set applied, nothing else."]
    for module in map(import_module, _SCORING):
        parts += [f"## {module.__name__}", _quoted(module.__doc__ or "")]
        for name, thing in _public(module):
            parts += [
                f"### {name}",
                block(_call(name, thing)),
                _quoted(inspect.getdoc(thing) or ""),
            ]
    return page(parts)


def _listed(title: str, about: str, modules: tuple[str, ...]) -> str:
    """Modules with their names: how each is called, and the first lines of what it gives."""
    parts = [f"# {title}", about]
    for module in map(import_module, modules):
        rows = [
            [f"`{_call(name, thing)}`", _first(thing)]
            for own, made in _public(module)
            for name, thing in ((own, made), *_members(own, made))
        ]
        if rows:
            parts += [f"## {module.__name__}", _first(module), table(("Call", "What it is"), rows)]
    return page(parts)


def _public(module: ModuleType) -> Iterator[tuple[str, Any]]:
    """The functions and classes that a module defines, or that it says are its own."""
    listed = getattr(module, "__all__", None)
    for name, thing in vars(module).items():
        is_own = getattr(thing, "__module__", "") == module.__name__ and not name.startswith("_")
        if callable(thing) and (name in listed if listed else is_own):
            yield name, thing


def _members(name: str, thing: Any) -> Iterator[tuple[str, Any]]:
    """What a class offers besides the values it is made of."""
    for key, member in vars(thing).items() if inspect.isclass(thing) else ():
        is_told = callable(member) or isinstance(member, property | cached_property)
        if is_told and not key.startswith("_"):
            yield f"{name}.{key}", member


def _call(name: str, thing: Any) -> str:
    """A name with what it takes, as it is written; a value has its name alone."""
    if not callable(thing):
        return name
    told = str(inspect.signature(thing)).replace("(self, ", "(").replace("(self)", "()")
    told = told.removesuffix(" -> None") if inspect.isclass(thing) else told
    # Annotations are kept as text; a function as a default value has its address.
    told = re.sub(r"(: |-> )'([^']*)'", r"\1\2", told)
    return name + re.sub(r"<function (\w+) at \w+>", r"\1", told)


def _first(thing: Any) -> str:
    """The first paragraph of a docstring."""
    return _quoted((inspect.getdoc(thing) or "").partition("\n\n")[0]).replace("|", "\\|")


def _quoted(text: str) -> str:
    """A docstring as paragraphs, its words as they are."""
    paragraphs = [" ".join(part.split()) for part in text.split("\n\n")]
    return "\n\n".join(part.replace("<", "\\<").replace("*", "\\*") for part in paragraphs)
