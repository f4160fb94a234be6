"""Where periods stand, pages opened in a browser, and words that are no command."""

import pytest
from conftest import run_chiso

from chiso.base.errors import UserError
from chiso.cli import commands


def columns(line):
    return [cell.strip() for cell in line.split("  ") if cell.strip()]


def test_a_reported_period_stands_in_the_table(small_project):
    done = run_chiso("status", project=small_project)
    assert done.returncode == 0, done.stderr
    head, row = done.stdout.splitlines()
    assert columns(head)[:5] == ["kỳ", "số liệu", "tính điểm", "đến ngày", "báo cáo"]
    assert columns(row) == ["2026", "–", "lần 1", "10/10/2026, tạm tính", "lần 1", "–", "–"]


def test_a_new_period_and_a_report_that_is_behind(project, chiso):
    assert "make new-period PERIOD=2022-11" in chiso("status", project=project).stdout
    chiso("new-period", "--period", "2022-11", project=project)
    (project / "data/2022-11/so.csv").write_text("x\n", encoding="utf-8")
    (project / "data/ghi chú").mkdir()
    site = project / "reports/_site/2022-10"
    site.mkdir(parents=True)
    said = chiso("status", project=project).stdout.splitlines()
    assert [columns(line)[:2] for line in said[1:]] == [["2022-10", "–"], ["2022-11", "1 tệp"]]


def test_letters_and_what_is_behind_are_told():
    from datetime import date

    from chiso.base.period import parse_period
    from chiso.commands.status import _row
    from chiso.publishing.status import Status

    one = Status(parse_period("2022-09"), 3, 2, date(2022, 9, 30), False, True, 1, 20, 5, 1)
    assert _row(one) == (
        "2022-09", "3 tệp", "lần 2, minh họa", "30/09/2022", "lần 1, chưa phải mới nhất",
        "5/20 đã phát hành", "lần 1, chưa phải mới nhất",
    )  # fmt: skip


def test_the_page_of_a_period_is_opened(small_project, tmp_path, monkeypatch):
    opened = tmp_path / "opened"
    browser = tmp_path / "browser"
    browser.write_text(f'#!/bin/sh\nprintf %s "$1" > {opened}\n', encoding="utf-8")
    browser.chmod(0o755)
    monkeypatch.setenv("BROWSER", f"{browser} %s")
    page = small_project / "reports/_site/2026/index.html"
    done = run_chiso("open", "--period", "2026", project=small_project)
    assert done.returncode == 0 and str(page) in done.stdout
    assert opened.read_text("utf-8") == page.as_uri()
    run_chiso("open", project=small_project)
    assert opened.read_text("utf-8") == (page.parent.parent / "index.html").as_uri()


@pytest.mark.parametrize("period", ["2022-10", "../2026"])
def test_a_page_that_is_not_there_says_how_to_make_it(small_project, period):
    done = run_chiso("open", "--period", period, project=small_project)
    assert done.returncode == 2 and "Traceback" not in done.stderr
    assert "make report PERIOD=2022-10" in done.stderr or "2022-9T" in done.stderr


@pytest.mark.parametrize(
    ("word", "told"),
    [
        ("new", "new-period"), ("build", "report"), ("repport", "report"),
        ("contacts", "make letters"), ("compare", "make open"), ("zzz", "new-period, status, check"),
    ],
)  # fmt: skip
def test_a_word_that_is_no_command_is_told_which_it_may_be(chiso, word, told):
    done = chiso(word)
    assert done.returncode == 2 and f"Không có lệnh “{word}”" in done.stderr
    assert told in done.stderr and "Traceback" not in done.stderr


def test_words_that_analysts_type_lead_to_what_they_look_for():
    looked_for = {
        "dry-run": "make rules PERIOD=... PARAMS=", "help": "chiso --help", "jupyter": "make lab",
        "notebook": "make lab", "install": "make setup", "start": "make demo", "html": "report",
        "bao-cao": "report", "kiem-tra": "check", "import": "new-period", "update": "git pull",
        "email": "make letters", "list": "status", "deploy": "publish", "version": "chiso --version",
    }  # fmt: skip
    for word, told in looked_for.items():
        with pytest.raises(UserError) as error:
            commands()([word], standalone_mode=False)
        assert told in error.value.hint.splitlines()[0], word


@pytest.mark.parametrize("command", ["rules", "report"])
def test_who_looks_for_a_dry_run_is_told_where_it_is(chiso, command):
    done = chiso(command, "--dry-run")
    assert done.returncode == 2 and "Không có tùy chọn" in done.stderr
    assert "make rules PERIOD=... PARAMS=" in done.stderr
