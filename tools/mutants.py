"""Mutants run by mutmut, all of some names or a random sample of each room, and counted with what a sample leaves open.

    python tools/mutants.py [--sample N] [--seed S] PATTERN ...

PATTERN: as mutmut takes them (chiso.measures.*). A smaller sample of the same seed is a part of the larger one. What
was noticed before is not run again while neither its function nor the choice of tests changed; removing `mutants/`
starts anew. mutmut puts a mutant in place after all is imported, so what survives is run once more in a process that
has it from the first import on: what a module made by then would be of the code as it is.

Exit code 1 where a room surely has less noticed than it should (LEAST): where even the upper end of the interval does.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from fnmatch import fnmatchcase
from hashlib import sha256
from math import sqrt
from typing import Any

# A mutant that never ends, or that breaks the interpreter, is noticed too.
NOTICED = frozenset({"killed", "timeout", "segfault"})
# Two at once: what a machine has at least.
AT_ONCE = 2
# So many tests that reach most of a module are run beside those that reach a function itself.
BROAD = 10
_NORMAL = 1.96
# What part of a room's mutants should be noticed.
LEAST = 0.95


def interval(noticed: int, tried: int) -> tuple[float, float]:
    """The 95% interval of Wilson (1927) for the part that is noticed of all."""
    part, square = noticed / tried, _NORMAL**2
    middle = part + square / (2 * tried)
    around = _NORMAL * sqrt(part * (1 - part) / tried + square / (4 * tried**2))
    whole = 1 + square / tried
    return (middle - around) / whole, (middle + around) / whole


def room(name: str) -> str:
    """The room of a mutant: measures of chiso.measures.counts.x_measure__mutmut_1."""
    return name.split(".")[1]


def chosen(names: Iterable[str], patterns: list[str], sample: int | None, seed: int) -> set[str]:
    """The names that patterns take, or so many of each room: those whose hashes are the lowest, so that others that
    come or go change nothing for them."""
    by_room: dict[str, list[str]] = defaultdict(list)
    for name in names:
        if any(fnmatchcase(name, pattern) for pattern in patterns):
            by_room[room(name)].append(name)
    for held in by_room.values():
        held.sort(key=lambda name: drawn(name, seed))
    return {name for held in by_room.values() for name in held[:sample]}


def drawn(name: str, seed: int) -> str:
    """Where a name stands in the order in which names are drawn."""
    return sha256(f"{seed} {name}".encode()).hexdigest()


def own_and_broad(name: str, reached: Mapping[str, Iterable[str]]) -> list[str]:
    """The tests for a mutant from the first import on. `reached`: function (without __mutmut_1) -> its tests."""
    function = name.rpartition("__mutmut_")[0]
    module = function.rpartition(".")[0]
    broad = Counter(
        test for one, tests in reached.items() if one.rpartition(".")[0] == module for test in tests
    )
    wanted = [test for test, _functions in broad.most_common(BROAD)]
    return list(dict.fromkeys([*wanted, *sorted(reached.get(function, ()))]))


def is_noticed_alone(name: str, tests: list[str], options: list[str]) -> bool:
    """Whether a test fails in a process of its own that has the mutant from the first import on."""
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-x", "-q", "--rootdir=.", *options, *tests],
        cwd="mutants",
        env={**os.environ, "MUTANT_UNDER_TEST": name},
        capture_output=True,
        check=False,
    )
    return done.returncode == 1


def is_too_few(noticed: int, tried: int) -> bool:
    """Whether a sample is proof that too few of all are noticed."""
    return interval(noticed, tried)[1] < LEAST


def main() -> int:
    """Run and count; the exit code."""
    asked = argparse.ArgumentParser()
    asked.add_argument("patterns", nargs="+")
    asked.add_argument("--sample", type=int)
    asked.add_argument("--seed", type=int, default=766)
    given = asked.parse_args()
    words = run(given.patterns, given.sample, given.seed)
    for name in sorted(words):
        if words[name] not in NOTICED:
            print(f"    {name}: {words[name]}")
    return tell(words)


def run(patterns: list[str], sample: int | None, seed: int) -> dict[str, str]:
    """What became of each mutant that was chosen, in mutmut's words."""
    # Not above: imported, it decides how all of a process starts others.
    from mutmut import __main__ as mutmut
    from mutmut.configuration import config
    from mutmut.state import state
    from mutmut.stats import status_by_exit_code

    # Looking for plugins anew takes longer than most tests; none is needed.
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    collect = mutmut.collect_source_file_mutation_data
    held: dict[str, Any] = {}
    wanted: set[str] = set()

    def collected(**_names: object) -> tuple[list[Any], dict[str, Any]]:
        mutants, by_path = collect(mutant_names=())
        held.update({name: data for data, name, _code in mutants})
        wanted.update(chosen(held, patterns, sample, seed))
        left = [
            one
            for one in mutants
            if one[1] in wanted and status_by_exit_code[one[2]] not in NOTICED
        ]
        return left, by_path

    # mutmut compares every name with every pattern: with a sample as patterns that takes longer than the tests.
    mutmut.collect_source_file_mutation_data = collected
    mutmut._run(patterns, AT_ONCE)

    def word(name: str) -> str:
        return status_by_exit_code[held[name].exit_code_by_key[name]]

    for name in sorted(wanted):
        tests = own_and_broad(name, state().tests_by_mangled_function_name)
        if (
            word(name) not in NOTICED
            and tests
            and is_noticed_alone(name, tests, config().pytest_add_cli_args)
        ):
            held[name].exit_code_by_key[name] = 1
            held[name].save()
    return {name: word(name) for name in wanted}


def tell(words: Mapping[str, str]) -> int:
    """Tell how many of each room were noticed; 1 where that is proof of too few, else 0."""
    code = 0
    for which in sorted(set(map(room, words))):
        own = [said in NOTICED for name, said in words.items() if room(name) == which]
        low, high = interval(sum(own), len(own))
        print(
            f"{which}: {sum(own)} of {len(own)} noticed, {sum(own) / len(own):.1%} (95%: {low:.1%} to {high:.1%})"
        )
        code = 1 if is_too_few(sum(own), len(own)) else code
    return code


if __name__ == "__main__":
    sys.exit(main())
