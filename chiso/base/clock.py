"""The clock of this machine, asked in one place; days are Viet Nam's."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

# No summer time since 1975, so an offset is all that is needed.
VIETNAM = timezone(timedelta(hours=7), "+07")


def now() -> datetime:
    """This moment (UTC), to the second."""
    return datetime.now(UTC).replace(microsecond=0)


def vietnam_day(moment: datetime) -> date:
    """The day in Viet Nam at a moment that knows its offset."""
    return moment.astimezone(VIETNAM).date()
