"""Notebooks are thin and clean: a guide, a parameters cell, short cells, no outputs, no logic."""

import ast

import nbformat
import pytest
from conftest import ROOT

NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_notebook_is_thin_and_stripped(path):
    notebook = nbformat.read(path, as_version=4)
    nbformat.validate(notebook)
    guide, first, *others = notebook.cells
    assert guide.metadata.get("tags") == ["guide"]
    assert first.metadata.get("tags") == ["parameters"]
    for cell in notebook.cells:
        assert cell.cell_type == "markdown" or (cell.outputs == [] and cell.execution_count is None)
    for cell in others:
        statements = ast.parse(cell.source).body if cell.cell_type == "code" else []
        calls = [s for s in statements if not isinstance(s, ast.Import | ast.ImportFrom)]
        assert len(calls) <= (3 if cell is others[0] else 1), cell.source
        assert not any(
            isinstance(s, ast.FunctionDef | ast.For | ast.If)
            for s in ast.walk(ast.Module(statements, []))
        )


def test_every_page_opens_on_the_period_that_was_reported_last():
    """The parameters cells differ in what a page has besides: its unit, its pages that failed."""
    shared = None
    for path in NOTEBOOKS:
        lines = nbformat.read(path, as_version=4).cells[1].source.splitlines()
        own = {line for line in lines if line.split(" ")[0] in ("unit", "failed", "absent")}
        found = [line for line in lines if line not in own]
        shared = shared or found
        assert found == shared, path.name


def test_there_is_one_notebook_a_kind_of_report_and_one_of_recipes():
    assert [path.stem for path in NOTEBOOKS if path.stem != "explore"] == [
        "compare",
        "correction",
        "daily",
        "data_quality",
        "index",
        "method",
        "national",
        "procedures",
        "province",
        "reconcile",
        "unit",
    ]
