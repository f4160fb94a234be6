"""The form by which the period and the unit of a notebook are chosen in JupyterLab; no page is made with it."""

from __future__ import annotations

from functools import cache
from typing import Any

import ipywidgets
from IPython.display import display

from chiso.base.i18n import _
from chiso.base.period import parse_period
from chiso.store.figures import Figures, store_dir
from chiso.store.pipeline import newest_stored
from chiso.store.revisions import history


def chosen_figures(period: str, variables: dict[str, Any]) -> Figures:
    """The figures to show in a notebook that is open, whose parameters stand in `variables`.

    What they leave empty is chosen by the form, which is shown; the unit is written into them. Without
    a choice: the revision that was stored last. InputError if nothing is stored.
    """
    figures = newest_stored(period)  # before the form is made: the error says what to do
    has_unit = "unit" in variables
    if period and variables.get("unit", period):
        return figures
    form = _form()
    figures = form.show(figures, may_choose_period=not period, may_choose_unit=has_unit)
    if has_unit:
        variables["unit"] = variables["unit"] or form.unit.value
    return figures


@cache
def _form() -> _Form:
    """The one of this kernel: it keeps what was chosen while the cells are run again."""
    return _Form()


class _Form:
    """Two lists to choose from, and a line that says what the cells below show."""

    def __init__(self) -> None:
        wide = {"layout": {"width": "max-content"}, "style": {"description_width": "initial"}}
        self.period = ipywidgets.Dropdown(description=_("Period"), **wide)
        self.unit = ipywidgets.Dropdown(description=_("Unit"), **wide)
        self.told = ipywidgets.Label()
        self.box = ipywidgets.VBox([ipywidgets.HBox([self.period, self.unit]), self.told])
        self.period.observe(self._offer_units, "value")
        for chosen in (self.period, self.unit):
            chosen.observe(self._say_how, "value")

    def show(self, newest: Figures, may_choose_period: bool, may_choose_unit: bool) -> Figures:
        """Show the form in the cell that runs; the figures of the period that is chosen in it.

        `newest`: of the period that the notebook names, else the revision that was stored last.
        """
        own = newest.settings.period
        stored = [own]
        if may_choose_period:
            stored = sorted(
                {parse_period(one.period) for one in history(store_dir())},
                key=lambda one: (one.end, one.name),
                reverse=True,
            )
        before = self.period.value if self.period.value in [one.name for one in stored] else None
        self.period.options = [(one.label, one.name) for one in stored]
        self.period.value = before or own.name
        self.period.disabled = not may_choose_period
        figures = newest if self.period.value == own.name else newest_stored(self.period.value)
        self._offer(figures)
        self.unit.layout.display = None if may_choose_unit else "none"
        self.told.value = _("The cells below show this choice.")
        display(self.box)
        return figures

    def _offer_units(self, change: dict[str, Any]) -> None:
        if change["new"]:
            self._offer(newest_stored(change["new"]))

    def _offer(self, figures: Figures) -> None:
        """The agencies of a period; the one that was chosen stays if the period has it."""
        before = self.unit.value
        codes = [one.code for one in figures.agencies]
        self.unit.options = [(f"{one.name} ({one.code})", one.code) for one in figures.agencies]
        self.unit.value = before if before in codes else next(iter(codes), None)

    def _say_how(self, _change: dict[str, Any]) -> None:
        self.told.value = _("To see this choice: Run ▸ Run All Cells.")
