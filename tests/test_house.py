"""The house: which rooms the package has, and that imports between them run one way, downwards."""

import ast
from collections.abc import Iterator
from pathlib import Path

from conftest import ROOT

# From the ground floor up: a room may use those before it. `demo` and `sources` side by side.
ROOMS = (
    "base", "rules", "contract", "sources", "demo", "measures", "scoring", "store", "portal",
    "explain", "pages", "publishing", "commands", "cli",
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
