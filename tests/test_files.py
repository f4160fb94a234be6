"""Writing that is all or nothing."""

import os
import subprocess
import sys

import pytest

from chiso.base.files import (
    only_one,
    replace_folder,
    scratch_folder,
    staging_folder,
    tidy_scratch,
    write_files,
)


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
        assert waiting.stdout and str(target) in waiting.stdout.readline()
    assert waiting.communicate()[0] == "ran\n"
