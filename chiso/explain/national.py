"""Where the province stands among all provinces: rank, gaps, groups, and its course between breaks."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from itertools import pairwise

import pandas as pd

from chiso.base.errors import UserError
from chiso.base.i18n import _
from chiso.base.period import Period, parse_period
from chiso.base.rounding import shown
from chiso.portal.history import provinces
from chiso.rules.explain_rules import explain_rules
from chiso.rules.indicators import GROUPS
from chiso.rules.trend_rules import Break, trend_rules
from chiso.scoring.score import competition_ranks
from chiso.store.figures import Figures

TOTAL = "total"


@dataclass(frozen=True)
class Province:
    """A province as it was published: `points` by group, only of those that there are.

    `total` is None where a group or the published total is missing: a total of some groups is no
    total, and without one there is no `rank` (competition ranking: 1, 2, 2, 4).
    """

    code: str
    name: str
    points: Mapping[str, Decimal]
    total: Decimal | None
    rank: int | None


@dataclass(frozen=True)
class Capture:
    """All provinces on one reference day of one period, in the order of their ranks; those without
    a rank last."""

    period: Period
    captured: datetime
    reference_day: date
    provinces: tuple[Province, ...]

    @property
    def ranked(self) -> tuple[Province, ...]:
        """Those that have a rank."""
        return tuple(one for one in self.provinces if one.rank is not None)

    @property
    def mean(self) -> Decimal | None:
        """The plain mean of the totals, as it is shown; None without any."""
        return _mean([one.total for one in self.ranked if one.total is not None])

    @property
    def is_provisional(self) -> bool:
        """Whether the period was still open on the reference day."""
        return not self.period.is_closed(self.reference_day)

    def of(self, code: str) -> Province | None:
        """The province `code`; None where the capture does not hold it."""
        return next((one for one in self.provinces if one.code == code), None)


@dataclass(frozen=True)
class GroupPlace:
    """One group: the province's points and rank among the `of` that have points there, the mean, the
    most that any province has, and who has it. `own` and `rank` are None without points."""

    group: str
    own: Decimal | None
    rank: int | None
    of: int
    mean: Decimal
    best: Decimal
    best_names: tuple[str, ...]

    @property
    def to_mean(self) -> Decimal | None:
        """Own points less the mean."""
        return None if self.own is None else self.own - self.mean


@dataclass(frozen=True)
class CoursePoint:
    """A capture in the course: the province's total and rank (None without one) beside the mean."""

    period: Period
    day: date
    total: Decimal | None
    rank: int | None
    of: int
    mean: Decimal | None


@dataclass(frozen=True)
class Course:
    """Captures of periods of one kind, oldest first. `segments`: first and last index of the points
    that may be joined by a line; `breaks`: those that lie between the first and the last point."""

    points: tuple[CoursePoint, ...]
    segments: tuple[tuple[int, int], ...]
    breaks: tuple[Break, ...]


@dataclass(frozen=True)
class NationalView:
    """The newest capture of a period as the province `code` sees it; `own` None: it is not in it.

    `above` and `below`: the provinces with the nearest total on either side (several with the same
    one); `close`: how many others are within so many points as params/explain.yml says.
    """

    code: str
    capture: Capture
    own: Province | None
    tied: int
    above: tuple[Province, ...]
    below: tuple[Province, ...]
    close: int
    groups: tuple[GroupPlace, ...]
    course: Course


def national_view(figures: Figures) -> NationalView | None:
    """The national view of a period; None where no capture of that period is kept."""
    return figures.once(
        "national",
        lambda: national(provinces(), figures.tree.province, figures.settings.period),
    )


def captured_view(figures: Figures) -> NationalView:
    """As `national_view`, for who opens the page of all provinces: UserError where there is none."""
    view = national_view(figures)
    if view is None:
        period = figures.settings.period
        raise UserError(
            _("No results of all provinces were taken for {period}.").format(period=period.label),
            hint=_("Take them from the national portal: make fetch PERIOD={period}").format(
                period=period.name
            ),
        )
    return view


def national(table: pd.DataFrame, code: str, period: Period) -> NationalView | None:
    """The view of `table` (portal.history.COLUMNS) for the province `code` in `period`.

    Of captures with one reference day the one that was taken last counts.
    """
    if not (table["period"] == period.name).any():
        return None
    found = captures(table)
    newest = max((one for one in found if one.period == period), key=_age)
    own = newest.of(code)
    total = own.total if own else None
    others = [one for one in newest.ranked if one.code != code]
    close = explain_rules().close_provinces
    return NationalView(
        code=code,
        capture=newest,
        own=own,
        tied=sum(one.total == total for one in others),
        above=_nearest(others, total, lambda gap: gap > 0),
        below=_nearest(others, total, lambda gap: gap < 0),
        close=sum(abs(gap) <= close for gap in _gaps(others, total)),
        groups=_groups(newest, own),
        course=_course(found, newest, code),
    )


def captures(table: pd.DataFrame) -> tuple[Capture, ...]:
    """The captures of `table`, oldest first; one for each period and reference day."""
    newest: dict[tuple[str, date], Capture] = {}
    keys = ["captured", "period", "reference_day"]
    for (captured, period, day), rows in table.groupby(keys, sort=True):
        newest[period, day] = _capture(rows, captured, parse_period(period), day)
    return tuple(sorted(newest.values(), key=_age))


def _age(capture: Capture) -> tuple[date, datetime]:
    return capture.reference_day, capture.captured


def _capture(rows: pd.DataFrame, captured: datetime, period: Period, day: date) -> Capture:
    names = dict(zip(rows["province"], rows["name"], strict=True))
    values: dict[str, dict[str, Decimal]] = {code: {} for code in names}
    for row in rows.itertuples():
        if row.value is not None and not pd.isna(row.value):
            values[row.province][row.item] = row.value
    totals = {
        code: items.get(TOTAL) if all(group in items for group in GROUPS) else None
        for code, items in values.items()
    }
    ranks = competition_ranks(totals, dict.fromkeys(totals, ""))
    found = [
        Province(
            code=code,
            name=short_name(names[code]),
            points={group: items[group] for group in GROUPS if group in items},
            total=totals[code],
            rank=ranks[code][0] if code in ranks else None,
        )
        for code, items in values.items()
    ]
    found.sort(key=lambda one: (one.total is None, -(one.total or 0), one.code))
    return Capture(period, captured, day, tuple(found))


def short_name(name: str) -> str:
    """A province as one says it among others: Hưng Yên, TP. Hà Nội."""
    words = name.split()
    if words[:1] == ["UBND"]:
        del words[0]
    if [word.lower() for word in words[:2]] == ["thành", "phố"]:
        return " ".join(["TP.", *words[2:]])
    return " ".join(words[1:] if words[:1] in (["tỉnh"], ["Tỉnh"]) else words)


def _gaps(others: Iterable[Province], total: Decimal | None) -> list[Decimal]:
    """How much more each of `others` has."""
    if total is None:
        return []
    return [one.total - total for one in others if one.total is not None]


def _nearest(
    others: Sequence[Province], total: Decimal | None, side: Callable[[Decimal], bool]
) -> tuple[Province, ...]:
    gaps = _gaps(others, total)
    nearest = min((gap for gap in gaps if side(gap)), key=abs, default=None)
    return tuple(one for one, gap in zip(others, gaps, strict=False) if gap == nearest)


def _groups(capture: Capture, own: Province | None) -> tuple[GroupPlace, ...]:
    found = []
    for group in GROUPS:
        held = {one.code: one.points.get(group) for one in capture.provinces}
        known = [value for value in held.values() if value is not None]
        mean = _mean(known)
        if mean is None:
            continue
        value = own.points.get(group) if own else None
        best = max(known)
        found.append(
            GroupPlace(
                group=group,
                own=value,
                rank=None if value is None else 1 + sum(other > value for other in known),
                of=len(known),
                mean=mean,
                best=best,
                best_names=tuple(one.name for one in capture.provinces if held[one.code] == best),
            )
        )
    return tuple(found)


def _course(found: Iterable[Capture], newest: Capture, code: str) -> Course:
    """Of each earlier period of the kind its last capture; of an open one that is looked at, all."""
    last: dict[tuple[Period, date | None], Capture] = {}
    for one in found:
        if one.period.kind != newest.period.kind or _age(one) > _age(newest):
            continue
        is_running = one.period == newest.period and newest.is_provisional
        last[one.period, one.reference_day if is_running else None] = one
    chosen = sorted(last.values(), key=_age)
    points = tuple(_point(one, code) for one in chosen)
    starts = [i for i in range(len(points)) if i == 0 or not may_be_joined(*points[i - 1 : i + 1])]
    segments = tuple((a, b - 1) for a, b in pairwise([*starts, len(points)]))
    return Course(points, segments, _breaks(points[0].day, points[-1].day))


def may_be_joined(before: CoursePoint, after: CoursePoint) -> bool:
    """Whether a line may lead from one point to the next: no break lies between, and they are days
    of one open period, or closed periods that follow each other."""
    if _breaks(before.day, after.day):
        return False
    if before.period == after.period:
        return True
    are_closed = all(one.period.is_closed(one.day) for one in (before, after))
    return are_closed and after.period.previous == before.period


def _breaks(before: date, after: date) -> tuple[Break, ...]:
    """The breaks that begin after one day and up to another."""
    inside = [one for one in trend_rules().breaks if before < one.from_ <= after]
    return tuple(sorted(inside, key=lambda one: one.from_))


def _point(capture: Capture, code: str) -> CoursePoint:
    own = capture.of(code)
    return CoursePoint(
        period=capture.period,
        # A period that is over stands at its end, whenever it was asked for.
        day=min(capture.reference_day, capture.period.last_day),
        total=own.total if own else None,
        rank=own.rank if own else None,
        of=len(capture.ranked),
        mean=capture.mean,
    )


def _mean(values: Sequence[Decimal]) -> Decimal | None:
    return shown(sum(values, Decimal(0)) / len(values)) if values else None
