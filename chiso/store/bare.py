"""Figures of bare counts, of no period: scored to be explained, never stored."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from chiso.base.params import Text
from chiso.base.period import Period
from chiso.rules.indicators import RuleBook
from chiso.rules.settings import Settings
from chiso.rules.units import Cohort, Tree, Unit
from chiso.scoring.score import score
from chiso.sources.given import read_given
from chiso.store.figures import Figures
from chiso.store.revisions import Provenance


def bare_figures(counts: Path, book: RuleBook, tree: Tree | None) -> Figures:
    """The counts in a file, scored; without a tree every unit by its own counts in one cohort.

    InputError for a wrong file. Settings and provenance only fill their place: period, revision and
    evidence of these figures mean nothing.
    """
    counted, official = read_given(counts, None, tree, book)
    scores = score(counted, official, book, tree)
    units = tree or _one_cohort(list(scores.totals["unit"]))
    period, name = Period(book.set.valid_from.year, "year", 1), Text(vi=counts.name, en=counts.name)
    settings = Settings(
        period=period,
        units="",
        indicator_set=book.set.code,
        assignments=None,
        source_name=name,
        folder=counts.parent,
        captured=None,
        as_of=period.last_day,
        is_illustrative=False,
        cases="internal",
    )
    provenance = Provenance(
        period="",
        province=units.province,
        units="",
        indicator_set=book.set.code,
        source={},
        captured="",
        as_of="",
        inputs={},
        code_version="",
        code_hash="",
        packages={},
    )
    return Figures(settings, book, units, scores, provenance, official)


def _one_cohort(codes: list[str]) -> Tree:
    """Units that carry no province's figures and are all ranked with each other."""
    name = Text(vi="Các đơn vị trong tệp", en="Units of the file")
    units = tuple(
        Unit(code=code, name=Text(vi=code, en=code), level="tinh", cohort="all") for code in codes
    )
    return Tree(name, codes[0] if codes else "", {"all": Cohort(name=name)}, units, date.min, None)
