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
    fewer_than: Whole
    source: Source


@parameters
class OrderRules:
    """Who is named for an indicator; the comments of the file say what each number means."""

    ratio: Annotated[Decimal, Field(gt=1)]
    lowest_part: Part
    per_indicator: Whole
    working_days_after: Whole
    long_overdue_days: Whole
    source: Source


@parameters
class CertaintyRules:
    """How often, from which seed and beside which prior the cases of units are drawn anew."""

    draws: Annotated[int, Field(ge=100, le=100_000)]
    seed: Annotated[int, Field(ge=0)]
    interval: Part
    prior_cases: Annotated[Decimal, Field(gt=0)]
    source: Source


@parameters
class ExplainRules:
    """params/explain.yml; `near_next_class` and `close_provinces` in points, `rank_moves` in places."""

    last_confirmed: Day
    chance: Chance
    near_next_class: Annotated[Decimal, Field(gt=0)]
    orders: OrderRules
    rank_moves: Whole
    close_provinces: Annotated[Decimal, Field(gt=0)]
    certainty: CertaintyRules


def explain_rules() -> ExplainRules:
    """The rules of params/explain.yml; ParameterError if the file is wrong."""
    return remembered_parameters(params_dir() / "explain.yml", ExplainRules)
