"""The house: which rooms the package has, and that imports between them run one way, downwards."""

import ast
import graphlib
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import ROOT

# From the ground floor up: a room may use those before it. `demo` and `sources` side by side.
ROOMS = (
    "base", "rules", "contract", "sources", "demo", "measures", "scoring", "portal", "reconcile",
    "store", "explain", "pages", "publishing", "commands", "cli",
)  # fmt: skip
# Neither reads what the other does.
STRANGERS = {
    ("demo", "sources"),
    ("measures", "sources"),
    ("measures", "demo"),
    ("scoring", "demo"),
}
PACKAGE = ROOT / "chiso"


def imported(path: Path) -> Iterator[str]:
    """The modules of the package that a file names in its imports, those inside functions too."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from (f"{node.module}.{name.name}" for name in node.names)


def room(module: str) -> str:
    return module.split(".")[1]


def arrows() -> set[tuple[str, str]]:
    """From room, to room, of every import between two rooms."""
    found = set()
    for path in PACKAGE.rglob("*.py"):
        own = path.relative_to(ROOT).with_suffix("").parts[1]
        for name in imported(path):
            if name.startswith("chiso.") and name != "chiso.__version__" and room(name) != own:
                found.add((own, room(name)))
    return found


def test_every_module_is_in_a_room():
    there = {path.stem for path in PACKAGE.iterdir() if not path.name.startswith("__")}
    assert there == set(ROOMS)


def test_imports_run_downwards():
    upwards = {(a, b) for a, b in arrows() if ROOMS.index(b) >= ROOMS.index(a)}
    assert not upwards


def test_rooms_that_have_nothing_to_do_with_each_other():
    assert not arrows() & STRANGERS
    assert not {(a, b) for a, b in arrows() if b == "demo" and a != "commands"}


def at_first(body: list[ast.stmt]) -> Iterator[str]:
    """The modules that are imported with a module, not by its functions."""
    for node in body:
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from (node.module, *(f"{node.module}.{name.name}" for name in node.names))
        elif isinstance(node, ast.Try):
            yield from at_first(node.body)


def with_packages(module: str) -> set[str]:
    parts = module.split(".")
    return {".".join(parts[:end]) for end in range(1, len(parts) + 1)}


def test_whatever_is_imported_first_no_import_runs_in_a_circle():
    paths = {
        ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): path
        for path in PACKAGE.rglob("*.py")
    }
    needs = {}
    for module, path in paths.items():
        named = at_first(ast.parse(path.read_text("utf-8")).body)
        found = set().union(*map(with_packages, named)) & set(paths)
        needs[module] = found - with_packages(module)
    assert len(list(graphlib.TopologicalSorter(needs).static_order())) == len(paths)


@pytest.mark.programs
def test_a_report_of_which_nothing_is_to_be_measured_starts_without_the_engine():
    asked = (
        "import sys, chiso.publishing.report, chiso.reconcile.beside; print('ibis' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"


def places_of(cell: str) -> Iterator[tuple[str, list[Path]]]:
    """The files and folders that a cell of the table names, and where they are; <...> stands for any
    name, a bare name is one beside the file before it."""
    folder = ROOT
    for name in re.findall(r"`([^`]+)`", cell):
        if not re.fullmatch(r"[\w.<>/-]+(\.[a-z]+|/)", name) and "/" not in name:
            continue
        pattern = re.sub(r"<\w+>", "*", name.rstrip("/"))
        found = list(ROOT.glob(pattern)) or list(folder.glob(pattern))
        yield name, found
        if found:
            folder = found[0].parent


def has(place: Path, name: str) -> bool:
    """Whether a Python file defines the name, another file has the word, or a file of a folder does."""
    if place.is_dir():
        return any(has(path, name) for path in place.iterdir())
    text = place.read_text("utf-8")
    if place.suffix == ".py":
        return bool(re.search(rf"^\s*(def|class) {name}\b|^([\w, ]+, )?{name}\b.*=", text, re.M))
    return bool(re.search(rf"(?<!\w){re.escape(name)}", text))


def rows_of_places() -> list[list[str]]:
    page = (ROOT / "docs/en/house.md").read_text("utf-8").partition("## Where do I change")[2]
    rows = [line.strip("| ").split(" | ") for line in page.splitlines() if line.startswith("| ")]
    return [row for row in rows if row[0] not in ("to change", "")]


def test_every_place_where_something_is_changed_is_there():
    rows = rows_of_places()
    assert len(rows) > 40
    for row in rows:
        named = list(places_of(row[1]))
        assert named or "Makefile" in row[1] or "pyproject.toml" in row[1], row
        assert [name for name, found in named if not found] == [], row


def test_what_is_to_be_changed_in_a_place_is_there():
    asked = 0
    for row in rows_of_places():
        places = [place for _name, found in places_of(row[1]) for place in found]
        for name in re.findall(r"`(\w+)`", row[1]) if places else ():
            asked += 1
            assert any(has(place, name) for place in places), f"{name}: {row}"
    assert asked > 15
