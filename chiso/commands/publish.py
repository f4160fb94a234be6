"""`chiso publish`: a period's results where they are read, and the list of what is there."""

from __future__ import annotations

import shlex
from typing import Any

import click

from chiso.base.i18n import _, day
from chiso.base.terminal import tell
from chiso.commands.options import last_reported, period_option


def command() -> click.Command:
    """The command with its options."""
    return click.Command(
        "publish",
        callback=_publish,
        help=_(
            "Puts the site of a finished or provisional period where it is read, whole or not at all."
            " Without a period it lists what is published."
        ),
        epilog=_("Example: chiso publish --period 2026 --to s3://bucket/766"),
        params=[
            period_option(required=False),
            *place_options(),
        ],
    )


def place_options() -> list[click.Option]:
    """Where results are published, and for whom."""
    return [
        click.Option(
            ["--to", "address"],
            help=_("A folder or an address (s3://...); without it that of params/publish.yml."),
        ),
        click.Option(
            ["--audience"],
            type=click.Choice(["public", "internal"]),
            default="public",
            show_default=True,
            help=_("public: without cases and codes of dossiers; internal: everything."),
        ),
    ]


def _publish(period: str | None, address: str | None, audience: Any) -> None:
    from chiso.base.period import parse_period
    from chiso.publishing.publish import place_of, publish

    place = place_of(audience, address).address
    if period is None:
        _list(address, audience)
        return
    found = parse_period(period)
    shown, is_new = publish(found, audience, address, tell)
    words = (
        _("{period}, revision {revision}, is published: {pages} pages at {place}")
        if is_new
        else _("Nothing has changed: {period}, revision {revision}, is published at {place}")
    )
    tell(
        words.format(
            period=found.label, revision=shown.revision, pages=len(shown.pages), place=place
        )
    )


def _list(address: str | None, audience: Any) -> None:
    from chiso.publishing.entry import in_order
    from chiso.publishing.publish import place_of, published

    place = place_of(audience, address)
    entries = in_order(published(place, audience).entries)
    if not entries:
        tell(_("Nothing is published at {place}.").format(place=place.address))
    for one in entries:
        words = _("{period}: revision {revision}, figures up to {day}, published on {published}")
        tell(
            words.format(
                period=one.period.name,
                revision=one.revision,
                day=day(one.as_of),
                published=day(one.published_on) if one.published_on else "–",
            )
        )
    last = last_reported()
    there = {(one.period.name, one.revision) for one in entries}
    # Illustrative figures are not published.
    if last and not last.is_illustrative and (last.period, last.revision) not in there:
        words = _("The one that was reported last: {period}. To publish it: {command}")
        given = {
            "PERIOD": last.period,
            "TO": address,
            "AUDIENCE": "" if audience == "public" else audience,
        }
        command = " ".join(f"{name}={shlex.quote(value)}" for name, value in given.items() if value)
        tell(words.format(period=last.period, command=f"make publish {command}"))
