"""A report from records: invented where there are none, with cases, rows set aside and a trend."""

import csv
import io
import json
import re
import zipfile
from collections import Counter
from datetime import datetime
from statistics import median

import pytest
from axe import violations
from conftest import first_screen_ends, make_project, run_chiso
from daily_world import World, small_province
from openpyxl import load_workbook
from pages_before import CALL, COMMUNE, KEPT, UNIT, said

from chiso.base.i18n import count, points
from chiso.base.period import parse_period
from chiso.explain.orders import compared, orders
from chiso.explain.overdue import Overdue
from chiso.explain.ownership import has_dossiers, without_dossiers
from chiso.explain.priorities import first_orders
from chiso.explain.way_up import next_band, way_up
from chiso.pages import cards, commentary, tables
from chiso.rules.settings import load_settings
from chiso.store.figures import load_figures
from chiso.store.pipeline import score_period


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    """A project without figures of 2022-09, after its first report of two agencies."""
    folder = make_project(tmp_path_factory.mktemp("demo") / "project")
    done = run_chiso(*CALL, project=folder)
    assert done.returncode == 0, done.stderr
    assert "minh họa" in done.stdout
    return folder


@pytest.fixture(scope="module")
def site(project):
    return project / "reports/_site/2022-09"


@pytest.fixture(scope="module")
def case_counts(project):
    """(unit, indicator) -> cases, as they are kept with the revision."""
    (path,) = (project / "data/store").glob("*/2022-09/r001/case_counts.csv")
    with path.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    return {(row["unit"], int(row["indicator"])): int(row["cases"]) for row in rows}


def test_the_five_files_of_a_page_say_what_they_said_before(project):
    """A change that is meant is written down by `python tests/pages_before.py`."""
    before = json.loads(KEPT.read_text("utf-8"))
    for name, lines in said(project).items():
        assert lines == before[name], name


def cells(page, anchor):
    """The rows of a table as texts."""
    rows = page.locator(f"#{anchor} tbody tr")
    return [row.locator("th, td").all_inner_texts() for row in rows.all()]


def number(text):
    return int(text.replace(".", ""))


def test_every_page_says_that_its_figures_are_invented(site):
    for page in (UNIT, COMMUNE, "H31", "index", "method", "data-quality"):
        html = (site / f"{page}.html").read_text("utf-8")
        assert '<p class="mark">Dữ liệu minh họa</p>' in html


def test_a_page_shows_the_true_counts(project, open_page, site):
    truth = (project / "data/demo/truth/2022-09.csv").read_text("utf-8")
    shown = {int(row[0]): row for row in cells(open_page(UNIT, site=site), "table-indicators")}
    for indicator in (4, 5, 8, 11, 21):
        counts = re.search(rf"^{UNIT},{indicator},(\d+),(\d+)$", truth, re.M).groups()
        assert set(counts) <= {cell.replace(".", "") for cell in shown[indicator]}


def internal(site):
    """Where the files of cases are, which are not published."""
    return site.parent.parent / "_internal" / site.name


def rows_of(file):
    """sheet -> its rows, of a workbook."""
    book = load_workbook(file, read_only=True)
    return {sheet.title: list(sheet.values) for sheet in book}


@pytest.fixture(scope="module")
def workbooks(site):
    """The workbooks of cases by name: that of the province has all cases, and is read once."""
    return {path.name: rows_of(path) for path in internal(site).iterdir()}


@pytest.mark.parametrize("unit", [UNIT, COMMUNE, "H31"])
def test_cases_are_told_by_indicator_and_every_one_is_in_the_workbook(
    open_page, site, case_counts, workbooks, unit
):
    page = open_page(unit, site=site)
    own = {indicator: cases for (code, indicator), cases in case_counts.items() if code == unit}
    assert {int(row[0]): number(row[2]) for row in cells(page, "table-cases")} == own
    assert page.get_by_text(f"tệp nội bộ {unit}-cases.xlsx").is_visible()
    book = workbooks[f"{unit}-cases.xlsx"]
    assert next(iter(book)) == "Bìa"
    listed = listed_in(book)
    for indicator, cases in own.items():
        both = listed["mendable"][indicator] + listed["lost"][indicator]
        # A dossier may be late and complained of: two cases of 21, one record.
        assert both == cases or (indicator == 21 and 0 < both < cases)
    told = {int(row[0]): number(row[3]) for row in cells(page, "table-cases")}
    assert told == {indicator: listed["mendable"][indicator] for indicator in own}


def listed_in(book):
    """How many records stand in the sheets of a workbook for each indicator, by what can be mended."""
    found = {"mendable": Counter(), "lost": Counter()}
    for rows in book.values():
        heads = next((row for row in rows if "Mã hồ sơ, mã khác" in row), None)
        if heads is None:
            continue
        columns = {
            "mendable": heads.index("Còn khắc phục được ở chỉ số"),
            "lost": heads.index("Không còn khắc phục được ở chỉ số"),
        }
        for row in rows[rows.index(heads) + 1 :]:
            for side, column in columns.items():
                found[side].update(int(part) for part in (row[column] or "").split(", ") if part)
    return found


def test_no_page_advises_more_cases_than_can_still_be_mended(project, monkeypatch):
    """Of all 190 agencies: each step by its own column, all steps by distinct records, re-scored."""
    monkeypatch.setenv("CHISO_PROJECT", str(project))
    figures = score_period(load_settings(parse_period("2022-09")), lambda _said: None)
    advised = 0
    for agency in figures.agencies:
        unit = figures.unit(agency.code)
        shown = {row[0]: row for row in tables.way_table(unit).rows}
        table = tables.case_table(unit)
        mendable = {row[0]: row[3] for row in table.rows}
        advised += bool(shown)
        for indicator, row in shown.items():
            assert 0 < row[2] <= row[3] == mendable[indicator], (agency.code, indicator)
        band = next_band(unit)
        if shown:
            way = way_up(unit, band.at_least)
            assert way.from_records and way.is_proved
            assert way.total_after >= band.at_least
            assert way.cases <= sum(row[2] for row in shown.values())
            said = commentary.unit_comment(unit).data.replace("\\", "")
            assert f"ít nhất {count(way.cases)} trường hợp" in said
            assert f"tổng điểm đạt {points(way.total_after)}" in said
        else:
            assert band is None or not has_dossiers(unit) or way_up(unit, band.at_least) is None
    assert advised > 180


def test_rows_set_aside_are_told_of_the_province_and_of_the_agency(open_page, site):
    page = open_page("data-quality", site=site)
    files = cells(page, "table-rows")
    read, accepted, aside, twice = (sum(number(row[i]) for row in files) for i in (1, 2, 3, 4))
    assert read == accepted + aside + twice > 300_000 and twice
    assert f"{aside} trong" in page.locator("body").inner_text()
    faults = cells(page, "table-set-aside")
    assert aside + twice <= sum(number(row[2]) for row in faults)
    own = cells(open_page(UNIT, site=site), "table-set-aside")
    assert 0 < sum(number(row[2]) for row in own) < aside
    assert {tuple(row[:2]) for row in own} <= {tuple(row[:2]) for row in faults}


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("name", [UNIT, COMMUNE, "H31", "data-quality", "method"])
def test_pages_from_records_fit_and_axe_finds_nothing(open_page, site, name, width):
    page = open_page(name, width, "light" if width == 390 else "dark", site=site)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert violations(page) == []


def test_orders_the_first_picture_and_who_moved_stand_on_the_first_screen(open_page, site):
    ends = first_screen_ends(open_page("H31", site=site))
    assert len(ends) == 2 and max(ends) <= 800


def test_no_id_of_a_dossier_is_in_the_site(site, workbooks):
    """The workbooks of cases have them all; they are not published unless the province says so."""
    rows = [row for book in workbooks.values() for sheet in book.values() for row in sheet]
    cells = [cell for row in rows for cell in row]
    ids = {cell for cell in cells if isinstance(cell, str) and re.match(r"H31-\d{4}-\d{7}$", cell)}
    assert len(ids) > 1_000
    form = re.compile(r"H31-\d{4}-\d{7}")
    files = [path for path in site.iterdir() if path.suffix != ".pdf"]
    assert not list(site.glob("*-cases.xlsx"))
    for path in files:
        assert not [name for name, text in texts_of(path) if ids & set(form.findall(text))], (
            path.name
        )


def texts_of(path):
    """The texts of a file: its own, or those of the archive that it is."""
    if path.suffix not in (".xlsx", ".docx"):
        return [(path.name, path.read_text("utf-8"))]
    with zipfile.ZipFile(path) as archive:
        names = [name for name in archive.namelist() if name.endswith((".xml", ".rels"))]
        return [(name, archive.read(name).decode("utf-8")) for name in names]


def test_a_report_with_nothing_to_do_says_so(project):
    done = run_chiso(*CALL, project=project)
    assert done.returncode == 0 and "Không có gì thay đổi" in done.stdout


def test_a_province_may_publish_its_cases(tmp_path, open_page):
    """Of four agencies: with the setting every page of a site is another one."""
    project = make_project(tmp_path / "project")
    small_province(project)
    World(project).export("2022-09", datetime(2022, 10, 5))
    site = project / "reports/_site/2022-09"
    call = ("report", "--period", "2022-09", "--unit", "so-a")
    assert run_chiso(*call, project=project).returncode == 0
    assert not list(site.glob("*-cases.xlsx"))
    defaults = project / "params/defaults.yml"
    said = defaults.read_text("utf-8")
    assert "\ncases: internal" in said
    defaults.write_text(said.replace("\ncases: internal", "\ncases: public"), encoding="utf-8")
    done = run_chiso(*call, project=project)
    assert done.returncode == 0, done.stderr
    page = open_page("so-a", site=site)
    with page.expect_download() as download:
        page.get_by_role("link", name="Trường hợp chưa đạt (Excel)").click()
    content = io.BytesIO(download.value.path().read_bytes())
    # Its cases are dossiers that were late, which nothing mends.
    assert listed_in(rows_of(content))["lost"][5] > 0


@pytest.fixture
def demo_month(project, monkeypatch):
    """The figures of the month with those of the months before, as its pages have them."""
    monkeypatch.setenv("CHISO_PROJECT", str(project))
    return load_figures("2022-09", 1, "2022-07:1 2022-08:1")


def test_no_order_of_the_demo_month_concerns_one_that_is_better_than_its_cohort(demo_month):
    cohorts = {one.rule.indicator.number: one.cohorts for one in compared(demo_month)}
    left_out = without_dossiers(demo_month)
    assert left_out
    found = first_orders(demo_month)
    assert len(found) == 3 and isinstance(found[0], Overdue)
    assert len({one.unit for one in found}) == 3
    for one in (*orders(demo_month), *found):
        number = getattr(one, "indicator", 5)
        count = demo_month.unit(one.unit.code).counts[number]
        own = count.numerator / count.denominator
        assert own <= float(median(cohorts[number][one.unit.cohort].rates)) + 1e-12
        assert one.unit.code not in left_out
        # The figure of a district is that of its own page, communes and all.
        assert getattr(one, "failures", None) in (None, count.denominator - count.numerator)
    shown = re.findall(r"\((\S+)\.html#cases\)", cards.order_cards(demo_month).data)
    assert shown == [one.unit.code for one in found]


def test_the_first_screen_has_at_most_150_words(demo_month):
    parts = (commentary.province_lead, cards.order_cards, commentary.province_moves)
    text = "\n".join(part(demo_month).data for part in parts).replace("\\", "")
    # What is folded is not on the screen: the list of names below the summary.
    text = re.sub(r"^- .*$", "", text, flags=re.MULTILINE)
    text = re.sub(r"<[^>]*>|`+(\{=html\})?|:::+( \{\.\w+\})?|\]\([^)]*\)|\{\.screen\}", " ", text)
    words = re.findall(r"[^\s*\[\]]+", text)
    assert 60 < len(words) <= 150, (len(words), words)
