"""What the office fills in of letters: number and day, answer and its day, read back from its workbook."""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping
from pathlib import Path

from chiso.base import clock
from chiso.base.i18n import _
from chiso.base.period import parse_period
from chiso.contract.letters import Letter, Told
from chiso.sources.office_sheets import (
    Filled,
    Mistakes,
    OfficeRow,
    changed_rows,
    day_of,
    read_rows,
    text_of,
    whole_of,
)
from chiso.store import event_log
from chiso.store.letters import letters

# The headings of the office's workbook, in its language whatever the terminal speaks.
ID, NUMBER, DATED = "Mã công văn", "Số, ký hiệu", "Ngày ban hành"
ANSWERED_ON, ANSWER = "Ngày trả lời", "Nội dung trả lời"
# How many entries the register had when the row was written.
ENTRIES = "Bản sổ"
_FILLED = (NUMBER, DATED, ANSWERED_ON, ANSWER)
_LEADING = re.compile(r"0*(\d+)(.*)", re.DOTALL)


def told_cells(letter: Letter | None) -> Filled:
    """By heading, what is told of a letter."""
    if letter is None:
        return dict.fromkeys(_FILLED)
    told = (letter.number, letter.dated, letter.answered_on, letter.answer)
    return dict(zip(_FILLED, told, strict=True))


def read_told(path: Path, folder: Path) -> tuple[Told, ...]:
    """What a workbook says of letters of the register in `folder` beyond what that knows.

    InputError names every row that can't be taken over: an unknown letter, the same letter twice, a
    day or an order of days that can't be, an answer to a letter without a number, a number that two
    letters of a year would have, a cell that was changed in the register meanwhile.
    """
    mistakes = Mistakes(path)
    most = event_log.size(folder)
    after = functools.cache(lambda n: {letter.id: letter for letter in letters(folder, n)})
    now = after(None)
    rows: dict[str, OfficeRow] = {}
    changed: dict[str, Told] = {}
    for name, row, settled in changed_rows(
        read_rows(path, (ID, *_FILLED, ENTRIES)),
        lambda row: _name(row, now, rows, mistakes),
        lambda row: whole_of(row, ENTRIES, mistakes, most),
        lambda row: _filled(row, mistakes),
        lambda name, n: told_cells(after(n).get(name)),
        mistakes,
    ):
        changed[name] = Told(name, *settled.values())
        _require_sense(row, now[name], changed[name], mistakes)
    _require_numbers(now, changed, rows, mistakes)
    mistakes.require_none()
    return tuple(changed.values())


def _name(
    row: OfficeRow, now: Mapping[str, Letter], seen: dict[str, OfficeRow], mistakes: Mistakes
) -> str | None:
    """The letter that a row is about, which is `seen` from now on."""
    name = text_of(row, ID, mistakes)
    if name is None or name not in now:
        mistakes.add(row, ID, _("is no letter of the register."))
        return None
    if name in seen:
        mistakes.add(row, ID, _("stands in row {row} too.").format(row=seen[name].number))
        return None
    seen[name] = row
    return name


def _filled(row: OfficeRow, mistakes: Mistakes) -> Filled:
    return {
        NUMBER: text_of(row, NUMBER, mistakes),
        DATED: day_of(row, DATED, mistakes),
        ANSWERED_ON: day_of(row, ANSWERED_ON, mistakes),
        ANSWER: text_of(row, ANSWER, mistakes),
    }


def _require_sense(row: OfficeRow, letter: Letter, one: Told, mistakes: Mistakes) -> None:
    """An answer follows a letter that was issued, and neither comes before what it is about, nor
    after today."""
    if (one.number is None) != (one.dated is None):
        missing = NUMBER if one.number is None else DATED
        mistakes.add(row, missing, _("number and day of a letter are given together."))
    if one.answer and not one.answered_on:
        mistakes.add(row, ANSWERED_ON, _("an answer needs its day."))
    if one.answered_on and not one.dated:
        mistakes.add(row, DATED, _("it is answered: give its number and day first."))
    first = parse_period(letter.period).start.date()
    today = clock.vietnam_day(clock.now())
    for heading, day, lower in (
        (DATED, one.dated, first),
        (ANSWERED_ON, one.answered_on, one.dated or first),
    ):
        if day and day < lower:
            mistakes.add(row, heading, _("is before {day}.").format(day=f"{lower:%d/%m/%Y}"))
        elif day and day > today:
            mistakes.add(row, heading, _("is a day to come."))


def _require_numbers(
    now: Mapping[str, Letter],
    changed: Mapping[str, Told],
    rows: Mapping[str, OfficeRow],
    mistakes: Mistakes,
) -> None:
    """No number is that of two letters of a year; a bare one is that of every symbol."""
    owners: dict[tuple[int, str], list[tuple[str, str]]] = {}
    for name in sorted(now, key=lambda name: name in changed):
        one: Letter | Told = changed.get(name, now[name])
        if one.number is None or one.dated is None:
            continue
        number, symbol = _parts(one.number)
        key = (one.dated.year, number)
        for other, others_symbol in owners.setdefault(key, []):
            if name in changed and (not symbol or not others_symbol or symbol == others_symbol):
                where = other
                if other in rows:
                    where += _(" (row {row})").format(row=rows[other].number)
                mistakes.add(
                    rows[name],
                    NUMBER,
                    _("another letter of the year has this number: {where}.").format(where=where),
                )
        owners[key].append((name, symbol))


def _parts(number: str) -> tuple[str, str]:
    """05/UBND-KSTT as 5 and its symbol; a number without digits is all of it."""
    found = _LEADING.fullmatch(number)
    return (found[1], found[2].strip(" /").casefold()) if found else (number.casefold(), "")
