"""Drafts that people may edit: what we wrote is replaced, what they changed is never touched."""

import pytest

from chiso.base.errors import InputError
from chiso.publishing import drafts
from chiso.publishing.drafts import keep_drafts

NAME = "cong-van-so-y-te"
NEW = f"{NAME} (bản mới)"


@pytest.fixture
def keep(tmp_path):
    """Keeps a draft with the given text; `keep.said`: what was told."""

    def kept(text):
        files = {"docx": f"{text} docx".encode(), "pdf": f"{text} pdf".encode()}
        return keep_drafts(tmp_path, {NAME: files}, kept.said.append)[0]

    kept.said = []
    return kept


def names(folder):
    return sorted(path.name for path in folder.iterdir() if not path.name.startswith("."))


def test_the_same_draft_is_written_once(tmp_path, keep):
    assert keep("một").is_new
    stamps = {path: path.stat().st_mtime_ns for path in tmp_path.glob("cong*")}
    assert not keep("một").is_new
    assert {path: path.stat().st_mtime_ns for path in tmp_path.glob("cong*")} == stamps
    assert keep.said == []


def test_a_draft_that_nobody_changed_is_replaced(tmp_path, keep):
    keep("một")
    assert keep("hai").is_new
    assert names(tmp_path) == [f"{NAME}.docx", f"{NAME}.pdf"]
    assert (tmp_path / f"{NAME}.docx").read_text("utf-8") == "hai docx"


def test_a_changed_draft_stays_and_a_new_one_goes_beside_it(tmp_path, keep):
    keep("một")
    edited = tmp_path / f"{NAME}.docx"
    edited.write_text("sửa tay", "utf-8")
    found = keep("hai")
    assert edited.read_text("utf-8") == "sửa tay"
    assert (tmp_path / f"{NEW}.docx").read_text("utf-8") == "hai docx"
    assert (found.is_new, found.edited) == (True, (edited,))
    assert edited.name in keep.said[0]
    assert NEW in keep.said[0]


def test_a_changed_draft_gets_no_second_one_while_nothing_else_changed(tmp_path, keep):
    keep("một")
    (tmp_path / f"{NAME}.docx").write_text("sửa tay", "utf-8")
    assert not keep("một").is_new
    assert names(tmp_path) == [f"{NAME}.docx", f"{NAME}.pdf"]
    assert keep.said == []


def test_each_changed_draft_is_kept_however_many_there_are(tmp_path, keep):
    for text, title in (("một", NAME), ("hai", NEW), ("ba", f"{NAME} (bản mới 2)")):
        keep(text)
        (tmp_path / f"{title}.docx").write_text(f"sửa {text}", "utf-8")
    keep("bốn")
    found = {path.name: path.read_text("utf-8") for path in tmp_path.glob("*.docx")}
    assert found == {
        f"{NAME}.docx": "sửa một",
        f"{NEW}.docx": "sửa hai",
        f"{NAME} (bản mới 2).docx": "sửa ba",
        f"{NAME} (bản mới 3).docx": "bốn docx",
    }


def test_a_draft_beside_a_changed_one_is_replaced_by_the_next(tmp_path, keep):
    keep("một")
    (tmp_path / f"{NAME}.docx").write_text("sửa tay", "utf-8")
    keep("hai")
    keep("ba")
    assert (tmp_path / f"{NEW}.docx").read_text("utf-8") == "ba docx"
    assert len(names(tmp_path)) == 4


def test_a_file_that_was_there_before_is_not_ours(tmp_path, keep):
    (tmp_path / f"{NAME}.pdf").write_text("của người khác", "utf-8")
    keep("một")
    assert (tmp_path / f"{NAME}.pdf").read_text("utf-8") == "của người khác"
    assert (tmp_path / f"{NEW}.pdf").read_text("utf-8") == "một pdf"


def test_a_draft_that_was_removed_is_written_again(tmp_path, keep):
    keep("một")
    (tmp_path / f"{NAME}.docx").unlink()
    assert keep("một").is_new
    assert (tmp_path / f"{NAME}.docx").read_text("utf-8") == "một docx"


def test_a_run_that_was_killed_between_the_files_finishes_later(tmp_path, keep, monkeypatch):
    keep("một")
    write = drafts.write_files

    def killed(folder, contents):
        write(folder, {name: text for name, text in contents.items() if "pdf" not in name})
        if any("pdf" in name for name in contents):
            raise KeyboardInterrupt

    monkeypatch.setattr(drafts, "write_files", killed)
    with pytest.raises(KeyboardInterrupt):
        keep("hai")
    monkeypatch.setattr(drafts, "write_files", write)
    assert keep("hai").is_new
    assert names(tmp_path) == [f"{NAME}.docx", f"{NAME}.pdf"]
    assert (tmp_path / f"{NAME}.pdf").read_text("utf-8") == "hai pdf"


def test_a_damaged_memory_is_named_and_nothing_is_written(tmp_path, keep):
    (tmp_path / ".written.json").write_text("[1", "utf-8")
    with pytest.raises(InputError, match=r"\.written\.json"):
        keep("một")
    assert names(tmp_path) == []
