"""The wording of the commentary, params/commentary/sentences.yml, and the words each sentence has."""

from __future__ import annotations

import string
from collections.abc import Iterable, Iterator

from chiso.base.i18n import _
from chiso.base.locations import params_dir
from chiso.base.params import Problem, Text, remembered_parameters
from chiso.rules.indicators import NUMBERS, RuleBook

# Key of a sentence -> the words that it may use in braces; any other word or key is refused.
WORDS: dict[str, str] = {
    "standing_ranked": "unit total max band rank size cohort",
    "standing_tied": "unit total max band rank size cohort tied",
    "standing_published_rank": "unit total max band rank size cohort",
    "standing_published_province": "unit total max band rank size",
    "standing_unranked": "unit total max band",
    "standing_no_dossiers": "unit total max",
    "standing_no_dossiers_published": "unit total max rank size cohort",
    "standing_incomplete": "unit missing",
    "silent": "unit",
    "all_set_aside": "unit aside",
    "mostly_set_aside": "unit aside rows",
    "silent_agencies": "number names",
    "provisional": "day",
    "change_few": "period moved before after",
    "change_open": "period moved before after",
    "change_common": "period moved before after lower upper",
    "change_better": "period moved before after why",
    "change_worse": "period moved before after why",
    "rose": "points",
    "fell": "points",
    "unmoved": "",
    "direction": "number first moved",
    "formed_from": "unit day list",
    "in_part": "name",
    **{f"not_before_{why}": "unit day" for why in ("part", "extent", "tiers", "absent")},
    "formed_sum": "period list changes",
    "formed_untold": "list",
    "before_of": "day list",
    "before_no_total": "day list",
    "trend_few": "known needed",
    "why_beyond_limit_up": "limit",
    "why_beyond_limit_down": "limit",
    "why_rising": "number",
    "why_falling": "number",
    "why_two_of_three_up": "limit",
    "why_two_of_three_down": "limit",
    "why_run_up": "number mean",
    "why_run_down": "number mean",
    "rank_rose": "number before after",
    "rank_fell": "number before after",
    "class_rose": "before after points",
    "class_fell": "before after points",
    "change_parts": "period own shared",
    "change_rounded": "period own shared rounding",
    "without_petitions": "moved",
    "petitions_moved": "moved before after",
    "moved_most": "period list",
    "moved_most_besides": "period list",
    "moved_item": "number name moved before after",
    "moved_item_scope": "number name moved before after from_cases cases",
    "moved_item_both": "number name moved before after rate scope",
    "moved_item_rest": "number moved",
    "target_hard_to_reach": "band edge upper",
    "target_holds": "band edge lower",
    "target_hit_or_miss": "band edge lower upper",
    "lost_own": "lost own",
    "lost_all_own": "lost",
    "lost_none_own": "lost own",
    "lost_item": "number name lost",
    "lost_item_counted": "number name lost gap",
    "lost_item_multiplied": "number name lost gap other factor",
    "lost_item_factor": "number name lost other factor",
    "place_low": "rate place of",
    "place_lowest": "rate of",
    "rate_reached": "rate",
    "rate_from": "rate",
    "whole_cohort": "rate",
    "whole_province": "rate",
    "not_own": "points list",
    "lost_shared": "points list",
    "lost_zero": "points list",
    "lost_nothing": "points list",
    "lost_without_dossiers": "points list",
    "lost_chance": "points cases list",
    "held_back": "number name list",
    "held_back_item": "unit cases of share",
    "own_part": "unit",
    "way_to_class": "needed band cases after",
    "way_to_class_unproved": "needed band cases after",
    "way_to_rank": "needed rank cases after",
    "way_to_rank_unproved": "needed rank cases after",
    "way_more": "number",
    "way_more_shared": "number",
    "way_cases": "number",
    "way_list": "",
    "class_next_period": "needed band",
    "rate_item": "number name rate now",
    "class_out_of_reach": "needed band total",
    "certain_ranks": "low high band chance",
    "certain_rank": "rank band chance",
    "certain_class": "band chance",
    "every_case": "number",
    "action_item": "action points number",
    "action_item_mendable": "action number points mendable",
    "action_item_lifting": "action points number lifted",
    "with_communes": "number",
    "inherited": "list points max",
    "free_petitions": "points list",
    "free_decides_rank": "list rank rank_without",
    "published_only": "points list",
    "no_score": "number list",
    "no_data": "number list",
    "differs": "number",
    "partial": "number",
    "province_classes": "number list",
    "province_classes_before": "number list period",
    "class_item": "band number",
    "class_item_before": "band number before",
    "province_none": "number",
    "province_spread": "cohort number best best_total last last_total",
    "province_costliest": "list",
    "province_costliest_item": "number name lost",
    "province_moves": "period up down",
    "province_moves_total": "up down",
    "moved_up_most": "unit points",
    "moved_down_most": "unit points",
    "moved_by_petitions": "number unit moved before after",
    "province_verdicts": "better worse common",
    "province_improved": "number list",
    "province_worsened": "number list",
    "province_shared": "points number name agencies",
    "province_structural_rule": "points number name agencies",
    "province_structural_nothing": "points number name agencies",
    "province_chance": "points number name agencies",
    "carried_outside": "number share cases",
    "direction_none": "period",
    "direction_item": "period total",
    "direction_line": "list moved number",
    "classes_rose_count": "number most",
    "classes_fell_count": "number most",
    "classes_near_count": "number most",
    "classes_rose": "number most band list",
    "classes_fell": "number most band list",
    "classes_near": "number most band list",
    "brief_summary": "",
    "national_ranked": "unit rank size total max",
    "national_tied": "unit rank size total max tied",
    "national_over_mean": "gap mean",
    "national_under_mean": "gap mean",
    "national_at_mean": "gap mean",
    "national_above": "rank names gap",
    "national_below": "rank names gap",
    "national_close": "number most",
    "national_lowest_group": "group name gap",
    "national_highest_group": "group name gap",
    "national_unreached": "lost unreached reached",
    "national_maxima": "low high",
    "national_provisional": "day",
    "national_no_place": "unit day",
    "national_absent": "unit day",
    "national_left_out": "number",
    "national_line": "rank size",
    "national_line_tied": "rank size",
    "national_line_above": "gap",
    "national_line_below": "gap",
    "national_line_source": "day",
    "overdue": "cases long days",
    "overdue_waiting": "waiting",
    "overdue_procedures": "number list",
    "overdue_procedure": "name cases",
    "without_dossiers_more": "number",
    "with_below": "unit",
    "card_overdue": "cases long days",
    "card_overdue_share": "share cases",
    "card_share": "share cases counted",
    "card_share_placed": "share cases counted place of",
    "card_share_lowest": "share cases counted of",
    "card_review": "cases",
    "card_deadline": "day",
    "card_deadline_counts": "day",
    "card_next_period": "rate",
    "card_list": "",
    "asked_overdue": "cases",
    "asked_mend": "action number",
    "asked_practice": "number cases",
    "asked_lead": "number cases",
    "outcome_asked": "period letters agencies cases",
    "outcome_asked_practice": "period letters",
    "outcome_cases": "mended still_open untold",
    "outcome_cases_all_told": "mended still_open",
    "outcome_on_deadline": "cases",
    "outcome_answers": "answered late unanswered",
    "outcome_not_due": "letters",
    "outcome_not_issued": "letters",
    "outcome_none_issued": "period letters",
    "outcome_unit": "number day deadline cases",
    "outcome_unit_practice": "number day deadline",
    "outcome_answered": "day",
    "outcome_late": "day deadline",
    "outcome_unanswered": "deadline",
    "outcome_awaited": "deadline",
    **{
        f"counted_{kind}": ""
        for kind in ("dossiers", "procedures", "services", "communes", "petitions")
    },
    **{f"gap_{number}": "cases of" for number in NUMBERS},
    **{f"action_{number}": "cases" for number in NUMBERS},
    "gap_8_strict": "cases of",
    "action_8_strict": "cases",
}

# Words that are filled in with names; all others are numbers, or lists and reasons with numbers.
_NAMES = {
    *("unit", "band", "cohort", "name", "period", "first", "best", "last"),
    "counted",
}


def sentence(key: str, **words: object) -> str:
    """The sentence `key` in the reader's language, with its words filled in."""
    return str(check_wording()[key]).format(**words)


def about_cases(kind: str, number: int, book: RuleBook, **words: object) -> str:
    """The sentence gap_<number> or action_<number>; 8 has others where the set counts it strictly."""
    strict = "_strict" if number == 8 and book.set.measures.strict_online else ""
    return sentence(f"{kind}_{number}{strict}", **words)


def check_wording() -> dict[str, Text]:
    """All sentences; ParameterError names every one that could not be filled in."""
    path = params_dir() / "commentary" / "sentences.yml"
    return remembered_parameters(path, dict[str, Text], _problems)


def _problems(wording: dict[str, Text]) -> Iterator[Problem]:
    for key, text in wording.items():
        if key not in WORDS:
            yield (key,), _("no sentence has this name.")
            continue
        for language in ("vi", "en"):
            shown = getattr(text, language)
            yield from _word_problems(key, language, shown)
            if shown.endswith(".") and _says_no_number(shown):
                yield (key, language), _("a sentence without a number says nothing.")
        if _words(text.vi) != _words(text.en):
            yield (
                (key,),
                _("the sentence “{key}” does not use the same figures in both languages.").format(
                    key=key
                ),
            )
    absent = [key for key in WORDS if key not in wording]
    if absent:
        yield (), _("these sentences are missing: {keys}.").format(keys=", ".join(absent))


def _says_no_number(text: str) -> bool:
    return not _words(text) - _NAMES and not any(sign.isdigit() for sign in text)


def _words(text: str) -> set[str]:
    """The words in braces; none where the braces are wrong, which is told elsewhere."""
    try:
        return {word for _literal, word, *_shape in string.Formatter().parse(text) if word}
    except ValueError:
        return set()


def _word_problems(key: str, language: str, text: str) -> Iterator[Problem]:
    allowed = WORDS[key].split()
    try:
        parts = list(string.Formatter().parse(text))
    except ValueError:
        yield (key, language), _("a brace is not closed or stands alone.")
        return
    for _literal, word, shape, conversion in parts:
        if word is not None and (word not in allowed or shape or conversion):
            yield (
                (key, language),
                _("the word {word} can't be filled in here; allowed: {allowed}.").format(
                    word=f"{{{word}}}", allowed=", ".join(f"{{{name}}}" for name in allowed)
                ),
            )


def listed(numbers: Iterable[int]) -> str:
    """1, 2, 5–9: three and more in a row as a range."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and runs[-1][-1] == number - 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    parts = [[f"{run[0]}–{run[-1]}"] if len(run) > 2 else list(map(str, run)) for run in runs]
    return ", ".join(text for part in parts for text in part)
