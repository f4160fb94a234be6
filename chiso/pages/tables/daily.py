"""What moved from revision to revision of one period: by day, by agency, by indicator, all revisions."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from chiso.base.clock import VIETNAM
from chiso.base.i18n import _, count, day
from chiso.explain import revised
from chiso.explain.comparison import Change
from chiso.explain.revised import (
    Step,
    in_force,
    moves_of,
    named_movers,
    revisions_up_to,
    steps,
)
from chiso.pages.revision_words import difference_words
from chiso.pages.tables.moves import agency_cells, agency_fields, count_cells, count_fields
from chiso.pages.tables.table import Cell, Field, Table, Value
from chiso.rules.daily_rules import daily_rules
from chiso.store.figures import Figures, load_figures

_DAYS = 7
_NAMED, _INDICATORS = 3, 5


def day_table(figures: Figures) -> Table:
    """The last seven days up to that on which the figures were stored: which revision was in force,
    the province's total and its change since the day before; a day without change says so."""
    found = revisions_up_to(figures)
    last = figures.provenance.stored_on
    rows: list[list[Value | Cell]] = []
    for ago in range(_DAYS):
        on = last - timedelta(days=ago)
        now, before = in_force(found, on), in_force(found, on - timedelta(days=1))
        if now is None:
            break
        total = load_figures(now.period, now.revision).province.standing.total
        then = load_figures(before.period, before.revision) if before else None
        moved = revised.difference(then.province.standing.total, total) if then else None
        stored = sum(item.stored_on == on for item in found)
        what = _("{number} new revisions").format(number=stored) if stored else _("no change")
        rows.append([day(on), now.revision, day(_as_of(now.as_of)), total, moved, what])
    return Table(
        anchor="table-days",
        sheet=_("By day"),
        caption=_(
            "Which revision was in force at the end of each day, and the province's total by it."
        ),
        fields=(
            Field(_("Day")),
            Field(_("Revision"), "count"),
            Field(_("Figures up to")),
            Field(_("Total"), "points"),
            Field(_("Since the day before"), "difference"),
            Field(_("What happened")),
        ),
        rows=rows,
    )


def moved_agencies(figures: Figures, ago: timedelta, shown: int = 40) -> Table:
    """The agencies that moved since the day so long before: first those that may be told by name, the
    greatest own gain first, then those with few dossiers, whose points move with every one."""
    moves = moves_of(figures, ago)
    named = named_movers(figures, moves) if moves else ()
    others = [one for one in (moves.agencies if moves else ()) if one not in named]
    others.sort(key=lambda one: (-abs(one.by_dossiers), one.unit.code))
    found = (*named, *others)
    listed = found[:shown]
    return Table(
        anchor=f"table-moved-{ago.days}",
        sheet=_("Agencies, {days} days").format(days=ago.days),
        caption=_(
            "Agencies that moved since {day}: {shown} of {number}, by their own change; those with"
            " fewer than {least} dossiers, whose points move with every dossier, stand last."
        ).format(
            day=day(moves.since.stored_on) if moves else "",
            shown=len(listed),
            number=count(len(found)),
            least=daily_rules().named_from.value,
        ),
        fields=(
            *agency_fields(),
            Field(_("Own part"), "difference"),
            Field(_("Of this by petitions"), "difference"),
            Field(_("By the province's figures"), "difference"),
            Field(_("More dossiers"), "count"),
            Field(_("Indicators that moved")),
        ),
        rows=[
            [
                *agency_cells(move.unit, move),
                move.own,
                move.petitions,
                move.shared,
                move.dossiers,
                _indicators(move.changes),
            ]
            for move in listed
        ],
    )


def moved_indicators(figures: Figures, ago: timedelta) -> Table:
    """The province's indicators that moved since the day so long before."""
    moves = moves_of(figures, ago)
    changes = moves.province.changes if moves and moves.province else ()
    return Table(
        anchor=f"table-moved-indicators-{ago.days}",
        sheet=_("Province, {days} days").format(days=ago.days),
        caption=_("The province's indicators that moved since {day}.").format(
            day=day(moves.since.stored_on) if moves else ""
        ),
        fields=(
            *count_fields(),
            Field(_("Points before"), "points"),
            Field(_("Points now"), "points"),
            Field(_("Change"), "difference"),
        ),
        rows=[
            [
                *count_cells(one),
                one.before,
                one.after,
                one.difference,
            ]
            for one in changes
        ],
    )


def revision_table(figures: Figures, shown: int = 30) -> Table:
    """The newest revisions: when each was stored, what differs from the one before, whom it moved."""
    number = len(revisions_up_to(figures))
    return Table(
        anchor="table-revisions",
        sheet=_("Revisions"),
        caption=_("Revisions: {shown} of {number}; none is ever changed or removed.").format(
            shown=min(shown, number), number=count(number)
        ),
        fields=(
            Field(_("Revision"), "count"),
            Field(_("Stored at")),
            Field(_("Figures up to")),
            Field(_("What differs")),
            Field(_("Total"), "points"),
            Field(_("Change"), "difference"),
            Field(_("More dossiers"), "count"),
            Field(_("Agencies that moved"), "count"),
            Field(_("Most moved")),
            Field(_("Indicators that moved")),
        ),
        rows=[_revision_row(step) for step in steps(figures, shown)],
    )


def _revision_row(step: Step) -> list[Value | Cell]:
    stored = datetime.fromisoformat(step.now.recorded_at).astimezone(VIETNAM)
    names = "; ".join(str(unit.name) for unit in step.units[:_NAMED])
    more = len(step.units) - _NAMED
    if more > 0:
        names = _("{names} and {number} more").format(names=names, number=count(more))
    until = day(_as_of(step.now.as_of))
    return [
        step.now.revision,
        f"{day(stored)} {stored:%H:%M}",
        _("{day} (provisional)").format(day=until) if step.now.is_provisional else until,
        difference_words(step.differs) or _("the first"),
        step.total,
        step.difference,
        step.dossiers,
        len(step.units),
        names or None,
        ", ".join(map(str, step.indicators)) or None,
    ]


def _indicators(changes: Sequence[Change]) -> str | None:
    """5: 570/587 → 579/587; 6: ...; the first ones, the agency's page has all."""
    words = "; ".join(
        f"{one.number}: {_ratio(one.numerator_before, one.denominator_before)} →"
        f" {_ratio(one.numerator_after, one.denominator_after)}"
        for one in changes[:_INDICATORS]
    )
    more = len(changes) - _INDICATORS
    if more > 0:
        words = _("{list} and {number} more indicators").format(list=words, number=more)
    return words or None


def _ratio(numerator: int | None, denominator: int | None) -> str:
    return "–" if denominator is None else f"{count(numerator)}/{count(denominator)}"


def _as_of(text: str) -> datetime:
    return datetime.fromisoformat(text)
