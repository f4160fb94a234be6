"""What edited parameters change of a period, as text for a terminal."""

from __future__ import annotations

from collections.abc import Sequence

from chiso.base.i18n import _, count, day, points, signed_points
from chiso.explain.trial import Moved, Result
from chiso.pages.commentary.origins import names
from chiso.rules.mergers import ABSENT, EXTENT, PART, TIERS, Mergers, Origin

_NONE = "–"


def in_figures(moved: Sequence[Moved], units: int) -> str:
    """How many units have another total, class, rank."""
    return _(
        "Of {units} units another total: {totals}; another class: {classes}; another rank: {ranks}."
    ).format(
        units=count(units),
        totals=count(sum(one.has_other_total for one in moved)),
        classes=count(sum(one.has_other_class for one in moved)),
        ranks=count(sum(one.has_other_rank for one in moved)),
    )


def rows(moved: Sequence[Moved]) -> list[Sequence[str]]:
    """A row for each unit whose figures are other, below a header."""
    head = (_("unit"), _("total points"), _("class"), _("rank"), _("indicators"))
    return [head, *(_row(one) for one in moved if _has_other_figures(one))]


def in_letters(moved: Sequence[Moved]) -> list[str]:
    """Who gets a letter now, who gets none any more, who is asked for something else."""
    lines: list[str] = []
    for one in moved:
        if not one.has_other_letter:
            continue
        was = one.before.asked if one.before else None
        now = one.after.asked if one.after else None
        words = _("another letter") if was and now else _("a letter now") if now else _("no letter")
        lines.append(f"{_name(one)}: {words}")
        lines += [f"  - {text}" for text in was or () if text not in (now or ())]
        lines += [f"  + {text}" for text in now or () if text not in (was or ())]
    return lines


def in_mergers(mergers: Mergers) -> str:
    """Of a tree, how many agencies go on as they were, in part, or not at all."""
    tree = mergers.tree
    parts = [len(mergers.origin(unit.code).codes) for unit in tree.units]
    return _(
        "{tree}, beside what was before {day}: {same} units as one was, {summed} by the indicators"
        " that add up, {without} not compared."
    ).format(
        tree=tree.name,
        day=day(tree.valid_from),
        same=count(parts.count(1)),
        summed=count(sum(number > 1 for number in parts)),
        without=count(parts.count(0)),
    )


def merger_rows(mergers: Mergers) -> list[Sequence[str]]:
    """A row for each agency that is not what one was under the same code, below a header."""
    origins = [(unit, mergers.origin(unit.code)) for unit in mergers.tree.units]
    head = (_("unit"), _("formed from"), _("beside the time before"))
    return [
        head,
        *(
            (f"{unit.name} ({unit.code})", names(found.mergers) or _NONE, _compared(found))
            for unit, found in origins
            if found.codes != (unit.code,)
        ),
    ]


def _compared(found: Origin) -> str:
    if found.codes:
        is_one = len(found.codes) == 1
        return _("goes on") if is_one else _("indicators that add up, no total")
    return {
        PART: _("not compared: one went there in part"),
        EXTENT: _("not compared: another area"),
        TIERS: _("not compared: other tiers, other tasks"),
        ABSENT: _("not compared: no figures of the same area"),
    }[found.why]


def _has_other_figures(one: Moved) -> bool:
    return bool(
        one.has_other_total or one.has_other_class or one.has_other_rank or one.moved_points
    )


def _row(one: Moved) -> Sequence[str]:
    before, after = one.before, one.after
    if before is None or after is None:
        told = _("only by the edited rules") if after else _("no longer there")
        only = after or before
        return (_name(one), points(only.total) if only else _NONE, told, "", "")
    moved = (f"{number}: {signed_points(by)}" for number, by in one.moved_points.items())
    return (
        _name(one),
        _arrow(points(before.total), points(after.total)),
        _arrow(str(before.band or _NONE), str(after.band or _NONE)),
        _arrow(_rank(before), _rank(after)),
        "; ".join(moved),
    )


def _arrow(was: str, now: str) -> str:
    return now if was == now else f"{was} → {now}"


def _rank(result: Result) -> str:
    return _NONE if result.rank is None else f"{result.rank}/{result.cohort_size}"


def _name(one: Moved) -> str:
    held = one.after or one.before
    return f"{held.name} ({one.code})" if held else one.code
