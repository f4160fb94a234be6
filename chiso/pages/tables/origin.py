"""Where the figures of a page come from."""

from __future__ import annotations

from pathlib import Path

from chiso.base.i18n import _, current_language, day
from chiso.pages.tables.table import Field, Table
from chiso.store.figures import Figures

# Enough of a hash to tell two revisions apart.
_DIGITS = 8


def provenance(figures: Figures) -> Table:
    """Source, capture day, hashes, indicator set, code and package versions."""
    origin, rows = figures.provenance, []
    rows.append((_("Source"), origin.source[current_language()]))
    rows.append((_("Figures up to"), day(figures.settings.as_of)))
    if figures.settings.captured:
        rows.append((_("Taken over on"), day(figures.settings.captured)))
    rows.append((_("Indicator set"), f"{figures.book.set.name} ({origin.indicator_set})"))
    rows.append((_("Source of the rules"), str(figures.book.set.source)))
    rows.append((_("Revision"), str(origin.revision)))
    rows.append((_("Hash of the figures"), origin.figures_hash[:_DIGITS]))
    rows += [
        (_("Hash of {file}").format(file=Path(name).name), value[:_DIGITS])
        for name, value in origin.inputs.items()
    ]
    rows.append((_("Program"), f"chiso {origin.code_version} ({origin.code_hash[:_DIGITS]})"))
    rows.append(
        (_("Packages"), ", ".join(f"{name} {version}" for name, version in origin.packages.items()))
    )
    return Table(
        anchor="table-provenance",
        sheet=_("Origin"),
        caption=_("Origin of the figures."),
        fields=(Field(_("What")), Field(_("Value"))),
        rows=rows,
    )
