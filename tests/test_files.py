"""Writing that is all or nothing."""

import os
import subprocess
import sys

import pytest

from chiso.base.files import replace_folder, staging_folder, write_files


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
