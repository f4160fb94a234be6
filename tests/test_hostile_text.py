"""Texts that are orders elsewhere, in names that pages, papers and workbooks show: no script runs in a browser,
nothing is asked for, no cell is a formula."""

import re
import zipfile

import pytest
from conftest import make_project, run_chiso
from few_pages import FEW, keep_few

ORDERS = (
    "<script>window.struck=1</script>", "<img src=x onerror=window.struck=1>", "<svg/onload=window.struck=1>",
    '"><iframe src=https://example.com/x>', "javascript:window.struck=1", "[x](javascript:window.struck=1)",
    "![x](https://example.com/x.png)", "=HYPERLINK(\"https://example.com\")", "+1+1", "-1+1", "@SUM(1)",
    "=cmd|' /C calc'!A0", "{{< include /etc/passwd >}}", "</script><script>window.struck=1</script>",
    "`{=html}<b>`", "$$\\input{/etc/passwd}$$", "#read(\"/etc/passwd\")",
)  # fmt: skip


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """The site of two agencies, one of which is called by all of it."""
    project = make_project(tmp_path_factory.mktemp("orders") / "project")
    keep_few(project, FEW[:2])
    tree = project / "params/units/dak-lak-2026-sample.yml"
    name = " ".join(ORDERS)
    line = next(line for line in tree.read_text("utf-8").splitlines() if "H15.15," in line)
    quoted = name.replace("\\", "\\\\").replace('"', '\\"')
    changed = re.sub(r'vi: "[^"]*"', lambda _m: f'vi: "{quoted}"', line)
    tree.write_text(tree.read_text("utf-8").replace(line, changed), "utf-8")
    done = run_chiso("report", "--period", "2026", project=project)
    assert done.returncode == 0, done.stderr
    return project / "reports/_site/2026"


def test_no_script_of_a_name_runs_and_nothing_is_asked_for(site, open_page):
    pages = sorted(path.stem for path in site.glob("*.html"))
    assert "H15.15" in pages and "index" in pages
    for name in pages:
        page = open_page(
            name, site=site
        )  # a request elsewhere, or an error of a script, fails the test
        assert page.evaluate("window.struck") is None, name
        assert page.evaluate("document.querySelectorAll('iframe, object, embed').length") == 0
        links = page.evaluate("[...document.links].map(link => link.protocol)")
        assert "javascript:" not in links, name
    shown = open_page("H15.15", site=site).inner_text("h1")
    assert "<script>" in shown, "the name is shown as it is written"


def test_no_cell_of_any_workbook_is_a_formula(site):
    workbooks = sorted(site.glob("*.xlsx"))
    assert workbooks
    for path in workbooks:
        with zipfile.ZipFile(path) as archive:
            for part in archive.namelist():
                if part.startswith("xl/worksheets/sheet"):
                    assert not re.search(rb"<f[ >/]", archive.read(part)), (path.name, part)
            assert not [one for one in archive.namelist() if "externalLink" in one or "vba" in one]


def test_papers_hold_no_file_of_the_machine(site):
    for path in site.glob("*.docx"):
        with zipfile.ZipFile(path) as archive:
            text = b"".join(archive.read(name) for name in archive.namelist())
        assert b"root:x:0" not in text and b"example.com/x.png" not in b"".join(
            line for line in text.splitlines() if b"Relationship" in line
        )
