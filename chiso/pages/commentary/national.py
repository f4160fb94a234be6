"""What is said of the province's place among all provinces: the lead of its page, the line elsewhere."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal

from IPython.display import Markdown

from chiso.base.i18n import _, day, points, short_points
from chiso.base.markdown import bullets, division, escape, link, strong
from chiso.explain.national import NationalView, Province, national_view
from chiso.pages.wording import sentence
from chiso.rules.explain_rules import explain_rules
from chiso.store.figures import Figures

# The page of the national view, and so many names of provinces with the same total.
PAGE, _MOST = "national.html", 2


def national_title(figures: Figures, view: NationalView) -> str:
    """The place as the title of the page; without one what the page is about."""
    if view.own is None or view.own.rank is None:
        return _("{province} among all provinces").format(province=_name(figures, view))
    key = _("{province}: tied {rank} of {size} provinces and cities")
    if not view.tied:
        key = _("{province}: number {rank} of {size} provinces and cities")
    size = len(view.capture.ranked)
    return key.format(province=view.own.name, rank=view.own.rank, size=size)


def national_lead(figures: Figures) -> Markdown:
    """The place, the gaps to the neighbours and to the mean, the groups, what nobody reaches."""
    view = national_view(figures)
    if view is None:
        return Markdown("")
    told = list(_told(figures, view))
    return Markdown(division(f"{strong(told[0])}\n\n{bullets(told[1:])}", "headline"))


def national_line(figures: Figures) -> str:
    """The place in one line of Markdown that leads to the page of the national view; empty without
    a place."""
    view = national_view(figures)
    if view is None or view.own is None or view.own.rank is None:
        return ""
    key = "national_line_tied" if view.tied else "national_line"
    place = sentence(key, rank=view.own.rank, size=len(view.capture.ranked))
    side, found = ("above", view.above) if view.above else ("below", view.below)
    gap = "; " + sentence(f"national_line_{side}", gap=points(_gap(view, found))) if found else ""
    source = sentence("national_line_source", day=day(view.capture.reference_day))
    return link(place, PAGE) + escape(f"{gap} ({source}).")


def _told(figures: Figures, view: NationalView) -> Iterable[str]:
    capture, own = view.capture, view.own
    reference = day(capture.reference_day)
    if own is None:
        yield sentence("national_absent", unit=_name(figures, view), day=reference)
    elif own.rank is None:
        yield sentence("national_no_place", unit=own.name, day=reference)
    else:
        yield _place(figures, view, own)
        yield " ".join(_neighbours(view))
        if view.close:
            most = short_points(explain_rules().close_provinces)
            yield sentence("national_close", number=view.close, most=most)
        yield from _groups(figures, view)
    left_out = len(capture.provinces) - len(capture.ranked) - (own is not None and own.rank is None)
    if left_out:
        yield sentence("national_left_out", number=left_out)
    if capture.is_provisional:
        yield sentence("national_provisional", day=reference)


def _place(figures: Figures, view: NationalView, own: Province) -> str:
    words = {
        "unit": own.name,
        "rank": own.rank,
        "size": len(view.capture.ranked),
        "total": points(own.total),
        "max": short_points(figures.book.set.total),
    }
    key = "national_tied" if view.tied else "national_ranked"
    words |= {"tied": view.tied} if view.tied else {}
    gap = (own.total or Decimal(0)) - (view.capture.mean or Decimal(0))
    side = "national_over_mean" if gap > 0 else "national_under_mean"
    mean = sentence(
        side if gap else "national_at_mean", gap=points(abs(gap)), mean=points(view.capture.mean)
    )
    return f"{sentence(key, **words)}, {mean}"


def _neighbours(view: NationalView) -> Iterable[str]:
    for key, found in (("national_above", view.above), ("national_below", view.below)):
        if found:
            gap = points(_gap(view, found))
            yield sentence(key, rank=found[0].rank, names=_named(found), gap=gap)


def _gap(view: NationalView, found: Sequence[Province]) -> Decimal:
    own = view.own.total if view.own else None
    return abs((found[0].total or Decimal(0)) - (own or Decimal(0)))


def _groups(figures: Figures, view: NationalView) -> Iterable[str]:
    """Where it is furthest behind and ahead of the mean, what no province reaches, and that the
    maxima differ."""
    names: dict[str, str] = {group.code: str(group.name) for group in figures.book.set.groups}
    most: dict[str, Decimal] = {group.code: group.max_points for group in figures.book.set.groups}
    gaps = [(one.to_mean, one.group) for one in view.groups if one.to_mean is not None]
    for key, (gap, group) in (
        ("national_lowest_group", min(gaps)),
        ("national_highest_group", max(gaps)),
    ):
        if gap < 0 if key == "national_lowest_group" else gap > 0:
            yield sentence(key, group=group, name=names[group], gap=points(abs(gap)))
    lost = sum((most[one.group] - (one.own or 0) for one in view.groups), Decimal(0))
    unreached = sum((most[one.group] - one.best for one in view.groups), Decimal(0))
    yield sentence(
        "national_unreached",
        lost=points(lost),
        unreached=points(unreached),
        reached=points(lost - unreached),
    )
    low, high = min(most.values()), max(most.values())
    yield sentence("national_maxima", low=short_points(low), high=short_points(high))


def _name(figures: Figures, view: NationalView) -> str:
    return view.own.name if view.own else str(figures.tree.unit(view.code).name)


def _named(found: Sequence[Province]) -> str:
    """The first names, and how many others there are."""
    names = [one.name for one in found]
    text = ", ".join(names[:_MOST])
    others = len(names) - _MOST
    return (
        text
        if others <= 0
        else _("{name} and {number} other provinces").format(name=text, number=others)
    )
