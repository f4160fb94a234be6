"""One run of every day: open periods brought up to date, closed ones watched, one line of log."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from chiso.base import clock
from chiso.base.errors import InputError, UserError
from chiso.base.files import fault_of, only_one
from chiso.base.i18n import _, day, points, signed_points
from chiso.base.locations import project_root
from chiso.base.period import Period, parse_period
from chiso.base.terminal import visible
from chiso.explain.revised import difference
from chiso.publishing.report import is_published
from chiso.rules.daily_rules import daily_rules
from chiso.rules.settings import Settings, load_settings
from chiso.rules.working_days import load_calendar
from chiso.store.figures import Figures, newest_figures, store_dir
from chiso.store.pipeline import score_period
from chiso.store.reading import Reading
from chiso.store.revisions import Provenance, history

LOG = "daily.log"
# Makes the site of a period show these figures, with the records that they were scored from; how many
# of its pages failed.
Publish = Callable[[Figures, Reading], int]


@dataclass(frozen=True)
class DailyRequest:
    """`as_of`: the moment at which open periods are looked at, and by which a period is open; without
    it the newest one in the records, and the clock."""

    as_of: datetime | None = None

    @property
    def today(self) -> date:
        """The day by which a period is open, closed or has not begun."""
        return self.as_of.date() if self.as_of else clock.vietnam_day(clock.now())


@dataclass(frozen=True)
class PeriodRun:
    """What became of one period: its figures before and now (None: not there), whether they are a
    new revision, how many pages failed, and why nothing could be made of it, if so."""

    period: Period
    before: Figures | None
    now: Figures | None
    is_new: bool = False
    failed_pages: int = 0
    error: str = ""

    @property
    def failed(self) -> bool:
        """Whether anything of it failed."""
        return bool(self.error or self.failed_pages)


def run_daily(
    request: DailyRequest, publish: Publish, tell: Callable[[str], None]
) -> tuple[PeriodRun, ...]:
    """Score every watched period whose inputs changed, publish those that changed, append one line to
    data/daily.log.

    A period that can't be read does not stop the others. Where nothing changed nothing is written but
    that line. One run at a time; a second one waits. InputError, which the line names too, where the
    clock was set back behind the newest stored revision.
    """
    log = project_root() / "data" / LOG
    with only_one(log, tell):
        try:
            _check_clock()
        except InputError as error:
            _append(_("Error: {message}").format(message=error.message))
            raise
        runs: list[PeriodRun] = []
        for period in watched_periods(request.today):
            runs.append(_bring_up_to_date(period, request, publish, tell, runs))
        line = "; ".join(_told(run, request.today) for run in runs)
        tell(_append(line or _("no period to look at")))
    return tuple(runs)


def watched_periods(today: date) -> tuple[Period, ...]:
    """The periods with a folder of their own in data/ that are open on that day, or ended at most
    so many days before (params/daily.yml); those that end first come first."""
    data, most = project_root() / "data", timedelta(days=daily_rules().watch_days.value)
    folders = data.iterdir() if data.is_dir() else ()
    found = {period for folder in folders if folder.is_dir() and (period := _period(folder.name))}
    return tuple(
        sorted(
            (one for one in found if one.start.date() <= today <= one.last_day + most),
            key=lambda one: (one.last_day, one.name),
        )
    )


def is_stale(origin: Provenance, today: date) -> bool:
    """Whether the figures of a period that is not covered to its end stop too many days ago
    (params/daily.yml)."""
    behind = today - date.fromisoformat(origin.as_of)
    return origin.is_provisional and behind.days > daily_rules().stale_days.value


def _period(name: str) -> Period | None:
    try:
        found = parse_period(name)
    except UserError:
        return None
    return found if found.name == name else None


def _check_clock() -> None:
    """InputError where today is before the day of the newest stored revision: the day that figures
    are stored on would be wrong for ever."""
    today = clock.vietnam_day(clock.now())
    newest = max((item.stored_on for item in history(store_dir())), default=today)
    if today < newest:
        raise InputError(
            _("The clock says {today}, but figures were stored on {day} already.").format(
                today=day(today), day=day(newest)
            ),
            hint=_("Set the clock of this machine right and run it again; nothing was stored."),
        )


def _bring_up_to_date(
    period: Period,
    request: DailyRequest,
    publish: Publish,
    tell: Callable[[str], None],
    done: Iterable[PeriodRun],
) -> PeriodRun:
    before = None
    try:
        settings = load_settings(period)
        before = newest_figures(settings)
        reading = Reading(tell)
        moment = _moment(settings, request)
        now = score_period(settings, tell, moment, is_lenient=True, reading=reading)
        is_new = before is None or before.provenance.revision != now.provenance.revision
        others = {
            (run.period, run.now.provenance.revision) for run in done if run.is_new and run.now
        }
        compared = {(one.settings.period, one.provenance.revision) for one in now.before}
        is_due = is_new or bool(others & compared) or not is_published(now)
        return PeriodRun(period, before, now, is_new, publish(now, reading) if is_due else 0)
    except UserError as error:
        return PeriodRun(period, before, None, error=str(error))
    except OSError as error:
        return PeriodRun(period, before, None, error=fault_of(error))


def _moment(settings: Settings, request: DailyRequest) -> datetime | None:
    """Records tell themselves up to when they go; counts of an open period go no further than today."""
    if settings.counts and not request.as_of:
        return datetime.combine(request.today, time.max)
    return request.as_of


def _told(run: PeriodRun, today: date) -> str:
    """What became of one period, on one line."""
    if run.now is None:
        return _("{period}: ERROR {error}").format(
            period=run.period.name, error=" ".join(run.error.split())
        )
    words = [_moved(run) if run.is_new else _("no change")]
    if run.now.settings.is_provisional:
        words.append(_("provisional up to {day}").format(day=day(run.now.settings.as_of)))
    elif _claims_more(run.now, today):
        words.append(_("SOME MOMENT IN THE RECORDS IS AFTER TODAY"))
    if is_stale(run.now.provenance, today):
        words.append(_("STALE"))
    if run.failed_pages:
        words.append(_("{number} pages failed").format(number=run.failed_pages))
    return f"{run.period.name}: {', '.join(words)}"


def _claims_more(figures: Figures, today: date) -> bool:
    """Whether figures say that they cover a period which has working days left: a moment that was
    mistyped makes them so."""
    following = load_calendar().day_after(today, 1)
    last_day = figures.settings.period.last_day
    return figures.settings.as_of > today and following <= last_day


def _moved(run: PeriodRun) -> str:
    if run.now is None:
        return ""
    total = run.now.province.standing.total
    before = run.before.province.standing.total if run.before else None
    return _("revision {revision}, total {total} ({change})").format(
        revision=run.now.provenance.revision,
        total=points(total),
        change=signed_points(difference(before, total)) if run.before else _("the first"),
    )


def _append(text: str) -> str:
    """Append one line with the time in Viet Nam to the log; the line."""
    line = f"{clock.now().astimezone(clock.VIETNAM):%Y-%m-%d %H:%M:%S %Z} {visible(text)}"
    path = project_root() / "data" / LOG
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a", encoding="utf-8") as file:
        file.write(line + "\n")
    return line
