"""What workbooks say of cases: a row a record with all that it lacks, or a row a case; the words for why."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pandas as pd

from chiso.base.i18n import _
from chiso.rules.units import Tree

# Moments of cases are seconds since then.
_EPOCH = datetime(1970, 1, 1)
_OF_RECORD = ("procedure_id", "procedure", "received_s", "due_s", "ended_s")
_ENDED = _OF_RECORD.index("ended_s")


def record_frame(cases: pd.DataFrame, agencies: dict[str, str]) -> pd.DataFrame:
    """Cases of one kind by record: what each lacks and can still be mended, and what can not;
    `agencies`: names by code."""
    kind = cases["kind"].iloc[0]
    said = {reason: words for (of, reason), words in reasons().items() if of == kind}
    kinds, records = _records(cases)
    words = {lacks: _lacking(lacks, kinds, said) for lacks in {one.lacks for one in records}}
    # Late and still open first, then what can be mended for most, then the latest.
    records.sort(
        key=lambda one: (
            not one.open_late,
            -len(words[one.lacks].mendable),
            one.days_late is None,
            -(one.days_late or 0),
            one.id,
        )
    )
    lacking = [words[one.lacks] for one in records]
    told = dict(zip(_OF_RECORD, zip(*(one.told for one in records), strict=True), strict=True))
    columns = {
        _("Unit"): [agencies.get(one.unit) for one in records],
        _("Record"): [one.id for one in records],
        _("Procedure code"): told["procedure_id"],
        _("Procedure"): told["procedure"],
        _("Received"): _moments(told["received_s"]),
        _("Due"): _moments(told["due_s"]),
        _("Ended"): _moments(told["ended_s"]),
        _("Days late"): _days([one.days_late for one in records]),
        _("Mendable for indicators"): [_numbers(one.mendable) for one in lacking],
        _("What is lacking"): ["; ".join(one.to_do) or None for one in lacking],
        _("No longer mendable for indicators"): [_numbers(one.lost) for one in lacking],
        _("Why"): ["; ".join(one.why) or None for one in lacking],
        _("Unit code"): [one.unit for one in records],
    }
    return pd.DataFrame(columns, dtype=object)


@dataclass(slots=True)
class _Record:
    """A record and what its cases say of it: `told` is _OF_RECORD, of each the first that is known;
    `lacks` has a bit for each (indicator, reason, mendable)."""

    id: str
    unit: str
    told: list[Any]
    lacks: int = 0
    days_late: float | None = None
    open_late: bool = False


def _records(cases: pd.DataFrame) -> tuple[list[tuple[int, str, bool]], list[_Record]]:
    """(indicator, reason, mendable) by its bit, and the records of cases.

    Row by row: most agencies have some hundred cases, for which a data frame's every step takes longer.
    """
    bits = dict[tuple[int, str, bool], int]()
    found = dict[tuple[str, str], _Record]()
    names = ("id", "unit", "indicator", "reason", "mendable", "days_late", *_OF_RECORD)
    columns = [_values(cases[name]) for name in names]
    for key, unit, indicator, reason, mendable, days_late, *told in zip(*columns, strict=True):
        bit = 1 << bits.setdefault((indicator, reason, mendable), len(bits))
        record = found.get((key, unit))
        if record is None:
            record = found[key, unit] = _Record(key, unit, told)
        elif record.lacks & bit:
            continue
        elif None in record.told:
            pairs = zip(record.told, told, strict=True)
            record.told = [new if known is None else known for known, new in pairs]
        record.lacks |= bit
        if days_late is not None:
            known = record.days_late
            record.days_late = days_late if known is None else max(days_late, known)
            record.open_late |= days_late > 0 and told[_ENDED] is None
    return list(bits), list(found.values())


def _values(column: pd.Series) -> list[Any]:
    """What stands in a column, None where nothing does, whatever pandas has in its place; rows of one
    value share it, for a province has hundreds of thousands with a few names."""
    places, values = pd.factorize(column)
    known = [*values.tolist(), None]  # a missing one has the place -1
    return [known[place] for place in places.tolist()]


@dataclass(frozen=True)
class _Lacking:
    """What a record lacks: indicators and reasons that can be mended, and that can not."""

    mendable: tuple[int, ...]
    to_do: tuple[str, ...]
    lost: tuple[int, ...]
    why: tuple[str, ...]


def _lacking(lacks: int, kinds: list[tuple[int, str, bool]], words: Mapping[str, str]) -> _Lacking:
    found = sorted(one for place, one in enumerate(kinds) if lacks >> place & 1)
    sides = {
        side: [(number, reason) for number, reason, flag in found if bool(flag) is side]
        for side in (True, False)
    }
    told = {
        side: (
            tuple(dict.fromkeys(number for number, _reason in pairs)),
            tuple(dict.fromkeys(words.get(reason, reason) for _number, reason in pairs)),
        )
        for side, pairs in sides.items()
    }
    return _Lacking(*told[True], *told[False])


def _numbers(numbers: tuple[int, ...]) -> str | None:
    return ", ".join(map(str, numbers)) or None


def case_frame(cases: pd.DataFrame, tree: Tree) -> pd.DataFrame:
    """The cases with headings, names and reasons as the reader has them; codes of units last."""
    words = reasons()
    columns = {
        _("Unit"): [
            str(tree.by_code[code].name) if code in tree.by_code else code for code in cases["unit"]
        ],
        _("Record"): cases["id"],
        _("Procedure code"): cases["procedure_id"],
        _("Procedure"): cases["procedure"],
        _("Received"): _moments(_values(cases["received_s"])),
        _("Due"): _moments(_values(cases["due_s"])),
        _("Ended"): _moments(_values(cases["ended_s"])),
        _("Reason"): [
            words.get((kind, reason), reason)
            for kind, reason in zip(cases["kind"], cases["reason"], strict=True)
        ],
        _("Days late"): _days(_values(cases["days_late"])),
        _("Mendable"): [_("yes") if flag else _("no") for flag in cases["mendable"]],
        _("Unit code"): cases["unit"],
    }
    return pd.DataFrame({name: list(values) for name, values in columns.items()}, dtype=object)


def _days(days: Iterable[float | None]) -> list[int | None]:
    return [None if number is None or number < 1 else int(number) for number in days]


def _moments(seconds: Iterable[float | None]) -> list[datetime | None]:
    return [None if one is None else _EPOCH + timedelta(seconds=one) for one in seconds]


def reasons() -> dict[tuple[str, str], str]:
    """(kind of record, reason) -> the words for it."""
    return {
        ("dossier", "ended"): _("done after the due date"),
        ("dossier", "in_process"): _("overdue and still in process"),
        ("dossier", "supplement"): _("supplement asked for after the due date"),
        ("dossier", "waiting"): _("overdue, waiting for a supplement; no date of the request"),
        ("dossier", "asked_again"): _("supplements asked for more than once"),
        ("dossier", "no_limit"): _("neither a due date nor a term"),
        ("dossier", "complained"): _("petition or dislike of the applicant"),
        ("dossier", "synced"): _("not synchronised"),
        ("dossier", "online"): _("not received online"),
        ("dossier", "to_pay_paid"): _("not paid online"),
        ("dossier", "result"): _("no electronic result"),
        ("dossier", "components"): _("components not digitised"),
        ("dossier", "components_and_result"): _("components or result not digitised"),
        ("dossier", "reused"): _("no digitised data reused"),
        ("dossier", "from_store"): _("not tied to the document store"),
        ("dossier", "population_data"): _("population data not used"),
        ("petition", "refused"): _("refused too late"),
        ("petition", "answered"): _("answered too late"),
        ("petition", "published"): _("answer published too late"),
        ("petition", "to_publish"): _("answered, not published"),
        ("petition", "asked"): _("supplement asked for too late"),
        ("petition", "open"): _("overdue without an answer"),
        ("petition", "disliked"): _("dislike of the petitioner"),
        ("petition", "raised_again"): _("raised again"),
        ("service", "unused"): _("no online dossier"),
        ("commune", "no_copies"): _("no certified electronic copies"),
        ("procedure", "published"): _("decision signed too late"),
        ("procedure", "made_public"): _("made public too late"),
        ("procedure", "complete"): _("parts are missing in what is public"),
        ("procedure", "online"): _("no online service"),
        ("procedure", "paid"): _("no dossier paid online"),
        ("procedure", "fee_filled"): _("no dossier with fee data"),
        ("procedure", "connected"): _("no dossier with population data"),
        # As revisions that were stored before call it.
        ("procedure", "population_data"): _("no dossier with population data"),
    }
