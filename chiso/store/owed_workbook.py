"""What an analyst fills in of obligations: state, day and evidence, read back from the workbook."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from pathlib import Path

from chiso.base import clock
from chiso.base.i18n import _
from chiso.base.letters import plain
from chiso.contract.owed import DOING, DONE, NOT_DONE, Reported
from chiso.rules.owed_rules import Obligation, load_obligations, trees_with_obligations
from chiso.rules.units import load_tree
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
from chiso.store.letters_workbook import ENTRIES
from chiso.store.owed import Key, newest, reported

# The headings and words of the workbook, in the office's language whatever the terminal speaks.
TREE, AGENCY, TASK = "Bộ máy", "Mã đơn vị", "Mã nghĩa vụ"
STATE, DAY, EVIDENCE = "Tình trạng", "Từ ngày", "Minh chứng"
STATE_WORDS = {DONE: "đã thực hiện", DOING: "đang thực hiện", NOT_DONE: "chưa thực hiện"}
_STATES = {plain(word): state for state, word in STATE_WORDS.items()}
_FILLED = (STATE, DAY, EVIDENCE)
COLUMNS = (TREE, AGENCY, TASK, *_FILLED, ENTRIES)
# Who owes what, by tree and agency.
Owing = Mapping[tuple[str, str], Mapping[str, Obligation]]


def reported_cells(one: Reported | None) -> Filled:
    """By heading, what is reported of an obligation of an agency."""
    if one is None:
        return dict.fromkeys(_FILLED)
    state = STATE_WORDS[one.state] if one.state else None
    return dict(zip(_FILLED, (state, one.day, one.evidence), strict=True))


def read_reported(path: Path, folder: Path) -> tuple[Reported, ...]:
    """What a workbook reports beyond what the register in `folder` knows.

    InputError names every row that can't be taken over: a tree, an agency or an obligation that
    params/obligations/ does not have, the same one twice, a state that is no word of STATE_WORDS or
    has no day, a day that can't be, a cell that was changed in the register meanwhile.
    """
    mistakes = Mistakes(path)
    owing, most = _owing(), event_log.size(folder)
    after = functools.cache(lambda n: newest(reported(folder, n)))
    rows: dict[Key, OfficeRow] = {}
    changed: list[Reported] = []
    for key, row, settled in changed_rows(
        read_rows(path, COLUMNS),
        lambda row: _key(row, owing, rows, mistakes),
        lambda row: whole_of(row, ENTRIES, mistakes, most),
        lambda row: _filled(row, mistakes),
        lambda key, n: reported_cells(after(n).get(key)),
        mistakes,
    ):
        _require_sense(row, settled, owing[key[:2]][key[2]], mistakes)
        state = _STATES.get(plain(str(settled[STATE] or "")))
        changed.append(Reported(*key, state, settled[DAY], settled[EVIDENCE]))
    mistakes.require_none()
    return tuple(changed)


def _owing() -> Owing:
    found: dict[tuple[str, str], dict[str, Obligation]] = {}
    for name in trees_with_obligations():
        tree = load_tree(name)
        content = load_obligations(name, tree)
        for agency in content.agencies(tree) if content else ():
            owed = content.owed_by(agency, tree) if content else ()
            found[name, agency] = {one.id: one for one in owed}
    return found


def _key(
    row: OfficeRow, owing: Owing, seen: dict[Key, OfficeRow], mistakes: Mistakes
) -> Key | None:
    """The obligation of an agency that a row is about, which is `seen` from now on."""
    tree, agency, task = (text_of(row, name, mistakes) or "" for name in (TREE, AGENCY, TASK))
    key = (tree, agency, task)
    if tree not in {name for name, _agency in owing}:
        mistakes.add(row, TREE, _("params/obligations/ has no such file."))
    elif (tree, agency) not in owing:
        mistakes.add(row, AGENCY, _("no agency with this code owes anything there."))
    elif task not in owing[tree, agency]:
        known = ", ".join(owing[tree, agency])
        mistakes.add(
            row, TASK, _("is nothing that it owes; there are: {known}.").format(known=known)
        )
    elif key in seen:
        mistakes.add(row, TASK, _("stands in row {row} too.").format(row=seen[key].number))
    else:
        seen[key] = row
        return key
    return None


def _filled(row: OfficeRow, mistakes: Mistakes) -> Filled:
    return {
        STATE: _state(row, mistakes),
        DAY: day_of(row, DAY, mistakes),
        EVIDENCE: text_of(row, EVIDENCE, mistakes),
    }


def _state(row: OfficeRow, mistakes: Mistakes) -> str | None:
    """The word of a state, as it is spelt here."""
    text = text_of(row, STATE, mistakes)
    if text is None:
        return None
    if plain(text) in _STATES:
        return STATE_WORDS[_STATES[plain(text)]]
    known = ", ".join(STATE_WORDS.values())
    mistakes.add(row, STATE, _("is no state; there are: {known}.").format(known=known))
    return None


def _require_sense(
    row: OfficeRow, settled: Filled, obligation: Obligation, mistakes: Mistakes
) -> None:
    """A state has a day, which is not before it was owed nor after today; nothing stands without a
    state."""
    day = settled[DAY]
    if settled[STATE] and not day:
        mistakes.add(row, DAY, _("a state needs the day from which on it holds."))
    if not settled[STATE] and (day or settled[EVIDENCE]):
        mistakes.add(row, STATE, _("a day or evidence needs a state."))
    if day and day < obligation.from_:
        mistakes.add(row, DAY, _("is before {day}.").format(day=f"{obligation.from_:%d/%m/%Y}"))
    elif day and day > clock.vietnam_day(clock.now()):
        mistakes.add(row, DAY, _("is a day to come."))
