"""The ranking and the index: order, agencies without dossiers, certainty, own change, the course of totals."""

import xml.etree.ElementTree as ET
from decimal import Decimal

from by_hand import figures, months

from chiso.explain.certainty import certainty
from chiso.pages.tables import agency_table, ranking_tables
from chiso.pages.tables.standings import sparkline

NO_DOSSIERS = dict.fromkeys((4, 5, 8, 16, 18), (0, 0))


def values(table):
    return [[getattr(cell, "value", cell) for cell in row] for row in table.rows]


def test_agencies_without_dossiers_stand_last_and_have_no_rank():
    now = figures(
        "2022-09",
        {"so-tu-phap": NO_DOSSIERS, "so-thong-tin": {5: (10, 100), 16: (0, 100)}, "vp-ubnd": {}},
    )
    (so,) = ranking_tables(now)
    assert [(row[0], row[1]) for row in values(so)] == [
        (1, "Đơn vị vp-ubnd"),
        (2, "Đơn vị so-thong-tin"),
        (None, "Đơn vị so-tu-phap (không phát sinh hồ sơ)"),
    ]
    assert values(so)[2][2] == now.standing("so-tu-phap").total
    assert values(so)[2][4:] == [None, None, None]
    assert values(so)[1][4] == "5 (18,00)"
    listed = {row[1]: row for row in values(agency_table(now))}
    assert listed["Đơn vị so-tu-phap"][5] == "không phát sinh hồ sơ"


def test_the_ranking_says_how_certain_it_is_and_what_moved_of_its_own():
    now = months({"so-tu-phap": [0, 10], "so-thong-tin": [0, 20], "vp-ubnd": [0, 30]})
    (so,) = ranking_tables(now)
    assert [field.heading for field in so.fields[4:]] == [
        "Chỉ số mất nhiều nhất do đơn vị (điểm)",
        "Khoảng hạng",
        "Khả năng giữ loại",
        "Tăng, giảm của đơn vị",
    ]
    sure = certainty(now, "so")
    for row, code in zip(values(so), ("so-tu-phap", "so-thong-tin", "vp-ubnd"), strict=True):
        one = sure[code]
        assert row[5] == (f"{one.low}–{one.high}" if one.low != one.high else str(one.low))
        assert row[6] == one.shown_probability
    assert [row[7] for row in values(so)] == [Decimal("-2.00"), Decimal("-4.00"), Decimal("-6.00")]


def test_the_index_names_the_costliest_indicator_of_an_agencys_own():
    now = figures("2022-09", {"so-tu-phap": {5: (50, 100), 16: (90, 100)}, "H31": {1: (0, 100)}})
    listed = {row[1]: row for row in values(agency_table(now, absent=["H31"]))}
    assert listed["Đơn vị so-tu-phap"][5] == "Tỷ lệ hồ sơ xử lý đúng hạn: mất 10,00 điểm"
    assert listed["Đơn vị H31"][5].endswith("(chưa lập báo cáo)")
    failed = agency_table(now, failed=["so-tu-phap"])
    assert "chưa lập được báo cáo" in failed.markdown


def test_a_sparkline_says_its_numbers_and_leaves_gaps():
    totals = [("tháng 7", Decimal("60")), ("tháng 8", None), ("tháng 9 & sau", Decimal("61"))]
    drawn = ET.fromstring(sparkline(totals))
    assert drawn.get("aria-label") == "tháng 7: 60,00; tháng 8: –; tháng 9 & sau: 61,00"  # fmt: skip
    assert drawn[0].get("d") == "M0 9.2M56 6.8"
    assert sparkline(totals[:2]) == "" and sparkline([]) == ""


def test_a_small_change_is_no_cliff():
    def rise(first, last):
        path = ET.fromstring(sparkline([("a", Decimal(first)), ("b", Decimal(last))]))[0].get("d")
        ends = [float(point.split()[1]) for point in path[1:].split("L")]
        return ends[0] - ends[1]

    assert rise("60", "60.01") < 0.1
    assert abs(rise("60", "62") - 2 * rise("60", "61")) < 0.2
    assert rise("60", "65") == rise("20", "90") == 12


def test_paper_and_workbook_have_the_number_alone():
    now = months({"so-tu-phap": [0, 10]})
    (so,) = ranking_tables(now)
    (total,) = [row[2] for row in so.rows]
    assert total.value == now.standing("so-tu-phap").total
    assert total.shown.startswith("`<svg") and "{=html}" in total.shown


def test_a_ranking_says_a_tie_and_counts_on():
    late = {"so-tu-phap": {}, "so-thong-tin": {5: (90, 100)}, "vp-ubnd": {5: (90, 100)}}
    (so,) = ranking_tables(figures("2022-09", {"H31": {}} | late))
    assert [(row[0].value, row[0].shown) for row in so.rows] == [
        (1, "1"),
        (2, "đồng hạng 2"),
        (2, "đồng hạng 2"),
    ]
