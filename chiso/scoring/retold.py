"""An earlier period by the agencies of a later tree: what an agency's predecessors had together.

Points follow from counts that add up (measures/definitions.ADDING_UP), by the rules of that period;
an agency that is one old one under whatever code has its score as it is. Ranks are left out: they
were places among other agencies.
"""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from chiso.contract.counts import COUNT_COLUMNS, OFFICIAL_COLUMNS
from chiso.measures.definitions import ADDING_UP
from chiso.rules.indicators import GROUPS, NUMBERS, RuleBook
from chiso.rules.units import Tree
from chiso.scoring.score import (
    DIFFERENCE_COLUMNS,
    NO_DATA,
    Count,
    Scores,
    counts_by_unit,
    score,
)

# By code of the later tree: the codes of the earlier one that were the same agency.
Predecessors = Mapping[str, tuple[str, ...]]
_PLACES = ("rank", "cohort_size")


def retold(scores: Scores, predecessors: Predecessors, book: RuleBook, tree: Tree) -> Scores:
    """The scores of a period by the agencies of `predecessors` alone, which are of `tree`.

    Of several predecessors: points of indicators whose counts add up; a group or the total only
    where all of its indicators do. What one of them lacks, all lack.
    """
    alone = _alone(predecessors)
    together = {code: codes for code, codes in predecessors.items() if len(codes) > 1}
    summed = _summed(scores, together, book, tree)
    totals = pd.concat([_renamed(scores.totals, alone), summed.totals], ignore_index=True)
    totals[list(_PLACES)] = None
    return Scores(
        pd.concat([_renamed(scores.indicators, alone), summed.indicators], ignore_index=True),
        pd.concat([_renamed(scores.groups, alone), summed.groups], ignore_index=True),
        totals,
        pd.DataFrame(columns=DIFFERENCE_COLUMNS, dtype=object),
    )


def retold_official(official: pd.DataFrame, predecessors: Predecessors) -> pd.DataFrame:
    """What was published of agencies that are one old one; points of several don't add up."""
    alone = _alone(predecessors)
    found = _renamed(official, alone)
    return found[~found["item"].isin(_PLACES)].reset_index(drop=True)


def _alone(predecessors: Predecessors) -> dict[str, str]:
    """Code of the earlier tree -> of the later one, of agencies that are one old one."""
    return {codes[0]: code for code, codes in predecessors.items() if len(codes) == 1}


def _renamed(table: pd.DataFrame, codes: Mapping[str, str]) -> pd.DataFrame:
    """The rows of some units, under other codes."""
    held = table[table["unit"].isin(list(codes))]
    return held.assign(unit=held["unit"].map(codes).astype(object))


def _summed(scores: Scores, together: Predecessors, book: RuleBook, tree: Tree) -> Scores:
    held = counts_by_unit(scores.indicators[COUNT_COLUMNS])
    counts = {
        code: {
            number: _sum([held.get(one, {}) for one in codes], number, book) for number in NUMBERS
        }
        for code, codes in together.items()
    }
    rows = [
        (code, number, count.numerator, count.denominator)
        for code, own in counts.items()
        for number, count in own.items()
    ]
    table = pd.DataFrame(rows, columns=COUNT_COLUMNS, dtype=object)
    found = score(table, pd.DataFrame(columns=OFFICIAL_COLUMNS, dtype=object), book, tree)
    for code, own in counts.items():
        level = tree.unit(code).level
        unknown = {
            number
            for number, count in own.items()
            if count == NO_DATA and level not in book.rule(number).indicator.zero_levels
        }
        _hide_unknown(found, code, unknown, book)
    return found


def _sum(held: list[Mapping[int, Count]], number: int, book: RuleBook) -> Count:
    """The count of several agencies together; of the province's figure, which stands for each of
    them, that one; no data where any has none or they don't add up."""
    counts = [own.get(number, NO_DATA) for own in held]
    if book.rule(number).indicator.scope == "province":
        return counts[0] if len(set(counts)) == 1 else NO_DATA
    numerators = [one.numerator for one in counts if one.numerator is not None]
    denominators = [one.denominator for one in counts if one.denominator is not None]
    is_whole = len(numerators) == len(denominators) == len(counts)
    if number not in ADDING_UP or not is_whole:
        return NO_DATA
    return Count(sum(numerators), sum(denominators))


def _hide_unknown(found: Scores, code: str, unknown: set[int], book: RuleBook) -> None:
    """Take away points that hang on indicators of which nothing is known: where such a one leaves
    its group by the set's rule, what the others of the group were worth isn't known either."""
    groups = {book.rule(number).indicator.group for number in unknown}
    moved = {
        book.rule(number).indicator.group
        for number in unknown
        if book.empty(book.rule(number)) == "rescale"
    }
    hidden = {
        rule.indicator.number for group in GROUPS if group in moved for rule in book.of_group(group)
    }
    for table, column, items in (
        (found.indicators, "indicator", unknown | hidden),
        (found.groups, "group", groups),
    ):
        rows = (table["unit"] == code) & table[column].isin(items)
        table.loc[rows, [name for name in ("points", "points_lost") if name in table]] = None
        table.loc[rows, "basis"] = ""
    if unknown:
        rows = found.totals["unit"] == code
        found.totals.loc[rows, ["total", "class"]] = None
        found.totals.loc[rows, "complete"] = False
        found.totals.loc[rows, "basis"] = ""
