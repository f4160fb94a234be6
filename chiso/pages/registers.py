"""The registers as the office's workbooks: what it reads there, and the columns that it fills in."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from chiso.base.excel import Cover, Sheet, write_workbook
from chiso.base.i18n import _
from chiso.base.letters import capitalised
from chiso.base.period import parse_period
from chiso.contract.letters import REPORT, Letter
from chiso.pages.letters.asked import asked_words
from chiso.rules.indicators import RuleBook, load_rules
from chiso.rules.owed_rules import ObligationFile, load_obligations, trees_with_obligations
from chiso.rules.settings import load_settings
from chiso.rules.units import Tree, load_tree
from chiso.store import event_log
from chiso.store.letters import letters
from chiso.store.letters_workbook import ENTRIES, ID, told_cells
from chiso.store.owed import newest, reported
from chiso.store.owed_workbook import (
    AGENCY,
    STATE,
    STATE_WORDS,
    TASK,
    TREE,
    reported_cells,
)

# The sheets and columns that the office only reads, in its language as those that it fills in.
_LETTERS, _STATES = "Sổ công văn", "Tình trạng"
_PERIOD, _KIND, _TO, _ASKED, _DEADLINE, _DRAFTED = (
    "Kỳ", "Loại", "Nơi nhận", "Nội dung yêu cầu", "Thời hạn", "Ngày dự thảo",
)  # fmt: skip
_KINDS = {REPORT: "báo cáo"}
_NAME, _OBLIGATION, _BY_WHEN = "Đơn vị", "Nghĩa vụ", "Thời hạn"


def write_letters(path: Path, folder: Path) -> None:
    """The workbook of the register of letters in `folder`, newest letter first."""
    entries, rules = event_log.size(folder), functools.cache(_rules)
    rows = [
        {
            ID: letter.id,
            _PERIOD: letter.period,
            _KIND: _KINDS.get(letter.kind, "đôn đốc"),
            _TO: rules(letter.period).addressee(letter),
            _ASKED: rules(letter.period).asked(letter),
            _DEADLINE: letter.deadline,
            _DRAFTED: letter.drafted_on,
            **told_cells(letter),
            ENTRIES: entries,
        }
        for letter in reversed(letters(folder, entries))
    ]
    columns = [
        *(ID, _PERIOD, _KIND, _TO, _ASKED, _DEADLINE, _DRAFTED),
        *(*told_cells(None), ENTRIES),
    ]
    note = _("Letters of the register; fill in: {columns}.").format(
        columns=", ".join(told_cells(None))
    )
    cover = Cover(
        _("Register of letters"),
        notes=(
            _("A letter counts as issued from its number and day on; a draft has neither."),
            _(
                "Fill in the number as it stands on the letter (05/UBND-KSTT) and days as 30/08/2022;"
                " leave the first column and the last as they are."
            ),
            _("Then run `make register`: it reads this workbook and writes it anew."),
        ),
    )
    table = pd.DataFrame(rows, columns=columns, dtype=object)
    write_workbook(path, [Sheet(_LETTERS, table, note)], cover)


def write_owed(path: Path, folder: Path) -> None:
    """The workbook of the register of obligations in `folder`, a sheet a tree of units."""
    entries = event_log.size(folder)
    now = newest(reported(folder, entries))
    sheets = []
    for name in trees_with_obligations():
        tree = load_tree(name)
        content = load_obligations(name, tree)
        if content is None:
            continue
        rows = [
            {
                TREE: name,
                AGENCY: code,
                _NAME: said,
                TASK: one.id,
                _OBLIGATION: one.name.vi,
                _BY_WHEN: f"{one.due:%d/%m/%Y}" if one.due else one.deadline.vi,
                **reported_cells(now.get((name, code, one.id))),
                ENTRIES: entries,
            }
            for code, said in content.agencies(tree).items()
            for one in content.owed_by(code, tree)
        ]
        table = pd.DataFrame(rows, dtype=object)
        sheets.append(Sheet(name, table, content.name.vi, {STATE: (_STATES, STATE)}))
    words = pd.DataFrame({STATE: list(STATE_WORDS.values())})
    cover = Cover(
        _("Register of obligations besides the indicators"),
        notes=(
            _("What nothing is filled in of counts as not reported, not as open."),
            _(
                "Fill in the state, the day from which on it holds and the evidence (a document's"
                " number, where it can be seen); leave codes and the last column as they are."
            ),
            _("Then run `make register`: it reads this workbook and writes it anew."),
        ),
    )
    write_workbook(path, [*sheets, Sheet(_STATES, words, _("The words for a state."))], cover)


@dataclass(frozen=True)
class _Rules:
    """What letters of a period are read by."""

    tree: Tree
    book: RuleBook
    obligations: ObligationFile | None

    def addressee(self, letter: Letter) -> str:
        """The name that the addressee has in the tree, or its code if that is gone."""
        unit = self.tree.by_code.get(letter.addressee)
        return unit.name.vi if unit else letter.addressee

    def asked(self, letter: Letter) -> str:
        """All that a letter asks."""
        words = [asked_words(one, self.book, self.obligations) for one in letter.asked]
        return capitalised("; ".join(words))


def _rules(period: str) -> _Rules:
    settings = load_settings(parse_period(period))
    tree = load_tree(settings.units)
    book = load_rules(settings.indicator_set, settings.period.last_day)
    return _Rules(tree, book, load_obligations(settings.units, tree))
