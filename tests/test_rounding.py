"""Every figure is rounded half up, once, from its exact value: on pages, in charts, in workbooks."""

import json
import re
from datetime import date
from decimal import Decimal
from fractions import Fraction
from math import floor

import openpyxl
import pytest
from by_hand import figures, months
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib.figure import Figure
from test_national import YEAR, rows, table

from chiso import explain
from chiso.base.excel import Cover
from chiso.base.i18n import (
    count,
    decimals,
    percent,
    points,
    short_points,
    signed_points,
    use_language,
    whole_percent,
)
from chiso.base.rounding import half_up
from chiso.explain import Carrier
from chiso.explain.national import national
from chiso.pages import charts, tables
from chiso.pages.charts.style import number_ticks
from chiso.pages.remarks import rounding_remark
from chiso.pages.tables import MIME, Field, Table
from chiso.publishing.downloads import write_tables
from chiso.rules.units import load_tree

wholes = st.integers(0, 10**9)
parts = st.tuples(wholes, st.integers(1, 10**9)).map(lambda two: (min(two), max(two)))
# A quarter of all fractions over 32 or 2,000 lie right between two figures.
halves = st.tuples(st.integers(0, 2000), st.sampled_from([32, 160, 2000])).map(
    lambda two: (min(two), two[1])
)


def written(value: Fraction, digits: int) -> str:
    """The value half up with a decimal comma, by whole numbers alone; from 0 on."""
    steps = floor(value * 10**digits + Fraction(1, 2))
    whole, rest = divmod(steps, 10**digits)
    grouped = f"{whole:,}".replace(",", ".")
    return f"{grouped},{rest:0{digits}d}" if digits else grouped


@given(st.one_of(parts, halves))
def test_what_is_shown_is_the_exact_value_half_up(part):
    exact = rate = Fraction(*part)
    assert percent(rate) == written(exact * 100, 2) + "%"
    assert whole_percent(rate) == written(exact * 100, 0) + "%"
    assert points(rate * 20) == written(exact * 20, 2)
    assert signed_points(-rate).lstrip("−") == written(exact, 2)
    assert decimals(rate, 3) == written(exact, 3)
    assert short_points(rate) == (written(exact, 2).rstrip("0").rstrip(",") or "0")


@given(st.decimals(-1000, 1000, places=4), st.integers(0, 3))
def test_rounding_is_the_same_on_both_sides_of_zero(value, digits):
    assert half_up(value, digits) == -half_up(-value, digits)
    assert not half_up(value, digits).is_signed() or half_up(value, digits) < 0


def test_a_difference_of_nothing_has_no_sign():
    assert signed_points(Decimal("-0.004")) == signed_points(Decimal("0.004")) == "0,00"
    assert points(Decimal("-0.004")) == "0,00"
    assert signed_points(Decimal("-0.005")) == "−0,01"


def words(markdown: str) -> str:
    """Markdown as it is read: without the marks that keep it from being taken for more."""
    return re.sub(r" +", " ", markdown.replace("\\", ""))


def rate_on_page(numerator: int, denominator: int) -> str:
    """The rate of indicator 11 in the table of a commune."""
    page = figures("2022-09", {"11950": {11: (numerator, denominator)}})
    lines = words(tables.indicator_table(page.unit("11950")).markdown).splitlines()
    return re.search(r"[\d,]+%", next(line for line in lines if line.startswith("| 11 |")))[0]


def test_5_of_32_dossiers_are_15_63_percent():
    assert rate_on_page(5, 32) == "15,63%"
    assert rate_on_page(1_562_499, 10_000_000) == "15,62%"


def test_a_rate_is_rounded_once_also_where_its_ten_stored_digits_are_a_half():
    # 51/1020001 = 0,00004999995: stored with ten digits as 0,0000500000
    page = figures("2022-09", {"11950": {11: (51, 1_020_001)}})
    held = page.unit("11950").indicators
    assert held.loc[held["indicator"] == 11, "rate"].item() == Decimal("0.0000500000")
    assert rate_on_page(51, 1_020_001) == "0,00%"


late = st.lists(st.integers(0, 3200), min_size=3, max_size=3)
CODES = ("so-tu-phap", "so-thong-tin", "vp-ubnd")


def two_months(before, after):
    late_by_unit = {"H31": [0, 0]} | {
        code: [*two] for code, *two in zip(CODES, before, after, strict=True)
    }
    return months(late_by_unit, first="2022-08", of=3200)


def told(text: str) -> Decimal:
    """The number that a reader sees: −0,50 -> -0.50."""
    return Decimal(text.replace("−", "-").replace("+", "").replace(",", "."))


@settings(max_examples=15, deadline=None)
@given(late, late)
def test_differences_are_those_of_the_figures_beside_them(before, after):
    page = two_months(before, after)
    for item in explain.changes_by_agency(page):
        shown = (told(points(item.before)), told(points(item.after)))
        assert told(signed_points(item.difference)) == shown[1] - shown[0]


def test_the_lines_of_a_change_add_up_to_it():
    page = two_months((0, 0, 16), (0, 16, 64))
    rows = tables.province_change_table(page).rows
    assert sum(row[4] for row in rows[:-1]) == rows[-1][4]
    assert all(row[2] + row[3] == row[4] for row in rows if row[2] is not None)


def test_shares_that_do_not_add_up_say_so():
    page = figures("2022-09", {code: {5: (90, 100)} for code in CODES})
    found = explain.carriers(page, 5)
    # a third each: 33% -> 33%, 33% -> 67%, 33% -> 100%
    assert [whole_percent(one.cumulative) for one in found] == ["33%", "67%", "100%"]
    assert rounding_remark(found) == "Tỷ lệ làm tròn đến 1% nên cộng lại có thể lệch."
    even = figures("2022-09", {CODES[0]: {5: (90, 100)}, CODES[1]: {5: (70, 100)}})
    assert rounding_remark(explain.carriers(even, 5)) == ""


shares = st.lists(st.integers(1, 1000), min_size=1, max_size=8)


@given(shares)
def test_no_remark_means_that_every_sum_can_be_checked(cases):
    total, running, found = sum(cases), 0, []
    for own in cases:
        running += own
        found.append(
            Carrier(
                unit=None,
                cases=own,
                denominator=own,
                rate=Decimal(0),
                share=Fraction(own, total),
                cumulative=Fraction(running, total),
                is_lowest=False,
                is_rest=False,
            )
        )
    told_whole = [int(whole_percent(one.share)[:-1]) for one in found]
    sums = [int(whole_percent(one.cumulative)[:-1]) for one in found]
    adds_up = all(sum(told_whole[: i + 1]) == sums[i] for i in range(len(found)))
    assert (rounding_remark(found) == "") == adds_up


# Totals of some hundredths apart: the ticks of every axis need decimals.
CLOSE = {
    "H31": [500, 501, 502, 501, 503, 505],
    "so-tu-phap": [500, 502, 501, 503, 502, 509],
    "so-thong-tin": [510, 512, 511, 513, 512, 505],
    # Far from the others of their cohort: a strip with steps of 2,5.
    "vp-ubnd": [0] * 6,
    "so-y-te": [650] * 6,
    "323": [500, 501, 502, 501, 503, 504],
    "11950": [510, 502, 501, 503, 502, 509],
    "11953": [520, 522, 521, 523, 522, 515],
}
# Of provinces, less than a point apart.
TOTALS = {"A": "60.25", "B": "60.5", "C": "60.75"}


@pytest.fixture(scope="module")
def province():
    """Six months of all agencies of the province of 2022, most of them steady."""
    tree = load_tree("hung-yen-2022")
    return months({**{unit.code: [500] * 6 for unit in tree.units}, **CLOSE}, of=900, tree=tree)


def all_charts(page) -> dict[str, charts.Chart]:
    unit = page.unit("so-tu-phap")
    country = national(table(*(rows(TOTALS, date(2022, month, 9)) for month in (8, 9))), "B", YEAR)
    return {
        "change_chart": charts.change_chart(page),
        "class_chart": charts.class_chart(page),
        "commune_heat_map": charts.commune_heat_map(page),
        "district_heat_map": charts.district_heat_map(page.unit("323")),
        "group_chart": charts.group_chart(unit),
        "heat_map": charts.heat_map(page),
        "late_share_chart": charts.late_share_chart(page),
        "lost_chart": charts.lost_chart(unit),
        "national_course_chart": charts.national_course_chart(country),
        "national_group_chart": charts.national_group_chart(country, page.book.set.groups),
        "national_order_chart": charts.national_order_chart(country),
        "pareto_chart": charts.pareto_chart(page),
        "strip_chart": charts.strip_chart(unit),
        "tile_map": charts.tile_map(page),
        "trend_chart": charts.trend_chart(unit),
    }


@pytest.mark.parametrize(("language", "own", "other"), [("vi", ",", "."), ("en", ".", ",")])
def test_every_chart_has_the_readers_decimal_sign(province, language, own, other):
    use_language(language)
    drawn = all_charts(province)
    assert set(drawn) == set(charts.__all__) - {"Chart"}, "a new chart belongs into this test"
    for name, chart in drawn.items():
        texts = re.findall(r"<text[^>]*>([^<]*)", chart.svg)
        # 15,625 dossiers are no decimals: three digits behind the sign are thousands.
        wrong = [text for text in texts if re.search(rf"\d\{other}\d(?!\d\d\b)", text)]
        assert not wrong, name
        if name == "strip_chart":
            ticks = [text for text in texts if re.fullmatch(rf"\d+\{own}\d+", text)]
            assert len(ticks) > 2, (name, texts)


def test_ticks_show_the_decimals_that_they_need_and_no_offset():
    def ticks(*values):
        axes = Figure().add_subplot()
        axes.set_xticks(values)
        number_ticks(axes.xaxis)
        return axes.xaxis.get_major_formatter().format_ticks(list(values))

    assert ticks(80, 77.5, 75) == ["80,0", "77,5", "75,0"]
    assert ticks(70, 80, 90) == ["70", "80", "90"]
    assert ticks(0.1 + 0.2, 0.4) == ["0,3", "0,4"]
    assert ticks(76.37, 76.375) == ["76,370", "76,375"]
    assert ticks(-1e-15, 1234.5) == ["0,0", "1.234,5"]


def test_a_cell_of_the_heat_map_is_half_up():
    # 1 of 8 = 12,5 percent of the maximum; 20 x 1/8 = 2,50 points
    page = figures("2022-09", {"so-tu-phap": {5: (1, 8)}})
    texts = re.findall(r"<text[^>]*>([^<]*)", charts.heat_map(page).svg)
    # Twice as the number of an indicator or a cell: 13 heads a column, and so does 12.
    assert (texts.count("13"), texts.count("12")) == (2, 1)


def test_a_workbook_holds_the_figures_of_the_page(tmp_path):
    shown = Table(
        anchor="table-x",
        sheet="Bảng",
        caption="",
        fields=(
            Field("Tỷ lệ", "percent"),
            Field("Phần", "share"),
            Field("Bình quân", "points"),
            Field("Tăng", "difference"),
            Field("Số", "count"),
        ),
        rows=[
            [Decimal("0.15625"), Decimal("0.125"), Decimal(20) / 3, Decimal("0.005"), 1234],
            # LibreOffice shows 0,19315 in a cell of the format 0.00% as 19,31%.
            [Decimal("0.19315"), None, None, Decimal("-0.01"), None],
        ],
    )
    executed = tmp_path / "x.ipynb"
    bundle = {"data": {MIME: shown._repr_mimebundle_()[MIME]}}
    executed.write_text(json.dumps({"cells": [{"outputs": [bundle]}]}), encoding="utf-8")
    assert write_tables(executed, tmp_path / "x.xlsx", lambda: Cover("Bảng"))
    sheet = openpyxl.load_workbook(tmp_path / "x.xlsx")["Bảng"]
    rows = list(sheet.iter_rows(values_only=True))
    head, first, second = rows[-3:]
    # Real percentages: a cell holds the rate as far as its format shows it.
    assert head[:2] == ("Tỷ lệ", "Phần")
    assert first == (0.1563, 0.13, 6.67, 0.01, 1234)
    assert second == (0.1932, None, None, -0.01, None)
    formats = [cell.number_format for cell in list(sheet.iter_rows())[-2]]
    assert formats == ["0.00%", "0%", "#,##0.00", "+#,##0.00;-#,##0.00;0.00", "#,##0"]
    page = words(shown.markdown)
    assert "15,63% | 13% | 6,67 | +0,01 | 1.234" in page
    assert "19,32% | – | – | −0,01 | –" in page


def test_a_comparison_is_written_as_the_reader_writes_numbers():
    page = figures(
        "2022-09",
        {"so-tu-phap": {5: (5, 32)}},
        official=(("so-tu-phap", "5", "3.1"), ("so-tu-phap", "rank", "7")),
    )
    table = tables.difference_table(page.unit("so-tu-phap"))
    # 20 x 5/32 = 3,125
    assert table.rows == [["5", "3,13", "3,10"], ["Hạng", "1", "7"]]


def test_counts_are_whole():
    assert count(1234567) == "1.234.567"
