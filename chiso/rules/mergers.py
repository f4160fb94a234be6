"""Which agencies before a tree went into which of it: the file that a tree names, and what follows.

A CSV file of params/units/ with the columns old_code, old_name, province (which the old agency was
of), part (x: only a part of it went there) and code (of the tree); other columns are for people. It
names what changed: an agency without a row that has the same code, name and level in the tree before
is what it was.
"""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from pathlib import Path

from chiso.base.errors import ParameterError
from chiso.base.i18n import _
from chiso.base.locations import locate, params_dir
from chiso.base.params import read_text
from chiso.rules.units import Tree, load_tree

COLUMNS = ("old_code", "old_name", "province", "part", "code")
# Why there is nothing before a tree that an agency of it may be compared with.
PART, EXTENT, TIERS, ABSENT = "part", "extent", "tiers", "absent"
_PART = "x"


@dataclass(frozen=True)
class Merger:
    """An old agency, or a part of it (`is_part`), that went into the agency `code`."""

    old_code: str
    old_name: str
    province: str
    is_part: bool
    code: str


@dataclass(frozen=True)
class Origin:
    """What an agency was before its tree.

    `mergers`: what it was formed from, by the file. `codes`: the agencies of the tree before that
    together were what it is. Empty where there are none, and `why`: one went there in part (PART),
    its area is another (EXTENT), so are the tiers and with them its tasks (TIERS), or nothing is
    known of before (ABSENT).
    """

    mergers: tuple[Merger, ...]
    codes: tuple[str, ...]
    why: str = ""


@dataclass(frozen=True)
class Mergers:
    """The rows of a tree's file; `old`: the tree before, None where the project has none."""

    tree: Tree
    old: Tree | None
    rows: tuple[Merger, ...]

    def origin(self, code: str) -> Origin:
        """What an agency of the tree was before."""
        mergers = tuple(row for row in self.rows if row.code == code)
        codes, why = self._codes(code, mergers)
        return Origin(mergers, codes, why)

    def _codes(self, code: str, mergers: tuple[Merger, ...]) -> tuple[tuple[str, ...], str]:
        level, old = self.tree.unit(code).level, self.old
        # Departments work for the whole province.
        if level in ("tinh", "so") and len(self._provinces) > 1:
            return (), EXTENT
        if any(row.is_part for row in mergers):
            return (), PART
        codes = tuple(row.old_code for row in mergers) or (code,)
        if old is None or any(
            one not in old.by_code or old.unit(one).level != level for one in codes
        ):
            return (), ABSENT
        if level != "tinh" and _levels(old) != _levels(self.tree):
            return (), TIERS
        if not mergers and code in self._gone:
            return (), EXTENT  # a part of it went elsewhere
        if level == "huyen" and self._below(code) != {
            child.code for one in codes for child in old.children(one)
        }:
            return (), EXTENT
        return codes, ""

    def _below(self, code: str) -> set[str] | None:
        """What the communes of a district were before; None where that can't be told of one."""
        found = [self.origin(child.code).codes for child in self.tree.children(code)]
        return {one for codes in found for one in codes} if all(found) else None

    @cached_property
    def _provinces(self) -> frozenset[str]:
        return frozenset(row.province for row in self.rows)

    @cached_property
    def _gone(self) -> frozenset[str]:
        return frozenset(row.old_code for row in self.rows)


def load_mergers(tree: Tree) -> Mergers | None:
    """What went into the agencies of a tree; None where the tree names no file.

    ParameterError, with file and line, where the file is wrong, or does not fit the tree or the one
    that the tree says was before.
    """
    if tree.before is None:
        return None
    path = params_dir() / "units" / tree.before.mergers
    rows = _rows(path)
    problems = [*_row_problems(rows, tree)]
    old = None if tree.before.units is None else _tree_before(tree, tree.before.units)
    if old:
        problems += _unsaid(rows, tree, old)
    if problems:
        problems.sort(key=lambda one: one[0])
        raise ParameterError(
            "\n  ".join(
                _("line {line}: {message}").format(line=line, message=text)
                for line, text in problems
            ),
            file=path,
            line=problems[0][0],
            hint=_("Correct the file and run again."),
        )
    return Mergers(tree, old, tuple(_merger(row) for _line, row in rows))


def _levels(tree: Tree) -> set[str]:
    return {unit.level for unit in tree.units}


def _tree_before(tree: Tree, name: str) -> Tree:
    """The tree that was in force until the day before this one."""
    old = load_tree(name)
    eve = tree.valid_from - timedelta(1)
    if old.province != tree.province or old.valid_to != eve:
        raise ParameterError(
            _("“{old}” is not the tree of the same province that ended on {day}.").format(
                old=old.name, day=f"{eve:%d/%m/%Y}"
            ),
            file=locate(name, "units"),
            hint=_("Write its last day under “valid_to”, or correct “before” in “{tree}”.").format(
                tree=tree.name
            ),
        )
    return old


_Row = tuple[int, dict[str, str]]


def _rows(path: Path) -> list[_Row]:
    """The lines of the file with their numbers; empty ones are left out."""
    text = read_text(path).removeprefix("\ufeff")
    reader = csv.DictReader(io.StringIO(text, newline=""), restval="")
    try:
        rows = [(reader.line_num, row) for row in reader]
    except csv.Error as error:
        raise ParameterError(
            _("This is not readable CSV: {problem}.").format(problem=error),
            file=path,
            line=reader.line_num,
            hint=_("Save it again as CSV UTF-8."),
        ) from None
    absent = [name for name in COLUMNS if name not in (reader.fieldnames or ())]
    if absent:
        raise ParameterError(
            _("These columns are missing in the first line: {columns}.").format(
                columns=", ".join(absent)
            ),
            file=path,
            line=1,
            hint=_("The first line names the columns, parted by commas: {columns}").format(
                columns=",".join(COLUMNS)
            ),
        )
    known = [(line, {name: row[name].strip() for name in COLUMNS}) for line, row in rows]
    return [(line, row) for line, row in known if any(row.values())]


def _merger(row: dict[str, str]) -> Merger:
    return Merger(row["old_code"], row["old_name"], row["province"], bool(row["part"]), row["code"])


def _row_problems(rows: list[_Row], tree: Tree) -> Iterator[tuple[int, str]]:
    """What is wrong with single lines."""
    pairs = Counter((row["old_code"], row["code"]) for _line, row in rows)
    places = Counter(row["old_code"] for _line, row in rows)
    for line, row in rows:
        old, code = row["old_code"], row["code"]
        for name in ("old_code", "old_name", "province"):
            if not row[name]:
                yield line, _("“{column}” is empty.").format(column=name)
        if code not in tree.by_code:
            yield line, _("the unit “{code}” is not in “{tree}”.").format(code=code, tree=tree.name)
        if row["part"] not in ("", _PART):
            yield line, _("“part” is x, or empty where the whole unit went there.")
        if old and pairs[old, code] > 1:
            yield (
                line,
                _("“{old}” into “{code}” stands here more than once.").format(old=old, code=code),
            )
        elif old and places[old] > 1 and row["part"] != _PART:
            yield (
                line,
                _("“{old}” went into several units: write x under “part”.").format(old=old),
            )


def _unsaid(rows: list[_Row], tree: Tree, old: Tree) -> Iterator[tuple[int, str]]:
    """Agencies of the tree before of which the file has to say where they went, and does not."""
    said = {row["old_code"] for _line, row in rows}
    formed = {row["code"] for _line, row in rows}
    kept, last = _levels(tree), rows[-1][0] if rows else 1
    for unit in old.units:
        now = tree.by_code.get(unit.code)
        is_other = unit.level in kept if now is None else now.name.vi != unit.name.vi
        if unit.code not in said and (is_other or unit.code in formed):
            yield (
                last,
                _("where “{code}” ({name}) of “{old}” went is not said here.").format(
                    code=unit.code, name=unit.name, old=old.name
                ),
            )
