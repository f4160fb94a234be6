"""Who leads and who coordinates each indicator (annex of Công văn 2283/UBND-PVHCC&KSTT, 30/8/2022)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import Field

from chiso.base.i18n import _
from chiso.base.locations import locate
from chiso.base.params import Day, Problem, Text, parameters, read_parameters
from chiso.rules.indicators import NUMBERS
from chiso.rules.units import Level, Tree, Unit


@parameters
class Body:
    """Who is meant: all units of some levels, one unit, or (neither) a body outside the tree."""

    name: Text
    levels: tuple[Level, ...] = ()
    """All units of these levels are meant."""
    unit: str | None = None
    """The one unit that is meant, by its code; with neither levels nor unit, a body outside the
    tree."""

    def includes(self, unit: Unit) -> bool:
        """Whether `unit` is meant."""
        return unit.level in self.levels or unit.code == self.unit


@parameters
class Assignment:
    """The bodies that lead and coordinate one indicator."""

    number: Annotated[int, Field(ge=1, le=21)]
    """The number of the indicator, 1 to 21."""
    lead: Annotated[tuple[str, ...], Field(min_length=1)]
    """Who leads: keys of `bodies`."""
    coordinating: tuple[str, ...]
    """Who coordinates: keys of `bodies`."""


@parameters
class AssignmentFile:
    """A file of params/assignments/."""

    name: Text
    source: Annotated[str, Field(min_length=1)]
    last_confirmed: Day
    valid_from: Day
    units: str
    """The tree of units that this belongs to: the name of a file of params/units/."""
    bodies: dict[str, Body]
    """Who may lead or coordinate, each by a key of one's own choice."""
    indicators: tuple[Assignment, ...]
    """Who leads and who coordinates each of the 21 indicators."""


@dataclass(frozen=True)
class Duty:
    """One unit's part in one indicator."""

    number: int
    role: str  # lead or coordinating


def load_assignments(name: str) -> AssignmentFile:
    """The assignments in the file `name` of params/assignments/; ParameterError if it is wrong."""
    return read_parameters(locate(name, "assignments"), AssignmentFile, _problems)


def duties(content: AssignmentFile, unit: Unit) -> tuple[Duty, ...]:
    """What `unit` leads and coordinates, by indicator.

    An agency can do both: lead for its own dossiers as one of the sở, ban, ngành, and coordinate
    for all where the annex names it.
    """
    return tuple(
        Duty(entry.number, role)
        for entry in content.indicators
        for role, bodies in (("lead", entry.lead), ("coordinating", entry.coordinating))
        if any(content.bodies[body].includes(unit) for body in bodies)
    )


def names(
    content: AssignmentFile, number: int, role: Literal["lead", "coordinating"]
) -> tuple[str, ...]:
    """Who leads or coordinates indicator `number`, in the reader's words, as the annex names them.

    Bodies outside the tree, which are not rated, are among them (VNPT, Kho bạc, Công an).
    """
    entry = next(entry for entry in content.indicators if entry.number == number)
    return tuple(str(content.bodies[body].name) for body in getattr(entry, role))


def unknown_units(content: AssignmentFile, tree: Tree) -> tuple[str, ...]:
    """Bodies whose unit is not in `tree`; empty where file and tree belong together."""
    named = (body.unit for body in content.bodies.values() if body.unit)
    return tuple(code for code in named if code not in tree.by_code)


def _problems(content: AssignmentFile) -> Iterator[Problem]:
    numbers = Counter(entry.number for entry in content.indicators)
    for i, entry in enumerate(content.indicators):
        if numbers[entry.number] > 1:
            yield (
                ("indicators", i, "number"),
                _("the number {number} stands here more than once.").format(number=entry.number),
            )
        for body in (*entry.lead, *entry.coordinating):
            if body not in content.bodies:
                yield (
                    ("indicators", i),
                    _("“{body}” is not among the bodies.").format(body=body),
                )
    absent = [str(number) for number in NUMBERS if number not in numbers]
    if absent:
        yield (
            ("indicators",),
            _("these indicators are missing: {numbers}.").format(numbers=", ".join(absent)),
        )
