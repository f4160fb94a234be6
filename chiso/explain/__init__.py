"""Figures explained: points lost, what changed, who carries it, what decides a rank, what to do."""

from chiso.explain.carrying import Carrier, ParetoItem, carriers, pareto
from chiso.explain.comparison import (
    AgencyChange,
    Change,
    ClassCount,
    TotalChange,
    changes,
    changes_by_agency,
    class_table,
    total_change,
)
from chiso.explain.losses import Loss, losses
from chiso.explain.obligations import FollowUp, UnitDuty, follow_up, unit_duties
from chiso.explain.ownership import IndicatorLoss, losses_by_indicator
from chiso.explain.standing import (
    CohortStanding,
    FreePoints,
    cohort_standing,
    cohort_totals,
    free_points,
    said_by_others,
)

__all__ = [
    "AgencyChange",
    "Carrier",
    "Change",
    "ClassCount",
    "CohortStanding",
    "FollowUp",
    "FreePoints",
    "IndicatorLoss",
    "Loss",
    "ParetoItem",
    "TotalChange",
    "UnitDuty",
    "carriers",
    "changes",
    "changes_by_agency",
    "class_table",
    "cohort_standing",
    "cohort_totals",
    "follow_up",
    "free_points",
    "losses",
    "losses_by_indicator",
    "pareto",
    "said_by_others",
    "total_change",
    "unit_duties",
]
