"""compare.html: two agencies beside each other, from the site's own figures and nothing else."""

import json
from decimal import Decimal

import pytest
from axe import violations
from conftest import make_project, run_chiso
from few_pages import FEW, keep_few

A, B = "H15.15", "H15.120"


@pytest.fixture
def opened(open_page, sample_site):
    """Opens the comparison with a query, by a click and a form as well as by its address."""

    def at(query="", width=1280, scheme="light", site=None):
        page = open_page("compare", width, scheme, site=site)
        page.goto(f"{page.url.partition('?')[0]}{query}")
        return page

    return at


def rows(page, caption):
    table = page.locator("table", has=page.locator("caption", has_text=caption))
    lines = table.locator("tbody tr").all()
    return {line.locator("th").inner_text(): line.locator("td").all_inner_texts() for line in lines}


def test_two_agencies_stand_beside_each_other(opened):
    page = opened(f"?a={A}&b={B}")
    whole = rows(page, "Tổng điểm, xếp loại")
    (total,) = (cells for name, cells in whole.items() if name.startswith("Tổng điểm"))
    numbers = [Decimal(text.replace("−", "-").replace("+", "").replace(",", ".")) for text in total]
    assert total[0] == "76,37"
    assert numbers[2] == numbers[0] - numbers[1]
    assert len(rows(page, "Điểm theo nhóm")) == 6
    indicators = rows(page, "Điểm và tỷ lệ theo chỉ số")
    assert len(indicators) == 21
    assert indicators["5. Tỷ lệ hồ sơ xử lý đúng hạn"][0] == "19,73 / 20 (98,64%)"
    links = page.locator(".compared thead a").evaluate_all("all => all.map(a => a.href)")
    assert {link.rpartition("/")[2] for link in links} == {f"{A}.html", f"{B}.html"}


@pytest.mark.parametrize(("width", "scheme"), [(1280, "dark"), (390, "light")])
def test_axe_finds_nothing_and_nothing_sticks_out(opened, width, scheme):
    page = opened(f"?a={A}&b={B}", width, scheme)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert violations(page) == []


def test_the_chooser_works_by_keyboard(opened):
    page = opened()
    assert page.locator("table").count() == 0
    page.get_by_label("Đơn vị thứ nhất").focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.locator("table").first.wait_for()
    names = page.get_by_label("Đơn vị thứ nhất").locator("option").all_inner_texts()
    assert page.locator("h2").inner_text() == f"{names[1]} – {names[2]}"


@pytest.mark.parametrize("code", ["%3Cimg src=x onerror=alert(1)%3E", "toString", "__proto__"])
def test_a_code_that_is_no_agency_is_told_as_it_is(opened, code):
    page = opened(f"?a={code}&b={B}")
    assert "Không có đơn vị mang mã" in page.get_by_role("alert").inner_text()
    assert page.locator("table, .compare img").count() == 0
    assert page.get_by_label("Đơn vị thứ hai").input_value() == B


def test_an_agency_is_not_compared_with_itself(opened):
    page = opened(f"?a={A}&b={A}")
    assert page.get_by_role("alert").inner_text() == "Đề nghị chọn hai đơn vị khác nhau."


def test_the_page_of_an_agency_leads_to_it(open_page):
    page = open_page(A)
    page.get_by_role("link", name="So sánh với đơn vị khác").click()
    assert page.get_by_label("Đơn vị thứ nhất").input_value() == A


def test_it_says_that_it_needs_a_script(sample_site):
    assert "cho phép trang chạy JavaScript" in (sample_site / "compare.html").read_text("utf-8")
    assert (sample_site / "compare.html").stat().st_size < 300_000


def test_the_figures_are_made_again_when_they_change(tmp_path):
    project = make_project(tmp_path / "project")
    keep_few(project)
    site = project / "reports/_site/2026"

    def run(*more):
        done = run_chiso("report", "--period", "2026", *more, project=project)
        assert done.returncode == 0, done.stderr
        text = (site / "compare-data.js").read_text("utf-8")
        return json.loads(text.removeprefix("window.chisoCompare=").rstrip(";\n"))["units"]

    # Of all agencies, whichever pages were asked for.
    before = run("--unit", A)
    assert set(before) == set(FEW) - {"H15"}
    assert not (site / f"{B}.html").exists()
    counts = project / "data/samples/dak-lak-2026-10-10/counts.csv"
    text = counts.read_text("utf-8")
    assert f"{A},5,579,587" in text
    counts.write_text(text.replace(f"{A},5,579,587", f"{A},5,500,587"), "utf-8")
    after = run("--unit", A)
    assert after[A]["indicators"][4] == [1704, 2000, 8518]
    assert after[B] == before[B]
