"""The way up is the shortest there is: against brute force, on the edges, from cases that overlap."""

import random
from decimal import Decimal
from itertools import product

import pytest
from by_hand import FULL, TREE, figures

from chiso.explain import way_up as module
from chiso.explain.explanation import aimed_total
from chiso.explain.way_up import most_reachable, next_band, way_up
from chiso.scoring.score import Count, score_unit

SETS = ("766-2022", "766-portal-2026")
OWN = [number for number in FULL if number > 3 and number != 6]


def total_with(unit, extra):
    """The total by scoring with so many cases more on each indicator."""
    counts = {}
    for row in unit.indicators.itertuples():
        more = extra.get(row.indicator, 0)
        count = (row.numerator, row.denominator)
        if more:
            count = (min(row.numerator + more, row.denominator), row.denominator)
        counts[row.indicator] = Count(*count)
    return score_unit(counts, {}, unit.figures.book, unit.unit.level).total.points


def fewest_by_trying_all(unit, aim, signatures):
    """The fewest cases of all choices, None where none is enough."""
    best = None
    keys = list(signatures)
    for chosen in product(*(range(signatures[key] + 1) for key in keys)):
        if best is not None and sum(chosen) >= best:
            continue
        extra = {}
        for key, cases in zip(keys, chosen, strict=True):
            for number in key:
                extra[number] = extra.get(number, 0) + cases
        if total_with(unit, extra) >= aim:
            best = sum(chosen)
    return best


def random_unit(seed, indicator_set):
    """A unit that fails on a few indicators with small or odd denominators, and an aim."""
    draw = random.Random(seed)
    counts = {}
    for number in draw.sample(OWN, draw.choice((1, 2, 3))):
        of = draw.choice((1, 2, 3, 7, 9, 40, 333, 2999))
        counts[number] = (of - draw.randint(1, min(of, 5)), of)
    now = figures("2022-09", {"so-tu-phap": counts}, indicator_set=indicator_set)
    unit = now.unit("so-tu-phap")
    signatures = {(number,): of - n for number, (n, of) in counts.items()}
    return draw, unit, signatures


@pytest.mark.parametrize("indicator_set", SETS)
@pytest.mark.parametrize("block", range(10))
def test_no_way_is_shorter(indicator_set, block):
    for seed in range(block * 50, block * 50 + 50):
        draw, unit, signatures = random_unit(seed, indicator_set)
        total = unit.standing.total
        whole = total_with(unit, {key[0]: cases for key, cases in signatures.items()})
        aim = total + (whole - total) * draw.randint(1, 105) / 100
        found, fewest = way_up(unit, aim), fewest_by_trying_all(unit, aim, signatures)
        assert (found.cases if found else None) == fewest, seed
        if found:
            assert found.total_after >= aim
            steps = {step.number: step.cases for step in found.steps}
            assert total_with(unit, steps) == found.total_after


@pytest.mark.parametrize("block", range(10))
def test_no_way_is_shorter_where_dossiers_count_for_several_indicators(block, monkeypatch):
    for seed in range(1000 + block * 100, 1100 + block * 100):
        draw = random.Random(seed)
        numbers, of = draw.sample((8, 11, 12, 13, 14, 16, 18), 3), draw.choice((9, 31, 640, 4801))
        pool = [(a,) for a in numbers] + [tuple(sorted(numbers[:2])), tuple(sorted(numbers))]
        signatures = {key: draw.randint(1, 3) for key in draw.sample(pool, 3)}
        failing = {n: sum(c for key, c in signatures.items() if n in key) for n in numbers}
        counts = {n: (of - failing[n], of) for n in numbers if failing[n] <= of}
        signatures = {key: c for key, c in signatures.items() if set(key) <= set(counts)}
        if not signatures:
            continue
        unit = figures("2022-09", {"so-tu-phap": counts}).unit("so-tu-phap")
        monkeypatch.setattr(module, "_signatures", lambda _unit, _records, held=signatures: held)
        total = unit.standing.total
        aim = total + Decimal(draw.randint(1, 300)) / 100
        found, fewest = way_up(unit, aim), fewest_by_trying_all(unit, aim, signatures)
        assert (found.cases if found else None) == fewest, seed
        assert found is None or found.total_after >= aim


def test_rounding_decides_the_edge():
    # 20 x 28136/38346 = 14,67; 4 x 2260/7148 = 1,26: 89,93. One case of 5 turns 14,675 up; 90 of 16 bring 0,06.
    now = figures("2022-09", {"so-tu-phap": {5: (28136, 38346), 16: (2260, 7148)}})
    found = way_up(now.unit("so-tu-phap"), Decimal(90))
    assert (found.needed, found.cases, found.total_after) == (Decimal("0.07"), 91, Decimal("90.00"))
    assert not found.from_records


@pytest.mark.parametrize("indicator_set", SETS)
def test_the_point_right_at_half_a_hundredth(indicator_set):
    # 20 x 1999/4000 = 9,995 -> 10,00: one case; a target of 80% is full at 4 of 5.
    now = figures("2022-09", {"so-tu-phap": {5: (1998, 4000)}}, indicator_set=indicator_set)
    unit = now.unit("so-tu-phap")
    assert way_up(unit, unit.standing.total + Decimal("0.01")).cases == 1
    unit = figures("2022-09", {"so-tu-phap": {9: (3, 5)}}).unit("so-tu-phap")
    assert way_up(unit, Decimal(98)).cases == 1


def test_there_already_at_the_top_or_out_of_reach():
    now = figures("2022-09", {"H31": {1: (0, 9)}, "so-tu-phap": {}, "vp-ubnd": {5: (None, None)}})
    unit = now.unit("so-tu-phap")
    assert next_band(unit) is None
    # 100 - 2 for 6 and 6 for the province's 1; nothing of it is the unit's to mend.
    assert way_up(unit, Decimal(92)).cases == 0
    assert way_up(unit, Decimal(93)) is None
    assert way_up(now.unit("vp-ubnd"), Decimal(50)) is None


def test_nothing_to_count_anywhere():
    unit = figures("2022-09", {"so-tu-phap": dict.fromkeys(FULL, (0, 0))}).unit("so-tu-phap")
    assert way_up(unit, Decimal(50)) is None


def test_a_rescaled_total_is_reached_too(tmp_path):
    from conftest import ROOT

    text = (ROOT / "params/indicators/766-2022.yml").read_text("utf-8")
    path = tmp_path / "own.yml"
    path.write_text(
        text.replace("\ndigits: 2\n", "\ndigits: 2\nnot_applicable: exclude\n"), "utf-8"
    )
    counts = {5: (28, 40), 16: (20, 71), 12: (0, 0), 7: (0, 0)}
    now = figures("2022-09", {"so-tu-phap": counts}, indicator_set=str(path))
    unit = now.unit("so-tu-phap")
    signatures = {(5,): 12, (16,): 51}
    for cents in (1, 2, 37, 250):
        aim = unit.standing.total + Decimal(cents) / 100
        found = way_up(unit, aim)
        assert found.total_after >= aim
        assert found.cases == fewest_by_trying_all(unit, aim, signatures)


def test_a_rescaled_total_that_was_rounded_down_takes_more_than_the_model_says(tmp_path):
    """20 points of 94 that are applicable: a case of 40,000 brings 0,0005 of them."""
    from conftest import ROOT

    text = (ROOT / "params/indicators/766-2022.yml").read_text("utf-8")
    path = tmp_path / "own.yml"
    path.write_text(
        text.replace("\ndigits: 2\n", "\ndigits: 2\nnot_applicable: exclude\n"), "utf-8"
    )
    counts = {5: (28_000, 40_000), 12: (0, 0), 7: (0, 0)}
    unit = figures("2022-09", {"so-tu-phap": counts}, indicator_set=str(path)).unit("so-tu-phap")
    for cents in (3, 20, 37):
        aim = unit.standing.total + Decimal(cents) / 100
        found = way_up(unit, aim)
        assert found.total_after >= aim > total_with(unit, {5: found.cases - 1})


def test_a_search_that_did_not_end_is_no_way(monkeypatch):
    def hurried():
        model = real()
        model.setOptionValue("time_limit", 0.0)
        return model

    real = module._solver
    monkeypatch.setattr(module, "_solver", hurried)
    unit = figures("2022-09", {"323": {5: (50, 100), 16: (5, 10)}}).unit("323")
    with pytest.raises(RuntimeError, match="HiGHS ended with"):
        way_up(unit, Decimal(90))


def test_ranks_that_are_shared_are_enough():
    counts = {"so-tu-phap": {5: (50, 100)}, "so-thong-tin": {5: (80, 100)}, "vp-ubnd": {}}
    now = figures("2022-09", counts)
    unit = now.unit("so-tu-phap")
    assert aimed_total(unit, "rank:2") == Decimal("94.00")
    assert aimed_total(unit, "rank:1") == Decimal("98.00")
    assert aimed_total(unit, "rank:3") == unit.standing.total
    assert aimed_total(unit, "points:95,5") == Decimal("95.5")
    assert TREE.cohorts["tinh"].partial
    assert aimed_total(figures("2022-09", {"H31": {}}).province, "rank:1") is None


def steps_of(found):
    return [(step.number, step.cases, step.points, step.lifted) for step in found.steps]


def test_the_cheapest_way_to_the_next_class():
    # 98 - 12 (5: 40/100) + ... = 86: 4 points to Xuất sắc.
    # One case: 5: 20/100 = 0,20; 16: 4/10 = 0,40 (10 dossiers in all).
    unit = figures("2022-09", {"323": {5: (50, 100), 16: (5, 10)}}).unit("323")
    found = way_up(unit, next_band(unit).at_least)
    assert (str(next_band(unit).name), found.needed) == ("Xuất sắc", Decimal("4.00"))
    assert steps_of(found) == [(5, 10, Decimal("2.00"), ()), (16, 5, Decimal("2.00"), ())]
    assert (found.cases, found.total_after, found.is_proved) == (15, Decimal("90.00"), True)


def test_a_target_ends_what_more_cases_bring():
    # 21: 6 points at 90%; 80 of 100: 5,33; 90 of 100: 6,00; 0,0667 a case. 5: 20/100 a case.
    unit = figures("2022-09", {"323": {5: (60, 100), 21: (80, 100)}}).unit("323")
    found = way_up(unit, Decimal(90))
    # 98 - 8 - 0,67 = 89,33: 0,67 missing: 4 cases of indicator 5 bring 0,80.
    assert found.needed == Decimal("0.67")
    assert steps_of(found) == [(5, 4, Decimal("0.80"), ())]


def test_a_class_that_no_case_can_bring():
    # Everything inherited: the province's own procedures are late, the district can't mend them.
    counts = {"H31": {1: (0, 100), 2: (0, 100)}, "323": {}}
    unit = figures("2022-09", counts).unit("323")
    assert way_up(unit, Decimal(90)) is way_up(unit, Decimal(90), every_case=True) is None
    assert most_reachable(unit) == unit.standing.total == Decimal("88.00")
    assert most_reachable(figures("2022-09", {"323": {5: (None, None)}}).unit("323")) is None


NONE_FOR_1_TO_3 = dict.fromkeys((1, 2, 3), (None, None))


def of_2025(counts):
    now = figures("2022-09", {"323": NONE_FOR_1_TO_3 | counts}, indicator_set="766-portal-2025")
    return now.unit("323")


def test_a_step_on_a_factor_brings_what_it_lifts():
    # 4: 40/100: 10,80 lost; 8: 100/100: 6 x 0,4 / 0,5 = 4,80; 5: 2 lost. 86,00, so 4,00 are missing.
    # A case of 4: 18/100 + 6/(100 x 0,5) = 0,30; of 5: 20/100 = 0,20. 10 cases of 4 bring 1,80 and
    # 1,20 on 8, which is at its maximum then: another of 4 brings 0,18, so 5 cases of 5 follow.
    found = way_up(of_2025({4: (40, 100), 5: (90, 100)}), Decimal(90))
    assert found.needed == Decimal("4.00")
    assert steps_of(found) == [(4, 10, Decimal("3.00"), (8,)), (5, 5, Decimal("1.00"), ())]
    assert found.is_proved


def test_cases_of_a_multiplied_indicator_are_worth_less(monkeypatch):
    # 4: 40/100; 8: 20/100: 6 x 0,2 x 0,4 / 0,5 = 0,96; all 80 cases more bring 4,80.
    # Without the other, mending all of 4 lifts 8 to 6 x 0,2 / 0,5 = 2,40: 10,80 + 1,44.
    for number, failing, brings in ((8, 80, "3.84"), (4, 60, "12.24")):
        unit = of_2025({4: (40, 100), 8: (20, 100)})
        rows = unit.indicators.set_index("indicator")
        assert rows.loc[8, "points"] == Decimal("0.96")
        held = {(number,): failing}
        monkeypatch.setattr(module, "_signatures", lambda _unit, _records, held=held: held)
        whole = unit.standing.total + Decimal(brings)
        assert way_up(unit, whole).total_after == whole
        assert way_up(unit, whole + Decimal("0.01")) is None


def test_where_lines_lie_below_what_rounding_asks_for_the_way_is_still_the_shortest(monkeypatch):
    """Both parts of what a case of 4 brings (0,054 of its own, 0,013 on 8) are rounded: 5 cases bring 0,33, by the
    line 0,34. One of 5 brings 0,20: 0,54 take 7 cases, by lines alone 6."""
    unit = of_2025({4: (200, 333), 8: (37, 100), 5: (99, 100)})
    monkeypatch.setattr(module, "_signatures", lambda _unit, _records: {(4,): 133, (5,): 1})
    total = unit.standing.total
    totals = {(n, one): total_with(unit, {4: n, 5: one}) for n in range(15) for one in (0, 1)}
    assert totals[5, 0] - total == Decimal("0.33") and totals[0, 1] - total == Decimal("0.20")
    for cents in range(50, 78):
        aim = total + Decimal(cents) / 100
        found = way_up(unit, aim)
        assert found.cases == min(sum(way) for way, after in totals.items() if after >= aim)
        assert found.is_proved and found.total_after >= aim


def test_what_the_model_holds_for_impossible_is_tried_with_every_case(monkeypatch):
    # 4: 10/100, 8: 10/100: 6 x 0,1 x 0,1 / 0,5 = 0,12. Ten cases more of each: 4 brings 1,80 and on 8
    # 6 x 0,2 x 0,2 / 0,5 = 0,48. Each alone would bring 8 to 0,24, so the model knows of 2,04 at most.
    unit = of_2025({4: (10, 100), 8: (10, 100)})
    monkeypatch.setattr(module, "_signatures", lambda _unit, _records: {(4,): 10, (8,): 10})
    whole = unit.standing.total + Decimal("2.16")
    found = way_up(unit, whole)
    assert (found.cases, found.total_after, found.is_proved) == (20, whole, False)
    assert way_up(unit, whole + Decimal("0.01")) is None


def test_steps_on_both_factors_count_each_other():
    # 100 - 18 x 0,6 - (6 - 0,96) = 84,16: 5,84 to Xuất sắc. A case of 4 is worth
    # 0,18 + 6 x 0,2 / 0,5 / 100 = 0,204; 29 cases bring 5,22 + 0,70 (6 x 0,2 x 0,69 / 0,5 = 1,656).
    found = way_up(of_2025({4: (40, 100), 8: (20, 100)}), Decimal(90))
    assert steps_of(found) == [(4, 29, Decimal("5.92"), (8,))]
    assert found.total_after >= 90 and not found.is_proved


@pytest.mark.parametrize("block", range(4))
def test_no_way_is_shorter_where_rates_multiply_each_other_and_it_says_proved(block):
    shortest = 0
    for seed in range(3000 + block * 50, 3050 + block * 50):
        draw = random.Random(seed)
        counts = {}
        for number in draw.sample((4, 5, 8), draw.choice((1, 2, 3))):
            of = draw.choice((3, 9, 40, 333))
            counts[number] = (of - draw.randint(1, min(of, 6)), of)
        unit = of_2025(counts)
        signatures = {(number,): of - n for number, (n, of) in counts.items()}
        total = unit.standing.total
        whole = total_with(unit, {key[0]: cases for key, cases in signatures.items()})
        aim = total + (whole - total) * draw.randint(1, 105) / 100
        found, fewest = way_up(unit, aim), fewest_by_trying_all(unit, aim, signatures)
        assert (found is None) == (fewest is None), seed
        if found:
            assert found.total_after >= aim and found.cases >= fewest
            assert found.cases == fewest or not found.is_proved, seed
            shortest += found.cases == fewest
    assert shortest > 40
