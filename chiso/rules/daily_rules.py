"""The parameters of what is looked at every day (params/daily.yml)."""

from __future__ import annotations

from chiso.base.locations import params_dir
from chiso.base.params import Day, parameters, remembered_parameters
from chiso.rules.sourced import Limit


@parameters
class DailyRules:
    """params/daily.yml; the comments of the file say what each number means."""

    last_confirmed: Day
    watch_days: Limit
    stale_days: Limit
    named_from: Limit
    due_days: Limit


def daily_rules() -> DailyRules:
    """The rules of params/daily.yml; ParameterError if the file is wrong."""
    return remembered_parameters(params_dir() / "daily.yml", DailyRules)
