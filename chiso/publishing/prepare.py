"""What every page needs, done once before kernels are forked: imports, figures, a first chart."""

from __future__ import annotations

import ast
import contextlib
import importlib.util
import json
import os
from collections.abc import Iterator
from pathlib import Path

from chiso.base.locations import project_root
from chiso.explain.certainty import certainty
from chiso.pages.own_parts import set_own_style
from chiso.rules.units import Unit
from chiso.store.figures import Figures, UnitFigures, keep_figures

# The rooms of a notebook's functions that are given the page's unit.
_SHOWING = ("charts", "commentary", "tables")


def prepare(period: str, revision: int, history: str, *cohorts: str) -> None:
    """Import what the notebooks import, load the figures of a revision, show a unit of each of `cohorts`
    as its notebook does, work out how certain their places are, which every page of a cohort tells,
    and set the style of charts that every notebook begins with.

    Only functions of the package run here, none of the notebooks' own code: nothing of one page
    can be left behind for another. The environment is as before afterwards.
    """
    environment = dict(os.environ)
    paths = sorted((project_root() / "notebooks").glob("*.ipynb"))
    notebooks = {path.name: list(_statements(path)) for path in paths}
    for statements in notebooks.values():
        for module in _imported(statements):
            # A mistake is told by the page itself, here as below.
            with contextlib.suppress(Exception):
                importlib.import_module(module)
    figures = keep_figures(period, revision, history)
    for unit in _examples(figures, cohorts):
        _show_first(figures.unit(unit.code), notebooks.get("unit.ipynb", []))
    for cohort in cohorts:
        certainty(figures, cohort)
    set_own_style()
    os.environ.clear()
    os.environ.update(environment)


def _examples(figures: Figures, cohorts: tuple[str, ...]) -> list[Unit]:
    """The first unit of each cohort, or one at all."""
    first = {unit.cohort: unit for unit in reversed(figures.units)}
    return [first[cohort] for cohort in cohorts if cohort in first] or [figures.units[-1]]


def _show_first(unit: UnitFigures, statements: list[ast.stmt]) -> None:
    """What the first use of a function loads (fonts, the SVG writer, number formats, rules) and what
    all units of a cohort share is there once, and not made by every kernel again: every
    charts.name(page), commentary.name(page), tables.name(page) of the statements is called."""
    for call in (
        node for one in statements for node in ast.walk(one) if isinstance(node, ast.Call)
    ):
        match call:
            case ast.Call(ast.Attribute(ast.Name(module), name), [ast.Name("page")], []) if (
                module in _SHOWING
            ):
                with contextlib.suppress(Exception):
                    getattr(importlib.import_module(f"chiso.pages.{module}"), name)(unit)


def _statements(notebook: Path) -> Iterator[ast.stmt]:
    """The statements of a notebook's cells, as far as they can be parsed."""
    for source in _code_cells(notebook):
        # A magic, or a mistake that the page itself will show.
        with contextlib.suppress(SyntaxError):
            yield from ast.parse(source).body


def _imported(statements: list[ast.stmt]) -> Iterator[str]:
    """The modules that the statements import."""
    for statement in (node for one in statements for node in ast.walk(one)):
        if isinstance(statement, ast.Import):
            yield from (name.name for name in statement.names)
        elif isinstance(statement, ast.ImportFrom) and statement.module:
            yield statement.module
            names = (f"{statement.module}.{name.name}" for name in statement.names)
            yield from (name for name in names if _is_module(name))


def _code_cells(path: Path) -> list[str]:
    """The texts of the cells of code; none of a file that is no notebook, or not wholly saved: its
    own pages tell so."""
    try:
        # As plain JSON: nbformat would take as long to import as all that is prepared here.
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        return ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]
    except (OSError, ValueError, KeyError, TypeError):
        return []


def _is_module(name: str) -> bool:
    try:
        return importlib.util.find_spec(name) is not None
    except ModuleNotFoundError:  # what is before the last dot is a module without parts
        return False
