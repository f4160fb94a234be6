"""Pages as a leader uses them: in a browser, on a phone, on paper, without a network."""

import io

import pytest
from pypdf import PdfReader


@pytest.fixture
def open_page(browser, sample_site):
    """Opens a page of the site from its file; any request beyond the site's files fails the test."""
    contexts, elsewhere = [], []

    def opened(name, width=1280):
        context = browser.new_context(viewport={"width": width, "height": 900})
        contexts.append(context)
        page = context.new_page()
        page.on(
            "request", lambda r: r.url.startswith(("file:", "data:")) or elsewhere.append(r.url)
        )
        page.on("pageerror", lambda error: elsewhere.append(str(error)))
        page.goto((sample_site / f"{name}.html").as_uri())
        return page

    yield opened
    for context in contexts:
        context.close()
    assert elsewhere == []


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("name", ["index", "H15", "H15.15", "H15.120"])
def test_nothing_sticks_out_of_the_window(open_page, name, width):
    page = open_page(name, width)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.locator("h1").count() == 1


def test_charts_have_a_sentence_for_those_who_cant_see_them(open_page):
    for name, charts in (("H15.15", 2), ("H15", 3)):
        labels = (
            open_page(name)
            .locator("svg[role=img]")
            .evaluate_all("charts => charts.map(chart => chart.getAttribute('aria-label'))")
        )
        assert len(labels) == charts
        assert all(len(label) > 40 for label in labels)


def visible(page):
    return page.locator("#table-agencies tbody tr:not([hidden]) td:first-child").all_inner_texts()


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
    ranks = page.locator("#table-agencies tbody td:nth-child(5)").all_inner_texts()
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
