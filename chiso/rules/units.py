"""The tree of units: which agencies a province has, who is above whom, who is ranked with whom."""

from __future__ import annotations

import difflib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Annotated, Literal

from pydantic import Field

from chiso.base.errors import ParameterError
from chiso.base.i18n import _
from chiso.base.letters import without_accents
from chiso.base.locations import SAFE_NAME, locate
from chiso.base.params import Day, Problem, Text, parameters, remembered_parameters

# Pages of a site that are no agency's.
INDEX, METHOD, QUALITY, COMPARE = "index", "method", "data-quality", "compare"
# Those that a site has only where there is something to say.
NATIONAL, RECONCILE, PROCEDURES_PAGE, DAILY = "national", "reconcile", "procedures", "daily"
CORRECTION = "correction"
PAGES = (INDEX, METHOD, QUALITY, COMPARE, NATIONAL, RECONCILE, PROCEDURES_PAGE, DAILY, CORRECTION)
Level = Literal["tinh", "so", "huyen", "xa"]
Code = Annotated[str, Field(pattern=f"^{SAFE_NAME.pattern}$", max_length=40)]


@parameters
class Cohort:
    """Units that are ranked with each other."""

    name: Text
    partial: bool = False
    """true: the tree holds only some of the units that are ranked with each other."""
    source: str = ""


@parameters
class Unit:
    """An agency: the province, a sở/ban/ngành (so), a district (huyen) or a commune (xa)."""

    code: Code
    """What files and pages call the unit: letters without accents, digits, hyphens."""
    name: Text
    level: Level
    """The level: tinh, so (sở, ban, ngành), huyen, xa."""
    cohort: str
    """With whom the unit is ranked: a key of `cohorts`."""
    parent: str | None = None
    """The code of the unit above; only the province has none."""
    identification: str | None = None
    """The identification code, which the ids of the unit's dossiers begin with: 000.17.22.H56."""


@parameters
class Before:
    """What was before a tree (rules/mergers.py)."""

    mergers: Annotated[str, Field(pattern=rf"^{SAFE_NAME.pattern}\.csv$")]
    """The CSV file in params/units/ that says which unit went into which."""
    units: str | None = None
    """The tree until the day before, where there is one."""


@parameters
class UnitFile:
    """A file of params/units/."""

    name: Text
    source: Annotated[str, Field(min_length=1)]
    last_confirmed: Day
    valid_from: Day
    province: Code
    """The code of the province."""
    cohorts: dict[Code, Cohort]
    """Units that are ranked with each other, by a key of one's own choice."""
    units: tuple[Unit, ...]
    """The agencies, each below the one above it."""
    valid_to: Day | None = None
    before: Before | None = None
    """What was before this tree."""


def _typed(text: str) -> str:
    """A name or code as somebody types it who is in a hurry: no accents, no capitals, no hyphens."""
    return without_accents(text.casefold().replace("-", " ")).strip()


@dataclass(frozen=True)
class Tree:
    """The units of a province in the order of their file, parents before children."""

    name: Text
    province: str
    cohorts: dict[str, Cohort]
    units: tuple[Unit, ...]
    valid_from: date
    valid_to: date | None
    before: Before | None = None

    @cached_property
    def by_code(self) -> dict[str, Unit]:
        """The units by their codes."""
        return {unit.code: unit for unit in self.units}

    def unit(self, code: str) -> Unit:
        """The unit with that code; ParameterError if the tree has none."""
        if code not in self.by_code:
            raise ParameterError(
                _("The unit “{code}” is not in “{tree}”.").format(code=code, tree=self.name),
                hint=self._meant(code)
                or _("Codes are in params/units/; the first ones: {codes}").format(
                    codes=", ".join(list(self.by_code)[:8])
                ),
            )
        return self.by_code[code]

    def _meant(self, text: str) -> str:
        """Which units somebody may have meant who wrote a name, or a code with a mistake."""
        names = {_typed(said): unit for unit in self.units for said in (unit.name.vi, unit.code)}
        found = difflib.get_close_matches(_typed(text), names, 8, 0.75)
        units = list({names[name].code: names[name] for name in found}.values())[:3]
        named = ", ".join(f"{unit.code} ({unit.name})" for unit in units)
        return _("Did you mean {units}?").format(units=named) if named else ""

    def children(self, code: str) -> tuple[Unit, ...]:
        """The units directly below `code`."""
        return self._children.get(code, ())

    @cached_property
    def _children(self) -> dict[str, tuple[Unit, ...]]:
        found: dict[str, list[Unit]] = {}
        for unit in self.units:
            if unit.parent:
                found.setdefault(unit.parent, []).append(unit)
        return {code: tuple(units) for code, units in found.items()}

    def above(self, code: str) -> tuple[str, ...]:
        """The codes of the units above `code`, the province first."""
        parent = self.unit(code).parent
        return (*self.above(parent), parent) if parent else ()

    def below(self, code: str) -> frozenset[str]:
        """The codes of the unit and of every unit below it."""
        # By children: asked of every unit, a walk over all units would be one of millions of steps.
        return frozenset({code}.union(*(self.below(one.code) for one in self.children(code))))

    def is_in_force(self, on: date) -> bool:
        """Whether this is the tree of that day."""
        return self.valid_from <= on <= (self.valid_to or date.max)


def load_tree(name: str) -> Tree:
    """The tree in the file `name` (of params/units/, or a path); ParameterError if it is wrong."""
    content = remembered_parameters(locate(name, "units"), UnitFile, _problems)
    return Tree(
        content.name,
        content.province,
        content.cohorts,
        content.units,
        content.valid_from,
        content.valid_to,
        content.before,
    )


def _problems(content: UnitFile) -> Iterator[Problem]:
    codes = Counter(unit.code for unit in content.units)
    # Pages are files named after units, on disks that may not tell capitals apart.
    folded = Counter(unit.code.casefold() for unit in content.units)
    seen: set[str] = set()
    for i, unit in enumerate(content.units):
        if codes[unit.code] > 1 or folded[unit.code.casefold()] > 1:
            yield (
                ("units", i, "code"),
                _("the code “{code}” stands here more than once.").format(code=unit.code),
            )
        if unit.code.casefold() in PAGES:
            yield (
                ("units", i, "code"),
                _("“{code}” is the name of a page of the site.").format(code=unit.code),
            )
        if unit.cohort not in content.cohorts:
            yield (
                ("units", i, "cohort"),
                _("the cohort “{cohort}” is not among the cohorts.").format(cohort=unit.cohort),
            )
        if (unit.level == "tinh") != (unit.parent is None) or (
            unit.parent is not None and unit.parent not in seen
        ):
            yield (
                ("units", i, "parent"),
                _("a unit stands below its parent; only the province has none."),
            )
        seen.add(unit.code)
    provinces = [unit.code for unit in content.units if unit.level == "tinh"]
    if provinces != [content.province]:
        yield (
            ("province",),
            _("exactly one unit of level tinh is expected: {code}.").format(code=content.province),
        )
