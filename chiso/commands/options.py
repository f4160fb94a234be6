"""Options that several commands have, each worded once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, time
from typing import TYPE_CHECKING, Any

import click

from chiso.base.errors import UserError
from chiso.base.i18n import _

if TYPE_CHECKING:
    from chiso.store.revisions import Provenance


def period_option(required: bool = True) -> click.Option:
    """The period that a command is about."""
    return _Named(
        _no_period,
        ["--period"],
        required=required,
        help=_("2022-09, 2022-Q3, 2022-6T, 2022-9T or 2022"),
    )


def unit_option() -> click.Option:
    """The agency that a command is about."""
    return _Named(_no_unit, ["--unit"], required=True, help=_("Code of the agency."))


class _Named(click.Option):
    """An option that says what to write where something has to be named and is not, or by no letter, as make
    hands it on."""

    def __init__(self, unnamed: Callable[[], UserError], *arguments: Any, **more: Any) -> None:
        super().__init__(*arguments, **more)
        self._unnamed = unnamed

    def process_value(self, ctx: click.Context, value: Any) -> Any:
        if self.required and (self.value_is_missing(value) or value == ""):
            raise self._unnamed()
        return super().process_value(ctx, value)


def last_reported() -> Provenance | None:
    """What is known of the period that was reported last; None if none was."""
    from chiso.store.figures import store_dir
    from chiso.store.revisions import last_stored

    return last_stored(store_dir())


def _no_period() -> UserError:
    last = last_reported()
    hint = _("For example the sample: PERIOD=2026 or --period 2026")
    if last:
        words = _(
            "The one that was reported last: {period}. So: PERIOD={period} or --period {period}"
        )
        hint = words.format(period=last.period)
    return UserError(_("No period is named."), hint=hint)


def _no_unit() -> UserError:
    return UserError(
        _("No unit was named."),
        hint=_("Write UNIT=CODE (with make) or --unit CODE; codes are in params/units/."),
    )


def moment_option(name: str, help_text: str) -> click.Option:
    """A day, or a day with its time."""
    return click.Option([name], type=_Moment(), metavar="2022-09-30[T16:30]", help=help_text)


class _Moment(click.DateTime):
    """A day or a moment as programs or as offices write it."""

    def __init__(self) -> None:
        times = ("", "T%H:%M", " %H:%M", "T%H:%M:%S", " %H:%M:%S")
        super().__init__([f"{day}{time}" for day in ("%Y-%m-%d", "%d/%m/%Y") for time in times])

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        try:
            return super().convert(value, param, ctx)
        except click.BadParameter:
            words = _(
                "“{value}” is no day and no moment. Write 30/09/2022, 2022-09-30 or 2022-09-30T16:30."
            )
            self.fail(words.format(value=value), param, ctx)


def end_of_day(moment: datetime) -> datetime:
    """A day alone stands for its end."""
    return datetime.combine(moment, time(23, 59, 59)) if moment.time() == time.min else moment


def jobs_option() -> click.Option:
    """How many pages are made at a time."""
    return click.Option(
        ["--jobs"],
        type=click.IntRange(1, 64),
        default=2,
        show_default=True,
        help=_("How many notebooks run at a time."),
    )
