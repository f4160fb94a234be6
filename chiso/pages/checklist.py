"""What stands between a period's figures and its report, a line each, as text for a terminal."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from chiso.base.i18n import _, count, day, percent, some_units
from chiso.base.period import Period
from chiso.explain.volumes import Volumes
from chiso.rules.trend_rules import trend_rules
from chiso.rules.units import Tree, Unit

DONE, LOOK, LACKS = "done", "look", "lacks"
# So many agencies are named; the others are counted.
_NAMED = 10


@dataclass(frozen=True)
class Item:
    """A line: DONE, LOOK (somebody should look at it) or LACKS; what is so, and what to do next."""

    state: str
    text: str
    next: str = ""


def listed(items: Sequence[Item]) -> list[str]:
    """The lines, each with its mark in words too, and below it what to do."""
    words = {DONE: _("✓ done"), LOOK: _("! look at it"), LACKS: _("✗ lacks")}
    width = max(map(len, words.values()))
    lines = []
    for item in items:
        lines.append(f"{words[item.state].ljust(width)}  {item.text}")
        lines += [" " * (width + 2) + f"→ {item.next}"] if item.next else []
    return lines


def rows_set_aside(rows: int, lost: int, not_lost: int, reason: str, workbook: str) -> Item:
    """`lost`: rows set aside; `not_lost`: those for which another row counts, or none should, which is no
    mistake; `reason`: the most frequent one of `lost`; `workbook`: where they are to be corrected, if
    anywhere."""
    words = _("; {number} stand twice or were replaced: none counts twice")
    also = words.format(number=count(not_lost)) if not_lost else ""
    if not lost:
        words = _("Rows: all {rows} are accepted") if not also else _("Rows: {rows}, none is wrong")
        return Item(DONE, words.format(rows=count(rows)) + also)
    words = _("Rows set aside: {aside} of {rows} ({share}); most often: {reason}")
    told = words.format(
        aside=count(lost), rows=count(rows), share=percent(Decimal(lost) / rows), reason=reason
    )
    told += also
    if not workbook:
        return Item(LOOK, told)
    return Item(LOOK, told, _("correct them in {file}").format(file=workbook))


def agencies_without_data(silent: Sequence[Unit]) -> Item:
    """Agencies of which nothing counts."""
    if not silent:
        return Item(DONE, _("Agencies: all have data"))
    named = some_units([str(unit.name) for unit in silent], _NAMED)
    words = _("Agencies without data: {number}: {names}")
    return Item(
        LOOK,
        words.format(number=count(len(silent)), names=named),
        _(
            "ask them whether they had dossiers; who had some hands in figures; without figures"
            " there are no points and no rank"
        ),
    )


def dossiers_received(found: Volumes, tree: Tree) -> Item:
    """The number of dossiers beside the periods before."""
    if found.now is None:
        return Item(LOOK, _("Dossiers received: the records do not tell"))
    if found.before is None:
        told = _("Dossiers received: {now}").format(now=count(found.now))
    else:
        words = _("Dossiers received: {now}, in the period before {before}")
        told = words.format(now=count(found.now), before=count(found.before))
    if not found.judged:
        words = _("{told}; periods are too few for a verdict (it takes {number})")
        return Item(DONE, words.format(told=told, number=trend_rules().trial_from))
    if not found.unusual:
        return Item(DONE, _("{told}; within the usual variation").format(told=told))
    names = [
        f"{tree.unit(one.code).name} {count(one.before)} → {count(one.now)}"
        for one in found.unusual
    ]
    words = _("{told}; unusual: {names}")
    return Item(
        LOOK,
        words.format(told=told, names=some_units(names, _NAMED, "; ")),
        _("look whether the export is whole and of the right period"),
    )


def own_texts(stale: int, period: Period) -> Item:
    """Analysts' texts that were written on other figures."""
    if not stale:
        return Item(DONE, _("Own texts: none is stale"))
    return Item(
        LOOK,
        _("Own texts written on other figures: {number}").format(number=count(stale)),
        _("read them again, then make comment PERIOD={period} UNIT=...").format(period=period.name),
    )


def parameters(wrong: int, set_name: str) -> Item:
    """The files of params/, targets and classes among them."""
    if not wrong:
        words = _("Targets and other rules: right; indicator set “{set}”")
        return Item(DONE, words.format(set=set_name))
    words = _("Files of params/ with mistakes: {number}")
    return Item(LACKS, words.format(number=count(wrong)), _("make rules names each of them"))


def comparison(period: Period, today: date, published_up_to: date | None) -> Item:
    """Whether the period is over, and whether the national portal's results of it are there
    (`published_up_to`: the day that they are of)."""
    last = day(period.last_day)
    if today <= period.last_day:
        return Item(
            LOOK,
            _("The period runs until {day}: its figures are provisional").format(day=last),
            _("make the report again after that day"),
        )
    fetch = _("make fetch PERIOD={period}, then make reconcile PERIOD={period}").format(
        period=period.name
    )
    if published_up_to is None:
        return Item(LOOK, _("No results of the national portal are kept of this period"), fetch)
    words = _("Results of the national portal: up to {day}")
    told = words.format(day=day(published_up_to))
    if published_up_to < period.last_day:
        return Item(LOOK, told, fetch)
    return Item(DONE, told)
