"""What falls due soon in sentences: how many, where most, whose letters of apology go out now."""

from __future__ import annotations

from collections.abc import Iterator

from chiso.base.i18n import _, count, day
from chiso.explain.falling_due import DueSoon

_NAMED = 3


def due_words(soon: DueSoon) -> Iterator[str]:
    """Plain sentences, of days by their dates: they may be read a day later."""
    yield _("Due by {day}: {number} dossiers in process.").format(
        day=day(soon.until), number=count(soon.cases)
    )
    if soon.letters:
        yield _(
            "{number} of them are due by {day}: of each that can't be finished the letter of apology"
            " with a new day of return ({form}) is to be sent by {letter_day}. Most: {list}."
        ).format(
            number=count(soon.letters),
            day=day(soon.letters_until),
            form=soon.rule.form,
            letter_day=day(soon.letter_day),
            list=_list(soon),
        )
    if soon.cases_today:
        yield _("{number} are due on {day} itself.").format(
            number=count(soon.cases_today), day=day(soon.today)
        )


def _list(soon: DueSoon) -> str:
    first = [one for one in soon.agencies[:_NAMED] if one.letters]
    return "; ".join(f"{one.unit.name} ({count(one.letters)})" for one in first)
