"""A whole report: what it makes, that it is the same every time, and what one failing unit does."""

import json
import re

import nbformat
from conftest import SAMPLE, make_project, run_chiso
from few_pages import FEW, PAGES, break_unit, keep_few, text_of

from chiso.sources.given import read_official


def test_every_unit_has_its_own_page_with_its_own_published_figures(sample_site):
    official = read_official(SAMPLE / "official.csv")
    assert len(list(sample_site.glob("*.html"))) == 26
    for unit, rows in official.groupby("unit"):
        page = text_of(sample_site / f"{unit}.html")
        held = dict(zip(rows["item"], rows["value"], strict=True))
        shown = held["total"].replace(".", ",")
        assert f"{shown}/100 điểm, xếp loại {held['class']}" in page
        assert f"hứ {held['rank']}/{held['cohort_size']}" in page
        for group in ("I", "II", "III.a", "III.b", "IV", "V"):
            assert held[group].replace(".", ",") in page


def test_a_page_holds_all_21_indicators_and_its_origin(sample_site):
    page = (sample_site / "H15.15.html").read_text("utf-8")
    table = page[page.index('id="table-indicators"') :]
    table = table[: table.index("</table>")]
    assert re.findall(r'<th scope="row">(\d+)</th>\s*<th scope="row">', table) == [
        str(number) for number in range(1, 22)
    ]
    plain = text_of(sample_site / "H15.15.html")
    for words in ("98,64%", "579", "587", "19,73", "trong nhóm III.a*", "2,00*",
                  "Cổng Dịch vụ công quốc gia", "10/10/2026", "766-portal-2026", "pandas",
                  "khớp với kết quả công bố"):  # fmt: skip
        assert words in plain, words


def test_pages_ask_nobody_for_anything_and_stay_small(sample_site):
    for page in sample_site.glob("*.html"):
        text = page.read_text("utf-8")
        assert not re.search(r'(?:src|href)="(?:https?:)?//', text)
        assert "@import" not in text
        assert page.stat().st_size < 300_000, page.name


def test_links_of_every_page_lead_to_pages_of_the_site(sample_site):
    for page in sample_site.glob("*.html"):
        text = page.read_text("utf-8")
        for target in re.findall(r'<a href="([^"#?]+)', text):
            assert (sample_site / target).is_file(), f"{page.name} -> {target}"
        anchors = set(re.findall(r'id="([^"]+)"', text))
        assert len(re.findall(r' id="([^"]+)"', text)) == len(anchors), "an id stands twice"


def test_the_same_inputs_give_the_same_bytes_in_another_folder(small_project, tmp_path):
    folder = make_project(tmp_path / "another-place")
    keep_few(folder)
    done = run_chiso("report", "--period", "2026", project=folder)
    assert done.returncode == 0, done.stderr
    sites = [
        {path.name: path.read_bytes() for path in (one / "reports/_site/2026").iterdir()}
        for one in (small_project, folder)
    ]
    pages = {f"{name}.{end}" for name in (*FEW, *PAGES) for end in ("html", "xlsx")}
    # The comparison has no table of its own, but the figures of all agencies.
    pages = pages - {"compare.xlsx"} | {"compare-data.js"}
    papers = {f"{unit}.{end}" for unit in FEW for end in ("pdf", "docx")}
    assert sites[0].keys() == {"states.json", *pages, *papers}
    assert sites[0] == sites[1]


def test_one_failing_unit_does_not_stop_the_others(small):
    break_unit(small, "H15.120")
    done = run_chiso("report", "--period", "2026", project=small)
    assert done.returncode == 1
    assert "H15.120" in done.stderr and "AssertionError" in done.stderr
    assert "H15.15 " not in done.stderr
    site = small / "reports/_site/2026"
    assert "76,37" in text_of(site / "H15.15.html")
    failed = (site / "H15.120.html").read_text("utf-8")
    assert "Chưa lập được báo cáo" in failed
    assert "<b>hỏng" not in failed and "&lt;b&gt;hỏng" in failed
    assert re.search(
        r"H15\.120\.html.*?chưa lập được", (site / "index.html").read_text("utf-8"), re.S
    )
    assert json.loads((site / "states.json").read_text("utf-8"))["pages"]["H15.120"] == "failed"
    kept = small / "reports/_failed/2026/H15.120.ipynb"
    assert "AssertionError" in kept.read_text("utf-8")


def test_words_from_data_are_only_words(small):
    name = (
        'Sở\n\n <script>alert(1)</script> | *A* {{< meta x >}} [b](c) ![d](e) $x$ "f" \\ `g` =1+1'
    )
    path = small / "params/units/dak-lak-2026-sample.yml"
    text = path.read_text("utf-8").replace(
        'vi: "Sở Văn hóa, Thể thao và Du lịch"', "vi: '" + name + "'"
    )
    path.write_text(text, encoding="utf-8")
    assert run_chiso("report", "--period", "2026", project=small).returncode == 0
    for page in ("H15.15", "H15", "index"):
        html = (small / f"reports/_site/2026/{page}.html").read_text("utf-8")
        assert "<script>alert" not in html
        shown = " ".join(text_of(small / f"reports/_site/2026/{page}.html").split())
        assert " ".join(name.split()) in shown, page


def test_a_notebook_that_does_not_know_a_parameter_is_refused_before_anything_runs(small):
    path = small / "notebooks/unit.ipynb"
    notebook = nbformat.read(path, as_version=4)
    notebook.cells[1].source = notebook.cells[1].source.replace("revision = 0", "revison = 0")
    nbformat.write(notebook, path)
    done = run_chiso("report", "--period", "2026", project=small)
    assert done.returncode == 2
    assert "revision" in done.stderr and "revison" in done.stderr
    assert not (small / "reports/_site/2026").exists()


def test_a_mistake_in_the_rules_is_told_before_anything_is_counted(small):
    with (small / "params/explain.yml").open("a", encoding="utf-8") as file:
        file.write("\nkhong_co: 1\n")
    done = run_chiso("report", "--period", "2026", project=small)
    assert done.returncode == 2
    assert "explain.yml" in done.stderr and "khong_co" in done.stderr
    assert done.stdout == ""
    assert not (small / "data/store").exists()


def test_a_unit_without_a_province_has_its_page_and_an_index(project):
    folder = project / "data/2022-09"
    folder.mkdir(parents=True)
    rows = "".join(f"323,{number},1,2\n" for number in range(1, 22))
    text = "unit,indicator,numerator,denominator\n" + rows
    (folder / "counts.csv").write_text(text, encoding="utf-8")
    assert run_chiso("report", "--period", "2022-09", project=project).returncode == 0
    site = project / "reports/_site/2022-09"
    for page in ("323", "index"):
        targets = re.findall(
            r'href="(?!data:)([^"#?]+)', (site / f"{page}.html").read_text("utf-8")
        )
        assert all((site / target).is_file() for target in targets)
    done = run_chiso("report", "--period", "2022-09", "--unit", "325", project=project)
    assert done.returncode == 2 and "325" in done.stderr


def test_the_report_in_english(small):
    done = run_chiso(
        "--lang", "en", "report", "--period", "2026", "--unit", "H15.15", project=small
    )
    assert done.returncode == 0
    page = text_of(small / "reports/_site/2026/H15.15.html")
    assert (
        "Department of Culture, Sports and Tourism scores 76.37 of 100 points, class Fair" in page
    )
    assert '<html lang="en">' in (small / "reports/_site/2026/H15.15.html").read_text("utf-8")
