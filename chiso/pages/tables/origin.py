"""Where the figures of a page come from."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import PurePosixPath

from chiso.base.i18n import _, count, current_language, day
from chiso.contract.tables import TABLES
from chiso.pages.tables.table import Field, Table
from chiso.store.figures import Figures

# Enough of a hash to tell two revisions apart.
_DIGITS = 8
# What files of figures are called here, whoever hands them in.
_OURS = {"counts", "official", *TABLES}


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
    rows += _inputs(origin.inputs)
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


def _inputs(inputs: Mapping[str, str]) -> list[tuple[str, str]]:
    """The hashes of files that are called as the project calls them; those of exports as one, because
    a name that somebody gave a file may be anybody's."""
    named, others = [], []
    for name, value in inputs.items():
        path = PurePosixPath(name)
        if path.parts[0] == "params" or path.stem in _OURS:
            named.append((_("Hash of {file}").format(file=path.name), value[:_DIGITS]))
        else:
            others.append(value)
    if not others:
        return named
    whole = hashlib.sha256("".join(sorted(others)).encode()).hexdigest()
    told = _("Hash of {number} more files of records").format(number=count(len(others)))
    return [*named, (told, whole[:_DIGITS])]
