"""Records for a period that has none of its own: invented ones, where its settings say so."""

from __future__ import annotations

import re
from collections.abc import Callable

from chiso.base.errors import InputError, ParameterError
from chiso.base.i18n import _
from chiso.base.locations import project_root
from chiso.base.period import parse_period
from chiso.rules.settings import Settings

# What a folder of figures is called that was meant for a period: it names a year.
_MEANT = re.compile(r"(19|20)\d\d")


def provide_records(settings: Settings, tell: Callable[[str], None]) -> None:
    """Invent the records of a period that is to be illustrated and whose folder is not there yet.

    `tell` gets that figures are invented, every time, and which folders of data/ are no periods.
    """
    for name in _misnamed():
        tell(
            _(
                "data/{name} is no period and is not read: call it like 2022-09, 2022-Q3, 2022-6T,"
                " 2022-9T or 2022."
            ).format(name=name)
        )
    if not settings.is_illustrative:
        return
    tell(_("Illustrative figures, not real ones: {folder}").format(folder=settings.folder))
    if settings.folder.exists():
        return
    from chiso.demo.write import DemoRequest, write_demo

    tell(
        _("There are no figures for {period}: making illustrative data in {folder}.").format(
            period=settings.period.name, folder=settings.folder
        )
    )
    write_demo(DemoRequest(settings.folder))


def without_records(settings: Settings, hint: str) -> InputError:
    """That the figures of a period are no records, and what to do."""
    return InputError(
        _("The counts of {period} were handed in: there are no records behind them.").format(
            period=settings.period.name
        ),
        file=settings.counts or settings.folder,
        hint=hint,
    )


def _misnamed() -> list[str]:
    """Folders of data/ that name a year and no period."""
    data = project_root() / "data"
    names = sorted(path.name for path in data.iterdir() if path.is_dir()) if data.is_dir() else []
    return [name for name in names if _MEANT.search(name) and not _is_period(name)]


def _is_period(name: str) -> bool:
    try:
        return parse_period(name).name == name
    except ParameterError:
        return False
