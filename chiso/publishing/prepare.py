"""What every page needs, done once before kernels are forked: imports, figures, a first chart."""

from __future__ import annotations

import ast
import importlib.util
import json
import os
import threading
from collections.abc import Iterator
from pathlib import Path

from chiso.base.locations import project_root
from chiso.explain.certainty import certainty
from chiso.store.figures import UnitFigures, keep_figures


def prepare(period: str, revision: int, history: str, *cohorts: str) -> None:
    """Import what the notebooks import, load the figures of a revision, draw one unit's charts, work
    out how certain the places in `cohorts` are, which every page of a cohort tells.

    Only functions of the package run here, none of the notebooks' own code: nothing of one page
    can be left behind for another. The environment is as before afterwards.
    """
    environment = dict(os.environ)
    for module in _imported(sorted((project_root() / "notebooks").glob("*.ipynb"))):
        importlib.import_module(module)
    figures = keep_figures(period, revision, history)
    _draw_first(figures.unit(figures.units[-1].code))
    for cohort in cohorts:
        certainty(figures, cohort)
    os.environ.clear()
    os.environ.update(environment)
    if threading.active_count() > 1:
        raise RuntimeError("a prepared process must not have threads: they don't survive a fork")


def _draw_first(unit: UnitFigures) -> None:
    """What the first use of a function loads (fonts, the SVG writer, number formats, rules) is
    loaded here, once, and not by every kernel again."""
    from chiso.pages import charts, commentary, tables

    for show in (
        charts.group_chart,
        charts.lost_chart,
        charts.trend_chart,
        charts.strip_chart,
        commentary.headline,
        commentary.unit_comment,
        commentary.notes,
        commentary.unit_outcome,
        tables.key_facts,
        tables.case_table,
        tables.way_table,
        tables.unit_downloads,
        tables.indicator_table,
        tables.group_table,
        tables.duty_table,
        tables.unit_owed_table,
        tables.unit_gaps,
        tables.difference_table,
        tables.nearby,
        tables.reconcile_line,
    ):
        show(unit)
    tables.provenance(unit.figures)


def _imported(notebooks: list[Path]) -> Iterator[str]:
    """The modules that the cells of the notebooks import, as far as they can be parsed."""
    for path in notebooks:
        # As plain JSON: nbformat would take as long to import as all that is prepared here.
        for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
            if cell["cell_type"] != "code":
                continue
            try:
                statements = ast.walk(ast.parse("".join(cell["source"])))
            except SyntaxError:
                continue  # a magic, or a mistake that the page itself will show
            for statement in statements:
                if isinstance(statement, ast.Import):
                    yield from (name.name for name in statement.names)
                elif isinstance(statement, ast.ImportFrom) and statement.module:
                    yield statement.module
                    names = (f"{statement.module}.{name.name}" for name in statement.names)
                    yield from (name for name in names if _is_module(name))


def _is_module(name: str) -> bool:
    try:
        return importlib.util.find_spec(name) is not None
    except ModuleNotFoundError:  # what is before the last dot is a module without parts
        return False
