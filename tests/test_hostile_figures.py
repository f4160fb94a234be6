"""Hostile files of everything but records: one clear message each, in bounds of memory and time, and
nothing is written."""

import multiprocessing
import resource
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import pytest
from conftest import make_project
from hostile_figures import OTHERS
from hostile_records import READABLE, UNREADABLE

from chiso.base.errors import UserError
from chiso.base.i18n import use_language
from chiso.base.period import parse_period

MEMORY, SECONDS = 6 << 30, 300


def bounded() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    use_language("vi")


def read(reader: str, path: Path) -> str:
    """The message with which a file is refused; runs in the bounded process."""
    from chiso.base.params import read_parameters
    from chiso.portal.handed_in import take_in
    from chiso.rules.indicators import load_rules
    from chiso.rules.units import load_tree
    from chiso.sources.given import read_counts, read_official
    from chiso.sources.mappings import System, _problems

    readers = {
        "counts": read_counts,
        "official": read_official,
        "set": lambda file: load_rules(str(file)),
        "tree": lambda file: load_tree(str(file)),
        "mapping": lambda file: read_parameters(file, System, _problems),
        "answers": lambda file: take_in(file, parse_period("2026"), "H15"),
    }
    try:
        readers[reader](path)
    except UserError as error:
        return str(error)
    return ""


@pytest.fixture(scope="module")
def apart(tmp_path_factory):
    """One process of its own for all files: a crash, a hang or a swollen one ends it."""
    project = make_project(tmp_path_factory.mktemp("hostile") / "project")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CHISO_PROJECT", str(project))
        context = multiprocessing.get_context("spawn")
        with ProcessPoolExecutor(1, mp_context=context, initializer=bounded) as pool:
            yield pool, project


def tree_of(folder: Path) -> dict[Path, bytes]:
    return {
        path: path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and path.suffix != ".lock"
    }


@pytest.mark.parametrize("kind", OTHERS)
def test_it_is_one_clear_message_and_nothing_is_written(kind, apart, tmp_path):
    pool, project = apart
    one = OTHERS[kind]
    path = tmp_path / one.name
    path.write_bytes(one.content())
    before = tree_of(project)
    message = pool.submit(read, one.reader, path).result(timeout=SECONDS)
    assert message, "it was read"
    assert one.name in message and one.says in message, message
    assert len(message) < 5_000 and "Traceback" not in message
    assert tree_of(project) == before and list(tmp_path.iterdir()) == [path]


def test_the_corpus_has_every_reader_and_many_files():
    assert {one.reader for one in OTHERS.values()} == {
        "counts", "official", "set", "tree", "mapping", "answers",
    }  # fmt: skip
    assert len(UNREADABLE) + len(READABLE) + len(OTHERS) >= 150
