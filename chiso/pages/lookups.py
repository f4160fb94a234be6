"""Tables that an analyst looks something up in: for the notebook of recipes, on no page."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction

import pandas as pd
from pydantic import TypeAdapter, ValidationError

from chiso.base.errors import UserError
from chiso.base.i18n import _
from chiso.base.params import Rate
from chiso.base.rounding import percentage
from chiso.explain.what_if import what_if
from chiso.rules.units import Level
from chiso.store.figures import Figures, UnitFigures


def procedure_frame(figures: Figures, procedure: str = "", level: Level = "xa") -> pd.DataFrame:
    """One procedure (its code) in all agencies of a level: dossiers, late ones, their share in
    percent, most late ones first; indicator 5 says what is late.

    Without a code the one with most late dossiers there. No rows of figures without records.
    """
    names = {one.code: str(one.name) for one in figures.agencies if one.level == level}
    rows = figures.evidence("procedure_dossiers")
    rows = rows[rows["unit"].isin(list(names)) & (rows["procedure_id"] != "")]
    late = rows.groupby("procedure_id")["late"].sum().sort_values(ascending=False, kind="stable")
    code = procedure or next(iter(late.index), "")
    rows = rows[(rows["procedure_id"] == code) & (rows["dossiers"].fillna(0) > 0)]
    rows = rows.sort_values(["late", "dossiers"], ascending=False, kind="stable")
    titles = figures.evidence("processing_times").set_index("procedure_id")["procedure"].to_dict()
    counted = [(int(row.dossiers), int(row.late)) for row in rows.itertuples()]
    columns = {
        _("Unit"): [names[unit] for unit in rows["unit"]],
        _("Dossiers"): [dossiers for dossiers, _late in counted],
        _("Late"): [number for _dossiers, number in counted],
        _("Share late (%)"): [
            percentage(Fraction(number, dossiers), 2) for dossiers, number in counted
        ],
        _("Procedure"): [f"{titles.get(code) or ''} ({code})".strip()] * len(rows),
    }
    return pd.DataFrame(columns)


def what_if_frame(unit: UnitFigures, rates: Mapping[int, str]) -> pd.DataFrame:
    """What the unit's points would be if indicators (by number) reached rates such as “95%”: the cases
    that it takes more, points now and then, and the total in the last row.

    UserError for what is no rate, and for an indicator without counts.
    """
    found = what_if(unit, {number: _rate(text) for number, text in rates.items()})
    names = {rule.indicator.number: str(rule.indicator.name) for rule in unit.figures.book.rules}
    rows: list[
        tuple[str, Decimal | None, Decimal | None, int | None, Decimal | None, Decimal | None]
    ]
    rows = [
        (
            f"{one.number}. {names[one.number]}",
            percentage(unit.counts[one.number].rate or Fraction(0), 2),
            percentage(one.rate, 2),
            one.more,
            one.before,
            one.after,
        )
        for one in found.reached
    ]
    rows.append((_("Total"), None, None, None, found.before, found.after))
    headings = (
        _("Indicator"), _("Rate now (%)"), _("Rate wanted (%)"), _("Cases more"), _("Points now"),
        _("Points then"),
    )  # fmt: skip
    return pd.DataFrame(rows, columns=list(headings), dtype=object)


def _rate(text: str) -> Fraction:
    try:
        return Fraction(TypeAdapter(Rate).validate_python(text))
    except ValidationError:
        raise UserError(
            _("“{rate}” is no rate between 0% and 100%.").format(rate=text),
            hint=_("Write it like this: 95%"),
        ) from None
