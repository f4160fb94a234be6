"""The parameters of the comparison of two lists of procedures (params/procedure_lists.yml)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field

from chiso.base.i18n import _
from chiso.base.letters import plain
from chiso.base.locations import params_dir
from chiso.base.params import Day, Problem, parameters, remembered_parameters

Words = Annotated[tuple[str, ...], Field(min_length=1)]


@parameters
class NameAlike:
    """How alike names must be (0 to 1) for procedures with different codes to be paired."""

    at_least: Annotated[Decimal, Field(gt=0, le=1)]
    """How alike two names are at the least: 1 is the same."""
    source: Annotated[str, Field(min_length=1)]


@parameters
class FeeWords:
    """What a cell without an amount says of a fee."""

    without: Words
    """Words that say that there is no fee."""
    with_: Annotated[Words, Field(alias="with")]
    """Words that say that there is one."""


@parameters
class ProcedureListRules:
    """params/procedure_lists.yml."""

    last_confirmed: Day
    name_alike: NameAlike
    """When procedures with different codes are paired by their names."""
    levels: dict[Literal["tinh", "huyen", "xa"], Words]
    """The words for each level."""
    term_units: dict[Literal["hour", "day", "working_day", "month"], Words]
    """The words for each unit of a term."""
    fee: FeeWords
    """What a cell without an amount says of a fee."""

    @property
    def level_of(self) -> Mapping[str, str]:
        """Word, as words are compared -> level."""
        return {plain(word): level for level, words in self.levels.items() for word in words}

    @property
    def unit_of(self) -> Mapping[str, str]:
        """Word, as words are compared -> unit of term."""
        return {plain(word): unit for unit, words in self.term_units.items() for word in words}

    @property
    def has_fee(self) -> Mapping[str, bool]:
        """Word, as words are compared -> whether there is a fee."""
        none, some = self.fee.without, self.fee.with_
        return {plain(word): False for word in none} | {plain(word): True for word in some}


def procedure_list_rules() -> ProcedureListRules:
    """The rules of params/procedure_lists.yml; ParameterError if the file is wrong."""
    return remembered_parameters(
        params_dir() / "procedure_lists.yml", ProcedureListRules, _problems
    )


def _problems(content: ProcedureListRules) -> Iterator[Problem]:
    """A word that means two things."""
    groups = (
        ("levels", content.levels),
        ("term_units", content.term_units),
        ("fee", {"without": content.fee.without, "with": content.fee.with_}),
    )
    for place, meanings in groups:
        seen: dict[str, str] = {}
        for meaning, words in meanings.items():
            for word in words:
                if seen.setdefault(plain(word), meaning) != meaning:
                    told = _("“{word}” stands for two things here.").format(word=word)
                    yield (place, meaning), told
