"""Whose every lost point is, what a change is made of: by hand, and as laws of random provinces."""

from decimal import Decimal

import pytest
from by_hand import FULL, figures
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chiso.explain.decomposition import class_moves, decomposition, direction, near_next_class
from chiso.explain.ownership import all_lost, has_dossiers, losses_by_kind, ownership, with_dossiers
from chiso.pages.tables.losses import loss_table

LAW = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
COUNT = st.integers(0, 30).flatmap(lambda of: st.tuples(st.integers(0, of), st.just(of)))
COUNTS = st.fixed_dictionaries(dict.fromkeys(FULL, COUNT))
NONE = dict.fromkeys(FULL, (0, 0))


def by_number(unit):
    return {item.numbers[0]: item for item in ownership(unit)}


def test_each_point_belongs_to_somebody():
    province = {1: (1, 2)}
    counts = {5: (50, 100), 7: (0, 0), 19: (0, 1), 20: (0, 5)}
    now = figures("2022-09", {"H31": province, "so-tu-phap": counts})
    lost = by_number(now.unit("so-tu-phap"))
    # 6 x 1/2 of the province; 20 x 50/100; 0/0 and the indicator of the province only; 1 petition; 5 petitions
    assert lost[1].shared == Decimal("3.00") == lost[1].points
    assert lost[5].own == Decimal("10.00") == lost[5].points
    assert (lost[7].structural, lost[6].structural) == (Decimal(4), Decimal(2))
    assert lost[19].chance == Decimal("6.00") == lost[19].points
    assert lost[20].own == Decimal("6.00") == lost[20].points
    assert by_number(now.province)[1].own == Decimal("3.00")


def test_no_score_by_rule_is_structural_and_no_data_is_not_lost():
    lost = by_number(
        figures("2022-09", {"so-tu-phap": {12: (0, 0), 16: (None, None)}}).unit("so-tu-phap")
    )
    assert (lost[12].structural, lost[12].points) == (Decimal(6), Decimal(6))
    assert lost[16].points == 0


def test_the_rest_of_a_published_group_is_the_units_own():
    gone = dict.fromkeys((7, 8), (None, None))
    now = figures("2022-09", {"so-tu-phap": gone}, official=(("so-tu-phap", "III.a", "7.50"),))
    unit = now.unit("so-tu-phap")
    rest = next(item for item in ownership(unit) if len(item.numbers) > 1)
    # 12 - 7,5 = 4,5, of which 2 on indicator 6 by rule
    assert (rest.numbers, rest.own) == ((7, 8), Decimal("2.50"))
    assert all_lost(unit).points == 100 - unit.standing.total


@LAW
@given(COUNTS, COUNTS)
def test_own_shared_structural_and_chance_are_all_that_is_lost(province, own):
    now = figures("2022-09", {"H31": province, "so-tu-phap": own})
    for code in ("H31", "so-tu-phap"):
        unit = now.unit(code)
        assert all_lost(unit).points == 100 - unit.standing.total
        rows = {row.indicator: row for row in unit.indicators.itertuples()}
        for number, item in by_number(unit).items():
            lost = rows[number].points_lost
            assert item.points == (rows[number].max_points if lost is None else lost)


@LAW
@given(COUNTS, COUNTS, COUNTS, COUNTS)
def test_a_change_is_the_sum_of_its_parts(province, own, province_before, own_before):
    before = figures("2022-08", {"H31": province_before, "so-tu-phap": own_before})
    now = figures("2022-09", {"H31": province, "so-tu-phap": own}, (before,))
    for code in ("H31", "so-tu-phap"):
        change = decomposition(now.unit(code))
        total = now.standing(code).total - before.standing(code).total
        assert change.total == total == change.own + change.shared + change.rounding
        assert change.rounding == 0
        assert sum(one.rate + one.scope for one in change.effects) == total
        assert {one.numbers[0] for one in change.effects if one.is_shared} <= {1, 2, 3}
        assert code != "H31" or change.shared == 0


def test_rate_and_scope_of_a_change():
    before = {5: (80, 100), 7: (6, 10), 20: (0, 0)}
    after = {5: (450, 500), 7: (9, 20), 20: (0, 1)}
    earlier = figures("2022-08", {"so-tu-phap": before})
    change = decomposition(figures("2022-09", {"so-tu-phap": after}, (earlier,)).unit("so-tu-phap"))
    parts = {one.numbers: (one.rate, one.scope) for one in change.effects}
    # Dossiers are a flow: 16 -> 18. Services are a stock: 4 x 6/20 - 4 x 6/10 = -1,20, then +0,60.
    assert parts[(5,)] == (Decimal("2.00"), Decimal(0))
    assert parts[(7,)] == (Decimal("0.60"), Decimal("-1.20"))
    # One petition where there was none: full marks are gone.
    assert parts[(20,)] == (Decimal(0), Decimal("-6.00"))
    assert change.petitions == Decimal("-6.00")
    assert (change.petitions_before, change.petitions_after) == (0, 1)


def test_without_a_period_before_there_is_no_change():
    now = figures("2022-09", {"so-tu-phap": {}})
    assert decomposition(now.unit("so-tu-phap")) is None
    assert class_moves(now) == ((), ())
    assert direction(now.unit("so-tu-phap")).difference is None


def test_the_direction_is_that_of_all_periods():
    july = figures("2022-07", {"so-tu-phap": {5: (100, 100)}})
    august = figures("2022-08", {"so-tu-phap": {5: (80, 100)}})
    now = figures("2022-09", {"so-tu-phap": {5: (90, 100)}}, (july, august))
    found = direction(now.unit("so-tu-phap"))
    assert [total for _label, total in found.totals] == [98, 94, 96]
    assert found.difference == Decimal("-2.00")


def test_moves_of_class_by_name():
    before = figures("2022-08", {"so-tu-phap": {5: (50, 100)}, "vp-ubnd": {}, "323": {}})
    after = {"so-tu-phap": {}, "vp-ubnd": {5: (58, 100)}, "323": {5: (59, 100)}}
    rose, fell = class_moves(now := figures("2022-09", after, (before,)))
    assert [(one.unit.code, one.before.code, one.after.code) for one in rose] == [
        ("so-tu-phap", "tot", "xuat-sac")
    ]
    assert [one.unit.code for one in fell] == ["vp-ubnd", "323"]
    # 98 - 8,2 = 89,8 lacks 0,20; 98 - 8,4 = 89,6 lacks 0,40
    assert [(one.unit.code, one.lacking) for one in near_next_class(now)] == [
        ("323", Decimal("0.20")),
        ("vp-ubnd", Decimal("0.40")),
    ]


def test_an_agency_without_dossiers_is_no_leader_of_losses():
    now = figures("2022-09", {"so-tu-phap": {5: (90, 100)}, "vp-ubnd": NONE})
    assert not has_dossiers(now.unit("vp-ubnd"))
    assert [one.unit.code for one in with_dossiers(now)] == ["so-tu-phap"]
    assert [(one.number, one.kind, one.agencies) for one in losses_by_kind(now)] == [
        (5, "own", 1),
        (6, "structural", 1),
    ]


@pytest.mark.parametrize("counts", [{4: (None, None), 5: (None, None)}, {5: (0, 3)}])
def test_an_agency_of_which_nothing_is_known_is_not_called_empty(counts):
    unknown = dict.fromkeys((4, 5, 8, 16, 18), (None, None))
    assert has_dossiers(figures("2022-09", {"so-tu-phap": unknown | counts}).unit("so-tu-phap"))


def test_what_is_counted_of_an_indicator_of_procedures_is_not_called_dossiers():
    """Cases of 17 are procedures, those of 20 petitions."""
    found = figures("2022-09", {"so-tu-phap": {5: (50, 100), 17: (1, 4)}})
    told = {row[0]: str(row[-1].value) for row in loss_table(found).rows}
    assert "50 trường hợp, tỷ lệ 50,00%" in told[5]
    assert "3 trường hợp, tỷ lệ 25,00%" in told[17]
