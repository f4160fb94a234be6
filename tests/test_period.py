"""Periods: names, bounds, order, and what is refused."""

from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chiso.base.errors import ParameterError
from chiso.base.i18n import use_language
from chiso.base.period import SPANS, Period, parse_period


@pytest.mark.parametrize(
    ("name", "start", "end", "previous", "label"),
    [
        ("2022-09", (2022, 9, 1), (2022, 10, 1), "2022-08", "tháng 9/2022"),
        ("2022-01", (2022, 1, 1), (2022, 2, 1), "2021-12", "tháng 1/2022"),
        ("2022-12", (2022, 12, 1), (2023, 1, 1), "2022-11", "tháng 12/2022"),
        ("2022-Q1", (2022, 1, 1), (2022, 4, 1), "2021-Q4", "quý I/2022"),
        ("2022-Q3", (2022, 7, 1), (2022, 10, 1), "2022-Q2", "quý III/2022"),
        ("2022-6T", (2022, 1, 1), (2022, 7, 1), "2021-6T", "6 tháng đầu năm 2022"),
        ("2022-9T", (2022, 1, 1), (2022, 10, 1), "2021-9T", "9 tháng đầu năm 2022"),
        ("2022", (2022, 1, 1), (2023, 1, 1), "2021", "năm 2022"),
    ],
)
def test_bounds_and_names(name, start, end, previous, label):
    period = parse_period(name)
    assert (period.start, period.end) == (datetime(*start), datetime(*end))
    assert (period.name, period.previous.name, period.label) == (name, previous, label)


def test_label_in_english():
    use_language("en")
    assert parse_period("2022-Q3").label == "quarter III/2022"


@pytest.mark.parametrize(
    "text",
    ["", "22-09", "2022-13", "2022-00", "2022-9", "2022-Q5", "2022-q3", "2022-3T", "2022-12T",
     "2022/09", "../2022", "2022-09/../..", "2022-09\n", " 2022", "1989", "2101", "２０２２"],
)  # fmt: skip
def test_anything_else_is_refused_with_the_five_forms(text):
    with pytest.raises(ParameterError) as caught:
        parse_period(text)
    for form in ("2022-09", "2022-Q3", "2022-6T", "2022-9T", "2022"):
        assert form in str(caught.value)


def test_closed_only_when_the_last_day_is_covered():
    period = parse_period("2022-09")
    assert period.is_closed(date(2022, 9, 30))
    assert not period.is_closed(date(2022, 9, 29))


periods = st.builds(
    lambda year, kind, n: Period(
        year, kind, n % (12 // SPANS[kind]) + 1 if kind in ("month", "quarter") else 1
    ),
    st.integers(1991, 2100),
    st.sampled_from(sorted(SPANS)),
    st.integers(0, 11),
)


@given(periods)
def test_a_name_is_read_back(period):
    assert parse_period(period.name) == period


@given(periods)
def test_the_previous_period_comes_before_and_has_the_same_kind(period):
    before = period.previous
    assert before.kind == period.kind
    assert before.end <= period.start
    if period.kind in ("month", "quarter", "year"):
        assert before.end == period.start
