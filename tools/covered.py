"""The rooms that decide figures and what is said of them, by the branches that their tests go through.

    python tools/covered.py [pytest's arguments]

Runs the tests that have to notice mutants (`[tool.mutmut]` in pyproject.toml), whole, prints what none of them goes
through, and ends with 1 where a room has less than it had (LEAST). Arguments stand in for that choice of tests.
"""

from __future__ import annotations

import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).parent.parent
# Percent of lines and branches, a room.
LEAST = {"scoring": 100, "measures": 100, "explain": 100}


def tests() -> list[str]:
    """The files of tests of these rooms; Spark goes through the same lines as the engine within."""
    tools = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]
    chosen = tools["mutmut"]["pytest_add_cli_args_test_selection"]
    return [*(one for one in chosen if one.startswith("tests/")), "-k", "not spark"]


def coverage(*words: str) -> int:
    """`coverage WORDS`; its exit code."""
    command = [sys.executable, "-m", "coverage", *words]
    return subprocess.run(command, cwd=ROOT, check=False).returncode


def main(arguments: list[str]) -> int:
    """Run, print, compare."""
    coverage("erase")
    failed = coverage("run", "-m", "pytest", "-n", "logical", *(arguments or tests()))
    coverage("combine", "--quiet")
    coverage("report")
    short = [
        room
        for room, least in LEAST.items()
        if coverage(
            "report", f"--include=chiso/{room}/*", f"--fail-under={least}", "--format=total"
        )
    ]
    if short:
        print(
            f"Less than before in: {', '.join(short)} (LEAST in tools/covered.py)", file=sys.stderr
        )
    return 1 if failed or short else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
