"""Figures explained: points lost, what changed, who carries it, what decides a rank, what to do."""

from chiso.explain.carrying import Carrier, ParetoItem, carriers, pareto
from chiso.explain.comparison import (
    AgencyChange,
    Change,
    ClassCount,
    IndicatorChange,
    TotalChange,
    changes,
    changes_by_agency,
    changes_by_indicator,
    class_table,
    total_change,
)
from chiso.explain.losses import IndicatorLoss, Loss, losses, losses_by_indicator
from chiso.explain.obligations import FollowUp, UnitDuty, follow_up, unit_duties
from chiso.explain.standing import (
    CohortStanding,
    FreePoints,
    NextClass,
    Step,
    all_mended,
    cohort_standing,
    cohort_totals,
    free_points,
    next_class,
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
    "IndicatorChange",
    "IndicatorLoss",
    "Loss",
    "NextClass",
    "ParetoItem",
    "Step",
    "TotalChange",
    "UnitDuty",
    "all_mended",
    "carriers",
    "changes",
    "changes_by_agency",
    "changes_by_indicator",
    "class_table",
    "cohort_standing",
    "cohort_totals",
    "follow_up",
    "free_points",
    "losses",
    "losses_by_indicator",
    "next_class",
    "pareto",
    "said_by_others",
    "total_change",
    "unit_duties",
]
