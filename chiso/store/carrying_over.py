"""Revisions in the form of an earlier version of the program, brought into today's, nothing lost.

The form before kept no copy of the set and the tree, classes by their Vietnamese name, and no
published results. Today's files of the same name stand in for the copies, but only where they give
every stored point, class and level again; else the revision is left as it is, with an error.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pandas as pd

from chiso.base.errors import InputError, UserError
from chiso.base.files import replace_folder, sha256, staging_folder, write_files
from chiso.base.i18n import _
from chiso.base.locations import locate, project_root
from chiso.base.period import parse_period
from chiso.contract.counts import COUNT_COLUMNS, OFFICIAL_COLUMNS
from chiso.contract.evidence import small_texts
from chiso.rules.indicators import RuleBook, load_rules
from chiso.rules.settings import Settings
from chiso.rules.units import Tree, load_tree
from chiso.scoring.score import Scores, score
from chiso.scoring.score_files import read_scores, score_texts
from chiso.sources.given import read_official
from chiso.store import revisions
from chiso.store.revisions import Provenance


def carry_over(store: Path, province: str, settings: Settings) -> None:
    """Bring a period's revisions of the form before into today's, each in one step.

    Raises InputError for one whose set or tree is not today's any more; it stays as it is.
    """
    for origin in revisions.history(store, province, settings.period.name):
        if not origin.set_hash:
            _carry(store, origin, settings)


def _carry(store: Path, origin: Provenance, settings: Settings) -> None:
    folder = revisions.folder_of(store, origin)
    scores, evidence = read_scores(folder), small_texts(folder)
    if (
        revisions.fingerprint({**score_texts(scores), **evidence}),
        revisions.cases_hash(folder),
    ) != (origin.figures_hash, origin.cases_hash):
        raise revisions.altered(folder)
    book, tree = _rules_of(origin, folder)
    official = _published(origin, settings)
    coded = _coded(scores, book)
    if any(_differs(coded, official, book, tree)):
        raise _refusal(origin, folder)
    texts = revisions.revision_texts(coded, official, evidence)
    carried = replace(
        origin,
        set_hash=revisions.keep_copy(store, locate(origin.indicator_set, "indicators")),
        tree_hash=revisions.keep_copy(store, locate(origin.units, "units")),
        figures_hash=revisions.fingerprint(texts),
    )
    with staging_folder(folder) as staged:
        shutil.copytree(folder, staged, dirs_exist_ok=True)
        write_files(staged, {**texts, revisions.PROVENANCE: revisions.provenance_text(carried)})
        replace_folder(staged, folder)


def _rules_of(origin: Provenance, folder: Path) -> tuple[RuleBook, Tree]:
    try:
        day = parse_period(origin.period).last_day
        return load_rules(origin.indicator_set, day), load_tree(origin.units)
    except UserError:
        raise _refusal(origin, folder) from None


def _refusal(origin: Provenance, folder: Path) -> InputError:
    return InputError(
        _(
            "This stored revision has the form of an earlier version of the program, and the set"
            " {set} or the tree {tree} of today gives other figures."
        ).format(set=origin.indicator_set, tree=origin.units),
        file=folder,
        hint=_(
            "Put the files of params/indicators/ and params/units/ of that day back and run again,"
            " or move the folder away: nothing in it was changed."
        ),
    )


def _published(origin: Provenance, settings: Settings) -> pd.DataFrame:
    """What had been published, where its file is still the one of that day."""
    path = settings.official
    if path and origin.inputs.get(path.relative_to(project_root()).as_posix()) == sha256(path):
        return read_official(path)
    return pd.DataFrame(columns=OFFICIAL_COLUMNS)


def _coded(scores: Scores, book: RuleBook) -> Scores:
    """The scores with classes by their code."""
    codes = [None if name is None else book.class_code(name) for name in scores.totals["class"]]
    differences = scores.differences.copy()
    of_class = differences["item"] == "class"
    for column in ("ours", "official"):
        differences.loc[of_class, column] = differences.loc[of_class, column].map(book.class_code)
    totals = scores.totals.copy()
    totals["class"] = pd.Series(codes, dtype=object)
    return replace(scores, totals=totals, differences=differences)


def _differs(stored: Scores, official: pd.DataFrame, book: RuleBook, tree: Tree) -> Iterator[bool]:
    """Whether points computed from stored counts, or the classes of stored totals, are others now."""
    computed = stored.indicators[stored.indicators["basis"] == "computed"]
    again = score(stored.indicators[COUNT_COLUMNS], official, book, tree).indicators
    keys = ["unit", "indicator"]
    both = computed.merge(again, on=keys, how="left", suffixes=("", "_now"))
    # Not compared as columns: there a null differs from a null.
    pairs = zip(both["points"], both["points_now"], strict=True)
    yield from (before != now for before, now in pairs)
    for row in stored.totals.to_dict("records"):
        total = row["total"]
        yield (None if total is None else book.band(total).code) != row["class"]
        yield row["unit"] not in tree.by_code or tree.unit(row["unit"]).level != row["level"]
