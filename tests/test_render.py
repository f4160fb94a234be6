"""The two writers: which one is chosen, what it is given, what is said when it fails."""

import stat

import pytest
import yaml
from conftest import ROOT

from chiso.base.errors import ParameterError
from chiso.base.markdown import Column, escape, table
from chiso.publishing.finish import finish_page
from chiso.publishing.render import (
    PROJECT_FILES,
    KilledError,
    RenderError,
    choose_writer,
    pandoc_command,
    render,
    run,
)


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
    # One with large letters on paper, one with small ones, and an analyst's own without a box.
    tables = [
        table([Column("Số", "right"), Column("Tên"), Column("Tỷ lệ", "right")], [["1", "x" * width, ""]],
              anchor=f"t{width}", caption="Bảng")
        for width in (32, 33)
    ]  # fmt: skip
    wide = [Column(f"Cột {place}") for place in range(7)]
    cells = [escape("16. Tỷ lệ"), "[" + "y" * 20 + "](trang.html)", *"abcde"]
    tables.append(table(wide, [cells], anchor="wide", caption="Bảng rộng"))
    tables.append("| A | B |\n|---|---|\n| 1 | 2 |\n")
    for name in ("a", "b"):
        (folder / f"{name}.qmd").write_text(
            f"---\ntitle: {name}\nlang: vi\n---\n\n## Tiêu đề {{#x}}\n\n" + "\n\n".join(tables),
            "utf-8",
        )
    return folder


def test_quarto_is_chosen_where_it_is_installed(quarto):
    assert choose_writer("pandoc") == "pandoc"
    assert choose_writer("auto") == "pandoc"
    with pytest.raises(ParameterError, match="--writer pandoc"):
        choose_writer("quarto")
    quarto("#!/bin/sh\n")
    assert choose_writer("auto") == choose_writer("quarto") == "quarto"
    assert choose_writer("pandoc") == "pandoc"


def test_what_a_writer_says_when_it_fails_is_shown_without_its_warnings(quarto, documents):
    program = quarto("#!/bin/sh\necho '[WARNING] x' >&2; echo 'lỗi trong a.qmd' >&2\nexit 3\n")
    with pytest.raises(RenderError, match=r"mã 3: lỗi trong a\.qmd\n"):
        run([str(program / "quarto")], documents)


def test_pandoc_is_given_what_the_quarto_project_asks_for(documents):
    project = yaml.safe_load((ROOT / "reports/_quarto.yml").read_text("utf-8"))
    html = project["format"]["html"]
    output = render(documents, ["a", "b"])
    command = pandoc_command(documents, "a")
    for option in ("from", "template", "css", "wrap", "columns"):
        assert f"--{option}={html[option]}" in command
    assert "--embed-resources" in command
    page = (output / "a.html").read_text("utf-8")
    assert '<html lang="vi">' in page and '<h2 id="x">Tiêu đề</h2>' in page


def test_heads_of_tables_say_what_they_are_the_heads_of(documents):
    page = (render(documents, ["a"]) / "a.html").read_text("utf-8")
    assert '<th scope="row">1</th>' in page and page.count('<th scope="row">') == 2 + 2 + 1
    assert page.count('<th scope="col">') == 3 + 3 + 7 + 2 and "<th>" not in page
    assert "text-align" not in page.partition("</style>")[2]


def test_a_box_says_where_figures_stand_and_where_sentences(documents):
    page = (render(documents, ["a"]) / "a.html").read_text("utf-8")
    assert 'id="t32" class="scroll" data-heads="2" data-right="1 3" data-long>' in page
    assert 'id="t33" class="scroll" data-heads="2" data-right="1 3" data-long="2"' in page
    # Where a link leads is no letter of the cell.
    assert 'id="wide" class="scroll" data-heads="1" data-right data-long>' in page


def test_the_quarto_project_runs_no_code_and_brings_no_theme():
    project = yaml.safe_load((ROOT / "reports/_quarto.yml").read_text("utf-8"))
    html = project["format"]["html"]
    assert project["execute"] == {"enabled": False}
    # Quarto looks below no folder whose name begins with a dot, unless the documents are named.
    assert project["project"]["render"] == ["*.qmd"]
    assert (html["theme"], html["minimal"], html["embed-resources"]) == ("none", True, True)
    assert set(PROJECT_FILES) >= {html["template"], html["css"]}


def test_papers_are_what_pandoc_writes_of_the_quarto_projects_formats_one_by_one(documents):
    formats = yaml.safe_load((ROOT / "reports/_quarto.yml").read_text("utf-8"))["format"]
    output = render(documents, ["a"], papers=True)
    command = pandoc_command(documents, "a")
    assert "--lua-filter=papers.lua" not in command
    alone = output.with_name("alone")
    alone.mkdir()
    run([*command[:-1], f"--output={alone}/a.html"], documents)
    finish_page(alone / "a.html")
    assert (alone / "a.html").read_bytes() == (output / "a.html").read_bytes()
    made = {"typst": documents / "a.typ", "docx": output / "a.docx"}
    for kind, path in made.items():
        # Quarto puts the parts of typst's template into one of its own.
        asked = {"template": "paper.typst", **formats[kind]}
        options = ("from", "template", "wrap", "reference-doc")
        one = alone / path.name
        run(
            [
                command[0], "a.qmd", f"--to={kind}", "--standalone", f"--output={one}",
                *(f"--{name}={asked[name]}" for name in options if name in asked),
                *(f"--lua-filter={name}" for name in asked["filters"]),
            ],
            documents,
        )  # fmt: skip
        assert path.read_bytes() == one.read_bytes()


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


def test_a_writer_that_was_killed_is_tried_once_more(tmp_path):
    once = "test -f tried || { touch tried; kill -9 $$; }; echo done"
    assert run(["sh", "-c", once], tmp_path).stdout == b"done\n"
    with pytest.raises(KilledError):
        run(["sh", "-c", "kill -9 $$"], tmp_path)
