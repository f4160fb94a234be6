"""Points if rates were reached, reckoned by hand."""

from decimal import Decimal
from fractions import Fraction

import pytest
from by_hand import figures

from chiso.base.errors import UserError
from chiso.explain.what_if import Reached, what_if

D, F = Decimal, Fraction
COUNTS = {"so-tu-phap": {5: (50, 100), 16: (4, 9)}, "vp-ubnd": {12: (None, None)}}


@pytest.fixture(scope="module")
def now():
    return figures("2022-09", COUNTS)


@pytest.fixture(scope="module")
def unit(now):
    return now.unit("so-tu-phap")


def test_a_rate_takes_as_few_cases_as_reach_it(unit):
    """5: 20 x 50/100, 16: 4 x 4/9; half of nine takes five."""
    found = what_if(unit, {16: F(1, 2), 5: F(75, 100)})
    assert found.reached == (
        Reached(16, F(1, 2), 1, D("1.78"), D("2.22")),
        Reached(5, F(3, 4), 25, D("10.00"), D("15.00")),
    )
    assert found.before == unit.standing.total
    assert found.after - found.before == D("5.44")


def test_a_rate_that_is_there_already_changes_nothing(unit):
    found = what_if(unit, {5: F(1, 10)})
    assert found.reached == (Reached(5, F(1, 10), 0, D("10.00"), D("10.00")),)
    assert found.after == found.before


@pytest.mark.parametrize("rate", [F(101, 100), F(-1, 100)])
def test_what_is_no_rate_is_refused(unit, rate):
    with pytest.raises(UserError, match="0% đến 100%"):
        what_if(unit, {5: rate})


@pytest.mark.parametrize(("code", "number"), [("vp-ubnd", 12), ("so-tu-phap", 19)])
def test_of_an_indicator_without_counts_nothing_follows(now, code, number):
    """Not known, and nothing of nothing."""
    with pytest.raises(UserError, match=f"Chỉ số {number} của Đơn vị {code}"):
        what_if(now.unit(code), {number: F(1)})
