"""How certain a rank is: the same every time, wide where cases are few, and true as often as it says."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import numpy as np
import pandas as pd
import pytest
from by_hand import TREE, figures

from chiso.contract.evidence import COMPARED
from chiso.explain.certainty import certainty, other_ranks
from chiso.explain.orders import deadline_of, orders
from chiso.explain.ownership import has_dossiers
from chiso.store.figures import Figures

SO = ("so-tu-phap", "so-thong-tin", "vp-ubnd")


def test_the_same_figures_give_the_same_answer_and_few_cases_a_wide_one():
    def asked(of):
        counts = {code: {5: (of * n // 10, of)} for code, n in zip(SO, (7, 8, 9), strict=True)}
        return certainty(figures("2022-09", counts), "so")

    many, few = asked(100_000), asked(10)
    assert many == asked(100_000)
    assert [(many[code].low, many[code].high) for code in SO] == [(3, 3), (2, 2), (1, 1)]
    assert all(one.class_probability == 1 for one in many.values())
    assert (few["so-tu-phap"].low, few["vp-ubnd"].high) == (1, 3)
    assert few["so-tu-phap"].class_probability < 1


def test_one_petition_says_little():
    now = figures("2022-09", {"so-tu-phap": {20: (0, 1)}, "vp-ubnd": {20: (300, 300)}})
    found = certainty(now, "so")
    assert (found["so-tu-phap"].low, found["so-tu-phap"].high) == (1, 2)


def test_no_range_of_ranks_in_a_part_of_a_cohort_and_nothing_without_a_total():
    now = figures("2022-09", {"H31": {5: (90, 100)}, "vp-ubnd": {5: (None, None)}})
    assert certainty(now, "so") == {}
    one = certainty(now, "tinh")["H31"]
    assert (one.low, one.high) == (None, None)
    assert one.class_probability > 0.5


def test_ranges_cover_what_agencies_truly_are():
    """Agencies with known true rates, observed once: the true rank lies in 9 of 10 ranges."""
    random, hits, asked = np.random.default_rng(1), 0, 0
    for _ in range(40):
        rates = random.uniform(0.4, 0.95, 3)
        numerators = random.binomial(60, rates)
        counts = {code: {5: (int(n), 60)} for code, n in zip(SO, numerators, strict=True)}
        found = certainty(figures("2022-09", counts), "so")
        for code, rate in zip(SO, rates, strict=True):
            hits += found[code].low <= 1 + int(sum(rates > rate)) <= found[code].high
            asked += 1
    assert hits / asked >= 0.9


def test_ranks_without_petitions_and_without_the_provinces_points():
    counts = {"so-tu-phap": {20: (0, 1)}, "so-thong-tin": {5: (90, 100)}, "vp-ubnd": {5: (80, 100)}}
    found = {one.code: one for one in other_ranks(figures("2022-09", counts), "so")}
    assert [found[code].rank for code in SO] == [2, 1, 3] or found["so-tu-phap"].rank == 3
    assert found["so-tu-phap"].without_petitions == 1
    assert found["so-tu-phap"].without_shared == found["so-tu-phap"].rank
    assert other_ranks(figures("2022-09", {"H31": {}}), "tinh") == ()


def test_who_is_named_is_worse_than_the_middle_of_its_cohort():
    counts = {
        "H31": {5: (820, 1000), 11: (500, 1000)},
        "so-tu-phap": {5: (100, 200), 11: (90, 100)},
        "so-thong-tin": {5: (190, 200), 11: (400, 800)},
        "vp-ubnd": {5: (530, 600), 11: (10, 100)},
    }
    found = {(one.unit.code, one.indicator): one for one in orders(figures("2022-09", counts))}
    # 100 of 180 late with 200 of 1000 dossiers, and the lowest rate of three
    one = found["so-tu-phap", 5]
    assert (one.failures, one.mendable, one.place, one.of) == (100, 100, 1, 3)
    assert (one.share_of_failures, one.share_of_cases) == (Decimal(100) / 180, Decimal("0.2"))
    # The month is over: five working days after Friday, 30 September.
    assert one.deadline.isoformat() == "2022-10-07"
    # Most failures on 11, but no more than its share; the third has 90 of 500 with a tenth of the cases.
    assert ("so-thong-tin", 11) not in found
    assert ("vp-ubnd", 11) in found
    assert orders(figures("2022-09", counts), has_period=False)[0].deadline is None


@pytest.mark.parametrize(
    ("period", "as_of", "deadline"),
    [
        ("2022-09", "2022-09-15", "2022-09-30"),  # runs: its last day
        ("2022-09", "2022-09-30", "2022-10-07"),
        # 30 April, a Saturday, and 1 May are made up for on 2 and 3 May.
        ("2022-04", "2022-04-30", "2022-05-10"),
    ],
)
def test_a_deadline_is_never_in_the_past(period, as_of, deadline):
    settings = figures(period, {"H31": {}}).settings
    found = deadline_of(replace(settings, as_of=date.fromisoformat(as_of)))
    assert found.isoformat() == deadline
    assert found >= date.fromisoformat(as_of)


def test_who_is_named_for_nothing():
    empty = dict.fromkeys(range(1, 22), (0, 0))
    counts = {"H31": {1: (0, 9)}, "so-tu-phap": {20: (0, 1)}, "vp-ubnd": empty, "323": {}}
    now = figures("2022-09", counts)
    assert not has_dossiers(now.unit("vp-ubnd"))
    assert orders(now) == ()
    assert orders(figures("2022-09", {"so-tu-phap": {}})) == ()
    assert all(code in TREE.by_code for code in counts)


def test_ranks_by_the_other_comparison_of_what_is_on_time(monkeypatch):
    """More is on time for one by days: second becomes first, scored again by the set's own rules."""
    counts = {code: {5: (n, 100)} for code, n in zip(SO, (80, 90, 70), strict=True)}
    now = figures("2022-09", counts)
    rows = [(code, 5, n, 100) for code, n in zip(SO, (95, 90, 70), strict=True)]
    compared = pd.DataFrame(rows, columns=COMPARED)
    monkeypatch.setattr(Figures, "evidence", lambda _self, _name: compared)
    found = {one.code: one for one in other_ranks(now, "so")}
    assert [found[code].rank for code in SO] == [2, 1, 3]
    assert [found[code].compared for code in SO] == [1, 2, 3]
    monkeypatch.setattr(Figures, "evidence", lambda _self, _name: compared.iloc[:0])
    assert {one.compared for one in other_ranks(now, "so")} == {None}
