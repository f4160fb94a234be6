"""Sentences from figures, and the analyst's own text; what notebooks say in words."""

from chiso.pages.commentary.checking import check_texts
from chiso.pages.commentary.daily import correction_lead, daily_lead
from chiso.pages.commentary.national import national_lead, national_line, national_title
from chiso.pages.commentary.outcomes import outcome_lines, unit_outcome
from chiso.pages.commentary.own_text import StaleText, stale_texts, write_own_text
from chiso.pages.commentary.province import (
    not_own,
    province_brief,
    province_comment,
    province_lead,
    province_moves,
)
from chiso.pages.commentary.reading_notes import notes
from chiso.pages.commentary.unit import headline, unit_comment
from chiso.pages.commentary.wording import check_wording, sentence

__all__ = [
    "StaleText",
    "check_texts",
    "check_wording",
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
    "sentence",
    "stale_texts",
    "unit_comment",
    "unit_outcome",
    "write_own_text",
]
