"""What is looked at before any page is made: the wording, and analysts' texts that went stale."""

from __future__ import annotations

from collections.abc import Callable
from itertools import groupby

from chiso.base.i18n import _, points
from chiso.pages.own_text.texts import StaleText, stale_texts
from chiso.pages.wording import check_wording
from chiso.store.figures import Figures


def check_texts(figures: Figures, tell: Callable[[str], None]) -> None:
    """Tell of each text whose figures have changed since it was written, one line a text.

    ParameterError for sentences that could not be filled in and for texts with a wrong head.
    """
    check_wording()
    for file, changed in groupby(stale_texts(figures), key=lambda one: one.file):
        found = list(changed)
        tell(
            _(
                "{file} was written on other figures: {changes}. Read it again, then run"
                " `chiso comment --period {period} --unit {unit}`."
            ).format(
                file=file,
                changes="; ".join(map(_change, found)),
                period=figures.settings.period.name,
                unit=found[0].unit,
            )
        )


def _change(one: StaleText) -> str:
    indicator = _("indicator {number}").format(number=one.item)
    name = _("total points") if one.item == "total" else indicator
    return f"{name} {points(one.was)} → {points(one.now)}"
