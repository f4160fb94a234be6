"""The figures of a period reconciled with the portal's newest capture, before its pages are made."""

from __future__ import annotations

from chiso.base.i18n import _
from chiso.store import reconciled
from chiso.store.figures import Figures, store_dir
from chiso.store.reading import Reading


def reconcile_figures(figures: Figures, reading: Reading) -> None:
    """Keep the reconciliation of these figures, where they come from records and the portal was
    captured; nothing is done where it is kept already. `reading`: as the figures were scored with."""
    from chiso.reconcile.beside import capture_files, newest_side

    settings, origin = figures.settings, figures.provenance
    files = capture_files(settings, figures.tree) if settings.has_records else {}
    if not files:
        return
    key = reconciled.made_from(origin, files)
    if reconciled.is_kept(store_dir(), origin, key):
        return
    # Deferred: with nothing to measure, the engine is not worth its half second.
    from chiso.reconcile.reconciliation import reconcile

    side = newest_side(settings, figures.tree, figures.book)
    if side is None:
        return
    reading.tell(_("Reconciling {period} with the portal ...").format(period=settings.period.label))
    records = reading.records(settings.folder, figures.tree)
    found = reconcile(records, figures.tree, settings.period, figures.book, side)
    reconciled.keep(store_dir(), origin, found, side, key)
