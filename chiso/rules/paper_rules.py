"""Who signs a paper, which symbol its number has and where it is dated (params/papers.yml)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, get_args

from pydantic import Field

from chiso.base.i18n import _
from chiso.base.locations import params_dir
from chiso.base.params import Day, Problem, Text, parameters, remembered_parameters
from chiso.rules.units import Level, Unit

Words = Annotated[str, Field(min_length=1)]


@parameters
class Signer:
    """Who signs for the agencies of a level whose name begins so."""

    level: Level
    """The level of the agency: tinh, so, huyen, xa."""
    title: Text
    """The title of who signs."""
    begins: str = ""
    """How the agency's Vietnamese name begins; left out: any name."""
    on_behalf: Text | None = None
    """On whose behalf the head signs (TM.), for agencies that decide as a body."""
    symbol: str = ""
    """The symbol behind the kind of document; left out: the clerk fills it in."""


@parameters
class PaperRules:
    """params/papers.yml."""

    last_confirmed: Day
    source: Words
    signers: tuple[Signer, ...]
    """Who signs; the first line that fits counts."""
    places: tuple[Words, ...]
    """What stands before the place in an agency's name, and is left out where the paper is
    dated."""

    def signer(self, unit: Unit) -> Signer:
        """Who signs for the unit."""
        return next(
            one
            for one in self.signers
            if one.level == unit.level and f"{unit.name.vi} ".startswith(_word(one.begins))
        )

    def place(self, unit: Unit) -> str:
        """The place in the name of a People's Committee: Hưng Yên of UBND tỉnh Hưng Yên."""
        for before in self.places:
            rest = unit.name.vi.removeprefix(f"{before} ")
            if rest != unit.name.vi and rest[0].isdigit():
                return f"{before.removeprefix('UBND ').capitalize()} {rest}"
            if rest != unit.name.vi:
                return rest
        return unit.name.vi


def paper_rules() -> PaperRules:
    """The rules of params/papers.yml; ParameterError if the file is wrong."""
    return remembered_parameters(params_dir() / "papers.yml", PaperRules, _problems)


def _word(begin: str) -> str:
    return f"{begin} " if begin else ""


def _problems(content: PaperRules) -> Iterator[Problem]:
    whole = {signer.level for signer in content.signers if not signer.begins}
    for level in get_args(Level):
        if level not in whole:
            yield (("signers",), _("nobody signs for the level {level}.").format(level=level))
