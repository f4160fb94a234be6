"""The digest as plain text for a chat group, at most MOST characters."""

from __future__ import annotations

from chiso.base.i18n import _
from chiso.pages.digest.content import Digest

MOST = 2000


def digest_text(digest: Digest) -> str:
    """The digest in lines; where it would be too long the whys of the orders go first, then who moved,
    then the changes, then what falls due, a line at a time. Total, mark, orders and page stay."""
    left = [len(digest.orders), len(digest.moved), len(digest.changes), len(digest.due)]
    while len(text := _text(digest, *left)) > MOST:
        goes = next(place for place, lines in enumerate(left) if lines)
        left[goes] -= 1
    return text


def _text(digest: Digest, whys: int, moved: int, changes: int, due: int) -> str:
    """With the whys of the first so many orders, and so many of the other lines."""
    lines = [digest.title.upper()]
    lines += [f"[{digest.mark.upper()}]"] if digest.mark else []
    lines += ["", digest.total, *digest.changes[:changes]]
    if digest.orders:
        lines += ["", _("What to order").upper()]
    for place, order in enumerate(digest.orders):
        words = [order.what, *([order.why] if place < whys else []), order.until]
        lines.append(f"{place + 1}. {order.agency}: {' '.join(words)}")
    if due:
        lines += ["", _("Due soon").upper(), *digest.due[:due]]
    if moved:
        lines += ["", _("Who moved").upper(), *digest.moved[:moved]]
    lines += ["", digest.origin, _("Page: {page}").format(page=digest.page)]
    return "\n".join(lines) + "\n"
