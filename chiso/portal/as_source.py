"""The newest whole capture as the source of a period's figures."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd

from chiso.contract.evidence import Published
from chiso.portal.agreement import divergence
from chiso.portal.captures import newest
from chiso.portal.results import Results
from chiso.rules.settings import Settings
from chiso.rules.units import Tree


def in_newest_capture(settings: Settings, province: str) -> Settings:
    """Settings whose figures are the portal's, with folder, days of the newest whole capture of the
    province; others, and those without a capture, as they are."""
    capture = newest(settings.period, province) if settings.is_portal else None
    if capture is None:
        return settings
    return replace(
        settings,
        folder=capture.folder,
        captured=capture.captured.date(),
        as_of=capture.reference_day,
    )


def read_captured(settings: Settings, tree: Tree) -> tuple[pd.DataFrame, pd.DataFrame, Published]:
    """Counts, official results and what the portal says beside them, of the newest whole capture.

    InputError where the capture was altered or has agencies that the tree does not know.
    """
    capture = newest(settings.period, tree.province)
    if capture is None:
        raise LookupError(settings.period.name)  # the caller requires figures first
    results = Results(capture, tree)
    told = Published(results.flags, results.processing_days, divergence(capture))
    return results.counts, results.official, told
