"""How offices write dates and times: SQL of DuckDB that reads them, and which of day and month
stands first in a column.

A column is read in one order throughout: a number above 12 anywhere in it tells which; else the
file's other columns; else a clock with AM and PM, as only programs set to America write it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

# Times of day, weekdays and words around a date are brought to: day/month/year hour:minute:second am.
_REWRITTEN = (
    (r"[\x{00A0}\x{200B}\s]+", " "),
    (r"^(thứ|chủ) [^,0-9]*,? ?", ""),
    (r" ?giờ ?", "h"),
    (r" ?phút", ""),
    (r"\b(lúc|ngày)\b", " "),
    (r",| - ", " "),
    (r"\b(\d{1,2})h(\d{1,2})\b", r"\1:\2"),
    (r"\b(\d{1,2})h", r"\1:00"),
    (r" +", " "),
    (r"^ ?(\d{1,2}:\d{1,2}(?::\d{1,2})?(?: ?[aps][.]?[am][.]?| ?ch)?) (\d.*)$", r"\2 \1"),
    (r"\bsa$|\ba\.m\.$", "am"),
    (r"\bch$|\bp\.m\.$", "pm"),
    (r"^ ?(\d{1,2})[./ -](\d{1,2})[./ -](\d{4}|\d{2})\b", r"\1/\2/\3"),
)
_SHAPE = (
    r"^(\d{1,2})/(\d{1,2})/(\d{4}|\d{2})"
    r"(?: (\d{1,2}):(\d{1,2})(?::(\d{1,2})(?:[.]\d*)?)? ?(am|pm)?)? ?$"
)
_ANYWHERE = r"(?:^|[ ,])(\d{1,2})[./-](\d{1,2})[./-](?:\d{4}|\d{2})(?:[^0-9]|$)"
# What most systems write: 05/09/2022 08:10:00 and 2022-09-05 08:10:00.
_USUAL = r"^\d{2}/\d{2}/\d{4}( ([01]\d|2[0-3]):\d{2}(:\d{2})?)?$"
_DATE = r"^\d{4}-\d{2}-\d{2}"
# Viet Nam has been 7 hours ahead since 1975.
_LOCAL = "INTERVAL 7 HOUR"
_WITH_OFFSET = r"\d{2}:\d{2}.*(Z|[+-]\d{2}(:?\d{2})?)$"
# Moments that programs write for none.
_NONE = "(1, 1899, 1900)"
_MILLISECONDS = r"^(?:/Date\()?(\d{12,13})(?:[+-]\d{4})?(?:\)/)?$"
_SERIAL = r"^([2-7]\d{4})(?:[.,](\d+))?$"


def written(text: str) -> str:
    """SQL for a text as `read` takes it apart; NULL where that is not needed."""
    plain = f"lower({text})"
    for pattern, by in _REWRITTEN:
        plain = f"regexp_replace({plain}, '{pattern}', '{by}', 'g')"
    return f"CASE WHEN NOT regexp_matches({text}, '{_USUAL}|{_DATE}') THEN trim({plain}) END"


def read(text: str, plain: str, dates: list[str], month_first: bool) -> str:
    """SQL for the moment that a text tells, local time of Viet Nam; NULL where it can't be read.

    `text`, `plain`: a cell, and the same as `written`. `dates`: formats of the system beyond those
    of every office."""
    day = "%m/%d/%Y" if month_first else "%d/%m/%Y"
    usual = [f"{day} %H:%M:%S", f"{day} %H:%M", day]
    others = [
        _milliseconds(text),
        _serial(text),
        f"try_strptime({text}, {['%Y%m%d%H%M%S', '%Y%m%d', '%d-%b-%y', '%d-%b-%Y', *dates]})",
        _iso(text),
    ]
    # What most columns hold comes first: it is read many times faster.
    return f"""CASE
        WHEN regexp_matches({text}, '{_USUAL}') THEN try_strptime({text}, {usual})
        WHEN regexp_matches({text}, '{_DATE}') THEN {_iso(text)}
        WHEN regexp_matches({plain}, '{_SHAPE}') THEN {_of_shape(plain, month_first)}
        ELSE coalesce({", ".join(others)}) END"""


def _iso(text: str) -> str:
    """A text with an offset is a moment anywhere; sessions count in UTC."""
    plain = f"replace({text}, '/', '-')"
    return (
        f"CASE WHEN regexp_matches({text}, '{_WITH_OFFSET}')"
        f" THEN try_cast({plain} AS TIMESTAMPTZ)::TIMESTAMP + {_LOCAL}"
        f" ELSE try_cast({plain} AS TIMESTAMP) END"
    )


def is_none(moment: str) -> str:
    """SQL for whether a moment stands for none."""
    return f"coalesce(year({moment}) IN {_NONE}, false)"


def _of_shape(plain: str, month_first: bool) -> str:
    def part(number: int) -> str:
        return f"regexp_extract({plain}, '{_SHAPE}', {number})"

    day, month = (2, 1) if month_first else (1, 2)
    year = f"CASE WHEN length({part(3)}) = 2 THEN '20' || {part(3)} ELSE {part(3)} END"
    hour = f"coalesce(try_cast({part(4)} AS INTEGER), 0)"
    hour = (
        f"CASE {part(7)} WHEN 'pm' THEN {hour} % 12 + 12 WHEN 'am' THEN {hour} % 12 ELSE {hour} END"
    )
    # The end of a day is the beginning of the next.
    clock = f"CASE WHEN ({hour}) = 24 THEN '00' ELSE ({hour})::VARCHAR END"
    minute, second = (f"coalesce(nullif({part(n)}, ''), '0')" for n in (5, 6))
    iso = (
        f"concat({year}, '-', lpad({part(month)}, 2, '0'), '-', lpad({part(day)}, 2, '0'), ' ',"
        f" lpad({clock}, 2, '0'), ':', lpad({minute}, 2, '0'), ':', lpad({second}, 2, '0'))"
    )
    late = f"CASE WHEN ({hour}) = 24 THEN INTERVAL 1 DAY ELSE INTERVAL 0 DAY END"
    return f"try_cast({iso} AS TIMESTAMP) + {late}"


def _milliseconds(text: str) -> str:
    """Milliseconds since 1970, as JavaScript and .NET write moments."""
    number = f"try_cast(nullif(regexp_extract({text}, '{_MILLISECONDS}', 1), '') AS BIGINT)"
    return f"epoch_ms({number}) + {_LOCAL}"


def _serial(text: str) -> str:
    """Days since 30/12/1899, as Excel keeps moments; to the second."""
    matched = f"regexp_matches({text}, '{_SERIAL}')"
    days = f"try_cast(replace({text}, ',', '.') AS DOUBLE)"
    seconds = f"CASE WHEN {matched} THEN round({days} * 86400)::BIGINT END"
    return f"TIMESTAMP '1899-12-30' + to_seconds({seconds})"


@dataclass(frozen=True)
class Order:
    """What the dates of a column show: their highest first and second number (None: there are none
    that begin with the day or the month), and whether one has a clock of AM and PM."""

    first: int | None
    second: int | None
    american: bool

    @property
    def month_first(self) -> bool | None:
        """Whether the month comes first; None where both orders are possible."""
        if (self.first or 0) > 12 or (self.second or 0) > 12:
            return (self.first or 0) <= 12
        return None


def orders(text: str) -> list[str]:
    """SQL, over all rows, for the three fields of a column's Order."""
    numbers = [
        f"max(try_cast(nullif(regexp_extract({text}, '{_ANYWHERE}', {n}), '') AS INTEGER))"
        for n in (1, 2)
    ]
    clock = f"coalesce(bool_or(regexp_matches({text}, '(?i)[0-9] ?[AP][.]?M[.]?$')), false)"
    return [*numbers, clock]


def month_first(seen: Mapping[str, Order]) -> tuple[frozenset[str], list[str]]:
    """The columns of a file whose dates have the month first, and those of which nothing in the
    file tells the order; these have the day first, as in Viet Nam."""
    told = {name: order.month_first for name, order in seen.items() if order.first is not None}
    known = {answer for answer in told.values() if answer is not None}
    if not known and any(order.american for order in seen.values()):
        known = {True}
    rest = next(iter(known)) if len(known) == 1 else None
    decided = {name: rest if answer is None else answer for name, answer in told.items()}
    return (
        frozenset(name for name, answer in decided.items() if answer),
        [name for name, answer in decided.items() if answer is None],
    )
