"""Quarto as the writer, by its stand-in: the same site as pandoc's, only what changed, what fails."""

import json
import os
import re
import shlex
import shutil
import stat
import sys
from pathlib import Path

import nbformat
import pytest
from conftest import run_chiso
from few_pages import FEW, PAGES, break_unit, text_of
from pypdf import PdfReader

STAND_IN = Path(__file__).with_name("quarto_stand_in.py")


def install(folder, text=""):
    """Put a program called quarto, the stand-in unless told, into a folder for the PATH."""
    folder.mkdir(exist_ok=True)
    stand_in = f"exec {shlex.quote(sys.executable)} {shlex.quote(str(STAND_IN))}"
    text = text or f'{stand_in} "$0.notes" "$@"\n'
    (folder / "quarto").write_text(f"#!/bin/sh\n{text}", encoding="utf-8")
    (folder / "quarto").chmod(stat.S_IRWXU)
    return folder


def calls(folder):
    return [json.loads(line) for line in (folder / "quarto.notes").read_text("utf-8").splitlines()]


def report(project, writer, folder, *more):
    return run_chiso(
        "report", "--period", "2026", "--writer", writer, *more, project=project, path=str(folder)
    )


def refuse_on_paper(project, unit):
    """Put something that typst refuses on the page of one unit."""
    path = project / "notebooks/unit.ipynb"
    notebook = nbformat.read(path, as_version=4)
    notebook.cells[-1].source = (
        "from IPython.display import Markdown, display\n"
        f"display(Markdown('```{{=typst}}\\n#nope\\n```' if unit == {unit!r} else ''))\n"
    ) + notebook.cells[-1].source
    nbformat.write(notebook, path)


def without_classes(page):
    """A page without the classes that Quarto gives to tables and rows."""
    return re.sub(r' class="(?:header|odd|even|caption-top)"', "", page.read_text("utf-8"))


def words(pdf):
    return ["".join(page.extract_text().split()) for page in PdfReader(pdf).pages]


@pytest.fixture(scope="module")
def both(tmp_path_factory, small_project):
    """A project of three units in a folder that Quarto would not look into, written by pandoc and
    then by Quarto: the project, Quarto's folder, and by writer what the site held."""
    folder = tmp_path_factory.mktemp("quarto")
    program = install(folder / "bin")
    project = shutil.copytree(small_project, folder / ".work" / "project", symlinks=True)
    site = project / "reports/_site/2026"
    held = {}
    for writer in ("pandoc", "auto"):
        if writer == "auto":
            done = report(project, writer, program)
            assert done.returncode == 0, done.stderr
        held[writer] = (
            sorted(path.name for path in site.iterdir()),
            {page.name: without_classes(page) for page in site.glob("*.html")},
            {pdf.name: words(pdf) for pdf in site.glob("*.pdf")},
        )
    return project, program, held


def test_the_site_is_the_same_whoever_wrote_it(both):
    project, program, held = both
    names, pages, papers = zip(*held.values(), strict=True)
    expected = {f"{name}.{end}" for name in (*FEW, *PAGES) for end in ("html", "xlsx")}
    expected |= {f"{unit}.{end}" for unit in FEW for end in ("pdf", "docx")} | {"states.json"}
    # The page that compares two agencies has its figures beside it, and no table of its own.
    expected = expected - {"compare.xlsx"} | {"compare-data.js"}
    assert names[0] == names[1] == sorted(expected)
    assert 'class="odd"' in (project / "reports/_site/2026/H15.15.html").read_text("utf-8")
    assert pages[0] == pages[1]
    assert papers[0] == papers[1], "a caption is lost, or the number of a page stands twice"
    assert {(call["LANG"], call["LC_ALL"]) for call in calls(program)} == {("C.UTF-8",) * 2}
    for call in calls(program):
        folders = [Path(name) for name in call["TYPST_FONT_PATHS"].split(os.pathsep)]
        for font in ("DejaVuSans.ttf", "LiberationSerif-Regular.ttf"):
            assert any((folder / font).is_file() for folder in folders)


def test_only_what_changed_is_given_to_quarto(both):
    project, program, _held = both
    first = [
        ["H15", "H15.120", "H15.15", "compare", "data-quality", "method", "national"],
        ["index"],
    ]
    assert [sorted(call["pages"]) for call in calls(program)] == first
    own = project / "params/commentary/2026/H15.120.md"
    own.parent.mkdir(parents=True, exist_ok=True)
    own.write_text("---\nmode: follow\nwritten_on: {}\n---\nLời của chuyên viên.\n", "utf-8")
    done = report(project, "auto", program)
    assert "lần này lập 1 trang" in done.stdout, done.stderr
    assert [call["pages"] for call in calls(program)[2:]] == [["H15.120"]]
    assert "Lời của chuyên viên." in text_of(project / "reports/_site/2026/H15.120.html")
    assert "Không có gì thay đổi" in report(project, "auto", program).stdout


@pytest.mark.parametrize("writer", ["pandoc", "quarto"])
def test_a_page_fails_heals_and_fails_again(small, tmp_path, writer):
    """H15 is the beginning of H15.120: what is said of one is not said of the other. The first time
    its notebook fails, the second time typst refuses its paper."""
    program = install(tmp_path / "bin")
    site, notebook = small / "reports/_site/2026", small / "notebooks/unit.ipynb"
    whole = notebook.read_bytes()
    for spoil, reason in ((break_unit, "AssertionError"), (refuse_on_paper, "variable: nope")):
        spoil(small, "H15.120")
        done = report(small, writer, program)
        assert done.returncode == 1
        assert re.search(rf"H15\.120 .*{reason}", done.stderr) and "H15.15 " not in done.stderr
        shown = text_of(site / "H15.120.html")
        assert "Chưa lập được báo cáo" in shown and reason in shown
        assert [path.name for path in site.glob("H15.120*")] == ["H15.120.html"]
        for unit in ("H15", "H15.15"):
            assert (site / f"{unit}.pdf").is_file() and "100 điểm" in text_of(site / f"{unit}.html")
        if spoil == break_unit:
            notebook.write_bytes(whole)
            done = report(small, writer, program)
            assert done.returncode == 0, done.stderr
            shown = text_of(site / "H15.120.html")
            assert "/100 điểm" in shown and "Chưa lập được báo cáo" not in shown
            files = json.loads((site / "states.json").read_text("utf-8"))["files"]
            for unit in ("H15", "H15.120"):
                assert list(files[unit]) == [
                    f"{unit}.{end}" for end in ("docx", "html", "pdf", "xlsx")
                ]


def test_a_writer_that_makes_nothing_is_named_with_its_last_words(small, tmp_path):
    harmless = "echo 'WARNING (x.lua:1) harmless' >&2; echo '[1/1] a.qmd' >&2\n"
    for text, says in (
        (harmless, r"Quarto không tạo được trang nào: \[1/1\] a.qmd\n"),
        (f"{harmless}echo 'ERROR: hỏng' >&2\nexit 3\n", r"quarto gặp lỗi, mã 3: ERROR: hỏng\n"),
    ):
        done = report(small, "auto", install(tmp_path / "bin", text))
        assert done.returncode == 2
        assert re.search(says, done.stderr) and "harmless" not in done.stderr
        assert not (small / "reports/_site/2026").exists()
