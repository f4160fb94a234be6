"""The figures of a period reconciled with the portal's newest capture, before its pages are made."""

from __future__ import annotations

from collections.abc import Callable

from chiso.base.i18n import _
from chiso.store import reconciled
from chiso.store.figures import Figures, store_dir


def reconcile_figures(figures: Figures, tell: Callable[[str], None]) -> None:
    """Keep the reconciliation of these figures, where they come from records and the portal was
    captured; nothing is done where it is kept already."""
    from chiso.reconcile.beside import capture_files, newest_side

    settings, origin = figures.settings, figures.provenance
    files = capture_files(settings, figures.tree) if settings.has_records else {}
    if not files:
        return
    key = reconciled.made_from(origin, files)
    known = reconciled.read(store_dir(), origin)
    if known and known.made_from == key:
        return
    # Deferred: with nothing to measure, the engine is not worth its half second.
    from chiso.reconcile.reconciliation import reconcile
    from chiso.sources.records import load_records

    side = newest_side(settings, figures.tree, figures.book)
    if side is None:
        return
    tell(_("Reconciling {period} with the portal ...").format(period=settings.period.label))
    records = load_records(settings.folder, figures.tree)
    found = reconcile(records, figures.tree, settings.period, figures.book, side)
    reconciled.keep(store_dir(), origin, found, side, key)
