"""Sentences from figures, and the analyst's own text; what notebooks say in words."""

from chiso.commentary.checking import check_texts
from chiso.commentary.own_text import StaleText, stale_texts, write_own_text
from chiso.commentary.province import province_brief, province_comment
from chiso.commentary.unit import headline, notes, unit_comment
from chiso.commentary.wording import check_wording, sentence

__all__ = [
    "StaleText",
    "check_texts",
    "check_wording",
    "headline",
    "notes",
    "province_brief",
    "province_comment",
    "sentence",
    "stale_texts",
    "unit_comment",
    "write_own_text",
]
