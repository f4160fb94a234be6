"""The province among all provinces: order, ties, gaps, and that nothing is compared across breaks."""

import csv
import re
from datetime import date, datetime
from decimal import Decimal

import by_hand
import pandas as pd
import pytest
from axe import violations
from conftest import ROOT, run_chiso
from few_pages import text_of
from hypothesis import given
from hypothesis import strategies as st

from chiso.base.errors import UserError
from chiso.base.period import parse_period
from chiso.explain.national import (
    captured_view,
    captures,
    may_be_joined,
    national,
    national_view,
    short_name,
)
from chiso.pages import charts, commentary, tables
from chiso.portal.history import COLUMNS, provinces
from chiso.rules.indicators import GROUPS
from chiso.rules.settings import load_settings
from chiso.store.pipeline import score_period

YEAR = parse_period("2026")
SAMPLE = ROOT / "data/samples/provinces-2026-10-10/official.csv"


def rows(totals, day, period="2026", captured=None, without=()):
    """A capture: the total of each province, all in group I; `without`: (province, item) left out."""
    found = []
    for code, total in totals.items():
        values = dict.fromkeys(GROUPS, Decimal(0)) | {"I": Decimal(total), "total": Decimal(total)}
        found += [
            (
                captured or datetime.combine(day, datetime.min.time()),
                *(day, period, code, f"UBND tỉnh {code}", item, value),
            )
            for item, value in values.items()
            if (code, item) not in without
        ]
    return found


def table(*parts):
    return pd.DataFrame([row for part in parts for row in part], columns=COLUMNS)


def test_who_opens_the_page_without_results_of_provinces_is_told_how_to_take_them():
    with pytest.raises(UserError, match="make fetch PERIOD=2022-09"):
        captured_view(by_hand.figures("2022-09", {"H31": {}}))


def places(view):
    return [(one.code, one.rank) for one in view.capture.provinces]


def test_34_provinces_stand_in_the_published_order():
    with SAMPLE.open(encoding="utf-8") as file:
        published = {
            row["unit"]: int(row["value"]) for row in csv.DictReader(file) if row["item"] == "rank"
        }
    view = national(provinces(), "H31", YEAR)
    assert len(published) == 34
    assert places(view) == sorted(published.items(), key=lambda pair: pair[1])
    assert (view.own.rank, view.own.total) == (28, Decimal("59.63"))
    assert [(one.name, one.rank, one.total) for one in view.above] == [
        ("Sơn La", 27, Decimal("59.74"))
    ]
    assert [(one.name, one.rank, one.total) for one in view.below] == [
        ("TP. Bắc Ninh", 29, Decimal("59.62"))
    ]
    assert view.capture.mean == Decimal("62.58")
    # Sơn La, Bắc Ninh, Điện Biên, An Giang: from 59,18 to 59,74.
    assert view.close == 4


def test_groups_are_held_against_the_mean_and_the_highest():
    view = national(provinces(), "H31", YEAR)
    fourth = next(one for one in view.groups if one.group == "IV")
    assert (fourth.own, fourth.mean, fourth.best) == tuple(map(Decimal, ("9.49", "9.61", "12.13")))
    assert fourth.to_mean == Decimal("-0.12")
    assert (fourth.rank, fourth.of, fourth.best_names) == (21, 34, ("Tây Ninh",))
    first = next(one for one in view.groups if one.group == "I")
    assert first.best_names == ("Cà Mau", "Khánh Hòa")


def test_ties_share_a_rank_and_the_next_one_is_left_out():
    day = date(2026, 10, 10)
    view = national(table(rows({"A": 70, "B": 60, "C": 60, "D": 50}, day)), "C", YEAR)
    assert places(view) == [("A", 1), ("B", 2), ("C", 2), ("D", 4)]
    assert view.tied == 1
    assert [one.code for one in (*view.above, *view.below)] == ["A", "D"]
    both = national(table(rows({"A": 70, "B": 70, "C": 60}, day)), "C", YEAR)
    assert [one.code for one in both.above] == ["A", "B"] and both.below == ()


@given(
    st.dictionaries(
        st.sampled_from([f"P{number}" for number in range(12)]),
        st.integers(0, 1000).map(lambda number: Decimal(number) / 10),
        min_size=1,
    )
)
def test_a_rank_is_one_more_than_those_above(totals):
    view = national(table(rows(totals, date(2026, 10, 10))), next(iter(totals)), YEAR)
    for one in view.capture.provinces:
        assert one.rank == 1 + sum(other > totals[one.code] for other in totals.values())
    assert view.tied == sum(total == view.own.total for total in totals.values()) - 1
    assert all(one.total > view.own.total for one in view.above)


def test_without_all_groups_there_is_no_place_and_others_keep_theirs():
    day = date(2026, 10, 10)
    for lacking in ("IV", "total"):
        found = table(rows({"A": 70, "B": 60, "C": 50}, day, without=[("B", lacking)]))
        view = national(found, "B", YEAR)
        assert places(view) == [("A", 1), ("C", 2), ("B", None)]
        assert (view.own.total, view.above, view.below, view.close) == (None, (), (), 0)
        assert view.capture.mean == Decimal(60)


def test_a_group_that_was_published_of_no_province_is_not_shown():
    found = rows({"A": 70, "B": 60}, date(2026, 10, 10), without=[("A", "IV"), ("B", "IV")])
    view = national(table(found), "A", YEAR)
    assert [one.group for one in view.groups] == [group for group in GROUPS if group != "IV"]


def test_a_value_that_is_empty_is_no_zero():
    found = table(rows({"A": 70, "B": 60}, date(2026, 10, 10)))
    found.loc[(found["province"] == "B") & (found["item"] == "V"), "value"] = None
    view = national(found, "B", YEAR)
    assert view.own.rank is None and "V" not in view.own.points


def test_a_capture_without_our_province_still_shows_the_others():
    view = national(table(rows({"A": 70, "B": 60}, date(2026, 10, 10))), "H31", YEAR)
    assert view.own is None and (view.above, view.below, view.close) == ((), (), 0)
    assert places(view) == [("A", 1), ("B", 2)]
    assert all(one.own is None and one.rank is None for one in view.groups)


def test_there_is_no_view_of_a_period_that_was_not_captured():
    for name in ("2022-09", "2026-09", "2026-Q3", "2024"):
        assert national(provinces(), "H31", parse_period(name)) is None
    assert national(table(), "H31", YEAR) is None


def test_the_newest_capture_counts_and_of_one_day_the_last():
    day = date(2026, 10, 9)
    found = captures(
        table(
            rows({"A": 1}, day, captured=datetime(2026, 10, 10, 9)),
            rows({"A": 2}, day, captured=datetime(2026, 10, 10, 8)),
            rows({"A": 3}, date(2026, 10, 8), captured=datetime(2026, 10, 11)),
        )
    )
    assert [(one.reference_day.day, one.provinces[0].total) for one in found] == [(8, 3), (9, 1)]


def segments(*parts, period="2026"):
    course = national(table(*parts), "A", parse_period(period)).course
    return [[course.points[i].day for i in range(a, b + 1)] for a, b in course.segments], course


def test_days_of_an_open_year_are_joined_but_never_over_a_break():
    days = [date(2026, 5, 1), date(2026, 7, 19), date(2026, 7, 20), date(2026, 10, 10)]
    parts, course = segments(*(rows({"A": 60}, day) for day in days))
    assert parts == [days[:2], days[2:]]
    assert [one.from_ for one in course.breaks] == [date(2026, 7, 20)]


def test_closed_years_and_months_are_joined_where_they_follow_each_other():
    closed = [(year, date(int(year), 12, 31)) for year in ("2022", "2023", "2024", "2025", "2026")]
    parts, course = segments(*(rows({"A": 60}, day, year) for year, day in closed))
    assert [[one.year for one in part] for part in parts] == [[2022, 2023, 2024], [2025], [2026]]
    assert len(course.breaks) == 3
    months = [rows({"A": 60}, date(2027, month + 1, 5), f"2027-{month:02d}") for month in (1, 2, 4)]
    parts, _course = segments(*months, period="2027-04")
    assert [[one.month for one in part] for part in parts] == [[1, 2], [4]]


def test_an_open_period_is_not_joined_to_a_closed_one_nor_years_to_months():
    parts, _course = segments(
        rows({"A": 60}, date(2027, 12, 31), "2027"),
        rows({"A": 60}, date(2027, 11, 30), "2027-11"),
        rows({"A": 10}, date(2028, 1, 20), "2028"),
        period="2028",
    )
    assert parts == [[date(2027, 12, 31)], [date(2028, 1, 20)]]


@given(st.lists(st.dates(date(2025, 1, 1), date(2026, 12, 31)), min_size=2, unique=True))
def test_no_segment_holds_a_break(days):
    days = sorted(days)
    _parts, course = segments(
        *(rows({"A": 60}, day, str(day.year)) for day in days), period=str(days[-1].year)
    )
    for first, last in course.segments:
        inside = course.points[first : last + 1]
        assert not any(inside[0].day < one.from_ <= inside[-1].day for one in course.breaks)
        assert all(may_be_joined(*inside[i : i + 2]) for i in range(len(inside) - 1))


def test_names_are_short():
    assert short_name("UBND tỉnh Hưng Yên") == "Hưng Yên"
    assert short_name("UBND Thành phố Hà Nội") == short_name("Thành phố Hà Nội") == "TP. Hà Nội"
    assert short_name("Hưng Yên") == "Hưng Yên"


def lines_of(svg):
    """The vertices of every line that is drawn in the colour of the province."""
    paths = re.findall(r'<path d="([^"]+)"[^>]*fill="none" stroke="#d55e00"', svg)
    return [len(re.findall(r"[ML]", path)) for path in paths]


def test_the_course_is_drawn_in_pieces_and_breaks_are_named():
    days = [date(2026, 5, 1), date(2026, 6, 1), date(2026, 8, 1), date(2026, 9, 1)]
    view = national(table(*(rows({"A": 60, "B": 62}, day) for day in days)), "A", YEAR)
    chart = charts.national_course_chart(view)
    assert lines_of(chart.svg) == [2, 2]
    assert "(1) Từ 20/07/2026" in chart.note
    assert "Từ 01/08/2026 đến 01/09/2026" in chart.title
    course = tables.national_course_table(view)
    assert [row[0] for row in course.rows] == [
        *("01/09/2026", "01/08/2026", "20/07/2026", "01/06/2026", "01/05/2026"),
    ]


def test_the_newest_figures_after_a_break_are_compared_with_nothing():
    chart = charts.national_course_chart(national(provinces(), "H31", YEAR))
    assert lines_of(chart.svg) == [] or set(lines_of(chart.svg)) == {1}
    assert "không so sánh được" in chart.title


@pytest.fixture
def figures(small):
    return score_period(load_settings(YEAR), lambda _said: None)


def said(figures, monkeypatch, *parts):
    """The lead and the line for captures of one's own."""
    monkeypatch.setattr("chiso.explain.national.provinces", lambda: table(*parts))
    return commentary.national_lead(figures).data, commentary.national_line(figures)


def test_the_sample_says_its_place_its_gaps_and_what_nobody_reaches(figures):
    lead = commentary.national_lead(figures).data.replace("\\", "")
    for words in (
        "Đắk Lắk đứng thứ 7/34 tỉnh, thành phố với 65,49/100 điểm, cao hơn bình quân cả nước 2,91",
        "Kém thứ 6 (TP. Quảng Ninh) 0,42 điểm. Hơn thứ 8 (Lạng Sơn) 0,44 điểm.",
        "Trong 34,51 điểm chưa đạt, 22,74 điểm chưa tỉnh, thành phố nào đạt",
        "Điểm tối đa từng nhóm khác nhau, từ 10 đến 22 điểm",
        "Số liệu tạm tính đến 10/10/2026",
    ):
        assert words in lead
    line = commentary.national_line(figures).replace("\\", "")
    assert line.startswith("[Thứ 7/34 tỉnh, thành phố](national.html); kém nơi liền trên 0,42 điểm")
    assert line.endswith(" (công bố 10/10/2026).")
    assert "khối" not in lead + line


def test_first_tied_incomplete_and_absent_are_said_as_such(figures, monkeypatch):
    day = date(2026, 10, 10)
    for totals, without, lead, line in (
        ({"H15": 70, "B": 60}, (), "đứng thứ 1/2", "hơn nơi liền dưới 10,00"),
        ({"H15": 60, "B": 60}, (), "đồng hạng 1/2", "[Đồng hạng 1/2"),
        ({"H15": 70, "B": 60}, [("H15", "I")], "chưa được xếp hạng", ""),
        ({"B": 60}, (), "không có UBND tỉnh Đắk Lắk", ""),
    ):
        figures._worked_out.clear()
        part = rows(totals, day, without=without)
        told, short = (text.replace("\\", "") for text in said(figures, monkeypatch, part))
        assert lead in told
        assert line in short if line else short == ""


def test_names_from_a_capture_are_escaped(figures, monkeypatch):
    part = rows({"H15": 70, "B": 60}, date(2026, 10, 10))
    part = [(*row[:4], f"<b>{row[3]}</b> {{{{< x >}}}}", *row[5:]) for row in part]
    lead, line = said(figures, monkeypatch, part)
    view = national_view(figures)
    assert captured_view(figures) is view
    for text in (lead, line, tables.national_table(view).markdown):
        assert "<b>" not in text and "{{<" not in text
    assert "<b>" not in charts.national_order_chart(view).svg


def report(project):
    done = run_chiso("report", "--period", "2026", project=project)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_pages_are_made_again_when_captures_changed(built):
    site = built / "reports/_site/2026"
    assert "Đắk Lắk: thứ 7/34 tỉnh, thành phố" in text_of(site / "national.html")
    assert 'href="national.html"' in (site / "H15.html").read_text("utf-8")
    assert 'href="national.html"' in (site / "index.html").read_text("utf-8")
    assert "Không có gì thay đổi" in report(built)
    sample = built / "data/samples/provinces-2026-10-10/official.csv"
    text = sample.read_text("utf-8").replace("H49,total,65.91", "H49,total,65.50")
    sample.write_text(text, encoding="utf-8")
    assert "lần này lập 2 trang" in report(built)  # national.html and the province's page
    assert "0,01 điểm" in text_of(site / "H15.html")
    sample.unlink()
    (sample.parent / "names.csv").unlink()
    sample.parent.rmdir()
    report(built)
    assert not (site / "national.html").exists()
    assert "national.html" not in (site / "H15.html").read_text("utf-8")


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_fits_and_axe_finds_nothing(open_page, width, scheme):
    page = open_page("national", width, scheme)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert violations(page) == []
    assert page.locator("svg[role=img]").count() == 3
