"""The house style is told apart by colour-blind readers and in black and white; charts say what they show."""

import io
import itertools
import re
from dataclasses import replace

import matplotlib
import numpy as np
import pytest
from by_hand import TREE, figures, months
from conftest import ROOT
from matplotlib.figure import Figure

from chiso.base.i18n import points
from chiso.explain.trends import unit_trend
from chiso.pages import charts
from chiso.pages.charts import style
from chiso.pages.charts.style import (
    GRADES,
    HELD,
    INK,
    LOST,
    MUTED,
    ON_DARK,
    ON_LIGHT,
    PAPER,
    TRACK,
)
from chiso.rules.units import load_tree

# Machado, Oliveira, Fernandes 2009, severity 1.0: what is left of linear red, green and blue.
BLIND = {
    "protanopia": [
        [0.152286, 1.052583, -0.204868],
        [0.114503, 0.786281, 0.099216],
        [-0.003882, -0.048116, 1.051998],
    ],
    "deuteranopia": [
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
    ],
    "tritanopia": [
        [1.255528, -0.076749, -0.178779],
        [-0.078411, 0.930809, 0.147602],
        [0.004733, 0.691367, 0.303900],
    ],
    "nobody": [[1, 0, 0], [0, 1, 0], [0, 0, 1]],
}
TO_XYZ = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])


def linear(colour: str) -> np.ndarray:
    """Linear light of a colour written as #rrggbb."""
    parts = np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)]) / 255
    return np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)


def lab(light: np.ndarray) -> np.ndarray:
    """CIE L*a*b* of linear light."""
    x, y, z = (TO_XYZ @ np.clip(light, 0, 1)) / [0.9505, 1.0, 1.089]
    f = [t ** (1 / 3) if t > 0.008856 else 7.787 * t + 16 / 116 for t in (x, y, z)]
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


def distance(one: str, other: str, blindness: str) -> float:
    """How far two colours are apart for such a reader: 2.3 is just to be seen."""
    matrix = np.array(BLIND[blindness])
    return float(np.linalg.norm(lab(matrix @ linear(one)) - lab(matrix @ linear(other))))


def contrast(one: str, other: str) -> float:
    """WCAG's ratio of two colours, 1 to 21."""
    light = sorted(float(np.dot(linear(c), [0.2126, 0.7152, 0.0722])) + 0.05 for c in (one, other))
    return light[1] / light[0]


@pytest.mark.parametrize("blindness", BLIND)
def test_colours_are_far_apart_for_every_eye(blindness):
    for one, other in itertools.combinations((HELD, LOST, TRACK, INK, PAPER), 2):
        assert distance(one, other, blindness) > 8, (one, other)
    for one, other in itertools.pairwise(GRADES):
        assert distance(one, other, blindness) > 15, (one, other)


def test_classes_are_a_row_of_greys_on_a_copier():
    greys = [lab(linear(colour))[0] for colour in GRADES]
    assert all(lighter - darker > 12 for lighter, darker in itertools.pairwise(greys))


def test_marks_and_letters_stand_out():
    assert contrast(HELD, PAPER) > 4.5
    assert contrast(LOST, PAPER) > 3
    assert contrast(MUTED, PAPER) > 4.5
    for colour in GRADES:
        assert max(contrast(colour, ON_LIGHT), contrast(colour, ON_DARK)) > 4.5, colour


def test_the_dark_screen_has_a_colour_for_every_one_of_paper():
    style = (ROOT / "reports" / "page.css").read_text(encoding="utf-8")
    for colour in (HELD, LOST, TRACK, INK, MUTED, PAPER):
        assert re.search(rf'\[fill="{colour}"\]', style), colour
        assert re.search(rf'\[stroke="{colour}"\]', style), colour


def words(chart):
    """The texts of a chart, in the order in which they are written."""
    return re.findall(r"<text[^>]*>([^<]*)", chart.svg)


def test_late_dossiers_stand_beside_all_dossiers():
    # 30 of 40 late dossiers with 100 of 400 dossiers: 75% with 25%, three times its share.
    page = figures("2022-09", {code: {5: (100, 100)} for code in ("so-tu-phap", "323", "11950")}
                   | {"so-thong-tin": {5: (70, 100)}, "vp-ubnd": {5: (90, 100)}, "323": {5: (200, 200)}})  # fmt: skip
    chart = charts.late_share_chart(page)
    assert chart.title == "Đơn vị so-thong-tin giữ 75% hồ sơ trễ hạn với 20% số hồ sơ."
    shown = words(chart)
    assert {"75% / 20%", "25% / 20%"} <= set(shown)
    assert chart.source == "Nguồn: Dữ liệu minh họa của tỉnh Hưng Yên; số liệu đến 30/09/2022."


def test_without_late_dossiers_there_is_no_such_chart():
    page = figures("2022-09", {"so-tu-phap": {}, "323": {}})
    assert charts.late_share_chart(page) is None


def test_who_holds_hardly_any_late_dossier_is_not_marked():
    # 1 of 201 late dossiers with 1 of 1001 dossiers: far above its share, and no matter.
    page = figures("2022-09", {"so-tu-phap": {5: (800, 1_000)}, "vp-ubnd": {5: (0, 1)}})
    chart = charts.late_share_chart(page)
    assert chart.title.startswith("Không đơn vị nào vượt rõ tỷ trọng hồ sơ")
    # The colour of the mark stands once, in the key.
    assert chart.svg.count("#d55e00") == charts.late_share_chart(
        figures("2022-09", {code: {5: (90, 100)} for code in ("so-tu-phap", "vp-ubnd")})
    ).svg.count("#d55e00")


def test_what_a_sample_does_not_hold_is_said_and_not_drawn():
    # 40 of 1000 late dossiers are of those listed; 960 are of others.
    cohorts = {code: replace(cohort, partial=True) for code, cohort in TREE.cohorts.items()}
    counts = {
        "H31": {5: (9_000, 10_000)},
        "so-tu-phap": {5: (470, 500)},
        "vp-ubnd": {5: (490, 500)},
    }
    chart = charts.late_share_chart(figures("2022-09", counts, tree=replace(TREE, cohorts=cohorts)))
    shown = " ".join(words(chart))
    assert "không có trong danh mục" not in shown and "96%" not in shown
    assert "Ngoài hình: 96% hồ sơ trễ hạn, của các đơn vị không có trong danh mục." in chart.note
    assert "nhiều hồ sơ trễ hạn nhất" not in chart.title
    assert chart.title.startswith("Trong các đơn vị có số liệu, không đơn vị nào vượt rõ")


def test_an_agency_that_holds_its_share_does_not_stand_out():
    page = figures("2022-09", {code: {5: (90, 100)} for code in ("so-tu-phap", "vp-ubnd")})
    chart = charts.late_share_chart(page)
    assert chart.title.startswith("Không đơn vị nào vượt rõ tỷ trọng hồ sơ")


@pytest.fixture(scope="module")
def province():
    """A whole province of which one commune is far below all others and one had no dossiers."""
    tree = load_tree("hung-yen-2022")
    late = {unit.code: [30 + place % 9] * 3 for place, unit in enumerate(tree.units)}
    return months({**late, "11953": [100] * 3}, tree=tree)


def test_no_label_is_cut(province):
    unit = province.unit("so-tu-phap")
    drawn = [
        charts.late_share_chart(province),
        charts.heat_map(province),
        charts.commune_heat_map(province),
        charts.district_heat_map(province.unit("323")),
        charts.pareto_chart(province),
        charts.lost_chart(unit),
        charts.group_chart(unit),
    ]
    assert not [text for chart in drawn for text in words(chart) if "…" in text]
    long = replace(unit.unit, name=replace(unit.unit.name, vi="Ban Quản lý " * 8 + "tỉnh"))
    tree = replace(
        province.tree,
        units=tuple(long if one.code == long.code else one for one in province.tree.units),
    )
    told = " ".join(words(charts.heat_map(replace(province, tree=tree))))
    assert told.count("Ban Quản lý") >= 8


def test_the_heat_map_leaves_out_what_says_nothing_of_an_agency(province):
    chart = charts.heat_map(province)
    heads = {text for text in words(chart) if re.fullmatch(r"\d\d?", text)}
    assert "chỉ số 1, 2, 3 (số liệu chung của tỉnh)" in chart.note
    assert "các đơn vị như nhau" in chart.note
    assert "5" in heads and not {"1", "2", "3"} & heads


def test_the_numbers_of_indicators_stay_in_sight_of_many_rows(province):
    tree = province.tree
    flat = replace(tree, units=tuple(one for one in tree.units if one.level in ("tinh", "xa")))
    heads = [text for text in words(charts.heat_map(replace(province, tree=flat))) if text == "5"]
    assert len(heads) == 7  # 161 communes, 24 a block


def test_communes_are_one_row_a_district_and_one_by_one_on_its_page(province):
    districts = [text for text in words(charts.commune_heat_map(province)) if "UBND cấp xã" in text]
    assert len([text for text in districts if ": " in text]) == 10
    below = words(charts.district_heat_map(province.unit("323")))
    assert sum(text.startswith(("UBND xã", "UBND phường")) for text in below) == 17
    assert charts.district_heat_map(province.unit("so-tu-phap")) is None


def test_every_tile_leads_to_its_page(province):
    chart = charts.tile_map(province)
    links = re.findall(r'<a xlink:href="([^"]+)"', chart.svg)
    assert len(links) == len(set(links)) == 171
    assert "11953.html" in links and chart.holds_links


def test_one_outlier_does_not_squash_the_strip(province):
    # 100 late of 100 cost all of 20 points; the others lose 6,00 to 7,60.
    chart = charts.strip_chart(province.unit("11950"))
    ticks = [
        float(text.replace(",", ".")) for text in words(chart) if re.fullmatch(r"[\d,]+", text)
    ]
    assert max(ticks) - min(ticks) < 20
    assert "1 đơn vị cách xa các đơn vị khác được ghi ở mép" in chart.note
    own = charts.strip_chart(province.unit("11953"))
    assert "còn thiếu" in own.title and points(province.standing("11953").total) in own.title


def test_agencies_without_dossiers_are_no_dots():
    nothing = dict.fromkeys((4, 5, 8, 16, 18), (0, 0))
    page = figures(
        "2022-09", {"so-tu-phap": {}, "so-thong-tin": {5: (50, 100)}, "vp-ubnd": nothing}
    )
    chart = charts.strip_chart(page.unit("so-tu-phap"))
    assert "Không tính 1 đơn vị không phát sinh hồ sơ." in chart.note
    assert charts.strip_chart(page.unit("vp-ubnd")) is None


def test_few_periods_are_dots_on_one_axis_and_claim_no_course():
    few = charts.trend_chart(months({"so-tu-phap": [10, 20, 30]}).unit("so-tu-phap"))
    assert few.title.startswith("Tổng điểm giảm 4,00 điểm từ tháng 1/2022")
    assert "Trục từ 40 đến 100 điểm, như nhau ở mọi trang." in few.note
    assert "cần ít nhất 5 kỳ" in few.note
    assert {"Xuất sắc", "Khá"} <= set(words(few))
    many = charts.trend_chart(months({"so-tu-phap": [10, 20, 30, 20, 10]}).unit("so-tu-phap"))
    assert "cần ít nhất" not in many.note and "Xuất sắc" not in words(many)


def test_a_limit_below_the_usual_axis_is_drawn_where_it_is():
    """At the edge of the axis it would be said to be 40 points, where no limit lies."""
    wide = months({"so-tu-phap": [0, 100, 0, 100, 0, 100]}).unit("so-tu-phap")
    (baseline,) = unit_trend(wide).baselines
    assert 0 < baseline.lower < 40 < min(point.value for point in unit_trend(wide).points)
    assert "Trục từ 0 đến 100 điểm." in charts.trend_chart(wide).note


def test_losses_of_a_chart_are_the_agencys_own():
    # Indicator 1 is the province's: 3 of its 6 points are shared; 5 loses 10 points by own cases.
    page = figures("2022-09", {"so-tu-phap": {1: (50, 100), 5: (50, 100)}})
    chart = charts.lost_chart(page.unit("so-tu-phap"))
    assert chart.title == "Chỉ số 5 làm mất 10,00 điểm, bằng 100% số điểm đơn vị tự mất."
    assert "số liệu của tỉnh 3,00" in chart.note


def test_lines_measure_what_matplotlib_says(monkeypatch):
    """Also where another family has become the usual one between two pictures."""
    drawn = []
    for family in ("DejaVu Sans", "DejaVu Serif", "DejaVu Sans"):
        with matplotlib.rc_context({"font.serif": [family]}):
            for module in ("chiso.pages.charts.svg_writer", "matplotlib.backends.backend_svg"):
                monkeypatch.setattr(style, "_WRITER", f"module://{module}")
                figure = Figure(figsize=(3, 1))
                for place in (0.2, 0.6):
                    figure.text(
                        0.5,
                        place,
                        "Tỷ lệ đúng hạn\n14,80 / 18",
                        family="serif",
                        ha="right",
                        va="center",
                    )
                figure.text(0.1, 0.1, "$x^2$")
                drawn.append(style.svg(figure))
    assert drawn[::2] == drawn[1::2]


def test_a_chart_that_was_shown_may_be_saved_by_its_analyst(tmp_path):
    figure = Figure(figsize=(3, 1))
    figure.text(0.5, 0.5, "Tỷ lệ")
    style.svg(figure)
    into, file = io.BytesIO(), tmp_path / "own.svg"
    figure.savefig(into, format="svg")
    figure.savefig(file)
    assert "Tỷ lệ" in into.getvalue().decode() and "Tỷ lệ" in file.read_text("utf-8")
