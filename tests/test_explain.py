"""Changes, carriers, standing, free points, the way to the next class, obligations: by hand."""

from dataclasses import replace
from decimal import Decimal

import pytest
from by_hand import TREE, figures, months

from chiso import explain
from chiso.base.i18n import use_language


def test_changes_need_the_period_right_before():
    now = figures("2022-09", {"so-tu-phap": {}})
    assert explain.changes(now.unit("so-tu-phap")) == ()
    assert explain.total_change(now.unit("so-tu-phap")) is None
    assert explain.changes_by_agency(now) == ()
    july = figures("2022-07", {"so-tu-phap": {}})
    assert replace(now, earlier=(july,)).previous is None


def test_changes_of_a_unit_give_points_and_counts_of_both_periods():
    before = figures("2022-08", {"so-tu-phap": {5: (80, 100), 12: (None, None)}})
    now = figures("2022-09", {"so-tu-phap": {5: (90, 120)}}, earlier=(before,))
    unit = now.unit("so-tu-phap")
    change = explain.changes(unit)[4]
    # 20 x 80/100 = 16,00; 20 x 90/120 = 15,00
    assert (change.number, change.before, change.after) == (5, Decimal("16.00"), Decimal("15.00"))
    assert change.difference == Decimal("-1.00")
    assert (change.numerator_before, change.denominator_before) == (80, 100)
    assert (change.numerator_after, change.denominator_after) == (90, 120)
    absent = explain.changes(unit)[11]
    assert (absent.before, absent.after, absent.difference) == (None, Decimal("6.00"), None)
    total = explain.total_change(unit)
    assert (total.before.total, total.after.total, total.difference) == (
        None,
        Decimal("93.00"),
        None,
    )
    assert total.period == "tháng 8/2022"


def test_a_unit_that_is_new_has_nothing_to_compare_with():
    before = figures("2022-08", {"so-tu-phap": {}})
    now = figures("2022-09", {"so-tu-phap": {}, "vp-ubnd": {}}, earlier=(before,))
    assert explain.changes(now.unit("vp-ubnd")) == ()
    assert [change.unit.code for change in explain.changes_by_agency(now)] == ["so-tu-phap"]


def test_changes_of_the_province_say_who_moved_most_both_ways():
    before = figures(
        "2022-08", {"so-tu-phap": {5: (80, 100)}, "vp-ubnd": {5: (90, 100)}, "323": {}}
    )
    now = figures(
        "2022-09", {"so-tu-phap": {5: (95, 100)}, "vp-ubnd": {5: (85, 100)}, "323": {}}, (before,)
    )
    by_agency = [(one.unit.code, one.difference) for one in explain.changes_by_agency(now)]
    assert by_agency == [
        ("so-tu-phap", Decimal("3.00")),
        ("323", Decimal("0.00")),
        ("vp-ubnd", Decimal("-1.00")),
    ]


def test_classes_now_and_before():
    before = figures("2022-08", {"so-tu-phap": {5: (50, 100)}, "vp-ubnd": {}})
    now = figures("2022-09", {"so-tu-phap": {}, "vp-ubnd": {5: (None, None)}}, (before,))
    # 98 - 10 = 88: Tốt; 98: Xuất sắc
    rows = [(str(row.band), row.now, row.before) for row in explain.class_table(now)]
    assert rows == [
        ("Xuất sắc", 1, 1),
        ("Tốt", 0, 1),
        ("Khá", 0, 0),
        ("Trung bình", 0, 0),
        ("Yếu", 0, 0),
        ("None", 1, 0),
    ]
    assert all(row.before is None for row in explain.class_table(before))


PROVINCE = {
    "H31": {5: (840, 1000)},
    # A third of all that is late, though not the lowest rate.
    "so-tu-phap": {5: (340, 400)},
    "so-thong-tin": {5: (8, 10)},
    "323": {5: (492, 590)},
    "11950": {5: (200, 250)},
    "11953": {5: (270, 300)},
}


def test_carriers_count_each_case_once():
    # 1000 - 840 = 160 late: 60 + 2 of the departments; district 98, of which 50 + 30 in its communes, 18 its own.
    found = explain.carriers(figures("2022-09", PROVINCE), 5)
    cases = {one.unit.code: one.cases for one in found}
    assert cases == {"so-tu-phap": 60, "11950": 50, "11953": 30, "323": 18, "so-thong-tin": 2}
    assert sum(cases.values()) == 160
    assert [one.unit.code for one in found] == list(cases)
    first = found[0]
    assert (first.share, first.cumulative) == (Decimal("0.375"), Decimal("0.375"))
    assert first.rate == Decimal("0.85") and not first.is_lowest
    assert found[-1].cumulative == 1
    # 22 of the district's own 40 dossiers were in time: the lowest rate.
    assert [one.unit.code for one in found if one.is_lowest] == ["323"]


def test_procedures_are_counted_in_each_agencys_own_scope():
    counts = {
        "H31": {9: (5, 12)},
        "so-tu-phap": {9: (1, 4)},
        "323": {9: (3, 5)},
        "11950": {9: (2, 6)},
    }
    found = explain.carriers(figures("2022-09", counts), 9)
    assert {one.unit.code: one.cases for one in found} == {"so-tu-phap": 3, "323": 2, "11950": 4}


def test_nobody_carries_what_all_inherit_from_the_province():
    assert explain.carriers(figures("2022-09", {"H31": {1: (1, 2)}, "so-tu-phap": {}}), 1) == ()


def test_what_a_sample_does_not_hold_is_the_rest_of_the_province():
    cohorts = {code: replace(cohort, partial=True) for code, cohort in TREE.cohorts.items()}
    counts = {"H31": {5: (50, 100)}, "so-tu-phap": {5: (10, 20)}}
    found = explain.carriers(figures("2022-09", counts, tree=replace(TREE, cohorts=cohorts)), 5)
    assert [(one.unit.code, one.cases, one.is_rest) for one in found] == [
        ("H31", 40, True),
        ("so-tu-phap", 10, False),
    ]


def test_counts_that_do_not_add_up_give_no_negative_part():
    counts = {"H31": {5: (100, 100)}, "so-tu-phap": {5: (10, 20)}, "323": {5: (None, None)}}
    found = explain.carriers(figures("2022-09", counts), 5)
    assert [(one.unit.code, one.cases) for one in found] == [("so-tu-phap", 10)]


def test_pareto_orders_indicators_by_what_all_agencies_lose():
    counts = {"H31": {}, "so-tu-phap": {5: (50, 100)}, "vp-ubnd": {5: (80, 100), 16: (0, 100)}}
    items = explain.pareto(figures("2022-09", counts))
    # 10 + 4 = 14 on 5; 4 on 16: 18 in all; 2 + 2 on 6 are by rule and nobody's own
    assert [(item.number, item.points) for item in items] == [
        (5, Decimal("14.00")),
        (16, Decimal("4.00")),
    ]
    assert items[0].share == Decimal(14) / 18 and items[-1].cumulative == 1
    assert [one.unit.code for one in items[0].carriers] == ["so-tu-phap", "vp-ubnd"]


def test_standing_in_a_cohort_with_a_tie():
    counts = {
        "so-tu-phap": {5: (95, 100)},
        "so-thong-tin": {5: (90, 100)},
        "vp-ubnd": {5: (90, 100)},
    }
    unit = figures("2022-09", counts).unit("vp-ubnd")
    found = explain.cohort_standing(unit)
    assert explain.cohort_totals(unit) == {
        "so-tu-phap": Decimal("97.00"),
        "so-thong-tin": Decimal("96.00"),
        "vp-ubnd": Decimal("96.00"),
    }
    assert (found.members, found.lowest, found.highest) == (3, Decimal("96.00"), Decimal("97.00"))
    assert (found.own, found.rank, found.size, found.tied) == (Decimal("96.00"), 2, 3, 1)
    assert (found.next_rank, found.to_next_rank) == (1, Decimal("1.00"))
    assert (found.next_class, found.to_next_class) == (None, None)


def test_the_distance_to_the_next_class():
    found = explain.cohort_standing(figures("2022-09", {"323": {5: (55, 100)}}).unit("323"))
    assert (str(found.next_class), found.to_next_class) == ("Xuất sắc", Decimal("1.00"))
    assert (found.next_rank, found.to_next_rank, found.tied) == (None, None, 0)


def test_a_unit_without_a_total_stands_nowhere():
    unit = figures("2022-09", {"323": {5: (None, None)}}).unit("323")
    found = explain.cohort_standing(unit)
    assert (found.own, found.rank, found.tied, found.to_next_class) == (None, None, 0, None)
    assert explain.free_points(unit).rank_without is None


def test_free_petition_points_that_decide_a_rank():
    # so-tu-phap loses 3 points on petitions, vp-ubnd 2 on late dossiers and gets its 12 for nothing.
    counts = {"so-tu-phap": {19: (1, 2)}, "vp-ubnd": {5: (90, 100)}}
    now = figures("2022-09", counts)
    found = explain.free_points(now.unit("vp-ubnd"))
    assert (found.free, found.free_numbers) == (Decimal(12), (19, 20))
    assert (found.inherited, found.inherited_numbers) == (Decimal(12), (1, 2, 3))
    assert (found.rank, found.rank_without, found.decides_rank) == (1, 2, True)
    other = explain.free_points(now.unit("so-tu-phap"))
    assert (other.rank, other.rank_without, other.decides_rank) == (2, 1, True)
    assert (other.free, other.free_numbers) == (Decimal(6), (20,))


def test_free_petition_points_of_all_decide_nothing():
    now = figures("2022-09", {"so-tu-phap": {}, "vp-ubnd": {5: (90, 100)}})
    assert not explain.free_points(now.unit("vp-ubnd")).decides_rank


def test_obligations_name_all_who_lead_and_coordinate():
    use_language("en")
    unit = figures("2022-09", {"so-thong-tin": {5: (90, 100)}}).unit("so-thong-tin")
    found = {(duty.number, duty.role): duty for duty in explain.unit_duties(unit)}
    assert found[5, "lead"].points_lost == Decimal("2.00")
    assert (6, "coordinating") in found and (6, "lead") in found
    assert "VNPT Hưng Yên (operator of the one-stop system)" in found[10, "lead"].coordinating


def test_who_must_follow_up_where_points_are_lost():
    now = figures("2022-09", {"H31": {}, "so-tu-phap": {5: (90, 100)}, "323": {10: (0, 100)}})
    found = explain.follow_up(now)
    assert [(one.number, one.points, one.agencies) for one in found] == [
        (5, Decimal("2.00"), 1),
        (10, Decimal("2.00"), 1),
    ]
    assert found[1].coordinating == ("Văn phòng UBND tỉnh", "Cục Thuế", "VNPT Hưng Yên")


@pytest.mark.parametrize(("period", "name"), [("2022-07", "hung-yen-2022"), ("2022-09", None)])
def test_no_obligations_before_the_annex_or_without_one(period, name):
    now = figures(period, {"so-tu-phap": {5: (90, 100)}}, assignments=name)
    assert explain.unit_duties(now.unit("so-tu-phap")) == explain.follow_up(now) == ()


def test_a_verdict_on_an_agency_is_that_of_its_trend():
    late = {"so-tu-phap": [20, 22, 21, 23, 20, 60], "vp-ubnd": [20, 22, 21, 23, 20, 22]}
    now = months(late)
    assert {one.unit.code: one.verdict for one in explain.changes_by_agency(now)} == {
        "so-tu-phap": "concern",
        "vp-ubnd": "common",
    }


NONE_FOR_1_TO_3 = dict.fromkeys((1, 2, 3), (None, None))


def test_a_loss_in_a_rescaled_group_is_what_the_group_lacks():
    # 18 x 0,5 = 9: the one indicator left loses all 9 points of the group.
    now = figures(
        "2022-09", {"323": NONE_FOR_1_TO_3 | {4: (50, 100)}}, indicator_set="766-portal-2025"
    )
    unit = now.unit("323")
    found = {loss.numbers: loss.points for loss in explain.losses(unit)}
    # 8: 6 x 1 x 0,5 / 0,5 = 6.
    assert found == {(4,): Decimal("9.00")}
    assert unit.standing.total == Decimal("91.00")


def test_points_on_two_scales_are_not_compared():
    then = figures("2022-08", {"323": {4: (90, 100)}}, indicator_set="766-portal-2025")
    now = figures(
        "2022-09",
        {"323": NONE_FOR_1_TO_3 | {4: (90, 100)}},
        (then,),
        indicator_set="766-portal-2025",
    )
    found = {change.number: change for change in explain.changes(now.unit("323"))}
    assert (found[4].before, found[4].after) == (Decimal("5.40"), Decimal("16.20"))
    assert found[4].difference is None
    assert found[5].difference == 0
