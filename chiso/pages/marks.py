"""The mark on every page whose figures are not to be taken for final results."""

from __future__ import annotations

from chiso.base.i18n import _, day
from chiso.rules.settings import Settings


def mark_of(settings: Settings) -> str:
    """That figures are invented, that the period is still open; empty where neither is so."""
    marks = []
    if settings.is_illustrative:
        marks.append(_("Illustrative data"))
    if settings.is_provisional:
        marks.append(_("Provisional up to {day}").format(day=day(settings.as_of)))
    return " · ".join(marks)
