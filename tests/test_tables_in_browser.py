"""Tables as they are read: by ear, on a phone, by keyboard; the index with its filters."""

import re

import pytest
from playwright.sync_api import expect

PAGES = ["index", "H15", "H15.15", "method", "data-quality", "national"]
SMALL = """() => [...document.querySelectorAll("a[href], button, summary, select, input")]
  .filter(item => item.getClientRects().length && !item.closest("svg, .skip"))
  .map(item => [item.getBoundingClientRect(), item.outerHTML.slice(0, 120)])
  .filter(([box]) => box.width < 24 || box.height < 24)
  .map(([box, html]) => `${box.width} x ${box.height}: ${html}`)"""
BOXES = """() => [...document.querySelectorAll("main .scroll")].map(box => ({
  isWider: box.querySelector("table").offsetWidth > box.clientWidth + 1,
  isStop: box.tabIndex >= 0, role: box.getAttribute("role"), label: box.getAttribute("aria-label")}))"""


@pytest.mark.parametrize("name", PAGES)
def test_columns_and_rows_have_heads(open_page, name):
    page = open_page(name)
    assert page.locator("main .scroll thead th:not([scope=col])").count() == 0
    rows = page.locator("main .scroll tbody tr").count()
    assert page.locator("main .scroll tbody tr:has(th[scope=row])").count() == rows
    assert page.locator("main .scroll tbody th:not([scope=row])").count() == 0


def test_behind_a_number_the_name_heads_the_row_too(open_page):
    page = open_page("H15.15")
    row = page.locator("#table-indicators tbody tr").nth(4).locator("th")
    assert row.all_inner_texts() == ["5", "Tỷ lệ hồ sơ xử lý đúng hạn"]
    assert page.locator("#table-groups tbody tr").first.locator("th").count() == 1


def test_a_caption_stands_above_its_table(open_page):
    page = open_page("H15.15")
    above = page.locator("main .scroll table").evaluate_all(
        "all => all.map(one => one.caption.getBoundingClientRect().bottom"
        " <= one.tHead.getBoundingClientRect().top)"
    )
    assert above and all(above)


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("name", PAGES)
def test_a_table_is_a_stop_of_the_keyboard_only_while_it_scrolls(open_page, name, width):
    for box in open_page(name, width).evaluate(BOXES):
        assert box["isStop"] == box["isWider"]
        assert (box["role"], bool(box["label"])) == (("region", True) if box["isWider"] else (None, False))  # fmt: skip


def test_a_table_becomes_a_stop_when_the_window_narrows(open_page):
    page = open_page("H15.15")
    box = page.locator("#table-indicators")
    assert box.get_attribute("tabindex") is None
    page.set_viewport_size({"width": 390, "height": 844})
    page.locator("#table-indicators[tabindex='0']").wait_for(state="attached")
    page.set_viewport_size({"width": 1280, "height": 844})
    page.locator("#table-indicators:not([tabindex])").wait_for(state="attached")


def test_the_heads_of_columns_stay_at_the_top(open_page):
    page = open_page("index")
    page.locator("#table-agencies tbody tr").nth(15).evaluate("row => row.scrollIntoView()")
    head = page.locator("#table-agencies thead th").first
    assert abs(head.bounding_box()["y"]) < 1


def test_heads_and_names_stay_in_the_box_of_a_phone(open_page):
    page = open_page("index", 390)
    box = page.locator("#table-agencies")
    box.evaluate("box => { box.scrollIntoView(); box.scrollTo(200, 300); }")
    edge = box.bounding_box()
    name = page.locator("#table-agencies tbody th:nth-child(2)").nth(8).bounding_box()
    head = page.locator("#table-agencies thead th:nth-child(2)").bounding_box()
    assert abs(name["x"] - edge["x"]) < 1 and abs(head["x"] - edge["x"]) < 1
    assert abs(head["y"] - edge["y"]) < 1


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("name", PAGES)
def test_a_finger_meets_every_target(open_page, name, width):
    assert open_page(name, width).evaluate(SMALL) == []


@pytest.mark.parametrize("name", ["index", "H15.15"])
def test_the_title_of_the_window_names_page_and_period(open_page, name):
    page = open_page(name)
    assert page.title() == f"{page.locator('h1').inner_text()}, năm 2026 - Bộ chỉ số 766"


def names(page):
    return page.locator("#table-agencies tbody tr:not([hidden]) th:nth-child(2)").all_inner_texts()


def test_the_index_is_in_the_order_of_cohort_and_rank(open_page):
    cells = (
        open_page("index")
        .locator("#table-agencies tbody tr")
        .evaluate_all(
            "rows => rows.map(row => [row.cells[2].textContent, row.cells[0].textContent])"
        )
    )
    cohorts = [cohort for cohort, _rank in cells]
    assert cohorts == sorted(cohorts, key=list(dict.fromkeys(cohorts)).index)
    for cohort in set(cohorts):
        ranks = [int(rank.split("/")[0]) for one, rank in cells if one == cohort and "/" in rank]
        assert ranks == sorted(ranks)


def test_filters_stay_in_the_address_and_the_way_back_leads_to_them(open_page):
    page = open_page("index")
    every = names(page)
    page.get_by_label("Khối").select_option("UBND cấp xã")
    expect(page).to_have_url(re.compile("#khoi=ubnd-cap-xa$"))
    page.get_by_label("Tìm theo tên").fill("ktur")
    found = names(page)
    assert found == ["UBND xã Ea Ktur"]
    page.get_by_role("link", name="UBND xã Ea Ktur").click()
    assert page.locator("h1").inner_text() == "UBND xã Ea Ktur"
    page.go_back()
    assert names(page) == found
    assert page.get_by_label("Tìm theo tên").input_value() == "ktur"
    page.go_back()
    assert names(page) == every


def test_an_address_with_filters_opens_with_them_and_they_can_be_taken_off(open_page):
    page = open_page("index")
    address = page.url
    page.goto("about:blank")
    page.goto(f"{address}#khoi=ubnd-cap-xa&loai=trung-binh&tim=Ktur")
    assert names(page) == ["UBND xã Ea Ktur"]
    page.get_by_role("button", name="Bỏ lọc").click()
    expect(page).to_have_url(address)
    assert len(names(page)) == 21
    assert page.get_by_role("status").inner_text() == "Đang hiện 21 đơn vị"
    page.goto(f"{address}#khoi=khong-co&table-agencies")
    assert len(names(page)) == 21


def test_what_is_typed_is_only_text(open_page):
    page = open_page("index")
    page.get_by_label("Tìm theo tên").fill("<img src=x onerror=alert(1)>&khoi=so")
    expect(page).to_have_url(re.compile("#tim=[^&]+$"))
    assert names(page) == []


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("name", ["H15", "H15.15", "index"])
def test_no_number_is_broken_between_lines(open_page, name, width):
    """+1.234,56 stays whole, whatever room its column has."""
    broken = open_page(name, width).evaluate(
        """() => [...document.querySelectorAll("[data-right]")].flatMap((box) =>
             box.dataset.right.split(" ").filter(Boolean).flatMap((n) =>
               [...box.querySelectorAll(`td:nth-child(${n})`)]
                 .filter((cell) => getComputedStyle(cell).whiteSpace !== "nowrap"
                   || getComputedStyle(cell).textAlign !== "right")
                 .map((cell) => cell.textContent)))"""
    )
    assert broken == []
    assert open_page(name, width).locator("[data-right]").count() > 0
