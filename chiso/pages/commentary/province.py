"""What the province's page says: the chairman's brief, and the paragraph of the list of agencies."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from IPython.display import Markdown

from chiso.base.i18n import _, count, percent, points, signed_points, whole_percent
from chiso.base.markdown import bullets, escape
from chiso.explain import (
    Carrier,
    ParetoItem,
    carriers,
    changes_by_agency,
    changes_by_indicator,
    class_table,
    follow_up,
    losses_by_indicator,
    pareto,
    trends,
)
from chiso.pages.commentary import movement
from chiso.pages.commentary.own_text import with_own_text
from chiso.pages.commentary.unit import carrier_words
from chiso.pages.commentary.wording import about_cases, sentence
from chiso.pages.remarks import rounding_remark
from chiso.store.figures import Figures

_SHOWN = 3
# Late dossiers weigh most (20 points) and are what citizens complain about: always in the brief.
_ON_TIME = 5


def province_comment(figures: Figures) -> Markdown:
    """A paragraph on all agencies: the highest, the lowest, and what costs most."""
    return Markdown(escape(" ".join([*_partial(figures), *_spread(figures), *_costliest(figures)])))


def province_brief(figures: Figures) -> Markdown:
    """One page for the chairman: where do we stand, what changed, who and what holds us back, what
    to do on Monday; and the analyst's own text on the province, which replaces or follows it."""
    page = figures.province
    lost = pareto(figures)
    parts = [
        list(_silent(figures)),
        # Total, class and their change are the headline above.
        list(movement.standing_moved(page)),
        [*_partial(figures), *_classes(figures)],
        list(_spread(figures)),
        [*_agencies_moved(figures), *_indicator_moved(figures)],
        list(_costs(lost)),
        list(_carried(figures, lost)),
        list(_orders(figures, lost)),
        list(_urged(figures)),
    ]
    return Markdown(with_own_text(page, bullets([" ".join(part) for part in parts if part])))


def _silent(figures: Figures) -> Iterable[str]:
    """The agencies without figures, the first of them by name."""
    if figures.silent:
        names = [str(unit.name) for unit in figures.silent]
        shown = ", ".join(names[:_SHOWN]) + (" …" if len(names) > _SHOWN else "")
        yield sentence("silent_agencies", number=count(len(names)), names=shown)


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
    """The highest and the lowest total of each cohort; those that share it are counted."""
    for code, cohort in figures.tree.cohorts.items():
        totals = [
            (str(unit.name), standing.total)
            for unit in figures.agencies
            if unit.cohort == code
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


def _holders(totals: list[tuple[str, Decimal]], total: Decimal) -> str:
    """The first of those with that total, and how many others."""
    return _first_of([name for name, value in totals if value == total], shown=1)


def _first_of(names: list[str], shown: int = _SHOWN) -> str:
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
    """How many agencies moved, and which of them changed by their control charts."""
    found, previous = changes_by_agency(figures), figures.previous
    if not found or previous is None:
        return
    best, last = found[0], found[-1]
    yield sentence(
        "province_moves",
        period=previous.settings.period.label,
        up=sum(one.difference > 0 for one in found),
        down=sum(one.difference < 0 for one in found),
        same=sum(one.difference == 0 for one in found),
        best=best.unit.name,
        best_difference=signed_points(best.difference),
        last=last.unit.name,
        last_difference=signed_points(last.difference),
    )
    better = [str(one.unit.name) for one in found if one.verdict == trends.IMPROVEMENT]
    worse = [str(one.unit.name) for one in reversed(found) if one.verdict == trends.CONCERN]
    common = sum(one.verdict == trends.COMMON for one in found)
    if figures.settings.is_provisional or not (better or worse or common):
        return
    yield sentence("province_verdicts", better=len(better), worse=len(worse), common=common)
    for key, names in (("province_improved", better), ("province_worsened", worse)):
        if names:
            yield sentence(key, number=len(names), list=_first_of(names))


def _indicator_moved(figures: Figures) -> Iterable[str]:
    found, previous = changes_by_indicator(figures), figures.previous
    if found and found[0].difference and previous:
        first = found[0]
        yield sentence(
            "province_indicator_moved",
            number=first.number,
            name=first.label,
            difference=signed_points(first.difference),
            before=points(first.before),
            after=points(first.after),
            period=previous.settings.period.label,
            agencies=count(first.agencies),
        )


def _costs(lost: tuple[ParetoItem, ...]) -> Iterable[str]:
    shown = lost[:_SHOWN]
    if shown:
        items = [
            sentence(
                "province_pareto_item",
                number=item.number,
                name=item.label,
                points=points(item.points),
                share=whole_percent(item.share),
            )
            for item in shown
        ]
        share = whole_percent(shown[-1].cumulative)
        yield sentence("province_pareto", number=len(shown), share=share, list="; ".join(items))
        if remark := rounding_remark(shown):
            yield remark


def _weighty(figures: Figures, lost: tuple[ParetoItem, ...]) -> list[tuple[int, Carrier]]:
    """The agency that carries most cases on indicator 5 and on the costliest others that cases can
    mend: what every unit gets 0 for below the province is left out."""
    numbers = [item.number for item in lost if item.number != _ON_TIME]
    mendable = [n for n in numbers if not figures.book.rule(n).indicator.zero_levels]
    found = [(n, carried[0]) for n in (_ON_TIME, *mendable) if (carried := carriers(figures, n))]
    return found[:_SHOWN]


def _carried(figures: Figures, lost: tuple[ParetoItem, ...]) -> Iterable[str]:
    """Who carries most of what is lost, whether or not its rate is the lowest."""
    for number, one in _weighty(figures, lost):
        share = whole_percent(one.share)
        if one.is_rest:
            yield sentence(
                "carried_outside", number=number, share=share, cases=count(_all_cases(one))
            )
            continue
        yield sentence(
            "carried" if one.is_lowest else "carried_not_lowest",
            rate=percent(one.rate),
            number=number,
            **carrier_words(figures, number, one),
        )


def _all_cases(one: Carrier) -> int:
    return int((one.cases / one.share).to_integral_value())


def _orders(figures: Figures, lost: tuple[ParetoItem, ...]) -> Iterable[str]:
    """What each of those agencies has to do, all of its indicators together."""
    actions: dict[object, list[str]] = {}
    for number, one in _weighty(figures, lost):
        if not one.is_rest:
            # What is late can't become on time; what is open can still be finished.
            cases = count(one.cases)
            action = (
                sentence("order_late", cases=cases)
                if number == _ON_TIME
                else about_cases("action", number, figures.book, cases=cases)
            )
            name = carrier_words(figures, number, one)["unit"]
            actions.setdefault(name, []).append(
                sentence("order_action", action=action, number=number)
            )
    items = [
        sentence("order_item", unit=name, list=", ".join(own)) for name, own in actions.items()
    ]
    if items:
        yield sentence("order", list="; ".join(items))


def _urged(figures: Figures) -> Iterable[str]:
    """Who has to see to the costliest indicators, as the annex assigns them."""
    items = []
    for one in follow_up(figures)[:_SHOWN]:
        words = {"number": one.number, "lead": ", ".join(one.lead)}
        key = "urge_item" if one.coordinating else "urge_item_alone"
        items.append(sentence(key, coordinating=", ".join(one.coordinating), **words))
    if items:
        yield sentence("urge", list="; ".join(items))
