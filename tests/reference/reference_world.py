"""What the slow reference looks at: rows, units, the period with its moments, working days."""

from __future__ import annotations

import calendar
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

import holidays

# All years at once: the package knows a worked Saturday only after it has built that year.
VIETNAM = holidays.country_holidays("VN", years=range(1989, 2102))

# Allowed values of every option; the first is the default.
OPTIONS = {
    "comparison": ("instant", "date"),
    "no_due_date": ("term", "on_time"),
    "suspended": ("portal", "on_time"),
    "dossier_population": ("received", "processed"),
    "result_scope": ("paper", "all"),
    "population_data": ("any", "vneid"),
    "strict_online": (False, True),
}


def first_filled(row: dict, columns: str):
    """The value of the first of the columns that is filled."""
    filled = [row[column] for column in columns.split() if row.get(column) is not None]
    return filled[0] if filled else None


def add_months(moment: datetime, number: int) -> datetime:
    """The same day and time that many months later, or the last day of a shorter month."""
    months = moment.year * 12 + moment.month - 1 + number
    year, month = months // 12, months % 12 + 1
    last = calendar.monthrange(year, month)[1]
    return moment.replace(year=year, month=month, day=min(moment.day, last))


def newest_moment(records: dict[str, list[dict] | None]) -> datetime | None:
    """The newest moment at which something happened; a limit such as due_at did not happen."""
    rows = [row for table in records.values() for row in table or []]
    moments = [v for row in rows for c, v in row.items() if c != "due_at"]
    return max((v for v in moments if isinstance(v, datetime)), default=None)


@dataclass
class World:
    """What the rules look at. S = start, E = end, T = now."""

    records: dict[str, list[dict] | None]
    tree: list[dict]
    start: datetime
    end: datetime
    as_of: datetime | None = None  # None: the period is closed
    options: dict | None = None
    period: str | None = None
    extra_holidays: frozenset[date] = frozenset()
    now: datetime = field(init=False)

    def __post_init__(self):
        last = self.end - timedelta(seconds=1)
        self.now = last if self.as_of is None else min(self.as_of, last)
        self.options = {name: values[0] for name, values in OPTIONS.items()} | (self.options or {})
        for name, value in self.options.items():
            if value not in OPTIONS.get(name, ()):
                raise ValueError(f"option {name}={value!r}: allowed are {OPTIONS}")
        if self.rows("national_counts") and self.period is None:
            raise ValueError("national_counts go by the name of the period: pass period=")
        self.units = {row["code"]: row for row in self.tree}
        self.procedures = {row["procedure_id"]: row for row in self.rows("procedures")}

    def rows(self, table: str) -> list[dict]:
        """All rows of a table; none where the table is absent."""
        return self.records.get(table) or []

    def children(self, unit: str) -> list[str]:
        """The units directly below."""
        return [row["code"] for row in self.tree if row["parent"] == unit]

    def with_below(self, unit: str) -> set[str]:
        """The unit and every unit below it."""
        return {unit}.union(*(self.with_below(child) for child in self.children(unit)))

    def rows_of(self, table: str, unit: str) -> list[dict]:
        """The rows of the unit and of every unit below it."""
        codes = self.with_below(unit)
        return [row for row in self.rows(table) if row["unit"] in codes]

    def in_period(self, moment: datetime | None) -> bool:
        """Whether the moment is filled and S <= moment < E."""
        return moment is not None and self.start <= moment < self.end

    def seen(self, moment: datetime | None) -> bool:
        """Whether the moment is filled and had come by T."""
        return moment is not None and moment <= self.now

    def received(self, unit: str) -> list[dict]:
        """Dossiers of the unit and below, received in the period."""
        return [d for d in self.rows_of("dossiers", unit) if self.in_period(d.get("received_at"))]

    def received_or_submitted(self, unit: str) -> list[dict]:
        """The same, where a dossier that was never received counts by its submission."""
        rows = self.rows_of("dossiers", unit)
        return [d for d in rows if self.in_period(first_filled(d, "received_at submitted_at"))]

    def scope(self, unit: str) -> list[dict]:
        """Procedures of a unit: its agency's, its level's, or all of the province."""
        level = self.units[unit]["level"]
        if level == "tinh":
            return self.rows("procedures")
        if level == "so":
            return [p for p in self.rows("procedures") if p["agency"] == unit]
        return [p for p in self.rows("procedures") if level in p["levels"].split(";")]

    def scope_with(self, unit: str, flag: str) -> list[dict]:
        """Procedures in scope whose flag is set."""
        return [p for p in self.scope(unit) if p.get(flag)]

    def is_working_day(self, day: date) -> bool:
        """Monday to Friday without holidays, and Saturdays worked in exchange for a day off."""
        if day in self.extra_holidays:
            return False
        if day.weekday() >= 5:
            return day in VIETNAM.weekend_workdays
        return day not in VIETNAM

    def working_day(self, day: date, number: int) -> date:
        """The number-th working day after the day; before it, for a negative number."""
        step = timedelta(days=1 if number > 0 else -1)
        for _ in range(abs(number)):
            day += step
            while not self.is_working_day(day):
                day += step
        return day

    def add_working_days(self, moment: datetime, number: int) -> datetime:
        """The same time of day on the number-th working day after the day of the moment."""
        return datetime.combine(self.working_day(moment.date(), number), moment.time())
