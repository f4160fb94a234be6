"""The files of a digest: reports/_digest/<period>/<day>.txt, .png and .html, or why there are none."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from chiso.base.errors import InputError
from chiso.base.files import write_files
from chiso.base.i18n import _, day
from chiso.base.locations import project_root
from chiso.base.period import Period, parse_period
from chiso.explain.revised import DAY, moves_of
from chiso.pages.digest import digest_html, digest_of, digest_png, digest_text
from chiso.publishing.daily import is_stale
from chiso.rules.daily_rules import daily_rules
from chiso.rules.settings import load_settings
from chiso.store.figures import Figures, load_figures, newest_figures, store_dir
from chiso.store.pipeline import compared_revisions
from chiso.store.revisions import last_stored


@dataclass(frozen=True)
class DigestFiles:
    """The files that were written (their text first), or none and why."""

    files: tuple[Path, ...]
    text: str
    reason: str = ""


def write_digest(period: Period | None, today: date) -> DigestFiles:
    """Write the digest of the newest stored revision of a period, by default of the one stored last.

    The day in the files' name is that on which the revision was stored. Nothing is written where the
    figures of an open period are stale, where nothing moved since the day before, or where these
    files are there already. InputError where nothing is stored.
    """
    figures = _newest(period)
    settings = figures.settings
    words = {"period": settings.period.label, "day": day(settings.as_of)}
    if is_stale(figures.provenance, today):
        return _nothing(
            _(
                "No digest: the figures of {period} end on {day}, more than {days} days ago. Hand in"
                " newer records and run `chiso daily`."
            ).format(days=daily_rules().stale_days.value, **words)
        )
    moves = moves_of(figures, DAY)
    if moves is not None and not moves:
        return _nothing(_("No digest: no figure of {period} moved.").format(**words))
    digest = digest_of(figures)
    text, page = digest_text(digest), digest_html(digest)
    folder = project_root() / "reports" / "_digest" / settings.period.name
    name = figures.provenance.stored_on.isoformat()
    files = tuple(folder / f"{name}.{ending}" for ending in ("txt", "png", "html"))
    if _are_there(files, text, page):
        return _nothing(
            _("No digest: that of {period} is there already: {file}").format(file=files[0], **words)
        )
    picture = digest_png(digest)
    write_files(
        folder, dict(zip((path.name for path in files), (text, picture, page), strict=True))
    )
    return DigestFiles(files, text)


def _newest(period: Period | None) -> Figures:
    last = last_stored(store_dir(), period.name if period else None)
    if last is None:
        raise InputError(
            _("Nothing is stored of {period}.").format(period=period.label)
            if period
            else _("Nothing is stored yet."),
            hint=_("`chiso daily` or `chiso report` scores it first."),
        )
    settings = load_settings(parse_period(last.period))
    newest = newest_figures(settings)
    if newest is None:
        raise InputError(
            _("Nothing is stored of {period}.").format(period=settings.period.label),
            hint=_("`chiso daily` or `chiso report` scores it first."),
        )
    earlier = compared_revisions(settings)
    return load_figures(settings.period.name, newest.provenance.revision, earlier)


def _are_there(files: tuple[Path, ...], text: str, page: str) -> bool:
    if not all(path.is_file() for path in files):
        return False
    return files[0].read_text("utf-8") == text and files[2].read_text("utf-8") == page


def _nothing(reason: str) -> DigestFiles:
    return DigestFiles((), "", reason)
