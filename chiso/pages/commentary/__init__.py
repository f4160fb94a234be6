"""Sentences from figures; what notebooks say in words."""

from chiso.pages.commentary.daily import correction_lead, daily_lead
from chiso.pages.commentary.national import national_lead, national_line, national_title
from chiso.pages.commentary.outcomes import outcome_lines, unit_outcome
from chiso.pages.commentary.province import (
    not_own,
    province_brief,
    province_comment,
    province_lead,
    province_moves,
)
from chiso.pages.commentary.reading_notes import notes
from chiso.pages.commentary.unit import headline, unit_comment

__all__ = [
    "correction_lead",
    "daily_lead",
    "headline",
    "national_lead",
    "national_line",
    "national_title",
    "not_own",
    "notes",
    "outcome_lines",
    "province_brief",
    "province_comment",
    "province_lead",
    "province_moves",
    "unit_comment",
    "unit_outcome",
]
