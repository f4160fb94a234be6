"""What the READMEs promise is there, and what is there stands in them."""

import ast
import json
import re
from importlib import import_module
from inspect import ismodule
from urllib.parse import unquote

import pictures
import pytest
from conftest import ROOT
from PIL import Image
from program_pages import reference_pages
from schemas import KINDS

import docs
from chiso.cli import commands

READMES = ("README.md", "README.vi.md")


@pytest.mark.parametrize("name", READMES)
def test_every_command_is_named_and_no_other(name):
    named = set(re.findall(r"^\| `chiso ([\w-]+)", (ROOT / name).read_text("utf-8"), re.MULTILINE))
    assert named == set(commands().commands)


@pytest.mark.parametrize("name", READMES)
def test_every_option_that_is_written_exists(name):
    text = (ROOT / name).read_text("utf-8")
    for command, line in re.findall(r"^\| `chiso ([\w-]+)([^`]*)`", text, re.MULTILINE):
        known = {option for p in commands().commands[command].params for option in p.opts}
        assert set(re.findall(r"--[\w-]+", line)) <= known, command


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    folder = tmp_path_factory.mktemp("docs") / "site"
    docs.build(folder)
    return folder


WRITTEN = sorted((ROOT / "docs").rglob("*.md"))


def test_every_link_of_the_documents_leads_somewhere():
    for page in [*ROOT.glob("*.md"), *WRITTEN]:
        for target in re.findall(r"\]\(([^)#]+)\)", page.read_text("utf-8")):
            made = "reference/" in target
            assert made or "://" in target or (page.parent / target).exists(), f"{page}: {target}"


PICTURES = {".png", ".webp", ".svg"}


def test_every_picture_is_there_has_its_words_and_is_small():
    shown = set()
    for page in [*ROOT.glob("*.md"), *WRITTEN]:
        for words, target in re.findall(r"!\[([^\]]*)\]\(([^)]+)\)", page.read_text("utf-8")):
            picture = (page.parent / target).resolve()
            assert picture.suffix in PICTURES and picture.is_file(), f"{page}: {target}"
            assert picture.stat().st_size <= pictures.LARGEST, target
            assert len(words) > 20, f"{page}: {target} says nothing to who does not see it"
            shown.add(picture)
    kept = {path for path in (ROOT / "docs").rglob("*") if path.suffix in PICTURES}
    kept = {path for path in kept if docs.SITE not in path.parts}
    assert kept == shown, "shown nowhere, or kept elsewhere"
    made = {pictures.PICTURES / name for name in pictures.WINDOWS}
    assert made <= shown, "README.vi.md shows what `make pictures` makes"


@pytest.mark.long
@pytest.mark.programs
def test_the_pictures_can_be_made_again(tmp_path):
    pictures.make_pictures(tmp_path)
    for name, (width, height) in pictures.WINDOWS.items():
        with Image.open(tmp_path / name) as picture:
            assert picture.size == (width, height)
        assert (tmp_path / name).stat().st_size <= pictures.LARGEST


def test_every_kind_of_parameter_file_is_told_of():
    told = re.findall(
        r"^\| `params/([^`]+)`", (ROOT / "docs/vi/params.md").read_text("utf-8"), re.M
    )
    assert sorted(told) == sorted(glob for _model, globs in KINDS.values() for glob in globs)


def test_the_glossaries_of_both_languages_have_the_same_words():
    english, vietnamese = (
        re.findall(
            r"^\| ([^|]+) \| ([^|]+) \|",
            (ROOT / f"docs/{one}/glossary.md").read_text("utf-8"),
            re.M,
        )
        for one in ("en", "vi")
    )
    assert {(b, a) for a, b in english[1:]} == set(vietnamese[1:])
    assert len(english) == len(set(english))


def test_every_document_has_its_place_in_the_site():
    listed = docs.pages(ROOT / "docs")
    assert len(listed) == len(set(listed))
    written = {str(page.relative_to(ROOT / "docs")) for page in WRITTEN}
    made = {name for name in listed if name.endswith(docs.HOME) or "/reference/" in name}
    assert set(listed) == written | made


def test_documents_for_users_are_vietnamese_and_those_for_developers_english():
    vietnamese = re.compile("[ạảãấầẩậắặếềệốồộớờợứừựỉĩỏọủụ]")
    for page in WRITTEN:
        prose = re.sub(r"`[^`]*`|```.*?```", "", page.read_text("utf-8"), flags=re.DOTALL)
        lines = [line for line in prose.splitlines() if len(line) > 40 and "|" not in line]
        share = sum(bool(vietnamese.search(line)) for line in lines) / len(lines) if lines else None
        language = page.relative_to(ROOT / "docs").parts[0]
        assert share is None or (share > 0.7 if language == "vi" else share < 0.3), page


def test_the_page_of_commands_has_every_target_of_make_those_of_developers_apart():
    page = reference_pages()["vi/reference/commands.md"]
    users, developers = page.partition("## Lệnh của chiso")[0].split(
        "### Dành cho người phát triển"
    )
    for part, makefile in ((users, "Makefile"), (developers, "develop.mk")):
        lines = (ROOT / makefile).read_text("utf-8").splitlines()
        targets = [line.partition(":")[0] for line in lines if " ## " in line]
        assert re.findall(r"^\| `make ([\w-]+)`", part, re.MULTILINE) == targets and targets


def test_the_reference_has_whatever_a_notebook_calls():
    pages = reference_pages()
    told = {
        name
        for page in ("notebooks", "steps")
        for name in re.findall(r"^\| `([\w.]+)", pages[f"en/reference/{page}.md"], re.MULTILINE)
    }
    called = set()
    for path in (ROOT / "notebooks").glob("*.ipynb"):
        cells = json.loads(path.read_text("utf-8"))["cells"]
        code = "\n".join("".join(one["source"]) for one in cells if one["cell_type"] == "code")
        nodes = list(ast.walk(ast.parse(code)))
        taken = {
            name.name: getattr(import_module(node.module), name.name)
            for node in nodes
            if isinstance(node, ast.ImportFrom) and node.module.startswith("chiso.")
            for name in node.names
        }
        called |= {name for name, thing in taken.items() if callable(thing)}
        called |= {
            node.attr
            for node in nodes
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name)
            if ismodule(taken.get(node.value.id))
        }
    assert len(called) > 80 and called - told == set()


@pytest.mark.programs
def test_the_site_has_every_page_and_no_link_into_nothing(site):
    found = {str(page.relative_to(site)) for page in site.rglob("*.html")}
    assert found == {name.replace(".md", ".html") for name in docs.pages(ROOT / "docs")}
    for name in found:
        page = site / name
        text = page.read_text("utf-8")
        for target in re.findall(r'href="([^"]+)"', text):
            file, _, anchor = target.partition("#")
            if "://" in target or target.startswith("data:"):
                continue
            other = (page.parent / unquote(file)).resolve() if file else page
            assert other.is_file(), f"{name}: {target}"
            assert not anchor or f'id="{unquote(anchor)}"' in other.read_text("utf-8"), (
                name,
                target,
            )


@pytest.mark.programs
def test_no_page_of_the_site_asks_another_host_for_anything(site):
    for page in site.rglob("*.html"):
        text = page.read_text("utf-8")
        assert not re.search(
            r'\b(src|srcset)="(?!data:)|<link[^>]+href="(?!data:)|@import', text
        ), page
        assert "default-src 'none'; " in text, page


@pytest.mark.programs
def test_the_reference_has_every_command_indicator_and_function(site):
    for language in ("vi", "en"):
        text = (site / language / "reference/commands.html").read_text("utf-8")
        assert all(
            f"<h3>chiso {name}" in re.sub("<h3[^>]*>", "<h3>", text) for name in commands().commands
        )
    for path in (ROOT / "params/indicators").glob("*.yml"):
        text = (site / f"vi/reference/indicators-{path.stem}.html").read_text("utf-8")
        assert set(re.findall(r'id="indicator-(\d+)"', text)) == set(map(str, range(1, 22)))
    text = (site / "en/reference/scoring.html").read_text("utf-8")
    assert all(
        f"<h3>{name}" in re.sub("<h3[^>]*>", "<h3>", text) for name in ("score", "score_unit")
    )
