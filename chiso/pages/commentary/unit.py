"""What a unit's page says: headline, where points are lost and why, what changed, what to do, notes."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import Any

from IPython.display import Markdown

from chiso.base.i18n import _, count, day, percent, points, short_points, whole_percent
from chiso.base.markdown import bullets, division, escape, strong
from chiso.explain import (
    Carrier,
    Loss,
    NextClass,
    Step,
    all_mended,
    carriers,
    cohort_standing,
    free_points,
    losses,
    next_class,
)
from chiso.explain.standing import PETITIONS
from chiso.pages.commentary import movement
from chiso.pages.commentary.own_text import with_own_text
from chiso.pages.commentary.wording import about_cases, sentence
from chiso.rules.indicators import NUMBERS, RuleBook
from chiso.scoring.score import OFFICIAL
from chiso.store.figures import Figures, UnitFigures

_SHOWN = 3


def headline(unit: UnitFigures) -> Markdown:
    """Where the unit stands, and how its total compares with the period before."""
    sentences = [strong(words) for words in _reliance(unit)]
    sentences.append(strong(standing_sentence(unit)))
    if unit.figures.settings.is_provisional:
        sentences.append(escape(sentence("provisional", day=day(unit.figures.settings.as_of))))
    sentences += map(escape, movement.total_moved(unit))
    return Markdown(division(" ".join(sentences), "headline"))


def _reliance(unit: UnitFigures) -> Iterable[str]:
    """What has to be known before any figure of the unit is read: that none or few were taken in."""
    accepted, aside = unit.handed_in
    name, bad = str(unit.unit.name), count(aside)
    if unit.unit in unit.figures.silent:
        yield sentence("all_set_aside" if aside else "silent", unit=name, aside=bad)
    elif aside > accepted:
        rows = count(accepted + aside)
        yield sentence("mostly_set_aside", unit=name, aside=bad, rows=rows)


def unit_comment(unit: UnitFigures) -> Markdown:
    """Where points are lost and why, what changed, who holds the unit back, what to do; and the
    analyst's own text, which replaces or follows it."""
    paragraphs = [
        [*_lost(unit), *_full_marks(unit)],
        [
            *movement.standing_moved(unit),
            *movement.indicators_moved(unit),
            *movement.against_next_class(unit),
        ],
        list(_held_back(unit)),
        list(_to_do(unit)),
    ]
    automatic = bullets([" ".join(part) for part in paragraphs if part])
    # The province's text stands in its brief.
    return Markdown(automatic if unit.unit.level == "tinh" else with_own_text(unit, automatic))


def notes(unit: UnitFigures) -> Markdown:
    """What a reader must know of these figures: inherited, free, carried over, absent, disputed."""
    found = [
        *_inherited(unit),
        *_free_petitions(unit),
        *_published_only(unit),
        *_no_score(unit),
        *_differences(unit),
    ]
    return Markdown(bullets(found))


def standing_sentence(unit: UnitFigures) -> str:
    """Total, class and rank, with the ties of the rank; or why there is no total."""
    standing = unit.standing
    if standing.total is None:
        published = set(unit.groups[unit.groups["basis"] == OFFICIAL]["group"])
        present = _numbers(
            unit, lambda row: row.basis != "" or _group(unit, row.indicator) in published
        )
        missing = len(NUMBERS) - len(present)
        return sentence("standing_incomplete", unit=unit.unit.name, missing=missing)
    words = {
        "unit": unit.unit.name,
        "total": points(standing.total),
        "max": short_points(standing.max_total),
        "band": standing.band,
    }
    if standing.rank is None or standing.cohort_size is None:
        return sentence("standing_unranked", **words)
    words |= {
        "rank": standing.rank,
        "size": standing.cohort_size,
        "cohort": unit.figures.tree.cohorts[unit.unit.cohort].name,
    }
    tied = cohort_standing(unit).tied
    if standing.rank_is_published:
        return sentence("standing_published_rank", **words)
    return (
        sentence("standing_tied", tied=tied, **words)
        if tied
        else sentence("standing_ranked", **words)
    )


def _lost(unit: UnitFigures) -> Iterable[str]:
    found = losses(unit)
    if found:
        items = [_lost_item(unit, loss) for loss in found[:_SHOWN]]
        total = sum((loss.points for loss in found), Decimal(0))
        yield sentence("lost_most", lost=points(total), list="; ".join(items))


def _lost_item(unit: UnitFigures, loss: Loss) -> str:
    """One loss; with the cases that make it, where the points follow from counts."""
    words = {"number": loss.label, "name": loss.name, "lost": points(loss.points)}
    gap = gap_of(unit, loss.numbers[0]) if len(loss.numbers) == 1 else ""
    rule = unit.rules[loss.numbers[0]]
    if len(loss.numbers) == 1 and rule.factor is not None and rule.factor < 1:
        words |= {"factor": percent(rule.factor), "other": str(rule.indicator.factor_of)}
        key = "lost_item_multiplied" if gap else "lost_item_factor"
        return sentence(key, gap=gap, **words)
    if not gap:
        return sentence("lost_item", **words)
    is_inherited = loss.numbers[0] in free_points(unit).inherited_numbers
    key = "lost_item_inherited" if is_inherited else "lost_item_counted"
    return sentence(key, gap=gap, **words)


def gap_of(unit: UnitFigures, number: int) -> str:
    """What fails on an indicator, in cases: 60/400 hồ sơ quá hạn; empty without counts."""
    row = unit.indicators[unit.indicators["indicator"] == number].iloc[0]
    if not row["denominator"] or row["numerator"] is None or row["basis"] == OFFICIAL:
        return ""
    cases = row["denominator"] - row["numerator"]
    if cases <= 0:
        return ""
    of = count(row["denominator"])
    return about_cases("gap", number, unit.figures.book, cases=count(cases), of=of)


def _held_back(unit: UnitFigures) -> Iterable[str]:
    """Which of the units below carry most of what is lost on the costliest indicators."""
    if unit.unit.level == "tinh" or not unit.figures.tree.children(unit.unit.code):
        return
    for loss in losses(unit)[:_SHOWN]:
        found = carriers(unit.figures, loss.numbers[0], within=unit.unit.code)
        if len(loss.numbers) == 1 and len(found) > 1:
            items = [
                sentence("held_back_item", **carrier_words(unit.figures, loss.numbers[0], one))
                for one in found[:_SHOWN]
            ]
            yield sentence("held_back", number=loss.label, name=loss.name, list="; ".join(items))


def carrier_words(figures: Figures, number: int, one: Carrier) -> dict[str, object]:
    """Name, cases and share of a carrier; one with units below it is named without them."""
    name = str(one.unit.name)
    if figures.tree.children(one.unit.code):
        name = sentence("own_part", unit=name)
    cases, of = count(one.cases), count(one.denominator)
    gap = about_cases("gap", number, figures.book, cases=cases, of=of)
    return {"unit": name, "gap": gap, "share": whole_percent(one.share)}


def _to_do(unit: UnitFigures) -> Iterable[str]:
    """The distance to the next rank and the way with the fewest cases to the next class."""
    standing = cohort_standing(unit)
    if standing.to_next_rank is not None:
        yield sentence(
            "to_next_rank", rank=standing.next_rank, points=points(standing.to_next_rank)
        )
    way = next_class(unit)
    if way and way.steps:
        yield _way(way, unit.figures.book)
    elif standing.own is not None and standing.next_class is None:
        yield from _mend_first(unit)


def _way(way: NextClass, book: RuleBook) -> str:
    items = [_action(step, step.cases, book) for step in way.steps]
    words = {"band": way.band, "needed": points(way.needed), "list": "; ".join(items)}
    if way.is_reachable:
        return sentence("to_next_class", **words)
    return sentence("short_of_next_class", gained=points(way.gained), **words)


def _action(step: Step, cases: int, book: RuleBook) -> str:
    """What to do about so many cases of an indicator, and the points that it brings."""
    words = {
        "action": about_cases("action", step.number, book, cases=count(cases)),
        "number": step.number,
        "points": points(step.points),
    }
    if step.lifted:
        return sentence("action_item_lifting", lifted=_listed(step.lifted), **words)
    return sentence("action_item", **words)


def _mend_first(unit: UnitFigures) -> Iterable[str]:
    """At the top there is no next class: the indicators that cost most, with their cases."""
    rows = {row.indicator: row for row in unit.indicators.itertuples()}
    items = []
    for loss in losses(unit):
        number, row = loss.numbers[0], rows[loss.numbers[0]]
        own = unit.figures.book.rule(number).indicator
        is_own = own.scope != "province" and unit.unit.level not in own.zero_levels
        if len(loss.numbers) == 1 and is_own and gap_of(unit, number):
            # Less than is lost where the rest is lost by a factor, more where it is one itself.
            step = all_mended(unit, number)
            if step:
                items.append(_action(step, row.denominator - row.numerator, unit.figures.book))
    if items:
        yield sentence("mend_first", list="; ".join(items[:_SHOWN]))


def _full_marks(unit: UnitFigures) -> Iterable[str]:
    full = _numbers(unit, lambda row: row.points_lost == 0)
    if full:
        yield sentence("full_marks", number=len(full), list=_listed(full))


def _inherited(unit: UnitFigures) -> Iterable[str]:
    found = free_points(unit)
    if found.inherited_numbers:
        rules = [unit.rules[number] for number in found.inherited_numbers]
        yield sentence(
            "inherited",
            list=_listed(found.inherited_numbers),
            points=points(found.inherited),
            max=short_points(sum((rule.max_points for rule in rules), Decimal(0))),
        )


def _free_petitions(unit: UnitFigures) -> Iterable[str]:
    found = free_points(unit)
    if found.free_numbers:
        yield sentence(
            "free_petitions", points=points(found.free), list=_listed(found.free_numbers)
        )
    if found.decides_rank:
        yield sentence(
            "free_decides_rank",
            list=_listed(PETITIONS),
            rank=found.rank,
            rank_without=found.rank_without,
        )


def _published_only(unit: UnitFigures) -> Iterable[str]:
    numbers = _numbers(unit, lambda row: row.basis == OFFICIAL)
    groups = list(unit.groups[unit.groups["basis"] == OFFICIAL]["group"])
    held = [
        *unit.groups[unit.groups["basis"] == OFFICIAL]["points"],
        *(
            row.points
            for row in unit.indicators.itertuples()
            if row.indicator in numbers and _group(unit, row.indicator) not in groups
        ),
    ]
    names = [_("group {code}").format(code=code) for code in groups]
    names += [
        _("indicator {number}").format(number=number)
        for number in numbers
        if _group(unit, number) not in groups
    ]
    if held:
        yield sentence(
            "published_only", points=points(sum(held, Decimal(0))), list=", ".join(names)
        )


def _no_score(unit: UnitFigures) -> Iterable[str]:
    published = set(unit.groups[unit.groups["basis"] == OFFICIAL]["group"])
    silent = [
        number
        for number in _numbers(unit, lambda row: row.points is None)
        if _group(unit, number) not in published
    ]
    if silent:
        yield sentence("no_score", number=len(silent), list=_listed(silent))


def _differences(unit: UnitFigures) -> Iterable[str]:
    if len(unit.differences):
        yield sentence("differs", number=len(unit.differences))


def _numbers(unit: UnitFigures, holds: Callable[[Any], bool]) -> list[int]:
    return [row.indicator for row in unit.indicators.itertuples() if holds(row)]


def _group(unit: UnitFigures, number: int) -> str:
    return unit.figures.book.rule(number).indicator.group


def _listed(numbers: Iterable[int]) -> str:
    """1, 2, 5–9: three and more in a row as a range."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and runs[-1][-1] == number - 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    parts = [[f"{run[0]}–{run[-1]}"] if len(run) > 2 else list(map(str, run)) for run in runs]
    return ", ".join(text for part in parts for text in part)
