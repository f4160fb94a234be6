"""Pages of no period: the entry over all periods, the way to the newest version of one, a page in the place
of one that is not public."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

import yaml

from chiso import __version__
from chiso.base.files import scratch_folder
from chiso.base.i18n import _, current_language, day
from chiso.base.markdown import Column, escape, heading, link, table
from chiso.base.period import Period
from chiso.publishing.render import prepare, render

ENTRY = "index.html"


@dataclass(frozen=True)
class Entry:
    """One period of a site: whose it is, where its pages are (relative to the entry page), which revision they
    show, up to which day, whether invented, when published (None: not published), the page of its cases."""

    period: Period
    province: str
    path: str
    revision: int
    as_of: date
    pages: tuple[str, ...]
    is_illustrative: bool = False
    published_on: date | None = None
    cases: str = ""

    @property
    def is_provisional(self) -> bool:
        """Whether the period was still open on the last day that its figures cover."""
        return not self.period.is_closed(self.as_of)


def in_order(entries: Iterable[Entry]) -> list[Entry]:
    """Oldest first, of two that end on one day the shorter one first."""
    return sorted(entries, key=lambda one: (one.period.last_day, one.period.start, one.period.name))


def entry_page(entries: Iterable[Entry]) -> bytes:
    """The entry over all periods, newest first; invented ones apart from the real ones."""
    found = in_order(entries)[::-1]
    real = [one for one in found if not one.is_illustrative]
    invented = [one for one in found if one.is_illustrative]
    parts = []
    if real or not invented:
        parts.append(_period_table(real, "table-periods", _("Results by period.")))
    if invented:
        parts.append(heading(_("Illustrative data"), "illustrative"))
        words = _("Invented figures, to show what a report looks like.")
        parts.append(_period_table(invented, "table-illustrative", words))
    return _page(_("Results by indicator set 766"), _("All periods"), "\n\n".join(parts))


def notice_page(title: str, words: str, crumb: tuple[str, str]) -> bytes:
    """A page that only says something, with the way to another one."""
    return _page(title, "", escape(words), [crumb])


def cases_page(title: str, files: Sequence[tuple[str, str]], crumb: tuple[str, str]) -> bytes:
    """The workbooks of cases by the name of what they are about."""
    rows = [[escape(name), link(file, file)] for name, file in files]
    columns = [Column(_("Agency")), Column(_("Workbook of cases"))]
    words = _("Cases to mend, with the codes of dossiers: not to be passed on to the public.")
    body = table(columns, rows, anchor="table-cases", caption=words)
    return _page(title, "", body, [crumb])


def way_to(target: str) -> bytes:
    """A page that leads to another one at once; `target` is a path of ours, of safe signs."""
    name = _("To the report")
    return (
        f'<!DOCTYPE html>\n<html lang="{current_language()}">\n<head>\n<meta charset="utf-8">\n'
        '<meta http-equiv="Content-Security-Policy" content="default-src \'none\'">\n'
        '<meta name="referrer" content="no-referrer">\n'
        f'<meta http-equiv="refresh" content="0; url={target}">\n<title>{name}</title>\n'
        f'</head>\n<body>\n<p><a href="{target}">{name}</a></p>\n</body>\n</html>\n'
    ).encode()


def _period_table(entries: Sequence[Entry], anchor: str, caption: str) -> str:
    is_published = any(one.published_on for one in entries)
    has_cases = any(one.cases for one in entries)
    columns = [
        Column(_("Period")),
        Column(_("Province")),
        Column(_("Coverage")),
        Column(_("Figures up to")),
        Column(_("Revision"), "right"),
        *([Column(_("Published on"))] if is_published else []),
        *([Column(_("Cases to mend"))] if has_cases else []),
    ]
    rows = []
    for one in entries:
        label = one.period.label
        state = _("provisional") if one.is_provisional else _("the whole period")
        rows.append(
            [
                link(label[:1].upper() + label[1:], f"{one.path}/{ENTRY}"),
                escape(one.province),
                escape(state),
                day(one.as_of),
                str(one.revision),
                *([day(one.published_on) if one.published_on else "–"] if is_published else []),
                *([link(_("Workbooks"), one.cases) if one.cases else "–"] if has_cases else []),
            ]
        )
    if not rows:
        return escape(_("Nothing is published yet."))
    return table(columns, rows, anchor=anchor, caption=caption)


def _page(title: str, subtitle: str, body: str, crumbs: Sequence[tuple[str, str]] = ()) -> bytes:
    """A page in the look of all others; it belongs to no period and loads no script."""
    front = {
        "title": escape(title),
        "pagetitle": escape(title),
        "subtitle": escape(subtitle),
        "lang": current_language(),
        "chiso": {
            "skip": escape(_("Skip to the content")),
            "navigation": escape(_("Navigation")),
            "crumbs": [{"href": href, "text": escape(text)} for href, text in crumbs],
            "footer": escape(_("Made with chiso {version}.").format(version=__version__)),
        },
    }
    with scratch_folder() as folder:
        prepare(folder)
        text = yaml.safe_dump(front, allow_unicode=True, sort_keys=False, width=1000)
        (folder / "page.qmd").write_text(f"---\n{text}---\n\n{body}\n", encoding="utf-8")
        return (render(folder, ["page"]) / "page.html").read_bytes()
