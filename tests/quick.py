"""`pytest --quick`, which is `make quick`: tests that run in one process and take little, between two changes.

Two rules make a test quick. It starts no program: what asks for one by a fixture is left out, what starts one by itself
fails. And its file is named here: all of its tests together take some seconds of processor time at most
(`pytest --durations=0 FILE` says what each takes).
"""

from __future__ import annotations

import sys

import pytest

QUICK = frozenset(
    f"test_{name}.py"
    for name in (
        "catalogue", "certainty", "commentary", "docs", "excel", "explain", "explained_by_hand",
        "explained_seldom", "files", "house", "init", "letters", "national", "outcomes", "overdue", "owed",
        "period", "procedures_by_points", "proposals", "quick", "release", "rounding", "scoring",
        "scoring_tables", "standings", "trends",
    )
)  # fmt: skip
# Fixtures that start `chiso`, a browser, or both.
STARTING = frozenset({"chiso", "browser", "sample_project", "small_project"})
_STARTS = frozenset({"subprocess.Popen", "os.posix_spawn", "os.fork", "os.forkpty", "os.system"})


def pytest_addoption(parser: pytest.Parser) -> None:
    """The option of `make quick`."""
    parser.addoption(
        "--quick", action="store_true", help="only tests of one process that take little"
    )


def pytest_ignore_collect(collection_path, config: pytest.Config) -> bool | None:
    """Other files are not even read."""
    is_test = collection_path.name.startswith("test_") and collection_path.suffix == ".py"
    return (
        True
        if config.getoption("--quick") and is_test and collection_path.name not in QUICK
        else None
    )


def keep_quick(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what asks for a program."""
    if config.getoption("--quick"):
        asking = [one for one in items if starts_programs(one)]
        config.hook.pytest_deselected(items=asking)
        items[:] = [one for one in items if one not in set(asking)]


def starts_programs(item: pytest.Item) -> bool:
    """Whether a test is marked as one that starts a program by itself, or has a fixture that does."""
    fixtures = getattr(item, "fixturenames", ())
    return bool(STARTING & set(fixtures)) or item.get_closest_marker("programs") is not None


def refuse(event: str, _arguments: object) -> None:
    """The rule, as an audit hook of Python."""
    if event in _STARTS:
        raise AssertionError("A quick test starts no program: mark it with `programs`.")


def pytest_collection_finish(session: pytest.Session) -> None:
    """From here on the rule is kept; in a process that runs tests, not in one that hands them to workers."""
    if session.config.getoption("--quick"):
        sys.addaudithook(refuse)
