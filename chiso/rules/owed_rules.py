"""What agencies owe besides the 21 indicators, by whom and by when (params/obligations/<tree>.yml)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date
from typing import Annotated

from pydantic import Field

from chiso.base.i18n import _, day
from chiso.base.locations import SAFE_NAME, params_dir
from chiso.base.params import Day, Problem, Text, parameters, remembered_parameters
from chiso.rules.assignments import Body
from chiso.rules.units import Tree


@parameters
class Obligation:
    """One thing that is owed."""

    id: Annotated[str, Field(pattern=f"^{SAFE_NAME.pattern}$", max_length=40)]
    """What the register calls this: small letters, digits, hyphens."""
    name: Text
    by: Annotated[tuple[str, ...], Field(min_length=1)]
    """Who owes this: keys of `bodies`."""
    from_: Annotated[Day, Field(alias="from")]
    """The day since which this is owed."""
    deadline: Text
    """By when, in the words of the source."""
    source: Annotated[str, Field(min_length=1)]
    due: Day | None = None
    """The last day, where the source names one."""


@parameters
class ObligationFile:
    """A file of params/obligations/."""

    name: Text
    source: Annotated[str, Field(min_length=1)]
    last_confirmed: Day
    units: str
    """The tree of units that this belongs to: the name of the file."""
    bodies: dict[str, Body]
    """Who may owe anything, each by a key of one's own choice."""
    obligations: Annotated[tuple[Obligation, ...], Field(min_length=1)]
    """What is owed besides the indicators."""

    def owed_by(self, agency: str, tree: Tree, on: date = date.max) -> tuple[Obligation, ...]:
        """What a unit, or a body outside the tree by its key, owes on a day."""
        unit = tree.by_code.get(agency)
        return tuple(
            one
            for one in self.obligations
            if one.from_ <= on
            and any(self.bodies[key].includes(unit) if unit else key == agency for key in one.by)
        )

    def agencies(self, tree: Tree) -> dict[str, str]:
        """All that owe anything, by code or key, with their names: the units in the order of the
        tree, then the bodies outside."""
        units = {unit.code: str(unit.name) for unit in tree.units}
        outside = {
            key: str(body.name)
            for key, body in self.bodies.items()
            if body.unit is None and not body.levels
        }
        return {
            code: name for code, name in {**units, **outside}.items() if self.owed_by(code, tree)
        }


def load_obligations(name: str, tree: Tree) -> ObligationFile | None:
    """What is owed in the tree of that name; None where nothing is laid down. ParameterError if the
    file is wrong."""
    path = params_dir() / "obligations" / f"{name}.yml"
    if name not in trees_with_obligations():
        return None
    return remembered_parameters(
        path, ObligationFile, lambda content: _problems(content, name, tree)
    )


def trees_with_obligations() -> tuple[str, ...]:
    """The names of the trees of which something is laid down."""
    return tuple(sorted(path.stem for path in (params_dir() / "obligations").glob("*.yml")))


def _problems(content: ObligationFile, name: str, tree: Tree) -> Iterator[Problem]:
    if content.units != name:
        yield (
            ("units",),
            _("“{found}” is not the tree that the file is called after, “{name}”.").format(
                found=content.units, name=name
            ),
        )
    for key, body in content.bodies.items():
        if body.unit and body.unit not in tree.by_code:
            yield (
                ("bodies", key, "unit"),
                _("“{unit}” is not a unit of “{tree}”.").format(unit=body.unit, tree=name),
            )
        if key in tree.by_code:
            yield (("bodies", key), _("a unit has this code: choose another key."))
    ids = Counter(one.id for one in content.obligations)
    for i, one in enumerate(content.obligations):
        if ids[one.id] > 1:
            yield (
                ("obligations", i, "id"),
                _("the id “{id}” stands here more than once.").format(id=one.id),
            )
        for key in one.by:
            if key not in content.bodies:
                yield (
                    ("obligations", i, "by"),
                    _("“{body}” is not among the bodies.").format(body=key),
                )
        if one.due and one.due < one.from_:
            yield (
                ("obligations", i, "due"),
                _("{due} is before {first}, from which on it is owed.").format(
                    due=day(one.due), first=day(one.from_)
                ),
            )
