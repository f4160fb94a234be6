"""The province's total beside the mean over captures; breaks are drawn and never joined over."""

from __future__ import annotations

from datetime import timedelta

from matplotlib.axes import Axes
from matplotlib.dates import date2num

from chiso.base.i18n import _, day, points
from chiso.explain.national import Course, CoursePoint, NationalView
from chiso.pages.charts.style import (
    INK,
    LOST,
    MUTED,
    Chart,
    capture_source,
    drawing,
    number_ticks,
    svg,
)

_NAMED = 4


def national_course_chart(view: NationalView) -> Chart | None:
    """Totals by reference day; None with fewer than two points that have a total."""
    course = view.course
    known = [point for point in course.points if point.total is not None]
    if len(known) < 2:
        return None
    with drawing(3.0) as drawn:
        axes = drawn.add_axes((0.08, 0.12, 0.88, 0.8))
        _frame(axes, known)
        for first, last in course.segments:
            _segment(axes, course.points[first : last + 1])
        for number, one in enumerate(course.breaks, 1):
            # Between the last day before and the first day after.
            x = date2num(one.from_) - 0.5
            axes.axvline(x, color=MUTED, lw=1.2, ls=(0, (5, 3)), zorder=1)
            axes.annotate(
                f"({number})",
                (x, 1),
                xycoords=("data", "axes fraction"),
                xytext=(0, 3),
                textcoords="offset points",
                ha="center",
                va="bottom",
                fontsize=9.5,
            )
        _values(axes, course)
        picture = svg(drawn)
    return Chart(
        picture, _finding(course), "national-course", capture_source(view.capture), _note(view)
    )


def _frame(axes: Axes, known: list[CoursePoint]) -> None:
    days = [point.day for point in known]
    room = max((days[-1] - days[0]) * 0.2, timedelta(days=4))
    axes.set_xlim(date2num(days[0] - room), date2num(days[-1] + room))
    values = [float(v) for p in known for v in (p.total, p.mean) if v is not None]
    margin = max((max(values) - min(values)) * 0.25, 2.0)
    axes.set_ylim(min(values) - margin, min(max(values) + margin, 100))
    step = max(1, -(-len(days) // _NAMED))
    ticks = days[::-1][::step]
    axes.set_xticks([date2num(one) for one in ticks], [day(one) for one in ticks])
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)
    axes.tick_params(length=0, labelsize=9)
    number_ticks(axes.yaxis)


def _segment(axes: Axes, part: tuple[CoursePoint, ...]) -> None:
    """What may be joined; a day without a total is a gap."""
    days = [date2num(point.day) for point in part]
    means, totals = (
        [float("nan") if value is None else float(value) for value in values]
        for values in ([point.mean for point in part], [point.total for point in part])
    )
    axes.plot(days, means, color=MUTED, lw=1.6, marker="_", ms=16, mew=2.2, zorder=3)
    axes.plot(days, totals, color=LOST, lw=1.6, marker="D", ms=7, zorder=4)


def _values(axes: Axes, course: Course) -> None:
    """The last point of each segment with its total and its rank, away from the mean."""
    for first, last in course.segments:
        known = [one for one in course.points[first : last + 1] if one.total is not None]
        if not known:
            continue
        point = known[-1]
        is_over = point.mean is None or (point.total or 0) >= point.mean
        place = "" if point.rank is None else f" ({point.rank}/{point.of})"
        axes.annotate(
            points(point.total) + place,
            (date2num(point.day), float(point.total or 0)),
            xytext=(0, 9 if is_over else -10),
            textcoords="offset points",
            ha="center",
            va="bottom" if is_over else "top",
            fontsize=10,
            fontweight="bold",
            color=INK,
            zorder=5,
        )


def _note(view: NationalView) -> str:
    name = view.own.name if view.own else view.code
    parts = [
        _("Diamonds: {province}, in brackets its rank; strokes: the national mean.").format(
            province=name
        )
    ]
    for number, one in enumerate(view.course.breaks, 1):
        words = _("({number}) from {day}: {name}.")
        parts.append(words.format(number=number, day=day(one.from_), name=one.name))
    return " ".join(parts)


def _finding(course: Course) -> str:
    """How ranks went where they may be compared; over breaks nothing is compared."""
    first, last = course.segments[-1]
    known = [one for one in course.points[first : last + 1] if one.rank is not None]
    if course.points[-1].rank is None or len(known) < 2:
        return _("The newest figures can't be compared with those before.")
    before, now = known[0], known[-1]
    words = _("From {before} to {now}: rank {first} of {first_of} to {last} of {last_of}.")
    return words.format(
        before=day(before.day),
        now=day(now.day),
        first=before.rank,
        first_of=before.of,
        last=now.rank,
        last_of=now.of,
    )
