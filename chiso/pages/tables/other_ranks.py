"""How ranks move where points that say nothing of an agency's own work are left out."""

from __future__ import annotations

from chiso.base.i18n import _, count
from chiso.explain.certainty import OtherRanks, other_ranks
from chiso.explain.ownership import without_dossiers
from chiso.pages.tables.table import Field, Table, linked
from chiso.rules.explain_rules import explain_rules
from chiso.store.figures import Figures


def other_rank_table(figures: Figures, shown: int = 12) -> Table:
    """The agencies whose rank moves by many places without petition points or without those of the
    province's figures (params/explain.yml), the greatest move first."""
    least, left_out = explain_rules().rank_moves, without_dossiers(figures)
    found = [
        one
        for cohort in figures.tree.cohorts
        for one in other_ranks(figures, cohort)
        if one.code not in left_out and _move(one) >= least
    ]
    found.sort(key=lambda one: (-_move(one), one.code))
    units = {unit.code: unit for unit in figures.units}
    return Table(
        anchor="table-other-ranks",
        sheet=_("Other ranks"),
        caption=_(
            "Agencies whose rank moves by {least} places or more without points of petitions or of"
            " the province's figures (group I): {shown} of {number}."
        ).format(least=least, shown=min(shown, len(found)), number=count(len(found))),
        fields=(
            Field(_("Agency")),
            Field(_("Rank"), "count"),
            Field(_("Without petitions"), "count"),
            Field(_("Without group I"), "count"),
        ),
        rows=[
            [
                linked(str(units[one.code].name), f"{one.code}.html"),
                one.rank,
                one.without_petitions,
                one.without_shared,
            ]
            for one in found[:shown]
        ],
    )


def _move(one: OtherRanks) -> int:
    """The greater of the two moves; 0 without a rank."""
    others = [rank for rank in (one.without_petitions, one.without_shared) if rank is not None]
    return max((abs(rank - one.rank) for rank in others), default=0) if one.rank else 0
