"""Pages as a leader uses them: in a browser, on a phone, on paper, without a network."""

import io
import re
import shutil
from datetime import date

import pytest
from axe import violations
from conftest import first_screen_ends, make_project, run_chiso
from openpyxl import load_workbook
from pypdf import PdfReader

from chiso.base.period import parse_period
from chiso.publishing.entry import Entry
from chiso.publishing.periods import periods_script


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("name", ["index", "H15", "H15.15", "H15.120"])
def test_nothing_sticks_out_of_the_window(open_page, name, width):
    page = open_page(name, width)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.locator("h1").count() == 1


def test_charts_have_a_sentence_for_those_who_cant_see_them(open_page):
    for name, charts in (("H15.15", 3), ("H15", 6)):
        labels = (
            open_page(name)
            .locator("svg[role=img]")
            .evaluate_all("charts => charts.map(chart => chart.getAttribute('aria-label'))")
        )
        assert len(labels) == charts
        assert all(len(label) > 40 for label in labels)


@pytest.mark.parametrize("kind", ["PNG", "SVG"])
def test_a_chart_is_saved_with_its_words(open_page, kind):
    page = open_page("H15.15")
    with page.expect_download() as waiting:
        page.get_by_role("button", name=f"Tải hình: {kind}").first.click()
    content = waiting.value.path().read_bytes()
    assert waiting.value.suggested_filename == f"2026-H15.15-groups.{kind.lower()}"
    if kind == "PNG":
        assert content[:8] == b"\x89PNG\r\n\x1a\n" and len(content) > 20_000
    else:
        text = content.decode("utf-8")
        assert text.startswith("<svg") and "Nguồn:" in text and "điểm tối đa" in text


def test_the_title_of_a_chart_is_its_alternative_text(open_page):
    for chart in open_page("H15").locator(".chart").all():
        title = chart.locator(".finding").inner_text()
        assert chart.locator("svg").get_attribute("aria-label") == title
        assert "Nguồn:" in chart.locator(".below").inner_text()


def visible(page):
    return page.locator("#table-agencies tbody tr:not([hidden]) th:nth-child(2)").all_inner_texts()


def test_search_needs_no_accents(open_page):
    page = open_page("index")
    assert len(visible(page)) == 21
    page.get_by_label("Tìm theo tên").fill("so xay DUNG")
    assert visible(page) == ["Sở Xây dựng"]
    assert page.get_by_role("status").inner_text() == "Đang hiện 1 đơn vị"


def test_filters_by_cohort_and_class_hold_together(open_page):
    page = open_page("index")
    page.get_by_label("Khối").select_option("UBND cấp xã")
    page.get_by_label("Xếp loại").select_option("Trung bình")
    assert len(visible(page)) == 5
    page.get_by_label("Tìm theo tên").fill("ktur")
    assert visible(page) == ["UBND xã Ea Ktur"]


def test_columns_sort_by_number_and_back(open_page):
    page = open_page("index")
    page.get_by_role("button", name="Tổng điểm").click()
    assert visible(page)[0] == "UBND xã Ea Ktur"
    page.get_by_role("button", name="Tổng điểm").click()
    assert visible(page)[0] == "Sở Văn hóa, Thể thao và Du lịch"
    assert page.locator("th[aria-sort=descending]").inner_text().startswith("Tổng điểm")


def test_sorting_works_by_keyboard(open_page):
    page = open_page("index")
    page.get_by_role("button", name="Hạng").focus()
    page.keyboard.press("Enter")
    ranks = page.locator("#table-agencies tbody th:nth-child(1)").all_inner_texts()
    numbers = [int(rank.split("/")[0]) for rank in ranks]
    assert numbers == sorted(numbers)


def test_from_the_index_to_a_unit_to_the_province_and_back(open_page):
    page = open_page("index")
    page.get_by_role("link", name="UBND xã Ea Ktur").first.click()
    assert page.locator("h1").inner_text() == "UBND xã Ea Ktur"
    page.get_by_role("link", name="UBND tỉnh Đắk Lắk").click()
    assert page.locator("h1").inner_text() == "UBND tỉnh Đắk Lắk"
    page.get_by_role("link", name="Tất cả đơn vị").click()
    assert page.locator("h1").inner_text() == "Tất cả đơn vị"


def test_a_unit_on_paper_is_a4_and_whole(open_page):
    page = open_page("H15.15")
    document = PdfReader(io.BytesIO(page.pdf(prefer_css_page_size=True)))
    width, height = document.pages[0].mediabox[2:]
    assert (round(float(width)), round(float(height))) == (595, 842)
    text = "\n".join(part.extract_text() for part in document.pages)
    assert len(document.pages) <= 5
    assert "76,37" in text and "Chuyển đến nội dung" not in text


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", ["index", "H15", "H15.15", "method", "data-quality", "compare"])
def test_axe_finds_nothing(open_page, name, scheme):
    page = open_page(name, 390 if scheme == "dark" else 1280, scheme)
    assert violations(page) == []


def test_every_link_leads_to_a_file_and_a_place_in_it(sample_site):
    ids = {
        path.name: set(re.findall(r' id="([^"]+)"', path.read_text("utf-8")))
        for path in sample_site.glob("*.html")
    }
    assert len(ids) == 26
    for path in sample_site.glob("*.html"):
        for target in re.findall(r'<a href="([^"]+)"', path.read_text("utf-8")):
            file, _, place = target.partition("#")
            file = file.partition("?")[0]
            file = file or path.name
            assert (sample_site / file).is_file(), f"{path.name}: {target}"
            assert not place or place in ids[file], f"{path.name}: {target}"


def test_a_page_of_an_agency_is_light(sample_site):
    for path in sample_site.glob("H15.*.html"):
        assert path.stat().st_size < 300_000, path.name


def test_the_tables_of_a_page_are_a_workbook_of_numbers(open_page):
    page = open_page("H15.15")
    with page.expect_download() as waiting:
        page.get_by_role("link", name="Tải bảng").click()
    assert waiting.value.suggested_filename == "H15.15.xlsx"
    book = load_workbook(io.BytesIO(waiting.value.path().read_bytes()))
    assert "21 chỉ số" in book.sheetnames
    values = [cell for row in book["21 chỉ số"].iter_rows(values_only=True) for cell in row]
    assert "Tỷ lệ hồ sơ xử lý đúng hạn" in values
    assert any(isinstance(value, float) and abs(value - 19.73) < 1e-9 for value in values)


def test_the_papers_of_a_page_open(open_page, sample_site):
    links = open_page("H15.15").locator(".files a").evaluate_all("all => all.map(a => a.href)")
    names = [link.rpartition("/")[2] for link in links]
    assert names == ["H15.15.xlsx", "H15.15.pdf", "H15.15.docx"]
    text = "".join(page.extract_text() for page in PdfReader(sample_site / "H15.15.pdf").pages)
    assert "76,37" in text
    assert (sample_site / "H15.15.docx").read_bytes()[:2] == b"PK"


def test_the_brief_for_the_chairman_fits_one_sheet(open_page, sample_site):
    printed = PdfReader(io.BytesIO(open_page("H15").pdf(prefer_css_page_size=True)))
    for document in (printed, PdfReader(sample_site / "H15.pdf")):
        first, second = (document.pages[i].extract_text() for i in (0, 1))
        assert "65,49" in first and "Xếp hạng theo khối" not in first
        assert "theo kết quả công bố" in second or "hạng là hạng công bố" in second


def test_orders_and_the_first_picture_stand_on_the_first_screen(open_page):
    ends = first_screen_ends(open_page("H15"))
    assert ends and max(ends) <= 800


def test_the_contents_lead_to_every_section(open_page):
    page = open_page("H15.15")
    links = page.get_by_role("navigation", name="Trong trang này").get_by_role("link")
    targets = links.evaluate_all("all => all.map(a => a.getAttribute('href').slice(1))")
    assert {"groups", "lost", "cohort", "indicators", "provenance"} <= set(targets)
    assert all(page.locator(f"[id='{target}']").count() == 1 for target in targets)


def test_a_rule_leads_to_its_place_on_the_method_page(open_page):
    page = open_page("H15.15")
    page.locator("#table-indicators tbody tr").nth(4).get_by_role("link").click()
    assert page.url.endswith("method.html#indicator-5")
    assert "Tỷ lệ hồ sơ xử lý đúng hạn" in page.locator("#indicator-5").inner_text()


def test_the_first_key_leads_past_the_navigation(open_page):
    page = open_page("index")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Chuyển đến nội dung"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "content"


def test_other_periods_are_one_step_away_and_invented_ones_are_none(
    open_page, sample_site, tmp_path
):
    for name in ("2024", "2025", "2026", "2026-Q1", "2026-Q2"):
        shutil.copytree(sample_site, tmp_path / name)
    pages = ("H15.15", "index")
    entries = [
        Entry(
            parse_period(name), "UBND tỉnh", name, 1, date(2026, 10, 10), pages, name == "2026-Q2"
        )
        for name in ("2024", "2025", "2026-Q1", "2026-Q2", "2026")
    ]
    (tmp_path / "periods.js").write_text(periods_script(entries, ".."), "utf-8")
    page = open_page("H15.15", site=tmp_path / "2026")
    links = page.get_by_role("navigation", name="Các kỳ khác").get_by_role("link")
    assert links.all_inner_texts() == ["‹ năm 2025", "năm 2024", "quý I/2026"]
    links.first.click()
    assert page.url.endswith("2025/H15.15.html")


LONG = "Ban Quản lý Khu kinh tế và các khu công nghiệp tỉnh <b>Đắk Lắk</b>"
PERFECT, EMPTY, BROKEN = "H15.15", "H15.16", "H15.108"


@pytest.fixture(scope="module")
def odd_site(tmp_path_factory):
    """Three agencies: one with perfect figures and a name of 66 characters, one without any, one
    whose notebook fails."""
    folder = make_project(tmp_path_factory.mktemp("odd") / "project")
    (units,) = (folder / "params/units").glob("dak-lak*")
    text = units.read_text("utf-8")
    text, changed = re.subn(
        r"(code: H15\.15, name: )\{[^}]*\}", rf"\g<1>{{vi: '{LONG}', en: '{LONG}'}}", text
    )
    assert changed == 1
    units.write_text(text, "utf-8")
    sample = folder / "data/samples/dak-lak-2026-10-10"
    rows = [f"{PERFECT},{number},7,7" for number in range(1, 22)]
    rows += [f"{EMPTY},{number},," for number in range(1, 22)]
    kept = [
        line
        for line in (sample / "counts.csv").read_text("utf-8").splitlines()
        if line.startswith(("unit", "H15,", f"{BROKEN},"))
    ]
    (sample / "counts.csv").write_text("\n".join([*kept, *rows]) + "\n", "utf-8")
    official = sample / "official.csv"
    lines = official.read_text("utf-8").splitlines()
    official.write_text(
        "\n".join(line for line in lines if line.startswith(("unit", "H15,"))) + "\n", "utf-8"
    )
    notebook = folder / "notebooks/unit.ipynb"
    source = notebook.read_text("utf-8")
    notebook.write_text(
        source.replace('"page = figures', f'"assert unit != \'{BROKEN}\'\\n", "page = figures'),
        "utf-8",
    )
    done = run_chiso("report", "--period", "2026", project=folder)
    assert done.returncode == 1, done.stderr
    return folder / "reports/_site/2026"


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("name", ["index", PERFECT, EMPTY, BROKEN])
def test_odd_agencies_are_shown_like_others(open_page, odd_site, name, width):
    page = open_page(name, width, site=odd_site)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    text = page.locator("body").inner_text()
    if name == PERFECT:
        assert page.locator("h1").inner_text() == LONG
        assert "Xuất sắc" in text
    if name == BROKEN:
        assert "AssertionError" in text
    if name == EMPTY:
        assert "17 chỉ số không có số liệu" in text
    if name == "index":
        failed = page.locator("tr", has_text="chưa lập được")
        assert failed.count() == 1
