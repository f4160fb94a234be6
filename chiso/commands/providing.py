"""Records for a period that has none of its own: invented ones, where its settings say so."""

from __future__ import annotations

from collections.abc import Callable

from chiso.base.i18n import _
from chiso.rules.settings import Settings


def provide_records(settings: Settings, tell: Callable[[str], None]) -> None:
    """Invent the records of a period that is to be illustrated and whose folder is not there yet;
    `tell` gets that it is being done."""
    if settings.folder.exists() or not settings.is_illustrative:
        return
    from chiso.demo.write import Request, write_demo

    tell(
        _("There are no figures for {period}: making illustrative data in {folder}.").format(
            period=settings.period.name, folder=settings.folder
        )
    )
    write_demo(Request(settings.folder))
