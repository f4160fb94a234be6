"""What the province's page says: the chairman's brief, and the paragraph of the list of agencies."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal

from IPython.display import Markdown

from chiso.base.i18n import _, count, day, points, short_points, whole_percent
from chiso.base.letters import capitalised
from chiso.base.markdown import bullets, division, escape, folded, strong
from chiso.explain import (
    AgencyChange,
    carriers,
    changes_by_agency,
    class_table,
    losses_by_indicator,
    trends,
)
from chiso.explain.decomposition import class_moves, direction, near_next_class
from chiso.explain.overdue import overdue_in_province
from chiso.explain.ownership import losses_by_kind, without_dossiers
from chiso.pages.commentary import movement
from chiso.pages.commentary.national import national_line
from chiso.pages.commentary.origins import formed
from chiso.pages.commentary.unit import standing_sentence
from chiso.pages.own_text import with_own_text
from chiso.pages.wording import sentence
from chiso.rules.explain_rules import explain_rules
from chiso.rules.indicators import ON_TIME
from chiso.store.figures import Figures

_SHOWN = 3
# Late dossiers weigh most (20 points) and are what citizens complain about.


def province_comment(figures: Figures) -> Markdown:
    """On all agencies: the highest and the lowest of each cohort, and what costs most."""
    return Markdown(bullets([*_partial(figures), *_spread(figures), *_costliest(figures)]))


def province_lead(figures: Figures) -> Markdown:
    """The total and its class, its place among all provinces where their results were captured, then
    the totals of all comparable periods in one line; before them who handed in nothing."""
    page, place = figures.province, national_line(figures)
    parts = [strong(words) for words in _silent(figures)]
    parts.append(strong(standing_sentence(page, with_rank=not place)))
    parts += [place] if place else []
    if figures.settings.is_provisional:
        parts.append(escape(sentence("provisional", day=day(figures.settings.as_of))))
    parts += map(escape, [*_direction(figures), *formed(page)])
    return Markdown(division("\n\n".join(parts), "headline"))


def province_moves(figures: Figures) -> Markdown:
    """How many agencies rose and fell a class and how many nearly rise; folded below it who."""
    rose, fell = class_moves(figures)
    near = near_next_class(figures)
    most = short_points(explain_rules().near_next_class)
    told = [
        ("classes_rose", [(one.after, str(one.unit.name)) for one in rose]),
        ("classes_fell", [(one.after, str(one.unit.name)) for one in fell]),
        ("classes_near", [(one.band, f"{one.unit.name} ({points(one.lacking)})") for one in near]),
    ]
    counts, lines = [], []
    for key, found in told:
        if found:
            counts.append(sentence(f"{key}_count", number=len(found), most=most))
        for band in figures.book.set.classes:
            names = [name for one, name in found if one == band]
            if names:
                words = {"number": len(names), "band": band, "list": "; ".join(names)}
                lines.append(sentence(key, most=most, **words))
    return Markdown(folded(", ".join(counts), bullets(lines)) if lines else "")


def province_brief(figures: Figures) -> Markdown:
    """One page for the chairman, folded: what changed, who moved, what is open; and the analyst's
    own text on the province, which replaces or follows it."""
    page = figures.province
    parts = [
        list(_overdue(figures)),
        [*_total_moved(figures), *movement.standing_moved(page)],
        [*_partial(figures), *_classes(figures)],
        list(_spread(figures)),
        list(_without_dossiers(figures)),
        list(_agencies_moved(figures)),
        list(_verdicts(figures)),
        list(movement.indicators_moved(page)),
        list(_outside(figures)),
    ]
    told = bullets([" ".join(part) for part in parts if part])
    summary = sentence("brief_summary")
    return Markdown(with_own_text(page, folded(summary, told) if told else ""))


def not_own(figures: Figures) -> Markdown:
    """What agencies lose but not by their own cases: once, by name, with the points."""
    found = [one for one in losses_by_kind(figures) if one.kind != "own"]
    return Markdown(bullets([_not_own_item(figures, one) for one in found]))


def _not_own_item(figures: Figures, one) -> str:
    indicator = figures.book.rule(one.number).indicator
    key = f"province_{one.kind}"
    if one.kind == "structural":
        key += "_rule" if indicator.zero_levels else "_nothing"
    return sentence(
        key,
        points=points(one.points),
        number=one.number,
        name=indicator.name,
        agencies=count(one.agencies),
    )


def _silent(figures: Figures) -> Iterable[str]:
    """The agencies without figures, the first of them by name."""
    if figures.silent:
        names = [str(unit.name) for unit in figures.silent]
        shown = ", ".join(names[:_SHOWN]) + (" …" if len(names) > _SHOWN else "")
        yield sentence("silent_agencies", number=count(len(names)), names=shown)


def _direction(figures: Figures) -> Iterable[str]:
    """The totals of the first and the last comparable periods, and how far they are apart; or that
    there is none before."""
    found = direction(figures.province)
    known = [(label, total) for label, total in found.totals if total is not None]
    if not known:
        return
    if found.difference is None:
        yield sentence("direction_none", period=known[0][0])
        return
    shown = known if len(known) <= _SHOWN + 1 else [known[0], *known[-_SHOWN:]]
    items = [sentence("direction_item", period=label, total=points(one)) for label, one in shown]
    if len(shown) < len(known):
        items.insert(1, "…")
    yield sentence(
        "direction_line",
        list=capitalised("; ".join(items)),
        moved=movement.moved(found.difference),
        number=len(known),
    )


def _total_moved(figures: Figures) -> Iterable[str]:
    """The total against the period before, with its verdict; its direction is told above."""
    yield from list(movement.total_moved(figures.province))[:1]


def _overdue(figures: Figures) -> Iterable[str]:
    """Dossiers that are open and overdue: how many, how long, and of which procedures."""
    found = overdue_in_province(figures)
    if found is None:
        return
    days = explain_rules().orders.long_overdue_days
    yield sentence("overdue", cases=count(found.cases), long=count(found.long), days=days)
    if found.waiting:
        yield sentence("overdue_waiting", waiting=count(found.waiting))
    items = [
        sentence("overdue_procedure", name=name, cases=count(number))
        for name, number in found.procedures
    ]
    yield sentence("overdue_procedures", number=len(items), list="; ".join(items))


def _partial(figures: Figures) -> Iterable[str]:
    cohorts = {unit.cohort for unit in figures.agencies}
    if any(figures.tree.cohorts[code].partial for code in cohorts):
        yield sentence("partial", number=len(figures.agencies))


def _classes(figures: Figures) -> Iterable[str]:
    """How many agencies are in each class, and in the period before."""
    rows = class_table(figures)
    rated = [row for row in rows if row.band and (row.now or row.before)]
    number = sum(row.now for row in rated)
    previous = figures.previous
    if number and previous:
        items = [
            sentence("class_item_before", number=row.now, band=row.band, before=row.before)
            for row in rated
        ]
        label = previous.settings.period.label
        yield sentence(
            "province_classes_before", number=number, list=", ".join(items), period=label
        )
    elif number:
        items = [sentence("class_item", number=row.now, band=row.band) for row in rated]
        yield sentence("province_classes", number=number, list=", ".join(items))
    for row in rows:
        if row.band is None and row.now:
            yield sentence("province_none", number=row.now)


def _spread(figures: Figures) -> Iterable[str]:
    """The highest and the lowest total of each whole cohort, of agencies with dossiers; those that
    share it are counted."""
    left_out = without_dossiers(figures)
    for code, cohort in figures.tree.cohorts.items():
        totals = [
            (str(unit.name), standing.total)
            for unit in figures.agencies
            if unit.cohort == code and unit.code not in left_out and not cohort.partial
            for standing in [figures.standing(unit.code)]
            if standing.total is not None
        ]
        if len(totals) > 1:
            values = [total for _name, total in totals]
            best, last = max(values), min(values)
            yield sentence(
                "province_spread",
                cohort=cohort.name,
                number=len(totals),
                best=_holders(totals, best),
                best_total=points(best),
                last=_holders(totals, last),
                last_total=points(last),
            )


def _without_dossiers(figures: Figures) -> Iterable[str]:
    """The agencies without dossiers, once and as such, with their official score."""
    left_out = without_dossiers(figures)
    found = [unit for unit in figures.agencies if unit.code in left_out]
    for unit in found[:_SHOWN]:
        yield standing_sentence(figures.unit(unit.code))
    if len(found) > _SHOWN:
        yield sentence("without_dossiers_more", number=count(len(found) - _SHOWN))


def _holders(totals: list[tuple[str, Decimal]], total: Decimal) -> str:
    """The first of those with that total, and how many others."""
    return _first_of([name for name, value in totals if value == total], shown=1)


def _first_of(names: Sequence[str], shown: int = _SHOWN) -> str:
    """The first names, and how many others there are."""
    text = "; ".join(names[:shown])
    others = len(names) - shown
    return text if others <= 0 else _("{name} and {number} more").format(name=text, number=others)


def _costliest(figures: Figures) -> Iterable[str]:
    found = losses_by_indicator(figures)[:_SHOWN]
    if found:
        items = [
            sentence(
                "province_costliest_item",
                number=loss.number,
                name=figures.book.rule(loss.number).indicator.name,
                lost=points(loss.mean),
            )
            for loss in found
        ]
        yield sentence("province_costliest", list="; ".join(items))


def _agencies_moved(figures: Figures) -> Iterable[str]:
    """How many agencies moved of their own, and by how much those that moved most; what petitions
    and the province's figures did beside it."""
    found, previous = changes_by_agency(figures), figures.previous
    if not found or previous is None:
        return
    yield sentence(
        "province_moves",
        period=previous.settings.period.label,
        up=sum(one.own > 0 for one in found),
        down=sum(one.own < 0 for one in found),
    )
    yield sentence(
        "province_moves_total",
        up=sum(one.difference > 0 for one in found),
        down=sum(one.difference < 0 for one in found),
    )
    best, last = found[0], found[-1]
    if best.by_dossiers > 0:
        yield sentence("moved_up_most", **_mover(best))
    if last.by_dossiers < 0:
        yield sentence("moved_down_most", **_mover(last))
    number = sum(bool(one.petitions) for one in found)
    if number:
        most = max(found, key=lambda one: abs(one.petitions))
        yield sentence(
            "moved_by_petitions",
            number=number,
            unit=most.unit.name,
            moved=movement.moved(most.petitions),
            before=count(most.petitions_before or 0),
            after=count(most.petitions_after or 0),
        )


def _mover(one: AgencyChange) -> dict[str, object]:
    return {"unit": one.unit.name, "points": points(abs(one.by_dossiers))}


def _verdicts(figures: Figures) -> Iterable[str]:
    """Which agencies changed by their control charts."""
    found = changes_by_agency(figures)
    better = [str(one.unit.name) for one in found if one.verdict == trends.IMPROVEMENT]
    worse = [str(one.unit.name) for one in reversed(found) if one.verdict == trends.CONCERN]
    common = sum(one.verdict == trends.COMMON for one in found)
    if figures.settings.is_provisional or not (better or worse or common):
        return
    yield sentence("province_verdicts", better=len(better), worse=len(worse), common=common)
    for key, names in (("province_improved", better), ("province_worsened", worse)):
        if names:
            yield sentence(key, number=len(names), list=_first_of(names))


def _outside(figures: Figures) -> Iterable[str]:
    """What is lost outside of the agencies that the figures hold, where they are a part of all."""
    costly = [loss.number for loss in losses_by_indicator(figures)]
    numbers = [ON_TIME, *(number for number in costly if number != ON_TIME)]
    for number in numbers[:_SHOWN]:
        found = carriers(figures, number)
        rest = next((one for one in found if one.is_rest), None)
        if rest:
            cases = int((rest.cases / rest.share).to_integral_value())
            share = whole_percent(rest.share)
            yield sentence("carried_outside", number=number, share=share, cases=count(cases))
