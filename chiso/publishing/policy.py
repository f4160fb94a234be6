"""What a browser may run of a page: the policy in its head, by the hashes of the scripts and styles that it holds."""

from __future__ import annotations

import base64
import hashlib
import html
import re
from collections.abc import Mapping

_PLACE = re.compile(r'(<meta http-equiv="Content-Security-Policy" content=")[^"]*"')
_INLINE = re.compile(r"<(script|style)\b[^>]*>(.*?)</\1>", re.DOTALL)


def secured(text: str) -> str:
    """The text of a page, in whose head now stands that only its own scripts and styles run and that nothing
    is asked of another host; reports/page.html keeps the place, where everything is forbidden until then.

    A script of the page may load another one (periods.js, compare-data.js): 'strict-dynamic', because
    'self' means nothing to every browser where a page is opened from a folder.
    """
    return _PLACE.sub(lambda head: f'{head[1]}{policy(text)}"', text, count=1)


def with_script(text: str, script: str, data: Mapping[str, str]) -> str:
    """The text of a page that has its policy, with one more script at its end, which may ask the
    server that the page came from; `data`: what it finds in its dataset."""
    attributes = "".join(f' data-{name}="{html.escape(value)}"' for name, value in data.items())
    before, end, after = text.rpartition("</body>")
    text = f"{before}<script{attributes}>{script}</script>{end}{after}"
    return _PLACE.sub(lambda head: f"{head[1]}{policy(text)}; connect-src 'self'\"", text, count=1)


def policy(text: str) -> str:
    """The policy that fits the scripts and styles in the text of a page."""
    allowed: dict[str, set[str]] = {"script": {"'strict-dynamic'"}, "style": set()}
    for kind, content in _INLINE.findall(text):
        digest = base64.b64encode(hashlib.sha256(content.encode("utf-8")).digest()).decode()
        allowed[kind].add(f"'sha256-{digest}'")
    return "; ".join(
        [
            "default-src 'none'",
            *(f"{kind}-src {' '.join(sorted(hashes))}" for kind, hashes in allowed.items()),
            "img-src data:",
            "form-action 'self'",
            "base-uri 'none'",
        ]
    )
