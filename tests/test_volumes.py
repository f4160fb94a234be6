"""How many dossiers agencies received beside the periods before: which number is unusual, and when there is a verdict."""

from types import SimpleNamespace

import pandas as pd

from chiso.base.period import parse_period
from chiso.contract.evidence import HANDLING
from chiso.explain.volumes import Unusual, Volumes, volumes

PERIOD = parse_period("2022-12")


def stored(period, **numbers):
    """Figures of a period as far as volumes look at them."""
    rows = [(code.replace("_", "-"), number, 0) for code, number in numbers.items()]
    table = pd.DataFrame(rows, columns=["unit", "received_online", "received_direct"])
    settings = SimpleNamespace(period=parse_period(period))
    return SimpleNamespace(settings=settings, evidence=lambda _name: table.astype({"received_online": "Int64", "received_direct": "Int64"}))  # fmt: skip


def months(count):
    usual = [100, 104, 98, 101, 103, 99]
    names = ["2022-06", "2022-07", "2022-08", "2022-09", "2022-10", "2022-11"][-count:]
    return tuple(
        stored(name, H31=usual[i] * 2, a=usual[i], b=usual[i]) for i, name in enumerate(names)
    )


def test_a_number_beyond_the_limits_is_told_with_that_of_the_month_before():
    found = volumes({"H31": 205, "a": 102, "b": 9}, PERIOD, months(6))
    assert found == Volumes((Unusual("b", 99, 9),), 3, 198, 205)


def test_too_few_periods_give_no_verdict():
    found = volumes({"H31": 205, "b": 9}, PERIOD, months(3))
    assert (found.unusual, found.judged, found.before) == ((), 0, 196)
    assert volumes({}, PERIOD, ()) == Volumes((), 0, None, None)


def test_a_period_of_counts_that_were_given_tells_no_dossiers():
    """The period before is such a one: the others still give the verdict, and there is no number beside it."""
    given = SimpleNamespace(
        settings=SimpleNamespace(period=parse_period("2022-11")),
        evidence=lambda _name: pd.DataFrame(columns=HANDLING),
    )
    found = volumes({"H31": 205, "b": 9}, PERIOD, (*months(6)[:5], given))
    assert found == Volumes((Unusual("b", None, 9),), 2, None, 205)


def test_a_period_without_figures_of_an_agency_is_a_gap():
    """A gap has no moving range; the others still tell."""
    earlier = (*months(6)[:2], stored("2022-08", H31=pd.NA, b=pd.NA), *months(6)[3:])
    found = volumes({"H31": 200, "b": 300}, PERIOD, earlier)
    assert [one.code for one in found.unusual] == ["b"]
