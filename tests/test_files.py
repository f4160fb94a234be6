"""Writing that is all or nothing."""

import os
import subprocess
import sys

import pandas as pd
import pytest

from chiso.base.excel import Sheet, write_workbook
from chiso.base.files import (
    only_one,
    replace_folder,
    scratch_folder,
    sealed,
    staged_prefix,
    staging_folder,
    tidy_scratch,
    tidy_staged,
    unsealed,
    write_files,
)
from chiso.publishing.place import Place


def test_all_files_or_none(tmp_path):
    write_files(tmp_path, {"a.txt": "cũ", "b.txt": "cũ"})
    with pytest.raises(TypeError):
        write_files(tmp_path, {"a.txt": "mới", "b.txt": None})  # type: ignore[dict-item]
    assert {path.name: path.read_text("utf-8") for path in tmp_path.iterdir()} == {
        "a.txt": "cũ",
        "b.txt": "cũ",
    }


def test_a_folder_is_replaced_whole(tmp_path):
    site, new = tmp_path / "site", tmp_path / "new"
    for folder, name in ((site, "old.html"), (new, "new.html")):
        folder.mkdir()
        (folder / name).touch()
    replace_folder(new, site)
    assert [path.name for path in site.iterdir()] == ["new.html"]
    assert not new.exists()


def test_a_folder_is_put_where_there_was_none(tmp_path):
    (tmp_path / "new").mkdir()
    replace_folder(tmp_path / "new", tmp_path / "site")
    assert (tmp_path / "site").is_dir()


def test_staging_is_beside_and_gone_afterwards(tmp_path):
    with pytest.raises(RuntimeError), staging_folder(tmp_path / "site") as folder:
        assert folder.parent == tmp_path
        raise RuntimeError
    assert list(tmp_path.iterdir()) == []


@pytest.mark.programs
def test_what_a_killed_run_left_is_removed_and_a_running_ones_is_not(tmp_path):
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    left = tmp_path / f".site.building-{gone.pid}"
    left.mkdir()
    running = tmp_path / f".site.building-{os.getppid()}"
    running.mkdir()
    (tmp_path / ".site.building-abc").mkdir()
    with staging_folder(tmp_path / "site"):
        assert not left.exists()
        assert running.exists()


@pytest.mark.parametrize("write", [
    lambda folder: write_files(folder, {"other.txt": "x"}),
    lambda folder: write_workbook(folder / "other.xlsx", [Sheet("S", pd.DataFrame({"a": [1]}))]),
    lambda folder: Place("", folder=folder).point("", "r001"),
    lambda folder: tidy_staged(folder),
])  # fmt: skip
@pytest.mark.programs
def test_what_a_killed_run_left_half_written_goes_with_the_next_writing(tmp_path, write):
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    left = f".a.building-{gone.pid}-x1_y"
    (tmp_path / left).mkdir()
    (tmp_path / left / "page.html").touch()
    (tmp_path / f".b{left}").touch()
    (tmp_path / f".c{left}").symlink_to(left)
    mine = tmp_path / f"{staged_prefix('d')}abc"
    mine.touch()
    before = {mine.name}
    write(tmp_path)
    assert {path.name for path in tmp_path.iterdir() if path.name[0] == "."} == before


def test_in_the_folder_of_a_run_a_scratch_folder_has_a_short_name(tmp_path, monkeypatch):
    """The system allows about 100 characters for a socket that lies in it."""
    own = tmp_path / "chiso-1-x"
    own.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(own))
    with scratch_folder() as folder:
        assert folder.parent == own and len(folder.name) <= 8


@pytest.mark.programs
def test_what_libraries_keep_for_a_while_is_of_the_run_and_goes_with_it(tmp_path):
    """Also where the run is killed: then the next one removes it."""
    work = (
        "import os, subprocess, sys, tempfile; from chiso.base.files import keep_temporary_things_together as k\n"
        "k(); import multiprocessing.util as u; open(u.get_temp_dir() + '/x', 'w')\n"
        "subprocess.run([sys.executable, '-c', 'import tempfile; tempfile.mkdtemp()'])\n"
        "print(len(list(os.scandir(tempfile.gettempdir()))))\n"
        "if sys.argv[1] == 'killed': os.kill(os.getpid(), 9)"
    )
    for end, left in (("killed", 1), ("ended", 0)):
        done = subprocess.run(
            [sys.executable, "-c", work, end],
            env={**os.environ, "TMPDIR": str(tmp_path)},
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert (done.stdout, done.stderr) == ("2\n", "")
        assert len(list(tmp_path.iterdir())) == left


def test_json_that_holds_its_hash_is_refused_where_it_was_altered():
    fields = {"a": "ă", "b": [1, {"c": None}]}
    assert unsealed(sealed(fields)) == fields
    assert unsealed('{"a": 1}') == {"a": 1}, "of a program that wrote no hash"
    for text in (sealed(fields).replace("1", "2", 1), sealed(fields)[:-3], "[]", "1"):
        with pytest.raises(ValueError):
            unsealed(text)


@pytest.mark.programs
def test_scratch_of_a_killed_run_is_removed_and_of_a_running_one_is_not(tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    (tmp_path / f"chiso-{gone.pid}-x").mkdir()
    (tmp_path / "chiso-notes").mkdir()
    with scratch_folder() as mine:
        tidy_scratch()
        assert {path.name for path in tmp_path.iterdir()} == {"chiso-notes", mine.name}
    assert [path.name for path in tmp_path.iterdir()] == ["chiso-notes"]


@pytest.mark.programs
def test_who_has_to_wait_is_told_for_what(tmp_path):
    target, said = tmp_path / "site", []
    with only_one(target, said.append):
        assert said == []
        waiting = subprocess.Popen(
            [
                sys.executable, "-c",
                "import sys; from pathlib import Path; from chiso.base.files import only_one\n"
                "with only_one(Path(sys.argv[1]), lambda text: print(text, flush=True)): print('ran')",
                str(target),
            ],
            stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        assert waiting.stdout
        words = waiting.stdout.readline()
        assert str(target) in words and f"tiến trình {os.getpid()})" in words
    assert waiting.communicate()[0] == "ran\n"
