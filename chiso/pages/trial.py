"""What edited parameters change of a period, as text for a terminal."""

from __future__ import annotations

from collections.abc import Sequence

from chiso.base.i18n import _, count, points, signed_points
from chiso.explain.trial import Moved, Result

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
