"""What the national portal says beside its figures: flags, its average time, and whether it computes anew."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from IPython.display import Markdown

from chiso.base.i18n import _, count, day, decimals
from chiso.base.markdown import escape
from chiso.pages.tables.table import Field, Table
from chiso.portal.results import MORE_THAN_ALL
from chiso.rules.portal_rules import portal_rules
from chiso.store.figures import Figures, UnitFigures


def flag_sentences(unit: UnitFigures) -> Markdown:
    """What the portal says of single figures of the unit; empty where it says nothing."""
    rows = unit.flags
    lines = [
        _("Indicator {number}, by the national portal: {meaning}.").format(
            number=number, meaning=_meaning(flag)
        )
        for number, flag in zip(rows["indicator"], rows["flag"], strict=True)
    ]
    return Markdown("\n".join(f"- {escape(line)}" for line in lines))


def flag_table(figures: Figures) -> Table:
    """The same of all agencies: indicator, meaning, how many; no rows where there are none."""
    flags = figures.evidence("flags")
    agencies = flags[flags["unit"] != figures.tree.province]
    sizes = agencies.groupby(["indicator", "flag"]).size()
    told = flags.drop_duplicates(["indicator", "flag"]).sort_values(["indicator", "flag"])
    of_province = set(
        flags[flags["unit"] == figures.tree.province][["indicator", "flag"]].itertuples(
            index=False, name=None
        )
    )
    return Table(
        anchor="table-flags",
        sheet=_("Notes of the portal"),
        caption=_("What the national portal notes of its own figures."),
        fields=(
            Field(_("No."), "count"),
            Field(_("Note")),
            Field(_("Whole province")),
            Field(_("Agencies"), "count"),
        ),
        rows=[
            [
                number,
                _meaning(flag),
                _("yes") if (number, flag) in of_province else "–",
                int(sizes.get((number, flag), 0)),
            ]
            for number, flag in zip(told["indicator"], told["flag"], strict=True)
        ],
    )


def published_days(unit: UnitFigures) -> Markdown:
    """How long dossiers took on average, as the portal says; empty where it does not."""
    rows = unit.published_days
    if not len(rows):
        return Markdown("")
    words = _(
        "Average processing time by the national portal: {days} days, in all procedures together. It"
        " earns no points, and procedures of other terms make it longer or shorter."
    )
    return Markdown(escape(words.format(days=decimals(Decimal(rows["days"][0]), 2))))


def divergence_sentence(figures: Figures) -> Markdown:
    """Since when the portal seems to compute differently; empty where it does not."""
    rows = figures.evidence("divergence")
    if not len(rows):
        return Markdown("")
    words = _(
        "The national portal seems to compute differently since {day}: until then its points were"
        " those that follow from its own counts ({number} captures), since then they no longer are."
    )
    since, agreed = date.fromisoformat(rows["since"][0]), int(rows["agreed"][0])
    return Markdown(escape(words.format(day=day(since), number=count(agreed))))


def _meaning(flag: str) -> str:
    if flag == MORE_THAN_ALL:
        return _("numerator above denominator, so not computed; the published points are shown")
    known = portal_rules().flags
    return str(known[flag]) if flag in known else flag
