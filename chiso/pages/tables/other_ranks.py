"""How ranks move where points that say nothing of an agency's own work are left out."""

from __future__ import annotations

from chiso.base.i18n import _, count
from chiso.explain.certainty import OtherRanks, other_ranks
from chiso.explain.ownership import without_dossiers
from chiso.pages.tables.table import Field, Table, linked
from chiso.rules.explain_rules import explain_rules
from chiso.store.figures import Figures


def other_rank_table(figures: Figures, shown: int = 12) -> Table:
    """The agencies whose rank moves by many places without petition points, without those of the
    province's figures, or with the other comparison of what is on time, where records tell it
    (params/explain.yml), the greatest move first."""
    least, left_out = explain_rules().rank_moves, without_dossiers(figures)
    found = [
        one
        for cohort in figures.tree.cohorts
        for one in other_ranks(figures, cohort)
        if one.code not in left_out and _move(one) >= least
    ]
    found.sort(key=lambda one: (-_move(one), one.code))
    units = {unit.code: unit for unit in figures.units}
    compares = any(one.compared is not None for one in found)
    by_days = figures.book.set.measures.comparison == "instant"
    heading = _("On time by days") if by_days else _("On time to the minute")
    return Table(
        anchor="table-other-ranks",
        sheet=_("Other ranks"),
        caption=_(
            "Agencies whose rank moves by {least} places or more without points of petitions, without"
            " those of the province's figures (group I), or with the other way to tell what is on"
            " time: {shown} of {number}."
        ).format(least=least, shown=min(shown, len(found)), number=count(len(found))),
        fields=(
            Field(_("Agency")),
            Field(_("Rank"), "count"),
            Field(_("Without petitions"), "count"),
            Field(_("Without group I"), "count"),
            *([Field(heading, "count")] if compares else []),
        ),
        rows=[
            [
                linked(str(units[one.code].name), f"{one.code}.html"),
                one.rank,
                one.without_petitions,
                one.without_shared,
                *([one.compared] if compares else []),
            ]
            for one in found[:shown]
        ],
    )


def _move(one: OtherRanks) -> int:
    """The greatest move; 0 without a rank."""
    ranks = (one.without_petitions, one.without_shared, one.compared)
    others = [rank for rank in ranks if rank is not None]
    return max((abs(rank - one.rank) for rank in others), default=0) if one.rank else 0
