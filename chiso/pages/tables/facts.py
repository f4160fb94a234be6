"""The figures that matter most, large."""

from __future__ import annotations

from IPython.display import Markdown

from chiso.base.i18n import _, points, short_points, signed_points
from chiso.base.markdown import division, escape
from chiso.explain import cohort_standing, total_change
from chiso.explain.ownership import has_dossiers
from chiso.store.figures import UnitFigures


def key_facts(unit: UnitFigures) -> Markdown:
    """Total, class, rank and the change against the period before, as large figures; of a unit
    without dossiers its total alone, with a rank only where one was published."""
    standing = unit.standing
    maximum = short_points(standing.max_total)
    facts = [(points(standing.total), _("points of {maximum}").format(maximum=maximum))]
    if has_dossiers(unit):
        facts += [(str(standing.band or "–"), _("class")), *_rank(unit), *_change(unit)]
    elif standing.rank_is_published:
        facts += _rank(unit)
    lines = [f"- **{escape(value)}** {escape(label)}" for value, label in facts]
    return Markdown(division("\n".join(lines), "facts"))


def _rank(unit: UnitFigures) -> list[tuple[str, str]]:
    standing, cohort = unit.standing, unit.figures.tree.cohorts[unit.unit.cohort]
    if standing.rank is None or standing.cohort_size is None:
        # A province is alone in its cohort: no rank is nothing to say.
        return [] if unit.unit.level == "tinh" else [("–", f"{_('rank in cohort')}: {cohort.name}")]
    note = _("published rank") if standing.rank_is_published else _("rank in cohort")
    label = f"{note}: {cohort.name}"
    tied = 0 if standing.rank_is_published else cohort_standing(unit).tied
    if tied:
        label += "; " + _("same rank as {number} others").format(number=tied)
    return [(f"{standing.rank}/{standing.cohort_size}", label)]


def _change(unit: UnitFigures) -> list[tuple[str, str]]:
    change = total_change(unit)
    if change is None or change.difference is None:
        return []
    words = _("points against {period}").format(period=change.period)
    return [(signed_points(change.difference), words)]
