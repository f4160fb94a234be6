"""The parameters of what is looked at every day (params/daily.yml)."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import Field

from chiso.base.locations import params_dir
from chiso.base.params import parameters, remembered_parameters


@parameters
class Limit:
    """A whole number and where it comes from."""

    value: Annotated[int, Field(ge=1, le=1000)]
    source: Annotated[str, Field(min_length=1)]


@parameters
class DailyRules:
    """params/daily.yml; the comments of the file say what each number means."""

    last_confirmed: date
    watch_days: Limit
    stale_days: Limit
    named_from: Limit
    due_days: Limit


def daily_rules() -> DailyRules:
    """The rules of params/daily.yml; ParameterError if the file is wrong."""
    return remembered_parameters(params_dir() / "daily.yml", DailyRules)
