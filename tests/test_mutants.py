"""Which mutants a sample takes, and what it says of all of them."""

import sys

import pytest
from conftest import ROOT

sys.path.insert(0, str(ROOT / "tools"))

from mutants import chosen, interval, is_too_few, own_and_broad

NAMES = [f"chiso.{room}.x_f__mutmut_{n}" for room in ("measures", "explain") for n in range(50)]


def test_a_sample_is_as_large_in_each_room_and_a_smaller_one_is_a_part_of_it():
    small, large = (chosen(NAMES, ["chiso.*"], size, 1) for size in (5, 20))
    assert small < large and len(small) == 10
    assert sum("measures" in name for name in large) == 20
    assert large == chosen(NAMES[::-1], ["chiso.*"], 20, 1) != chosen(NAMES, ["chiso.*"], 20, 2)
    # A function that is new takes the place of one at most for each of its mutants.
    more = chosen([*NAMES, "chiso.explain.x_new__mutmut_1"], ["chiso.*"], 20, 1)
    assert len(large - more) <= 1
    assert chosen(NAMES, ["*.explain.*", "*_49"], None, 1) == {
        name for name in NAMES if "explain" in name or name.endswith("_49")
    }


@pytest.mark.parametrize(
    ("noticed", "tried", "low", "high"), [(10, 10, 0.722, 1), (81, 263, 0.255, 0.366)]
)
def test_the_interval_is_wilsons(noticed, tried, low, high):
    """81 of 263: Newcombe (1998), Two-sided confidence intervals for the single proportion, table I."""
    assert interval(noticed, tried) == pytest.approx((low, high), abs=1e-3)


def test_alone_a_mutant_meets_its_own_tests_and_those_that_reach_most_of_its_module():
    reached = {
        "chiso.a.x_f": {"own", "broad"},
        "chiso.a.x_g": {"broad"},
        "chiso.b.x_f": {"elsewhere"},
    }
    assert own_and_broad("chiso.a.x_f__mutmut_3", reached) == ["broad", "own"]
    # What runs when the module is imported is reached by no test.
    assert own_and_broad("chiso.a.x_h__mutmut_1", reached)[0] == "broad"
    assert own_and_broad("chiso.c.x_f__mutmut_1", reached) == []


def test_a_sample_fails_only_as_proof_that_too_few_are_noticed():
    """Of 20 even 18 may be chance; of 100 85 are not."""
    assert not is_too_few(20, 20) and not is_too_few(18, 20) and not is_too_few(94, 100)
    assert is_too_few(13, 20) and is_too_few(85, 100)
