"""The digest as an HTML file that a mail program takes: tables, styles in place, nothing from elsewhere."""

from __future__ import annotations

from html import escape

from chiso.base.i18n import _, current_language
from chiso.pages.cards import OrderWords
from chiso.pages.charts.style import HELD, INK, LOST, MUTED, TRACK
from chiso.pages.digest.content import Digest

_FONT = "font-family:Arial,Helvetica,sans-serif"
_TABLE = 'role="presentation" cellpadding="0" cellspacing="0" border="0"'


def digest_html(digest: Digest) -> str:
    """The whole file; every word is escaped. Light: mail programs darken it or not, as they please."""
    rows = [
        _row(escape(digest.title), f"font-size:20px;font-weight:bold;color:{INK}", tag="h1"),
        _row(_mark(digest.mark), "font-size:14px") if digest.mark else "",
        _row(escape(digest.total), f"font-size:17px;font-weight:bold;color:{HELD}"),
        *(_row(escape(line), "font-size:15px") for line in digest.changes),
        _heading(_("What to order")) if digest.orders else "",
        *(_row(_order(place, one), "") for place, one in enumerate(digest.orders, 1)),
        _heading(_("Due soon")) if digest.due else "",
        *(_row(escape(line), "font-size:15px") for line in digest.due),
        _heading(_("Who moved")) if digest.moved else "",
        *(_row(escape(line), "font-size:15px") for line in digest.moved),
        _row(
            f"{escape(digest.origin)}<br>{escape(_('Page: {page}').format(page=digest.page))}",
            f"font-size:13px;color:{MUTED};border-top:1px solid {TRACK};padding-top:12px",
        ),
    ]
    body = "\n".join(row for row in rows if row)
    return (
        f'<!DOCTYPE html>\n<html lang="{current_language()}">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(digest.title)}</title>\n</head>\n"
        f'<body style="margin:0;padding:16px;background:#ffffff;color:{INK};{_FONT}">\n'
        f'<table {_TABLE} width="100%"><tr><td align="center">\n'
        f'<table {_TABLE} width="600" style="width:100%;max-width:600px;{_FONT}">\n{body}\n</table>\n'
        "</td></tr></table>\n</body>\n</html>\n"
    )


def _row(content: str, style: str, tag: str = "") -> str:
    inner = f'<{tag} style="margin:0;font-size:inherit">{content}</{tag}>' if tag else content
    return f'<tr><td align="left" style="padding:6px 0;line-height:1.4;{style}">{inner}</td></tr>'


def _heading(words: str) -> str:
    return _row(
        escape(words), f"font-size:16px;font-weight:bold;color:{INK};padding-top:16px", "h2"
    )


def _mark(words: str) -> str:
    style = f"border:1px solid {LOST};color:{LOST};padding:2px 8px;font-weight:bold"
    return f'<span style="{style}">{escape(words)}</span>'


def _order(place: int, one: OrderWords) -> str:
    cell = f"padding:10px 12px;border-left:4px solid {LOST};background:#f6f8f9;{_FONT}"
    return (
        f'<table {_TABLE} width="100%"><tr><td style="{cell}">'
        f'<b style="font-size:15px">{place}. {escape(one.agency)}</b><br>'
        f'<span style="font-size:15px">{escape(one.what)}</span><br>'
        f'<span style="font-size:13px;color:{MUTED}">{escape(one.why)}</span><br>'
        f'<b style="font-size:14px">{escape(one.until)}</b></td></tr></table>'
    )
