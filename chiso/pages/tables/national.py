"""The province among all provinces as tables: neighbours, groups, course, all provinces."""

from __future__ import annotations

from decimal import Decimal

from chiso.base.i18n import _, count, day, points
from chiso.base.markdown import strong
from chiso.explain.national import GroupPlace, NationalView, Province
from chiso.pages.tables.table import Cell, Field, Table, Value
from chiso.rules.indicators import GROUPS, Group

# So many provinces above and below are neighbours.
_BESIDE = 3


def neighbour_table(view: NationalView) -> Table | None:
    """The next provinces above and below with their gaps to the own one; None without a place."""
    if view.own is None or view.own.total is None:
        return None
    ranked = view.capture.ranked
    place = ranked.index(view.own)
    shown = ranked[max(place - _BESIDE, 0) : place + _BESIDE + 1]
    return Table(
        anchor="table-neighbours",
        sheet=_("Neighbours"),
        caption=_("The provinces next to {province}.").format(province=view.own.name),
        fields=(
            Field(_("Rank"), "count"),
            Field(_("Province, city")),
            Field(_("Total"), "points"),
            Field(_("Against {province}").format(province=view.own.name), "difference"),
        ),
        rows=[_marked(view, one, [one.total, _difference(one, view.own)]) for one in shown],
    )


def national_group_table(view: NationalView, groups: tuple[Group, ...]) -> Table | None:
    """Each group beside the mean and the highest; None where the capture lacks the province."""
    if view.own is None:
        return None
    found = {one.group: one for one in view.groups}
    return Table(
        anchor="table-national-groups",
        sheet=_("Groups"),
        caption=_(
            "Groups beside the mean and the highest province; what lies between the highest and the "
            "maximum no province reaches."
        ),
        fields=(
            Field(_("Group")),
            Field(view.own.name, "points"),
            Field(_("Maximum"), "maximum"),
            Field(_("Place")),
            Field(_("National mean"), "points"),
            Field(_("Against the mean"), "difference"),
            Field(_("Highest"), "points"),
            Field(_("Who has it")),
            Field(_("Against the highest"), "difference"),
            Field(_("Reached by none"), "points"),
        ),
        rows=[_group_row(one, found[one.code]) for one in groups if one.code in found],
    )


def _group_row(group: Group, among: GroupPlace) -> list[Value | Cell]:
    """The cells of national_group_table for one group."""
    holders = among.best_names[0]
    if more := len(among.best_names) - 1:
        holders = _("{name} and {number} other provinces").format(name=holders, number=more)
    place = _("{rank} of {size}").format(rank=among.rank, size=among.of)
    return [
        f"{group.code}. {group.name}",
        among.own,
        group.max_points,
        None if among.rank is None else place,
        among.mean,
        among.to_mean,
        among.best,
        holders,
        None if among.own is None else among.own - among.best,
        group.max_points - among.best,
    ]


def national_course_table(view: NationalView) -> Table:
    """The captures, newest first, with a row for every break between two of them."""
    rows: list[list[Value | Cell]] = []
    course = view.course
    for i, point in enumerate(course.points):
        if i:
            before = course.points[i - 1].day
            between = [one for one in course.breaks if before < one.from_ <= point.day]
            for one in between:
                words = _("Break: {name}; not compared across").format(name=one.name)
                rows.append([day(one.from_), words, *[Cell(None, "")] * 4])
        gap = None if None in (point.total, point.mean) else _less(point.total, point.mean)
        place = None if point.rank is None else f"{count(point.rank)}/{count(point.of)}"
        rows.append([day(point.day), point.period.label, point.total, place, point.mean, gap])
    return Table(
        anchor="table-national-course",
        sheet=_("Course"),
        caption=_("Figures by day, newest first; across a break nothing is compared."),
        fields=(
            Field(_("Figures up to")),
            Field(_("Period")),
            Field(_("Total"), "points"),
            Field(_("Place")),
            Field(_("National mean"), "points"),
            Field(_("Against the mean"), "difference"),
        ),
        rows=rows[::-1],
    )


def national_table(view: NationalView) -> Table:
    """All provinces by rank with their groups; those without a rank last."""
    return Table(
        anchor="table-national",
        sheet=_("Provinces"),
        caption=_("All provinces and cities: total and points by group."),
        fields=(
            Field(_("Rank"), "count"),
            Field(_("Province, city")),
            Field(_("Total"), "points"),
            *(Field(group, "points") for group in GROUPS),
        ),
        rows=[
            _marked(
                view,
                one,
                [one.total, *(one.points.get(group) for group in GROUPS)],
            )
            for one in view.capture.provinces
        ],
    )


def capture_table(view: NationalView) -> Table:
    """Where the figures of the national view come from."""
    capture = view.capture
    return Table(
        anchor="table-capture",
        sheet=_("Origin"),
        caption=_("Origin of the figures."),
        fields=(Field(_("What")), Field(_("Value"))),
        rows=[
            (_("Source"), _("National Public Service Portal, published results")),
            (_("Period"), capture.period.label),
            (_("Figures up to"), day(capture.reference_day)),
            (_("Taken over on"), day(capture.captured)),
            (_("Provinces and cities"), count(len(capture.provinces))),
        ],
    )


def _marked(view: NationalView, one: Province, figures: list[Decimal | None]) -> list[Value | Cell]:
    """The row of a province with its rank and its name; of the own one in bold letters."""
    if one.code != view.code:
        return [one.rank, one.name, *figures]
    return [
        Cell(one.rank, strong(count(one.rank))),
        Cell(one.name, strong(one.name)),
        *(Cell(value, strong(points(value))) for value in figures),
    ]


def _difference(one: Province, own: Province) -> Decimal | None:
    return None if one.code == own.code else _less(one.total, own.total)


def _less(value: Decimal | None, other: Decimal | None) -> Decimal | None:
    return None if value is None or other is None else value - other
