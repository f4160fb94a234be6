"""What a page lacks when a writer has written it: the scope of the heads of its tables, and its policy."""

from __future__ import annotations

import re
from pathlib import Path

from chiso.publishing.policy import secured

# A part of a table, and what a head in it is the head of.
_PARTS = re.compile(r"<(thead|tbody)\b.*?</\1>", re.DOTALL)
_SCOPES = {"thead": "col", "tbody": "row"}
_HEAD = re.compile(r"<th(?=[\s>])")


def finish_page(page: Path) -> None:
    """Say of every head of a table what it is the head of, as those hear it who don't see the page,
    and write the page's policy (policy.py). Pages of both writers, in place."""
    text = page.read_text(encoding="utf-8")
    page.write_text(secured(_PARTS.sub(_scoped, text)), encoding="utf-8")


def _scoped(part: re.Match[str]) -> str:
    return _HEAD.sub(f'<th scope="{_SCOPES[part[1]]}"', part[0])
