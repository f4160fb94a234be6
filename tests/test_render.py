"""The two writers: which one is chosen, what it is given, what is said when it fails."""

import stat
import zipfile

import pytest
import yaml
from conftest import ROOT

from chiso.base.errors import ParameterError
from chiso.publishing.render import (
    PROJECT_FILES,
    RenderError,
    choose_writer,
    pandoc_command,
    prepare,
    render,
)

QUARTO = """#!/bin/sh
# Stands in for Quarto: notes how it was called and makes a page for every document, one for Word.
printf '%s\\n' "$@" "$LANG" > "$(dirname "$0")/called"
for page in "$2"/*.qmd; do cp "$page" "$2/_rendered/$(basename "$page" .qmd).html"; done
cp "$2/reference.docx" "$2/_rendered/a.docx"
"""


@pytest.fixture
def quarto(tmp_path, monkeypatch):
    """A folder first on the PATH, to put a program called quarto in."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder), prepend=":")

    def install(text):
        (folder / "quarto").write_text(text, encoding="utf-8")
        (folder / "quarto").chmod(stat.S_IRWXU)
        return folder

    return install


@pytest.fixture
def documents(tmp_path):
    folder = tmp_path / "work"
    folder.mkdir()
    for name in ("a", "b"):
        (folder / f"{name}.qmd").write_text(
            f"---\ntitle: {name}\nlang: vi\n---\n\n## Tiêu đề {{#x}}\n", "utf-8"
        )
    return folder


def test_quarto_is_chosen_where_it_is_installed(quarto):
    assert choose_writer("pandoc") == "pandoc"
    assert choose_writer("auto") == "pandoc"
    with pytest.raises(ParameterError, match="--writer pandoc"):
        choose_writer("quarto")
    quarto(QUARTO)
    assert choose_writer("auto") == choose_writer("quarto") == "quarto"
    assert choose_writer("pandoc") == "pandoc"


def test_quarto_renders_the_whole_folder_once_in_a_utf8_locale(quarto, documents):
    folder = quarto(QUARTO)
    output = render(documents, ["a", "b"], "quarto")
    assert (folder / "called").read_text("utf-8").split() == ["render", str(documents), "C.UTF-8"]
    assert sorted(path.name for path in output.iterdir()) == ["a.docx", "a.html", "b.html"]
    with zipfile.ZipFile(output / "a.docx") as archive:
        assert b"cantSplit" in archive.read("word/document.xml"), "papers are not completed"
    for name in PROJECT_FILES:
        assert (documents / name).is_file()


@pytest.mark.parametrize(
    ("program", "says"),
    [
        ("#!/bin/sh\necho 'lỗi trong a.qmd' >&2\nexit 3\n", "lỗi trong a.qmd"),
        ("#!/bin/sh\n", "a, b"),
    ],
)
def test_what_quarto_says_when_it_fails_is_shown(quarto, documents, program, says):
    quarto(program)
    with pytest.raises(RenderError, match=says):
        render(documents, ["a", "b"], "quarto")


def test_pandoc_is_given_what_the_quarto_project_asks_for(documents):
    project = yaml.safe_load((ROOT / "reports/_quarto.yml").read_text("utf-8"))
    html = project["format"]["html"]
    output = render(documents, ["a", "b"], "pandoc")
    command = pandoc_command(documents, "a")
    for option in ("from", "template", "css", "wrap", "columns"):
        assert f"--{option}={html[option]}" in command
    assert "--embed-resources" in command
    page = (output / "a.html").read_text("utf-8")
    assert '<html lang="vi">' in page and '<h2 id="x">Tiêu đề</h2>' in page


def test_the_quarto_project_runs_no_code_and_brings_no_theme():
    project = yaml.safe_load((ROOT / "reports/_quarto.yml").read_text("utf-8"))
    html = project["format"]["html"]
    assert project["execute"] == {"enabled": False}
    assert (html["theme"], html["minimal"], html["embed-resources"]) == ("none", True, True)
    assert set(PROJECT_FILES) >= {html["template"], html["css"]}


def test_pandoc_writes_papers_by_what_the_quarto_project_asks_for(documents):
    formats = yaml.safe_load((ROOT / "reports/_quarto.yml").read_text("utf-8"))["format"]
    prepare(documents)
    for kind in ("typst", "docx"):
        command = pandoc_command(documents, "a", kind)
        assert f"--to={kind}" in command and f"--from={formats[kind]['from']}" in command
        assert [f"--lua-filter={name}" for name in formats[kind]["filters"]] == [
            option for option in command if option.startswith("--lua-filter")
        ]
    assert f"--reference-doc={formats['docx']['reference-doc']}" in command
    assert f"--template={formats['docx']['template']}" in command
    assert command[-1].endswith("/_rendered/a.docx")


def test_quarto_gets_the_parts_of_the_paper_under_the_names_that_it_looks_for():
    formats = yaml.safe_load((ROOT / "reports/_quarto.yml").read_text("utf-8"))["format"]
    assert list(formats) == ["html", "typst", "docx"]
    parts = formats["typst"]["template-partials"]
    assert parts == ["typst-template.typ", "typst-show.typ"]
    template = (ROOT / "reports/paper.typst").read_text("utf-8")
    assert [word for word in template.split() if "()" in word] == [f"${p}()$" for p in parts]
    needed = {*parts, *formats["typst"]["filters"], formats["docx"]["template"]}
    assert needed | {formats["docx"]["reference-doc"]} <= set(PROJECT_FILES)
    # Quarto would take a dollar sign in it for a variable, as pandoc would.
    assert "$" not in (ROOT / "reports/typst-template.typ").read_text("utf-8")
