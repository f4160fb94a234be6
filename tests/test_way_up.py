"""The way up is the shortest there is: against brute force, on the edges, from cases that overlap."""

import random
from decimal import Decimal
from itertools import product

import pytest
from by_hand import FULL, TREE, figures

from chiso.explain import way_up as module
from chiso.explain.explanation import aimed_total
from chiso.explain.way_up import next_band, way_up
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
