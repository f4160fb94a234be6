"""What notebooks show as tables, in the reader's words and numbers."""

from chiso.pages.tables.agencies import agency_table
from chiso.pages.tables.by_procedure import procedure_cost_table
from chiso.pages.tables.cases import case_table, way_table
from chiso.pages.tables.changes import (
    agency_change_table,
    class_count_table,
    province_change_table,
)
from chiso.pages.tables.correction import corrected_agencies, corrected_indicators
from chiso.pages.tables.daily import (
    day_table,
    moved_agencies,
    moved_indicators,
    revision_table,
)
from chiso.pages.tables.differences import difference_table
from chiso.pages.tables.duties import duty_table, follow_up_table
from chiso.pages.tables.facts import key_facts
from chiso.pages.tables.gaps import agency_gap_table, indicator_gap_table, unit_gaps
from chiso.pages.tables.handling import (
    form_table,
    petition_kind_table,
    processing_time_table,
    rate_note,
    rate_table,
)
from chiso.pages.tables.indicators import basis_text, group_table, indicator_table, rule_text
from chiso.pages.tables.letters import open_owed_table, outcome_table, unit_owed_table
from chiso.pages.tables.losses import loss_table
from chiso.pages.tables.method import method_cards
from chiso.pages.tables.national import (
    capture_table,
    national_course_table,
    national_group_table,
    national_table,
    neighbour_table,
)
from chiso.pages.tables.nearby import downloads, nearby, quality_link, unit_downloads
from chiso.pages.tables.orders import order_table
from chiso.pages.tables.origin import provenance
from chiso.pages.tables.other_ranks import other_rank_table
from chiso.pages.tables.portal import (
    divergence_sentence,
    flag_sentences,
    flag_table,
    published_days,
)
from chiso.pages.tables.procedure_lists import (
    differing_table,
    extra_table,
    guess_table,
    list_line,
    list_summary_table,
    lists_note,
    lists_sentence,
    missing_table,
)
from chiso.pages.tables.ranking import ranking_tables
from chiso.pages.tables.reconcile import (
    cause_table,
    reconcile_agency_table,
    reconcile_indicator_table,
    reconcile_lead,
    reconcile_line,
)
from chiso.pages.tables.rows import (
    agencies_set_aside_table,
    lack_table,
    rows_sentence,
    rows_table,
    set_aside_table,
    silent_table,
)
from chiso.pages.tables.table import MIME, Cell, Field, Table

__all__ = [
    "MIME",
    "Cell",
    "Field",
    "Table",
    "agencies_set_aside_table",
    "agency_change_table",
    "agency_gap_table",
    "agency_table",
    "basis_text",
    "capture_table",
    "case_table",
    "cause_table",
    "class_count_table",
    "corrected_agencies",
    "corrected_indicators",
    "day_table",
    "difference_table",
    "differing_table",
    "divergence_sentence",
    "downloads",
    "duty_table",
    "extra_table",
    "flag_sentences",
    "flag_table",
    "follow_up_table",
    "form_table",
    "group_table",
    "guess_table",
    "indicator_gap_table",
    "indicator_table",
    "key_facts",
    "lack_table",
    "list_line",
    "list_summary_table",
    "lists_note",
    "lists_sentence",
    "loss_table",
    "method_cards",
    "missing_table",
    "moved_agencies",
    "moved_indicators",
    "national_course_table",
    "national_group_table",
    "national_table",
    "nearby",
    "neighbour_table",
    "open_owed_table",
    "order_table",
    "other_rank_table",
    "outcome_table",
    "petition_kind_table",
    "procedure_cost_table",
    "processing_time_table",
    "provenance",
    "province_change_table",
    "published_days",
    "quality_link",
    "ranking_tables",
    "rate_note",
    "rate_table",
    "reconcile_agency_table",
    "reconcile_indicator_table",
    "reconcile_lead",
    "reconcile_line",
    "revision_table",
    "rows_sentence",
    "rows_table",
    "rule_text",
    "set_aside_table",
    "silent_table",
    "unit_downloads",
    "unit_gaps",
    "unit_owed_table",
    "way_table",
]
