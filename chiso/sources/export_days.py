"""When an export was made: the day that its name, its sheet or its heading says."""

from __future__ import annotations

import calendar
import re
import unicodedata
from collections.abc import Iterable, Iterator
from datetime import date

_SEP = r"[-_./ ]"
_YEAR, _MONTH, _DAY = (
    r"(?P<y>(?:19|20)\d\d)",
    r"(?P<m>0?[1-9]|1[0-2])",
    r"(?P<d>0?[1-9]|[12]\d|3[01])",
)
_DAYS = [
    re.compile(rf"(?<!\d){_YEAR}{_SEP}{_MONTH}{_SEP}{_DAY}(?!\d)"),
    re.compile(rf"(?<!\d){_DAY}{_SEP}{_MONTH}{_SEP}{_YEAR}(?!\d)"),
    re.compile(r"(?<!\d)(?P<y>(?:19|20)\d\d)(?P<m>0[1-9]|1[0-2])(?P<d>0[1-9]|[12]\d|3[01])(?!\d)"),
    re.compile(r"(?<!\d)(?P<d>0[1-9]|[12]\d|3[01])(?P<m>0[1-9]|1[0-2])(?P<y>(?:19|20)\d\d)(?!\d)"),
]
_MONTHS = [
    re.compile(rf"(?<!\d){_YEAR}{_SEP}{_MONTH}(?!\d)"),
    re.compile(rf"(?<!\d){_MONTH}{_SEP}{_YEAR}(?!\d)"),
    re.compile(rf"tháng\s*{_MONTH}\s*năm\s*{_YEAR}(?!\d)"),
]


def day_of(texts: Iterable[str]) -> date | None:
    """The newest day that the first text with one names, a month for its last day; None if none
    does. `texts`: the file's name, the sheet's, the heading above the table."""
    for text in texts:
        words = unicodedata.normalize("NFC", text).casefold()
        days = list(_found(_DAYS, words)) or list(_found(_MONTHS, words))
        if days:
            return max(days)
    return None


def _found(patterns: list[re.Pattern[str]], text: str) -> Iterator[date]:
    for pattern in patterns:
        for match in pattern.finditer(text):
            parts = match.groupdict()
            year, month = int(parts["y"]), int(parts["m"])
            last = calendar.monthrange(year, month)[1]
            day = int(parts.get("d") or last)
            if day <= last:
                yield date(year, month, day)
