"""The file of `chiso measure --also`: measures without points, shown beside the points, never added."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pandas as pd

from chiso.base.rounding import half_up
from chiso.contract.evidence import whole_number
from chiso.measures.counts import Held
from chiso.measures.handling import HANDLING_MEASURES, handling
from chiso.measures.processing_times import processing_times
from chiso.rules.handling_rules import handling_rules

# value: a count, a share from 0 to 1, or a time in `term_unit`; empty: no data, or nothing to divide by.
ALSO = ["unit", "measure", "part", "procedure_id", "term_unit", "value"]
_Row = tuple[str, str, str, str, str, Any]
_SHARE, _TIME = 6, 4  # decimals


def also_table(held: Held, counts: pd.DataFrame) -> pd.DataFrame:
    """Measures without points of every unit (ALSO); `counts`: those of the 21, for indicator 5.

    measure: parts. form_ii06: the columns of the form. on_time_rate: circular_01 (settled on time /
    settled), indicator_5. channels: online, post, direct and their shares, which add up to 1.
    received_late: submitted_online, of these received_late and not_received. petitions_by_kind:
    petitions, policy, conduct, unclassified. processing_time: dossiers, mean, median, by procedure
    and (procedure_id empty) by unit of term.
    """
    rows: list[_Row] = []
    rates = counts[counts["indicator"] == 5].set_index("unit")
    for row in handling(held).to_dict("records"):
        unit = row["unit"]
        for measure, parts in HANDLING_MEASURES.items():
            rows += [(unit, measure, part, "", "", whole_number(row[part])) for part in parts]
        rows += [
            (unit, "on_time_rate", "circular_01", "", "", _circular_01(row)),
            (unit, "on_time_rate", "indicator_5", "", "", _indicator_5(rates.loc[unit])),
            *_shares(unit, row),
        ]
    rows += _times(processing_times(held))
    return pd.DataFrame(rows, columns=ALSO, dtype=object)


def _circular_01(row: dict[str, Any]) -> Decimal | None:
    if pd.isna(row["settled"]):
        return None
    return _rate(int(row["early"] + row["on_time"]), int(row["settled"]))


def _indicator_5(counts: pd.Series) -> Decimal | None:
    if counts["denominator"] is None:
        return None
    return _rate(int(counts["numerator"]), int(counts["denominator"]))


def _rate(part: int, whole: int) -> Decimal | None:
    """A rounded share; nothing of nothing is none."""
    return half_up(Fraction(part, whole), _SHARE) if whole else None


def _shares(unit: str, row: dict[str, Any]) -> Iterator[_Row]:
    """Each the difference of two rounded sums, so that the shares add up to 1."""
    channels = HANDLING_MEASURES["channels"]
    numbers = [whole_number(row[channel]) for channel in channels]
    known = [number for number in numbers if number is not None]
    whole, upto = sum(known), 0
    for channel, number in zip(channels, numbers, strict=True):
        before, upto = _rate(upto, whole), upto + (number or 0)
        after = _rate(upto, whole)
        share = None if before is None or after is None else after - before
        yield unit, "channels", f"{channel}_share", "", "", share


def _times(times: pd.DataFrame) -> Iterator[_Row]:
    rules = handling_rules()
    for row in times.to_dict("records"):
        unit, dossiers = row["term_unit"], int(row["dossiers"])
        mean = rules.in_term_unit(Fraction(int(row["seconds"]), dossiers), unit)
        median = rules.in_term_unit(Fraction(str(row["median_seconds"])), unit)
        for part, value in (
            ("dossiers", dossiers),
            ("mean", half_up(mean, _TIME)),
            ("median", half_up(median, _TIME)),
        ):
            yield row["unit"], "processing_time", part, row["procedure_id"], unit, value
