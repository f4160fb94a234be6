"""The parameters of explanations: chance, who is named, how certain a rank is (params/explain.yml)."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated

from pydantic import Field

from chiso.base.locations import params_dir
from chiso.base.params import Day, parameters, remembered_parameters

Source = Annotated[str, Field(min_length=1)]
Number = Annotated[int, Field(ge=1, le=21)]
Part = Annotated[Decimal, Field(gt=0, lt=1)]
Whole = Annotated[int, Field(ge=1)]


@parameters
class Chance:
    """Indicators whose losses are chance where the denominator is below `fewer_than`."""

    indicators: tuple[Number, ...]
    """The indicators of which this holds."""
    fewer_than: Whole
    """Points are lost by chance where the denominator is below this number."""
    source: Source


@parameters
class OrderRules:
    """Who is named for an indicator."""

    ratio: Annotated[Decimal, Field(gt=1)]
    """A unit is named if its share of the failed cases is at least so many times its share of all
    cases."""
    lowest_part: Part
    """Or if its rate is in this lowest part of its cohort."""
    per_indicator: Whole
    """At most so many units are named for an indicator."""
    working_days_after: Whole
    """A finished period is to be mended within so many working days after its last day."""
    long_overdue_days: Whole
    """Open dossiers that are overdue by so many days are told of apart."""
    source: Source


@parameters
class CertaintyRules:
    """How often, from which seed and beside which prior the cases of units are drawn anew."""

    draws: Annotated[int, Field(ge=100, le=100_000)]
    """How often the cases are drawn anew to see which ranks come out."""
    seed: Annotated[int, Field(ge=0)]
    """Where the random numbers begin; the same seed gives the same ranks."""
    interval: Part
    """The part of the drawn ranks that lies within the stated range."""
    prior_cases: Annotated[Decimal, Field(gt=0)]
    """So many cases at the rate of the cohort are added to those of a unit."""
    source: Source


@parameters
class ExplainRules:
    """params/explain.yml."""

    last_confirmed: Day
    chance: Chance
    """When lost points are chance."""
    near_next_class: Annotated[Decimal, Field(gt=0)]
    """A unit is close to the next class if it lacks at most so many points."""
    orders: OrderRules
    """Which units are named for an indicator, and until when they are to mend it."""
    rank_moves: Whole
    """A unit is named if its rank moves by so many places without petitions or the province's own
    points."""
    close_provinces: Annotated[Decimal, Field(gt=0)]
    """Provinces at most so many points apart are counted as close."""
    certainty: CertaintyRules
    """How it is reckoned how certain a rank is."""


def explain_rules() -> ExplainRules:
    """The rules of params/explain.yml; ParameterError if the file is wrong."""
    return remembered_parameters(params_dir() / "explain.yml", ExplainRules)
