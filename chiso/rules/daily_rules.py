"""The parameters of what is looked at every day (params/daily.yml)."""

from __future__ import annotations

from chiso.base.locations import params_dir
from chiso.base.params import Day, parameters, remembered_parameters
from chiso.rules.sourced import Limit


@parameters
class DailyRules:
    """params/daily.yml."""

    last_confirmed: Day
    watch_days: Limit
    """For how many days after its last one a finished period is still watched."""
    stale_days: Limit
    """Figures of an open period are stale if they end more than so many days ago."""
    named_from: Limit
    """An agency that moved is named only with so many dossiers of indicator 5 both times."""
    due_days: Limit
    """A dossier falls due soon if it does today or in so many working days."""


def daily_rules() -> DailyRules:
    """The rules of params/daily.yml; ParameterError if the file is wrong."""
    return remembered_parameters(params_dir() / "daily.yml", DailyRules)
