"""Whether points computed from the portal's counts are the portal's, capture by capture."""

from __future__ import annotations

import hashlib
import json
from decimal import Decimal

import pandas as pd

from chiso.base.errors import UserError
from chiso.base.files import sha256, write_files
from chiso.base.locations import locate
from chiso.base.period import parse_period
from chiso.base.versions import code_hash
from chiso.contract.evidence import DIVERGENCE
from chiso.portal.captures import Capture, captures, portal_dir
from chiso.portal.results import Results
from chiso.rules.indicators import load_rules
from chiso.rules.portal_rules import portal_rules
from chiso.rules.settings import Settings, load_settings
from chiso.rules.units import load_tree
from chiso.scoring.score import score

_NOT_POINTS = ("class", "rank", "cohort_size")


def divergence(newest: Capture) -> pd.DataFrame:
    """DIVERGENCE of a province, by its captures up to `newest`: the first capture from which on the
    points differ in every one, if they agreed before and differ in as many as params/portal.yml says.

    A capture that can't be scored (no set in force, unknown agencies) says nothing.
    """
    found = [
        (capture.captured.date(), differs)
        for capture in captures(province=newest.province)
        if capture.captured <= newest.captured and (differs := _differs(capture)) is not None
    ]
    agreed = [i for i, (_day, differs) in enumerate(found) if not differs]
    rows = []
    if agreed and len(found) - 1 - agreed[-1] >= portal_rules().differing_captures:
        rows = [(newest.province, found[agreed[-1] + 1][0].isoformat(), len(agreed))]
    return pd.DataFrame(rows, columns=DIVERGENCE)


def _differs(capture: Capture) -> bool | None:
    """Whether any point differs by more than the last digit; None where nothing can be compared.
    Kept beside the captures, because reading all of them takes its time."""
    if not any(kept.page for kept in capture.answers):
        return None
    try:
        settings = load_settings(parse_period(capture.period))
        made_from = _made_from(capture, settings)
    except UserError:
        return None
    folder = portal_dir() / ".agreement"
    name = f"{capture.province}-{capture.period}-{capture.folder.name}.json"
    try:
        kept = json.loads((folder / name).read_text(encoding="utf-8"))
        if kept["made_from"] == made_from:
            return bool(kept["differs"]) if kept["differs"] is not None else None
    except (OSError, ValueError, KeyError, TypeError):
        pass  # not there, or damaged: it is made again
    differs = _compared(capture, settings)
    write_files(folder, {name: json.dumps({"made_from": made_from, "differs": differs})})
    return differs


def _compared(capture: Capture, settings: Settings) -> bool | None:
    try:
        tree = load_tree(settings.units)
        book = load_rules(settings.indicator_set, settings.period.last_day)
        results = Results(capture, tree)
    except UserError:
        return None
    counts = results.counts
    if counts["denominator"].isna().all():
        return None
    differences = score(counts, results.official, book, tree).differences
    points = differences[~differences["item"].isin(_NOT_POINTS)]
    least = portal_rules().last_digit
    return any(
        abs(Decimal(ours) - Decimal(official)) > least
        for ours, official in zip(points["ours"], points["official"], strict=True)
    )


def _made_from(capture: Capture, settings: Settings) -> str:
    parts = [one.sha256 for one in capture.answers]
    parts += [sha256(locate(settings.units, "units")), code_hash()]
    parts += [sha256(locate(settings.indicator_set, "indicators")), repr(portal_rules())]
    return hashlib.sha256(" ".join(parts).encode()).hexdigest()
